//! Programs that run a text that is not read here.

use super::Effects;
use crate::shell::act::Use;
use crate::shell::expansion::Field;
use crate::shell::follow::Stdin;
use crate::shell::options::Spec;

/// Programs that run a text in a language that is not read here.
pub(super) fn is_interpreter(program: &str) -> bool {
    let stem = program.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
    matches!(
        stem,
        "python"
            | "pypy"
            | "perl"
            | "ruby"
            | "irb"
            | "node"
            | "nodejs"
            | "deno"
            | "bun"
            | "php"
            | "lua"
            | "luajit"
            | "tclsh"
            | "expect"
            | "gdb"
            | "guile"
            | "R"
            | "Rscript"
            | "java"
            | "jshell"
            | "pwsh"
            | "fish"
            | "csh"
            | "tcsh"
            | "nu"
            | "xonsh"
    )
}

pub(super) fn interpreter(program: &str, words: &[Field], stdin: &Stdin) -> Effects {
    let only_tells = words.len() == 1
        && matches!(
            words[0].text.as_str(),
            "--version" | "-V" | "-v" | "--help" | "-h"
        );
    let mut effects = Effects::none();
    if only_tells {
        return effects;
    }
    let options = Spec {
        short: "e:c:E:i::I:m:M:X:W:r:",
        long: &[],
    }
    .read_prefix(words);
    let has_program = options.has_any("ecEmr") || options.has('\0', "eval");
    let is_terminal = matches!(stdin, Stdin::Terminal);
    effects.interactive = options.operands.is_empty() && !has_program && is_terminal;
    effects.opaque = true;
    let mut operands = options.operands.iter();
    if !has_program && let Some(script) = operands.next() {
        effects.touch(script, Use::Execute, false);
    }
    // `perl -pi -e`, `ruby -i -pe`: the files are changed in place.
    let in_place = program.starts_with("perl") || program.starts_with("ruby");
    let cluster_has_i = words.iter().any(|word| {
        word.text.starts_with('-')
            && !word.text.starts_with("--")
            && word
                .text
                .chars()
                .take_while(|letter| *letter != 'e')
                .any(|letter| letter == 'i')
    });
    let usage = if in_place && cluster_has_i {
        Use::Write
    } else {
        Use::Named
    };
    for operand in operands.filter(|operand| usage == Use::Write || operand.text.starts_with('/')) {
        effects.touch(operand, usage, false);
    }
    effects
}

/// Whether the program runs commands that are in none of its words, or runs them where no path of this container leads.
pub(super) fn is_opaque(program: &str, words: &[Field]) -> bool {
    let says = |texts: &[&str]| words.iter().any(|word| texts.contains(&word.text.as_str()));
    match program {
        "at" | "batch" | "parallel" | "make" | "ansible" | "ansible-playbook" | "run-parts"
        | "ssh" | "alias" | "m4" => true,
        "crontab" => !says(&["-l"]),
        "docker" | "podman" | "nerdctl" | "ctr" | "runc" | "crictl" => {
            says(&["run", "exec", "create", "runp", "build", "start"])
        }
        "nc" | "ncat" | "netcat" | "socat" => words.iter().any(|word| {
            matches!(word.text.as_str(), "-e" | "-c" | "--exec" | "--sh-exec")
                || word.text.to_ascii_lowercase().contains("exec:")
        }),
        _ => false,
    }
}

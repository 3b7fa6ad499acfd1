//! Programs that only look at files.

use super::{Effects, below};
use crate::shell::act::Use;
use crate::shell::expansion::Field;
use crate::shell::follow::{Output, Stdin};
use crate::shell::options::Spec;

/// Programs that only look, and pass on the names that they are given.
pub(super) const READERS: [&str; 62] = [
    "ls",
    "dir",
    "stat",
    "head",
    "tail",
    "less",
    "more",
    "zcat",
    "tac",
    "nl",
    "grep",
    "egrep",
    "fgrep",
    "zgrep",
    "rg",
    "du",
    "df",
    "file",
    "wc",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "cksum",
    "readlink",
    "realpath",
    "dirname",
    "basename",
    "diff",
    "cmp",
    "comm",
    "cut",
    "tr",
    "test",
    "[",
    "[[",
    "strings",
    "xxd",
    "od",
    "hexdump",
    "jq",
    "yq",
    "tree",
    "lsof",
    "findmnt",
    "mountpoint",
    "lsblk",
    "blkid",
    "sort",
    "uniq",
    "awk",
    "gawk",
    "mawk",
    "fold",
    "rev",
    "paste",
    "join",
    "column",
    "fmt",
    "seq",
    "sleep",
    "namei",
];

pub(super) fn reader(program: &str, words: &[Field], stdin: &Stdin) -> Effects {
    let options = Spec {
        short: "o:",
        long: &["output"],
    }
    .read(words);
    let is_filter = matches!(
        program,
        "grep" | "egrep" | "fgrep" | "rg" | "jq" | "yq" | "awk" | "gawk" | "mawk" | "tr" | "cut"
    );
    let files = match program {
        // The first operand is a pattern, or a program in a language of its own.
        _ if is_filter => options.operands.get(1..).unwrap_or_default(),
        "test" | "[" | "[[" | "seq" | "sleep" => &[],
        _ => options.operands.as_slice(),
    };
    let mut effects = Effects::none().all(files, Use::Read, false);
    if program == "sort"
        && let Some(file) = options.value('o', "output")
    {
        effects.touch(file, Use::Write, false);
    }
    if program == "uniq"
        && let Some(file) = options.operands.get(1)
    {
        effects.touch(file, Use::Write, false);
    }
    if program.ends_with("awk") {
        // awk can run commands and write files; its own language is not read.
        let text: String = words.iter().map(|word| word.text.as_str()).collect();
        let writes = text.contains('"') && text.contains(['|', '>']);
        effects.opaque =
            text.contains("system") || writes || options.has('f', "file") || options.has('i', "");
    }
    let lists_files = program == "ls" || options.has('l', "files-with-matches");
    effects.output = match stdin {
        Stdin::Paths(paths) if files.is_empty() => Output::Paths(paths.clone()),
        _ if matches!(
            program,
            "ls" | "grep" | "egrep" | "rg" | "realpath" | "readlink"
        ) && lists_files
            && !files.is_empty() =>
        {
            Output::Paths(files.iter().map(below).collect())
        }
        _ => Output::Unknown,
    };
    effects
}

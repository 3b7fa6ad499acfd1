//! Properties of the reading of commands in a container, whatever their words are.

use std::process::Command;

use kubectl_safe::shell::{Act, View, read};
use proptest::prelude::*;
use proptest::sample::select;

fn acts(words: &[&str]) -> Vec<Act> {
    read(words, &View::node_debug())
}

fn script(text: &str) -> Vec<Act> {
    acts(&["sh", "-c", text])
}

/// A text as one word of the shell, in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What means something to a shell.
const PIECES: &[&str] = &[
    "rm",
    " ",
    " ",
    "\n",
    "-rf",
    "/host/etc/kubernetes",
    "..",
    "/",
    "~",
    "$X",
    "${X",
    "}",
    "{",
    "{a,b}",
    "$(",
    "`",
    "(",
    ")",
    "((",
    "))",
    "'",
    "\"",
    "\\",
    "$'",
    "|",
    "||",
    "&",
    "&&",
    ";",
    ";;",
    "<",
    ">",
    ">>",
    "<<E",
    "<<-'E'",
    "E",
    "<<<",
    "2>&1",
    "if",
    "then",
    "else",
    "fi",
    "for",
    "in",
    "do",
    "done",
    "case",
    "esac",
    "while",
    "function f",
    "f()",
    "[[",
    "]]",
    "!",
    "#",
    "*",
    "?",
    "[",
    "]",
    "=",
    "A=",
    "sh -c",
    "eval",
    "xargs",
    "find",
    "-exec",
    "{}",
    "chroot",
    "nsenter",
    "-t",
    "1",
    "-m",
    "env",
    "-S",
    "echo",
    "printf",
    "%s",
    "cd",
    "set --",
    "$@",
    "\"$@\"",
    "$IFS",
    "sysctl",
    "tar",
    "dd",
    "of=",
    "mv",
    "sed -i",
    "busybox",
    "sudo",
    "\u{0}",
    "é",
    "read x",
    "trap",
    "export",
    "ln -s",
    "mount --bind",
];

/// Such pieces, in any order, with others between them.
fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![4 => select(PIECES).prop_map(String::from), 1 => any::<String>().prop_map(|text| text.chars().take(4).collect())],
        0..40,
    )
    .prop_map(|pieces| pieces.concat())
}

/// A simple script that every shell takes: commands of plain and quoted words, one after another.
fn plain_script() -> impl Strategy<Value = String> {
    let word = select(vec![
        "rm",
        "-r",
        "/host/etc/x",
        "'a b'",
        "\"c d\"",
        "e\\ f",
        "$A",
        "\"$A\"",
        "*.y",
        "g;h",
        "'$A'",
        "> /host/log",
        "2>/dev/null",
    ]);
    let command =
        prop::collection::vec(word, 1..6).prop_map(|words| format!("p {}", words.join(" ")));
    prop::collection::vec(command, 1..4).prop_map(|commands| commands.join(" && "))
}

proptest! {
    /// Whatever the words are, there is an answer, and it is not endless.
    #[test]
    fn every_text_has_an_answer(text in pieces(), words in prop::collection::vec(pieces(), 0..5)) {
        prop_assert!(script(&text).len() <= 301);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        prop_assert!(acts(&words).len() <= 301);
        for act in script(&text) {
            prop_assert!(!act.text.contains('\n'));
            for path in act.paths {
                prop_assert!(path.host.is_empty() || path.host.starts_with('/'));
                prop_assert!(!path.host.split('/').any(|part| part == "..") || path.host.contains(['$', '`']), "{}", path.host);
            }
        }
    }

    /// One more shell around a script changes nothing.
    #[test]
    fn quoting_hides_no_command(text in plain_script()) {
        let plain = script(&text);
        prop_assert!(!plain.is_empty());
        for wrapped in [
            format!("sh -c {}", quoted(&text)),
            format!("bash -lc {}", quoted(&text)),
            format!("eval {}", quoted(&text)),
            format!("sh <<'END'\n{text}\nEND"),
            format!("( {text} )"),
            format!("{{ {text}; }}"),
            format!("f() {{ {text}; }}; f"),
            format!("env -i sh -c {}", quoted(&format!("sh -c {}", quoted(&text)))),
        ] {
            prop_assert_eq!(&script(&wrapped), &plain, "{}", wrapped);
        }
    }

    /// Words that no shell has seen are the same as those words in quotes.
    #[test]
    fn words_are_words_in_quotes(words in prop::collection::vec("[ -~]{0,12}", 1..5)) {
        let mut all = vec!["rm"];
        all.extend(words.iter().map(String::as_str));
        let text = all.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        prop_assert_eq!(script(&text), acts(&all));
    }

    /// The real shell makes the same words of a line, wherever we say that we know them.
    #[test]
    fn words_are_what_sh_makes_of_them(pieces in prop::collection::vec(
        select(vec!["a", "b c", "'d e'", "\"f g\"", "\\h", "\\ ", " ", " ", "$A", "\"$A\"", "'$A'", "${A}", "${A:-z}", "${A:+y}", "\"\"", "''", "\\\"", "\"\\\"\"", "\"\\a\"",
                    "#", "=", "\\\n", "$(echo i j)", "\"$(echo i j)\"", "`echo k`", "$#", "\"$@\"", "~x", "{", "}", "%", "$1", "\"'\"", "'\"'"]), 0..12)) {
        let line = format!("A='1  2'; p {}", pieces.concat());
        let output = Command::new("sh")
            .args(["-c", &format!("p() {{ for word; do printf '%s\\0' \"$word\"; done; }}; {line}")])
            .output()
            .expect("there is a shell");
        let said = String::from_utf8(output.stdout).expect("all pieces are text");
        let ours = script(&line);
        let ours = ours.iter().rfind(|act| act.program == "p");
        // A word that is not known keeps its source.
        if output.status.success() && let Some(ours) = ours && !ours.uncertain {
            let real: Vec<&str> = said.split_terminator('\0').collect();
            prop_assert_eq!(&ours.words, &real, "{}", line);
        }
    }
}

use super::*;
use crate::shell::{View, read};

/// The words of the first command.
fn words(text: &str) -> Vec<String> {
    let acts = read(&["sh", "-c", &format!("p {text}")], &View::default());
    let last = acts.iter().rfind(|act| act.program == "p");
    last.expect("p is a command").words.clone()
}

#[test]
fn quotes_and_expansions_are_read_as_a_shell_does() {
    let cases: [(&str, &[&str]); 34] = [
        ("a b", &["a", "b"]),
        ("  a\tb  ", &["a", "b"]),
        ("'a b' \"c d\"", &["a b", "c d"]),
        ("a'b'\"c\"\\d", &["abcd"]),
        ("'' \"\" a''", &["", "", "a"]),
        ("'\\n' \"\\n\" \\n", &["\\n", "\\n", "n"]),
        ("\"\\\"\\\\\\$\\`\"", &["\"\\$`"]),
        ("'a\"b' \"a'b\"", &["a\"b", "a'b"]),
        ("a#b # c", &["a#b"]),
        ("a \\\n b", &["a", "b"]),
        ("$'a\\tb\\x41\\101\\u00e9\\''", &["a\tbAAé'"]),
        ("$\"a\"", &["a"]),
        ("a$ $", &["a$", "$"]),
        ("a=b", &["a=b"]),
        ("{a,b}c{1..3}", &["ac1", "ac2", "ac3", "bc1", "bc2", "bc3"]),
        ("{a} {} {a,b", &["{a}", "{}", "{a,b"]),
        ("'{a,b}' {a\\,b}", &["{a,b}", "{a,b}"]),
        ("{a,{b,c}}", &["a", "b", "c"]),
        ("{c..a}", &["a", "b", "c"]),
        ("$X ${X} \"$X\"", &["$X", "${X}", "$X"]),
        ("${X%/*} ${#X} ${X:0:1}", &["${X%/*}", "${#X}", "${X:0:1}"]),
        ("$1 \"$1\" $#", &["", "0"]),
        ("$((1 + 2))", &["$((1 + 2))"]),
        ("$(echo a b) \"$(echo a b)\"", &["a", "b", "a b"]),
        ("`echo \\`echo a\\``", &["a"]),
        ("$(echo \")\" $(echo ')'))", &[")", ")"]),
        ("$(date) \"`date`\"", &["$(date)", "`date`"]),
        ("~/x ~root", &["~/x", "~root"]),
        ("2>&1 a >/dev/null b", &["a", "b"]),
        ("2 >/dev/null", &["2"]),
        ("a;b", &["a"]),
        ("a\nb", &["a"]),
        ("<(date) a", &["<(date)", "a"]),
        ("*.x [ab] 'c*'", &["*.x", "[ab]", "c*"]),
    ];
    for (text, expected) in cases {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn what_does_not_end_is_broken_and_says_so() {
    for text in [
        "'a",
        "\"a",
        "$(a",
        "`a",
        "${a",
        "$((1",
        "$'a",
        "<(a",
        "{ a",
        "( a",
        "if a",
        "a )",
        "case a in b) c",
        "a | ",
        "a && ",
        "[[ a",
        "f( a",
        ";; a",
        "> ",
    ] {
        let acts = read(&["sh", "-c", text], &View::default());
        assert!(
            acts.last().is_some_and(|act| act.opaque),
            "{text}: {acts:?}"
        );
    }
}

#[test]
fn here_documents_end_at_their_delimiter() {
    let shown = |text: &str| -> Vec<String> {
        read(&["sh", "-c", text], &View::default())
            .iter()
            .map(|act| act.text.clone())
            .collect()
    };
    assert_eq!(shown("sh <<E\na b\nE\nc"), ["a b", "c"]);
    assert_eq!(shown("sh <<-E\n\ta\n\tE\nc"), ["a", "c"]);
    assert_eq!(shown("sh <<A; sh <<'B'\na\nA\nb\nB\nc"), ["a", "b", "c"]);
    assert_eq!(
        shown("X=1; sh <<E\na $X\nE\nsh <<'E'\nX=2\na $X\nE"),
        ["a 1", "a 2"]
    );
    assert_eq!(shown("p <<E\n$(a) `b` \\$(c)\nE"), ["a", "b", "p"]);
    assert_eq!(shown("p <<'E'\n$(a)\nE"), ["p"]);
    // Without an end, all that follows is the document.
    assert_eq!(shown("sh <<E\na"), ["a"]);
}

#[test]
fn depth_and_length_are_bounded() {
    for text in [
        "(".repeat(10_000),
        "$(".repeat(10_000),
        "$((".repeat(10_000),
        "((".repeat(10_000),
        "\"$(".repeat(10_000),
        "`".repeat(10_001),
        "{".repeat(10_000),
        "{a,b}".repeat(1_000),
        "${a:-".repeat(10_000),
        "if ".repeat(10_000),
        "f() ".repeat(10_000),
        "<<a ".repeat(10_000),
        "a|".repeat(10_000),
        "x".repeat(1 << 20),
        "eval ".repeat(5_000),
        "sh -c '".repeat(1_000),
    ] {
        let acts = read(&["sh", "-c", &text], &View::node_debug());
        assert!(acts.len() <= 301, "{}", &text[..10]);
    }
}

#[test]
fn escapes_are_undone() {
    for (text, plain) in [
        ("a\\nb", "a\nb"),
        ("\\x72\\x6d", "rm"),
        ("\\162m", "rm"),
        ("\\0162m", "rm"),
        ("\\u0072m", "rm"),
        ("\\q\\", "\\q\\"),
        ("\\xzz", "zz"),
        ("\\e[0m", "\u{1b}[0m"),
    ] {
        assert_eq!(unescape(text), plain, "{text}");
    }
}

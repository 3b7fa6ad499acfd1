use crate::shell::tests::check;
use crate::shell::{View, read};

#[test]
fn variables_are_known_where_the_words_say_so() {
    check(&[
        ("A=/host/a; rm $A", "rm remove:/a"),
        ("rm $A", "rm~ remove:($A)"),
        ("A=/host/a; unset A; rm $A", "rm~ remove:($A)"),
        ("A=/host; B=$A/b; rm $B", "rm remove:/b"),
        ("A='/host/a /host/b'; rm $A", "rm remove:/a remove:/b"),
        ("A='/host/a b'; rm \"$A\"", "rm remove:/a b"),
        ("A=/host/a rm $A", "rm~ remove:($A)"),
        ("read A; rm /host/$A", "rm~ remove:/$A"),
        ("A=$(date); rm /host/$A", "date; rm~ remove:/$(date)"),
        ("A=$(echo /host/a); rm $A", "echo; rm remove:/a"),
        ("rm ${A:-/host/a}", "rm~ remove:/a"),
        (
            "A=/host/b; rm ${A:-/host/a} ${A:+/host/c}",
            "rm remove:/b remove:/c",
        ),
        ("if x; then A=/host/a; fi; rm $A", "x; rm~ remove:/a"),
        (
            "A=/host/a; case x in x) A=/host/b ;; esac; rm $A",
            "rm~ remove:/b",
        ),
        ("(A=/host/a); rm $A", "rm~ remove:($A)"),
        ("A=/host/a | true; rm $A", "rm~ remove:($A)"),
        ("IFS=,; A=/host/a,/host/b; rm $A", "rm remove:/a remove:/b"),
        (
            "A=(/host/a /host/b); rm \"${A[@]}\"",
            "rm~ remove:(${A[@]})",
        ),
        ("HOME=/host; rm ~/a", "rm remove:/a"),
        ("rm ~/a", "rm~ remove:(~/a)"),
        ("set -e; set -- /host/a; rm $1 $2", "rm remove:/a"),
        ("rm -rf /host/$UNKNOWN/", "rm~ remove*:/$UNKNOWN"),
    ]);
}

#[test]
fn every_branch_counts_once() {
    check(&[
        ("a; b && c || d & e | f", "a; b; c; d; e; f"),
        ("if a; then b; elif c; then d; else e; fi", "a; b; c; d; e"),
        ("while a; do b; done; until c; do d; done", "a; b; c; d"),
        ("for i in 1 2; do p $i; done", "p; p"),
        ("for ((i=0; i<9; i++)); do p; done", "p"),
        ("case $X in a|b) c ;; *) d ;; esac", "c; d"),
        ("( a; { b; } )", "a; b"),
        ("f() { a; }", ""),
        ("f() { a; }; f; f", "a; a"),
        ("a() { command a; }; a", "a"),
        ("exit 0; a", "a"),
        ("a $(b $(c)) `d`", "c; b~; d; a~"),
        ("a \"$(b \"$(c)\")\"", "c; b~; a~"),
        ("a <(b) >(c)", "b; c; a~"),
        ("[[ $(a) == b && -f c ]]", "a; [[~"),
        ("a\n\n# x\nb # y\n", "a; b"),
        ("a; echo ) ; b", "a; echo; ~?"),
        ("if a; then b", "~?"),
    ]);
}

#[test]
fn too_much_is_said_to_be_too_much() {
    for text in [
        "a;".repeat(1_000),
        "for i in {1..200}; do for j in {1..200}; do a; done; done".into(),
        format!("A=x; {} echo $A", "A=$A$A;".repeat(100)),
        "sh -c 'sh -c \"".repeat(30),
        format!("p {}", "x ".repeat(40_000)),
    ] {
        let acts = read(&["sh", "-c", &text], &View::node_debug());
        let last = acts.last().expect("there is always an answer");
        assert!(
            last.opaque || last.uncertain,
            "{}…: {}",
            &text[..20],
            last.text
        );
        assert!(acts.len() <= 301);
    }
}

//! An object beside a document that kubectl refuses: it writes the one and complains of the other.

use super::{End, MINDED, RULE, Report, UNMINDED, config_map, stage, typed};

/// What kubectl does with the rest of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// It reads on.
    Read,
    /// It reads no further.
    Lost,
}
use Rest::{Lost, Read};

const COMPANIONS: &[(&str, Rest, &str)] = &[
    (
        "no API version",
        Lost,
        "kind: ConfigMap\nmetadata: {name: other, namespace: shop}\n",
    ),
    (
        "no kind",
        Lost,
        "apiVersion: v1\nmetadata: {name: other, namespace: shop}\n",
    ),
    (
        "an API version of three parts",
        Lost,
        "apiVersion: a/b/c\nkind: ConfigMap\nmetadata: {name: other}\n",
    ),
    ("a word", Lost, "hello\n"),
    ("a list of words", Lost, "- hello\n"),
    ("broken YAML", Lost, "kind: [\n"),
    (
        "an unknown kind",
        Read,
        "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: other}\n",
    ),
    (
        "a list of an unknown kind",
        Read,
        "apiVersion: example.com/v1\nkind: ThingList\nitems: []\n",
    ),
    (
        "a list in a list",
        Read,
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]\n",
    ),
    (
        "a name with a slash",
        Read,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a/b, namespace: shop}\n",
    ),
    (
        "a name of dots",
        Read,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: .., namespace: shop}\n",
    ),
    (
        "a name that is a number",
        Read,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 12, namespace: shop}\n",
    ),
    (
        "no name",
        Read,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: shop}\n",
    ),
    ("no metadata", Read, "apiVersion: v1\nkind: ConfigMap\n"),
    (
        "metadata that are a word",
        Read,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: hello\n",
    ),
    (
        "an unknown field",
        Read,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: shop}\ndta: {}\n",
    ),
    (
        "an unknown namespace",
        Read,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: nowhere}\n",
    ),
];

/// With the object's name.
const VERBS: [(&str, &str); 4] = [
    ("apply -f it.yaml", "made"),
    ("apply -f it.yaml", "shop-settings"),
    ("apply --server-side -f it.yaml", "shop-settings"),
    ("create -f it.yaml", "made"),
];

#[test]
fn an_object_is_judged_whatever_stands_beside_it() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (turn, &(what, rest, other)) in COMPANIONS.iter().enumerate() {
        let line = |turn: usize, is_first: bool, pair| {
            let (words, name) = VERBS[turn % VERBS.len()];
            let own = config_map(name, pair);
            let text = if is_first {
                format!("{own}---\n{other}")
            } else {
                format!("{other}---\n{own}")
            };
            typed(words, &[("it.yaml", &text)])
        };
        // kubectl reads from the beginning: what stands first is written, whatever follows.
        let first = line(turn, true, MINDED);
        report.check_stopped(stage, what, &first, 77, &[RULE]);
        let behind = match rest {
            Read => End::Stopped(RULE),
            Lost => End::Refused,
        };
        report.check(stage, what, &line(turn + 1, false, MINDED), behind);
        if turn % 3 == 0 {
            let harmless = line(turn / 3, true, UNMINDED);
            report.check(stage, what, &harmless, End::Written);
        }
    }
    report.close();
}

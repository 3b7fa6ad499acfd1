//! Objects whose names the server makes up.

use super::{End, MINDED, RULE, Report, UNMINDED, config_map, stage, typed};
use crate::everyday::difference;

/// A `ConfigMap` of which only the beginning of its name is said.
fn nameless(pair: (&str, &str)) -> String {
    config_map("made-", pair).replace("name: made-", "generateName: made-")
}

#[test]
fn an_object_is_judged_before_it_has_a_name() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let named = config_map("named", UNMINDED);
    let listed = |pair| {
        let items = nameless(pair).trim_end().replace('\n', "\n  ");
        format!("kind: List\napiVersion: v1\nitems:\n- {items}\n")
    };
    for (what, minded, unminded) in [
        ("alone", nameless(MINDED), nameless(UNMINDED)),
        (
            "twice",
            format!("{}---\n{}", nameless(UNMINDED), nameless(MINDED)),
            format!("{0}---\n{0}", nameless(UNMINDED)),
        ),
        (
            "behind another",
            format!("{named}---\n{}", nameless(MINDED)),
            format!("{named}---\n{}", nameless(UNMINDED)),
        ),
        ("in a List", listed(MINDED), listed(UNMINDED)),
    ] {
        let create = |text: &str| typed("create -f it.yaml", &[("it.yaml", text)]);
        report.check(stage, what, &create(&minded), End::Stopped(RULE));
        // The server makes up another name each time.
        if let Some(why) = difference(stage, &create(&unminded)) {
            report.add(what, &create(&unminded), &why);
        }
    }
    report.close();
}

#[test]
fn only_create_takes_an_object_without_a_name() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for words in [
        "apply -f it.yaml",
        "apply --server-side -f it.yaml",
        "replace -f it.yaml",
    ] {
        for pair in [MINDED, UNMINDED] {
            let line = typed(words, &[("it.yaml", &nameless(pair))]);
            report.check(stage, "no name", &line, End::Refused);
        }
    }
    report.close();
}

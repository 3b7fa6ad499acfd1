//! Objects that somebody else has changed: the server refuses the write, so there is nothing to ask.

use super::{End, MINDED, Report, config_map, stage, typed};
use crate::trial::By;

/// What a server-side apply gets for a field that another manager owns.
const TAKEN: &str = "data: {currency: EUR}\n";

fn stale() -> String {
    config_map("shop-settings", MINDED).replace("metadata: {", "metadata: {resourceVersion: '1', ")
}

#[test]
fn a_conflict_is_a_refusal_and_no_question() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let taken = config_map("shop-settings", MINDED) + TAKEN;
    for (what, words, text) in [
        (
            "a field of another's",
            "apply --server-side -f it.yaml",
            &taken,
        ),
        ("a dump that is old", "apply -f it.yaml", &stale()),
        ("a dump that is old", "replace -f it.yaml", &stale()),
    ] {
        let line = typed(words, &[("it.yaml", text)]);
        report.check(stage, what, &line, End::Refused);
    }
    report.close();
}

/// kubectl tries each conflict again for 4 seconds, so it is made to do so once before it does it for real.
#[test]
fn an_old_dump_is_rehearsed_once() {
    let stage = &mut *stage();
    let line = typed("apply -f it.yaml", &[("it.yaml", &stale())]);
    let mark = stage.plane.mark();
    stage.see(&line, By::Safe);
    let writes = stage.plane.writes(&stage.user, mark);
    let dry = writes.iter().filter(|write| write.dry_run).count();
    assert!(dry > 1 && writes.len() == 2 * dry, "{writes:?}");
}

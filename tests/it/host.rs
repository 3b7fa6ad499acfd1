//! A pod that can rule its node: looking is never asked, everything else is.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use kubectl_safe::own::plan::{plan_of_snapshot, read_snapshot};
use kubectl_safe::risk::verdict::Verdict;

/// The lines of a list below `tests/`, with what the plan says to each.
fn verdicts(list: &str, head: &str) -> Vec<(String, Verdict, bool)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("tests").join(list)).expect("the list is in the tree");
    let lines: Vec<String> = serde_yaml::from_str(&text).expect("a list of lines");
    let snapshot = read_snapshot(&root.join("src/fixtures/ack.yaml")).expect("the fixture reads");
    lines
        .into_iter()
        .map(|line| {
            let words = shell_words::split(&line).unwrap_or_else(|why| panic!("{line}: {why:?}"));
            let words: Vec<OsString> = head
                .split(' ')
                .map(str::to_owned)
                .chain(words)
                .map(OsString::from)
                .collect();
            let plan =
                plan_of_snapshot(&words, &snapshot).unwrap_or_else(|why| panic!("{line}: {why:?}"));
            let is_complete = plan.is_complete();
            (line, plan.verdict, is_complete)
        })
        .collect()
}

/// Figures for who runs the test with `--nocapture`.
fn tell(line: &str) {
    writeln!(io::stderr(), "{line}").expect("stderr is open");
}

#[test]
fn looking_at_a_node_is_not_asked() {
    let all = verdicts("host-looking.yaml", "exec toolbox-b7x2p -n ops --");
    let asked: Vec<_> = all
        .iter()
        .filter(|(_, verdict, is_complete)| *verdict != Verdict::Allow || !is_complete)
        .collect();
    tell(&format!(
        "{} looking commands, {} asked",
        all.len(),
        asked.len()
    ));
    assert!(all.len() >= 150);
    assert!(asked.is_empty(), "{asked:#?}");
}

#[test]
fn what_may_change_a_node_is_asked() {
    let all = verdicts("host-risky.yaml", "exec -i toolbox-b7x2p -n ops --");
    let passed: Vec<_> = all
        .iter()
        .filter(|(_, verdict, _)| matches!(verdict, Verdict::Allow | Verdict::Notice))
        .collect();
    tell(&format!(
        "{} risky commands, {} not asked",
        all.len(),
        passed.len()
    ));
    assert!(all.len() >= 400);
    assert!(passed.is_empty(), "{passed:#?}");
}

/// In a pod without power over its node, the same lines are left alone.
#[test]
fn a_container_without_power_is_left_alone() {
    let all = verdicts("host-risky.yaml", "exec -i probe -n shop --");
    let asked: Vec<_> = all
        .iter()
        .filter(|(_, verdict, _)| *verdict != Verdict::Allow)
        .collect();
    assert!(asked.is_empty(), "{asked:#?}");
}

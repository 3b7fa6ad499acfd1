//! `tests/bypasses.yaml` on the real control plane: every way past a wrapper ends at a rule, and nothing is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::trial::{By, Nothing, Seen, Stage, Typed, read};

/// One way to do what a rule minds.
#[derive(Debug, Deserialize)]
struct Bypass {
    /// What it hopes to hide behind.
    way: String,
    #[serde(default = "ack")]
    cluster: String,
    /// The rule that stops it.
    rule: Option<String>,
    /// What is said instead, where nobody can tell what it would do.
    says: Option<String>,
    /// 77: the answer is no. 75: something could not be read. A script may end in a code of its own.
    #[serde(default = "no")]
    code: i32,
    #[serde(flatten)]
    typed: Typed,
    #[serde(flatten)]
    _rest: Nothing,
}

fn ack() -> String {
    "ack".to_owned()
}

fn no() -> i32 {
    77
}

#[test]
fn no_way_leads_past_a_rule() {
    let ways: Vec<Bypass> = read("tests/bypasses.yaml");
    assert!(ways.len() >= 120, "only {} ways", ways.len());
    let mut by_cluster: BTreeMap<&str, Vec<&Bypass>> = BTreeMap::new();
    for way in &ways {
        by_cluster.entry(&way.cluster).or_default().push(way);
    }
    let mut wrong = Vec::new();
    for (cluster, ways) in by_cluster {
        let mut stage = Stage::with(cluster);
        for way in ways {
            let guarded = stage.see(&way.typed, By::Safe);
            let plain = stage.see(&way.typed, By::Kubectl);
            if let Some(why) = wrong_with(way, &guarded, &plain) {
                wrong.push(format!(
                    "{}: kubectl {}\n  {why}",
                    way.way,
                    way.typed.line()
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn wrong_with(way: &Bypass, guarded: &Seen, plain: &Seen) -> Option<String> {
    // Without this an entry that kubectl itself refuses would prove nothing.
    if plain.writes.is_empty() {
        return Some(format!("kubectl alone writes nothing: {plain:?}"));
    }
    let says = match (&way.rule, &way.says) {
        (Some(rule), None) => format!("[{rule}]"),
        (None, Some(says)) => says.clone(),
        _ => return Some("either a rule or what is said".to_owned()),
    };
    let is_caught = guarded.code == way.code
        && guarded.writes.is_empty()
        && guarded.stderr.iter().any(|line| line.contains(&says));
    (!is_caught).then(|| format!("not stopped by {says}: {guarded:?}"))
}

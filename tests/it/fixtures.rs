//! Every rule proves itself: its `hit` commands over the fixture clusters find it, their harmless twins do not.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use kubectl_safe::cluster::facts::FACTS;
use kubectl_safe::cluster::reader::Snapshot;
use kubectl_safe::own::plan::{plan_of_snapshot, read_snapshot};
use kubectl_safe::plan::Plan;
use kubectl_safe::risk::finding::Ground;
use kubectl_safe::risk::needs::FACT_NAMES;
use kubectl_safe::risk::rule::{Fixture, Rule};
use kubectl_safe::risk::table::Table;
use kubectl_safe::risk::verdict::Verdict;
use serde::Deserialize;

/// The rows of the ACK document, and our own (`X…`), that the verbs of today can touch.
const ROWS: [&str; 46] = [
    "A1", "A2", "L3", "L4", "M9", "N10", "N11", "N12", "N14", "N15", "N16", "N17", "N9", "O1",
    "O2", "P2", "P4", "P7", "S1", "S4", "S6", "S7", "U1", "U5", "U6", "U7", "U7b", "V1", "V1b",
    "W1", "W5", "W9", "X1", "X10", "X11", "X12", "X13", "X14", "X2", "X3", "X4", "X5", "X6", "X7",
    "X8", "X9",
];

/// The fixture clusters by name, each read once.
#[derive(Default)]
struct Clusters(BTreeMap<String, Rc<Snapshot>>);

impl Clusters {
    fn plan(&mut self, cluster: &str, line: &str) -> Plan {
        let snapshot = self.0.entry(cluster.to_owned()).or_insert_with(|| {
            let file = format!("src/fixtures/{cluster}.yaml");
            read_snapshot(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
                .unwrap_or_else(|why| panic!("{cluster}: {why:?}"))
        });
        plan_of_snapshot(&words(line), snapshot).unwrap_or_else(|why| panic!("{line}: {why:?}"))
    }
}

fn words(line: &str) -> Vec<OsString> {
    let words = shell_words::split(line).unwrap_or_else(|why| panic!("{line}: {why:?}"));
    words.into_iter().map(OsString::from).collect()
}

fn place(fixture: &Fixture) -> (&str, &str) {
    match fixture {
        Fixture::Words(words) => ("ack", words),
        Fixture::On { on, words } => (on, words),
    }
}

/// What a plan says, for a failure's message.
fn told(plan: &Plan) -> String {
    let findings = plan.findings.iter().map(|finding| {
        format!(
            "\n      {} {:?} {:?}",
            finding.rule.id, finding.severity, finding.ground
        )
    });
    let unknown = plan
        .unknown
        .iter()
        .map(|unknown| format!("\n      ? {}: {}", unknown.what, unknown.why));
    format!(
        "{} changes{}",
        plan.changes.len(),
        findings.chain(unknown).collect::<String>()
    )
}

#[test]
fn every_rule_finds_its_hits_and_nothing_in_their_twins() {
    let mut clusters = Clusters::default();
    let mut wrong = Vec::new();
    for rule in Table::builtin().rules() {
        // What only kubectl's dry run tells is shown on the real control plane, in `tests/rows.yaml`.
        if rule.fixtures.hit.is_empty() != rule.fixtures.miss.is_empty() {
            wrong.push(format!("{} needs a hit and a miss, or neither", rule.id));
        }
        let client_message = rule
            .client
            .as_ref()
            .and_then(|client| client.message.as_ref());
        let mut is_mute = rule.message.is_some() || client_message.is_some();
        for fixture in &rule.fixtures.hit {
            let (cluster, line) = place(fixture);
            let plan = clusters.plan(cluster, line);
            if !holds(rule, &plan) {
                wrong.push(format!(
                    "{} does not hit in {cluster}: {line}\n    {}",
                    rule.id,
                    told(&plan)
                ));
            }
            is_mute &= !says(rule, &plan);
            if !plan.is_complete() {
                wrong.push(format!(
                    "{} hits unread in {cluster}: {line}\n    {}",
                    rule.id,
                    told(&plan)
                ));
            }
        }
        if is_mute && !rule.fixtures.hit.is_empty() {
            wrong.push(format!(
                "the message of {} says nothing about any hit",
                rule.id
            ));
        }
        for fixture in &rule.fixtures.miss {
            let (cluster, line) = place(fixture);
            let plan = clusters.plan(cluster, line);
            if plan.changes.is_empty() {
                wrong.push(format!(
                    "{} misses for want of a change in {cluster}: {line}",
                    rule.id
                ));
            }
            if plan
                .findings
                .iter()
                .any(|finding| finding.rule.id == rule.id)
            {
                wrong.push(format!(
                    "{} does not miss in {cluster}: {line}\n    {}",
                    rule.id,
                    told(&plan)
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

fn holds(rule: &Rule, plan: &Plan) -> bool {
    plan.findings
        .iter()
        .any(|finding| finding.rule.id == rule.id && finding.ground == Ground::Holds)
}

/// Whether the rule has a line of its own about what it found.
fn says(rule: &Rule, plan: &Plan) -> bool {
    let mut found = plan
        .findings
        .iter()
        .filter(|finding| finding.rule.id == rule.id);
    found.any(|finding| finding.message.is_some())
}

#[test]
fn every_row_has_a_rule() {
    let table = Table::builtin();
    let served: BTreeSet<&str> = table.rules().map(|rule| rule.row.as_str()).collect();
    let missing: Vec<_> = ROWS.iter().filter(|row| !served.contains(*row)).collect();
    assert!(missing.is_empty(), "no rule serves {missing:?}");
}

#[test]
fn rules_may_name_exactly_the_facts_that_are_read() {
    let read: BTreeSet<&str> = FACTS.iter().map(|fact| fact.name).collect();
    assert_eq!(read, BTreeSet::from(FACT_NAMES));
}

/// One command of the demo.
#[derive(Deserialize)]
struct Scene {
    words: String,
}

/// What the captions promise, in the demo's order: the verdict, and rules that are found among others.
const PROMISED: [(Verdict, &[&str]); 8] = [
    (Verdict::Allow, &[]),
    (Verdict::Redirect, &["node-delete-pool"]),
    (
        Verdict::Confirm,
        &[
            "pod-evict-local-data",
            "pod-evict-unmanaged",
            "pod-evict-critical",
        ],
    ),
    (Verdict::TypeName, &["service-delete-created-slb"]),
    (Verdict::Deny, &["service-annotate-slb-id-removed"]),
    (
        Verdict::Deny,
        &["crd-delete-log-config", "log-config-delete"],
    ),
    (
        Verdict::Deny,
        &[
            "object-delete-protected",
            "namespace-delete",
            "service-delete-created-slb",
            "claim-delete-data",
            "log-config-delete",
        ],
    ),
    (Verdict::Deny, &["virtual-node-delete"]),
];

#[test]
fn the_demo_shows_what_its_captions_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fixtures/demo.yaml");
    let text = fs::read_to_string(file).expect("the demo is in the tree");
    let scenes: Vec<Scene> = serde_yaml::from_str(&text).expect("the demo is YAML");
    assert_eq!(scenes.len(), PROMISED.len());
    let mut clusters = Clusters::default();
    for (scene, (verdict, rules)) in scenes.iter().zip(PROMISED) {
        let plan = clusters.plan("ack", &scene.words);
        assert!(plan.is_complete(), "{}: {:?}", scene.words, plan.unknown);
        assert_eq!(plan.verdict, verdict, "{}: {}", scene.words, told(&plan));
        for rule in rules {
            let is_found = plan.findings.iter().any(|finding| finding.rule.id == *rule);
            assert!(is_found, "{} lacks {rule}: {}", scene.words, told(&plan));
        }
    }
}

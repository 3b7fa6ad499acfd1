//! Files as nobody writes them: what kubectl reads in them stands in the plan, or the person is asked.
//!
//! kubectl itself is the judge: `delete --dry-run=client -o name` names every object that it finds. `KUBECTL_SAFE_TEST_SEED` repeats a run.

mod folders;

use std::collections::BTreeSet;
use std::env;

use serde_json::Value;

use crate::random::dice::Dice;
use crate::support::{Run, TestUser};

/// The types in these files: what `-o name` calls them, and what a plan does.
const TYPES: [(&str, &str); 6] = [
    ("configmap", "configmaps"),
    ("secret", "secrets"),
    ("node", "nodes"),
    ("deployment.apps", "deployments"),
    ("lease.coordination.k8s.io", "leases"),
    ("clusterrole.rbac.authorization.k8s.io", "clusterroles"),
];

fn dice(seed: u64) -> Dice {
    let given = env::var("KUBECTL_SAFE_TEST_SEED").ok();
    Dice::new(given.map_or(seed, |seed| seed.parse().expect("a seed is a number")))
}

/// The objects that kubectl finds, as `nodes/name`.
fn named(user: &TestUser, words: &[String]) -> BTreeSet<String> {
    let output = Run::kubectl(user)
        .args(["delete", "--dry-run=client", "-o", "name"])
        .args(words)
        .run();
    let lines = output.stdout.lines().filter_map(|line| {
        let (kind, name) = line.split_once('/')?;
        let (_, resource) = TYPES.iter().find(|(known, _)| *known == kind)?;
        // Newer versions go on behind the name.
        let name = name.split_whitespace().next()?;
        Some(format!("{resource}/{name}"))
    });
    lines.collect()
}

/// The objects that the plan lists, and whether it says that it is complete.
fn planned(user: &TestUser, words: &[String]) -> (BTreeSet<String>, bool) {
    let output = Run::safe(user)
        .args(["plan", "-o", "json", "--safe-timeout=100s", "delete"])
        .args(words)
        .run();
    let plan: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|why| panic!("{words:?}: {why}: {output:?}"));
    let changes = plan["changes"].as_array().expect("a list");
    let text = |change: &Value, key: &str| change[key].as_str().unwrap_or_default().to_owned();
    let listed = changes
        .iter()
        .map(|change| format!("{}/{}", text(change, "resource"), text(change, "name")));
    (listed.collect(), plan["complete"] == true)
}

//! Random command lines: what a plan lists is what the real kubectl then asks the real API server for.
//!
//! The lines are valid words in any order and any spelling, over one fixture that is put back after each.
//! The audit log is the judge: every write that the server accepted is in the plan, and everything in the
//! plan was sent (what the server refused need not be in it). `KUBECTL_SAFE_TEST_SEED` repeats a run.

mod aim;
mod connections;
mod counts;
pub mod dice;
mod files;
mod flags;
mod inventory;
pub mod line;
mod manifests;
pub mod oracle;
mod raw;
mod rights;
mod surroundings;
mod verbs;
mod words;
mod workloads;

use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Value, json};

use self::counts::Counts;
use self::dice::Dice;
use self::inventory::Inventory;
use self::line::Line;
use self::oracle::{Planned, Sent, compare, describe, plan, send};
use self::surroundings::PREFERENCES;
use self::verbs::{Family, Form};
use crate::support::{ControlPlane, Frozen, Options, Run, TestUser};

const CLUSTER: &str = include_str!("random/cluster.yaml");
const SEED: &str = "KUBECTL_SAFE_TEST_SEED";
/// Objects that the inventory does not have: what was asked of the certificate signer, and who may do what.
const REQUESTS: &str = include_str!("random/requests.yaml");

/// How often lines are added of the forms that made kubectl write too seldom, and how many of each.
const MORE_ROUNDS: usize = 3;
const MORE_LINES: usize = 4;

/// What the API server removes from a CRD once its objects are gone.
const CRD_CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

#[test]
fn a_plan_lists_what_verbs_of_objects_send() {
    a_plan_lists_what_is_sent(&verbs::OBJECT_VERBS, &Applied::Nothing);
}

#[test]
fn a_plan_lists_what_verbs_of_files_send() {
    a_plan_lists_what_is_sent(&verbs::FILE_VERBS, &Applied::Some);
}

#[test]
fn a_plan_lists_what_verbs_of_parts_send() {
    a_plan_lists_what_is_sent(&verbs::PART_VERBS, &Applied::Some);
}

#[test]
fn a_plan_lists_what_verbs_of_connections_send() {
    a_plan_lists_what_is_sent(&verbs::CONNECTION_VERBS, &Applied::Nothing);
}

/// Whether objects of the fixture have been applied before the lines come.
#[derive(PartialEq, Eq)]
enum Applied {
    Nothing,
    Some,
}

fn a_plan_lists_what_is_sent(family: &Family, applied: &Applied) {
    let seed = env::var(SEED).ok().map_or(20, |seed| {
        seed.parse().unwrap_or_else(|e| panic!("{SEED}: {e}"))
    });
    let mut author = Author::new(seed);
    let mut lines = author.lines(family.turns());
    let (plane, user) = start(applied);

    let mut frozen = plane.freeze();
    let mut differences = String::new();
    let mut counts = Counts::default();
    for _ in 0..=MORE_ROUNDS {
        write_files(&user, &lines);
        let mark = plane.mark();
        let planned = plan_all(&user, &lines);
        let writes = plane.writes(&user, mark);
        let real: Vec<_> = writes.iter().filter(|write| !write.dry_run).collect();
        assert!(real.is_empty(), "a plan writes nothing: {real:?}");
        for (line, planned) in lines.iter().zip(&planned) {
            let sent = send(&plane, &user, line, planned);
            put_back(&plane, &mut frozen, &sent);
            counts.add(line, &sent);
            if let Some(difference) = compare(line, planned, &sent) {
                describe(&mut differences, line, &difference, &sent);
            }
        }
        let short = counts.short(family).into_iter();
        lines = author.lines(short.flat_map(|turn| std::iter::repeat_n(turn, MORE_LINES)));
    }
    assert!(differences.is_empty(), "{SEED}={seed}\n{differences}");
    counts.check(family);
}

/// What [`start`] gives with everything applied, and the lines of every family, whose files are written.
pub fn lay_out(seed: u64) -> (ControlPlane, TestUser, Vec<Line>) {
    let mut author = Author::new(seed);
    let families = [
        &verbs::OBJECT_VERBS,
        &verbs::FILE_VERBS,
        &verbs::PART_VERBS,
        &verbs::CONNECTION_VERBS,
    ];
    let turns = families.iter().flat_map(|family| family.turns());
    let lines = author.lines(turns);
    let (plane, user) = start(&Applied::Some);
    write_files(&user, &lines);
    (plane, user, lines)
}

/// The fixture with a history, and a person who may do all.
fn start(applied: &Applied) -> (ControlPlane, TestUser) {
    let plane = ControlPlane::start(&Options { controllers: &[] });
    let user = plane.user();
    plane.apply(CLUSTER);
    plane.apply(REQUESTS);
    add_history(&plane);
    prepare(&user);
    if *applied == Applied::Some {
        apply_some(&user);
    }
    (plane, user)
}

/// Makes the lines of one seed, one after the other.
struct Author {
    dice: Dice,
    inventory: Inventory,
    number: usize,
}

impl Author {
    fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            inventory: Inventory::read(CLUSTER),
            number: 0,
        }
    }

    /// One line for each of these, all else by the dice.
    fn lines(&mut self, turns: impl IntoIterator<Item = (&'static str, Form)>) -> Vec<Line> {
        let line = |(verb, form)| {
            self.number += 1;
            verbs::line(verb, form, self.number, &self.inventory, &mut self.dice)
        };
        turns.into_iter().map(line).collect()
    }
}

/// Lets every other object have been applied, some of them on the server's side, and then changed by somebody else.
fn apply_some(user: &TestUser) {
    let things = Inventory::read(CLUSTER).0;
    let send = |words: &str, list: &Value| {
        let output = Run::kubectl(user).line(words).stdin(list.to_string()).run();
        assert_eq!(output.code, 0, "{output:?}");
    };
    for (apply, rest) in [("apply -f - --server-side", 0), ("apply -f -", 2)] {
        let objects: Vec<&Value> = things
            .iter()
            .enumerate()
            .filter(|(number, thing)| number % 4 == rest && manifests::is_appliable(thing))
            .map(|(_, thing)| &thing.object)
            .collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
        send(apply, &list);
        send("label --overwrite -f - color=green", &list);
    }
}

/// Two earlier revisions of each workload that can go back, as their controllers keep them.
fn add_history(plane: &ControlPlane) {
    for (kind, namespace, name) in [
        ("Deployment", "web", "front"),
        ("Deployment", "web", "api"),
        ("StatefulSet", "db", "store"),
    ] {
        let owner = plane.object("apps/v1", kind, namespace, name);
        let owner = owner.expect("it is in the fixture");
        let owners = json!([{
            "apiVersion": "apps/v1", "kind": kind, "name": name,
            "uid": owner["metadata"]["uid"], "controller": true,
        }]);
        for revision in [1, 2] {
            let text = revision.to_string();
            let labels = json!({"app": "front", "pod-template-hash": text});
            let metadata = json!({
                "name": format!("{name}-{revision}0"), "namespace": namespace, "labels": labels,
                "annotations": {"deployment.kubernetes.io/revision": text},
                "ownerReferences": owners,
            });
            let template = json!({
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": format!("nginx:{revision}")}]},
            });
            let kept = if kind == "Deployment" {
                json!({
                    "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata,
                    "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": template},
                })
            } else {
                let mut template = template;
                template["metadata"]["labels"] = json!({"app": "front"});
                template["$patch"] = json!("replace");
                json!({
                    "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata,
                    "revision": revision, "data": {"spec": {"template": template}},
                })
            };
            plane.apply(&kept.to_string());
        }
    }
}

/// Puts everything back.
///
/// The API server itself removes a CRD's objects, after its answer: it must have ended before they come
/// back. And a type that was put back is served again a moment later.
fn put_back(plane: &ControlPlane, frozen: &mut Frozen, sent: &Sent) {
    let crds = ["widgets.demo.example.com", "gadgets.demo.example.com"].map(|name| {
        move || {
            plane.object(
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                "",
                name,
            )
        }
    });
    let deleted = sent
        .accepted
        .iter()
        .any(|request| request.contains("customresourcedefinitions"));
    if deleted {
        let cleans_up = |crd: Value| {
            let finalizers = crd["metadata"]["finalizers"].as_array();
            !crd["metadata"]["deletionTimestamp"].is_null()
                && finalizers.is_some_and(|them| them.iter().any(|it| it == CRD_CLEANUP))
        };
        wait_until(|| !crds.iter().any(|crd| crd().is_some_and(cleans_up)));
    }
    plane.thaw(frozen);
    if deleted {
        let version = "demo.example.com/v1";
        wait_until(|| {
            plane.object(version, "Widget", "web", "w1").is_some()
                && plane.object(version, "Gadget", "", "g1").is_some()
        });
    }
}

fn wait_until(is_true: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the API server does not come to an end"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// The user's contexts and preferences.
fn prepare(user: &TestUser) {
    let text = fs::read_to_string(&user.kubeconfig).expect("the user has a kubeconfig");
    let mut config: Value = serde_json::from_str(&text).expect("it is JSON");
    let contexts = config["contexts"].as_array_mut().expect("it has contexts");
    contexts.extend(["web", "db"].map(|namespace| {
        json!({"name": namespace, "context": {"cluster": "test", "user": user.name, "namespace": namespace}})
    }));
    fs::write(&user.kubeconfig, config.to_string()).expect("the home can be written");
    for (path, text) in PREFERENCES {
        write_file(user, path, text);
    }
}

fn write_files(user: &TestUser, lines: &[Line]) {
    for (path, text) in lines.iter().flat_map(|line| &line.files) {
        write_file(user, path, text);
    }
}

fn write_file(user: &TestUser, path: &str, text: &str) {
    let path = user.home.join(path);
    fs::create_dir_all(path.parent().expect("it is in the home")).expect("the home can be written");
    fs::write(path, text).expect("the home can be written");
}

/// Plans every line over the cluster as it is: half of them in a thread of their own.
fn plan_all(user: &TestUser, lines: &[Line]) -> Vec<Planned> {
    let (left, right) = lines.split_at(lines.len() / 2);
    let plans = |lines: &[Line]| {
        lines
            .iter()
            .map(|line| plan(user, line))
            .collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let left = scope.spawn(|| plans(left));
        let right = plans(right);
        let mut all = left.join().expect("a plan panics in its own process");
        all.extend(right);
        all
    })
}

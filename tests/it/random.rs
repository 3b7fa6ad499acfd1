//! Random command lines: what a plan lists is what the real kubectl then asks the real API server for.
//!
//! The lines are valid words in any order and any spelling, over one fixture that is put back after each.
//! The audit log is the judge: every write that the server accepted is in the plan, and everything in the
//! plan was sent (what the server refused need not be in it). `KUBECTL_SAFE_TEST_SEED` repeats a run.

mod aim;
mod connections;
mod counts;
mod dice;
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
use self::verbs::Family;
use crate::support::{ControlPlane, Frozen, Options, Run, TestUser};

const CLUSTER: &str = include_str!("random/cluster.yaml");
const SEED: &str = "KUBECTL_SAFE_TEST_SEED";
/// Objects that the inventory does not have: what was asked of the certificate signer, and who may do what.
const REQUESTS: &str = include_str!("random/requests.yaml");

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
    let lines = write_lines(seed, family);
    let plane = ControlPlane::start(&Options { controllers: &[] });
    let user = plane.user();
    plane.apply(CLUSTER);
    plane.apply(REQUESTS);
    add_history(&plane);
    prepare(&user, &lines);
    if *applied == Applied::Some {
        apply_some(&user);
    }

    let mut frozen = plane.freeze();
    let mark = plane.mark();
    let planned = plan_all(&user, &lines);
    let writes = plane.writes(&user, mark);
    let real: Vec<_> = writes.iter().filter(|write| !write.dry_run).collect();
    assert!(real.is_empty(), "a plan writes nothing: {real:?}");

    let mut differences = String::new();
    let mut counts = Counts::default();
    for (line, planned) in lines.iter().zip(&planned) {
        let sent = send(&plane, &user, line);
        put_back(&plane, &mut frozen, &sent);
        counts.add(line, &sent);
        if let Some(difference) = compare(line, planned, &sent) {
            describe(&mut differences, line, &difference, &sent);
        }
    }
    assert!(differences.is_empty(), "{SEED}={seed}\n{differences}");
    counts.check(family);
}

/// Verbs by their weights, each verb's forms in turn, all else by the dice.
fn write_lines(seed: u64, family: &Family) -> Vec<Line> {
    let mut dice = Dice::new(seed);
    let inventory = Inventory::read(CLUSTER);
    let turns: Vec<usize> = family
        .verbs
        .iter()
        .enumerate()
        .flat_map(|(index, (_, weight, _))| std::iter::repeat_n(index, *weight))
        .collect();
    let mut next_form = vec![0; family.verbs.len()];
    (0..family.lines)
        .map(|number| {
            let index = turns[number % turns.len()];
            let (verb, _, forms) = family.verbs[index];
            let form = forms[next_form[index] % forms.len()];
            next_form[index] += 1;
            verbs::line(verb, form, number, &inventory, &mut dice)
        })
        .collect()
}

/// Lets every other object have been applied, some of them on the server's side.
fn apply_some(user: &TestUser) {
    let things = Inventory::read(CLUSTER).0;
    for (side, rest) in [(&["--server-side"][..], 0), (&[], 2)] {
        let objects: Vec<&Value> = things
            .iter()
            .enumerate()
            .filter(|(number, thing)| number % 4 == rest && manifests::is_appliable(thing))
            .map(|(_, thing)| &thing.object)
            .collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
        let apply = Run::kubectl(user).line("apply -f -").args(side);
        let output = apply.stdin(list.to_string()).run();
        assert_eq!(output.code, 0, "{output:?}");
    }
}

/// Two earlier revisions of a Deployment, as its controller keeps them.
fn add_history(plane: &ControlPlane) {
    let owner = plane.object("apps/v1", "Deployment", "web", "front");
    let owner = owner.expect("it is in the fixture");
    for revision in ["1", "2"] {
        let labels = json!({"app": "front", "pod-template-hash": revision});
        let replica_set = json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": format!("front-{revision}0"), "namespace": "web", "labels": labels,
                "annotations": {"deployment.kubernetes.io/revision": revision},
                "ownerReferences": [{
                    "apiVersion": "apps/v1", "kind": "Deployment", "name": "front",
                    "uid": owner["metadata"]["uid"], "controller": true,
                }],
            },
            "spec": {
                "replicas": 0, "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "main", "image": format!("nginx:{revision}")}]},
                },
            },
        });
        plane.apply(&replica_set.to_string());
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

/// The user's contexts, and the files of all lines.
fn prepare(user: &TestUser, lines: &[Line]) {
    let text = fs::read_to_string(&user.kubeconfig).expect("the user has a kubeconfig");
    let mut config: Value = serde_json::from_str(&text).expect("it is JSON");
    let contexts = config["contexts"].as_array_mut().expect("it has contexts");
    contexts.extend(["web", "db"].map(|namespace| {
        json!({"name": namespace, "context": {"cluster": "test", "user": user.name, "namespace": namespace}})
    }));
    fs::write(&user.kubeconfig, config.to_string()).expect("the home can be written");
    let preferences = PREFERENCES.iter().map(|(path, text)| (*path, *text));
    let files = lines
        .iter()
        .flat_map(|line| &line.files)
        .map(|(path, text)| (path.as_str(), text.as_str()));
    for (path, text) in preferences.chain(files) {
        let path = user.home.join(path);
        fs::create_dir_all(path.parent().expect("it is in the home"))
            .expect("the home can be written");
        fs::write(path, text).expect("the home can be written");
    }
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

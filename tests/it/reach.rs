//! Never blind: wherever kubectl comes to a server, the guard reads there, fast by its own client or slower by kubectl.

mod certificates;
mod credentials;
mod departure;
mod files;
mod front;
mod kubeconfigs;
mod proxies;
mod servers;
mod set_up;
mod stale;
mod tunnel;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Request, Run};
use set_up::{SetUp, Way, World};

/// A volume in use, over which rules look at more than one object.
const OBJECTS: &[&str] = &[
    "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: reach}, spec: {type: LoadBalancer, ports: [{port: 80}]}}",
    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: reach}, spec: {accessModes: [ReadWriteOnce], volumeName: disk, storageClassName: '', resources: {requests: {storage: 1Gi}}}}",
    "{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, persistentVolumeReclaimPolicy: Delete, hostPath: {path: /x}}}",
    "{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: reach}, spec: {containers: [{name: main, image: busybox}], volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}}",
];
const COMMAND: &str = "delete pvc/data svc/web -n reach";

/// A file of `tests/data/tls`; its `make.sh` says how it was made.
fn pem_file(name: &str) -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls"));
    folder.join(name)
}

/// What is in it.
fn pem(name: &str) -> Vec<u8> {
    fs::read(pem_file(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

#[test]
fn the_guard_reads_wherever_kubectl_does() {
    let world = World::start();
    for object in OBJECTS {
        world.plane.apply(object);
    }
    let plain = plan(&world, &SetUp::new("plain", Way::Own));
    let has_finding = plain.0["findings"][0].is_object();
    assert!(plain.0["complete"] == true && has_finding, "{}", plain.0);
    let all: Vec<SetUp> = [
        certificates::of_clients(&world),
        certificates::of_servers(&world),
        credentials::all(&world),
        proxies::all(&world),
        servers::all(&world),
        files::all(&world),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (mut wrong, mut ways) = (Vec::new(), BTreeMap::<_, usize>::new());
    for set_up in &all {
        let said = world
            .run(
                Run::kubectl(&world.user),
                "get svc web -n reach -o name",
                set_up,
            )
            .run();
        if (said.code, said.stdout.as_str()) != (0, "service/web\n") {
            wrong.push(format!("{}: kubectl fails: {said:?}", set_up.name));
            continue;
        }
        let by_kubectl = world.went_through_a_proxy();
        let (seen, way) = plan(&world, set_up);
        if world.went_through_a_proxy() != by_kubectl {
            wrong.push(format!("{}: another route", set_up.name));
        }
        writeln!(io::stderr(), "{:<60} {way:?}", set_up.name).expect("standard error is open");
        *ways.entry(format!("{way:?}")).or_default() += 1;
        // Complete as that is, with nothing unknown.
        if seen != plain.0 {
            wrong.push(format!("{}: another plan: {seen}", set_up.name));
        }
        if way != Some(set_up.way) {
            wrong.push(format!("{}: by {way:?}, not {:?}", set_up.name, set_up.way));
        }
    }
    writeln!(io::stderr(), "{} set-ups: {ways:?}", all.len()).expect("standard error is open");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all.len() >= 40, "{}", all.len());
}

/// What a plan says but for the place, and by which way it came; no way is both or none.
fn plan(world: &World, set_up: &SetUp) -> (Value, Option<Way>) {
    let mark = world.plane.mark();
    let line = format!("plan -o json -- {COMMAND}");
    let output = world.run(Run::safe(&world.user), &line, set_up).run();
    let mut plan: Value =
        serde_json::from_str(&output.stdout).unwrap_or_else(|_| format!("{output:?}").into());
    if let Some(plan) = plan.as_object_mut() {
        // Where it goes, and the words with their flags.
        plan.remove("destination");
        plan.remove("words");
        // It is also of those.
        plan.remove("digest");
    }
    let requests = world.plane.requests(&world.user, mark);
    let by = |agent: &str| {
        !requests.is_empty()
            && requests
                .iter()
                .all(|request: &Request| request.user_agent.starts_with(agent))
    };
    let way = if by("kubectl-safe/") {
        Some(Way::Own)
    } else if by("kubectl/") {
        Some(Way::Kubectl)
    } else {
        None
    };
    (plan, way)
}

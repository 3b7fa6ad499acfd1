//! Connections and debugging: what a plan lists is what the real kubectl asks the real API server for.
//!
//! No kubelet answers here, so every connection ends in an error after the API server has taken it.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::{ControlPlane, Options, Run, TestUser, kubectl_minor};

/// Command lines over the fixture cluster `dedicated`, and how many requests they make.
const LINES: &[(usize, &str)] = &[
    (1, "exec toolbox-w7x2p -n ops -- ls"),
    (1, "exec -n ops pod/toolbox-w7x2p -c reporter -- ls -l /"),
    // Further words before `--` are ignored.
    (1, "exec toolbox-w7x2p more -n ops -- ls"),
    (1, "exec -n ops -f pod.yaml -- ls"),
    (1, "exec -it toolbox-w7x2p -n ops -- bash"),
    // Its pods are alike: kubectl takes the first.
    (1, "exec daemonset/toolbox -n ops -- ls"),
    (1, "exec ds.apps/toolbox -n ops -- ls"),
    (1, "exec deployment/web -n web -- ls"),
    (1, "exec rs/web-6f7d9c5b4 -n web -- ls"),
    (1, "exec service/kube-dns -n kube-system -- ls"),
    (0, "exec toolbox-w7x2p -n ops"),
    (0, "exec toolbox-w7x2p ls -n ops"),
    (0, "exec -n ops -- ls"),
    (0, "exec missing -n ops -- ls"),
    (0, "exec toolbox-w7x2p -n ops -c missing -- ls"),
    (0, "exec node/cn-hangzhou.10.20.1.51 -- ls"),
    (0, "exec configmap/kube-root-ca.crt -n ops -- ls"),
    (0, "exec pods/a/b -n ops -- ls"),
    (0, "exec -n ops -f two.yaml -- ls"),
    (1, "attach toolbox-w7x2p -n ops"),
    (1, "attach pod toolbox-w7x2p -n ops -c reporter"),
    (1, "attach ds/toolbox -n ops"),
    (0, "attach pod toolbox-w7x2p toolbox-m7x2p -n ops"),
    (0, "attach missing -n ops"),
    (1, "cp pod.yaml ops/toolbox-w7x2p:/tmp"),
    (
        1,
        "cp pod.yaml toolbox-w7x2p:/tmp/x -n ops -c reporter --no-preserve",
    ),
    (1, "cp ops/toolbox-w7x2p:/etc/hosts hosts"),
    (1, "cp ops/toolbox-w7x2p:/etc/hosts hosts --retries=1"),
    (0, "cp missing.yaml ops/toolbox-w7x2p:/tmp"),
    (0, "cp pod.yaml toolbox-w7x2p:/tmp"),
    (0, "cp pod.yaml hosts"),
    (0, "cp ops/toolbox-w7x2p:/a ops/toolbox-m7x2p:/b"),
    (0, "cp pod.yaml a/b/c:/tmp"),
    (1, "debug toolbox-w7x2p -n ops --image=busybox"),
    (
        1,
        "debug toolbox-w7x2p -n ops --image=busybox --target=main --profile=sysadmin -- sh -c true",
    ),
    (
        2,
        "debug toolbox-w7x2p pod/toolbox-m7x2p -n ops --image=busybox",
    ),
    (
        1,
        "debug toolbox-w7x2p missing toolbox-m7x2p -n ops --image=busybox",
    ),
    (
        1,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look --share-processes=false",
    ),
    (
        1,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look --profile=legacy",
    ),
    (
        2,
        "debug toolbox-w7x2p -n ops --copy-to=look --replace --set-image=*=busybox",
    ),
    (
        1,
        "debug toolbox-w7x2p -n ops --copy-to=look -c main --profile=legacy -- sleep 60",
    ),
    (1, "debug node/cn-hangzhou.10.20.1.51 --image=busybox"),
    (
        1,
        "debug no/cn-hangzhou.10.20.1.51 -n ops --image=busybox --profile=netadmin -- ip addr",
    ),
    (0, "debug toolbox-w7x2p -n ops"),
    (0, "debug daemonset/toolbox -n ops --image=busybox"),
    (0, "debug toolbox-w7x2p -n ops --image=busybox --replace"),
    (
        0,
        "debug toolbox-w7x2p -n ops --image=busybox --profile=admin",
    ),
    (0, "debug toolbox-w7x2p -n ops --image=busybox -t"),
    (0, "debug node/missing --image=busybox"),
    (0, "port-forward missing 8080:80 -n ops"),
    (0, "port-forward toolbox-w7x2p -n ops"),
];

/// Commands that attach to a container once it runs.
const SESSIONS: &[(usize, &str)] = &[
    (2, "run look -n ops --image=busybox -i"),
    (2, "run look -n ops --image=busybox --attach -- ls"),
    (
        2,
        "run look -n ops --image=busybox -i --restart=Never --leave-stdin-open",
    ),
    (3, "run look -n ops --image=busybox -it --rm"),
    (
        5,
        "run look -n ops --image=busybox -i --rm --expose --port=80",
    ),
    (2, "run look -n ops --image=busybox -i --privileged"),
    (
        2,
        r#"run look -n ops --image=busybox -i --overrides={"metadata":{"name":"other"},"spec":{"hostPID":true}}"#,
    ),
    (1, "run look -n ops --image=busybox -i --attach=false"),
    (1, "run look -n ops --image=busybox"),
    (2, "debug toolbox-w7x2p -n ops --image=busybox -it"),
    (
        2,
        "debug toolbox-w7x2p -n ops --image=busybox --attach -- ls",
    ),
    (
        1,
        "debug toolbox-w7x2p -n ops --image=busybox -i --attach=false",
    ),
    (
        2,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look --share-processes=false -i",
    ),
    (
        3,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look --share-processes=false --replace -i",
    ),
    (
        2,
        "debug node/cn-hangzhou.10.20.1.51 -n ops --image=busybox -it",
    ),
];

/// Copies that no server takes, and the first kubectl that makes them so: before 1.36 the profile is `legacy` where none is said.
/// Their pod is in the processes of its host, and their containers are to share theirs.
const REFUSED_COPIES: &[(u32, &str)] = &[
    (
        36,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look",
    ),
    (
        36,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look --replace --attach=false -i",
    ),
    (
        36,
        "debug toolbox-w7x2p -n ops --copy-to=look -c main -- sleep 60",
    ),
    (
        30,
        "debug toolbox-w7x2p toolbox-m7x2p -n ops --image=busybox --copy-to=look --profile=sysadmin",
    ),
    (
        27,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look --replace -i --profile=general",
    ),
    (
        27,
        "debug toolbox-w7x2p -n ops --copy-to=look --replace --set-image=*=busybox --share-processes",
    ),
    (
        27,
        "debug toolbox-w7x2p -n ops --image=busybox --copy-to=look --profile=legacy --share-processes",
    ),
];

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: toolbox-w7x2p\nspec:\n  containers:\n  - name: main\n";

#[test]
fn a_plan_lists_the_connections_that_kubectl_makes() {
    let plane = dedicated();
    let user = plane.user();
    let two = format!("{POD}---\n{}", POD.replace("-w7", "-m7"));
    for (name, text) in [("pod.yaml", POD), ("two.yaml", &two)] {
        fs::write(user.home.join(name), text).expect("the home can be written");
    }
    check(&plane, &user, LINES);
}

#[test]
fn a_plan_lists_the_sessions_with_pods_that_come_to_run() {
    let plane = dedicated();
    let user = plane.user();
    plane.with_kubelet("ops", || check(&plane, &user, SESSIONS));
}

#[test]
fn a_copy_that_the_server_refuses_changes_nothing() {
    const COPY: &str = "CREATE v1 pods ops/look";
    let plane = dedicated();
    let user = plane.user();
    let mut frozen = plane.freeze();
    for &(since, line) in REFUSED_COPIES {
        let planned = planned(&user, line);
        let mark = plane.mark();
        let said = Run::kubectl(&user).line(line).run();
        let copies: Vec<_> = plane
            .writes(&user, mark)
            .iter()
            .map(|write| (write.to_string(), write.code))
            .filter(|(request, _)| request == COPY)
            .collect();
        let is_refused = kubectl_minor() >= since;
        let code = if is_refused { 422 } else { 201 };
        assert_eq!(copies, [(COPY.to_owned(), code)], "{line}: {said:?}");
        assert_eq!(planned.is_empty(), is_refused, "{line}: {planned:?}");
        assert_eq!(
            said.stderr
                .contains("ShareProcessNamespace and HostPID cannot both be enabled"),
            is_refused,
            "{line}: {said:?}"
        );
        plane.thaw(&mut frozen);
    }
}

fn dedicated() -> ControlPlane {
    let plane = ControlPlane::start(&Options { controllers: &[] });
    plane.load("dedicated");
    plane
}

/// Compares the plan of each line with what it then sends.
fn check(plane: &ControlPlane, user: &TestUser, lines: &[(usize, &str)]) {
    let mut frozen = plane.freeze();
    let mut wrong = Vec::new();
    for (count, line) in lines {
        let planned = planned(user, line);
        let mark = plane.mark();
        let said = Run::kubectl(user).line(line).run();
        let sent: BTreeSet<String> = plane
            .writes(user, mark)
            .iter()
            .map(|write| unnamed(&write.to_string()))
            .collect();
        plane.thaw(&mut frozen);
        if planned != sent || sent.len() != *count {
            wrong.push(format!(
                "{line}\n  planned {planned:?}\n  sent    {sent:?}\n  {}",
                said.stderr
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The plan's requests, as the audit log writes them.
fn planned(user: &TestUser, line: &str) -> BTreeSet<String> {
    let said = Run::safe(user)
        .line("plan -o json --")
        .args(line.split(' '))
        .run();
    let plan: Value =
        serde_json::from_str(&said.stdout).unwrap_or_else(|why| panic!("{line}: {why}: {said:?}"));
    let changes = plan["changes"].as_array().cloned().unwrap_or_default();
    let part = |change: &Value, key: &str| change[key].as_str().unwrap_or_default().to_owned();
    let slash = |left: String, right: String| match right.as_str() {
        "" => left,
        right => format!("{left}/{right}"),
    };
    changes
        .iter()
        .map(|change| {
            let resource = slash(part(change, "resource"), part(change, "subresource"));
            let object = format!("{}/{}", part(change, "namespace"), part(change, "name"));
            format!("{} v1 {resource} {object}", part(change, "operation"))
        })
        .collect()
}

/// kubectl makes up the name of a node's pod, which a plan leaves empty. The log has no name where the object is created.
fn unnamed(request: &str) -> String {
    match request.find("node-debugger-") {
        Some(at) => request[..at].to_owned(),
        None => request.to_owned(),
    }
}

//! The harness itself: the control plane is real, and what the tests read from it is true.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Value, json};

use crate::support::{
    ControlPlane, KUBERNETES_VERSION, Operation, Options, Run, TestUser, binaries,
};

/// kubectl, which must succeed.
fn kubectl(user: &TestUser, line: &str) -> String {
    let output = Run::kubectl(user).line(line).run();
    assert_eq!(output.code, 0, "kubectl {line}: {output:?}");
    output.stdout
}

/// The writes of one kubectl command, as text.
fn writes_of(plane: &ControlPlane, user: &TestUser, run: &Run) -> Vec<String> {
    let mark = plane.mark();
    run.run();
    plane
        .writes(user, mark)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn kubectl_and_server_are_the_pinned_version() {
    let plane = ControlPlane::shared();
    let version = kubectl(&plane.user(), "version -o yaml");
    let version: Value = serde_yaml::from_str(&version).expect("kubectl prints YAML");

    let server = Command::new(&binaries().apiserver)
        .arg("--version")
        .output()
        .expect("it runs");
    let server = String::from_utf8(server.stdout).expect("a version is text");
    let server = server.trim().trim_start_matches("Kubernetes ");
    assert_eq!(version["serverVersion"]["gitVersion"], server);
    if env::var_os("KUBEBUILDER_ASSETS").is_none() {
        assert_eq!(server, KUBERNETES_VERSION);
        assert_eq!(version["serverVersion"]["minor"], "36");
    }
    if ["KUBEBUILDER_ASSETS", "KUBECTL_SAFE_TEST_KUBECTL"]
        .iter()
        .all(|name| env::var_os(name).is_none())
    {
        assert_eq!(version["clientVersion"]["gitVersion"], KUBERNETES_VERSION);
    }
}

#[test]
fn a_created_pod_is_one_create_of_this_user() {
    let plane = ControlPlane::shared();
    let (user, other) = (plane.user(), plane.user());
    kubectl(&user, "create namespace harness-create");
    let mark = plane.mark();
    kubectl(&other, "create configmap noise -n harness-create");
    kubectl(&user, "run web --image=nginx -n harness-create");

    let writes = plane.writes(&user, mark);
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert_eq!(writes[0].to_string(), "CREATE v1 pods harness-create/web");
    assert_eq!(writes[0].operation, Operation::Create);
    assert_eq!(writes[0].code, 201);
    assert!(!writes[0].dry_run);
    assert!(
        writes[0].user_agent.starts_with("kubectl"),
        "{}",
        writes[0].user_agent
    );
}

#[test]
fn reads_are_requests_but_no_writes() {
    let plane = ControlPlane::shared();
    let user = plane.viewer();
    let mark = plane.mark();
    kubectl(&user, "get pods -n kube-system");
    let forbidden = Run::kubectl(&user).line("get nodes").run();
    assert_eq!(forbidden.code, 1, "{forbidden:?}");

    assert!(plane.writes(&user, mark).is_empty());
    let requests = plane.requests(&user, mark);
    let lists: Vec<_> = requests
        .iter()
        .filter(|request| request.verb == "list")
        .collect();
    assert_eq!(lists.len(), 2, "{requests:?}");
    assert_eq!(
        (lists[0].target.resource.as_str(), lists[0].code),
        ("pods", 200)
    );
    assert_eq!(
        lists[0].uri,
        "/api/v1/namespaces/kube-system/pods?limit=500"
    );
    assert_eq!(
        (lists[1].target.resource.as_str(), lists[1].code),
        ("nodes", 403)
    );
}

#[test]
fn dry_runs_are_known_in_query_and_body() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane
        .apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: harness-dry}}");
    let mark = plane.mark();
    kubectl(
        &user,
        "label configmap kept -n harness-dry a=b --dry-run=server",
    );
    kubectl(
        &user,
        "delete configmap kept -n harness-dry --dry-run=server",
    );

    let writes = plane.writes(&user, mark);
    let operations: Vec<_> = writes.iter().map(|write| write.operation).collect();
    assert_eq!(operations, [Operation::Update, Operation::Delete]);
    assert!(writes.iter().all(|write| write.dry_run), "{writes:?}");
    assert!(
        plane
            .object("v1", "ConfigMap", "harness-dry", "kept")
            .is_some()
    );
}

#[test]
fn server_side_apply_creates_then_updates() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    kubectl(&user, "create namespace harness-apply");
    let manifest = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: harness-apply}, data: {k: v}}";
    let apply = || {
        Run::kubectl(&user)
            .line("apply --server-side -f -")
            .stdin(manifest)
    };
    assert_eq!(
        writes_of(plane, &user, &apply()),
        ["CREATE v1 configmaps harness-apply/a"]
    );
    assert_eq!(
        writes_of(plane, &user, &apply()),
        ["UPDATE v1 configmaps harness-apply/a"]
    );
}

#[test]
fn exec_is_a_connection() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(&pod("harness-exec", "web"));
    let exec = Run::kubectl(&user).line("exec web -n harness-exec -- true");
    let writes = writes_of(plane, &user, &exec);
    // Nothing answers on this node, so kubectl tries once more by SPDY.
    assert!(!writes.is_empty());
    assert!(
        writes
            .iter()
            .all(|write| write == "CONNECT v1 pods/exec harness-exec/web"),
        "{writes:?}"
    );
}

/// A Pod that runs on the node `harness-node`, as far as the API server knows.
fn pod(namespace: &str, name: &str) -> String {
    format!(
        "apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}
spec:
  nodeName: harness-node
  terminationGracePeriodSeconds: 0
  containers: [{{name: main, image: nginx}}]
status:
  phase: Running
  conditions: [{{type: Ready, status: 'True'}}]
"
    )
}

#[test]
fn an_eviction_against_a_budget_is_refused_with_429() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(&format!(
        "{}---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: web, namespace: harness-evict}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: web}}}}}}
status: {{observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1}}
---
apiVersion: v1
kind: Node
metadata: {{name: harness-node}}
",
        pod("harness-evict", "web")
    ));
    assert_eq!(
        plane
            .object("v1", "Node", "", "harness-node")
            .expect("it was made")["spec"],
        json!({})
    );
    let mark = plane.mark();
    let drain = Run::kubectl(&user)
        .line("drain harness-node --force --timeout=1s --pod-selector=app=web")
        .run();
    assert_eq!(drain.code, 1, "{drain:?}");

    let writes = plane.writes(&user, mark);
    assert_eq!(writes[0].to_string(), "UPDATE v1 nodes harness-node");
    let eviction = writes
        .iter()
        .find(|write| write.target.namespace == "harness-evict")
        .expect("drain evicts");
    assert_eq!(
        eviction.to_string(),
        "CREATE v1 pods/eviction harness-evict/web"
    );
    assert_eq!(eviction.code, 429);
    assert!(plane.object("v1", "Pod", "harness-evict", "web").is_some());
}

#[test]
fn a_deleted_namespace_takes_its_objects_along() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(&pod("harness-cascade", "web"));
    let delete = Run::kubectl(&user).line("delete namespace harness-cascade --timeout=60s");
    // The rest is the namespace controller's, as another user.
    assert_eq!(
        writes_of(plane, &user, &delete),
        ["DELETE v1 namespaces harness-cascade"]
    );
    assert!(
        plane
            .object("v1", "Namespace", "", "harness-cascade")
            .is_none()
    );
    assert!(
        plane
            .object("v1", "Pod", "harness-cascade", "web")
            .is_none()
    );
}

#[test]
fn owned_objects_are_collected() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: owner, namespace: harness-owner}}",
    );
    let owner = plane
        .object("v1", "ConfigMap", "harness-owner", "owner")
        .expect("it was made");
    plane.apply(&config_map_of(&owner, "harness-owner"));
    kubectl(
        &user,
        "delete configmap owner -n harness-owner --cascade=foreground --timeout=60s",
    );
    assert!(
        plane
            .object("v1", "ConfigMap", "harness-owner", "owned")
            .is_none()
    );
}

#[test]
fn a_deleted_claim_is_not_held_by_its_finalizer() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: harness-claim},
          spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}",
    );
    kubectl(&user, "delete pvc data -n harness-claim --timeout=60s");
    assert!(
        plane
            .object("v1", "PersistentVolumeClaim", "harness-claim", "data")
            .is_none()
    );
}

#[test]
fn custom_kinds_can_be_written_at_once() {
    let plane = ControlPlane::shared();
    plane.apply(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.harness.example.com}
spec:
  group: harness.example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
apiVersion: harness.example.com/v1
kind: Widget
metadata: {name: w, namespace: harness-widgets}
",
    );
    assert!(
        plane
            .object("harness.example.com/v1", "Widget", "harness-widgets", "w")
            .is_some()
    );
}

#[test]
fn a_turn_alone_ends_as_it_began() {
    let uid = |plane: &ControlPlane, kind: &str, namespace: &str, name: &str| {
        plane
            .object("v1", kind, namespace, name)
            .map(|object| object["metadata"]["uid"].clone())
    };
    let plane = ControlPlane::alone();
    let user = plane.user();
    plane.apply(&pod("harness-frozen", "web"));
    let mut frozen = plane.freeze();
    let before = uid(&plane, "Pod", "harness-frozen", "web").expect("it was made");

    for _ in 0..2 {
        // Not awaited: the namespace controller lets five seconds pass first.
        kubectl(&user, "delete namespace harness-frozen --wait=false");
        kubectl(&user, "delete pod web -n harness-frozen");
        kubectl(&user, "create namespace harness-later");
        assert_eq!(uid(&plane, "Pod", "harness-frozen", "web"), None);
        plane.thaw(&mut frozen);
        assert_eq!(
            uid(&plane, "Pod", "harness-frozen", "web"),
            Some(before.clone())
        );
        assert_eq!(uid(&plane, "Namespace", "", "harness-later"), None);
        // What kubectl lists agrees, and the namespace takes new objects.
        assert_eq!(
            kubectl(&user, "get pods -n harness-frozen -o name"),
            "pod/web\n"
        );
        kubectl(&user, "create configmap new -n harness-frozen");
        plane.thaw(&mut frozen);
    }
    drop(plane);
    let plane = ControlPlane::alone();
    assert_eq!(uid(&plane, "Namespace", "", "harness-frozen"), None);
}

#[test]
fn thawed_objects_survive_a_collector_at_work() {
    let plane = ControlPlane::alone();
    let user = plane.user();
    let object = |name| plane.object("v1", "ConfigMap", "harness-collector", name);
    plane.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: owner, namespace: harness-collector}}",
    );
    let owner = object("owner").expect("it was made");
    plane.apply(&config_map_of(&owner, "harness-collector"));
    plane.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: witness, namespace: harness-collector}}");
    let mut frozen = plane.freeze();
    for _ in 0..3 {
        kubectl(&user, "delete configmap owner -n harness-collector");
        plane.thaw(&mut frozen);
        // Ends when the collector, restarted, knows the cluster and does its work.
        kubectl(
            &user,
            "delete configmap witness -n harness-collector --cascade=foreground",
        );
        assert!(object("owned").is_some());
    }
}

/// A `ConfigMap` named `owned`, owned by this one.
fn config_map_of(owner: &Value, namespace: &str) -> String {
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "owned", "namespace": namespace, "ownerReferences": [{
            "apiVersion": "v1", "kind": "ConfigMap", "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"], "blockOwnerDeletion": true,
        }]},
    })
    .to_string()
}

#[test]
fn commands_have_no_terminal_and_only_the_users_environment() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    // A credential plugin is a program that the real kubectl starts in its own session and environment.
    let seen = user.home.join("seen");
    let plugin = user.home.join("plugin.sh");
    let script = format!(
        "#!/bin/sh\n(: </dev/tty) 2>/dev/null && echo terminal >>{0}\n/usr/bin/env >>{0}\nexit 1\n",
        seen.display()
    );
    fs::write(&plugin, script).expect("the home can be written");
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh",
        "args": [plugin], "interactiveMode": "Never",
    });
    let mut config: Value =
        serde_json::from_slice(&fs::read(&user.kubeconfig).expect("it is there"))
            .expect("it is JSON");
    config["users"][0]["user"] = json!({"exec": exec});
    fs::write(&user.kubeconfig, config.to_string()).expect("the home can be written");

    assert_eq!(Run::kubectl(&user).line("get pods").run().code, 1);
    let seen = fs::read_to_string(seen).expect("the plugin ran");
    assert!(!seen.lines().any(|line| line == "terminal"), "{seen}");
    assert!(
        seen.contains(&format!("HOME={}", user.home.display())),
        "{seen}"
    );
    assert!(!seen.contains("CARGO"), "{seen}");
}

#[test]
fn a_pty_gives_a_terminal() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: asked, namespace: harness-pty}}",
    );
    let mark = plane.mark();
    let delete = Run::kubectl(&user).line("delete configmap asked -n harness-pty --interactive");
    let mut terminal =
        rexpect::session::spawn_command(delete.command(), Some(60_000)).expect("a pty opens");
    terminal.exp_string("(y/N)").expect("kubectl asks");
    terminal.send_line("n").expect("the pty takes an answer");
    terminal
        .exp_string("deletion is cancelled")
        .expect("kubectl heard it");
    terminal.exp_eof().expect("kubectl ends");

    let writes = plane.writes(&user, mark);
    assert!(writes.iter().all(|write| write.dry_run), "{writes:?}");
    assert!(
        plane
            .object("v1", "ConfigMap", "harness-pty", "asked")
            .is_some()
    );
}

#[test]
fn a_user_without_rights_is_known_by_the_token() {
    let plane = ControlPlane::shared();
    let (user, nobody) = (plane.user(), plane.nobody());
    let endpoint = plane.endpoint();
    let mark = plane.mark();
    let output = Run::kubectl(&user)
        .line("create namespace harness-nobody --token")
        .args([&nobody.token, "--server", &endpoint.url])
        .run();
    assert_eq!(output.code, 1, "{output:?}");

    assert!(plane.requests(&user, mark).is_empty());
    let writes = plane.writes(&nobody, mark);
    assert_eq!(writes.len(), 1, "{writes:?}");
    // A create that RBAC refuses was never decoded, so the log has no name.
    assert_eq!(writes[0].to_string(), "CREATE v1 namespaces ");
    assert_eq!(writes[0].code, 403);
}

#[test]
fn our_own_binary_runs() {
    let user = ControlPlane::shared().user();
    let output = Run::safe(&user).line("version --client").run();
    assert_eq!(output.code, 0, "{output:?}");
}

/// Waits until a control plane is gone: its port and its folder, which goes last.
fn assert_gone(url: &str, home: &Path) {
    let address = url.trim_start_matches("https://");
    let started = Instant::now();
    while home.exists() || TcpStream::connect(address).is_ok() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{url} or {} is left",
            home.display()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_dropped_plane_is_gone() {
    let plane = ControlPlane::start(&Options { controllers: &[] });
    let (url, home) = (plane.endpoint().url.clone(), plane.user().home);
    assert!(home.exists());
    drop(plane);
    assert_gone(&url, &home);
}

#[test]
fn nothing_outlives_a_killed_test_process() {
    let mut other = Command::new(env::current_exe().expect("a test has a program"))
        .args([
            "--exact",
            "harness::waits_to_be_killed",
            "--ignored",
            "--nocapture",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let output = BufReader::new(other.stdout.take().expect("it is piped"));
    let plane = output
        .lines()
        .map(|line| line.expect("it is text"))
        .find_map(|line| {
            let (url, home) = line.strip_prefix("plane ")?.split_once(' ')?;
            Some((url.to_owned(), PathBuf::from(home)))
        });
    let (url, home) = plane.expect("it says where its plane is");
    assert!(TcpStream::connect(url.trim_start_matches("https://")).is_ok());
    other.kill().expect("it runs until now");
    other.wait().expect("it was killed");
    assert_gone(&url, &home);
}

#[test]
#[ignore = "the other process of nothing_outlives_a_killed_test_process"]
fn waits_to_be_killed() {
    let plane = ControlPlane::start(&Options::default());
    let (url, home) = (&plane.endpoint().url, plane.user().home);
    writeln!(io::stdout(), "\nplane {url} {}", home.display()).expect("its stdout is open");
    thread::sleep(Duration::from_secs(30));
}

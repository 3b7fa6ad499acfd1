//! What the tests read in the audit log is what was asked.

use serde_json::json;

use super::{kubectl, pod, writes_of};
use crate::support::{ControlPlane, Operation, Run};

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
metadata: {{name: harness-evict}}
",
        pod("harness-evict", "web")
    ));
    assert_eq!(
        plane
            .object("v1", "Node", "", "harness-evict")
            .expect("it was made")["spec"],
        json!({})
    );
    let mark = plane.mark();
    let drain = Run::kubectl(&user)
        .line("drain harness-evict --force --timeout=1s")
        .run();
    assert_eq!(drain.code, 1, "{drain:?}");

    let writes = plane.writes(&user, mark);
    assert_eq!(writes[0].to_string(), "UPDATE v1 nodes harness-evict");
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
fn a_granted_right_counts_at_once() {
    let plane = ControlPlane::shared();
    let user = plane.nobody();
    let cordon = |user| Run::kubectl(user).line("cordon harness-granted").run();
    plane.apply("{apiVersion: v1, kind: Node, metadata: {name: harness-granted}}");
    let mark = plane.mark();
    cordon(&user);
    assert!(plane.writes(&user, mark).is_empty());
    plane.grant(
        &user,
        r#"[{apiGroups: [""], resources: [nodes], verbs: [get, patch]}]"#,
    );
    cordon(&user);
    let writes = plane.writes(&user, mark);
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert_eq!(
        (writes[0].to_string().as_str(), writes[0].code),
        ("UPDATE v1 nodes harness-granted", 200)
    );
}

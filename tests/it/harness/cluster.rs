//! The cluster is real: its version, its cascades, and how it is put back.

use std::env;
use std::process::Command;

use serde_json::{Value, json};

use super::{kubectl, pod, writes_of};
use crate::support::{ControlPlane, KUBERNETES_VERSION, Run, binaries};

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

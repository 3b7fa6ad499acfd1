use std::sync::Arc;

use serde_json::{Value, json};

use super::{Setting, change};
use crate::change::resource::Scope;
use crate::change::{Change, Effect, Operation, Resource};
use crate::cluster::known;

const CLUSTER: &str = "
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {csi: {driver: diskplugin.csi.alibabacloud.com, volumeHandle: d-1}}}
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: nas}, spec: {csi: {driver: nasplugin.csi.alibabacloud.com, volumeHandle: d-1}}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: own, namespace: shop}, spec: {accessModes: [ReadWriteOnce], volumeName: disk}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: many, namespace: shop}, spec: {accessModes: [ReadWriteMany], volumeName: disk}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: files, namespace: shop}, spec: {accessModes: [ReadWriteOnce], volumeName: nas}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: later, namespace: shop}, spec: {accessModes: [ReadWriteOnce], storageClassName: fast}}
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: diskplugin.csi.alibabacloud.com}
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: db, namespace: shop}, spec: {template: {spec: {volumes: [{name: a, persistentVolumeClaim: {claimName: own}}]}}}}
- {apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: shop}, spec: {volumes: [{name: a, persistentVolumeClaim: {claimName: own}}]}, status: {phase: Running}}
- {apiVersion: v1, kind: Pod, metadata: {name: done, namespace: shop}, spec: {volumes: [{name: a, persistentVolumeClaim: {claimName: own}}]}, status: {phase: Succeeded}}
- {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {}, status: {conditions: [{type: Ready, status: 'True'}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: starting, namespace: shop, labels: {app: web}}, spec: {}, status: {conditions: [{type: Ready, status: 'False'}]}}
";

fn create(resource: &Resource, path: &str, object: Value) -> Change {
    change(
        Operation::Create,
        resource,
        path,
        Effect::Sent(Arc::new(object)),
    )
}

fn deployment(claims: &[&str]) -> Change {
    let volumes: Vec<Value> = claims
        .iter()
        .map(|claim| json!({"name": claim, "persistentVolumeClaim": {"claimName": claim}}))
        .collect();
    let spec = json!({"spec": {"template": {"spec": {"volumes": volumes}}}});
    create(&known::DEPLOYMENTS, "shop/new", spec)
}

#[test]
fn only_disks_for_one_node_at_a_time_count() {
    Setting::of(CLUSTER)
        .with(deployment(&["own", "many", "files", "later", "missing"]))
        .shows(
            "diskClaims",
            json!([
                {"claim": "own", "handle": "d-1", "pods": ["db-0"]},
                {"claim": "later", "handle": "", "pods": []},
            ]),
        );
    Setting::hiding(&["persistentvolumes"], CLUSTER)
        .with(deployment(&["own"]))
        .is_unread("diskClaims");
}

#[test]
fn a_scale_and_an_autoscaler_are_about_their_target() {
    let disks = json!([{"claim": "own", "handle": "d-1", "pods": ["db-0"]}]);
    let scale = Change {
        subresource: "scale".to_owned(),
        ..create(&known::DEPLOYMENTS, "shop/db", json!({"kind": "Scale"}))
    };
    Setting::of(CLUSTER)
        .with(scale)
        .shows("diskClaims", disks.clone());
    let autoscalers = Resource::known(
        "autoscaling",
        "v2",
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        Scope::Namespaced,
    );
    let target = json!({"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "db"}}});
    Setting::of(CLUSTER)
        .with(create(&autoscalers, "shop/db", target))
        .shows("diskClaims", disks);
}

#[test]
fn what_the_same_command_makes_counts_as_made() {
    let claim = json!({"spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast"}});
    Setting::of(CLUSTER)
        .with(deployment(&["fresh"]))
        .with(create(
            &known::PERSISTENT_VOLUME_CLAIMS,
            "shop/fresh",
            claim,
        ))
        .shows(
            "diskClaims",
            json!([{"claim": "fresh", "handle": "", "pods": []}]),
        );
}

#[test]
fn a_disk_is_the_same_by_driver_and_handle() {
    let volume = |handle: &str| {
        let csi = json!({"driver": "diskplugin.csi.alibabacloud.com", "volumeHandle": handle});
        create(
            &known::PERSISTENT_VOLUMES,
            "second",
            json!({"spec": {"csi": csi}}),
        )
    };
    Setting::of(CLUSTER)
        .with(volume("d-1"))
        .shows("sameDisk", json!(["disk"]));
    Setting::of(CLUSTER)
        .with(volume("d-2"))
        .shows("sameDisk", json!([]));
}

#[test]
fn only_ready_pods_are_counted() {
    let service = |selector: Value| {
        let object = json!({"metadata": {"namespace": "shop"}, "spec": {"selector": selector}});
        create(&known::SERVICES, "shop/web", object)
    };
    for (selector, count) in [
        (json!({"app": "web"}), 1),
        (json!({"app": "api"}), 0),
        (json!({}), 0),
    ] {
        Setting::of(CLUSTER)
            .with(service(selector))
            .shows("selectedPods", json!(count));
    }
}

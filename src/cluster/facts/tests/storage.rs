use std::sync::Arc;

use serde_json::{Value, json};

use super::{Scope, Setting, change, custom, delete, orphan};
use crate::change::{Change, Effect, Operation};
use crate::cluster::known;

const CLUSTER: &str = "
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {persistentVolumeReclaimPolicy: Delete, csi: {driver: nasplugin.csi.alibabacloud.com, volumeHandle: nas-1, volumeAttributes: {volumeAs: filesystem}}}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: bound, namespace: shop}, spec: {volumeName: v}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: pending, namespace: shop}, spec: {}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-0, namespace: shop}, spec: {volumeName: v}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-extra, namespace: shop}, spec: {volumeName: v}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-0, namespace: pay}, spec: {volumeName: v}}
- {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: csi-1}, spec: {source: {persistentVolumeName: v}}}
- {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop}, spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}, volumeClaimTemplates: [{metadata: {name: data}}]}}
- {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: kept, namespace: shop}, spec: {volumeClaimTemplates: [{metadata: {name: data}}]}}
";

#[test]
fn claim_attachment_and_volume_lead_to_the_same_volume() {
    let volume = json!({
        "name": "v", "driver": "nasplugin.csi.alibabacloud.com", "handle": "nas-1", "reclaimPolicy": "Delete",
        "attributes": {"volumeAs": "filesystem"},
    });
    let attachments = custom(
        "storage.k8s.io",
        "v1",
        "volumeattachments",
        "VolumeAttachment",
        Scope::Cluster,
    );
    for change in [
        delete(&known::PERSISTENT_VOLUMES, "v"),
        delete(&known::PERSISTENT_VOLUME_CLAIMS, "shop/bound"),
        delete(&attachments, "csi-1"),
    ] {
        Setting::of(CLUSTER)
            .with(change)
            .shows("volume", volume.clone());
    }
    Setting::of(CLUSTER)
        .with(delete(&known::PERSISTENT_VOLUME_CLAIMS, "shop/pending"))
        .shows("volume", Value::Null);
    Setting::hiding(&["persistentvolumes"], CLUSTER)
        .with(delete(&known::PERSISTENT_VOLUME_CLAIMS, "shop/bound"))
        .is_unread("volume");
}

#[test]
fn a_class_is_told_as_it_is() {
    let classes = "\n- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: kept}, reclaimPolicy: Retain}";
    for (name, policy) in [("kept", "Retain"), ("new", "")] {
        Setting::of(classes)
            .with(delete(&known::STORAGE_CLASSES, name))
            .shows("reclaimBefore", json!(policy));
    }
}

#[test]
fn a_stateful_set_takes_its_claims_only_when_its_policy_says_so() {
    let claim = json!({
        "name": "data-db-0", "volume": "v", "handle": "nas-1", "driver": "nasplugin.csi.alibabacloud.com",
        "reclaimPolicy": "Delete",
    });
    Setting::of(CLUSTER)
        .with(delete(&known::STATEFUL_SETS, "shop/db"))
        .shows("claims", json!([claim]));
    Setting::of(CLUSTER)
        .with(orphan(&known::STATEFUL_SETS, "shop/db"))
        .shows("claims", json!([]));
    Setting::of(CLUSTER)
        .with(delete(&known::STATEFUL_SETS, "shop/kept"))
        .shows("claims", json!([]));
    Setting::hiding(&["persistentvolumeclaims"], CLUSTER)
        .with(delete(&known::STATEFUL_SETS, "shop/db"))
        .is_unread("claims");
}

#[test]
fn a_class_tells_its_driver_what_to_do() {
    const CLAIMS: &str = "
- {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: scratch}, parameters: {archiveOnDelete: 'false'}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: told, namespace: shop}, spec: {storageClassName: scratch}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: lost, namespace: shop}, spec: {storageClassName: gone}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: free, namespace: shop}, spec: {}}
";
    let told = json!({"archiveOnDelete": "false"});
    for (claim, parameters) in [("told", &told), ("lost", &json!({})), ("free", &json!({}))] {
        let change = delete(&known::PERSISTENT_VOLUME_CLAIMS, &format!("shop/{claim}"));
        Setting::of(CLAIMS)
            .with(change)
            .shows("classParameters", parameters.clone());
    }
    Setting::hiding(&["storageclasses"], CLAIMS)
        .with(delete(&known::PERSISTENT_VOLUME_CLAIMS, "shop/told"))
        .is_unread("classParameters");
}

#[test]
fn fewer_replicas_take_the_claims_of_the_pods_that_go() {
    const SET: &str = "
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-4, namespace: shop}, spec: {}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-5, namespace: shop}, spec: {}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-db-+5, namespace: shop}, spec: {}}
- {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop}, spec: {replicas: 3, ordinals: {start: 3}, persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}, volumeClaimTemplates: [{metadata: {name: data}}]}}
";
    let scaled = |spec: Value| {
        let scale = Effect::Sent(Arc::new(json!({"kind": "Scale", "spec": spec})));
        let change = Change {
            subresource: "scale".to_owned(),
            ..change(Operation::Update, &known::STATEFUL_SETS, "shop/db", scale)
        };
        let found = Setting::of(SET).with(change).find("claims");
        let claims = found.expect("everything is readable");
        let names = claims.as_array().into_iter().flatten();
        names
            .map(|claim| claim["name"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(scaled(json!({"replicas": 2})), ["data-db-5"]);
    assert_eq!(scaled(json!({"replicas": 3})), [""; 0]);
    // A Scale has no field for 0.
    assert_eq!(scaled(json!({})), ["data-db-4", "data-db-5"]);
    let set = |policy: &str| {
        json!({
            "metadata": {"name": "db", "namespace": "shop"},
            "spec": {
                "replicas": 0,
                "persistentVolumeClaimRetentionPolicy": {"whenScaled": policy, "whenDeleted": "Delete"},
                "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
            },
        })
    };
    for (policy, count) in [("Delete", 2), ("Retain", 0)] {
        let update = Effect::Sent(Arc::new(set(policy)));
        let change = change(Operation::Update, &known::STATEFUL_SETS, "shop/db", update);
        let found = Setting::of(SET).with(change).find("claims");
        let claims = found.expect("everything is readable");
        assert_eq!(claims.as_array().map(Vec::len), Some(count), "{policy}");
    }
}

#[test]
fn few_and_many_volumes_are_found_alike() {
    let many = |count: usize| {
        let set = "- {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop}, spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}, volumeClaimTemplates: [{metadata: {name: data}}]}}".to_owned();
        let volumes = (0..count).map(|n| {
            format!(
                "
- {{apiVersion: v1, kind: PersistentVolume, metadata: {{name: v{n}}}, spec: {{csi: {{volumeHandle: d-{n}}}}}}}
- {{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: data-db-{n}, namespace: shop}}, spec: {{volumeName: v{n}}}}}"
            )
        });
        let objects: String = std::iter::once(set).chain(volumes).collect();
        let setting = Setting::of(&objects).with(delete(&known::STATEFUL_SETS, "shop/db"));
        let claims = setting.find("claims").expect("everything is readable");
        let handles: Vec<_> = claims
            .as_array()
            .expect("a list")
            .iter()
            .map(|claim| claim["handle"].clone())
            .collect();
        assert_eq!(
            handles,
            (0..count)
                .map(|n| json!(format!("d-{n}")))
                .collect::<Vec<_>>()
        );
    };
    many(32);
    many(33);
}

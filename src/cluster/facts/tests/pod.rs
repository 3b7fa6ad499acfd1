use serde_json::{Value, json};

use super::{Setting, delete, evict};
use crate::cluster::known;

const CLUSTER: &str = "
- {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db, tier: data}}, spec: {volumes: [{name: d, persistentVolumeClaim: {claimName: c}}, {name: e, ephemeral: {volumeClaimTemplate: {}}}, {name: m, emptyDir: {medium: Memory}}]}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: shop}, spec: {volumeName: v}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: db-e, namespace: shop}, spec: {volumeName: w}}
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {csi: {driver: diskplugin.csi.alibabacloud.com, volumeHandle: d-1}}}
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: w}, spec: {csi: {driver: localplugin.csi.alibabacloud.com, volumeHandle: l-1}}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: by-app, namespace: shop}, spec: {selector: {matchLabels: {app: db}}}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: by-expression, namespace: shop}, spec: {selector: {matchExpressions: [{key: tier, operator: NotIn, values: [web]}]}}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: everyone, namespace: shop}, spec: {selector: {}}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: no-one, namespace: shop}, spec: {}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: others, namespace: shop}, spec: {selector: {matchLabels: {app: web}}}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: elsewhere, namespace: pay}, spec: {selector: {}}}
";

#[test]
fn a_pod_tells_its_volumes_and_budgets_for_delete_and_eviction_alike() {
    let found = json!({
        "namespace": "shop", "name": "db", "controlled": false, "daemonSet": false, "mirror": false, "finished": false,
        "emptyDir": false, "hostPath": false, "localVolume": true,
        "disks": [{"claim": "c", "volume": "v", "handle": "d-1", "driver": "diskplugin.csi.alibabacloud.com"}],
        "budgets": ["by-app", "by-expression", "everyone"], "critical": false,
    });
    for change in [delete(&known::PODS, "shop/db"), evict("shop/db")] {
        Setting::of(CLUSTER)
            .with(change)
            .shows("pod", found.clone());
    }
}

#[test]
fn whatever_is_unreadable_leaves_the_pod_unread() {
    for hidden in [
        "pods",
        "persistentvolumeclaims",
        "persistentvolumes",
        "poddisruptionbudgets",
    ] {
        Setting::hiding(&[hidden], CLUSTER)
            .with(evict("shop/db"))
            .is_unread("pod");
    }
}

fn coredns(replicas: u8, namespace: &str) -> Setting {
    let owner = |kind: &str, name: &str| {
        format!(
            "ownerReferences: [{{apiVersion: apps/v1, kind: {kind}, name: {name}, controller: true}}]"
        )
    };
    Setting::of(&format!(
        "
- {{apiVersion: v1, kind: Pod, metadata: {{name: dns, namespace: {namespace}, {pod}}}, spec: {{}}}}
- {{apiVersion: apps/v1, kind: ReplicaSet, metadata: {{name: dns-1, namespace: {namespace}, {set}}}, spec: {{replicas: {replicas}}}}}
- {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: dns, namespace: {namespace}}}, spec: {{replicas: {replicas}}}}}
",
        pod = owner("ReplicaSet", "dns-1"),
        set = owner("Deployment", "dns"),
    ))
    .with(delete(&known::PODS, &format!("{namespace}/dns")))
}

#[test]
fn the_only_pod_of_a_component_is_critical() {
    let critical = |setting: Setting| setting.find("pod").map(|pod| pod["critical"].clone());
    assert_eq!(critical(coredns(1, "kube-system")), Ok(Value::Bool(true)));
    assert_eq!(critical(coredns(2, "kube-system")), Ok(Value::Bool(false)));
    assert_eq!(critical(coredns(1, "shop")), Ok(Value::Bool(false)));
}

use serde_json::json;

use super::{Setting, delete, update};
use crate::cluster::known;

const NODES: &str = "
- {apiVersion: v1, kind: Node, metadata: {name: a1, labels: {alibabacloud.com/nodepool-id: npa, node.alibabacloud.com/nodepool-id: npa}}}
- {apiVersion: v1, kind: Node, metadata: {name: a2, labels: {alibabacloud.com/nodepool-id: npa}}, spec: {unschedulable: true}}
- {apiVersion: v1, kind: Node, metadata: {name: a3, labels: {alibabacloud.com/nodepool-id: npa}}, spec: {taints: [{key: gpu, effect: NoSchedule}]}}
- {apiVersion: v1, kind: Node, metadata: {name: eci, labels: {alibabacloud.com/nodepool-id: npa, type: virtual-kubelet}}}
- {apiVersion: v1, kind: Node, metadata: {name: m1, labels: {node-role.kubernetes.io/master: ''}}}
- {apiVersion: v1, kind: Node, metadata: {name: b1, labels: {alibabacloud.com/nodepool-id: npb}}}
- {apiVersion: v1, kind: Node, metadata: {name: lone}, spec: {taints: [{key: node.kubernetes.io/not-ready, effect: NoExecute}]}}
";
const SCALER: &str = "
- {apiVersion: v1, kind: ConfigMap, metadata: {name: autoscaler-meta, namespace: kube-system}, data: {autoscaler-meta: '{\"x\": {\"labels\": {\"alibabacloud.com/nodepool-id\": \"npb\"}}}'}}
";

#[test]
fn a_pool_counts_its_machines_and_not_its_virtual_nodes() {
    let setting = Setting::of(NODES).with(delete(&known::NODES, "a1"));
    setting.shows(
        "pool",
        json!({"id": "npa", "nodes": 3, "schedulable": 2, "autoScaled": false}),
    );
}

#[test]
fn the_scalers_notes_or_the_nodes_labels_say_that_a_pool_scales() {
    let all = format!("{NODES}{SCALER}");
    Setting::of(&all).with(delete(&known::NODES, "b1")).shows(
        "pool",
        json!({"id": "npb", "nodes": 1, "schedulable": 1, "autoScaled": true}),
    );
    Setting::hiding(&["configmaps"], &all)
        .with(delete(&known::NODES, "b1"))
        .is_unread("pool");
    let scaled = "- {apiVersion: v1, kind: Node, metadata: {name: s, labels: {alibabacloud.com/nodepool-id: nps, goatscaler.io/managed: 'true'}}}";
    Setting::hiding(&["configmaps"], scaled)
        .with(delete(&known::NODES, "s"))
        .shows(
            "pool",
            json!({"id": "nps", "nodes": 1, "schedulable": 1, "autoScaled": true}),
        );
}

#[test]
fn a_node_without_a_pool_has_an_empty_one() {
    let setting = Setting::of(NODES).with(delete(&known::NODES, "lone"));
    setting.shows(
        "pool",
        json!({"id": "", "nodes": 0, "schedulable": 0, "autoScaled": false}),
    );
}

#[test]
fn the_whole_command_decides_what_stays_schedulable() {
    let cordon = |name: &str| {
        update(&format!(
            "{{metadata: {{name: {name}, labels: {{alibabacloud.com/nodepool-id: npa}}}}, spec: {{unschedulable: true}}}}"
        ))
    };
    let one = Setting::of(NODES).with(cordon("a1"));
    one.shows("schedulableAfter", json!({"pool": 1, "cluster": 2}));
    let both = one.with(cordon("a3"));
    both.shows("schedulableAfter", json!({"pool": 0, "cluster": 1}));
    let gone = both.with(delete(&known::NODES, "b1"));
    gone.shows("schedulableAfter", json!({"pool": 0, "cluster": 0}));
}

#[test]
fn a_new_taint_closes_a_node_and_an_old_one_does_not() {
    let tainted = |effect: &str| {
        update(&format!(
            "{{metadata: {{name: a3}}, spec: {{taints: [{{key: gpu, effect: NoSchedule}}, {{key: x, effect: {effect}}}]}}}}"
        ))
    };
    Setting::of(NODES)
        .with(tainted("NoSchedule"))
        .shows("schedulableAfter", json!({"pool": 1, "cluster": 2}));
    Setting::of(NODES)
        .with(tainted("PreferNoSchedule"))
        .shows("schedulableAfter", json!({"pool": 2, "cluster": 3}));
}

const PODS: &str = "
- {apiVersion: v1, kind: Pod, metadata: {name: data, namespace: shop}, spec: {nodeName: n1, volumes: [{name: d, emptyDir: {}}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: memory, namespace: shop}, spec: {nodeName: n1, volumes: [{name: d, emptyDir: {medium: Memory}}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: local, namespace: shop}, spec: {nodeName: n1, volumes: [{name: d, persistentVolumeClaim: {claimName: c}}, {name: h, hostPath: {path: /x}}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: done, namespace: shop}, spec: {nodeName: n1, volumes: [{name: d, emptyDir: {}}]}, status: {phase: Succeeded}}
- {apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: agent, controller: true}]}, spec: {nodeName: n1}}
- {apiVersion: v1, kind: Pod, metadata: {name: mirror, namespace: shop, annotations: {kubernetes.io/config.mirror: x}}, spec: {nodeName: n1}}
- {apiVersion: v1, kind: Pod, metadata: {name: elsewhere, namespace: shop}, spec: {nodeName: n2}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: shop}, spec: {volumeName: v}}
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {local: {path: /mnt}}}
";

#[test]
fn a_nodes_own_pods_tell_what_they_keep_on_it() {
    let pod = |name: &str, data: bool, host: bool, local: bool| json!({"namespace": "shop", "name": name, "emptyDir": data, "hostPath": host, "localVolume": local});
    let found = json!([
        pod("data", true, false, false),
        pod("memory", false, false, false),
        pod("local", false, true, true)
    ]);
    Setting::of(PODS)
        .with(delete(&known::NODES, "n1"))
        .shows("nodePods", found);
    Setting::hiding(&["persistentvolumes"], PODS)
        .with(delete(&known::NODES, "n1"))
        .is_unread("nodePods");
}

#[test]
fn unfinished_pods_on_virtual_nodes_count() {
    let nodes = "
- {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {type: virtual-kubelet}}}
- {apiVersion: v1, kind: Node, metadata: {name: n2}}
";
    let all = format!("{nodes}{PODS}");
    Setting::of(&all)
        .with(delete(&known::NODES, "n1"))
        .shows("virtualPods", json!(5));
    Setting::of(&all)
        .with(delete(&known::NODES, "n2"))
        .shows("virtualPods", json!(0));
    let controller = delete(
        &known::DEPLOYMENTS,
        "kube-system/ack-virtual-node-controller",
    );
    Setting::of(&all)
        .with(controller.clone())
        .shows("virtualPods", json!(5));
    Setting::hiding(&["pods"], &all)
        .with(controller)
        .is_unread("virtualPods");
}

//! What a node is, where it runs, and which pool it belongs to.

use serde::Serialize;
use serde_json::Value;

use super::{CLUSTER_LABEL, POOL_LABELS};
use crate::cluster::fields::{items, label, text};

/// The label with the id of an ECS instance.
const ECS_LABEL: &str = "alibabacloud.com/ecs-instance-id";

/// What a node is, for the question who may remove it. In the order of the tests: a virtual node may carry
/// a pool's label too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// Made by a virtual kubelet: its pods run on ECI or ACS.
    Virtual,
    /// Runs a control plane.
    Master,
    /// A worker of an ACK Edge cluster.
    Edge,
    /// A Lingjun bare-metal worker.
    Lingjun,
    /// A cloud node of a registered cluster.
    External,
    /// Not an ECS instance, but known to ACK.
    Hybrid,
    /// An ECS instance in a node pool.
    Pool,
    /// An ECS instance in no node pool.
    Free,
    /// No mark of ACK.
    Other,
}

/// The kind of a core `Node`, from labels, taints and `providerID`.
#[must_use]
pub fn node_kind(node: &Value) -> NodeKind {
    let is = |key, value| label(node, key) == Some(value);
    let has = |key| label(node, key).is_some();
    let provider = text(node, "/spec/providerID");
    if is_virtual(node) {
        NodeKind::Virtual
    } else if is_master(node) {
        NodeKind::Master
    } else if is("alibabacloud.com/is-edge-worker", "true")
        || has("alibabacloud.com/ens-instance-id")
    {
        NodeKind::Edge
    } else if is("alibabacloud.com/lingjun-worker", "true") {
        NodeKind::Lingjun
    } else if is_external(node) {
        NodeKind::External
    } else if provider.starts_with("ack-hybrid://") {
        NodeKind::Hybrid
    } else if pool_id(node).is_some() {
        NodeKind::Pool
    } else if ecs_instance(node).is_some() || has(ECS_LABEL) || has(CLUSTER_LABEL) {
        NodeKind::Free
    } else {
        NodeKind::Other
    }
}

/// Whether a virtual kubelet made the node. The taint counts too: somebody may have changed the label.
#[must_use]
pub fn is_virtual(node: &Value) -> bool {
    label(node, "type") == Some("virtual-kubelet")
        || items(node, "/spec/taints")
            .iter()
            .any(|taint| text(taint, "/key") == "virtual-kubelet.io/provider")
}

/// Whether the node runs a control plane.
#[must_use]
pub fn is_master(node: &Value) -> bool {
    label(node, "node-role.kubernetes.io/master").is_some()
        || label(node, "node-role.kubernetes.io/control-plane").is_some()
}

/// Whether the node is a cloud node of a registered cluster. An old page of ACK's guide misspells the key,
/// so nodes made after it do too.
#[must_use]
pub fn is_external(node: &Value) -> bool {
    ["alibabacloud.com/external", "alibabacloiud.com/external"]
        .iter()
        .any(|key| label(node, key) == Some("true"))
}

/// The node pool's id, such as `np` and 32 hexadecimal digits.
#[must_use]
pub fn pool_id(node: &Value) -> Option<&str> {
    POOL_LABELS
        .iter()
        .find_map(|key| label(node, key))
        .filter(|id| !id.is_empty())
}

/// The id of the node's instance, such as `i-bp1…`: from `providerID` for ECS, from labels otherwise.
/// The node's name says nothing about it.
#[must_use]
pub fn instance_id(node: &Value) -> Option<&str> {
    ecs_instance(node)
        .map(|(_, id)| id)
        .or_else(|| label(node, ECS_LABEL))
        .or_else(|| label(node, "alibabacloud.com/instance-id"))
        .filter(|id| !id.is_empty())
}

/// `REGION.ID` with an ECS id, or `alicloud://REGION.ID`.
/// Source: the cloud controller manager's `NodeFromProviderID`; the cluster autoscaler's alicloud provider.
pub(super) fn ecs_instance(node: &Value) -> Option<(&str, &str)> {
    let provider = text(node, "/spec/providerID");
    let (region, id) = provider
        .strip_prefix("alicloud://")
        .unwrap_or(provider)
        .split_once('.')?;
    (!region.is_empty() && id.starts_with("i-")).then_some((region, id))
}

/// The node's region, such as `cn-hangzhou`. Source: the CSI driver's order of looking.
#[must_use]
pub fn region(node: &Value) -> Option<&str> {
    [
        "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/region",
        "alibabacloud.com/ecs-region-id",
    ]
    .iter()
    .find_map(|key| label(node, key))
    .or_else(|| ecs_instance(node).map(|(region, _)| region))
    .filter(|region| !region.is_empty())
}

/// Whether ACK's auto scaling made the node. Source: ACK user guide, "instant elasticity", node identifiers.
#[must_use]
pub fn is_auto_scaled(node: &Value) -> bool {
    ["goatscaler.io/managed", "k8s.aliyun.com"]
        .iter()
        .any(|key| label(node, key) == Some("true"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node(labels: &Value, spec: &Value) -> Value {
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": labels}, "spec": spec})
    }

    #[test]
    fn the_first_test_that_holds_decides_the_kind() {
        let pool = json!({"alibabacloud.com/nodepool-id": "np1"});
        let twin = json!({"node.alibabacloud.com/nodepool-id": "np1"});
        let with = |key: &str, value: &str| {
            let mut labels = pool.clone();
            labels[key] = value.into();
            labels
        };
        let ecs = json!({"providerID": "cn-hangzhou.i-bp1x"});
        for (labels, spec, kind) in [
            (
                with("type", "virtual-kubelet"),
                json!({}),
                NodeKind::Virtual,
            ),
            (
                pool.clone(),
                json!({"taints": [{"key": "virtual-kubelet.io/provider"}]}),
                NodeKind::Virtual,
            ),
            (
                with("node-role.kubernetes.io/master", ""),
                ecs.clone(),
                NodeKind::Master,
            ),
            (
                with("node-role.kubernetes.io/control-plane", ""),
                ecs.clone(),
                NodeKind::Master,
            ),
            (
                with("alibabacloud.com/is-edge-worker", "true"),
                json!({}),
                NodeKind::Edge,
            ),
            (
                with("alibabacloud.com/lingjun-worker", "true"),
                json!({}),
                NodeKind::Lingjun,
            ),
            (
                with("alibabacloud.com/external", "true"),
                json!({}),
                NodeKind::External,
            ),
            (
                json!({}),
                json!({"providerID": "ack-hybrid://x"}),
                NodeKind::Hybrid,
            ),
            (pool.clone(), ecs.clone(), NodeKind::Pool),
            (twin, ecs.clone(), NodeKind::Pool),
            (json!({}), ecs, NodeKind::Free),
            (
                json!({}),
                json!({"providerID": "aws:///eu-west-1a/i-0abc"}),
                NodeKind::Other,
            ),
            (json!({"type": "worker"}), json!({}), NodeKind::Other),
        ] {
            assert_eq!(node_kind(&node(&labels, &spec)), kind, "{labels} {spec}");
        }
    }

    #[test]
    fn instance_and_region_come_from_the_provider_then_from_labels() {
        let ecs = node(
            &json!({"alibabacloud.com/ecs-instance-id": "i-label"}),
            &json!({"providerID": "alicloud://cn-x.i-id"}),
        );
        assert_eq!(
            (instance_id(&ecs), region(&ecs)),
            (Some("i-id"), Some("cn-x"))
        );
        let lingjun = node(
            &json!({"alibabacloud.com/instance-id": "e01-cn-x"}),
            &json!({"providerID": "cn-y.e01-cn-x"}),
        );
        assert_eq!(
            (instance_id(&lingjun), region(&lingjun)),
            (Some("e01-cn-x"), None)
        );
        let plain = node(&json!({}), &json!({}));
        assert_eq!((instance_id(&plain), region(&plain)), (None, None));
    }
}

//! What Alibaba Cloud's marks on objects say: cluster, region, node kinds and pools, and who owns an SLB.
//!
//! Sources are the cloud controller manager (`kubernetes/cloud-provider-alibaba-cloud`), the CSI driver
//! (`kubernetes-sigs/alibaba-cloud-csi-driver`) and the ACK user guide.

mod balancer;
mod identity;
mod node;

use serde_json::Value;

pub use balancer::{Ownership, Slb, balancer_annotation, slb};
pub use identity::{identity, identity_at_hand};
pub use node::{
    NodeKind, instance_id, is_auto_scaled, is_external, is_master, is_virtual, node_kind, pool_id,
    region,
};

use super::fields::{items, text};

/// The namespace of ACK's own components.
pub const SYSTEM: &str = "kube-system";
/// The `ConfigMap` in [`SYSTEM`] that names cluster, account and vSwitches. Source: CSI `pkg/cloud/metadata`.
pub const PROFILE: &str = "ack-cluster-profile";
/// The Deployment in [`SYSTEM`] that connects a registered cluster.
pub const AGENT: &str = "ack-cluster-agent";
/// The node label whose value is the cluster id.
pub const CLUSTER_LABEL: &str = "ack.aliyun.com";
/// The node label of pool membership, and its newer twin that the cloud controller manager copies from the ECS tag.
pub const POOL_LABELS: [&str; 2] = [
    "alibabacloud.com/nodepool-id",
    "node.alibabacloud.com/nodepool-id",
];
/// The label selector of virtual nodes.
pub const VIRTUAL: &str = "type=virtual-kubelet";
/// Whether the object itself shows that the cluster is ACK: its group, its name as a definition, or a key of
/// its labels, annotations or finalizers. A node's `providerID` is no mark: the cloud controller manager sets
/// it in any cluster on ECS.
#[must_use]
pub fn is_marked(object: &Value) -> bool {
    let keys = |map| {
        object
            .pointer(map)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, _)| key.as_str())
    };
    keys("/metadata/labels")
        .chain(keys("/metadata/annotations"))
        .chain(
            items(object, "/metadata/finalizers")
                .iter()
                .filter_map(Value::as_str),
        )
        .any(is_ack_key)
        || [
            text(object, "/apiVersion"),
            text(object, "/spec/group"),
            text(object, "/spec/csi/driver"),
        ]
        .iter()
        .any(|group| is_ack_domain(group.split('/').next().unwrap_or_default()))
}

fn is_ack_key(key: &str) -> bool {
    const BALANCERS: [&str; 2] = [
        "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-",
        "service.beta.kubernetes.io/alicloud-loadbalancer-",
    ];
    let domain = key.split('/').next().unwrap_or_default();
    is_ack_domain(domain) || BALANCERS.iter().any(|prefix| key.starts_with(prefix))
}

/// Whether a DNS name is one of Alibaba Cloud's own, or below one.
#[must_use]
pub fn is_ack_domain(domain: &str) -> bool {
    [
        "alibabacloud.com",
        "aliyun.com",
        "alicloud.com",
        "k8s.alibaba",
        "goatscaler.io",
        "sigma.ali",
    ]
    .iter()
    .any(|own| {
        domain
            .strip_suffix(own)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marks_are_whole_domains() {
        for marked in [
            json!({"metadata": {"labels": {"node.alibabacloud.com/x": ""}}}),
            json!({"metadata": {"labels": {"ack.aliyun.com": "c1"}}}),
            json!({"metadata": {"finalizers": ["service.k8s.alibaba/resources"]}}),
            json!({"apiVersion": "network.alibabacloud.com/v1beta1", "metadata": {}}),
            json!({"spec": {"csi": {"driver": "diskplugin.csi.alibabacloud.com"}}}),
        ] {
            assert!(is_marked(&marked), "{marked}");
        }
        for plain in [
            json!({"metadata": {"labels": {"notaliyun.com/x": ""}}}),
            json!({"apiVersion": "v1", "metadata": {"annotations": {"x": "aliyun.com"}}}),
        ] {
            assert!(!is_marked(&plain), "{plain}");
        }
    }
}

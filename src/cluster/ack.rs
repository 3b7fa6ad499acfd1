//! What Alibaba Cloud's marks on objects say: cluster, region, node kinds and pools, and who owns an SLB.
//!
//! Sources are the cloud controller manager (`kubernetes/cloud-provider-alibaba-cloud`), the CSI driver
//! (`kubernetes-sigs/alibaba-cloud-csi-driver`) and the ACK user guide.

use serde::Serialize;
use serde_json::Value;

use super::fields::{annotation, items, label, text};
use super::known;
use super::reader::Reader;
use crate::plan::AckIdentity;

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
    } else if instance_id(node).is_some() || has(CLUSTER_LABEL) {
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
    provider(node)
        .map(|(_, id)| id)
        .or_else(|| label(node, "alibabacloud.com/ecs-instance-id"))
        .or_else(|| label(node, "alibabacloud.com/instance-id"))
        .filter(|id| !id.is_empty())
}

/// `REGION.ID` with an ECS id, or `alicloud://REGION.ID`.
/// Source: the cloud controller manager's `NodeFromProviderID`; the cluster autoscaler's alicloud provider.
fn provider(node: &Value) -> Option<(&str, &str)> {
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
    .or_else(|| provider(node).map(|(region, _)| region))
    .filter(|region| !region.is_empty())
}

/// Who made the load balancer of a Service, which decides what deleting the Service does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// The cloud controller manager: it goes with the Service.
    Created,
    /// The user, named by an annotation: it stays.
    Reused,
}

/// The load balancer of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slb<'a> {
    /// Such as `lb-…` or `nlb-…`; empty while there is none.
    pub id: &'a str,
    /// Who made it.
    pub ownership: Ownership,
}

/// The load balancer of a Service of type `LoadBalancer`.
///
/// The label with the id is on created and reused ones alike, so only the annotation tells them apart.
#[must_use]
pub fn slb(service: &Value) -> Option<Slb<'_>> {
    if text(service, "/spec/type") != "LoadBalancer" {
        return None;
    }
    let reused = balancer_annotation(service, "id").filter(|id| !id.is_empty());
    Some(Slb {
        id: reused
            .or_else(|| label(service, "service.k8s.alibaba/loadbalancer-id"))
            .unwrap_or_default(),
        ownership: if reused.is_some() {
            Ownership::Reused
        } else {
            Ownership::Created
        },
    })
}

/// One of the cloud controller manager's annotations, by what follows `…-loadbalancer-`.
/// The old prefix is still honoured; the new one wins.
#[must_use]
pub fn balancer_annotation<'a>(service: &'a Value, suffix: &str) -> Option<&'a str> {
    ["alibaba-cloud", "alicloud"].iter().find_map(|cloud| {
        annotation(
            service,
            &format!("service.beta.kubernetes.io/{cloud}-loadbalancer-{suffix}"),
        )
    })
}

/// Whether the object itself shows that the cluster is ACK: its group, its name as a definition, or a key of
/// its labels, annotations or finalizers.
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
        || provider(object).is_some()
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

/// Whether the text is a cluster id: `c` and 32 hexadecimal digits.
#[must_use]
pub fn is_cluster_id(text: &str) -> bool {
    text.strip_prefix('c').is_some_and(|digits| {
        digits.len() == 32
            && digits
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

/// The identity as far as it is known without a request: from the object, and from the certificate authority
/// that the kubeconfig names.
#[must_use]
pub fn identity_at_hand(reader: &Reader, object: Option<&Value>) -> AckIdentity {
    let cluster_id = object
        .and_then(|object| label(object, CLUSTER_LABEL))
        .or_else(|| reader.authority())
        .filter(|id| is_cluster_id(id));
    let kind = object.map_or("", |object| match node_kind(object) {
        NodeKind::Master => "dedicated",
        NodeKind::Edge => "edge",
        NodeKind::External => "registered",
        _ => "",
    });
    AckIdentity {
        cluster_id: cluster_id.unwrap_or_default().to_owned(),
        region_id: object.and_then(region).unwrap_or_default().to_owned(),
        // A master is only ACK's when something says so.
        kind: if cluster_id.is_some() {
            kind.to_owned()
        } else {
            String::new()
        },
    }
}

/// The identity, with at most one request (the cluster profile) where the object does not say it.
/// What cannot be read stays empty: this only names, it decides nothing.
pub async fn identity(reader: &Reader, object: Option<&Value>) -> AckIdentity {
    let mut identity = identity_at_hand(reader, object);
    if !identity.cluster_id.is_empty() && !identity.region_id.is_empty() {
        return identity;
    }
    let Ok(Some(profile)) = reader.get(&known::CONFIG_MAPS, SYSTEM, PROFILE).await else {
        return identity;
    };
    if identity.cluster_id.is_empty() {
        text(&profile, "/data/clusterid").clone_into(&mut identity.cluster_id);
    }
    if identity.region_id.is_empty() {
        // `vsw-a:cn-x-i,vsw-b:cn-x-l`
        let zone = text(&profile, "/data/vsw-zone")
            .split([',', ':'])
            .nth(1)
            .unwrap_or_default();
        region_of_zone(zone.trim()).clone_into(&mut identity.region_id);
    }
    identity
}

/// `cn-hangzhou-i` is in `cn-hangzhou`, `ap-southeast-1a` in `ap-southeast-1`.
fn region_of_zone(zone: &str) -> &str {
    let region = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
    match region.strip_suffix('-') {
        Some(region) if zone.len() - region.len() == 2 => region,
        Some(_) => "",
        None => region,
    }
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

    #[test]
    fn both_prefixes_name_a_reused_balancer_and_the_label_does_not() {
        let service = |annotations: Value| {
            json!({"metadata": {"annotations": annotations, "labels": {"service.k8s.alibaba/loadbalancer-id": "lb-1"}},
                   "spec": {"type": "LoadBalancer"}})
        };
        let created = service(json!({}));
        assert_eq!(
            slb(&created),
            Some(Slb {
                id: "lb-1",
                ownership: Ownership::Created
            })
        );
        for cloud in ["alibaba-cloud", "alicloud"] {
            let reused = service(
                json!({format!("service.beta.kubernetes.io/{cloud}-loadbalancer-id"): "lb-2"}),
            );
            assert_eq!(
                slb(&reused),
                Some(Slb {
                    id: "lb-2",
                    ownership: Ownership::Reused
                })
            );
        }
        assert_eq!(slb(&json!({"spec": {"type": "ClusterIP"}})), None);
    }

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

    #[test]
    fn regions_come_out_of_both_shapes_of_zone() {
        assert_eq!(region_of_zone("cn-hangzhou-i"), "cn-hangzhou");
        assert_eq!(region_of_zone("ap-southeast-1a"), "ap-southeast-1");
        assert_eq!(region_of_zone(""), "");
        assert_eq!(region_of_zone("nonsense"), "");
    }

    #[test]
    fn cluster_ids_are_c_and_32_digits() {
        assert!(is_cluster_id("c0f1e2d3c4b5a69788796a5b4c3d2e1f0"));
        assert!(!is_cluster_id("kubernetes"));
        assert!(!is_cluster_id("c0f1e2d3c4b5a69788796a5b4c3d2e1fg"));
    }
}

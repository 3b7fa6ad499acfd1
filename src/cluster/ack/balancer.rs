//! Who made the load balancer of a Service.

use serde::Serialize;
use serde_json::Value;

use crate::cluster::fields::{annotation, label, text};

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
}

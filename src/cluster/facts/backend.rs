//! Which load balancers lose their last backend.
//!
//! Source of the rules: the cloud controller manager, `pkg/controller/service/reconcile/backend/backend.go` and
//! `pkg/controller/helper/node_utils.go`. For a Service of policy Cluster every eligible node is a backend while the
//! Service has a ready endpoint; for policy Local, and for pods that are backends themselves (`backend-type: eni`),
//! it takes a ready endpoint on an eligible node. Pods on virtual nodes are always backends themselves.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::departure::Departure;
use super::{Scene, all, labelled};
use crate::change::{Change, Object};
use crate::cluster::ack::{self, balancer_annotation};
use crate::cluster::fields::{
    annotation, items, label, name, namespace, plain_selector, text, truth,
};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, known};

/// Labels whose mere presence takes a node out of all load balancers.
const EXCLUDING: [&str; 5] = [
    "node.kubernetes.io/exclude-from-external-load-balancers",
    "alpha.service-controller.kubernetes.io/exclude-balancer",
    "service.alibabacloud.com/exclude-node",
    "service.beta.kubernetes.io/exclude-node",
    "node-role.kubernetes.io/master",
];

pub(super) async fn lost_backends(scene: &Scene<'_>, _: &Change) -> Result<Value, Unread> {
    Ok(scene.lost_backends.get(find(scene)).await?.as_ref().clone())
}

async fn find(scene: &Scene<'_>) -> Result<Value, Unread> {
    let departure = Departure::of(scene).await?;
    if departure.pods.is_empty() && !departure.touches_nodes() {
        return Ok(json!([]));
    }
    let everything = Selection::default();
    let (services, nodes) = futures::try_join!(
        scene.reader.list(
            &known::SERVICES,
            departure.only_namespace().unwrap_or_default(),
            &everything,
            Detail::Full
        ),
        async {
            if departure.touches_nodes() {
                scene
                    .reader
                    .list(&known::NODES, "", &everything, Detail::Full)
                    .await
                    .map(Some)
            } else {
                Ok(None)
            }
        },
    )?;
    let before = nodes
        .as_ref()
        .map(|nodes| by_name(nodes.iter().map(AsRef::as_ref)));
    let after = nodes.as_ref().map(|nodes| {
        let staying = nodes
            .iter()
            .filter(|node| !departure.nodes.contains(name(node)));
        by_name(staying.map(|node| departure.changed.get(name(node)).unwrap_or(node)))
    });
    let candidates = services.iter().filter(|service| {
        let path = (namespace(service).to_owned(), name(service).to_owned());
        ack::slb(service).is_some()
            && plain_selector(service).is_some()
            && !departure.services.contains(&path)
    });
    let lost = all(candidates.map(|service| async {
        let endpoints = ready_endpoints(scene.reader, service).await?;
        let staying: Vec<Endpoint> = endpoints
            .iter()
            .filter(|endpoint| endpoint.stays(&departure))
            .cloned()
            .collect();
        let loses = serves(service, &endpoints, before.as_ref())
            && !serves(service, &staying, after.as_ref());
        Ok(loses.then(|| describe(service)))
    }))
    .await?;
    Ok(lost.into_iter().flatten().collect())
}

fn describe(service: &Object) -> Value {
    let id = ack::slb(service).map_or("", |slb| slb.id);
    json!({"namespace": namespace(service), "name": name(service), "id": id})
}

/// A ready address of a Service.
#[derive(Clone, Debug)]
struct Endpoint {
    pod: (String, String),
    node: String,
}

impl Endpoint {
    fn stays(&self, departure: &Departure) -> bool {
        !departure.pods.contains(&self.pod) && !departure.nodes.contains(&self.node)
    }
}

/// The addresses that are ready; not saying so means ready. Source: `k8s.io/api/discovery/v1`.
async fn ready_endpoints(reader: &Reader, service: &Value) -> Result<Vec<Endpoint>, Unread> {
    let of_service = labelled(format!("kubernetes.io/service-name={}", name(service)));
    let slices = reader
        .list(
            &known::ENDPOINT_SLICES,
            namespace(service),
            &of_service,
            Detail::Full,
        )
        .await?;
    Ok(slices
        .iter()
        .flat_map(|slice| items(slice, "/endpoints"))
        .filter(|endpoint| {
            endpoint
                .pointer("/conditions/ready")
                .and_then(Value::as_bool)
                != Some(false)
        })
        .map(|endpoint| Endpoint {
            pod: (
                namespace(service).to_owned(),
                text(endpoint, "/targetRef/name").to_owned(),
            ),
            node: text(endpoint, "/nodeName").to_owned(),
        })
        .collect())
}

/// The cluster's nodes at one moment, by name.
type Nodes<'a> = BTreeMap<&'a str, &'a Value>;

fn by_name<'a>(nodes: impl Iterator<Item = &'a Value>) -> Nodes<'a> {
    nodes.map(|node| (name(node), node)).collect()
}

/// Whether the Service has a backend. Nodes are absent when the command touches none: then they do not decide.
fn serves(service: &Value, endpoints: &[Endpoint], nodes: Option<&Nodes<'_>>) -> bool {
    let Some(nodes) = nodes else {
        return !endpoints.is_empty();
    };
    let direct = text(service, "/spec/externalTrafficPolicy") == "Local"
        || annotation(service, "service.beta.kubernetes.io/backend-type") == Some("eni");
    let reached = |endpoint: &Endpoint| match nodes.get(endpoint.node.as_str()) {
        Some(node) => ack::is_virtual(node) || (direct && is_eligible(node, service)),
        None => direct,
    };
    let by_any_node = !direct && nodes.values().any(|node| is_eligible(node, service));
    endpoints.iter().any(reached) || (by_any_node && !endpoints.is_empty())
}

/// Whether the load balancer of this Service would send traffic to the node.
fn is_eligible(node: &Value, service: &Value) -> bool {
    let excluded = ack::is_virtual(node) || EXCLUDING.iter().any(|key| label(node, key).is_some());
    let scaled_in = items(node, "/spec/taints")
        .iter()
        .any(|taint| text(taint, "/key") == "ToBeDeletedByClusterAutoscaler");
    let unready = items(node, "/status/conditions").iter().any(|condition| {
        text(condition, "/type") == "Ready" && text(condition, "/status") != "True"
    });
    let cordoned = truth(node, "/spec/unschedulable")
        && balancer_annotation(service, "remove-unscheduled-backend") == Some("on");
    let wanted = balancer_annotation(service, "backend-label").unwrap_or_default();
    let unwanted = wanted
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .any(|(key, value)| label(node, key.trim()) != Some(value.trim()));
    !(excluded || scaled_in || unready || cordoned || unwanted)
}

//! Which load balancers lose their last backend.
//!
//! Source of the rules: the cloud controller manager, `pkg/controller/service/reconcile/backend/backend.go` and
//! `pkg/controller/helper/node_utils.go`. For a Service of policy Cluster every eligible node is a backend while the
//! Service has a ready endpoint; for policy Local, and for pods that are backends themselves (`backend-type: eni`),
//! it takes a ready endpoint on an eligible node. Pods on virtual nodes are always backends themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::departure::{Departure, Path};
use super::{Scene, all, labelled};
use crate::change::{Change, Object};
use crate::cluster::ack::{self, balancer_annotation};
use crate::cluster::fields::{
    annotation, items, label, name, namespace, plain_selector, text, truth,
};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, known};

/// The label by which an `EndpointSlice` names its Service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";
/// As many names as one selector may hold: 63 characters each still fit into every server's URL.
const NAMES: usize = 64;

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
    let (everything, within) = (
        Selection::default(),
        departure.only_namespace().unwrap_or_default(),
    );
    let (services, nodes) = futures::try_join!(
        scene
            .reader
            .list(&known::SERVICES, within, &everything, Detail::Full),
        async {
            if !departure.touches_nodes() {
                return Ok(None);
            }
            scene
                .reader
                .list(&known::NODES, "", &everything, Detail::Full)
                .await
                .map(Some)
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
    let candidates: Vec<&Object> = services
        .iter()
        .filter(|service| {
            ack::slb(service).is_some()
                && plain_selector(service).is_some()
                && !departure.services.contains(&path_of(service))
                && (departure.takes_pods() || expels_a_node(&departure, before.as_ref(), service))
        })
        .collect();
    let endpoints = ready_endpoints(scene.reader, within, &candidates).await?;
    let lost = |service: &Object| {
        let now = endpoints
            .get(&path_of(service))
            .map_or(&[][..], Vec::as_slice);
        let (then, gone): (Vec<Endpoint>, Vec<Endpoint>) = now
            .iter()
            .cloned()
            .partition(|endpoint| endpoint.stays(&departure));
        (serves(service, now, before.as_ref()) && !serves(service, &then, after.as_ref()))
            .then(|| describe(service, &gone))
    };
    Ok(candidates.into_iter().filter_map(lost).collect())
}

/// Whether a changed node was a backend of the Service and no longer is: else its pods need not be looked for.
fn expels_a_node(departure: &Departure, before: Option<&Nodes<'_>>, service: &Value) -> bool {
    departure.changed.iter().any(|(node, new)| {
        let old = before.and_then(|nodes| nodes.get(node.as_str()));
        old.is_some_and(|old| is_eligible(old, service)) && !is_eligible(new, service)
    })
}

fn path_of(object: &Value) -> Path {
    (namespace(object).to_owned(), name(object).to_owned())
}

fn describe(service: &Object, gone: &[Endpoint]) -> Value {
    let id = ack::slb(service).map_or("", |slb| slb.id);
    let pods: Vec<&str> = gone
        .iter()
        .map(|endpoint| endpoint.pod.1.as_str())
        .collect();
    json!({"namespace": namespace(service), "name": name(service), "id": id, "pods": pods})
}

/// A ready address of a Service.
#[derive(Clone, Debug)]
struct Endpoint {
    pod: Path,
    node: String,
}

impl Endpoint {
    fn stays(&self, departure: &Departure) -> bool {
        !departure.pods.contains(&self.pod) && !departure.nodes.contains(&self.node)
    }
}

/// The addresses of each Service that are ready; not saying so means ready. Source: `k8s.io/api/discovery/v1`.
async fn ready_endpoints(
    reader: &Reader,
    within: &str,
    services: &[&Object],
) -> Result<BTreeMap<Path, Vec<Endpoint>>, Unread> {
    let names: BTreeSet<&str> = services.iter().map(|service| name(service)).collect();
    let selections: Vec<Selection> = names
        .into_iter()
        .collect::<Vec<_>>()
        .chunks(NAMES)
        .map(|names| labelled(format!("{SERVICE_LABEL} in ({})", names.join(","))))
        .collect();
    let lists = all(selections
        .iter()
        .map(|selection| reader.list(&known::ENDPOINT_SLICES, within, selection, Detail::Full)))
    .await?;
    let mut ready = BTreeMap::<Path, Vec<Endpoint>>::new();
    for slice in lists.iter().flat_map(|slices| slices.iter()) {
        let inside = namespace(slice);
        let service = label(slice, SERVICE_LABEL).unwrap_or_default();
        let endpoints = items(slice, "/endpoints")
            .iter()
            .filter(|endpoint| {
                endpoint
                    .pointer("/conditions/ready")
                    .and_then(Value::as_bool)
                    != Some(false)
            })
            .map(|endpoint| Endpoint {
                pod: (
                    inside.to_owned(),
                    text(endpoint, "/targetRef/name").to_owned(),
                ),
                node: text(endpoint, "/nodeName").to_owned(),
            });
        ready
            .entry((inside.to_owned(), service.to_owned()))
            .or_default()
            .extend(endpoints);
    }
    Ok(ready)
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

//! Who leaves by the whole command: pods that go, nodes that go or change.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Scene, all, on_node};
use crate::change::node::evacuation;
use crate::change::{Change, Effect, Object};
use crate::cluster::fields::{controller, items, name, namespace, selector, text, uid};
use crate::cluster::reader::{Detail, Selection};
use crate::cluster::{Unread, known};

/// Namespace and name.
pub(super) type Path = (String, String);

/// What a command takes away.
#[derive(Debug, Default)]
pub(super) struct Departure {
    /// Pods that are deleted, evicted, drained, tainted away, or whose workload goes or is to keep none.
    pub(super) pods: BTreeSet<Path>,
    /// Nodes that are deleted; their pods go with them.
    pub(super) nodes: BTreeSet<String>,
    /// Nodes that are changed, as they are afterwards.
    pub(super) changed: BTreeMap<String, Value>,
    /// Services that are deleted themselves: nobody asks for their backends.
    pub(super) services: BTreeSet<Path>,
}

impl Departure {
    /// Follows every change of the command.
    pub(super) async fn of(scene: &Scene<'_>) -> Result<Self, Unread> {
        let mut departure = Self::default();
        let mut workloads = Vec::new();
        let mut node_updates = Vec::new();
        for change in scene
            .changes
            .iter()
            .filter(|change| !change.name.is_empty())
        {
            let path = (change.namespace.clone(), change.name.clone());
            let resource = &change.resource;
            match (&change.effect, change.subresource.as_str()) {
                (_, "eviction") if resource.is("", "pods") => {
                    departure.pods.insert(path);
                }
                (Effect::Gone(options), "") => {
                    if resource.is("", "pods") {
                        departure.pods.insert(path);
                    } else if resource.is("", "nodes") {
                        departure.nodes.insert(change.name.clone());
                    } else if resource.is("", "services") {
                        departure.services.insert(path);
                    } else if keeps_pods(change) && options.propagation != Some("Orphan") {
                        workloads.push(change);
                    }
                }
                (Effect::Edited(_) | Effect::Sent(_) | Effect::Drafted(_), "")
                    if resource.is("", "nodes") =>
                {
                    node_updates.push(change);
                }
                (_, "" | "scale") if keeps_pods(change) && ends_at_none(scene, change).await? => {
                    workloads.push(change);
                }
                _ => {}
            }
        }
        for pods in all(workloads
            .into_iter()
            .map(|workload| kept_pods(scene, workload)))
        .await?
        {
            departure.pods.extend(pods);
        }
        let expelled = all(node_updates.into_iter().map(|change| async move {
            let Some((old, new)) = scene.update(change).await? else {
                return Ok(None);
            };
            let pods = expelled(scene, &old, &new).await?;
            Ok(Some((change.name.clone(), new, pods)))
        }));
        for (node, new, pods) in expelled.await?.into_iter().flatten() {
            departure.pods.extend(pods);
            departure.changed.insert(node, new);
        }
        Ok(departure)
    }

    /// Whether the command changes which nodes there are, or how they are.
    pub(super) fn touches_nodes(&self) -> bool {
        !self.nodes.is_empty() || !self.changed.is_empty()
    }

    /// Whether pods go, by themselves or with their node.
    pub(super) fn takes_pods(&self) -> bool {
        !self.pods.is_empty() || !self.nodes.is_empty()
    }

    /// The one namespace in which pods go, if it is one and no node is touched: no other Service can be hit.
    pub(super) fn only_namespace(&self) -> Option<&str> {
        let mut namespaces = self.pods.iter().map(|(namespace, _)| namespace.as_str());
        let first = namespaces.next()?;
        (!self.touches_nodes() && namespaces.all(|other| other == first)).then_some(first)
    }
}

fn keeps_pods(change: &Change) -> bool {
    match change.resource.group.as_ref() {
        "apps" => matches!(
            change.resource.plural.as_ref(),
            "deployments" | "replicasets" | "statefulsets" | "daemonsets"
        ),
        "" => change.resource.plural == "replicationcontrollers",
        _ => false,
    }
}

/// Whether a workload that keeps pods is told to keep none.
async fn ends_at_none(scene: &Scene<'_>, change: &Change) -> Result<bool, Unread> {
    // An absent number is none in a Scale, and one in a workload.
    let default = i64::from(change.subresource.is_empty());
    let replicas = |object: &Value| {
        let replicas = object.pointer("/spec/replicas").and_then(Value::as_i64);
        replicas.unwrap_or(default)
    };
    let update = scene.update(change).await?;
    Ok(update.is_some_and(|(old, new)| replicas(&old) > 0 && replicas(&new) == 0))
}

/// The pods that a workload keeps, by owner: labels alone may match a stranger's.
async fn kept_pods(scene: &Scene<'_>, change: &Change) -> Result<Vec<Path>, Unread> {
    let workload = if change.subresource.is_empty() {
        scene.subject(change).await?
    } else {
        let reader = scene.reader;
        reader
            .get(&change.resource, &change.namespace, &change.name)
            .await?
    };
    let Some(workload) = workload else {
        return Ok(Vec::new());
    };
    let labels = selector(&workload, "/spec/selector")
        .map_or_else(String::new, |selector| selector.to_string());
    let selection = Selection {
        labels,
        fields: String::new(),
    };
    let inside = namespace(&workload);
    let mut owners = BTreeSet::from([uid(&workload).to_owned()]);
    if change.resource.is("apps", "deployments") {
        let sets = scene
            .reader
            .list(&known::REPLICA_SETS, inside, &selection, Detail::Metadata)
            .await?;
        let own: Vec<String> = sets
            .iter()
            .filter(|set| is_owned(set, &owners))
            .map(|set| uid(set).to_owned())
            .collect();
        owners.extend(own);
    }
    let pods = scene
        .reader
        .list(&known::PODS, inside, &selection, Detail::Metadata)
        .await?;
    Ok(paths(pods.iter().filter(|pod| is_owned(pod, &owners))))
}

fn is_owned(object: &Value, owners: &BTreeSet<String>) -> bool {
    controller(object).is_some_and(|owner| owners.contains(text(owner, "/uid")))
}

/// The pods that leave a node which is changed: drained, or no longer tolerating it.
async fn expelled(scene: &Scene<'_>, old: &Value, new: &Value) -> Result<Vec<Path>, Unread> {
    if let Some(drain) = scene.drain {
        let leaving = evacuation::leaving(scene.reader, drain, name(new)).await?;
        return Ok(paths(leaving.iter().map(|candidate| &candidate.pod)));
    }
    let added: Vec<&Value> = items(new, "/spec/taints")
        .iter()
        .filter(|taint| {
            text(taint, "/effect") == "NoExecute" && !items(old, "/spec/taints").contains(taint)
        })
        .collect();
    if added.is_empty() {
        return Ok(Vec::new());
    }
    let pods = scene
        .reader
        .list(&known::PODS, "", &on_node(name(new)), Detail::Full)
        .await?;
    Ok(paths(pods.iter().filter(|pod| {
        added.iter().any(|taint| !tolerates(pod, taint))
    })))
}

/// Whether the pod may stay for good. Source: `k8s.io/api/core/v1` `Toleration.ToleratesTaint`.
fn tolerates(pod: &Value, taint: &Value) -> bool {
    items(pod, "/spec/tolerations").iter().any(|toleration| {
        let key = text(toleration, "/key");
        let effect = text(toleration, "/effect");
        let value_fits = match text(toleration, "/operator") {
            "Exists" => true,
            "" | "Equal" => text(toleration, "/value") == text(taint, "/value"),
            _ => false,
        };
        toleration
            .get("tolerationSeconds")
            .is_none_or(Value::is_null)
            && (effect.is_empty() || effect == text(taint, "/effect"))
            && (key.is_empty() || key == text(taint, "/key"))
            && value_fits
    })
}

fn paths<'a>(objects: impl Iterator<Item = &'a Object>) -> Vec<Path> {
    objects
        .map(|object| (namespace(object).to_owned(), name(object).to_owned()))
        .collect()
}

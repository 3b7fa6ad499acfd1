//! Facts about a node, its pool, and what runs on it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Scene, all, labelled, on_node, storage};
use crate::change::{Change, Effect};
use crate::cluster::fields::{items, label, name, namespace, text, truth};
use crate::cluster::pod;
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, ack, known};

/// The `ConfigMap` in which ACK's auto scaling keeps what it scales.
const AUTOSCALER: &str = "autoscaler-meta";

pub(super) async fn pool(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(node) = scene.subject(change).await? else {
        return Ok(Value::Null);
    };
    let Some(id) = ack::pool_id(&node) else {
        return Ok(
            json!({"id": "", "nodes": 0, "schedulable": 0, "autoScaled": ack::is_auto_scaled(&node)}),
        );
    };
    // A node made before the twin existed has only the one key, so the node's own key finds its fellows.
    let key = ack::POOL_LABELS
        .iter()
        .find(|key| label(&node, key) == Some(id))
        .copied()
        .unwrap_or_default();
    let in_pool = labelled(format!("{key}={id}"));
    let (nodes, scaled) = futures::try_join!(
        scene.reader.list(&known::NODES, "", &in_pool, Detail::Full),
        async { Ok(ack::is_auto_scaled(&node) || is_scaled_pool(scene.reader, id).await?) },
    )?;
    let machines = nodes.iter().filter(|node| !ack::is_virtual(node));
    Ok(json!({
        "id": id,
        "nodes": machines.clone().count(),
        "schedulable": machines.filter(|node| is_schedulable(node)).count(),
        "autoScaled": scaled,
    }))
}

/// Whether the auto scaling's own notes name the pool. Their format is not documented, so any mention counts.
async fn is_scaled_pool(reader: &Reader, id: &str) -> Result<bool, Unread> {
    let notes = reader
        .get(&known::CONFIG_MAPS, ack::SYSTEM, AUTOSCALER)
        .await?;
    let data = notes
        .as_ref()
        .and_then(|notes| notes.pointer("/data")?.as_object());
    Ok(data.is_some_and(|data| {
        data.values()
            .filter_map(Value::as_str)
            .any(|text| text.contains(id))
    }))
}

/// How many nodes of each pool take new pods after the whole command; nodes without a pool are under `None`.
pub(super) type Open = BTreeMap<Option<String>, u32>;

pub(super) async fn schedulable_after(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(node) = scene.subject(change).await? else {
        return Ok(Value::Null);
    };
    let open = scene.open_nodes.get(open_nodes(scene)).await?;
    let pool = ack::pool_id(&node).map(str::to_owned);
    Ok(json!({
        "pool": open.get(&pool).copied().unwrap_or(0),
        "cluster": open.values().sum::<u32>(),
    }))
}

async fn open_nodes(scene: &Scene<'_>) -> Result<Open, Unread> {
    let nodes = scene
        .reader
        .list(&known::NODES, "", &Selection::default(), Detail::Full)
        .await?;
    let changes = scene
        .changes
        .iter()
        .filter(|change| change.resource.is("", "nodes") && change.subresource.is_empty())
        .map(|change| async move {
            Ok((!leaves_open(scene, change).await?).then_some(change.name.as_str()))
        });
    let closed: BTreeSet<&str> = all(changes).await?.into_iter().flatten().collect();
    let mut open = Open::new();
    for node in nodes.iter().filter(|node| {
        let for_pods = !ack::is_virtual(node) && !ack::is_master(node);
        for_pods && is_schedulable(node) && !closed.contains(name(node))
    }) {
        *open
            .entry(ack::pool_id(node).map(str::to_owned))
            .or_default() += 1;
    }
    Ok(open)
}

/// Whether the node takes new pods after the change, if it did before.
async fn leaves_open(scene: &Scene<'_>, change: &Change) -> Result<bool, Unread> {
    if matches!(change.effect, Effect::Gone(_)) {
        return Ok(false);
    }
    let Some((old, new)) = scene.update(change).await? else {
        return Ok(true);
    };
    let closed_by_taint = items(&new, "/spec/taints").iter().any(|taint| {
        matches!(text(taint, "/effect"), "NoSchedule" | "NoExecute")
            && !items(&old, "/spec/taints").contains(taint)
    });
    Ok(!closed_by_taint && !truth(&new, "/spec/unschedulable"))
}

/// Whether new pods may come. A taint that says what the node is for does not count, for its own pods may come;
/// the taints of Kubernetes and of the scalers close a node to all.
fn is_schedulable(node: &Value) -> bool {
    const CLOSING: [&str; 2] = [
        "ToBeDeletedByClusterAutoscaler",
        "goatscaler.io/node-terminating",
    ];
    !truth(node, "/spec/unschedulable")
        && !items(node, "/spec/taints").iter().any(|taint| {
            let key = text(taint, "/key");
            text(taint, "/effect") != "PreferNoSchedule"
                && (key.starts_with("node.kubernetes.io/") || CLOSING.contains(&key))
        })
}

pub(super) async fn node_pods(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let pods = scene
        .reader
        .list(&known::PODS, "", &on_node(&change.name), Detail::Full)
        .await?;
    let own = pods
        .iter()
        .filter(|pod| !pod::is_finished(pod) && !pod::is_mirror(pod) && !pod::is_daemon_sets(pod));
    let described = all(own.map(|pod| async move {
        let mounted = storage::mounted(scene.reader, pod).await?;
        Ok(json!({
            "namespace": namespace(pod),
            "name": name(pod),
            "emptyDir": pod::has_empty_dir_on_disk(pod),
            "hostPath": pod::has_host_path(pod),
            "localVolume": mounted.iter().any(|mounted| storage::is_local(&mounted.volume)),
        }))
    }))
    .await?;
    Ok(described.into())
}

pub(super) async fn virtual_pods(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let nodes: Vec<String> = if change.resource.is("", "nodes") {
        match scene.subject(change).await? {
            Some(node) if ack::is_virtual(&node) => vec![change.name.clone()],
            _ => Vec::new(),
        }
    } else {
        let nodes = scene
            .reader
            .list(&known::NODES, "", &labelled(ack::VIRTUAL), Detail::Metadata)
            .await?;
        nodes.iter().map(|node| name(node).to_owned()).collect()
    };
    let counts = all(nodes.iter().map(|node| async move {
        let pods = scene
            .reader
            .list(&known::PODS, "", &on_node(node), Detail::Full)
            .await?;
        Ok(pods.iter().filter(|pod| !pod::is_finished(pod)).count())
    }))
    .await?;
    Ok(counts.into_iter().sum::<usize>().into())
}

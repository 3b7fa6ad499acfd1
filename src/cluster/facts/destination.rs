//! Facts about the cluster as a whole.

use serde_json::Value;

use super::{Scene, labelled};
use crate::change::Change;
use crate::cluster::certificate::is_ack_cluster_id;
use crate::cluster::reader::{Detail, Selection};
use crate::cluster::{Unread, ack, known};

pub(super) async fn ack(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    if ack::is_ack_domain(&change.resource.group)
        || scene.reader.authority().is_some_and(is_ack_cluster_id)
        || change.old().is_some_and(|object| ack::is_marked(object))
    {
        return Ok(true.into());
    }
    let profile = scene
        .reader
        .get(&known::CONFIG_MAPS, ack::SYSTEM, ack::PROFILE)
        .await;
    if matches!(profile, Ok(Some(_))) {
        return Ok(true.into());
    }
    let on_node = if change.resource.is("", "nodes") {
        // Every node of ACK says so itself: no other node needs to be asked.
        scene
            .subject(change)
            .await?
            .is_some_and(|node| ack::is_marked(&node))
    } else {
        let labelled = labelled(ack::CLUSTER_LABEL);
        !scene
            .reader
            .list(&known::NODES, "", &labelled, Detail::Metadata)
            .await?
            .is_empty()
    };
    if on_node {
        Ok(true.into())
    } else {
        profile.map(|_| false.into())
    }
}

pub(super) async fn registered(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let node = change.old().filter(|_| change.resource.is("", "nodes"));
    if node.is_some_and(|node| ack::is_external(node)) {
        return Ok(true.into());
    }
    let agent = scene
        .reader
        .get(&known::DEPLOYMENTS, ack::SYSTEM, ack::AGENT)
        .await?;
    Ok(agent.is_some().into())
}

pub(super) async fn serverless(scene: &Scene<'_>, _: &Change) -> Result<Value, Unread> {
    let nodes = scene
        .reader
        .list(&known::NODES, "", &Selection::default(), Detail::Metadata)
        .await?;
    Ok((!nodes.is_empty() && nodes.iter().all(|node| ack::is_virtual(node))).into())
}

pub(super) async fn server_minor(scene: &Scene<'_>, _: &Change) -> Result<Value, Unread> {
    scene.reader.server_minor().await.map(Value::from)
}

pub(super) async fn server_host(scene: &Scene<'_>, _: &Change) -> Result<Value, Unread> {
    Ok(scene.reader.server_host().into())
}

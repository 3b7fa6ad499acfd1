//! Facts about disks that several pods would mount, and about the pods behind a Service.

use serde_json::{Value, json};

use super::storage::{DISK_DRIVER, driver, handle};
use super::{Scene, all, labelled};
use crate::change::{Change, Object, Resource};
use crate::cluster::fields::{items, name, namespace, plain_selector, text};
use crate::cluster::pod::is_finished;
use crate::cluster::reader::{Detail, Selection};
use crate::cluster::{Unread, known};

/// The disks that every pod of this workload mounts, and the pods that mount them now.
pub(super) async fn disk_claims(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(workload) = workload(scene, change).await? else {
        return Ok(Value::Null);
    };
    let namespace = change.namespace.as_str();
    let disks = all(claims_named(pod_spec(&workload))
        .map(|claim| async move { disk(scene, namespace, claim).await }))
    .await?;
    let disks: Vec<(&str, String)> = claims_named(pod_spec(&workload))
        .zip(disks)
        .filter_map(|(claim, disk)| Some((claim, disk?)))
        .collect();
    if disks.is_empty() {
        return Ok(json!([]));
    }
    let pods = scene
        .reader
        .list(&known::PODS, namespace, &Selection::default(), Detail::Full)
        .await?;
    let mounting = |claim: &str| -> Vec<&str> {
        pods.iter()
            .filter(|pod| {
                !is_finished(pod) && claims_named(&pod["spec"]).any(|other| other == claim)
            })
            .map(|pod| name(pod))
            .collect()
    };
    Ok(disks
        .into_iter()
        .map(|(claim, handle)| json!({"claim": claim, "handle": handle, "pods": mounting(claim)}))
        .collect())
}

/// The object whose pods count, as it will be: the change's own, or what a Scale or an autoscaler is about.
async fn workload(scene: &Scene<'_>, change: &Change) -> Result<Option<Object>, Unread> {
    if change.subresource == "scale" {
        return scene
            .reader
            .get(&change.resource, &change.namespace, &change.name)
            .await;
    }
    let Some(new) = change.after() else {
        return Ok(None);
    };
    if change.resource.plural != "horizontalpodautoscalers" {
        return Ok(Some(new.into()));
    }
    let target = match text(&new, "/spec/scaleTargetRef/kind") {
        "Deployment" => &known::DEPLOYMENTS,
        "ReplicaSet" => &known::REPLICA_SETS,
        "StatefulSet" => &known::STATEFUL_SETS,
        _ => return Ok(None),
    };
    let target_name = text(&new, "/spec/scaleTargetRef/name");
    object(scene, target, &change.namespace, target_name).await
}

/// An object as this command makes it, else as it is.
async fn object(
    scene: &Scene<'_>,
    resource: &Resource,
    namespace: &str,
    name: &str,
) -> Result<Option<Object>, Unread> {
    let made = scene.changes.iter().find(|change| {
        change.resource.is(&resource.group, &resource.plural)
            && change.subresource.is_empty()
            && (change.namespace.as_str(), change.name.as_str()) == (namespace, name)
    });
    match made.and_then(Change::after) {
        Some(made) => Ok(Some(made.into())),
        None => scene.reader.get(resource, namespace, name).await,
    }
}

fn pod_spec(workload: &Value) -> &Value {
    workload
        .pointer("/spec/template/spec")
        .unwrap_or(&workload["spec"])
}

fn claims_named(pod: &Value) -> impl Iterator<Item = &str> {
    items(pod, "/volumes")
        .iter()
        .map(|volume| text(volume, "/persistentVolumeClaim/claimName"))
        .filter(|claim| !claim.is_empty())
}

/// The disk of this claim, if it has or will have one that only one node can use at a time; its id is empty before there is one.
async fn disk(scene: &Scene<'_>, namespace: &str, claim: &str) -> Result<Option<String>, Unread> {
    let claims = &known::PERSISTENT_VOLUME_CLAIMS;
    let Some(claim) = object(scene, claims, namespace, claim).await? else {
        return Ok(None);
    };
    let is_shared = items(&claim, "/spec/accessModes")
        .iter()
        .any(|mode| mode == "ReadWriteMany" || mode == "ReadOnlyMany");
    if is_shared {
        return Ok(None);
    }
    let volume = text(&claim, "/spec/volumeName");
    if !volume.is_empty() {
        let volume = object(scene, &known::PERSISTENT_VOLUMES, "", volume).await?;
        return Ok(volume
            .filter(|volume| driver(volume) == DISK_DRIVER)
            .map(|volume| handle(&volume).to_owned()));
    }
    let class = text(&claim, "/spec/storageClassName");
    if class.is_empty() {
        return Ok(None);
    }
    let class = object(scene, &known::STORAGE_CLASSES, "", class).await?;
    Ok(class
        .filter(|class| text(class, "/provisioner") == DISK_DRIVER)
        .map(|_| String::new()))
}

/// The other volumes over the same storage as this one.
pub(super) async fn same_disk(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let volume = change.after().unwrap_or_default();
    if handle(&volume).is_empty() {
        return Ok(json!([]));
    }
    let everything = Selection::default();
    let volumes = scene
        .reader
        .list(&known::PERSISTENT_VOLUMES, "", &everything, Detail::Full)
        .await?;
    Ok(volumes
        .iter()
        .filter(|other| {
            name(other) != change.name
                && (driver(other), handle(other)) == (driver(&volume), handle(&volume))
        })
        .map(|other| name(other))
        .collect())
}

/// How many ready pods this Service selects as it will be.
pub(super) async fn selected_pods(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let service = change.after().unwrap_or_default();
    let Some(selector) = plain_selector(&service) else {
        return Ok(json!(0));
    };
    let pods = scene
        .reader
        .list(
            &known::PODS,
            namespace(&service),
            &labelled(selector.to_string()),
            Detail::Full,
        )
        .await?;
    let is_ready = |pod: &Value| {
        items(pod, "/status/conditions").iter().any(|condition| {
            text(condition, "/type") == "Ready" && text(condition, "/status") == "True"
        })
    };
    Ok(json!(pods.iter().filter(|pod| is_ready(pod)).count()))
}

//! Facts about claims and volumes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Scene, all};
use crate::change::{Change, Effect, Object};
use crate::cluster::fields::{items, name, namespace, text};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, known};

/// The CSI driver of Alibaba Cloud's disks: one disk belongs to one node.
pub(super) const DISK_DRIVER: &str = "diskplugin.csi.alibabacloud.com";
/// The CSI driver of volumes on a node's own disks.
const LOCAL_DRIVER: &str = "localplugin.csi.alibabacloud.com";

/// As many volumes as are read at the same time; beyond that one list of all is cheaper.
const FEW: usize = 32;

/// A claim that a pod mounts, and the volume bound to it.
pub(super) struct Mounted {
    pub(super) claim: String,
    pub(super) volume: Object,
}

pub(super) async fn volume(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(object) = scene.subject(change).await? else {
        return Ok(Value::Null);
    };
    let pointer = match (
        change.resource.group.as_ref(),
        change.resource.plural.as_ref(),
    ) {
        ("", "persistentvolumes") => return Ok(describe(&object)),
        ("", "persistentvolumeclaims") => "/spec/volumeName",
        ("storage.k8s.io", "volumeattachments") => "/spec/source/persistentVolumeName",
        _ => return Ok(Value::Null),
    };
    let volume = named(scene.reader, text(&object, pointer)).await?;
    Ok(volume.map_or(Value::Null, |volume| describe(&volume)))
}

/// A class that is made anew: what it was.
pub(super) async fn reclaim_before(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let class = scene
        .reader
        .get(&known::STORAGE_CLASSES, "", &change.name)
        .await?;
    let policy = class.as_ref().map(|class| text(class, "/reclaimPolicy"));
    Ok(json!(policy.unwrap_or_default()))
}

/// What the class of a claim or volume tells its driver.
pub(super) async fn class_parameters(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(object) = scene.subject(change).await? else {
        return Ok(Value::Null);
    };
    let class = text(&object, "/spec/storageClassName");
    if class.is_empty() {
        return Ok(json!({}));
    }
    let class = scene.reader.get(&known::STORAGE_CLASSES, "", class).await?;
    let parameters = class.and_then(|class| class.get("parameters").cloned());
    Ok(parameters.unwrap_or_else(|| json!({})))
}

fn describe(volume: &Value) -> Value {
    json!({
        "name": name(volume),
        "driver": driver(volume),
        "handle": handle(volume),
        "reclaimPolicy": reclaim_policy(volume),
        "attributes": volume.pointer("/spec/csi/volumeAttributes").cloned().unwrap_or_else(|| json!({})),
    })
}

/// The claims that go with a `StatefulSet`, or with those of its pods that a smaller number of replicas ends.
pub(super) async fn claims(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let (set, policy) = if let Effect::Gone(options) = &change.effect {
        if options.propagation == Some("Orphan") {
            return Ok(json!([]));
        }
        (scene.subject(change).await?, "whenDeleted")
    } else if change.subresource == "scale" {
        let set = scene
            .reader
            .get(&change.resource, &change.namespace, &change.name);
        (set.await?, "whenScaled")
    } else {
        (change.after().map(Object::new), "whenScaled")
    };
    let Some(set) = set else {
        return Ok(Value::Null);
    };
    if set["spec"]["persistentVolumeClaimRetentionPolicy"][policy] != "Delete" {
        return Ok(json!([]));
    }
    let first = match policy {
        "whenDeleted" => 0,
        _ => first_ordinal_above(change, &set),
    };
    let claims = scene
        .reader
        .list(
            &known::PERSISTENT_VOLUME_CLAIMS,
            namespace(&set),
            &Selection::default(),
            Detail::Full,
        )
        .await?;
    let owned: Vec<Object> = claims
        .iter()
        .filter(|claim| ordinal(name(claim), &set).is_some_and(|ordinal| ordinal >= first))
        .cloned()
        .collect();
    Ok(describe_claims(scene.reader, &owned).await?.into())
}

/// The first of the set's pods that a change of its replicas ends. A Scale has no field for 0.
fn first_ordinal_above(change: &Change, set: &Value) -> u64 {
    let replicas = change
        .after()
        .and_then(|new| new["spec"]["replicas"].as_u64());
    let start = set["spec"]["ordinals"]["start"].as_u64();
    start.unwrap_or_default() + replicas.unwrap_or_default()
}

/// The pod of the set that a claim is for: claims are called `TEMPLATE-SET-ORDINAL`, by which the `StatefulSet` controller knows them.
fn ordinal(claim: &str, set: &Value) -> Option<u64> {
    items(set, "/spec/volumeClaimTemplates")
        .iter()
        .find_map(|template| {
            let ordinal = claim.strip_prefix(&format!("{}-{}-", name(template), name(set)))?;
            let is_number = ordinal.bytes().all(|digit| digit.is_ascii_digit());
            ordinal.parse().ok().filter(|_| is_number)
        })
}

/// Claims and what is bound to them; empty strings where nothing is.
pub(super) async fn describe_claims(
    reader: &Reader,
    claims: &[Object],
) -> Result<Vec<Value>, Unread> {
    let volumes = volumes_of(reader, claims).await?;
    Ok(claims
        .iter()
        .map(|claim| {
            let volume = volumes
                .get(text(claim, "/spec/volumeName"))
                .map_or(&Value::Null, |volume| volume);
            json!({
                "name": name(claim),
                "volume": name(volume),
                "handle": handle(volume),
                "driver": driver(volume),
                "reclaimPolicy": reclaim_policy(volume),
            })
        })
        .collect())
}

/// The volumes that claims are bound to, by name: one by one while they are few, else in one list.
async fn volumes_of(
    reader: &Reader,
    claims: &[Object],
) -> Result<BTreeMap<String, Object>, Unread> {
    let bound: Vec<&str> = claims
        .iter()
        .map(|claim| text(claim, "/spec/volumeName"))
        .filter(|name| !name.is_empty())
        .collect();
    let volumes: Vec<Object> = if bound.len() > FEW {
        reader
            .list(
                &known::PERSISTENT_VOLUMES,
                "",
                &Selection::default(),
                Detail::Full,
            )
            .await?
            .to_vec()
    } else {
        all(bound.into_iter().map(|volume| named(reader, volume)))
            .await?
            .into_iter()
            .flatten()
            .collect()
    };
    Ok(volumes
        .into_iter()
        .map(|volume| (name(&volume).to_owned(), volume))
        .collect())
}

/// The claims of a pod that are bound, with their volumes.
pub(super) async fn mounted(reader: &Reader, pod: &Value) -> Result<Vec<Mounted>, Unread> {
    let reads = items(pod, "/spec/volumes").iter().filter_map(|volume| {
        let claim = claim_name(pod, volume)?;
        Some(async move {
            let volume = volume_of(reader, namespace(pod), &claim).await?;
            Ok(volume.map(|volume| Mounted { claim, volume }))
        })
    });
    Ok(all(reads).await?.into_iter().flatten().collect())
}

/// What is bound to the claim of one of a pod's volumes.
pub(super) async fn bound_volume(
    reader: &Reader,
    pod: &Value,
    volume: &Value,
) -> Result<Option<Object>, Unread> {
    match claim_name(pod, volume) {
        Some(claim) => volume_of(reader, namespace(pod), &claim).await,
        None => Ok(None),
    }
}

async fn volume_of(
    reader: &Reader,
    namespace: &str,
    claim: &str,
) -> Result<Option<Object>, Unread> {
    let claim = reader
        .get(&known::PERSISTENT_VOLUME_CLAIMS, namespace, claim)
        .await?;
    match claim {
        Some(claim) => named(reader, text(&claim, "/spec/volumeName")).await,
        None => Ok(None),
    }
}

/// The claim that a pod's volume names, or that the pod makes for itself (`ephemeral`: `POD-VOLUME`).
fn claim_name(pod: &Value, volume: &Value) -> Option<String> {
    if volume.get("ephemeral").is_some_and(Value::is_object) {
        return Some(format!("{}-{}", name(pod), text(volume, "/name")));
    }
    Some(text(volume, "/persistentVolumeClaim/claimName").to_owned())
        .filter(|claim| !claim.is_empty())
}

async fn named(reader: &Reader, volume: &str) -> Result<Option<Object>, Unread> {
    if volume.is_empty() {
        return Ok(None);
    }
    reader.get(&known::PERSISTENT_VOLUMES, "", volume).await
}

/// The volume's driver: CSI's, or the older `FlexVolume`'s; empty for volumes that are part of Kubernetes.
pub(super) fn driver(volume: &Value) -> &str {
    ["/spec/csi/driver", "/spec/flexVolume/driver"]
        .iter()
        .map(|pointer| text(volume, pointer))
        .find(|driver| !driver.is_empty())
        .unwrap_or_default()
}

/// The storage's own id, such as `d-…` of a disk.
pub(super) fn handle(volume: &Value) -> &str {
    [
        "/spec/csi/volumeHandle",
        "/spec/flexVolume/options/volumeId",
        "/spec/flexVolume/options/VolumeId",
    ]
    .iter()
    .map(|pointer| text(volume, pointer))
    .find(|handle| !handle.is_empty())
    .unwrap_or_default()
}

fn reclaim_policy(volume: &Value) -> &str {
    text(volume, "/spec/persistentVolumeReclaimPolicy")
}

/// Whether the volume's data is on a node.
pub(super) fn is_local(volume: &Value) -> bool {
    driver(volume) == LOCAL_DRIVER
        || ["/spec/local", "/spec/hostPath"]
            .iter()
            .any(|source| volume.pointer(source).is_some_and(Value::is_object))
}

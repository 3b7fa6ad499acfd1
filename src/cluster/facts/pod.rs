//! Facts about one pod.

use futures::try_join;
use serde_json::{Value, json};

use super::Scene;
use super::storage::{self, Mounted};
use crate::change::{Change, Object};
use crate::cluster::fields::{controller, name, namespace, selector, selects, text};
use crate::cluster::pod::{
    has_empty_dir_on_disk, has_host_path, is_daemon_sets, is_finished, is_mirror,
};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, ack, known};

pub(super) async fn pod(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(pod) = scene.subject(change).await? else {
        return Ok(Value::Null);
    };
    let (mounted, budgets, critical) = try_join!(
        storage::mounted(scene.reader, &pod),
        budgets(scene.reader, &pod),
        is_critical(scene.reader, &pod),
    )?;
    let disks: Vec<Value> = mounted
        .iter()
        .filter(|mounted| storage::driver(&mounted.volume) == storage::DISK_DRIVER)
        .map(|Mounted { claim, volume }| {
            json!({
                "claim": claim,
                "volume": name(volume),
                "handle": storage::handle(volume),
                "driver": storage::driver(volume),
            })
        })
        .collect();
    Ok(json!({
        "namespace": namespace(&pod),
        "name": name(&pod),
        "controlled": controller(&pod).is_some(),
        "daemonSet": is_daemon_sets(&pod),
        "mirror": is_mirror(&pod),
        "finished": is_finished(&pod),
        "emptyDir": has_empty_dir_on_disk(&pod),
        "hostPath": has_host_path(&pod),
        "localVolume": mounted.iter().any(|mounted| storage::is_local(&mounted.volume)),
        "disks": disks,
        "budgets": budgets,
        "critical": critical,
    }))
}

/// The disruption budgets that protect the pod.
async fn budgets(reader: &Reader, pod: &Value) -> Result<Vec<String>, Unread> {
    let budgets = reader
        .list(
            &known::POD_DISRUPTION_BUDGETS,
            namespace(pod),
            &Selection::default(),
            Detail::Full,
        )
        .await?;
    Ok(budgets
        .iter()
        .filter(|budget| protects(budget, pod))
        .map(|budget| name(budget).to_owned())
        .collect())
}

/// Whether the budget is about the pod. Source: the API server's `getPodDisruptionBudgets`.
pub(super) fn protects(budget: &Value, pod: &Value) -> bool {
    namespace(budget) == namespace(pod)
        && selector(budget, "/spec/selector")
            .is_some_and(|selector| selects(&selector, pod, "/metadata/labels"))
}

/// Whether the pod belongs to ACK's components and its workload runs only one.
pub(super) async fn is_critical(reader: &Reader, pod: &Value) -> Result<bool, Unread> {
    if namespace(pod) != ack::SYSTEM || is_finished(pod) {
        return Ok(false);
    }
    let Some(workload) = workload(reader, pod).await? else {
        return Ok(false);
    };
    Ok(workload
        .pointer("/spec/replicas")
        .and_then(Value::as_i64)
        .unwrap_or(1)
        == 1)
}

/// The Deployment, `ReplicaSet` or `StatefulSet` that keeps the pod alive.
async fn workload(reader: &Reader, pod: &Value) -> Result<Option<Object>, Unread> {
    let owner = |object: &Value, kind: &str| {
        controller(object)
            .filter(|owner| text(owner, "/kind") == kind && text(owner, "/apiVersion") == "apps/v1")
            .map(|owner| text(owner, "/name").to_owned())
    };
    if let Some(name) = owner(pod, "StatefulSet") {
        return reader
            .get(&known::STATEFUL_SETS, namespace(pod), &name)
            .await;
    }
    let Some(name) = owner(pod, "ReplicaSet") else {
        return Ok(None);
    };
    let Some(replicas) = reader
        .get(&known::REPLICA_SETS, namespace(pod), &name)
        .await?
    else {
        return Ok(None);
    };
    match owner(&replicas, "Deployment") {
        Some(name) => reader.get(&known::DEPLOYMENTS, namespace(pod), &name).await,
        None => Ok(Some(replicas)),
    }
}

//! `drain`: each node is cordoned, then its pods are evicted one node after the other.
//!
//! Source: kubectl `pkg/cmd/drain/drain.go`, `pkg/drain/filters.go`, `pkg/drain/drain.go`.

use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use super::{Nodes, name_of, named_or_selected, updates};
use crate::change::edit::Edit;
use crate::change::expansion::Expansion;
use crate::change::resource::{DAEMON_SETS, PODS};
use crate::change::{Before, Cause, Change, DeleteOptions, Effect, Object, Operation};
use crate::cluster::Unread;
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::kubectl::invocation::Invocation;
use crate::plan::Unknown;

/// The changes of `drain`.
pub async fn expand(invocation: &Invocation, reader: &Reader) -> Expansion {
    let nodes = match named_or_selected(invocation, reader).await {
        Nodes::KubectlStops => return Expansion::KubectlStops,
        Nodes::Unread(what, why) => return Expansion::unread(what, &why),
        Nodes::Meant(nodes) => nodes,
    };
    let filter = Filter::from(invocation);
    let names: Vec<String> = nodes.iter().map(|(name, ..)| name.clone()).collect();
    let mut changes = updates(nodes, &Edit::Cordon);
    for change in changes.iter_mut().filter(|change| !change.is_sent()) {
        change.effect = Effect::Unsent;
    }
    let mut unknown = Vec::new();
    for node in names {
        match pods_to_remove(&node, &filter, reader).await {
            Ok(pods) => changes.extend(pods.into_iter().map(|pod| removal(pod, &filter))),
            Err(why) => unknown.push(Unknown {
                what: format!("the pods on node \"{node}\""),
                why: why.to_string(),
            }),
        }
    }
    Expansion::Changes { changes, unknown }
}

/// The flags that decide which pods go, and how.
struct Filter {
    force: bool,
    ignore_daemon_sets: bool,
    delete_empty_dir_data: bool,
    disable_eviction: bool,
    pod_selector: String,
    grace_period: Option<i64>,
    skip_deleted_after: i64,
}

impl From<&Invocation> for Filter {
    fn from(invocation: &Invocation) -> Self {
        Self {
            force: invocation.truth("force"),
            ignore_daemon_sets: invocation.truth("ignore-daemonsets"),
            // The older name is gone from kubectl 1.31 on.
            delete_empty_dir_data: invocation.truth("delete-emptydir-data")
                || invocation.truth("delete-local-data"),
            disable_eviction: invocation.truth("disable-eviction"),
            pod_selector: invocation
                .text("pod-selector")
                .unwrap_or_default()
                .to_owned(),
            grace_period: invocation
                .integer("grace-period")
                .filter(|seconds| *seconds >= 0),
            skip_deleted_after: invocation
                .integer("skip-wait-for-delete-timeout")
                .unwrap_or(0),
        }
    }
}

/// What kubectl does with one pod of the node.
enum Fate {
    Removed,
    Kept,
    /// kubectl reports an error and leaves every pod of this node alone.
    Refused,
}

/// The pods that kubectl would remove from a node: none when a single one of them stands in the way.
async fn pods_to_remove(
    node: &str,
    filter: &Filter,
    reader: &Reader,
) -> Result<Vec<Object>, Unread> {
    let selection = Selection {
        labels: filter.pod_selector.clone(),
        fields: format!("spec.nodeName={node}"),
    };
    let mut removed = Vec::new();
    for pod in reader
        .list(&PODS, "", &selection, Detail::Full)
        .await?
        .iter()
    {
        match fate(pod, filter, reader).await? {
            Fate::Removed => removed.push(pod.clone()),
            Fate::Kept => {}
            Fate::Refused => return Ok(Vec::new()),
        }
    }
    Ok(removed)
}

/// kubectl's five filters, in its order: the first that does not let the pod go decides.
async fn fate(pod: &Object, filter: &Filter, reader: &Reader) -> Result<Fate, Unread> {
    let finished = matches!(
        pod.pointer("/status/phase").and_then(Value::as_str),
        Some("Succeeded" | "Failed")
    );
    if deleted_longer_than(pod, filter.skip_deleted_after) {
        return Ok(Fate::Kept);
    }
    let controller = controller(pod);
    if let Some(owner) = controller.filter(|owner| is_daemon_set(owner) && !finished) {
        let namespace = pod
            .pointer("/metadata/namespace")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let name = owner
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match reader.get(&DAEMON_SETS, namespace, name).await? {
            None if filter.force => {}
            Some(_) if filter.ignore_daemon_sets => return Ok(Fate::Kept),
            _ => return Ok(Fate::Refused),
        }
    }
    if pod
        .pointer("/metadata/annotations/kubernetes.io~1config.mirror")
        .is_some()
    {
        return Ok(Fate::Kept);
    }
    if finished {
        return Ok(Fate::Removed);
    }
    let refused = (has_empty_dir(pod) && !filter.delete_empty_dir_data)
        || (controller.is_none() && !filter.force);
    Ok(if refused {
        Fate::Refused
    } else {
        Fate::Removed
    })
}

fn controller(pod: &Value) -> Option<&Value> {
    let owners = pod.pointer("/metadata/ownerReferences")?.as_array()?;
    owners
        .iter()
        .find(|owner| owner.get("controller") == Some(&Value::Bool(true)))
}

fn is_daemon_set(owner: &Value) -> bool {
    owner.get("kind").is_some_and(|kind| kind == "DaemonSet")
        && owner
            .get("apiVersion")
            .is_some_and(|version| version == "apps/v1")
}

/// Of any medium: kubectl does not tell memory from disk here.
fn has_empty_dir(pod: &Value) -> bool {
    let volumes = pod.pointer("/spec/volumes").and_then(Value::as_array);
    volumes.is_some_and(|volumes| {
        volumes
            .iter()
            .any(|volume| volume.get("emptyDir").is_some_and(|dir| !dir.is_null()))
    })
}

fn deleted_longer_than(pod: &Value, seconds: i64) -> bool {
    let deleted = pod
        .pointer("/metadata/deletionTimestamp")
        .and_then(Value::as_str);
    let deleted: Option<Timestamp> = deleted.and_then(|text| text.parse().ok());
    seconds > 0
        && deleted.is_some_and(|then| Timestamp::now().as_second() - then.as_second() > seconds)
}

/// An eviction, or with `--disable-eviction` a plain delete, which no PodDisruptionBudget can hold up.
fn removal(pod: Object, filter: &Filter) -> Change {
    let namespace = pod
        .pointer("/metadata/namespace")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let name = name_of(&pod).to_owned();
    let (operation, subresource, effect) = if filter.disable_eviction {
        let options = DeleteOptions {
            grace_period: filter.grace_period,
            propagation: None,
        };
        (Operation::Delete, "", Effect::Gone(options))
    } else {
        let options = filter.grace_period.map_or_else(
            || json!({}),
            |seconds| json!({ "gracePeriodSeconds": seconds }),
        );
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace},
            "deleteOptions": options,
        });
        (
            Operation::Create,
            "eviction",
            Effect::Sent(Object::new(eviction)),
        )
    };
    Change {
        operation,
        resource: PODS,
        subresource: subresource.to_owned(),
        namespace,
        name,
        cause: Cause::Evicted,
        count: 1,
        before: Before::Found(pod),
        effect,
    }
}

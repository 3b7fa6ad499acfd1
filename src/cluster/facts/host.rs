//! Facts about what a change can do to nodes through containers.

use serde_json::{Value, json};

use super::Scene;
use crate::change::{Change, Effect, Operation};
use crate::cluster::Unread;
use crate::cluster::fields::text;
use crate::cluster::host::{Power, critical_mounts, pod_spec};
use crate::cluster::pod::{container, containers};

/// What runs through a change: containers of one pod, with the pod's spec.
struct Entry<'a> {
    spec: &'a Value,
    containers: Vec<&'a Value>,
}

impl<'a> Entry<'a> {
    /// `after`: the object after the change. Connections reach one container; a write, those that it adds or changes.
    fn of(change: &'a Change, after: Option<&'a Value>) -> Option<Self> {
        if change.operation == Operation::Connect {
            let Effect::Sent(options) = &change.effect else {
                return None;
            };
            let pod = change.old()?;
            return Some(Self {
                spec: pod_spec(pod)?,
                containers: vec![container(pod, text(options, "/container"))?],
            });
        }
        let spec = pod_spec(after?)?;
        let former: Vec<&Value> = change
            .old()
            .and_then(|old| pod_spec(old))
            .map(|spec| containers(spec).collect())
            .unwrap_or_default();
        Some(Self {
            spec,
            containers: containers(spec)
                .filter(|container| !former.contains(container))
                .collect(),
        })
    }
}

pub(super) async fn host(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let after = scene.after(change)?;
    let Some(entry) = Entry::of(change, after.as_deref()) else {
        return Ok(Value::Null);
    };
    let power = if change.operation == Operation::Connect {
        let [container] = entry.containers[..] else {
            return Ok(Value::Null);
        };
        Power::of(entry.spec, container)
    } else {
        Power::of_all(entry.spec)
    };
    let former = change
        .old()
        .and_then(|old| pod_spec(old))
        .map(critical_mounts)
        .unwrap_or_default();
    let critical: Vec<String> = critical_mounts(entry.spec)
        .into_iter()
        .filter(|path| !former.contains(path))
        .collect();
    Ok(json!({
        "powerful": power.is_any(),
        "kernel": power.kernel,
        "network": power.network,
        "files": power.files,
        "reasons": power.reasons,
        "newCriticalMounts": critical,
    }))
}

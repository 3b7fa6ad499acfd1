//! What `rollout undo` makes of a workload. kubectl's dry run prints the workload as it was, so its history is read here.
//!
//! Source: kubectl `pkg/polymorphichelpers/rollback.go`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::change::draft::{Refusal, Rehearsed};
use crate::change::{Before, Change, Effect, Object};
use crate::cluster::Unread;
use crate::cluster::fields::{controller, selector, text, truth, uid};
use crate::cluster::known;
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::kubectl::invocation::Invocation;

/// Where a `ReplicaSet` says which revision it is.
const REVISION: &str = "deployment.kubernetes.io/revision";
/// The label that tells the `ReplicaSets` of a Deployment apart.
const HASH: &str = "pod-template-hash";
/// What a Deployment keeps of its own annotations.
const KEPT: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
];

/// Enters what an earlier revision says into the drafts of `rollout undo`.
pub async fn rehearse(invocation: &Invocation, changes: &mut [Change], reader: &Reader) {
    let revision = invocation.integer("to-revision").unwrap_or_default();
    for change in changes {
        let read = match &change.before {
            Before::Unread => change.read(reader).await.into(),
            known => known.clone(),
        };
        let rehearsed = match &read {
            Before::Found(workload) => {
                let undone = undo(change, workload, revision, reader).await;
                undone.unwrap_or_else(Rehearsed::Hidden)
            }
            Before::Hidden(why) => Rehearsed::Hidden(why.clone()),
            Before::Missing | Before::Unread => Rehearsed::Refused(Refusal::Other),
        };
        change.before = read;
        if let Effect::Drafted(draft) = &mut change.effect {
            draft.rehearsal = rehearsed;
        }
    }
}

async fn undo(
    change: &Change,
    workload: &Object,
    revision: i64,
    reader: &Reader,
) -> Result<Rehearsed, Unread> {
    let refused = Rehearsed::Refused(Refusal::Other);
    if revision < 0 || truth(workload, "/spec/paused") {
        return Ok(refused);
    }
    let history = match (
        change.resource.group.as_ref(),
        change.resource.plural.as_ref(),
    ) {
        ("apps", "deployments") => History::ReplicaSets,
        ("apps", "daemonsets" | "statefulsets") => History::Revisions,
        _ => return Ok(refused),
    };
    let labels = selector(workload, "/spec/selector").map_or_else(String::new, |it| it.to_string());
    let selection = Selection {
        labels,
        fields: String::new(),
    };
    let kind = match history {
        History::ReplicaSets => &known::REPLICA_SETS,
        History::Revisions => &known::CONTROLLER_REVISIONS,
    };
    let listed = reader
        .list(kind, &change.namespace, &selection, Detail::Full)
        .await?;
    let mut own: Vec<(i64, &Object)> = listed
        .iter()
        .filter(|it| controller(it).is_some_and(|owner| text(owner, "/uid") == uid(workload)))
        .filter_map(|it| Some((history.number(it)?, it)))
        .collect();
    own.sort_by_key(|(number, _)| *number);
    let meant = match revision {
        0 => own.iter().rev().nth(1),
        _ => own.iter().find(|(number, _)| *number == revision),
    };
    let Some((_, earlier)) = meant else {
        return Ok(refused);
    };
    let template = history.template(earlier);
    if without_nulls(&template) == without_nulls(&without_hash(&workload["spec"]["template"])) {
        return Ok(refused);
    }
    let mut new = workload.as_ref().clone();
    new["spec"]["template"] = template;
    if history == History::ReplicaSets {
        // Their JSON patch replaces also what is not there: the server adds it.
        new["metadata"]["annotations"] = annotations(workload, earlier);
    }
    Ok(Rehearsed::Answered(Arc::new(new)))
}

/// Where earlier pod templates are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    /// A Deployment's `ReplicaSets`.
    ReplicaSets,
    /// `ControllerRevisions`.
    Revisions,
}

impl History {
    /// Without a number a `ReplicaSet` is revision 0.
    fn number(self, kept: &Value) -> Option<i64> {
        match self {
            Self::ReplicaSets => match &kept["metadata"]["annotations"][REVISION] {
                Value::String(number) => number.parse().ok(),
                _ => Some(0),
            },
            Self::Revisions => kept["revision"].as_i64(),
        }
    }

    fn template(self, kept: &Value) -> Value {
        match self {
            Self::ReplicaSets => without_hash(&kept["spec"]["template"]),
            Self::Revisions => {
                let mut template = kept["data"]["spec"]["template"].clone();
                if let Some(fields) = template.as_object_mut() {
                    fields.remove("$patch");
                }
                template
            }
        }
    }
}

fn without_hash(template: &Value) -> Value {
    let mut template = template.clone();
    if let Some(labels) = template
        .pointer_mut("/metadata/labels")
        .and_then(Value::as_object_mut)
    {
        labels.remove(HASH);
    }
    template
}

/// `creationTimestamp: null` says nothing.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        _ => value.clone(),
    }
}

fn annotations(deployment: &Value, earlier: &Value) -> Value {
    let all = |object: &Value| {
        let map = object["metadata"]["annotations"].as_object();
        map.cloned().unwrap_or_default()
    };
    let kept = all(deployment)
        .into_iter()
        .filter(|(key, _)| KEPT.contains(&key.as_str()));
    let brought = all(earlier)
        .into_iter()
        .filter(|(key, _)| !KEPT.contains(&key.as_str()));
    json!(kept.chain(brought).collect::<Map<_, _>>())
}

//! `drain`: each node is cordoned, then its pods are evicted one node after the other.
//!
//! Source: kubectl `pkg/cmd/drain/drain.go`, `pkg/drain/filters.go`, `pkg/drain/drain.go`.

use serde_json::{Value, json};

use super::evacuation::{Drain, leaving};
use super::{Nodes, name_of, named_or_selected, unread, updates};
use crate::change::edit::Edit;
use crate::change::expansion::Expansion;
use crate::change::interest::Interest;
use crate::change::{Before, Cause, Change, DeleteOptions, Effect, Object};
use crate::cluster::known::PODS;
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;
use crate::plan::Unknown;

/// The changes of `drain`.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
) -> Expansion {
    let nodes = match named_or_selected(invocation, reader).await {
        Nodes::KubectlStops => return Expansion::KubectlStops,
        Nodes::Unread(what, why) => return unread(what, &why, interest),
        Nodes::Meant(nodes) => nodes,
    };
    let Some(drain) = Drain::of(invocation) else {
        return Expansion::nothing();
    };
    let names: Vec<String> = nodes.iter().map(|(name, ..)| name.clone()).collect();
    let mut changes = updates(nodes, &Edit::Cordon);
    for change in changes.iter_mut().filter(|change| !change.is_sent()) {
        change.effect = Effect::Unsent;
    }
    let mut unknown = Vec::new();
    for node in names {
        match leaving(reader, &drain, &node).await {
            Ok(pods) => changes.extend(pods.into_iter().map(|it| removal(it.pod, &drain))),
            Err(why) => {
                let (operation, subresource) = drain.request();
                let what = format!("the pods on node \"{node}\"");
                let severity = interest.in_doubt(operation, &PODS, subresource, None);
                unknown.push(Unknown::new(what, &why, severity));
            }
        }
    }
    Expansion::Changes { changes, unknown }
}

/// An eviction, or with `--disable-eviction` a plain delete, which no disruption budget can hold up.
fn removal(pod: Object, drain: &Drain) -> Change {
    let namespace = pod
        .pointer("/metadata/namespace")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let name = name_of(&pod).to_owned();
    let (operation, subresource) = drain.request();
    let effect = if drain.disable_eviction {
        let options = DeleteOptions {
            grace_period: drain.grace_period,
            propagation: None,
        };
        Effect::Gone(options)
    } else {
        let options = drain.grace_period.map_or_else(
            || json!({}),
            |seconds| json!({ "gracePeriodSeconds": seconds }),
        );
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace},
            "deleteOptions": options,
        });
        Effect::Sent(Object::new(eviction))
    };
    Change {
        operation,
        resource: PODS.clone(),
        subresource: subresource.to_owned(),
        namespace,
        name,
        cause: Cause::Evicted,
        count: 1,
        before: Before::Found(pod),
        effect,
    }
}

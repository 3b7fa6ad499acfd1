//! `drain`: each node is cordoned, then its pods are evicted one node after the other.
//!
//! Source: kubectl `pkg/cmd/drain/drain.go`, `pkg/drain/filters.go`, `pkg/drain/drain.go`.

use serde_json::{Value, json};

use super::evacuation::{Drain, leaving};
use super::{NODES_READ, Nodes, name_of, named_or_selected, updates};
use crate::change::account::{Account, Read};
use crate::change::edit::Edit;
use crate::change::expansion::Expansion;
use crate::change::{Before, Cause, Change, DeleteOptions, Effect, Object, Operation};
use crate::cluster::known::PODS;
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What};

/// How the changes of `drain` are found out.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of each node that is not cordoned yet, then CREATE of `pods/eviction` (with `--disable-eviction`, DELETE) for each \
              pod that kubectl's filter lets go. None for a node where kubectl's filter stops at a pod.",
    reads: &[
        NODES_READ,
        Read {
            what: "The pods of each node",
            requests: "1 for each node and 500 pods",
        },
        Read {
            what: "Which DaemonSets exist, where a pod is one's",
            requests: "1",
        },
    ],
    exceptions: &[
        "kubectl ends at the first node that it cannot drain in time, and then sends nothing for the nodes behind it. All of \
         them are judged.",
        "An eviction that a budget holds up is sent again and again; it counts once.",
    ],
};

/// The changes of `drain`.
pub async fn expand(invocation: &Invocation, reader: &Reader) -> Expansion {
    let nodes = match named_or_selected(invocation, reader).await {
        Nodes::KubectlStops => return Expansion::KubectlStops,
        Nodes::Unread(what, why) => return Expansion::unread(what, &why),
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
            Err(why) => unknown.push(Unknown::new(What::PodsOn(node), why)),
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
    let (operation, subresource, effect) = if drain.disable_eviction {
        let options = DeleteOptions {
            grace_period: drain.grace_period,
            propagation: None,
        };
        (Operation::Delete, "", Effect::Gone(options))
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
        (
            Operation::Create,
            "eviction",
            Effect::Sent(Object::new(eviction)),
        )
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

//! What `auth reconcile` leaves alone, and what it makes besides.
//!
//! Source: `k8s.io/component-helpers/auth/rbac/reconciliation` (`tryEnsureNamespace`, and the annotation by which an object opts out).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use crate::change::draft::{Draft, Habit, Rehearsed};
use crate::change::{Before, Cause, Change, Effect, Operation};
use crate::cluster::known;
use crate::cluster::reader::Reader;

/// Whether the live object is to be left as it is.
pub(super) fn opts_out(change: &Change) -> bool {
    change.old().is_some_and(|live| {
        live["metadata"]["annotations"]["rbac.authorization.kubernetes.io/autoupdate"] == "false"
    })
}

/// A namespace that is not there is made before the first grant in it.
pub(super) async fn with_namespaces(changes: Vec<Change>, reader: &Reader) -> Vec<Change> {
    let mut all = Vec::with_capacity(changes.len());
    let mut seen = BTreeSet::new();
    for change in changes {
        let namespace = change.namespace.clone();
        let is_first = change.operation == Operation::Create
            && !namespace.is_empty()
            && seen.insert(namespace.clone());
        // Where it cannot be read, kubectl cannot either, and stops.
        if is_first
            && matches!(
                reader.get(&known::NAMESPACES, "", &namespace).await,
                Ok(None)
            )
        {
            all.push(new_namespace(namespace, change.cause));
        }
        all.push(change);
    }
    all
}

fn new_namespace(name: String, cause: Cause) -> Change {
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    Change {
        operation: Operation::Create,
        resource: known::NAMESPACES.clone(),
        subresource: String::new(),
        namespace: String::new(),
        name,
        cause,
        count: 1,
        effect: Effect::Drafted(Draft {
            rehearsal: Rehearsed::Answered(Arc::new(object)),
            ..Draft::new(BTreeSet::new(), Habit::Always)
        }),
        before: Before::Missing,
    }
}

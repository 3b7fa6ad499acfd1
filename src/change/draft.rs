//! A write whose new object is known only when kubectl has rehearsed it: a dry run on the server, with defaults and admission.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::Object;
use super::host_access::HostAccess;
use crate::cluster::Unread;

/// What [`Draft::mentions`] calls an object's finalizers.
pub const FINALIZERS: &str = "finalizers";
/// What [`Draft::mentions`] says of an object that [`HostAccess`] is true of. No label or annotation has a blank.
pub const HOST_ACCESS: &str = "host access";
/// What [`Draft::mentions`] says where any annotation may be touched.
pub const ANYTHING: &str = "*";

/// A write before and after its rehearsal.
#[derive(Clone, Debug)]
pub struct Draft {
    /// See [`super::Change::mentions`].
    pub mentions: BTreeSet<String>,
    /// Whether kubectl sends it when it would change nothing.
    pub habit: Habit,
    /// What came of the rehearsal.
    pub rehearsal: Rehearsed,
}

/// What kubectl does with a write that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// It sends it all the same (`create`, `replace`, `patch`, server-side `apply`).
    Always,
    /// It compares first, and sends nothing (client-side `apply`, `set`).
    IfDifferent,
}

/// What came of a rehearsal.
#[derive(Clone, Debug)]
pub enum Rehearsed {
    /// Nobody asked for it yet.
    Due,
    /// The object as it will be.
    Answered(Object),
    /// It will be refused, so nothing changes.
    Refused(By),
    /// There was no answer to rely on.
    Hidden(Unread),
}

/// Who refuses a write. Where it may be either, the request counts as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// kubectl, before it sends anything.
    Kubectl,
    /// The server: the request is sent.
    Server,
}

impl Draft {
    /// A draft that nobody asked about yet.
    #[must_use]
    pub const fn new(mentions: BTreeSet<String>, habit: Habit) -> Self {
        Self {
            mentions,
            habit,
            rehearsal: Rehearsed::Due,
        }
    }

    /// The object as it will be, when that is known.
    #[must_use]
    pub const fn object(&self) -> Option<&Object> {
        match &self.rehearsal {
            Rehearsed::Answered(object) => Some(object),
            _ => None,
        }
    }

    /// Whether a request is sent, as far as is known.
    #[must_use]
    pub fn is_sent(&self, old: Option<&Object>) -> bool {
        match (&self.rehearsal, old) {
            (Rehearsed::Refused(by), _) => *by == By::Server,
            (Rehearsed::Answered(new), Some(old)) => {
                self.habit == Habit::Always || !is_same(old, new)
            }
            _ => true,
        }
    }
}

/// Whether nothing but bookkeeping differs.
fn is_same(old: &Value, new: &Value) -> bool {
    without_bookkeeping(old) == without_bookkeeping(new)
}

fn without_bookkeeping(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for key in ["managedFields", "resourceVersion", "generation"] {
            metadata.remove(key);
        }
    }
    object
}

/// The labels and annotations of an object, whether it has finalizers, and whether it asks for its node.
#[must_use]
pub fn mentions_of(object: &Value) -> BTreeSet<String> {
    let metadata = &object["metadata"];
    let keys = ["labels", "annotations"].map(|field| metadata[field].as_object().map(Map::keys));
    let finalizers = metadata["finalizers"].is_array().then_some(FINALIZERS);
    keys.into_iter()
        .flatten()
        .flatten()
        .map(String::as_str)
        .chain(finalizers)
        .chain(asks_for_host(object).then_some(HOST_ACCESS))
        .map(str::to_owned)
        .collect()
}

/// Whether the object asks for more of a node than a container of its own.
#[must_use]
pub fn asks_for_host(object: &Value) -> bool {
    HostAccess::deserialize(&object["spec"]).is_ok_and(|HostAccess(asks)| asks)
}

/// What an earlier `apply` wrote, and this one therefore removes unless its file says it again.
/// Source: kubectl `pkg/cmd/apply`, three-way merge by the last applied configuration; a server-side apply goes by the fields that
/// its manager owns.
#[must_use]
pub fn mentions_of_earlier_apply(live: &Value, manager: Option<&str>) -> BTreeSet<String> {
    let metadata = &live["metadata"];
    let Some(manager) = manager else {
        let text =
            metadata["annotations"]["kubectl.kubernetes.io/last-applied-configuration"].as_str();
        return match text.map(serde_json::from_str::<Value>) {
            None => BTreeSet::new(),
            Some(Ok(applied)) => mentions_of(&applied),
            Some(Err(_)) => BTreeSet::from([ANYTHING.to_owned()]),
        };
    };
    let owned = metadata["managedFields"].as_array().into_iter().flatten();
    owned
        .filter(|entry| entry["operation"] == "Apply" && entry["manager"] == manager)
        .flat_map(|entry| {
            let metadata = &entry["fieldsV1"]["f:metadata"];
            let keys = ["f:labels", "f:annotations"]
                .map(|field| metadata[field].as_object().map(Map::keys));
            let finalizers = metadata["f:finalizers"].is_object().then_some(FINALIZERS);
            keys.into_iter()
                .flatten()
                .flatten()
                .filter_map(|key| key.strip_prefix("f:"))
                .chain(finalizers)
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn set(keys: &[&str]) -> BTreeSet<String> {
        keys.iter().map(|&key| key.to_owned()).collect()
    }

    #[test]
    fn what_an_earlier_apply_wrote_may_go() {
        let live = json!({"metadata": {
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration":
                    json!({"metadata": {"annotations": {"a": "1"}, "finalizers": ["x/y"]}}).to_string(),
                "b": "2",
            },
            "managedFields": [
                {"manager": "kubectl", "operation": "Apply",
                 "fieldsV1": {"f:metadata": {"f:annotations": {"f:c": {}, ".": {}}, "f:finalizers": {}}}},
                {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:metadata": {"f:annotations": {"f:d": {}}}}},
            ],
        }});
        assert_eq!(
            mentions_of_earlier_apply(&live, None),
            set(&["a", FINALIZERS])
        );
        assert_eq!(
            mentions_of_earlier_apply(&live, Some("kubectl")),
            set(&["c", FINALIZERS])
        );
        assert_eq!(mentions_of_earlier_apply(&live, Some("ci")), set(&[]));
    }

    #[test]
    fn an_earlier_apply_that_cannot_be_read_may_have_written_anything() {
        let key = "kubectl.kubernetes.io/last-applied-configuration";
        let live = json!({"metadata": {"annotations": {key: "{"}}});
        assert_eq!(mentions_of_earlier_apply(&live, None), set(&[ANYTHING]));
    }

    #[test]
    fn an_apply_that_changes_nothing_is_not_sent() {
        let old =
            Arc::new(json!({"metadata": {"name": "a", "managedFields": [{}]}, "data": {"k": "v"}}));
        let same =
            Arc::new(json!({"metadata": {"name": "a", "managedFields": []}, "data": {"k": "v"}}));
        let mut draft = Draft::new(BTreeSet::new(), Habit::IfDifferent);
        assert!(draft.is_sent(Some(&old)));
        draft.rehearsal = Rehearsed::Answered(same);
        assert!(!draft.is_sent(Some(&old)));
        draft.habit = Habit::Always;
        assert!(draft.is_sent(Some(&old)));
    }
}

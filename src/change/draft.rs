//! A write whose new object is known only when kubectl has rehearsed it: a dry run on the server, with defaults and admission.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Object;
use crate::cluster::Unread;

/// The annotation that `--record` writes. Source: cli-runtime `genericclioptions/record_flags.go`.
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
/// What [`Draft::mentions`] says where any key may be touched.
pub const ANYTHING: &str = "*";
/// The lists of a pod's containers. What one of them may do follows also from other fields of its pod, such as the volumes.
pub const CONTAINERS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

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
    /// It compares first, and sends nothing (client-side `apply`).
    IfDifferent,
    /// It compares first, sends nothing and prints nothing (`set image`).
    Silent,
}

/// What came of a rehearsal.
#[derive(Clone, Debug)]
pub enum Rehearsed {
    /// Nobody asked for it yet.
    Due,
    /// The object as it will be.
    Answered(Object),
    /// kubectl or the server will refuse it, so nothing changes.
    Refused(Refusal),
    /// There was no answer to rely on.
    Hidden(Unread),
}

/// Why a write is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// Anything that stays refused, whatever is done first.
    Other,
    /// The object cannot become the new one, or was changed meanwhile: `--force` deletes it for that.
    Invalid,
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

    /// Whether the rehearsal has shown that it will be refused.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self.rehearsal, Rehearsed::Refused(_))
    }

    /// Whether a request is sent and accepted, as far as is known.
    #[must_use]
    pub fn is_sent(&self, old: Option<&Object>) -> bool {
        match (&self.rehearsal, old) {
            (Rehearsed::Refused(_), _) => false,
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

/// The keys of an object at any depth, without its status.
#[must_use]
pub fn mentions_of(object: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (field, inside) in object.as_object().into_iter().flatten() {
        if field != "status" {
            keys.insert(field.clone());
            add_keys(inside, &mut keys);
        }
    }
    keys
}

fn add_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, inside) in map {
                // Who wrote which field is no part of what is there.
                if key != "managedFields" {
                    keys.insert(key.clone());
                    add_keys(inside, keys);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add_keys(item, keys)),
        _ => {}
    }
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
        .flat_map(|entry| mentions_of(&entry["fieldsV1"]))
        .filter_map(|key| key.strip_prefix("f:").map(str::to_owned))
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
            set(&["a", "annotations", "finalizers", "metadata"])
        );
        assert_eq!(
            mentions_of_earlier_apply(&live, Some("kubectl")),
            set(&["annotations", "c", "finalizers", "metadata"])
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

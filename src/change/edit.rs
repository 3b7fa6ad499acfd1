//! The new object, computed from the old one exactly as kubectl computes it.

pub mod metadata;
pub mod rollout;
pub mod scale;
pub mod taint;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::certificate::Answer;
pub use metadata::{Field, MetadataEdit};
pub use rollout::RolloutEdit;
pub use scale::ScaleEdit;
pub use taint::TaintEdit;

/// One of kubectl's edits whose result follows from the words and the old object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// `cordon`, and the first step of `drain`. Source: kubectl `pkg/drain/cordon.go`.
    Cordon,
    /// `uncordon`.
    Uncordon,
    /// `label` and `annotate`.
    Metadata(MetadataEdit),
    /// `taint`.
    Taints(TaintEdit),
    /// `certificate approve` and `deny`.
    Approval {
        /// Which of them.
        answer: Answer,
        /// Also where the request has its answer.
        force: bool,
    },
    /// `scale`, over a Scale.
    Scale(ScaleEdit),
    /// `rollout restart`, `pause` and `resume`.
    Rollout(RolloutEdit),
}

impl Edit {
    /// The new object; absent when kubectl would send no request for this object, because nothing is to be
    /// changed or because it refuses the edit.
    #[must_use]
    pub fn apply(&self, old: &Value) -> Option<Value> {
        match self {
            Self::Cordon => set_unschedulable(old, true),
            Self::Uncordon => set_unschedulable(old, false),
            Self::Metadata(edit) => edit.apply(old),
            Self::Taints(edit) => edit.apply(old),
            Self::Approval { answer, force } => set_answer(old, *answer, *force),
            Self::Scale(edit) => edit.apply(old),
            Self::Rollout(edit) => edit.apply(old),
        }
    }

    /// See [`super::Change::keys`].
    #[must_use]
    pub fn keys(&self) -> BTreeMap<&str, Option<&str>> {
        match self {
            Self::Metadata(edit) => edit.keys(),
            Self::Taints(edit) => edit.keys(),
            Self::Cordon
            | Self::Uncordon
            | Self::Approval { .. }
            | Self::Scale(_)
            | Self::Rollout(_) => BTreeMap::new(),
        }
    }

    /// See [`super::Change::mentions`].
    #[must_use]
    pub fn mentions(&self) -> BTreeSet<String> {
        let keys = self.keys().into_keys();
        keys.chain([self.field()]).map(str::to_owned).collect()
    }

    /// Which part of the object it touches: the rules' `change.field`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Cordon | Self::Uncordon => "unschedulable",
            Self::Metadata(edit) => edit.field.name(),
            Self::Taints(_) => "taints",
            Self::Approval { .. } => "approval",
            Self::Scale(_) => "replicas",
            Self::Rollout(edit) => edit.field(),
        }
    }
}

fn set_unschedulable(old: &Value, desired: bool) -> Option<Value> {
    let current = old
        .pointer("/spec/unschedulable")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    if current == desired {
        return None;
    }
    let mut new = old.clone();
    let spec = new
        .as_object_mut()?
        .entry("spec")
        .or_insert_with(|| json!({}))
        .as_object_mut()?;
    if desired {
        spec.insert("unschedulable".to_owned(), Value::Bool(true));
    } else {
        spec.shift_remove("unschedulable");
    }
    Some(new)
}

/// Adds the condition. One that is there already is renewed with `--force` alone.
fn set_answer(old: &Value, answer: Answer, force: bool) -> Option<Value> {
    let kind = match answer {
        Answer::Approved => "Approved",
        Answer::Denied => "Denied",
    };
    let mut new = old.clone();
    let status = new
        .as_object_mut()?
        .entry("status")
        .or_insert_with(|| json!({}))
        .as_object_mut()?;
    let conditions = status
        .entry("conditions")
        .or_insert_with(|| json!([]))
        .as_array_mut()?;
    let is_there = conditions.iter().any(|condition| condition["type"] == kind);
    if is_there && !force {
        return None;
    }
    conditions.retain(|condition| condition["type"] != kind);
    conditions.push(json!({"type": kind, "status": "True"}));
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cordoned_node_is_not_cordoned_again() {
        let node = json!({"spec": {"unschedulable": true}});
        assert_eq!(Edit::Cordon.apply(&node), None);
        assert_eq!(Edit::Uncordon.apply(&node), Some(json!({"spec": {}})));
    }

    #[test]
    fn an_answer_is_given_once() {
        let request = json!({"metadata": {"name": "a"}});
        let approval = |force| Edit::Approval {
            answer: Answer::Approved,
            force,
        };
        let approved = approval(false)
            .apply(&request)
            .expect("it has no answer yet");
        assert_eq!(approved["status"]["conditions"][0]["type"], "Approved");
        assert_eq!(approval(false).apply(&approved), None);
        assert!(approval(true).apply(&approved).is_some());
    }

    #[test]
    fn a_node_without_a_spec_can_be_cordoned() {
        assert_eq!(
            Edit::Cordon.apply(&json!({})),
            Some(json!({"spec": {"unschedulable": true}}))
        );
        assert_eq!(Edit::Uncordon.apply(&json!({})), None);
    }
}

//! `rollout restart`, `pause` and `resume`.
//!
//! Source: kubectl `pkg/polymorphichelpers/objectrestarter.go`, `objectpauser.go`, `objectresumer.go`.

use serde_json::{Map, Value, json};

use crate::cluster::fields::{text, truth};

/// Where a restart leaves its mark, which makes the pod template another one.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// One step of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutEdit {
    /// Every pod is replaced.
    Restart,
    /// A Deployment no longer follows its template.
    Pause,
    /// It does again.
    Resume,
}

impl RolloutEdit {
    /// See [`super::Edit::apply`].
    #[must_use]
    pub fn apply(self, old: &Value) -> Option<Value> {
        let kind = text(old, "/kind");
        let is_paused = truth(old, "/spec/paused");
        let fits = text(old, "/apiVersion").starts_with("apps/")
            && match self {
                Self::Restart => {
                    ["Deployment", "DaemonSet", "StatefulSet"].contains(&kind) && !is_paused
                }
                Self::Pause => kind == "Deployment" && !is_paused,
                Self::Resume => kind == "Deployment" && is_paused,
            };
        if !fits {
            return None;
        }
        let mut new = old.clone();
        let spec = new.get_mut("spec")?.as_object_mut()?;
        match self {
            Self::Restart => {
                // The time of the request: no rule looks at it, and two looks at the same cluster must agree.
                let annotations = map(map(map(spec, "template")?, "metadata")?, "annotations")?;
                annotations.insert(RESTARTED_AT.to_owned(), json!("now"));
            }
            Self::Pause => drop(spec.insert("paused".to_owned(), Value::Bool(true))),
            Self::Resume => drop(spec.shift_remove("paused")),
        }
        Some(new)
    }

    /// What it touches.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Restart => "template",
            Self::Pause | Self::Resume => "paused",
        }
    }
}

/// The map of this name, made unless it is there.
fn map<'a>(parent: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    let entry = parent.entry(key.to_owned()).or_insert(Value::Null);
    if entry.is_null() {
        *entry = json!({});
    }
    entry.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(kind: &str, spec: &Value) -> Value {
        json!({"apiVersion": "apps/v1", "kind": kind, "spec": spec})
    }

    #[test]
    fn a_restart_marks_the_template() {
        let old = workload(
            "DaemonSet",
            &json!({"template": {"metadata": {"labels": {"a": "b"}}}}),
        );
        let new = RolloutEdit::Restart.apply(&old).expect("it is restarted");
        let mark = &new["spec"]["template"]["metadata"]["annotations"][RESTARTED_AT];
        assert!(mark.is_string());
        let replica_set = workload("ReplicaSet", &json!({"template": {}}));
        assert_eq!(RolloutEdit::Restart.apply(&replica_set), None);
    }

    #[test]
    fn what_is_paused_is_not_restarted_nor_paused_again() {
        let paused = workload("Deployment", &json!({"paused": true}));
        let running = workload("Deployment", &json!({}));
        assert_eq!(RolloutEdit::Restart.apply(&paused), None);
        assert_eq!(RolloutEdit::Pause.apply(&paused), None);
        assert_eq!(RolloutEdit::Resume.apply(&running), None);
        assert_eq!(RolloutEdit::Resume.apply(&paused), Some(running.clone()));
        assert_eq!(RolloutEdit::Pause.apply(&running), Some(paused));
    }
}

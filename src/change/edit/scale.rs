//! `scale`: a Scale with another number of replicas.
//!
//! Source: kubectl `pkg/scale/scale.go`; `k8s.io/api/autoscaling/v1` `Scale`.

use serde_json::{Value, json};

/// One `scale`, the same for every object it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleEdit {
    /// `--replicas`.
    pub replicas: i64,
    /// `--current-replicas`: kubectl refuses to scale an object that has another number.
    pub current: Option<i64>,
    /// `--resource-version`: likewise.
    pub resource_version: Option<String>,
}

impl ScaleEdit {
    /// See [`super::Edit::apply`]. The old object is a Scale. What has the number already is scaled all the same.
    #[must_use]
    pub fn apply(&self, old: &Value) -> Option<Value> {
        let other_size = self.current.is_some_and(|current| current != replicas(old));
        let other_version = self.resource_version.as_ref().is_some_and(|version| {
            old.pointer("/metadata/resourceVersion") != Some(&json!(version))
        });
        if other_size || other_version {
            return None;
        }
        let mut new = old.clone();
        set_replicas(&mut new, self.replicas)?;
        Some(new)
    }

    /// Whether kubectl reads each Scale before it writes it.
    #[must_use]
    pub const fn has_precondition(&self) -> bool {
        self.current.is_some() || self.resource_version.is_some()
    }
}

/// `spec.replicas`; a Scale at 0 has no such field.
#[must_use]
pub fn replicas(scale: &Value) -> i64 {
    scale
        .pointer("/spec/replicas")
        .and_then(Value::as_i64)
        .unwrap_or_default()
}

fn set_replicas(scale: &mut Value, replicas: i64) -> Option<()> {
    let spec = scale
        .as_object_mut()?
        .entry("spec")
        .or_insert_with(|| json!({}))
        .as_object_mut()?;
    if replicas == 0 {
        spec.shift_remove("replicas");
    } else {
        spec.insert("replicas".to_owned(), json!(replicas));
    }
    Some(())
}

/// The Scale of a workload, as the API server would show it; none where it counts no replicas.
#[must_use]
pub fn of(workload: &Value) -> Option<Value> {
    let wanted = workload.pointer("/spec/replicas")?.as_i64()?;
    let metadata = &workload["metadata"];
    let mut scale = json!({
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {"name": metadata["name"]},
    });
    for key in ["namespace", "uid", "resourceVersion", "creationTimestamp"] {
        if let Some(value) = metadata.get(key) {
            scale["metadata"][key] = value.clone();
        }
    }
    set_replicas(&mut scale, wanted)?;
    scale["status"] =
        json!({"replicas": workload["status"]["replicas"].as_i64().unwrap_or_default()});
    Some(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(replicas: i64) -> ScaleEdit {
        ScaleEdit {
            replicas,
            current: None,
            resource_version: None,
        }
    }

    #[test]
    fn nothing_is_written_as_no_number() {
        let scale = of(&json!({"metadata": {"name": "a", "uid": "u"}, "spec": {"replicas": 2}}));
        let scale = scale.expect("it counts replicas");
        assert_eq!(replicas(&scale), 2);
        let none = to(0).apply(&scale).expect("it may be scaled");
        assert_eq!(none["spec"], json!({}));
        assert_eq!(replicas(&none), 0);
        assert_eq!(to(3).apply(&none).as_ref().map(replicas), Some(3));
        assert_eq!(of(&json!({"metadata": {"name": "a"}, "spec": {}})), None);
    }

    #[test]
    fn a_precondition_must_hold() {
        let scale = json!({"metadata": {"resourceVersion": "7"}, "spec": {"replicas": 2}});
        let held = |current, version: Option<&str>| {
            let edit = ScaleEdit {
                current,
                resource_version: version.map(str::to_owned),
                ..to(0)
            };
            edit.apply(&scale).is_some()
        };
        assert!(held(Some(2), Some("7")) && held(None, None));
        assert!(!held(Some(1), Some("7")) && !held(Some(2), Some("8")));
    }
}

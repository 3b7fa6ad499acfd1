//! The fixture clusters, made real.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use kube::ResourceExt as _;
use serde::Deserialize as _;
use serde_json::Value;

use super::control_plane::ControlPlane;

impl ControlPlane {
    /// Creates every object of a fixture cluster, `src/fixtures/NAME.yaml`.
    ///
    /// The server gives uids of its own, so references to an object made before are turned to its real uid.
    pub fn load(&self, name: &str) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/fixtures/{name}.yaml"));
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let mut objects: Vec<Value> = serde_yaml::Deserializer::from_str(&text)
            .map(|document| Value::deserialize(document).unwrap_or_else(|e| panic!("{name}: {e}")))
            .filter(|object| !object.is_null() && object["kind"] != "Snapshot")
            .collect();
        // A custom object needs its definition, as everything needs its namespace.
        objects.sort_by_key(|object| match object["kind"].as_str() {
            Some("Namespace") => 0,
            Some("CustomResourceDefinition") => 1,
            _ => 2,
        });
        self.wait(async {
            let mut uids = HashMap::new();
            for mut object in objects {
                let invented = object["metadata"]["uid"].as_str().map(str::to_owned);
                turn(&mut object, &uids);
                let created = self.create(object).await;
                if let (Some(invented), Some(real)) = (invented, created.uid()) {
                    uids.insert(invented, real);
                }
            }
        });
    }
}

/// Replaces every uid that is known by now, wherever it stands.
fn turn(value: &mut Value, uids: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(real) = uids.get(text) {
                text.clone_from(real);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| turn(item, uids)),
        Value::Object(map) => map.values_mut().for_each(|item| turn(item, uids)),
        _ => {}
    }
}

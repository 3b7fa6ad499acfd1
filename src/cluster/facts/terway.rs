//! What a write does to Terway's configuration, `ConfigMap` kube-system/eni-config: JSON inside strings, field by field.
//!
//! Source: the ACK page on Terway configuration parameters, which says what must not be changed; Terway `types/daemon/config.go`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Scene;
use crate::change::Change;
use crate::cluster::Unread;

/// Keys of the `ConfigMap` that hold a JSON object.
const OBJECTS: [&str; 2] = [PLUGIN, SETTINGS];
/// The network plug-in's own part. All of it is locked, but for [`PLUGIN_OPEN`].
const PLUGIN: &str = "10-terway.conf";
const PLUGIN_OPEN: [&str; 4] = [
    "capabilities",
    "cilium_args",
    "symmetric_routing",
    "symmetric_routing_config",
];
/// The settings of the daemon. All of it may be changed, but for [`SETTINGS_LOCKED`].
const SETTINGS: &str = "eni_conf";
const SETTINGS_LOCKED: [&str; 5] = [
    "credential_path",
    "eni_tags",
    "ip_stack",
    "service_cidr",
    "version",
];

pub(super) async fn eni_config(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let old = scene.subject(change).await?.unwrap_or_default();
    let new = change.after().unwrap_or_default();
    Ok(compare(&old, &new))
}

/// The fields that differ, as `KEY` or `KEY.FIELD`, by what may be done to them.
fn compare(old: &Value, new: &Value) -> Value {
    let [old, new] = [old, new].map(|config| &config["data"]);
    let (mut locked, mut open, mut broken) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys([old, new]) {
        let [before, after] = [old, new].map(|data| data[key].as_str());
        if before == after {
            continue;
        }
        if !OBJECTS.contains(&key) {
            open.push(key.to_owned());
            continue;
        }
        let (Some(before), Some(after)) = (before, after) else {
            match after.map(parse) {
                // Locked fields go with the whole.
                None => locked.push(key.to_owned()),
                Some(None) => broken.push(key.to_owned()),
                Some(Some(_)) => open.push(key.to_owned()),
            }
            continue;
        };
        let Some(after) = parse(after) else {
            broken.push(key.to_owned());
            continue;
        };
        // What was broken before can only get better.
        let before = parse(before).unwrap_or_default();
        for field in keys([&before, &after]) {
            if before[field] != after[field] {
                let list = if is_locked(key, field) {
                    &mut locked
                } else {
                    &mut open
                };
                list.push(format!("{key}.{field}"));
            }
        }
    }
    json!({ "locked": locked, "open": open, "broken": broken })
}

fn keys(maps: [&Value; 2]) -> BTreeSet<&str> {
    let maps = maps.into_iter().filter_map(Value::as_object);
    maps.flat_map(Map::keys).map(String::as_str).collect()
}

fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(Value::is_object)
}

/// Go's JSON decoder takes no notice of the case of letters.
fn is_locked(key: &str, field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    if key == PLUGIN {
        !PLUGIN_OPEN.contains(&field.as_str())
    } else {
        SETTINGS_LOCKED.contains(&field.as_str())
    }
}

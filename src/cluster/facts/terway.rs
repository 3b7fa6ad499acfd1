//! What a write does to Terway's configuration, `ConfigMap` kube-system/eni-config, or to one that takes its place on some nodes: JSON
//! inside strings, field by field.
//!
//! Source: the ACK page on Terway configuration parameters, which says what must not be changed; Terway `types/daemon/config.go` and
//! `docs/dynamic-config.md`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Scene, labelled};
use crate::change::Change;
use crate::cluster::fields::{name, text};
use crate::cluster::reader::Detail;
use crate::cluster::{Unread, known};

/// The configuration of all nodes.
const DEFAULT: &str = "eni-config";
/// The label by which a node names another `ConfigMap` of the same namespace, whose settings are merged over the default's.
const OVERRIDE: &str = "terway-config";

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
    Ok(if change.name == DEFAULT {
        compare(&old, &new)
    } else {
        compare_overrides(&old, &new)
    })
}

pub(super) async fn terway_nodes(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let named = labelled(format!("{OVERRIDE}={}", change.name));
    let nodes = scene
        .reader
        .list(&known::NODES, "", &named, Detail::Metadata)
        .await?;
    Ok(nodes.iter().map(|node| name(node)).collect())
}

/// Of a node's own `ConfigMap` Terway reads the settings alone. What they do not say stays as in the default.
fn compare_overrides(old: &Value, new: &Value) -> Value {
    let [before, after] = [old, new].map(|config| text(config, "/data/eni_conf"));
    let mut differences = Differences::default();
    let parsed = |settings: &str| {
        if settings.is_empty() {
            Some(json!({}))
        } else {
            parse(settings)
        }
    };
    match parsed(after) {
        None if before != after => differences.broken.push(SETTINGS.to_owned()),
        None => {}
        Some(after) => differences.add(SETTINGS, &parsed(before).unwrap_or_default(), &after),
    }
    differences.into()
}

/// Fields, as `KEY` or `KEY.FIELD`, by what may be done to them.
#[derive(Default)]
struct Differences {
    locked: Vec<String>,
    open: Vec<String>,
    broken: Vec<String>,
}

impl Differences {
    /// The fields in which these two differ.
    fn add(&mut self, key: &str, before: &Value, after: &Value) {
        for field in keys([before, after]) {
            if before[field] != after[field] {
                let list = if is_locked(key, field) {
                    &mut self.locked
                } else {
                    &mut self.open
                };
                list.push(format!("{key}.{field}"));
            }
        }
    }
}

impl From<Differences> for Value {
    fn from(found: Differences) -> Self {
        json!({ "locked": found.locked, "open": found.open, "broken": found.broken })
    }
}

/// What differs between two contents of the default.
fn compare(old: &Value, new: &Value) -> Value {
    let [old, new] = [old, new].map(|config| &config["data"]);
    let mut found = Differences::default();
    for key in keys([old, new]) {
        let [before, after] = [old, new].map(|data| data[key].as_str());
        if before == after {
            continue;
        }
        if !OBJECTS.contains(&key) {
            found.open.push(key.to_owned());
            continue;
        }
        let (Some(before), Some(after)) = (before, after) else {
            match after.map(parse) {
                // Locked fields go with the whole.
                None => found.locked.push(key.to_owned()),
                Some(None) => found.broken.push(key.to_owned()),
                Some(Some(_)) => found.open.push(key.to_owned()),
            }
            continue;
        };
        let Some(after) = parse(after) else {
            found.broken.push(key.to_owned());
            continue;
        };
        // What was broken before can only get better.
        let before = parse(before).unwrap_or_default();
        found.add(key, &before, &after);
    }
    found.into()
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

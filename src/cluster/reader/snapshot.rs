//! A cluster in a file: the objects that `kubectl get … -o yaml` printed.

mod types;

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{Detail, Selection};
use crate::change::Object;
use crate::change::edit::scale;
use crate::change::resource::Resource;
use crate::cluster::Unread;
use crate::cluster::discovery::Catalog;
use crate::cluster::selector::{FieldSelector, LabelSelector};

/// Why a file is no snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// It is not YAML, nor JSON.
    NotYaml(String),
    /// A document is a list, a number or a text.
    NotAnObject(usize),
    /// An object does not say what it is.
    Incomplete {
        /// Counted from 1.
        document: usize,
        /// `apiVersion`, `kind` or `metadata.name`.
        key: &'static str,
        /// The object's name, as far as it has one.
        name: String,
    },
    /// `serverVersion` is not like `1.25`.
    ServerVersion,
    /// `unreadable` is not a list of plural names.
    Unreadable,
}

impl std::error::Error for SnapshotError {}

/// Objects, and what can be known of the server that has them.
pub struct Snapshot {
    objects: Vec<Object>,
    catalog: Arc<Catalog>,
    server_minor: Option<u32>,
    unreadable: HashSet<String>,
}

impl Snapshot {
    /// Reads a YAML stream of objects and lists of objects. A document with the key `serverVersion` (such as
    /// `kind: Snapshot`) is no object; it says the server's version, and in `unreadable` the plural names of the
    /// resources that whoever took the snapshot could not read.
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let mut objects = Vec::new();
        let mut server_minor = None;
        let mut unreadable = HashSet::new();
        for (index, document) in serde_yaml::Deserializer::from_str(text).enumerate() {
            let number = index + 1;
            let not_yaml = |error: serde_yaml::Error| SnapshotError::NotYaml(error.to_string());
            let mut yaml = serde_yaml::Value::deserialize(document).map_err(not_yaml)?;
            yaml.apply_merge().map_err(not_yaml)?;
            match serde_yaml::from_value(yaml).map_err(not_yaml)? {
                Value::Null => {}
                Value::Object(map) if map.contains_key("serverVersion") => {
                    server_minor =
                        Some(minor(&map["serverVersion"]).ok_or(SnapshotError::ServerVersion)?);
                    unreadable.extend(plural_names(map.get("unreadable"))?);
                }
                Value::Object(map) => collect(map, number, &mut objects)?,
                _ => return Err(SnapshotError::NotAnObject(number)),
            }
        }
        let catalog = Arc::new(Catalog::new(types::served(&objects)));
        let objects = objects.into_iter().map(Arc::new).collect();
        Ok(Self {
            objects,
            catalog,
            server_minor,
            unreadable,
        })
    }

    /// Whether the snapshot can tell anything about objects of this resource.
    pub(super) fn covers(&self, resource: &Resource) -> Result<(), Unread> {
        if self.unreadable.contains(resource.plural.as_ref()) {
            return Err(Unread::NotInSnapshot(resource.to_string()));
        }
        Ok(())
    }

    pub(super) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    pub(super) fn server_minor(&self) -> Result<u32, Unread> {
        self.server_minor
            .ok_or_else(|| Unread::NotInSnapshot("serverVersion".to_owned()))
    }

    pub(super) fn get(
        &self,
        resource: &Resource,
        subresource: &str,
        namespace: &str,
        name: &str,
    ) -> Option<Object> {
        let object = self
            .of(resource, namespace)
            .find(|object| object["metadata"]["name"] == name)?;
        match subresource {
            "scale" => scale::of(object).map(Arc::new),
            _ => Some(Arc::clone(object)),
        }
    }

    pub(super) fn list(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        detail: Detail,
    ) -> Result<Vec<Object>, Unread> {
        let labels = LabelSelector::parse(&selection.labels).map_err(Unread::Selector)?;
        let fields = FieldSelector::parse(&selection.fields).map_err(Unread::Selector)?;
        Ok(self
            .of(resource, namespace)
            .filter(|object| labels.selects(object) && fields.selects(object))
            .map(|object| match detail {
                Detail::Full => Arc::clone(object),
                Detail::Metadata => Arc::new(metadata_of(object)),
            })
            .collect())
    }

    pub(super) fn count(&self, resource: &Resource, namespace: &str) -> u64 {
        self.of(resource, namespace).count() as u64
    }

    /// The objects of a resource, whatever version they were printed in.
    fn of<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: &'a str,
    ) -> impl Iterator<Item = &'a Object> {
        self.objects.iter().filter(move |object| {
            let (group, _) = group_version(object);
            group == resource.group
                && object["kind"] == resource.kind.as_ref()
                && (namespace.is_empty() || namespace_of(object) == namespace)
        })
    }
}

fn plural_names(list: Option<&Value>) -> Result<Vec<String>, SnapshotError> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    serde_json::from_value(list.clone()).map_err(|_| SnapshotError::Unreadable)
}

/// Adds an object, or the objects of a list.
fn collect(
    mut map: Map<String, Value>,
    document: usize,
    objects: &mut Vec<Value>,
) -> Result<(), SnapshotError> {
    let kind = map
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if let (Some(item_kind), Some(Value::Array(items))) =
        (kind.strip_suffix("List"), map.get_mut("items"))
    {
        let items = std::mem::take(items);
        for item in items {
            let Value::Object(mut item) = item else {
                return Err(SnapshotError::NotAnObject(document));
            };
            // In a NodeList the items do not say that they are Nodes.
            if !item_kind.is_empty()
                && let Some(version) = map.get("apiVersion")
            {
                item.entry("apiVersion").or_insert_with(|| version.clone());
                item.entry("kind").or_insert_with(|| item_kind.into());
            }
            collect(item, document, objects)?;
        }
        return Ok(());
    }
    let object = Value::Object(map);
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    for (key, pointer) in [
        ("apiVersion", "/apiVersion"),
        ("kind", "/kind"),
        ("metadata.name", "/metadata/name"),
    ] {
        if object
            .pointer(pointer)
            .and_then(Value::as_str)
            .is_none_or(str::is_empty)
        {
            let name = if name.is_empty() { "no name" } else { name }.to_owned();
            return Err(SnapshotError::Incomplete {
                document,
                key,
                name,
            });
        }
    }
    objects.push(object);
    Ok(())
}

fn group_version(object: &Value) -> (&str, &str) {
    let api_version = object["apiVersion"].as_str().unwrap_or_default();
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// An object that says none is in `default`, where kubectl would have put it.
fn namespace_of(object: &Value) -> &str {
    object["metadata"]["namespace"]
        .as_str()
        .unwrap_or("default")
}

fn metadata_of(object: &Value) -> Value {
    let keys = ["apiVersion", "kind", "metadata"];
    let part: Map<_, _> = keys
        .into_iter()
        .map(|key| (key.to_owned(), object[key].clone()))
        .collect();
    Value::Object(part)
}

/// The `25` of `"1.25"`, `"v1.25.3"` or the number 1.25.
fn minor(version: &Value) -> Option<u32> {
    let text = version
        .as_str()
        .map_or_else(|| version.to_string(), str::to_owned);
    let rest = text.trim_start_matches('v').strip_prefix("1.")?.to_owned();
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

#[cfg(test)]
mod tests;

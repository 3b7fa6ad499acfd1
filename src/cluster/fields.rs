//! Reading fields of an object that may lack them: absent and of another type are the same.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::{Selector, SelectorExt};
use serde_json::Value;

/// The string at a JSON pointer; empty when there is none.
#[must_use]
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The list at a JSON pointer; empty when there is none.
#[must_use]
pub fn items<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Whether the boolean at a JSON pointer is there and true.
#[must_use]
pub fn truth(object: &Value, pointer: &str) -> bool {
    object
        .pointer(pointer)
        .and_then(Value::as_bool)
        .unwrap_or_default()
}

/// `metadata.name`.
#[must_use]
pub fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// `metadata.namespace`; empty for cluster-scoped objects.
#[must_use]
pub fn namespace(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// The group of `apiVersion`; empty for core.
#[must_use]
pub fn group(object: &Value) -> &str {
    let version = text(object, "/apiVersion");
    version.split_once('/').map_or("", |(group, _)| group)
}

/// `metadata.uid`.
#[must_use]
pub fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// `NAMESPACE/NAME`, as facts write an object that they only name.
#[must_use]
pub fn path(object: &Value) -> String {
    format!("{}/{}", namespace(object), name(object))
}

/// The value of a label.
#[must_use]
pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    entry(object, "/metadata/labels", key)
}

/// The value of an annotation.
#[must_use]
pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    entry(object, "/metadata/annotations", key)
}

fn entry<'a>(object: &'a Value, map: &str, key: &str) -> Option<&'a str> {
    object.pointer(map)?.get(key)?.as_str()
}

/// The owner that manages the object (`controller: true`), if any.
/// Source: apimachinery `metav1.GetControllerOf`.
#[must_use]
pub fn controller(object: &Value) -> Option<&Value> {
    items(object, "/metadata/ownerReferences")
        .iter()
        .find(|owner| truth(owner, "/controller"))
}

/// The selector at a JSON pointer: absent means that nothing is selected, `{}` that everything is.
/// An invalid selector selects nothing, as for the eviction API.
/// Source: apimachinery `metav1.LabelSelectorAsSelector`.
#[must_use]
pub fn selector(object: &Value, pointer: &str) -> Option<Selector> {
    let value = object.pointer(pointer).filter(|value| value.is_object())?;
    serde_json::from_value::<LabelSelector>(value.clone())
        .ok()?
        .try_into()
        .ok()
}

/// A Service's (or `ReplicationController`'s) plain selector; absent when it is empty, for then it selects nothing.
#[must_use]
pub fn plain_selector(object: &Value) -> Option<Selector> {
    let labels = strings(object.pointer("/spec/selector")?);
    (!labels.is_empty()).then(|| labels.into_iter().collect())
}

/// Whether the selector matches the labels at a JSON pointer.
#[must_use]
pub fn selects(selector: &Selector, object: &Value, labels: &str) -> bool {
    selector.matches(&object.pointer(labels).map(strings).unwrap_or_default())
}

fn strings(map: &Value) -> BTreeMap<String, String> {
    map.as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

//! What a Pod object says about itself.

use serde_json::Value;

use super::fields::{annotation, controller, items, text};

/// Whether nothing of the pod runs any more.
#[must_use]
pub fn is_finished(pod: &Value) -> bool {
    matches!(text(pod, "/status/phase"), "Succeeded" | "Failed")
}

/// Whether the kubelet made the pod from a file on the node; the API cannot end it.
#[must_use]
pub fn is_mirror(pod: &Value) -> bool {
    annotation(pod, "kubernetes.io/config.mirror").is_some()
}

/// Whether a `DaemonSet` controls the pod. Source: kubectl `pkg/drain/filters.go`.
#[must_use]
pub fn is_daemon_sets(pod: &Value) -> bool {
    controller(pod).is_some_and(|owner| {
        text(owner, "/kind") == "DaemonSet" && text(owner, "/apiVersion") == "apps/v1"
    })
}

/// Whether the pod has an emptyDir of any medium: what kubectl drain asks.
#[must_use]
pub fn has_empty_dir(pod: &Value) -> bool {
    volumes(pod, "emptyDir").next().is_some()
}

/// Whether the pod has an emptyDir whose data is on the node's disk.
#[must_use]
pub fn has_empty_dir_on_disk(pod: &Value) -> bool {
    volumes(pod, "emptyDir").any(|source| text(source, "/medium") != "Memory")
}

/// Whether the pod sees a path of the node.
#[must_use]
pub fn has_host_path(pod: &Value) -> bool {
    volumes(pod, "hostPath").next().is_some()
}

/// The container that kubectl means by a name, or without one: the annotated, else the first. Nothing where kubectl refuses.
/// Source: kubectl `pkg/cmd/util/podcmd`.
#[must_use]
pub fn container<'a>(pod: &'a Value, name: &str) -> Option<&'a Value> {
    let first = items(pod, "/spec/containers").first()?;
    let named = |name: &str| containers(&pod["spec"]).find(|it| text(it, "/name") == name);
    match (
        name,
        annotation(pod, "kubectl.kubernetes.io/default-container"),
    ) {
        ("", None | Some("")) => Some(first),
        ("", Some(name)) | (name, _) => named(name),
    }
}

/// All containers of a pod spec: those that run, then those that run before them, then those that were added to look inside.
pub fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    ["/containers", "/initContainers", "/ephemeralContainers"]
        .into_iter()
        .flat_map(|field| items(spec, field))
}

fn volumes<'a>(pod: &'a Value, source: &'a str) -> impl Iterator<Item = &'a Value> {
    items(pod, "/spec/volumes")
        .iter()
        .filter_map(move |volume| volume.get(source))
        .filter(|source| !source.is_null())
}

//! What a server with a snapshot's objects would serve.

use std::collections::HashSet;

use serde_json::Value;

use super::group_version;
use crate::change::resource::{Resource, Scope};
use crate::cluster::builtin;
use crate::cluster::discovery::Served;

/// What the server would serve: Kubernetes' own resources, the snapshot's definitions, and what its other
/// objects let one guess.
pub(super) fn served(objects: &[Value]) -> Vec<Served> {
    let mut served: Vec<Served> = builtin::TABLE
        .iter()
        .map(builtin::Builtin::served)
        .collect();
    served.extend(
        objects
            .iter()
            .filter(|object| object["kind"] == "CustomResourceDefinition")
            .flat_map(defined),
    );
    let mut known: HashSet<(String, String)> = served
        .iter()
        .map(|served| {
            (
                served.resource.group.to_string(),
                served.resource.kind.to_string(),
            )
        })
        .collect();
    for object in objects {
        let (group, version) = group_version(object);
        let kind = object["kind"].as_str().unwrap_or_default();
        if known.insert((group.to_owned(), kind.to_owned())) {
            let retired = builtin::RETIRED.iter().map(builtin::Builtin::served);
            let known = retired
                .into_iter()
                .find(|served| served.resource.group == group && served.resource.kind == kind);
            served.push(known.unwrap_or_else(|| guessed(group, version, kind, object)));
        }
    }
    served
}

/// The resource in each version that a definition serves.
fn defined(definition: &Value) -> Vec<Served> {
    let spec = &definition["spec"];
    let names = &spec["names"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| {
        value
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect::<Vec<_>>()
    };
    let mut versions: Vec<String> = spec["versions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|version| version["served"] == true)
        .map(|version| text(&version["name"]))
        .collect();
    versions.sort_by_key(|version| std::cmp::Reverse(rank(version)));
    versions
        .into_iter()
        .map(|version| Served {
            resource: Resource {
                group: text(&spec["group"]).into(),
                version: version.into(),
                plural: text(&names["plural"]).into(),
                kind: text(&names["kind"]).into(),
                scope: if spec["scope"] == "Cluster" {
                    Scope::Cluster
                } else {
                    Scope::Namespaced
                },
            },
            singular: match text(&names["singular"]) {
                singular if singular.is_empty() => text(&names["kind"]).to_lowercase(),
                singular => singular,
            },
            short_names: list(&names["shortNames"]),
            categories: list(&names["categories"]),
            verbs: verbs(),
        })
        .collect()
}

/// How a server orders versions: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then the rest.
pub(super) fn rank(version: &str) -> (u8, u32, u32) {
    let parsed = version.strip_prefix('v').and_then(|rest| {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (major, stage) = rest.split_at(digits);
        let (rank, minor) = match stage {
            "" => (3, "0"),
            _ => stage
                .strip_prefix("beta")
                .map(|minor| (2, minor))
                .or_else(|| stage.strip_prefix("alpha").map(|minor| (1, minor)))?,
        };
        Some((rank, major.parse().ok()?, minor.parse().ok()?))
    });
    parsed.unwrap_or_default()
}

/// A resource whose definition is not in the snapshot. Source: apimachinery `UnsafeGuessKindToResource`.
fn guessed(group: &str, version: &str, kind: &str, object: &Value) -> Served {
    let singular = kind.to_lowercase();
    let plural = if singular.ends_with("endpoints") {
        singular.clone()
    } else if singular.ends_with('s') {
        format!("{singular}es")
    } else if let Some(stem) = singular.strip_suffix('y') {
        format!("{stem}ies")
    } else {
        format!("{singular}s")
    };
    let is_namespaced = object["metadata"]["namespace"].is_string();
    Served {
        resource: Resource {
            group: group.to_owned().into(),
            version: version.to_owned().into(),
            plural: plural.into(),
            kind: kind.to_owned().into(),
            scope: if is_namespaced {
                Scope::Namespaced
            } else {
                Scope::Cluster
            },
        },
        singular,
        short_names: Vec::new(),
        categories: Vec::new(),
        verbs: verbs(),
    }
}

fn verbs() -> Vec<String> {
    builtin::OBJECT.iter().map(ToString::to_string).collect()
}

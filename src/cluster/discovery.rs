//! What a server serves, and what a word means there.
//!
//! Source: client-go `discovery/aggregated_discovery.go`, `restmapper/discovery.go`, `restmapper/shortcut.go`,
//! apimachinery `api/meta/restmapper.go`, cli-runtime `resource/builder.go` (`mappingFor`).

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

use super::{Garbled, Unread};
use crate::change::resource::{Resource, Scope};

/// Asks for the aggregated form, and takes the plain lists of servers before 1.26.
pub const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
     application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// A resource that the server serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// In one version.
    pub resource: Resource,
    /// Such as `node`.
    pub singular: String,
    /// Such as `no`.
    pub short_names: Vec<String>,
    /// Such as `all`.
    pub categories: Vec<String>,
    /// Such as `list`.
    pub verbs: Vec<String>,
}

/// Why a word means nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unresolved {
    /// kubectl stops, too.
    #[error("the server doesn't have a resource type \"{0}\"")]
    NoSuchType(String),
    /// The server could not be asked.
    #[error(transparent)]
    Unread(#[from] Unread),
}

/// Every served resource in every version, in kubectl's order of priority: core `v1`, then the server's order of
/// groups, and in each the preferred version first.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    served: Vec<Served>,
    preferred: Arc<Vec<Served>>,
}

impl Catalog {
    /// From a list in that order.
    #[must_use]
    pub fn new(served: Vec<Served>) -> Self {
        let (core, others): (Vec<_>, Vec<_>) = served
            .into_iter()
            .partition(|served| served.resource.group.is_empty());
        let served: Vec<Served> = core.into_iter().chain(others).collect();
        let mut seen = HashSet::new();
        let mut is_first = |served: &Served| {
            seen.insert((
                served.resource.group.clone(),
                served.resource.plural.clone(),
            ))
        };
        let preferred = served
            .iter()
            .filter(|served| is_first(served))
            .cloned()
            .collect();
        Self {
            served,
            preferred: Arc::new(preferred),
        }
    }

    /// Each resource once, in the version that kubectl would use.
    #[must_use]
    pub fn preferred(&self) -> &Arc<Vec<Served>> {
        &self.preferred
    }

    /// What the word means as the whole of a type argument: a category's members, or one resource.
    pub fn resolve(&self, word: &str) -> Result<Vec<Resource>, Unresolved> {
        let members: Vec<Resource> = self
            .preferred
            .iter()
            .filter(|served| served.categories.iter().any(|category| category == word))
            .map(|served| served.resource.clone())
            .collect();
        if members.is_empty() {
            self.resolve_one(word).map(|resource| vec![resource])
        } else {
            Ok(members)
        }
    }

    /// What the word means where a category is not looked for: `TYPE/NAME`, and types beside names.
    pub fn resolve_one(&self, word: &str) -> Result<Resource, Unresolved> {
        let (name, group) = word.split_once('.').unwrap_or((word, ""));
        let versioned = group.split_once('.');
        versioned
            .and_then(|(version, group)| self.by_resource(name, Some(version), group))
            .or_else(|| self.by_resource(name, None, group))
            .or_else(|| {
                versioned.and_then(|(version, group)| self.by_kind(name, Some(version), group))
            })
            .or_else(|| self.by_kind(name, None, group))
            .cloned()
            .ok_or_else(|| Unresolved::NoSuchType(name.to_owned()))
    }

    /// The resource of an object that says `apiVersion` and `kind`: exactly that version, the kind as written or in lower case.
    /// Source: `k8s.io/client-go/restmapper` `NewDiscoveryRESTMapper`.
    #[must_use]
    pub fn kind(&self, api_version: &str, kind: &str) -> Option<&Resource> {
        let resources = self.served.iter().map(|served| &served.resource);
        resources
            .filter(|resource| resource.api_version() == api_version)
            .find(|resource| resource.kind == kind || resource.kind.to_lowercase() == kind)
    }

    /// Whether there is anything of this group and version.
    #[must_use]
    pub fn serves(&self, api_version: &str) -> bool {
        let mut served = self.served.iter();
        served.any(|served| served.resource.api_version() == api_version)
    }

    fn by_resource(&self, name: &str, version: Option<&str>, group: &str) -> Option<&Resource> {
        if let Some(long) = self.long_form(name, group) {
            return self.by_name(&long.plural, None, &long.group);
        }
        self.by_name(&name.to_lowercase(), version, group)
    }

    /// A plural or singular name. With a version, the group is exact; without, it may be the beginning of one.
    fn by_name(&self, name: &str, version: Option<&str>, group: &str) -> Option<&Resource> {
        self.served
            .iter()
            .filter(|served| served.resource.plural == name || served.singular == name)
            .map(|served| &served.resource)
            .find(|resource| match version {
                _ if group.is_empty() => version.is_none_or(|version| resource.version == version),
                Some(version) => resource.version == version && resource.group == group,
                None => resource.group.starts_with(group),
            })
    }

    /// The resource that has this short name, unless something is called so in full.
    fn long_form(&self, short: &str, group: &str) -> Option<&Resource> {
        let in_group = |served: &&Served| group.is_empty() || served.resource.group == group;
        let in_prefix =
            |served: &&Served| !group.is_empty() && served.resource.group.starts_with(group);
        let is_short = |served: &&Served| served.short_names.iter().any(|name| name == short);
        let is_full = |served: &Served| served.resource.plural == short || served.singular == short;
        if self.served.iter().filter(in_group).any(is_full) {
            return None;
        }
        let find = |within: &dyn Fn(&&Served) -> bool| {
            self.served
                .iter()
                .filter(|served| within(served))
                .find(is_short)
        };
        find(&in_group)
            .or_else(|| find(&in_prefix))
            .map(|served| &served.resource)
    }

    /// A kind, as written or in lower case, in exactly this group and, when one is given, version.
    fn by_kind(&self, kind: &str, version: Option<&str>, group: &str) -> Option<&Resource> {
        self.served
            .iter()
            .map(|served| &served.resource)
            .filter(|resource| resource.group == group)
            .filter(|resource| version.is_none_or(|version| resource.version == version))
            .find(|resource| resource.kind == kind || resource.kind.to_lowercase() == kind)
    }
}

/// The answer to `GET /api` or `GET /apis`.
pub enum Listing {
    /// Everything at once.
    Aggregated(Vec<Served>),
    /// The versions of an older server, to be asked one by one: group and version, preferred first.
    Versions(Vec<(String, String)>),
}

/// Reads the answer to `GET /api` or `GET /apis`.
pub fn listing(answer: &Value) -> Result<Listing, Unread> {
    match answer["kind"].as_str() {
        Some("APIGroupDiscoveryList") => Ok(Listing::Aggregated(aggregated(answer))),
        Some("APIVersions") => Ok(Listing::Versions(
            strings(&answer["versions"])
                .map(|version| (String::new(), version.to_owned()))
                .collect(),
        )),
        Some("APIGroupList") => Ok(Listing::Versions(
            array(&answer["groups"]).flat_map(group_versions).collect(),
        )),
        _ => Err(Unread::Unintelligible(Garbled::NoGroups)),
    }
}

/// Reads the answer to `GET /apis/GROUP/VERSION`.
#[must_use]
pub fn resources(group: &str, version: &str, answer: &Value) -> Vec<Served> {
    array(&answer["resources"])
        // A slash marks a subresource.
        .filter(|resource| {
            resource["name"]
                .as_str()
                .is_some_and(|name| !name.contains('/'))
        })
        .map(|resource| {
            let kind = text(&resource["kind"]);
            let scope = if resource["namespaced"] == true {
                Scope::Namespaced
            } else {
                Scope::Cluster
            };
            served(
                group,
                version,
                text(&resource["name"]),
                kind,
                scope,
                resource,
                "singularName",
            )
        })
        .collect()
}

fn aggregated(answer: &Value) -> Vec<Served> {
    let mut found = Vec::new();
    for group in array(&answer["items"]) {
        let name = text(&group["metadata"]["name"]);
        for version in array(&group["versions"]) {
            // The server behind this group does not answer now; kubectl passes over it, too.
            if version["freshness"] == "Stale" {
                continue;
            }
            for resource in array(&version["resources"]) {
                let kind = text(&resource["responseKind"]["kind"]);
                let scope = if resource["scope"] == "Namespaced" {
                    Scope::Namespaced
                } else {
                    Scope::Cluster
                };
                let version = text(&version["version"]);
                found.push(served(
                    name,
                    version,
                    text(&resource["resource"]),
                    kind,
                    scope,
                    resource,
                    "singularResource",
                ));
            }
        }
    }
    found
}

fn served(
    group: &str,
    version: &str,
    plural: &str,
    kind: &str,
    scope: Scope,
    from: &Value,
    singular: &str,
) -> Served {
    let list = |key: &str| strings(&from[key]).map(str::to_owned).collect();
    Served {
        singular: match text(&from[singular]) {
            // Old servers do not say it.
            "" => kind.to_lowercase(),
            singular => singular.to_owned(),
        },
        resource: Resource {
            group: group.to_owned().into(),
            version: version.to_owned().into(),
            plural: plural.to_owned().into(),
            kind: kind.to_owned().into(),
            scope,
        },
        short_names: list("shortNames"),
        categories: list("categories"),
        verbs: list("verbs"),
    }
}

fn group_versions(group: &Value) -> Vec<(String, String)> {
    let name = text(&group["name"]);
    let preferred = text(&group["preferredVersion"]["version"]);
    let mut versions: Vec<&str> = array(&group["versions"])
        .map(|version| text(&version["version"]))
        .collect();
    versions.sort_by_key(|version| *version != preferred);
    versions
        .into_iter()
        .map(|version| (name.to_owned(), version.to_owned()))
        .collect()
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    array(value).filter_map(Value::as_str)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;

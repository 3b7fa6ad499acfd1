//! Bounded reads, live or from a snapshot. "Could not read" is a value with its reason.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::Unread;
use crate::change::Object;
use crate::change::resource::{Resource, Scope};
use crate::plan::Place;

/// Which objects of a list are meant. Empty strings select everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selection {
    /// A label selector, as `-l` takes it.
    pub labels: String,
    /// A field selector, as `--field-selector` takes it.
    pub fields: String,
}

/// How much of each object is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Detail {
    /// The whole object.
    Full,
    /// `metadata` alone (`PartialObjectMetadata`).
    Metadata,
}

/// A resource as discovery names it.
#[derive(Clone, Debug)]
pub struct Served {
    /// The resource.
    pub resource: Resource,
    /// Its singular name.
    pub singular: String,
    /// Its short names.
    pub short_names: Vec<String>,
    /// Its categories.
    pub categories: Vec<String>,
    /// What may be done to it.
    pub verbs: Vec<String>,
}

/// Stand-in until the real reader is merged: a snapshot in memory.
#[derive(Debug, Default)]
pub struct Reader {
    objects: Vec<Object>,
    served: Arc<Vec<Served>>,
    hidden: BTreeSet<String>,
    sent: Cell<usize>,
    host: String,
    authority: Option<String>,
    place: Place,
}

impl Reader {
    /// A reader over these objects; reads of the resources in `hidden` are forbidden.
    #[must_use]
    pub fn stand_in(objects: Vec<Value>, hidden: &[&str], authority: Option<&str>) -> Self {
        let mut served: Vec<Served> = Vec::new();
        for object in &objects {
            let api = object["apiVersion"].as_str().unwrap_or("v1");
            let (group, version) = api.split_once('/').unwrap_or(("", api));
            let kind = object["kind"].as_str().unwrap_or_default();
            if served
                .iter()
                .any(|s| s.resource.kind == kind && s.resource.group == group)
            {
                continue;
            }
            let lower = kind.to_lowercase();
            let plural = match lower.strip_suffix('y') {
                Some(stem) => format!("{stem}ies"),
                None if lower.ends_with('s') => {
                    if lower == "endpoints" {
                        lower
                    } else {
                        format!("{lower}es")
                    }
                }
                None => format!("{lower}s"),
            };
            let namespaced = object["metadata"]["namespace"].is_string();
            let verbs: &[&str] = if group == "metrics.k8s.io" {
                &["get", "list"]
            } else {
                &["get", "list", "delete"]
            };
            served.push(Served {
                resource: Resource {
                    group: group.to_owned().into(),
                    version: version.to_owned().into(),
                    plural: plural.into(),
                    kind: kind.to_owned().into(),
                    scope: if namespaced {
                        Scope::Namespaced
                    } else {
                        Scope::Cluster
                    },
                },
                singular: String::new(),
                short_names: vec![],
                categories: vec![],
                verbs: verbs.iter().map(ToString::to_string).collect(),
            });
        }
        Self {
            objects: objects.into_iter().map(Arc::new).collect(),
            served: Arc::new(served),
            hidden: hidden.iter().map(ToString::to_string).collect(),
            sent: Cell::new(0),
            host: "203.0.113.1".into(),
            authority: authority.map(ToOwned::to_owned),
            place: Place::default(),
        }
    }

    fn ask(&self, resource: &Resource) -> Result<(), Unread> {
        self.sent.set(self.sent.get() + 1);
        if self.hidden.contains(resource.plural.as_ref()) {
            return Err(Unread::Forbidden(format!("cannot read {resource}")));
        }
        Ok(())
    }

    fn of<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: &'a str,
    ) -> impl Iterator<Item = &'a Object> {
        let api = resource.api_version();
        self.objects.iter().filter(move |o| {
            o["apiVersion"] == api.as_str()
                && o["kind"] == resource.kind.as_ref()
                && (namespace.is_empty() || o["metadata"]["namespace"] == namespace)
        })
    }

    /// One object.
    #[allow(clippy::unused_async)]
    pub async fn get(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Object>, Unread> {
        self.ask(resource)?;
        Ok(self
            .of(resource, namespace)
            .find(|o| o["metadata"]["name"] == name)
            .cloned())
    }

    /// Many objects.
    #[allow(clippy::unused_async)]
    pub async fn list(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        detail: Detail,
    ) -> Result<Arc<Vec<Object>>, Unread> {
        self.ask(resource)?;
        let set = selection
            .labels
            .strip_suffix(')')
            .and_then(|text| text.split_once(" in ("));
        let found = self.of(resource, namespace).filter(|o| {
            let label = |key: &str| o["metadata"]["labels"].get(key).and_then(Value::as_str);
            let in_set =
                set.map(|(key, names)| names.split(',').any(|name| label(key) == Some(name)));
            in_set.unwrap_or_else(|| {
                selection
                    .labels
                    .split(',')
                    .filter(|s| !s.is_empty())
                    .all(|part| match part.split_once('=') {
                        Some((key, value)) => label(key) == Some(value),
                        None => label(part).is_some(),
                    })
            }) && selection
                .fields
                .split(',')
                .filter(|s| !s.is_empty())
                .all(|part| {
                    let (path, value) = part.split_once('=').unwrap_or((part, ""));
                    o.pointer(&format!("/{}", path.replace('.', "/")))
                        .and_then(Value::as_str)
                        == Some(value)
                })
        });
        Ok(Arc::new(
            found
                .map(|o| match detail {
                    Detail::Full => Arc::clone(o),
                    Detail::Metadata => Arc::new(serde_json::json!({"metadata": o["metadata"]})),
                })
                .collect(),
        ))
    }

    /// How many.
    #[allow(clippy::unused_async)]
    pub async fn count(&self, resource: &Resource, namespace: &str) -> Result<u64, Unread> {
        self.ask(resource)?;
        Ok(self.of(resource, namespace).count() as u64)
    }

    /// Discovery.
    #[allow(clippy::unused_async)]
    pub async fn served(&self) -> Result<Arc<Vec<Served>>, Unread> {
        Ok(Arc::clone(&self.served))
    }

    /// The server's minor version.
    #[allow(clippy::unused_async)]
    pub async fn server_minor(&self) -> Result<u32, Unread> {
        Ok(36)
    }

    /// Requests sent so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.sent.get()
    }

    /// Where the command acts.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The host of the server's URL.
    #[must_use]
    pub fn server_host(&self) -> &str {
        &self.host
    }

    /// The organisation of the client certificate's issuer.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }
}

//! What kind of object a request is about.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::cluster::fields;

/// A resource as the API server serves it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// The API group; empty for core.
    pub group: Cow<'static, str>,
    /// The version that kubectl would use, such as `v1`.
    pub version: Cow<'static, str>,
    /// The plural name in URLs, such as `nodes`.
    pub plural: Cow<'static, str>,
    /// The kind, such as `Node`.
    pub kind: Cow<'static, str>,
    /// Whether objects live in a namespace.
    pub scope: Scope,
}

/// Where objects of a resource live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// In the cluster as a whole.
    Cluster,
    /// In a namespace.
    Namespaced,
}

impl Resource {
    /// A resource that is part of Kubernetes itself and needs no discovery.
    #[must_use]
    pub const fn known(
        group: &'static str,
        version: &'static str,
        plural: &'static str,
        kind: &'static str,
        scope: Scope,
    ) -> Self {
        Self {
            group: Cow::Borrowed(group),
            version: Cow::Borrowed(version),
            plural: Cow::Borrowed(plural),
            kind: Cow::Borrowed(kind),
            scope,
        }
    }

    /// `v1`, or `apps/v1`.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_string()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The same group and plural name, whatever the version.
    #[must_use]
    pub fn is(&self, group: &str, plural: &str) -> bool {
        self.group == group && self.plural == plural
    }

    /// Whether the object is of this type, whatever the version.
    #[must_use]
    pub fn is_of(&self, object: &Value) -> bool {
        fields::text(object, "/kind") == self.kind && fields::group(object) == self.group
    }
}

impl fmt::Display for Resource {
    /// `nodes`, or `deployments.apps`: kubectl's own way to write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group.is_empty() {
            f.write_str(&self.plural)
        } else {
            write!(f, "{}.{}", self.plural, self.group)
        }
    }
}

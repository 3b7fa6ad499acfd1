//! One row of the risk table, as its YAML says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::verdict::Severity;
use crate::change::{Cause, Change, Operation, Resource};

/// A text in the three languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
    /// Japanese.
    pub ja: String,
}

/// One rule. See `CONTRIBUTING.md`, "Add a rule".
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// Kebab-case, `kind-verb-reason`, unique.
    pub id: String,
    /// The row of the ACK document (or our own, `X…`) that it serves, such as `P2`.
    pub row: String,
    /// Where the fact comes from: a page path below the ACK or Kubernetes documentation.
    pub source: String,
    /// How strict, unless `client.severity` says otherwise for these objects.
    pub severity: Severity,
    /// Whether the rule holds in ACK clusters only, or everywhere.
    #[serde(default)]
    pub cluster: Cluster,
    /// Which changes it looks at: known from the words alone.
    #[serde(rename = "match")]
    pub matches: Match,
    /// Named expressions for `when` and `message`: portable CEL, evaluated only when used.
    #[serde(default, rename = "let", skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Portable CEL over `object`, `oldObject`, `request`, `namespaceObject` and `variables`; true is a finding. Absent means true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What only the client can know. Never exported to a cluster policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
    /// One line that names what was found on this object: CEL that gives a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// At most 60 columns.
    pub title: Text,
    /// Why it is dangerous: one or two sentences.
    pub impact: Text,
    /// How to get back: one or two sentences.
    pub recovery: Text,
    /// What to do instead, where a right way exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Text>,
    /// For severity `redirect`: which right path is filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<RedirectKind>,
    /// Whether a deny may be overridden by typing the name and giving a reason.
    #[serde(default)]
    pub break_glass: bool,
    /// Commands over the fixture clusters that this rule must and must not find.
    pub fixtures: Fixtures,
}

/// In which clusters a rule holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cluster {
    /// In every cluster (also when the condition itself tests for an ACK mark on the object).
    #[default]
    Any,
    /// Where the cluster is known to be ACK, or that could not be read: adds the fact `ack` as a condition.
    Ack,
}

/// Which changes a rule looks at. All parts must hold; every part is known from the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// Admission operations.
    pub operations: Vec<Operation>,
    /// API groups: exact, or `*`; a suffix such as `*.cilium.io` matches by its end.
    pub groups: Vec<String>,
    /// Plural names, with `/subresource` where it is one: `nodes`, `pods/eviction`, `*`.
    pub resources: Vec<String>,
    /// Only in these namespaces; absent means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    /// Only objects with these names (`*` at an end is a wildcard); absent means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Only changes that the words led to in these ways; absent means all. Only the client knows this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// Only commands that give one of these flags, whatever its value; absent means all. Only the client knows this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

impl Match {
    /// Whether it looks at this change of a command with these flags.
    #[must_use]
    pub fn covers(&self, change: &Change, flags: &BTreeMap<String, Value>) -> bool {
        // As in admission, a Namespace is in itself.
        let namespace = if change.resource.is("", "namespaces") {
            &change.name
        } else {
            &change.namespace
        };
        self.covers_kind(change.operation, &change.resource, &change.subresource)
            && (self.namespaces.is_empty() || any_fits(&self.namespaces, namespace))
            && (self.names.is_empty() || any_fits(&self.names, &change.name))
            && (self.causes.is_empty() || self.causes.contains(&change.cause.to_rules()))
            && (self.flags.is_empty() || self.flags.iter().any(|flag| flags.contains_key(flag)))
    }

    /// Whether it could look at such a change: its name, and without `namespace` its namespace, are not known.
    #[must_use]
    pub fn could_cover(
        &self,
        operation: Operation,
        resource: &Resource,
        subresource: &str,
        namespace: Option<&str>,
    ) -> bool {
        let elsewhere = namespace.is_some_and(|namespace| {
            !resource.is("", "namespaces")
                && !self.namespaces.is_empty()
                && !any_fits(&self.namespaces, namespace)
        });
        self.covers_kind(operation, resource, subresource) && !elsewhere
    }

    fn covers_kind(&self, operation: Operation, resource: &Resource, subresource: &str) -> bool {
        self.operations.contains(&operation)
            && self
                .groups
                .iter()
                .any(|group| group_fits(group, &resource.group))
            && self
                .resources
                .iter()
                .any(|pattern| resource_fits(pattern, &resource.plural, subresource))
    }
}

/// `*.cilium.io` fits `cilium.io` and everything that ends in `.cilium.io`.
fn group_fits(pattern: &str, group: &str) -> bool {
    pattern == "*"
        || pattern == group
        || pattern.strip_prefix("*.").is_some_and(|suffix| {
            group
                .strip_suffix(suffix)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

/// As in admission: `*` means no subresource, `pods/*` and `*/*` mean any or none.
/// Source: `k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules`.
fn resource_fits(pattern: &str, plural: &str, subresource: &str) -> bool {
    let (resource, part) = pattern.split_once('/').unwrap_or((pattern, ""));
    (resource == "*" || resource == plural) && (part == "*" || part == subresource)
}

/// Whether one of the patterns fits; a `*` at an end is a wildcard. What has no name fits none.
fn any_fits(patterns: &[String], name: &str) -> bool {
    let fits = |pattern: &String| match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (None, None) => pattern == name,
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
    };
    !name.is_empty() && patterns.iter().any(fits)
}

/// Conditions over `facts.*`, `change.*` and `invocation.*`, besides everything that `when` may name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// CEL over `change.*` and `invocation.*` alone: judged before anything is read, so it can drop the rule at no cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// CEL; must be true too, besides the rule's `when`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// CEL; true removes the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
    /// CEL that gives a severity word, replaces `severity`; `allow` removes the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// As the rule's `message`, which it replaces: CEL that may also name the facts that the conditions asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Which right path is offered instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedirectKind {
    /// Remove exactly this node from its pool, or shrink the pool (ACK, edge and Lingjun pools).
    NodePool,
    /// Remove a node that belongs to no pool (`DeleteClusterNodes`).
    FreeNode,
}

/// What proves a rule: command lines, judged against a fixture cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixtures {
    /// Each must make this rule find something.
    pub hit: Vec<Fixture>,
    /// The harmless twins: none may make this rule find something.
    pub miss: Vec<Fixture>,
}

/// A kubectl command line (without `kubectl`) over a fixture cluster (`ack` unless named).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fixture {
    /// Over the cluster `ack`.
    Words(String),
    /// Over another fixture cluster.
    On {
        /// `ack`, `dedicated`, `registered`, `serverless`, `old` (1.25) or `plain`.
        on: String,
        /// The words.
        words: String,
    },
}

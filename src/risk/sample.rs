//! Small tables and changes for the tests of this room.

use std::sync::Arc;

use serde_json::Value;

use super::table::{Table, TableError, VARIABLES};
use crate::change::resource::Scope;
use crate::change::{Before, Cause, Change, DeleteOptions, Effect, Operation, Resource};

pub(super) const NODES: Resource = Resource::known("", "v1", "nodes", "Node", Scope::Cluster);
pub(super) const PODS: Resource = Resource::known("", "v1", "pods", "Pod", Scope::Namespaced);

/// What every rule must have and no test of judging cares for.
const TEXTS: &str = "  row: X1
  source: page
  title: {en: Title, zh: 标题, ja: タイトル}
  impact: {en: Impact., zh: 影响。, ja: 影響。}
  recovery: {en: Recovery., zh: 恢复。, ja: 復旧。}
  fixtures: {hit: [delete node a], miss: [delete node b]}
";

/// The YAML of a rule: `keys` are its own lines, without indentation.
pub(super) fn rule(id: &str, keys: &str) -> String {
    let keys = keys.replace('\n', "\n  ");
    format!("- id: {id}\n  {keys}\n{TEXTS}")
}

/// A rule on deletes of nodes.
pub(super) fn node_rule(id: &str, keys: &str) -> String {
    rule(
        id,
        &format!("match: {{operations: [DELETE], groups: ['']\n  , resources: [nodes]}}\n{keys}"),
    )
}

pub(super) fn try_table(variables: &str, rules: &[String]) -> Result<Table, TableError> {
    Table::parse(&[(VARIABLES, variables), ("rules.yaml", &rules.concat())])
}

pub(super) fn table(rules: &[String]) -> Table {
    try_table("{}", rules).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn delete(resource: Resource, namespace: &str, name: &str) -> Change {
    Change {
        operation: Operation::Delete,
        resource,
        subresource: String::new(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        cause: Cause::Named,
        count: 1,
        before: Before::Unread,
        effect: Effect::Gone(DeleteOptions::default()),
    }
}

/// The same change, its object read.
pub(super) fn found(change: &Change, object: Value) -> Change {
    Change {
        before: Before::Found(Arc::new(object)),
        ..change.clone()
    }
}

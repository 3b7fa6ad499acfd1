//! Who could look at a change. Decides what is worth reading before anything is read.

use super::{Operation, Resource};
use crate::risk::rule::Match;

/// The rules that could look at the changes of one command, and whether they are also shown to a person.
#[derive(Clone, Debug)]
pub struct Interest<'a> {
    matches: Vec<&'a Match>,
    audience: Audience,
}

/// Who reads the list of changes besides the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Nobody: a change that no rule looks at may be left out.
    Rules,
    /// `plan` prints all of them.
    Plan,
}

impl<'a> Interest<'a> {
    /// The interest of these rules, and of this audience.
    pub fn new(matches: impl IntoIterator<Item = &'a Match>, audience: Audience) -> Self {
        Self {
            matches: matches.into_iter().collect(),
            audience,
        }
    }

    /// Whether such a change has to be in the list. `None`: the namespace is not known yet, or all of them.
    #[must_use]
    pub fn in_(
        &self,
        operation: Operation,
        resource: &Resource,
        subresource: &str,
        namespace: Option<&str>,
    ) -> bool {
        self.is_plan() || self.judges(operation, resource, subresource, namespace)
    }

    /// Whether some rule could look at such a change, so that its old object may be needed.
    #[must_use]
    pub fn judges(
        &self,
        operation: Operation,
        resource: &Resource,
        subresource: &str,
        namespace: Option<&str>,
    ) -> bool {
        self.matches
            .iter()
            .any(|it| looks_at(it, operation, resource, subresource, namespace))
    }

    /// Whether every change will be printed.
    #[must_use]
    pub fn is_plan(&self) -> bool {
        self.audience == Audience::Plan
    }
}

/// All of a rule's `match` but the name, which a list does not know yet.
fn looks_at(
    rule: &Match,
    operation: Operation,
    resource: &Resource,
    subresource: &str,
    namespace: Option<&str>,
) -> bool {
    rule.operations.contains(&operation)
        && rule
            .groups
            .iter()
            .any(|group| fits_group(group, &resource.group))
        && rule
            .resources
            .iter()
            .any(|wanted| fits_resource(wanted, &resource.plural, subresource))
        && (rule.namespaces.is_empty()
            || namespace.is_none_or(|namespace| rule.namespaces.iter().any(|it| it == namespace)))
}

/// `*`, an exact group, or `*.suffix`.
fn fits_group(pattern: &str, group: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(suffix) => group.ends_with(suffix),
        None => pattern == group,
    }
}

/// `*`, `nodes`, or `pods/eviction`; errs on the side of looking.
fn fits_resource(pattern: &str, plural: &str, subresource: &str) -> bool {
    let (wanted, part) = pattern.split_once('/').unwrap_or((pattern, ""));
    (wanted == "*" || wanted == plural) && (part == "*" || part == subresource)
}

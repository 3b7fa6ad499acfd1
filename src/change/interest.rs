//! Who could look at a change. Decides what is worth reading before anything is read.

use super::{Operation, Resource};
use crate::risk::table::Table;
use crate::risk::verdict::Severity;

/// The rules that could look at the changes of one command, and whether a person will see them all.
#[derive(Clone, Copy, Debug)]
pub struct Interest<'a> {
    table: &'a Table,
    audience: Audience,
}

/// Who reads the list of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The rules alone: a change that none of them looks at may be left out.
    Rules,
    /// Also whoever asked for the plan, which prints all of them.
    Plan,
}

impl<'a> Interest<'a> {
    /// The interest of these rules, and of this audience.
    #[must_use]
    pub const fn new(table: &'a Table, audience: Audience) -> Self {
        Self { table, audience }
    }

    /// Whether such a change has to be in the list. `None`: its namespace is not known, or they are in all of them.
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
        self.table
            .could_look_at(operation, resource, subresource, namespace)
    }

    /// How strict a question about such a change is when it cannot be listed.
    #[must_use]
    pub fn in_doubt(
        &self,
        operation: Operation,
        resource: &Resource,
        subresource: &str,
        namespace: Option<&str>,
    ) -> Severity {
        self.table
            .in_doubt(operation, Some(resource), subresource, namespace)
    }

    /// The same, where not even the resource is known.
    #[must_use]
    pub fn in_doubt_of_all(&self, operation: Operation) -> Severity {
        self.table.in_doubt(operation, None, "", None)
    }

    /// Whether every change will be printed.
    #[must_use]
    pub fn is_plan(&self) -> bool {
        self.audience == Audience::Plan
    }
}

//! The objects of one type that a selector or no name means.

use super::Reached;
use crate::change::interest::Interest;
use crate::change::{Before, Cause, Object, Operation, Resource};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, fields};
use crate::unknown::{Unknown, What};

/// The objects that a selection meets, and what is going to happen to them.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Their type.
    pub resource: &'a Resource,
    /// Where; empty for all namespaces and for cluster-scoped types.
    pub namespace: &'a str,
    /// Which.
    pub selection: &'a Selection,
    /// What will be asked for each.
    pub operation: Operation,
    /// The part that it will be asked for.
    pub subresource: &'a str,
}

impl List<'_> {
    /// In full where a rule looks at them or where they decide what is sent, by name for a plan, else not asked for.
    ///
    /// # Errors
    /// When they could not be listed.
    pub async fn read(
        &self,
        reader: &Reader,
        interest: &Interest<'_>,
    ) -> Result<Vec<Reached>, Unread> {
        let place = (!self.namespace.is_empty()).then_some(self.namespace);
        let judged = interest.judges(self.operation, self.resource, self.subresource, place);
        if !judged && !interest.is_plan() {
            return Ok(Vec::new());
        }
        let is_whole =
            self.subresource.is_empty() && (judged || self.operation == Operation::Update);
        let detail = if is_whole {
            Detail::Full
        } else {
            Detail::Metadata
        };
        let objects = match reader
            .list(self.resource, self.namespace, self.selection, detail)
            .await
        {
            Ok(objects) => objects,
            // A selector that the server refuses: it will refuse kubectl's list too.
            Err(Unread::Refused { status: 400, .. }) => return Ok(Vec::new()),
            Err(why) => return Err(why),
        };
        let member = |object: &Object| Reached {
            resource: self.resource.clone(),
            namespace: fields::namespace(object).to_owned(),
            name: fields::name(object).to_owned(),
            cause: Cause::Selected,
            before: if is_whole {
                Before::Found(Object::clone(object))
            } else {
                Before::Unread
            },
        };
        Ok(objects.iter().map(member).collect())
    }
}

/// Says which list could not be read.
#[must_use]
pub fn unread_list(resource: &Resource, namespace: &str, why: &Unread) -> Unknown {
    let what = What::List {
        resource: Box::new(resource.clone()),
        namespace: namespace.to_owned(),
    };
    Unknown::new(what, why)
}

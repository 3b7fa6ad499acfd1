//! What will be changed: objects by what happens to them, first some, then a count.

use super::{OBJECTS, View};
use crate::answer::escape::escape;
use crate::answer::language::Language;
use crate::answer::layout::Page;
use crate::change::{Change, Operation};

/// What happens to objects, as a person would say it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Delete,
    Change,
    Create,
    Evict,
    Connect,
    /// The server deletes them because of the command.
    Cascade,
}

impl Deed {
    fn of(change: &Change) -> Self {
        match change.operation {
            _ if change.cause.is_consequence() => Self::Cascade,
            Operation::Create if change.subresource == "eviction" => Self::Evict,
            Operation::Create => Self::Create,
            Operation::Update => Self::Change,
            Operation::Delete => Self::Delete,
            Operation::Connect => Self::Connect,
        }
    }

    fn heading(self, language: Language) -> String {
        match self {
            Self::Delete => language.to_delete(),
            Self::Change => language.to_change(),
            Self::Create => language.to_create(),
            Self::Evict => language.to_evict(),
            Self::Connect => language.to_connect(),
            Self::Cascade => language.to_cascade(),
        }
    }
}

pub(super) fn write(view: View<'_>, page: &mut Page) {
    let mut groups: Vec<(Deed, Vec<&Change>)> = Vec::new();
    for change in view.plan.changes.iter().filter(|change| change.is_sent()) {
        let deed = Deed::of(change);
        match groups.iter_mut().find(|(known, _)| *known == deed) {
            Some((_, changes)) => changes.push(change),
            None => groups.push((deed, vec![change])),
        }
    }
    // What could not be found out may change everything; and what is found changes nothing by itself, but lets others.
    if groups.is_empty() && view.plan.is_complete() && view.plan.findings.is_empty() {
        page.paragraph(0, &view.language.no_changes());
    }
    for (deed, changes) in groups {
        page.paragraph(0, &deed.heading(view.language));
        for change in changes.iter().take(OBJECTS) {
            page.line(2, &line(view, change));
        }
        let more: u64 = changes
            .iter()
            .skip(OBJECTS)
            .map(|change| change.count)
            .sum();
        if more > 0 {
            page.line(2, &view.language.more_objects(more));
        }
    }
}

/// Cascaded changes may stand for many objects that are counted and have no names.
fn line(view: View<'_>, change: &Change) -> String {
    if change.count == 1 && !(change.cause.is_consequence() && change.name.is_empty()) {
        view.object(change)
    } else {
        view.language
            .counted(&escape(&change.resource.kind), change.count)
    }
}

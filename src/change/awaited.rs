//! What an editor will be opened on, before a person has written anything.
//!
//! Source: kubectl `pkg/cmd/util/editor/editoptions.go` `Complete`.

use super::account::{Account, Read};
use super::expansion::Expansion;
use super::files::{self, FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::{self, Reached};
use super::targets::{self, All, Target, Words};
use super::{Before, Change, Effect, Operation, Resource};
use crate::cluster::reader::Reader;
use crate::kubectl::editor::Editing;
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What, Why};

/// `edit`.
pub const EDIT: Account = Account {
    changes: "UPDATE of each object that was changed in the editor.",
    reads: &[Read::TYPES, Read::FILES, TEXT],
    exceptions: &[
        LATER,
        "Objects are judged as they were saved, without what admission makes of them.",
        "With `--record` or `--save-config` kubectl also writes objects of the text that were not changed: an annotation that no \
         rule minds.",
    ],
};
/// `apply edit-last-applied`.
pub const EDIT_LAST_APPLIED: Account = Account {
    changes: "UPDATE of one annotation of each object whose last-applied configuration was changed in the editor.",
    reads: &[TEXT],
    exceptions: &[
        LATER,
        "A configuration can be given any name in the editor. The object of that name is then judged; it is not in the plan.",
    ],
};

/// What the text of every editor costs.
const TEXT: Read = Read {
    what: "The text before and after, once it has been saved: read by `kubectl patch --local`, which asks no server; then the \
           types of its objects",
    requests: "none where nothing was changed; else 2 for the types",
};

/// Every editor's exception.
const LATER: &str = "What a person will write in an editor is in no plan: the plan lists the objects that are opened, \
     is incomplete, and the text is judged each time that it is saved. A refused text is kept in a file, and kubectl gets its own \
     back.";

/// The objects that an editor opens. What becomes of them is unknown, unless no rule would mind.
pub async fn expand(
    editing: Editing,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    // Only live objects keep their kind and name: the words do not tell what else is written.
    let is_any = editing != Editing::Live;
    if is_any && !interest.is_plan() {
        return Expansion::Changes {
            changes: Vec::new(),
            unknown: vec![unwritten()],
        };
    }
    let words = Words {
        // Without names, an editor opens all objects of the types.
        all: All::WithoutNames,
        ..Words::read(invocation, invocation.arguments(), All::No, reader)
    };
    let mut opened = Opened {
        operation: if editing == Editing::New {
            Operation::Create
        } else {
            Operation::Update
        },
        subresource: invocation.text_if_any("subresource").unwrap_or_default(),
        reader,
        interest,
        changes: Vec::new(),
        unknown: Vec::new(),
        is_judged: is_any,
    };
    let file_flags = FileFlags::of(invocation);
    if file_flags.are_given() {
        match files::find(&file_flags, &words, LabelsOf::Live, reader, input).await {
            Ok(found) => {
                opened.unknown.extend(found.unknown);
                for object in found.objects {
                    opened.push(Reached::of_file(object, Before::Unread));
                }
            }
            Err(stop) => return stop.into(),
        }
    } else {
        match targets::find(&words, reader).await {
            Ok(targets) => {
                for target in targets {
                    opened.push_target(target).await;
                }
            }
            Err(stop) => return stop.into(),
        }
    }
    opened.end()
}

/// What nobody can know before it is there.
fn unwritten() -> Unknown {
    Unknown::new(What::EditorsText, Why::NotSaved)
}

struct Opened<'a> {
    operation: Operation,
    subresource: &'a str,
    reader: &'a Reader,
    interest: &'a Interest<'a>,
    changes: Vec<Change>,
    unknown: Vec<Unknown>,
    /// Whether some rule could look at what will be written.
    is_judged: bool,
}

impl Opened<'_> {
    async fn push_target(&mut self, target: Target) {
        if let Target::Selected {
            resource,
            namespace,
            ..
        } = &target
        {
            self.look(resource, namespace);
            // Which objects they are, only a plan tells.
            if !self.interest.is_plan() {
                return;
            }
        }
        let reached = objects::reach(
            target,
            self.operation,
            self.subresource,
            self.reader,
            self.interest,
        );
        match reached.await {
            Ok(reached) => reached.into_iter().for_each(|it| self.push(it)),
            Err(unknown) => self.unknown.push(unknown),
        }
    }

    fn look(&mut self, resource: &Resource, namespace: &str) {
        self.is_judged |=
            self.interest
                .judges(self.operation, resource, self.subresource, Some(namespace));
    }

    fn push(&mut self, reached: Reached) {
        self.look(&reached.resource, &reached.namespace);
        // A new object may be without a name before the server gives it one.
        let is_new = self.operation == Operation::Create && reached.name.is_empty();
        if is_new || reached.is_in_a_url() {
            let change = reached.change(self.operation, self.subresource, Effect::Awaited);
            self.changes.push(change);
        }
    }

    fn end(mut self) -> Expansion {
        if self.interest.is_plan() || self.is_judged {
            self.unknown.push(unwritten());
        } else {
            self.changes.clear();
        }
        Expansion::Changes {
            changes: self.changes,
            unknown: self.unknown,
        }
    }
}

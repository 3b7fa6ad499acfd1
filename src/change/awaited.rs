//! What an editor will be opened on, before a person has written anything.
//!
//! Source: kubectl `pkg/cmd/util/editor/editoptions.go` `Complete`.

use super::account::{Account, Read};
use super::expansion::Expansion;
use super::files::{self, FileFlags, FileObject, Input, LabelsOf};
use super::interest::Interest;
use super::targets::{self, All, Stop, Target, Words};
use super::{Before, Cause, Change, Effect, Operation, Resource};
use crate::cluster::reader::{Detail, Reader, is_path_segment};
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
        arguments: invocation.arguments(),
        labels: "",
        fields: "",
        all: All::WithoutNames,
        all_namespaces: false,
        namespace: &reader.place().namespace,
        enforced: invocation
            .text("namespace")
            .is_some_and(|namespace| !namespace.is_empty()),
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
                    opened.push_file(object);
                }
            }
            Err(stop) => return stopped(stop),
        }
    } else {
        match targets::find(&words, reader).await {
            Ok(targets) => {
                for target in targets {
                    opened.push_target(target).await;
                }
            }
            Err(stop) => return stopped(stop),
        }
    }
    opened.end()
}

fn stopped(stop: Stop) -> Expansion {
    match stop {
        Stop::Kubectl => Expansion::KubectlStops,
        Stop::Unread { word, why } => Expansion::unread(What::Type(word), why),
    }
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
    fn push_file(&mut self, object: FileObject) {
        let FileObject {
            resource,
            namespace,
            name,
            ..
        } = object;
        self.push(resource, namespace, name, Cause::File);
    }

    async fn push_target(&mut self, target: Target) {
        match target {
            Target::Named {
                resource,
                namespace,
                name,
            } => self.push(resource, namespace, name, Cause::Named),
            Target::Selected {
                resource,
                namespace,
                selection,
            } => {
                self.look(&resource, &namespace);
                if !self.interest.is_plan() {
                    return;
                }
                let list = self
                    .reader
                    .list(&resource, &namespace, &selection, Detail::Full)
                    .await;
                match list {
                    Ok(objects) => {
                        for object in objects.iter() {
                            let text = |key| {
                                let text = object["metadata"][key].as_str();
                                text.unwrap_or_default().to_owned()
                            };
                            self.push(
                                resource.clone(),
                                text("namespace"),
                                text("name"),
                                Cause::Selected,
                            );
                        }
                    }
                    Err(why) => {
                        let unread = super::objects::unread_list(&resource, &namespace, &why);
                        self.unknown.push(unread);
                    }
                }
            }
        }
    }

    fn look(&mut self, resource: &Resource, namespace: &str) {
        self.is_judged |=
            self.interest
                .judges(self.operation, resource, self.subresource, Some(namespace));
    }

    fn push(&mut self, resource: Resource, namespace: String, name: String, cause: Cause) {
        self.look(&resource, &namespace);
        // A new object may be without a name before the server gives it one.
        let is_new = self.operation == Operation::Create && name.is_empty();
        if !(is_new || is_path_segment(&name)) {
            return;
        }
        self.changes.push(Change {
            operation: self.operation,
            resource,
            subresource: self.subresource.to_owned(),
            namespace,
            name,
            cause,
            count: 1,
            before: Before::Unread,
            effect: Effect::Awaited,
        });
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

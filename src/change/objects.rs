//! The objects that a command reaches: by name, through a list, or in a file.

mod list;

pub use self::list::{List, unread_list};

use serde_json::Value;

use super::expansion::Expansion;
use super::files::{self, FileFlags, FileObject, Found, Input, LabelsOf};
use super::interest::Interest;
use super::targets::{self, Stop, Target, Words};
use super::{Before, Cause, Change, Effect, Operation, Resource};
use crate::cluster::fields;
use crate::cluster::reader::{Reader, is_path_segment};
use crate::cluster::selector::LabelSelector;
use crate::unknown::Unknown;

/// What is looked for, and what is going to happen to it.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Types, names and selectors.
    pub words: Words<'a>,
    /// Files, which take the place of words.
    pub files: FileFlags<'a>,
    /// Which labels `-l` means beside files.
    pub labels_of: LabelsOf,
    /// What will be asked for each object.
    pub operation: Operation,
    /// The part of each object that it will be asked for; empty for the object itself.
    pub subresource: &'a str,
}

/// What was found, in kubectl's order.
#[derive(Debug, Default)]
pub struct Objects {
    /// The objects. Those whose names kubectl would not put into a URL are left out.
    pub found: Vec<Reached>,
    /// What could not be read.
    pub unknown: Vec<Unknown>,
    /// Whether kubectl takes them for a single resource.
    pub is_single: bool,
    /// Whether kubectl refuses an object of the files by itself, see [`Found::has_refused`].
    pub has_refused: bool,
}

/// One object that a command reaches.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Its type.
    pub resource: Resource,
    /// Its namespace; empty for cluster-scoped types.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How the words led to it.
    pub cause: Cause,
    /// The object, when it had to be read to be found.
    pub before: Before,
}

impl Reached {
    /// What is asked for this object.
    #[must_use]
    pub fn change(self, operation: Operation, subresource: &str, effect: Effect) -> Change {
        let Self {
            resource,
            namespace,
            name,
            cause,
            before,
        } = self;
        Change {
            operation,
            resource,
            subresource: subresource.to_owned(),
            namespace,
            name,
            cause,
            count: 1,
            before,
            effect,
        }
    }

    /// As it stands in a file.
    #[must_use]
    pub fn of_file(object: FileObject, before: Before) -> Self {
        let FileObject {
            resource,
            namespace,
            name,
            ..
        } = object;
        Self {
            resource,
            namespace,
            name,
            cause: Cause::File,
            before,
        }
    }

    /// Whether this is the object.
    #[must_use]
    pub fn is(&self, object: &Value) -> bool {
        self.resource.is_of(object)
            && fields::namespace(object) == self.namespace
            && fields::name(object) == self.name
    }

    /// Whether kubectl would put its name into a URL.
    #[must_use]
    pub fn is_in_a_url(&self) -> bool {
        is_path_segment(&self.name)
            && (self.namespace.is_empty() || is_path_segment(&self.namespace))
    }
}

impl Objects {
    /// The changes of a verb that asks the same for each of them.
    #[must_use]
    pub fn changes(self, search: &Search<'_>, effect: &Effect) -> Expansion {
        let change =
            |reached: Reached| reached.change(search.operation, search.subresource, effect.clone());
        Expansion::Changes {
            changes: self.found.into_iter().map(change).collect(),
            unknown: self.unknown,
        }
    }
}

impl Search<'_> {
    /// Finds them.
    ///
    /// # Errors
    /// When kubectl stops before it acts on any, or a type's name could not be looked up.
    pub async fn run(
        &self,
        reader: &Reader,
        interest: &Interest<'_>,
        input: &Input<'_>,
    ) -> Result<Objects, Stop> {
        let mut objects = if self.files.are_given() {
            self.read_files(reader, input).await?
        } else {
            self.follow_words(reader, interest).await?
        };
        objects.found.retain(Reached::is_in_a_url);
        Ok(objects)
    }

    async fn read_files(&self, reader: &Reader, input: &Input<'_>) -> Result<Objects, Stop> {
        let found = files::find(&self.files, &self.words, self.labels_of, reader, input).await?;
        let Found {
            objects: listed,
            unknown,
            is_single,
            has_refused,
        } = found;
        let mut objects = Objects {
            found: Vec::with_capacity(listed.len()),
            unknown,
            is_single,
            has_refused,
        };
        if self.labels_of == LabelsOf::Document || self.words.labels.trim().is_empty() {
            let unread = |object| Reached::of_file(object, Before::Unread);
            objects.found.extend(listed.into_iter().map(unread));
            return Ok(objects);
        }
        let selector = LabelSelector::parse(self.words.labels).map_err(|_| Stop::Kubectl)?;
        for object in listed {
            let live = reader
                .get(&object.resource, &object.namespace, &object.name)
                .await;
            let before = match live {
                Ok(Some(live)) if selector.selects(&live) => Before::Found(live),
                Ok(_) => continue,
                Err(why) => Before::Hidden(why),
            };
            let before = if self.subresource.is_empty() {
                before
            } else {
                Before::Unread
            };
            objects.found.push(Reached::of_file(object, before));
        }
        Ok(objects)
    }

    async fn follow_words(
        &self,
        reader: &Reader,
        interest: &Interest<'_>,
    ) -> Result<Objects, Stop> {
        let targets = targets::find(&self.words, reader).await?;
        let mut objects = Objects {
            is_single: matches!(targets[..], [Target::Named { .. }]),
            ..Objects::default()
        };
        for target in targets {
            let reached = reach(target, self.operation, self.subresource, reader, interest);
            match reached.await {
                Ok(reached) => objects.found.extend(reached),
                Err(unknown) => objects.unknown.push(unknown),
            }
        }
        Ok(objects)
    }
}

/// The objects that one target of the words means, for this to happen to them or to a part of them.
///
/// # Errors
/// When they could not be listed.
pub async fn reach(
    target: Target,
    operation: Operation,
    subresource: &str,
    reader: &Reader,
    interest: &Interest<'_>,
) -> Result<Vec<Reached>, Unknown> {
    match target {
        Target::Named {
            resource,
            namespace,
            name,
        } => Ok(vec![Reached {
            resource,
            namespace,
            name,
            cause: Cause::Named,
            before: Before::Unread,
        }]),
        Target::Selected {
            resource,
            namespace,
            selection,
        } => {
            let list = List {
                resource: &resource,
                namespace: &namespace,
                selection: &selection,
                operation,
                subresource,
            };
            let members = list.read(reader, interest).await;
            members.map_err(|why| unread_list(&resource, &namespace, &why))
        }
    }
}

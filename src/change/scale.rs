//! `scale`: an UPDATE of each object's Scale, and with `--record` one of the object itself.
//!
//! Source: kubectl `pkg/cmd/scale/scale.go`. What comes of it follows from the words; a dry run tells a plan only how far kubectl
//! gets.

use super::account::{self, Account, Read};
use super::edit::{Edit, MetadataEdit, ScaleEdit};
use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::{Reached, Search};
use super::targets::{All, Words};
use super::{Before, Change, Effect, Object, Operation, rehearsal};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::{DryRun, Invocation};
use crate::unknown::{Unknown, What};

/// The subresource.
const SCALE: &str = "scale";

/// How the changes of `scale` are found out.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of the `scale` of each object; with `--record` also of the object, even in a dry run on the server. The new Scale is computed here.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read::SELECTED,
        Read::OLD,
        Read {
            what: "With `--current-replicas` or `--resource-version`: the Scale of each object",
            requests: "1 for each object",
        },
        Read {
            what: "For a plan of several objects: which of them the server refuses, by one run of kubectl with \
                   `--dry-run=server`",
            requests: "those of kubectl's own dry run",
        },
    ],
    exceptions: &[account::STOPS, account::MEANWHILE],
};

/// What `scale` asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let Some(edit) = read_edit(invocation) else {
        return Expansion::KubectlStops;
    };
    let search = Search {
        words: Words::read(
            invocation,
            invocation.arguments(),
            All::WithoutNames,
            reader,
        ),
        files: FileFlags::of(invocation),
        labels_of: LabelsOf::Document,
        operation: Operation::Update,
        subresource: SCALE,
    };
    let mut objects = match search.run(reader, interest, input).await {
        Ok(objects) => objects,
        Err(stop) => return stop.into(),
    };
    if edit.has_precondition() {
        objects.found = read_scales(objects.found, reader).await;
        if edit.resource_version.is_some() && objects.found.len() > 1 {
            return Expansion::KubectlStops;
        }
        // It ends at the first that is not as it must be.
        let first = objects.found.iter().position(|it| fails(&edit, it));
        objects.found.truncate(first.unwrap_or(objects.found.len()));
    }
    if interest.is_plan() && objects.found.len() > 1 && reader.is_live() {
        let written = objects.found.iter().map(|it| (&it.resource, SCALE));
        let (written, unknown) = (written.collect(), &objects.unknown);
        match rehearsal::accepted(invocation, written, unknown, reader, input).await {
            Ok(accepted) => objects.found.truncate(reach(&objects.found, &accepted)),
            Err(why) => objects.unknown.push(Unknown::new(What::FirstRefusal, &why)),
        }
    }
    let note = change_cause(invocation);
    let mut changes = Vec::new();
    for reached in objects.found {
        if let Some(note) = &note {
            changes.push(scaled(reached.clone(), &edit));
            changes.push(noted(reached, note));
        } else {
            changes.push(scaled(reached, &edit));
        }
    }
    if invocation.dry_run() != DryRun::None {
        // A dry run on the server notes the command all the same.
        changes.retain(|change| change.subresource.is_empty());
    }
    Expansion::Changes {
        changes,
        unknown: objects.unknown,
    }
}

/// `None` when kubectl refuses the numbers.
fn read_edit(invocation: &Invocation) -> Option<ScaleEdit> {
    let replicas = invocation.integer("replicas").filter(|it| *it >= 0)?;
    let current = invocation.integer("current-replicas").unwrap_or(-1);
    let version = invocation.text("resource-version").unwrap_or_default();
    (current >= -1).then(|| ScaleEdit {
        replicas,
        current: (current >= 0).then_some(current),
        resource_version: (!version.is_empty()).then(|| version.to_owned()),
    })
}

/// Reads the Scales that a precondition is about. kubectl leaves out what is not there.
async fn read_scales(objects: Vec<Reached>, reader: &Reader) -> Vec<Reached> {
    let mut read = Vec::with_capacity(objects.len());
    for reached in objects {
        let Reached {
            resource,
            namespace,
            name,
            ..
        } = &reached;
        let scale = reader.get_part(resource, SCALE, namespace, name).await;
        let before = Before::from(scale);
        if !matches!(before, Before::Missing) {
            read.push(Reached { before, ..reached });
        }
    }
    read
}

fn fails(edit: &ScaleEdit, reached: &Reached) -> bool {
    matches!(&reached.before, Before::Found(scale) if edit.apply(scale).is_none())
}

fn scaled(reached: Reached, edit: &ScaleEdit) -> Change {
    let effect = Effect::Edited(Edit::Scale(edit.clone()));
    reached.change(Operation::Update, SCALE, effect)
}

/// How many of these kubectl gets to: up to the last that was accepted. Behind it stand what is not there, what the server refuses,
/// and what kubectl then does not ask for any more.
fn reach(found: &[Reached], accepted: &[Object]) -> usize {
    let is_accepted = |reached: &Reached| accepted.iter().any(|object| reached.is(object));
    found
        .iter()
        .rposition(is_accepted)
        .map_or(0, |last| last + 1)
}

/// `--record`: the annotation is written by a request of its own.
fn noted(reached: Reached, note: &MetadataEdit) -> Change {
    let effect = Effect::Edited(Edit::Metadata(note.clone()));
    let before = Before::Unread;
    Reached { before, ..reached }.change(Operation::Update, "", effect)
}

fn change_cause(invocation: &Invocation) -> Option<MetadataEdit> {
    invocation
        .truth("record")
        .then(|| MetadataEdit::change_cause(invocation.words()))
}

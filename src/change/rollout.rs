//! `rollout restart|pause|resume|undo`: an UPDATE of each workload; without a name, of all of its type.
//!
//! Source: kubectl `pkg/cmd/rollout/*.go`, `pkg/polymorphichelpers/object{restarter,pauser,resumer}.go`.

pub mod undo;

use std::collections::BTreeSet;

use super::account::{self, Account, Read};
use super::draft::{ANYTHING, Draft, Habit};
use super::edit::{Edit, RolloutEdit};
use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::Search;
use super::targets::{All, Words};
use super::{Effect, Operation};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// What is done to a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `restart`, `pause` or `resume`: there is no dry run, and what comes of it is plain.
    Edit(RolloutEdit),
    /// `undo`: an earlier revision says what comes of it.
    Undo,
}

/// How the changes of `rollout restart`, `pause` and `resume` are found out.
pub const STEP: Account = Account {
    changes: "UPDATE of each workload that can be restarted, paused or resumed. The new object is computed here; kubectl has no dry run of it.",
    reads: &[Read::TYPES, Read::FILES, Read::SELECTED, Read::OLD],
    exceptions: &[account::MEANWHILE],
};

/// How the changes of `rollout undo` are found out.
pub const UNDO: Account = Account {
    changes: "UPDATE of each workload whose template an earlier revision changes. The new object is taken from that revision, because kubectl's \
              dry run prints the old one.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read::SELECTED,
        Read::OLD,
        Read {
            what: "The earlier revisions: ReplicaSets of a Deployment, else ControllerRevisions, where a rule is left that looks at it",
            requests: "1 for each workload",
        },
    ],
    exceptions: &[account::MEANWHILE],
};

/// What `rollout` asks the server for.
pub async fn expand(
    step: Step,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let words = Words::read(invocation, invocation.arguments(), All::No, reader);
    let search = Search {
        // All of a type need no flag here.
        words: Words {
            all: All::WithoutNames,
            ..words
        },
        files: FileFlags::of(invocation),
        labels_of: LabelsOf::Live,
        operation: Operation::Update,
        subresource: "",
    };
    let effect = match step {
        Step::Edit(edit) => Effect::Edited(Edit::Rollout(edit)),
        // The annotations of a Deployment become those of the earlier revision.
        Step::Undo => Effect::Drafted(Draft::new(
            BTreeSet::from([ANYTHING.to_owned()]),
            Habit::Always,
        )),
    };
    match search.run(reader, interest, input).await {
        Ok(objects) => objects.changes(&search, &effect),
        Err(why) => why.into(),
    }
}

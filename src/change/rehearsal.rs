//! kubectl's own dry run of a command, which says what the objects will be: with defaults, and with what admission makes of them.
//!
//! The real server judges it, so what it refuses here it refuses for real, with the exceptions that [`refusals`] knows. None is made
//! where a server could take it for the real request, see [`documented`]: what comes of the command is then unread.

mod accepted;
mod documented;
mod migration;
mod refusals;
mod run;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

pub use self::documented::Address;
use self::refusals::Refusals;
use self::run::{CLIENT, LEFT_OUT, Rehearsal, SERVER, objects};
use super::draft::{Draft, Habit, Refusal, Rehearsed};
use super::files::Input;
use super::rollout::undo;
use super::{Change, Effect, Object, Operation};
use crate::cluster::reader::Reader;
use crate::cluster::{Unread, fields};
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::unknown::Unknown;

/// What a dry run gets for each object beyond the time of the look: kubectl sends them one after the other, three requests for each
/// that exists, and 50 a second at most.
const EACH: Duration = Duration::from_millis(200);

/// How kubectl will end, as far as its dry run tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Well.
    Well,
    /// With a refusal of something, whether a change of it is known or not.
    Refusal,
    /// Nobody can tell.
    Unclear,
}

/// Makes the dry run, and enters its answers into the drafts that are due. `unknown` is what the command may reach besides.
pub async fn rehearse(
    invocation: &Invocation,
    changes: &mut [Change],
    unknown: &[Unknown],
    reader: &Reader,
    input: &Input<'_>,
) -> Ending {
    if invocation.verb() == Verb::RolloutUndo {
        undo::rehearse(invocation, changes, reader).await;
        return Ending::Well;
    }
    let dry_run = dry_run(invocation);
    let written = if dry_run == SERVER {
        documented::written(changes)
    } else {
        BTreeSet::new()
    };
    let rehearsal = match Rehearsal::of(invocation, written, unknown, reader, input).await {
        Ok(rehearsal) => rehearsal,
        Err(why) => {
            hide(changes, &why);
            return Ending::Unclear;
        }
    };
    allow_for(due(&mut *changes).count(), reader);
    let captured = match rehearsal.run(dry_run).await {
        Ok(captured) => captured,
        Err(why) => {
            hide(changes, &why);
            return Ending::Unclear;
        }
    };
    enter(&mut *changes, objects(&captured.stdout));
    if invocation.truth_if_any("server-side") {
        migration::rehearse(&rehearsal, changes).await;
    }
    let refusals = Refusals::read(&captured.stderr);
    // kubectl tries each conflict for 4 seconds, so where nothing else can have happened it is not run again to find out.
    let are_all_in_conflict = unknown.is_empty() && refusals.are_conflicts(changes.len());
    if !captured.is_complete && invocation.verb() == Verb::Apply && !are_all_in_conflict {
        accepted::rehearse(&rehearsal, changes).await;
    }
    // Only files bring what their other objects wait for.
    let reads_files = matches!(
        invocation.verb(),
        Verb::Apply | Verb::Create | Verb::Replace
    );
    let are_several = reads_files && changes.len() > 1;
    if !captured.is_complete && are_several && refusals.may_wait_for_another() {
        // What cannot be told even so stays unclear.
        let written = rehearsal.written().await.unwrap_or_default();
        enter_creations(&mut *changes, written, &refusals);
    }
    let verdict = refusals.verdict(&captured);
    for draft in due(&mut *changes) {
        draft.rehearsal = match draft.habit {
            Habit::Silent if captured.is_complete => Rehearsed::Refused(Refusal::Other),
            _ => verdict.clone(),
        };
    }
    refusals.ending(&captured, changes)
}

/// Which objects a command that ends at the first refusal gets to, told by a dry run of it.
///
/// # Errors
/// When there is no dry run, or it ended for a reason that may be its own.
pub async fn accepted(
    invocation: &Invocation,
    written: BTreeSet<Address<'_>>,
    unknown: &[Unknown],
    reader: &Reader,
    input: &Input<'_>,
) -> Result<Vec<Object>, Unread> {
    let rehearsal = Rehearsal::of(invocation, written, unknown, reader, input).await?;
    // `scale` writes its note for real, dry run or not.
    let without = [LEFT_OUT, &["record"]].concat();
    let words = invocation.rewrite(&without, &[SERVER, "--output=json"]);
    let captured = rehearsal.run_words(words, rehearsal.stdin()?).await?;
    match Refusals::read(&captured.stderr).verdict(&captured) {
        Rehearsed::Hidden(why) if !captured.is_complete => Err(why),
        _ => Ok(objects(&captured.stdout)),
    }
}

/// Finds out for a plan of `apply` what kubectl sends although nothing changes.
pub async fn settle(
    invocation: &Invocation,
    changes: &mut [Change],
    unknown: &[Unknown],
    reader: &Reader,
    input: &Input<'_>,
) {
    if invocation.verb() != Verb::Apply {
        return;
    }
    let written = documented::written(changes);
    if let Ok(rehearsal) = Rehearsal::of(invocation, written, unknown, reader, input).await {
        accepted::find_sent(&rehearsal, changes).await;
    }
}

/// Gives a dry run of so many changes its time.
fn allow_for(many: usize, reader: &Reader) {
    let many = u32::try_from(many).unwrap_or(u32::MAX);
    reader.allow(EACH.saturating_mul(many));
}

/// The same without the server: the objects as they are written, for those that it can only judge when others are gone.
pub(super) async fn rehearse_as_written(
    invocation: &Invocation,
    changes: &mut [Change],
    unknown: &[Unknown],
    reader: &Reader,
    input: &Input<'_>,
) {
    if due(&mut *changes).next().is_none() {
        return;
    }
    let written = BTreeSet::new();
    let rehearsal = Rehearsal::of(invocation, written, unknown, reader, input);
    let Ok(rehearsal) = rehearsal.await else {
        return;
    };
    match rehearsal.run(CLIENT).await {
        Ok(captured) => enter(changes, objects(&captured.stdout)),
        Err(why) => hide(changes, &why),
    }
}

/// `auth reconcile` knows no dry run of the server, and what `replace --force` creates cannot be there yet.
fn dry_run(invocation: &Invocation) -> &'static str {
    match invocation.verb() {
        Verb::Reconcile => CLIENT,
        Verb::Replace if invocation.truth("force") => CLIENT,
        _ => SERVER,
    }
}

/// The drafts that nothing is known of yet.
fn due<'a>(
    changes: impl IntoIterator<Item = &'a mut Change>,
) -> impl Iterator<Item = &'a mut Draft> {
    changes
        .into_iter()
        .filter_map(|change| match &mut change.effect {
            Effect::Drafted(draft) if matches!(draft.rehearsal, Rehearsed::Due) => Some(draft),
            _ => None,
        })
}

fn hide<'a>(changes: impl IntoIterator<Item = &'a mut Change>, why: &Unread) {
    for draft in due(changes) {
        draft.rehearsal = Rehearsed::Hidden(why.clone());
    }
}

/// Gives each draft its object. Where the same object comes twice, the first is for the first.
fn enter<'a>(changes: impl IntoIterator<Item = &'a mut Change>, mut objects: Vec<Object>) {
    for change in changes {
        let Some(at) = objects.iter().position(|object| is_about(change, object)) else {
            continue;
        };
        if let Effect::Drafted(draft) = &mut change.effect
            && matches!(draft.rehearsal, Rehearsed::Due)
        {
            let object = objects.remove(at);
            if is_begun(&change.name) {
                fields::name(&object).clone_into(&mut change.name);
            }
            draft.rehearsal = Rehearsed::Answered(object);
        }
    }
}

fn is_about(change: &Change, object: &Value) -> bool {
    let named = |name: &str| {
        // The server makes up a name where the file gives none.
        change.name.is_empty() && !fields::text(object, "/metadata/generateName").is_empty()
            || is_begun(&change.name) && name.starts_with(&change.name)
            || change.name == name
    };
    // A subresource has a kind of its own, such as a Scale.
    let is_kind = !change.subresource.is_empty() || change.resource.is_of(object);
    is_kind && fields::namespace(object) == change.namespace && named(fields::name(object))
}

/// Whether the end of this name is still to be found: no whole name ends so.
fn is_begun(name: &str) -> bool {
    name.ends_with('-')
}

/// What is new is as it is written when only another object of the same command is missing.
///
/// For a file that brings a namespace and what is in it, or a priority class and its Pods, the server has no answer before the first
/// of them is there. What nobody can tell then must not pass as refused.
fn enter_creations(changes: &mut [Change], objects: Vec<Object>, refusals: &Refusals) {
    let is_new = |change: &&mut Change| change.operation == Operation::Create;
    let mut new: Vec<&mut Change> = changes.iter_mut().filter(is_new).collect();
    enter(new.iter_mut().map(|change| &mut **change), objects);
    for draft in due(new) {
        draft.rehearsal = refusals.unclear();
    }
}

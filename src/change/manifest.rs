//! `create -f`, `apply`, `replace`, `apply set-last-applied` and `auth reconcile`: objects that stand in files.
//!
//! Source: kubectl `pkg/cmd/{create,apply,replace,auth}`. The files say which objects; what becomes of them,
//! [`super::rehearsal`] says.

mod account;
mod force;
mod grants;
mod prune;

pub use account::{APPLY, CREATE, RECONCILE, REPLACE, SET_LAST_APPLIED};

use std::collections::BTreeSet;

use futures::future;
use futures::stream::{self, StreamExt};

use super::draft::{ANYTHING, Draft, Habit, mentions_of, mentions_of_earlier_apply};
use super::expansion::Expansion;
use super::files::{self, FileFlags, FileObject, Found, Input, LabelsOf};
use super::interest::Interest;
use super::rehearsal::{Ending, rehearse};
use super::targets::{All, Words};
use super::{Before, Cause, Change, Effect, Operation, cascade};
use crate::cluster::reader::{Reader, is_path_segment};
use crate::kubectl::invocation::Invocation;

/// What an object was at its last `apply`.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// How many objects are read at once.
const AT_ONCE: usize = 32;

/// What the objects of the files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be there anew: `create`.
    Create,
    /// To be as the file says, whether they are there or not: `apply`.
    Apply,
    /// To be nothing but what the file says: `replace`.
    Replace,
    /// To have been applied: `apply set-last-applied`, which writes down what the next `apply` compares with.
    SetLastApplied,
    /// To grant at least what the file says: `auth reconcile`.
    Reconcile,
}

/// The changes of these verbs.
pub async fn expand(
    purpose: Purpose,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let flags = FileFlags::of(invocation);
    if !flags.are_given() {
        return Expansion::KubectlStops;
    }
    let manifest = Manifest {
        purpose,
        invocation,
        reader,
    };
    let words = Words::read(invocation, manifest.arguments(), All::No, reader);
    let found = match files::find(&flags, &words, LabelsOf::Document, reader, input).await {
        Ok(found) => found,
        Err(stop) => return stop.into(),
    };
    let Found {
        objects,
        mut unknown,
        has_refused,
        ..
    } = found;
    let asked = objects.len();
    let mut changes: Vec<Change> = stream::iter(objects)
        .map(|object| manifest.change(object))
        .buffered(AT_ONCE)
        .filter_map(future::ready)
        .collect()
        .await;
    let stops = |change: &Change| match &change.before {
        Before::Missing => true,
        Before::Found(live) => {
            !invocation.truth("create-annotation")
                && live["metadata"]["annotations"][LAST_APPLIED].is_null()
        }
        _ => false,
    };
    // It reads all objects before it writes the first.
    if purpose == Purpose::SetLastApplied
        && (has_refused || changes.len() < asked || changes.iter().any(stops))
    {
        return Expansion::KubectlStops;
    }
    if purpose == Purpose::Replace && invocation.truth("force") {
        changes = force::recreate_all(changes, invocation);
        // When it could not delete all, it makes none.
        if has_refused {
            changes.retain(|change| change.operation == Operation::Delete);
        }
    }
    // What else happens follows from what the server makes of the files.
    let recreates = match purpose {
        Purpose::Apply => invocation.truth("force") && !manifest.is_server_side(),
        Purpose::Reconcile => true,
        _ => false,
    };
    let prunes = purpose == Purpose::Apply && invocation.truth("prune");
    let has_set = !invocation
        .text_if_any("applyset")
        .unwrap_or_default()
        .is_empty();
    if prunes && (recreates || manifest.is_server_side() && !has_set) {
        return Expansion::KubectlStops;
    }
    let ending = if recreates || prunes {
        rehearse(invocation, &mut changes, &unknown, reader, input).await
    } else {
        Ending::Well
    };
    if recreates {
        changes =
            force::recreate_refused(changes, &unknown, purpose, invocation, reader, input).await;
    }
    if purpose == Purpose::Reconcile {
        changes.retain(|change| !grants::opts_out(change));
        changes = grants::with_namespaces(changes, reader).await;
    }
    // It prunes only when all went well.
    if prunes && ending != Ending::Refusal {
        let rest = prune::find(&changes, &words, invocation, reader, interest).await;
        changes.extend(rest.changes);
        unknown.extend(rest.unknown);
    }
    let changes = cascade::follow(changes, reader, interest, &mut unknown).await;
    Expansion::Changes { changes, unknown }
}

struct Manifest<'a> {
    purpose: Purpose,
    invocation: &'a Invocation,
    reader: &'a Reader,
}

impl Manifest<'_> {
    /// The words that kubectl refuses beside files. `replace` takes no notice of them, unless it is to delete first.
    fn arguments(&self) -> &[String] {
        match self.purpose {
            Purpose::Replace if !self.invocation.truth("force") => &[],
            _ => self.invocation.arguments(),
        }
    }

    /// What is asked for this object. Nothing where no request can be made.
    async fn change(&self, object: FileObject) -> Option<Change> {
        let FileObject {
            resource,
            namespace,
            name,
            mentions,
        } = object;
        if !(is_path_segment(&name) || name.is_empty() && self.purpose == Purpose::Create) {
            return None;
        }
        let before = if self.purpose == Purpose::Create {
            Before::Missing
        } else {
            let part = self.subresource();
            let live = self.reader.get_part(&resource, &part, &namespace, &name);
            live.await.into()
        };
        let operation = match (self.purpose, &before) {
            // Some kinds, such as Services and Roles, are made by a PUT where there is none.
            (Purpose::Create, _)
            | (Purpose::Apply | Purpose::Replace | Purpose::Reconcile, Before::Missing) => {
                Operation::Create
            }
            _ => Operation::Update,
        };
        Some(Change {
            operation,
            resource,
            subresource: self.subresource(),
            namespace,
            name,
            cause: Cause::File,
            count: 1,
            effect: Effect::Drafted(Draft::new(self.mentions(mentions, &before), self.habit())),
            before,
        })
    }

    /// What the file says, and what goes because the file does not say it any more.
    fn mentions(&self, mut mentions: BTreeSet<String>, before: &Before) -> BTreeSet<String> {
        let live = match before {
            Before::Missing | Before::Unread => return mentions,
            Before::Hidden(_) => {
                mentions.insert(ANYTHING.to_owned());
                return mentions;
            }
            Before::Found(live) => live,
        };
        mentions.extend(match self.purpose {
            Purpose::Apply => mentions_of_earlier_apply(live, self.manager()),
            Purpose::Replace => mentions_of(live),
            Purpose::Create | Purpose::SetLastApplied | Purpose::Reconcile => BTreeSet::new(),
        });
        mentions
    }

    /// Who a server-side apply is done by.
    fn manager(&self) -> Option<&str> {
        let manager = self.invocation.text("field-manager").unwrap_or_default();
        self.is_server_side().then_some(match manager {
            "" => "kubectl",
            manager => manager,
        })
    }

    fn is_server_side(&self) -> bool {
        self.purpose == Purpose::Apply && self.invocation.truth("server-side")
    }

    fn habit(&self) -> Habit {
        match self.purpose {
            Purpose::Apply if !self.is_server_side() => Habit::IfDifferent,
            Purpose::SetLastApplied | Purpose::Reconcile => Habit::IfDifferent,
            Purpose::Apply | Purpose::Create | Purpose::Replace => Habit::Always,
        }
    }

    fn subresource(&self) -> String {
        let subresource = self.invocation.text_if_any("subresource");
        subresource.unwrap_or_default().to_owned()
    }
}

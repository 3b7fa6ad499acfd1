//! `create -f`, `apply` and `replace`: objects that stand in files.
//!
//! Source: kubectl `pkg/cmd/{create,apply,replace}`. The files say which objects; what becomes of them, [`super::rehearsal`] says.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt};

use super::draft::{
    Draft, HOST_ACCESS, Habit, asks_for_host, mentions_of, mentions_of_earlier_apply,
};
use super::expansion::Expansion;
use super::files::{self, FileFlags, FileObject, Found, Input, LabelsOf};
use super::targets::{All, Stop, Words};
use super::{Before, Cause, Change, Effect, Operation};
use crate::cluster::reader::{Reader, is_path_segment};
use crate::kubectl::invocation::Invocation;

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
}

/// The changes of `create -f`, `apply` or `replace`.
pub async fn expand(
    purpose: Purpose,
    invocation: &Invocation,
    reader: &Reader,
    input: &Input<'_>,
) -> Expansion {
    let flags = FileFlags::of(invocation);
    if !flags.are_given() {
        return Expansion::KubectlStops;
    }
    // `replace` takes no notice of further words.
    let arguments = match purpose {
        Purpose::Replace => &[],
        Purpose::Create | Purpose::Apply => invocation.arguments(),
    };
    let words = Words::read(invocation, arguments, All::No, reader);
    let found = match files::find(&flags, &words, LabelsOf::Document, reader, input).await {
        Ok(found) => found,
        Err(Stop::Kubectl) => return Expansion::KubectlStops,
        Err(Stop::Unread { word, why }) => {
            return Expansion::unread(format!("the resource type \"{word}\""), &why);
        }
    };
    let Found {
        objects, unknown, ..
    } = found;
    let manifest = Manifest {
        purpose,
        invocation,
        reader,
    };
    let changes = stream::iter(objects)
        .map(|object| manifest.change(object))
        .buffered(AT_ONCE)
        .filter_map(async |change| change)
        .collect()
        .await;
    Expansion::Changes { changes, unknown }
}

struct Manifest<'a> {
    purpose: Purpose,
    invocation: &'a Invocation,
    reader: &'a Reader,
}

impl Manifest<'_> {
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
        let before = match self.purpose {
            Purpose::Create => Before::Missing,
            Purpose::Apply | Purpose::Replace => {
                match self.reader.get(&resource, &namespace, &name).await {
                    Ok(Some(live)) => Before::Found(live),
                    Ok(None) => Before::Missing,
                    Err(why) => Before::Hidden(why),
                }
            }
        };
        let operation = match (self.purpose, &before) {
            (Purpose::Create, _) | (Purpose::Apply, Before::Missing) => Operation::Create,
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
        let live = match (self.purpose, before) {
            (Purpose::Create, _) | (_, Before::Missing | Before::Unread) => return mentions,
            (_, Before::Hidden(_)) => {
                mentions.insert(super::draft::ANYTHING.to_owned());
                return mentions;
            }
            (_, Before::Found(live)) => live,
        };
        if asks_for_host(live) {
            mentions.insert(HOST_ACCESS.to_owned());
        }
        mentions.extend(match self.purpose {
            Purpose::Apply => mentions_of_earlier_apply(live, self.manager()),
            _ => mentions_of(live),
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
        if self.purpose == Purpose::Apply && !self.is_server_side() {
            Habit::IfDifferent
        } else {
            Habit::Always
        }
    }

    fn subresource(&self) -> String {
        let subresource = self.invocation.text_if_any("subresource");
        subresource.unwrap_or_default().to_owned()
    }
}

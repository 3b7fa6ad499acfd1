//! `autoscale` and `expose`: for each object that is named, a CREATE of another one that is about it.
//!
//! Source: kubectl `pkg/cmd/autoscale/autoscale.go`, `pkg/cmd/expose/expose.go`. What they will be, [`super::rehearsal`] says.

use std::collections::BTreeSet;

use super::account::{Account, Read};
use super::draft::{ANYTHING, Draft, Habit, mentions_of};
use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::{Objects, Reached, Search};
use super::overrides::{Overrides, keys};
use super::targets::{All, Words};
use super::{Before, Cause, Effect, Operation, Resource};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// What is made for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// `autoscale`.
    Autoscaler,
    /// `expose`.
    Service,
}

/// As many letters as kubectl leaves a Service of the name of what it exposes.
const LABEL_LENGTH: usize = 63;

/// How the changes of `autoscale` and `expose` are found out.
pub const ACCOUNT: Account = Account {
    changes: "CREATE of one HorizontalPodAutoscaler or Service for each object that is named.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read {
            what: "The objects that are named, where a rule could look at what is made for them",
            requests: "1 for each object",
        },
        Read::REHEARSAL,
    ],
    exceptions: &[],
};

/// What `autoscale` or `expose` asks the server for.
pub async fn expand(
    derived: Derived,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let words = Words::read(invocation, invocation.arguments(), All::No, reader);
    let search = Search {
        // `expose --selector` is the new Service's.
        words: Words {
            labels: "",
            ..words
        },
        files: FileFlags::of(invocation),
        labels_of: LabelsOf::Document,
        operation: Operation::Create,
        subresource: "",
    };
    let Objects { found, unknown, .. } = match search.run(reader, interest, input).await {
        Ok(objects) => objects,
        Err(stop) => return stop.into(),
    };
    let resource = derived.resource();
    let namespace = &reader.place().namespace;
    if !interest.in_(Operation::Create, resource, "", Some(namespace)) {
        return Expansion::Changes {
            changes: Vec::new(),
            unknown,
        };
    }
    let mut changes = Vec::with_capacity(found.len());
    for reached in found {
        let before = match reached.cause {
            // kubectl takes the object from the file, whether it is there or not.
            Cause::File => Before::Unread,
            _ => {
                let read = reader.get(&reached.resource, &reached.namespace, &reached.name);
                read.await.into()
            }
        };
        if matches!(before, Before::Missing) {
            continue;
        }
        let draft = Draft::new(derived.mentions(invocation, &before), Habit::Always);
        let made = Reached {
            resource: resource.clone(),
            namespace: namespace.clone(),
            name: derived.name(invocation, &reached.name),
            cause: reached.cause,
            before: Before::Missing,
        };
        changes.push(made.change(Operation::Create, "", Effect::Drafted(draft)));
    }
    Expansion::Changes { changes, unknown }
}

impl Derived {
    fn resource(self) -> &'static Resource {
        match self {
            Self::Autoscaler => &known::HORIZONTAL_POD_AUTOSCALERS,
            Self::Service => &known::SERVICES,
        }
    }

    fn name(self, invocation: &Invocation, target: &str) -> String {
        let given = invocation.text("name").filter(|name| !name.is_empty());
        match (self, given) {
            (Self::Autoscaler, given) => given.unwrap_or(target).to_owned(),
            (Self::Service, given) => {
                let name = || {
                    let short = target.get(..LABEL_LENGTH).unwrap_or(target);
                    given.unwrap_or(short).to_owned()
                };
                Overrides::of(invocation).name.unwrap_or_else(name)
            }
        }
    }

    /// The keys that matter to somebody. A Service takes over the labels of what it exposes, unless it is given others.
    fn mentions(self, invocation: &Invocation, target: &Before) -> BTreeSet<String> {
        if self == Self::Autoscaler {
            return ["maxReplicas", "scaleTargetRef"].map(str::to_owned).into();
        }
        let mut mentions = Overrides::of(invocation).mentions;
        if invocation.text("type").is_some_and(|kind| !kind.is_empty()) {
            mentions.insert("type".to_owned());
        }
        match (invocation.text("labels"), target) {
            (Some(labels), _) if !labels.is_empty() => mentions.extend(keys(labels.split(','))),
            (_, Before::Found(target)) => mentions.extend(mentions_of(target)),
            _ => drop(mentions.insert(ANYTHING.to_owned())),
        }
        mentions
    }
}

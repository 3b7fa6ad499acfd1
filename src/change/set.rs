//! `set image|env|resources|selector|serviceaccount|subject`: a PATCH of each object, computed by kubectl from what it read.
//!
//! Source: kubectl `pkg/cmd/set/*.go`. What comes of it, [`super::rehearsal`] says.

use std::collections::BTreeSet;

use super::account::{self, Account, Read};
use super::draft::{CHANGE_CAUSE, Draft, Habit};
use super::edit::metadata::{SplitWords, split};
use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::Search;
use super::targets::{All, Words};
use super::{Effect, Operation};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Images of containers.
    Image,
    /// Their environment.
    Env,
    /// Their requests and limits.
    Resources,
    /// A Service's selector.
    Selector,
    /// The service account of a pod template.
    ServiceAccount,
    /// The subjects of a role binding.
    Subject,
}

/// How the changes of `set` are found out.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of each object that kubectl changes. `set selector` and `set serviceaccount` are sent also where they change nothing.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read::SELECTED,
        Read::OLD,
        Read::REHEARSAL,
    ],
    exceptions: &[account::MEANWHILE],
};

/// What `set` asks the server for.
pub async fn expand(
    part: Part,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let has_selector = invocation
        .text_if_any("selector")
        .is_some_and(|labels| !labels.is_empty());
    let resources = match part.resources(invocation) {
        Some(resources) if !(has_selector && invocation.truth("all")) => resources,
        _ => return Expansion::KubectlStops,
    };
    if part == Part::Env && reads_pairs(invocation) && input.stdin.open().is_err() {
        return Expansion::KubectlStops;
    }
    let search = Search {
        words: Words::read(invocation, resources, All::WithoutNames, reader),
        files: FileFlags::of(invocation),
        labels_of: LabelsOf::Live,
        operation: Operation::Update,
        subresource: "",
    };
    let mut mentions = BTreeSet::from([part.field().to_owned()]);
    if invocation.truth_if_any("record") {
        mentions.insert(CHANGE_CAUSE.to_owned());
    }
    match search.run(reader, interest, input).await {
        Ok(objects) if objects.has_refused && part.needs_all() => Expansion::KubectlStops,
        Ok(objects) => {
            let draft = Draft::new(mentions, part.habit());
            objects.changes(&search, &Effect::Drafted(draft))
        }
        Err(stop) => stop.into(),
    }
}

impl Part {
    /// The words that are types and names: those before the first change, or before the last word. `None` when kubectl stops.
    fn resources(self, invocation: &Invocation) -> Option<&[String]> {
        let arguments = invocation.arguments();
        let is_given = |flag| invocation.text(flag).is_some_and(|text| !text.is_empty());
        match self {
            Self::Image => {
                let SplitWords { resources, pairs } =
                    split(arguments.iter().map(String::as_str)).ok()?;
                (!pairs.is_empty()).then(|| &arguments[..resources.len()])
            }
            Self::Env => {
                let resources = arguments.iter().take_while(|word| !is_env(word)).count();
                let (resources, changes) = arguments.split_at(resources);
                changes.iter().all(|word| is_env(word)).then_some(resources)
            }
            Self::Resources => (is_given("limits") || is_given("requests")).then_some(arguments),
            Self::Selector | Self::ServiceAccount => {
                arguments.split_last().map(|(_, resources)| resources)
            }
            Self::Subject => {
                let lists = ["user", "group", "serviceaccount"];
                let is_any = lists.iter().any(|list| !invocation.list(list).is_empty());
                is_any.then_some(arguments)
            }
        }
    }

    /// Whether kubectl ends before its first request when it cannot get all objects. `set selector` visits one after the other.
    const fn needs_all(self) -> bool {
        !matches!(self, Self::Selector)
    }

    const fn habit(self) -> Habit {
        match self {
            Self::Image | Self::Env | Self::Resources | Self::Subject => Habit::Silent,
            // These two send an empty patch.
            Self::Selector | Self::ServiceAccount => Habit::Always,
        }
    }

    const fn field(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Env => "env",
            Self::Resources => "resources",
            Self::Selector => "selector",
            Self::ServiceAccount => "serviceAccountName",
            Self::Subject => "subjects",
        }
    }
}

/// `KEY=VALUE`, `KEY-`, or `-`. Source: `pkg/cmd/set/env/env_parse.go`.
fn is_env(word: &str) -> bool {
    word.find('=').is_some_and(|at| at > 0) || word.ends_with('-')
}

/// Whether the pairs stand on standard input.
fn reads_pairs(invocation: &Invocation) -> bool {
    let given = invocation.list("env");
    invocation
        .arguments()
        .iter()
        .chain(given)
        .any(|word| word == "-")
}

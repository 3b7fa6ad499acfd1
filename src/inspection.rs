//! From an invocation to a plan: every stage of the flow, in order.

use std::collections::BTreeMap;
use std::time::Instant;

use futures::StreamExt;
use futures::stream;

use crate::change::account::STOPS;
use crate::change::connect::copy::Delivery;
use crate::change::draft::{Draft, Rehearsed};
use crate::change::expand::{account, expand};
use crate::change::expansion::Expansion;
use crate::change::files::Input;
use crate::change::interest::{Audience, Interest};
use crate::change::proof::{self, Proof};
use crate::change::text::Text;
use crate::change::{Before, Change, Effect, Operation, rehearsal, unlisted};
use crate::cluster::reader::Reader;
use crate::cluster::{ack, facts};
use crate::kubectl::invocation::Invocation;
use crate::plan::Plan;
use crate::risk::docket::Docket;
use crate::risk::finding::Finding;
use crate::risk::scene::Words;
use crate::risk::table::{Drops, Table};
use crate::risk::verdict::Verdict;
use crate::unknown::{Unknown, What, Why};

/// How many reads are on their way at once. HTTP/1.1 opens a connection for each.
const AT_ONCE: usize = 8;

/// What is looked at, and with what.
pub struct Inspection<'a> {
    /// The command.
    pub invocation: &'a Invocation,
    /// The cluster, live or from a snapshot.
    pub reader: &'a Reader,
    /// The rules.
    pub table: &'a Table,
    /// Files and standard input.
    pub input: &'a Input<'a>,
    /// Who wants to know: with [`Audience::Plan`] every change is listed, not only those that a rule looks at.
    pub audience: Audience,
}

impl Inspection<'_> {
    /// The plan; `None` when kubectl stops by itself before its first write.
    pub async fn plan(&self) -> Option<Plan> {
        let interest = Interest::new(self.table, self.audience);
        let expansion = expand(self.invocation, self.reader, &interest, self.input).await;
        self.plan_of(expansion).await
    }

    /// The plan of a text that a person saved in an editor.
    pub async fn plan_of_text(&self, text: &Text) -> Option<Plan> {
        self.plan_of(text.expand(self.invocation, self.reader).await)
            .await
    }

    /// The plan of what was found to be asked for; `None` when that is nothing because kubectl stops.
    async fn plan_of(&self, expansion: Expansion) -> Option<Plan> {
        let seems_to_stop = matches!(expansion, Expansion::KubectlStops);
        let (mut changes, mut unknown) = match expansion {
            Expansion::KubectlStops => (Vec::new(), vec![Unknown::unproved()]),
            Expansion::Changes { changes, unknown } => (changes, unknown),
        };
        self.prove(&changes, &mut unknown).await;
        if seems_to_stop && unknown.is_empty() {
            return None;
        }
        let interest = Interest::new(self.table, self.audience);
        for unlisted in &mut unknown {
            let in_doubt = unlisted::severity(&unlisted.what, self.invocation, &interest);
            unlisted.severity = unlisted.severity.max(in_doubt);
        }
        if self.audience == Audience::Plan && changes.iter().any(Change::is_drafted) {
            // Whether kubectl sends a write at all follows from the rehearsal: a plan that lists it must know.
            let (command, reader, input) = (self.invocation, self.reader, self.input);
            rehearsal::rehearse(command, &mut changes, &unknown, reader, input).await;
            rehearsal::settle(command, &mut changes, &unknown, reader, input).await;
            self.end_at_refusal(&mut changes);
        }
        let findings = self.judge(&mut changes, &unknown).await;
        let verdict = verdict(&findings, &unknown);
        let mut unknown = add_unread(unknown, &findings);
        if self.audience == Audience::Plan {
            self.read_updated(&mut changes).await;
            add_new(&mut unknown, changes.iter().filter_map(unsettled));
        }
        let first = findings
            .first()
            .and_then(|finding| changes[finding.change].old());
        let identity = match &first {
            Some(object) => ack::identity(self.reader, Some(object)).await,
            None => ack::identity_at_hand(self.reader, None),
        };
        Some(Plan {
            words: [self.invocation.words(), self.invocation.added()].concat(),
            verb: self.invocation.verb().path(),
            destination: self.reader.place().clone(),
            ack: identity,
            unknown,
            changes,
            findings,
            verdict,
        })
    }

    /// Has kubectl prove what seems to send nothing. Over a snapshot there is no kubectl, and nothing runs.
    async fn prove(&self, changes: &[Change], unknown: &mut Vec<Unknown>) {
        if !unknown.iter().any(Unknown::is_unproved) {
            return;
        }
        unknown.retain(|unknown| !unknown.is_unproved());
        if self.reader.is_snapshot() {
            return;
        }
        let (began, patience) = (Instant::now(), self.reader.time_left());
        let kubectl = self.input.kubectl.filter(|_| !self.reader.is_locked_out());
        let proof = match kubectl {
            Some(kubectl) => {
                let (command, stdin) = (self.invocation, Some(self.input.stdin));
                let reader = Some(self.reader);
                Some(proof::prove(command, changes, kubectl, stdin, reader, patience).await)
            }
            None => None,
        };
        // What it took is not taken from the time that the cluster has to answer, unless it took all.
        if began.elapsed() < patience {
            self.reader.allow(began.elapsed());
        }
        match proof {
            Some(Proof::Rejected) => {}
            Some(Proof::Open(said)) => {
                unknown.push(Unknown::new(What::Requests, Why::Unproved(said)));
            }
            None => unknown.push(Unknown::unproved()),
        }
    }

    /// Judges in stages: the words, then the objects that are left to be looked at, then the facts.
    async fn judge(&self, changes: &mut [Change], unknown: &[Unknown]) -> Vec<Finding> {
        let words = Words {
            verb: self.invocation.path().to_owned(),
            flags: self.invocation.given(),
        };
        let mut docket = Docket::open(self.table, &words, changes);
        let needed = docket.objects_needed();
        self.read(changes, &needed).await;
        docket.hear(changes);
        let is_wanted = self.table.drops() == Drops::Late && changes.iter().any(Change::is_drafted);
        if docket.needs_rehearsal() || is_wanted {
            rehearsal::rehearse(self.invocation, changes, unknown, self.reader, self.input).await;
            docket.hear_rehearsal(changes);
        }
        let drain = facts::Drain::of(self.invocation);
        let delivery = Delivery::of(self.invocation);
        loop {
            let needed = docket.facts_needed();
            if needed.is_empty() {
                return docket.close();
            }
            let scene = facts::Scene::new(self.reader, changes, drain.as_ref());
            let scene = &scene.delivering(delivery.as_ref());
            let asked = needed
                .into_iter()
                .flat_map(|(change, names)| names.into_iter().map(move |name| (change, name)));
            let found: BTreeMap<_, _> = stream::iter(asked)
                .map(|(change, name)| async move {
                    ((change, name), facts::find(name, change, scene).await)
                })
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            docket.hear_facts(found);
        }
    }

    /// Reads the old objects of these changes.
    async fn read(&self, changes: &mut [Change], indexes: &[usize]) {
        let asked = indexes
            .iter()
            .map(|index| (*index, changes[*index].clone()));
        let read: Vec<(usize, Before)> = stream::iter(asked)
            .map(|(index, change)| async move { (index, change.read(self.reader).await.into()) })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (index, before) in read {
            changes[index].before = before;
        }
    }

    /// What kubectl would ask for behind a write that is refused, where it ends there.
    fn end_at_refusal(&self, changes: &mut Vec<Change>) {
        let stops = account(self.invocation.verb()).says(STOPS);
        let is_refused = |change: &Change| matches!(&change.effect, Effect::Drafted(draft) if draft.is_refused());
        if stops && let Some(first) = changes.iter().position(is_refused) {
            changes.truncate(first);
        }
    }

    /// Whether kubectl sends an update at all follows from the object: a plan that lists it must know.
    async fn read_updated(&self, changes: &mut [Change]) {
        let is_open = |change: &Change| {
            change.operation == Operation::Update
                && matches!(
                    (&change.effect, &change.before),
                    (Effect::Edited(_) | Effect::Drafted(_), Before::Unread)
                )
        };
        let open: Vec<usize> = changes
            .iter()
            .enumerate()
            .filter(|(_, change)| is_open(change))
            .map(|(index, _)| index)
            .collect();
        self.read(changes, &open).await;
    }
}

/// Why nobody can say whether this change is sent at all: the object could not be read, or the rehearsal does not tell.
fn unsettled(change: &Change) -> Option<Unknown> {
    let why = match (&change.effect, &change.before) {
        (
            Effect::Drafted(Draft {
                rehearsal: Rehearsed::Hidden(why),
                ..
            }),
            _,
        ) => why,
        (Effect::Edited(_) | Effect::Drafted(_), Before::Hidden(why))
            if change.operation == Operation::Update =>
        {
            why
        }
        _ => return None,
    };
    Some(Unknown::new(change.subject(), why))
}

fn add_new(unknown: &mut Vec<Unknown>, more: impl Iterator<Item = Unknown>) {
    for one in more {
        if !unknown.iter().any(|known| known.is_same(&one)) {
            unknown.push(one);
        }
    }
}

/// What was not read, of the changes themselves and of what rules asked for.
fn add_unread(mut unknown: Vec<Unknown>, findings: &[Finding]) -> Vec<Unknown> {
    for missing in findings.iter().filter_map(Finding::unknown) {
        match unknown.iter_mut().find(|known| known.is_same(&missing)) {
            Some(known) => known.severity = known.severity.max(missing.severity),
            None => unknown.push(missing),
        }
    }
    unknown
}

/// The strictest of the findings, and of what could not be listed.
fn verdict(findings: &[Finding], unknown: &[Unknown]) -> Verdict {
    let found = findings.iter().map(|finding| finding.severity);
    let unlisted = unknown.iter().map(|unknown| unknown.severity);
    found
        .chain(unlisted)
        .max()
        .map_or(Verdict::Allow, Verdict::from)
}

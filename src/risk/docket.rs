//! The rules that may hold for the changes of one command, judged in stages, so that most commands read nothing.
//!
//! ```text
//! open -> objects_needed -> hear -> ( facts_needed -> hear_facts )* -> close
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::case::{Case, Progress};
use super::chamber::Chamber;
use super::finding::{Finding, Ground};
use super::needs::Need;
use super::scene::{self, Scene, Standing, Words};
use super::table::{Drops, Table};
use crate::change::Change;
use crate::cluster::Unread;

/// The open cases of one command.
#[derive(Debug)]
pub struct Docket {
    chamber: Chamber,
    /// By change; only those that some rule looks at.
    scenes: BTreeMap<usize, Arc<Scene>>,
    /// In the order of the changes, then of the table.
    open: Vec<Open>,
}

/// A rule that may hold for a change.
#[derive(Debug)]
struct Open {
    change: usize,
    case: Arc<Case>,
    progress: Progress,
}

impl Docket {
    /// Judges what the words alone decide.
    #[must_use]
    pub fn open(table: &Table, words: &Words, changes: &[Change]) -> Self {
        Self::open_in(Chamber::default(), table, words, changes)
    }

    /// The same, in a chamber with another deadline.
    #[must_use]
    pub fn open_in(chamber: Chamber, table: &Table, words: &Words, changes: &[Change]) -> Self {
        let mut docket = Self {
            chamber,
            scenes: BTreeMap::new(),
            open: Vec::new(),
        };
        let invocation = scene::invocation(words);
        let siblings = siblings(changes);
        let mut cases: HashMap<&str, Arc<Case>> = HashMap::new();
        for (index, change) in changes.iter().enumerate() {
            let mut candidates = table.candidates(change, &words.flags).peekable();
            if candidates.peek().is_none() || scene::standing(change) == Standing::Void {
                continue;
            }
            let siblings = siblings[&alike(change)];
            let scene = Scene::new(change, siblings, Arc::clone(&invocation));
            let scene = match table.drops() {
                Drops::Early => scene,
                Drops::Late => scene.mentioning_anything(),
            };
            docket.scenes.insert(index, Arc::new(scene));
            for rule in candidates {
                let case = cases
                    .entry(&rule.id)
                    .or_insert_with(|| Arc::new(Case::new(rule, table.variables())));
                docket.open.push(Open {
                    change: index,
                    progress: case.start(),
                    case: Arc::clone(case),
                });
            }
        }
        docket.weigh();
        docket
    }

    /// The changes whose objects must be read: a rule is left that may hold for them. Indexes, ascending.
    ///
    /// Also those whose rules need nothing of the object: what is not there cannot be changed.
    #[must_use]
    pub fn objects_needed(&self) -> Vec<usize> {
        let needed: BTreeSet<usize> = self
            .open
            .iter()
            .map(|open| open.change)
            .filter(|change| self.scenes[change].waits())
            .collect();
        needed.into_iter().collect()
    }

    /// Takes the same changes, now with their objects, and judges again.
    pub fn hear(&mut self, changes: &[Change]) {
        for (index, scene) in &mut self.scenes {
            if scene.waits()
                && let Some(change) = changes.get(*index)
            {
                if scene::standing(change) == Standing::Void {
                    self.open.retain(|open| open.change != *index);
                } else {
                    Arc::make_mut(scene).hear(change);
                }
            }
        }
        self.weigh();
    }

    /// Whether a rule is left that asks for an object as it will be, which kubectl has to rehearse.
    #[must_use]
    pub fn needs_rehearsal(&self) -> bool {
        let needs = |open: &Open| open.progress.needs.contains(&Need::Rehearsal);
        self.open
            .iter()
            .any(|open| needs(open) && !self.scenes[&open.change].waits())
    }

    /// Takes the same changes after the rehearsal, and judges again.
    pub fn hear_rehearsal(&mut self, changes: &[Change]) {
        for (index, scene) in &mut self.scenes {
            if let Some(change) = changes.get(*index) {
                if scene::standing(change) == Standing::Void {
                    self.open.retain(|open| open.change != *index);
                } else {
                    Arc::make_mut(scene).hear_rehearsal(change);
                }
            }
        }
        self.weigh();
    }

    /// The facts to read next, by change. Ask again after [`Self::hear_facts`]: one fact may make another needed.
    #[must_use]
    pub fn facts_needed(&self) -> Vec<(usize, Vec<&'static str>)> {
        let mut needed: BTreeMap<usize, BTreeSet<&'static str>> = BTreeMap::new();
        for open in &self.open {
            let scene = &self.scenes[&open.change];
            if scene.waits() {
                continue;
            }
            for need in &open.progress.needs {
                if let Need::Fact(fact) = need
                    && !scene.knows(fact)
                {
                    needed.entry(open.change).or_default().insert(fact);
                }
            }
        }
        needed
            .into_iter()
            .map(|(change, facts)| (change, facts.into_iter().collect()))
            .collect()
    }

    /// Takes facts, and judges again. What was asked for and is not in `facts` counts as unread.
    pub fn hear_facts(
        &mut self,
        mut facts: BTreeMap<(usize, &'static str), Result<Value, Unread>>,
    ) {
        for (change, names) in self.facts_needed() {
            if let Some(scene) = self.scenes.get_mut(&change) {
                for name in names {
                    let value = facts
                        .remove(&(change, name))
                        .unwrap_or_else(|| Err(Unread::NotAsked));
                    Arc::make_mut(scene).learn(name, value);
                }
            }
        }
        self.weigh();
    }

    /// The findings, strictest first, then in the order of the changes and of the table.
    #[must_use]
    pub fn close(self) -> Vec<Finding> {
        let Self {
            chamber,
            scenes,
            open,
        } = self;
        let questions = open
            .iter()
            .map(|open| (Arc::clone(&open.case), Arc::clone(&scenes[&open.change])))
            .collect();
        let messages = chamber.ask(questions, |(case, scene): (Arc<Case>, Arc<Scene>)| {
            case.message(&scene)
        });
        let mut findings: Vec<Finding> = open
            .into_iter()
            .zip(messages)
            .map(|(open, message)| finding(&open, &scenes[&open.change], message.ok().flatten()))
            .collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        findings
    }

    /// Judges what has no answer yet, and drops what does not hold.
    fn weigh(&mut self) {
        let questions = self
            .open
            .iter()
            .map(|open| {
                let scene = Arc::clone(&self.scenes[&open.change]);
                (Arc::clone(&open.case), scene, open.progress.clone())
            })
            .collect();
        let answers = self.chamber.ask(
            questions,
            |(case, scene, progress): (Arc<Case>, Arc<Scene>, Progress)| {
                case.weigh(&scene, progress)
            },
        );
        let mut answers = answers.into_iter();
        self.open.retain_mut(|open| match answers.next() {
            Some(Ok(Some(progress))) => {
                open.progress = progress;
                true
            }
            Some(Ok(None)) => false,
            Some(Err(no_answer)) => {
                open.progress.give_up(no_answer.to_string());
                true
            }
            None => unreachable!("every question has an answer"),
        });
    }
}

fn finding(open: &Open, scene: &Scene, message: Option<String>) -> Finding {
    let rule = Arc::clone(open.case.rule());
    let ground = open.progress.ground();
    Finding {
        severity: match ground {
            Ground::Holds => open.progress.severity,
            Ground::Unread(_) | Ground::Unjudged(_) => rule.severity.in_doubt(),
        },
        facts: open
            .progress
            .facts
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), scene.fact(name)?.clone())))
            .collect(),
        rule,
        change: open.change,
        ground,
        message,
    }
}

type Alike<'a> = (crate::change::Operation, &'a str, &'a str, &'a str);

fn alike(change: &Change) -> Alike<'_> {
    (
        change.operation,
        &change.resource.group,
        &change.resource.plural,
        &change.subresource,
    )
}

/// How many changes of each operation, resource and subresource there are.
fn siblings(changes: &[Change]) -> HashMap<Alike<'_>, usize> {
    let mut siblings = HashMap::new();
    for change in changes {
        *siblings.entry(alike(change)).or_default() += 1;
    }
    siblings
}

#[cfg(test)]
mod tests;

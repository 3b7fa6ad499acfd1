//! One rule on one change, as far as it can be judged with what is known.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::common::types::{CelBool, CelString};

use super::condition::Expression;
use super::finding::Ground;
use super::look::{Outcome, Scope, Variables, evaluate};
use super::needs::Need;
use super::rule::{Cluster, Rule};
use super::scene::Scene;
use super::value::Owned;
use super::verdict::{Severity, Verdict};
use crate::cluster::Unread;
use crate::unknown::{Unknown, What};

/// A rule's conditions, in the order in which they are judged: what costs least comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// `client.words`.
    Words,
    /// `when`.
    When,
    /// `client.when`.
    ClientWhen,
    /// `cluster: ack`.
    Ack,
    /// `client.unless`.
    Unless,
    /// `client.severity`.
    Severity,
}

/// A rule with its expressions.
#[derive(Debug)]
pub struct Case {
    rule: Arc<Rule>,
    conditions: Vec<(Stage, Expression)>,
    message: Option<Expression>,
    own: Variables,
    shared: Arc<Variables>,
}

/// How far a rule has come on a change.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Conditions without an answer, as indexes.
    open: Vec<usize>,
    /// What the first of them must know.
    pub needs: BTreeSet<Need>,
    /// Why the rule cannot be judged for certain.
    pub doubt: Option<Ground>,
    /// How strict the finding will be.
    pub severity: Severity,
    /// The facts that were looked at.
    pub facts: BTreeSet<&'static str>,
}

impl Progress {
    /// No answer will come.
    pub fn give_up(&mut self, why: String) {
        self.open.clear();
        self.needs.clear();
        self.doubt = Some(Ground::Unjudged(why));
    }

    /// Whether the rule holds. A condition without an answer is a doubt: nobody read what it needs.
    #[must_use]
    pub fn ground(&self) -> Ground {
        match (&self.doubt, self.needs.first()) {
            (Some(doubt), _) => doubt.clone(),
            (None, None) => Ground::Holds,
            (None, Some(need)) => {
                let what = match need {
                    Need::Object => What::Subject,
                    Need::Rehearsal => What::Outcome,
                    Need::Fact(fact) => What::Fact(fact),
                };
                Ground::Unread(Unknown::new(what, Unread::NotAsked))
            }
        }
    }
}

/// What one condition says.
enum Says {
    /// The rule stays.
    Stay,
    /// The rule is dropped.
    Drop,
    /// The rule stays with this severity.
    StayAs(Severity),
    Needs(BTreeSet<Need>),
    Doubt(Ground),
}

impl Case {
    /// Takes a rule; compiles nothing yet.
    #[must_use]
    pub fn new(rule: &Arc<Rule>, shared: &Arc<Variables>) -> Self {
        let client = rule.client.clone().unwrap_or_default();
        let ack = (rule.cluster == Cluster::Ack).then(|| "facts.ack".to_owned());
        let conditions = [
            (Stage::Words, client.words),
            (Stage::When, rule.when.clone()),
            (Stage::ClientWhen, client.when),
            (Stage::Ack, ack),
            (Stage::Unless, client.unless),
            (Stage::Severity, client.severity),
        ];
        Self {
            conditions: conditions
                .into_iter()
                .filter_map(|(stage, source)| Some((stage, Expression::new(source?))))
                .collect(),
            message: client
                .message
                .or_else(|| rule.message.clone())
                .map(Expression::new),
            own: rule
                .variables
                .iter()
                .map(|(name, source)| (name.clone(), Expression::new(source)))
                .collect(),
            shared: Arc::clone(shared),
            rule: Arc::clone(rule),
        }
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &Arc<Rule> {
        &self.rule
    }

    /// Nothing judged yet.
    #[must_use]
    pub fn start(&self) -> Progress {
        Progress {
            open: (0..self.conditions.len()).collect(),
            needs: BTreeSet::new(),
            doubt: None,
            severity: self.rule.severity,
            facts: BTreeSet::new(),
        }
    }

    /// Judges what has no answer yet; absent when the rule says nothing about this change.
    ///
    /// Conditions after the first one that waits are looked at too: they may drop the rule before anything is read.
    #[must_use]
    pub fn weigh(&self, scene: &Scene, mut progress: Progress) -> Option<Progress> {
        progress.needs.clear();
        for index in std::mem::take(&mut progress.open) {
            let (stage, expression) = &self.conditions[index];
            let in_words = (*stage == Stage::Words).then(|| scene.in_words()).flatten();
            let scene = in_words.as_ref().unwrap_or(scene);
            let outcome = evaluate(expression, scene, self.scope(), &mut progress.facts);
            match says(*stage, outcome) {
                Says::Drop => return None,
                Says::Stay => {}
                Says::StayAs(severity) => progress.severity = severity,
                Says::Doubt(ground) => drop(progress.doubt.get_or_insert(ground)),
                Says::Needs(needs) => {
                    progress.open.push(index);
                    if progress.needs.is_empty() {
                        progress.needs = needs;
                    }
                }
            }
        }
        Some(progress)
    }

    /// The rule's own line about the change. Absent where it has none or says nothing, and where it fails: the finding
    /// stands without it.
    #[must_use]
    pub fn message(&self, scene: &Scene) -> Option<String> {
        let message = self.message.as_ref()?;
        match evaluate(message, scene, self.scope(), &mut BTreeSet::new()) {
            Outcome::Value(value) => text(&value)
                .filter(|line| !line.is_empty())
                .map(str::to_owned),
            Outcome::Needs(_) | Outcome::Blocked(_) | Outcome::Failed(_) => None,
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            own: &self.own,
            shared: &self.shared,
        }
    }
}

fn says(stage: Stage, outcome: Outcome) -> Says {
    let value = match outcome {
        Outcome::Value(value) => value,
        Outcome::Needs(needs) => return Says::Needs(needs),
        Outcome::Blocked(obstacle) => return Says::Doubt(Ground::Unread(obstacle)),
        Outcome::Failed(fault) => return Says::Doubt(Ground::Unjudged(fault)),
    };
    if stage == Stage::Severity {
        return match text(&value).and_then(Verdict::from_word) {
            Some(verdict) => verdict.severity().map_or(Says::Drop, Says::StayAs),
            None => unjudged("client.severity gives no severity"),
        };
    }
    match value.downcast_ref::<CelBool>() {
        Some(truth) if *truth.inner() == (stage != Stage::Unless) => Says::Stay,
        Some(_) => Says::Drop,
        None => unjudged("the condition gives neither true nor false"),
    }
}

fn unjudged(fault: &str) -> Says {
    Says::Doubt(Ground::Unjudged(fault.to_owned()))
}

fn text(value: &Owned) -> Option<&str> {
    value.downcast_ref::<CelString>().map(CelString::inner)
}

//! What a person has to say before kubectl runs, at a prompt or by flags. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::escape::escape;
use crate::change::{Cause, Change, Operation};
use crate::plan::Plan;
use crate::risk::finding::Finding;
use crate::risk::verdict::{Severity, Verdict};

/// What a verdict asks for. Consent to the strictest finding covers the weaker ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Nothing: allow and notice.
    Nothing,
    /// `y`, or `--safe-yes`. The stronger consent, this text by `--safe-confirm`, is taken as well.
    Yes {
        /// As in [`Consent::Text`].
        text: String,
    },
    /// This text, typed or by `--safe-confirm`.
    Text(String),
    /// This text and a reason, or `--safe-override` for each of these rules and `--safe-reason`.
    Override {
        /// Ids of the rules to be overridden.
        rules: Vec<String>,
        /// The text to type at a terminal.
        text: String,
    },
    /// No consent is enough.
    Never,
}

/// What the command line consents to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// `--safe-yes`
    pub yes: bool,
    /// `--safe-confirm=TEXT`
    pub text: Option<String>,
    /// Each `--safe-override=RULE`
    pub overrides: Vec<String>,
    /// `--safe-reason=TEXT`
    pub reason: Option<String>,
}

impl Consent {
    /// What this plan asks for.
    #[must_use]
    pub fn required(plan: &Plan) -> Self {
        let text = || text_to_type(plan);
        match plan.verdict {
            Verdict::Allow | Verdict::Notice => Self::Nothing,
            Verdict::Confirm => Self::Yes { text: text() },
            Verdict::TypeName => Self::Text(text()),
            Verdict::Redirect | Verdict::Deny => {
                let strictest = || strictest(plan);
                let may_be_overridden = |finding: &Finding| {
                    finding.severity == Severity::Redirect || finding.rule.break_glass
                };
                // A refusal that no finding explains has nothing that could be named and overridden.
                if strictest().next().is_none() || !strictest().all(may_be_overridden) {
                    return Self::Never;
                }
                let rules: BTreeSet<_> =
                    strictest().map(|finding| finding.rule.id.clone()).collect();
                Self::Override {
                    rules: rules.into_iter().collect(),
                    text: text(),
                }
            }
        }
    }

    /// Whether flags give it.
    #[must_use]
    pub fn is_given_by(&self, given: &Given) -> bool {
        match self {
            Self::Nothing => true,
            Self::Yes { text } => given.yes || given.text.as_ref() == Some(text),
            Self::Text(text) => given.text.as_ref() == Some(text),
            Self::Override { rules, .. } => {
                rules.iter().all(|rule| given.overrides.contains(rule))
                    && given
                        .reason
                        .as_ref()
                        .is_some_and(|reason| !reason.trim().is_empty())
            }
            Self::Never => false,
        }
    }
}

fn strictest(plan: &Plan) -> impl Iterator<Item = &Finding> {
    let severity = plan.findings.iter().map(|finding| finding.severity).max();
    plan.findings
        .iter()
        .filter(move |finding| Some(finding.severity) == severity)
}

/// The name of the one object that the strictest findings are about, or how many they are: `7 nodes`. As it is shown,
/// so that it can be typed; never translated. The verb, where they could not be listed.
fn text_to_type(plan: &Plan) -> String {
    let found = plan.findings.iter().map(|finding| finding.severity).max();
    let unlisted = plan.unknown.iter().map(|unknown| unknown.severity).max();
    // What could not be listed has no name and no number: the verb stands for all that it may reach.
    if unlisted > found && unlisted > Some(Severity::Confirm) && !plan.verb.is_empty() {
        return plan.verb.to_owned();
    }
    let is_root =
        |change: &&Change| !change.cause.is_consequence() && change.cause != Cause::Evicted;
    let mut changes: Vec<&Change> = strictest(plan)
        .filter_map(|finding| plan.changes.get(finding.change))
        .collect();
    // What goes along has a name that the person did not choose, or none.
    if changes.is_empty() || changes.iter().any(|change| change.cause.is_consequence()) {
        changes = plan.changes.iter().filter(is_root).collect();
    }
    let objects: BTreeSet<_> = changes
        .iter()
        .map(|change| (&change.resource, &change.namespace, &change.name))
        .collect();
    let resources: BTreeSet<_> = objects.iter().map(|(resource, ..)| *resource).collect();
    let plural = match resources.first() {
        Some(resource) if resources.len() == 1 => resource.plural.as_ref(),
        _ => "objects",
    };
    match objects.first() {
        // The whole command, where not one object is known.
        None => "yes".to_owned(),
        Some((_, _, name)) if objects.len() == 1 && !name.is_empty() => escape(name),
        // An object whose name is made up when it is made.
        Some((resource, ..)) if objects.len() == 1 && makes(&changes) => {
            escape(&format!("1 {}", resource.kind.to_lowercase()))
        }
        Some(_) if objects.len() == 1 => escape(&format!("all {plural}")),
        Some(_) => escape(&format!("{} {plural}", objects.len())),
    }
}

fn makes(changes: &[&Change]) -> bool {
    changes
        .iter()
        .all(|change| change.operation == Operation::Create)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::fixture::{Draft, deny, node, pod, rule};
    use crate::cluster::Unread;
    use crate::unknown::What;

    #[test]
    fn one_object_is_confirmed_by_its_name_and_many_by_their_number() {
        let one = Draft::new(vec![node("a")])
            .finding(rule("r", Severity::TypeName), 0)
            .plan();
        assert_eq!(Consent::required(&one), Consent::Text("a".into()));

        let many = Draft::new(vec![node("a"), node("b")])
            .finding(rule("r", Severity::TypeName), 0)
            .finding(rule("r", Severity::TypeName), 1)
            .plan();
        assert_eq!(Consent::required(&many), Consent::Text("2 nodes".into()));
    }

    #[test]
    fn objects_of_several_kinds_are_objects() {
        let plan = Draft::new(vec![node("a"), pod("shop", "b")])
            .finding(rule("r", Severity::TypeName), 0)
            .finding(rule("q", Severity::TypeName), 1)
            .plan();
        assert_eq!(Consent::required(&plan), Consent::Text("2 objects".into()));
    }

    #[test]
    fn only_the_strictest_findings_count() {
        let plan = Draft::new(vec![node("a"), node("b")])
            .finding(rule("r", Severity::TypeName), 1)
            .finding(rule("q", Severity::Confirm), 0)
            .plan();
        assert_eq!(Consent::required(&plan), Consent::Text("b".into()));
    }

    #[test]
    fn what_could_not_be_listed_is_confirmed_by_the_verb() {
        let draft = Draft::new(vec![node("a")])
            .finding(rule("r", Severity::Confirm), 0)
            .unknown(What::Contents("shop".to_owned()), Unread::Unauthorized);
        let listed = draft.clone().finding(rule("q", Severity::TypeName), 0);
        assert_eq!(
            Consent::required(&draft.clone().plan()),
            Consent::Yes { text: "a".into() }
        );
        assert_eq!(
            Consent::required(&draft.unlisted(Severity::TypeName).plan()),
            Consent::Text("delete".into())
        );
        assert_eq!(
            Consent::required(&listed.unlisted(Severity::TypeName).plan()),
            Consent::Text("a".into())
        );
    }

    #[test]
    fn a_refusal_is_final_unless_every_refusing_rule_allows_break_glass() {
        let open = Draft::new(vec![node("a")]).finding(deny("r", true), 0);
        assert_eq!(
            Consent::required(&open.clone().plan()),
            Consent::Override {
                rules: vec!["r".into()],
                text: "a".into()
            }
        );
        assert_eq!(
            Consent::required(&open.finding(deny("q", false), 0).plan()),
            Consent::Never
        );
    }

    #[test]
    fn flags_give_exactly_what_they_say() {
        let yes = Given {
            yes: true,
            ..Given::default()
        };
        let text = Given {
            text: Some("a".into()),
            ..Given::default()
        };
        let reason = Given {
            overrides: vec!["r".into()],
            reason: Some("broken".into()),
            ..Given::default()
        };
        let blank = Given {
            reason: Some(" ".into()),
            ..reason.clone()
        };
        let override_r = Consent::Override {
            rules: vec!["r".into()],
            text: "a".into(),
        };

        assert!(Consent::Yes { text: "a".into() }.is_given_by(&yes));
        assert!(Consent::Yes { text: "a".into() }.is_given_by(&text));
        assert!(Consent::Text("a".into()).is_given_by(&text));
        assert!(!Consent::Text("a".into()).is_given_by(&yes));
        assert!(!Consent::Text("b".into()).is_given_by(&text));
        assert!(override_r.is_given_by(&reason));
        assert!(!override_r.is_given_by(&blank));
        assert!(!override_r.is_given_by(&text));
        assert!(!Consent::Never.is_given_by(&reason));
    }

    #[test]
    fn a_hostile_name_is_typed_as_it_is_shown() {
        let plan = Draft::new(vec![node("a\u{1b}[2J")])
            .finding(rule("r", Severity::TypeName), 0)
            .plan();
        assert_eq!(
            Consent::required(&plan),
            Consent::Text("a\\u{1b}[2J".into())
        );
    }
}

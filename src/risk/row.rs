//! A row of the table: what it looks at is known at once, everything else is read when a change needs it.

use std::sync::{Arc, OnceLock};

use super::rule::{Match, Rule};

/// One rule. Nine tenths of its text are for people, and most commands meet none of them.
#[derive(Clone, Debug)]
pub(super) struct Row {
    matches: Match,
    /// The rule as JSON.
    text: &'static str,
    rule: OnceLock<Arc<Rule>>,
}

impl Row {
    /// A rule of this program, as the build wrote it.
    pub(super) fn builtin(matches: Match, text: &'static str) -> Self {
        Self {
            matches,
            text,
            rule: OnceLock::new(),
        }
    }

    /// Which changes it looks at.
    pub(super) fn matches(&self) -> &Match {
        &self.matches
    }

    /// All of it.
    pub(super) fn rule(&self) -> &Arc<Rule> {
        self.rule.get_or_init(|| {
            Arc::new(serde_json::from_str(self.text).expect("a test reads the same text"))
        })
    }
}

impl From<Rule> for Row {
    fn from(rule: Rule) -> Self {
        Self {
            matches: rule.matches.clone(),
            text: "",
            rule: OnceLock::from(Arc::new(rule)),
        }
    }
}

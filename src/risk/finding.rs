//! A rule that holds for a change, or that could not be judged.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::rule::Rule;
use super::verdict::Severity;
use crate::unknown::Unknown;

/// What speaks against a change.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that holds, or that would have to be known to hold or not.
    pub rule: Arc<Rule>,
    /// The change, as an index into the plan's changes.
    pub change: usize,
    /// How strict, for this object.
    pub severity: Severity,
    /// Whether the rule holds, or what stood in the way of knowing.
    pub ground: Ground,
    /// The rule's own line about this object, where it has one.
    pub message: Option<String>,
    /// The facts that the rule asked for, by name.
    pub facts: BTreeMap<String, Value>,
}

impl Finding {
    /// What could not be read, if that is why there is a finding.
    #[must_use]
    pub fn unknown(&self) -> Option<Unknown> {
        match &self.ground {
            Ground::Unread(unknown) => Some(unknown.clone()),
            Ground::Holds | Ground::Unjudged(_) => None,
        }
    }
}

/// Why there is a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The rule's condition is true.
    Holds,
    /// Something that the rule needs could not be read.
    Unread(Unknown),
    /// The condition itself failed on this object.
    Unjudged(String),
}

//! Everything that the table tells a person: rules, and rows that kubectl cannot reach, in the order of the rows.

use serde::Serialize;

use super::documented::Documented;
use super::rule::{Rule, Text};
use super::section::Place;

/// A rule, or a row without one.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum Entry<'a> {
    /// Commands are judged by it.
    Rule(&'a Rule),
    /// No command is.
    Documented(&'a Documented),
}

impl<'a> Entry<'a> {
    /// All of them, by section and row; rules of one row in the order of the table.
    pub fn in_order(
        rules: impl IntoIterator<Item = &'a Rule>,
        documented: &'a [Documented],
    ) -> Vec<Self> {
        let rules = rules.into_iter().map(Self::Rule);
        let mut entries: Vec<Self> = rules
            .chain(documented.iter().map(Self::Documented))
            .collect();
        entries.sort_by_key(|entry| Place::of(entry.row()));
        entries
    }

    /// Its id.
    #[must_use]
    pub fn id(self) -> &'a str {
        match self {
            Self::Rule(rule) => &rule.id,
            Self::Documented(row) => &row.id,
        }
    }

    /// Its row, such as `P2`.
    #[must_use]
    pub fn row(self) -> &'a str {
        match self {
            Self::Rule(rule) => &rule.row,
            Self::Documented(row) => &row.row,
        }
    }

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'a Text {
        match self {
            Self::Rule(rule) => &rule.title,
            Self::Documented(row) => &row.title,
        }
    }
}

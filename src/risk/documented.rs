//! Rows of the product's notes that no kubectl command reaches: they are told, and judge nothing.

use serde::{Deserialize, Serialize};

use super::rule::Text;

/// One such row. Kept apart from the rules, so that no guarded command reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documented {
    /// Kebab-case, unique among these and the rules.
    pub id: String,
    /// The row of the ACK document, such as `A3`.
    pub row: String,
    /// The page, as in a rule.
    pub source: String,
    /// At most 60 columns.
    pub title: Text,
    /// What happens: one or two sentences.
    pub impact: Text,
    /// How to get back.
    pub recovery: Text,
    /// Why kubectl cannot reach it, and where it is done.
    pub unreachable: Text,
    /// What to do instead.
    pub instead: Text,
}

/// All of them, in the order of the file.
///
/// # Panics
/// Never: a test reads the same text.
#[must_use]
pub fn documented() -> Vec<Documented> {
    serde_yaml::from_str(include_str!("documented.yaml")).expect("a test reads the same text")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::risk::section::Place;
    use crate::risk::table::Table;

    #[test]
    fn each_row_is_told_once_and_has_every_text() {
        let table = Table::builtin();
        let rules: BTreeSet<&str> = table.rules().map(|rule| rule.id.as_str()).collect();
        let mut seen = BTreeSet::new();
        for entry in documented() {
            let id = entry.id.as_str();
            assert!(!rules.contains(id), "{id} is a rule");
            assert!(seen.insert(entry.id.clone()), "{id} is there twice");
            assert!(
                seen.insert(entry.row.clone()),
                "{id}: its row is told twice"
            );
            assert!(Place::of(&entry.row).is_some(), "{id}: row {}", entry.row);
            for text in [&entry.title.en, &entry.title.zh, &entry.title.ja] {
                assert!((1..=60).contains(&text.width()), "{id}: {text}");
            }
            for text in [
                &entry.impact,
                &entry.recovery,
                &entry.unreachable,
                &entry.instead,
            ] {
                assert!(text.en.ends_with('.'), "{id}: {}", text.en);
                assert!(text.zh.ends_with('。'), "{id}: {}", text.zh);
                assert!(text.ja.ends_with(['。', ')']), "{id}: {}", text.ja);
            }
        }
    }
}

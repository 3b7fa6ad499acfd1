//! The risk table: loaded from YAML, and asked which rules look at a change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::chamber::Chamber;
use super::condition::Expression;
use super::lint::{Flaw, Lint};
use super::look::Variables;
use super::row::Row;
use super::rule::{Match, Rule};
use super::verdict::Severity;
use crate::change::{Change, Operation, Resource};

/// The file of the shared variables; every other file is a list of rules.
pub const VARIABLES: &str = "variables.yaml";

/// Compiling every expression of a table takes milliseconds; a hostile one gets this long.
const LINT_DEADLINE: Duration = Duration::from_secs(20);

/// All rules.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Row>,
    variables: Arc<Variables>,
    drops: Drops,
}

/// When a rule that cannot hold is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drops {
    /// Before anything is read, where the words already show it.
    #[default]
    Early,
    /// Only when the objects, and what kubectl's dry run makes of them, are known. No command is judged so: a test is, to show that both
    /// find the same.
    Late,
}

/// Why a table cannot be used: file, line, rule, key, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct TableError {
    /// The file's name.
    pub file: String,
    /// From 1, where it is known.
    pub line: Option<usize>,
    /// The rule's id, where it is known.
    pub rule: Option<String>,
    /// The key inside the rule, such as `client.when`.
    pub key: Option<String>,
    /// In a few words.
    pub fault: String,
}

impl std::fmt::Display for TableError {
    /// `network.yaml:34: rule service-delete: client.when: there is no fact "pol"`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(rule) = &self.rule {
            write!(f, ": rule {rule}")?;
        }
        if let Some(key) = &self.key {
            write!(f, ": {key}")?;
        }
        write!(f, ": {}", self.fault)
    }
}

/// What every guarded command reads of the built-in table. `build.rs` turns the YAML into JSON, which is read ten
/// times faster, and writes the rules apart, one behind the other.
#[derive(Deserialize)]
struct Index {
    variables: BTreeMap<String, String>,
    /// What each rule looks at, and how many bytes its text has.
    rows: Vec<(Match, usize)>,
}

impl Table {
    /// The table of this program, which the tests have checked.
    ///
    /// # Panics
    ///
    /// When the program was built from a table that [`Self::parse`] refuses.
    #[must_use]
    pub fn builtin() -> Self {
        let index = include_str!(concat!(env!("OUT_DIR"), "/index.json"));
        let mut texts = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));
        let Index { variables, rows } =
            serde_json::from_str(index).expect("a test reads the same text");
        Self {
            rows: rows
                .into_iter()
                .map(|(matches, length)| {
                    let (text, rest) = texts.split_at(length);
                    texts = rest;
                    Row::builtin(matches, text)
                })
                .collect(),
            variables: Arc::new(compilable(variables)),
            drops: Drops::Early,
        }
    }

    /// The same rules, which drop out at another time.
    #[must_use]
    pub fn dropping(self, drops: Drops) -> Self {
        Self { drops, ..self }
    }

    /// When its rules drop out.
    #[must_use]
    pub const fn drops(&self) -> Drops {
        self.drops
    }

    /// Loads a table from files (name and YAML text), and checks every rule as `lint.rs` says.
    pub fn parse(sources: &[(&str, &str)]) -> Result<Self, TableError> {
        let mut variables = Variables::new();
        let mut rules: Vec<(&str, &str, Row)> = Vec::new();
        for (file, text) in sources {
            if *file == VARIABLES {
                let shared: BTreeMap<String, String> = from_yaml(file, text)?;
                variables = compilable(shared);
            } else {
                let parsed: Vec<Rule> = from_yaml(file, text)?;
                rules.extend(
                    parsed
                        .into_iter()
                        .map(|rule| (*file, *text, Row::from(rule))),
                );
            }
        }
        let mut ids = BTreeSet::new();
        if let Some((file, text, row)) = rules
            .iter()
            .find(|(_, _, row)| !ids.insert(row.rule().id.clone()))
        {
            let flaw = Flaw {
                key: "id".to_owned(),
                fault: "another rule has it too".to_owned(),
            };
            return Err(flawed(file, text, row.rule(), flaw));
        }
        let table = Self {
            rows: rules.iter().map(|(_, _, row)| row.clone()).collect(),
            variables: Arc::new(variables),
            drops: Drops::Early,
        };
        match table.lint() {
            Ok(()) => Ok(table),
            Err((None, flaw)) => Err(TableError {
                file: VARIABLES.to_owned(),
                line: None,
                rule: None,
                key: Some(flaw.key),
                fault: flaw.fault,
            }),
            Err((Some(index), flaw)) => {
                let (file, text, row) = &rules[index];
                Err(flawed(file, text, row.rule(), flaw))
            }
        }
    }

    /// The first flaw, with the index of its rule; without one it is in the shared variables.
    fn lint(&self) -> Result<(), (Option<usize>, Flaw)> {
        let mut answers = Chamber::with_deadline(LINT_DEADLINE).ask(vec![self.clone()], |table| {
            let lint = Lint::variables(&table.variables).map_err(|flaw| (None, flaw))?;
            for (index, rule) in table.rules().enumerate() {
                lint.rule(rule).map_err(|flaw| (Some(index), flaw))?;
            }
            Ok(())
        });
        answers.pop().and_then(Result::ok).unwrap_or_else(|| {
            let fault = "checking the table took too long, or broke off".to_owned();
            let key = "rules".to_owned();
            Err((None, Flaw { key, fault }))
        })
    }

    /// All rules, in the order of the files.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rows.iter().map(Row::rule)
    }

    /// The shared variables.
    #[must_use]
    pub fn variables(&self) -> &Arc<Variables> {
        &self.variables
    }

    /// The rules that look at a change of a command with these flags, in the table's order. Only these are ever read and compiled.
    pub fn candidates<'t>(
        &'t self,
        change: &'t Change,
        flags: &'t BTreeMap<String, serde_json::Value>,
    ) -> impl Iterator<Item = &'t Arc<Rule>> {
        self.rows
            .iter()
            .filter(|row| row.matches().covers(change, flags))
            .map(Row::rule)
    }

    /// Whether a rule could look at such a change, whatever the object's name. Without a namespace: in any.
    #[must_use]
    pub fn could_look_at(
        &self,
        operation: Operation,
        resource: &Resource,
        subresource: &str,
        namespace: Option<&str>,
    ) -> bool {
        self.drops == Drops::Late
            || self.rows.iter().any(|row| {
                row.matches()
                    .could_cover(operation, resource, subresource, namespace)
            })
    }

    /// How strict a question about such a change must be when the change itself is not known: as the strictest rule that
    /// could look at it, in doubt. Without a resource: of any.
    ///
    /// Rules about every kind of object (a reserved key, a finalizer) do not count: they would make one question of all.
    #[must_use]
    pub fn in_doubt(
        &self,
        operation: Operation,
        resource: Option<&Resource>,
        subresource: &str,
        namespace: Option<&str>,
    ) -> Severity {
        let could_cover = |matches: &Match| match resource {
            Some(_) if matches.groups == ["*"] => false,
            Some(resource) => matches.could_cover(operation, resource, subresource, namespace),
            None => matches.operations.contains(&operation),
        };
        self.rows
            .iter()
            .filter(|row| could_cover(row.matches()))
            .map(|row| row.rule().severity.in_doubt())
            .max()
            .unwrap_or(Severity::Confirm)
    }
}

fn compilable(sources: BTreeMap<String, String>) -> Variables {
    sources
        .into_iter()
        .map(|(name, source)| (name, Expression::new(source)))
        .collect()
}

fn from_yaml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, TableError> {
    serde_yaml::from_str(text).map_err(|error| {
        let line = error.location().map(|location| location.line());
        let said = error.to_string();
        // `[1].match: unknown field … at line 5 column 3`: the place is told apart from the words.
        let said = said
            .rsplit_once(" at line ")
            .map_or(said.as_str(), |(words, _)| words);
        let (path, fault) = match said.split_once(": ") {
            Some((path, fault)) if !path.contains(' ') => (path, fault),
            _ => ("", said),
        };
        let key = path
            .trim_start_matches(['.', '[', ']'])
            .trim_start_matches(|c: char| c.is_ascii_digit());
        let key = key.trim_start_matches([']', '.']);
        TableError {
            file: file.to_owned(),
            line,
            rule: line.and_then(|line| rule_at(text, line)).map(str::to_owned),
            key: (!key.is_empty()).then(|| key.to_owned()),
            fault: fault.to_owned(),
        }
    })
}

fn flawed(file: &str, text: &str, rule: &Rule, flaw: Flaw) -> TableError {
    let last = |(index, line): (usize, &str)| (id(line) == Some(&rule.id)).then_some(index + 1);
    TableError {
        file: file.to_owned(),
        // Of two rules with one id, the second is the one too many.
        line: text.lines().enumerate().filter_map(last).last(),
        rule: Some(rule.id.clone()),
        key: Some(flaw.key),
        fault: flaw.fault,
    }
}

/// The rule that a line belongs to.
fn rule_at(text: &str, line: usize) -> Option<&str> {
    text.lines().take(line).filter_map(id).last()
}

fn id(line: &str) -> Option<&str> {
    Some(line.strip_prefix("- id:")?.split('#').next()?.trim())
}

#[cfg(test)]
mod tests;

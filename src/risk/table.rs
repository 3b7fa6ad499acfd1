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
use super::rule::Rule;
use crate::change::{Change, Operation, Resource};

/// The file of the shared variables; every other file is a list of rules.
pub const VARIABLES: &str = "variables.yaml";

/// Compiling every expression of a table takes milliseconds; a hostile one gets this long.
const LINT_DEADLINE: Duration = Duration::from_secs(20);

/// All rules.
#[derive(Clone, Debug)]
pub struct Table {
    rules: Vec<Arc<Rule>>,
    variables: Arc<Variables>,
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

/// What the build writes: `build.rs` turns the YAML into JSON, which is read ten times faster.
#[derive(Deserialize)]
struct BuiltIn {
    variables: BTreeMap<String, String>,
    rules: Vec<Rule>,
}

impl Table {
    /// The table of this program, which the tests have checked.
    ///
    /// # Panics
    ///
    /// When the program was built from a table that [`Self::parse`] refuses.
    #[must_use]
    pub fn builtin() -> Self {
        let json = include_str!(concat!(env!("OUT_DIR"), "/table.json"));
        let BuiltIn { variables, rules } =
            serde_json::from_str(json).expect("a test reads the same text");
        Self {
            rules: rules.into_iter().map(Arc::new).collect(),
            variables: Arc::new(compilable(variables)),
        }
    }

    /// Loads a table from files (name and YAML text), and checks every rule as `lint.rs` says.
    pub fn parse(sources: &[(&str, &str)]) -> Result<Self, TableError> {
        let mut variables = Variables::new();
        let mut rules: Vec<(&str, &str, Arc<Rule>)> = Vec::new();
        for (file, text) in sources {
            if *file == VARIABLES {
                let shared: BTreeMap<String, String> = from_yaml(file, text)?;
                variables = compilable(shared);
            } else {
                let parsed: Vec<Rule> = from_yaml(file, text)?;
                rules.extend(
                    parsed
                        .into_iter()
                        .map(|rule| (*file, *text, Arc::new(rule))),
                );
            }
        }
        let mut ids = BTreeSet::new();
        if let Some((file, text, rule)) = rules.iter().find(|(_, _, rule)| !ids.insert(&rule.id)) {
            let flaw = Flaw {
                key: "id".to_owned(),
                fault: "another rule has it too".to_owned(),
            };
            return Err(flawed(file, text, rule, flaw));
        }
        let table = Self {
            rules: rules.iter().map(|(_, _, rule)| Arc::clone(rule)).collect(),
            variables: Arc::new(variables),
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
                let (file, text, rule) = &rules[index];
                Err(flawed(file, text, rule, flaw))
            }
        }
    }

    /// The first flaw, with the index of its rule; without one it is in the shared variables.
    fn lint(&self) -> Result<(), (Option<usize>, Flaw)> {
        let mut answers = Chamber::with_deadline(LINT_DEADLINE).ask(vec![self.clone()], |table| {
            let lint = Lint::variables(&table.variables).map_err(|flaw| (None, flaw))?;
            for (index, rule) in table.rules.iter().enumerate() {
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
    #[must_use]
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The shared variables.
    #[must_use]
    pub fn variables(&self) -> &Arc<Variables> {
        &self.variables
    }

    /// The rules that look at a change, in the table's order. Only these are ever compiled.
    pub fn candidates<'t>(&'t self, change: &'t Change) -> impl Iterator<Item = &'t Arc<Rule>> {
        self.rules.iter().filter(|rule| rule.matches.covers(change))
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
        self.rules.iter().any(|rule| {
            rule.matches
                .could_cover(operation, resource, subresource, namespace)
        })
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
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::change::resource::Scope;
    use crate::risk::sample::{NODES, PODS, delete, node_rule, rule, table, try_table};

    /// The folder's files, as a person wrote them.
    fn sources() -> Vec<(String, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/risk/table");
        let mut sources: Vec<_> = fs::read_dir(folder)
            .expect("the folder is part of the source")
            .map(|entry| entry.expect("it can be listed").path())
            .map(|path| {
                let name = path.file_name().expect("a file has a name");
                let text = fs::read_to_string(&path).expect("the rules are text");
                (name.to_string_lossy().into_owned(), text)
            })
            .collect();
        sources.sort();
        sources
    }

    fn told(variables: &str, rules: &[String]) -> String {
        match try_table(variables, rules) {
            Ok(_) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_built_in_table_passes_its_own_lint() {
        let sources = sources();
        let sources: Vec<_> = sources
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let parsed = Table::parse(&sources).unwrap_or_else(|error| panic!("{error}"));
        let builtin = Table::builtin();
        let told = |table: &Table| {
            serde_json::to_value(
                table
                    .rules
                    .iter()
                    .map(|r| (**r).clone())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(told(&parsed).unwrap(), told(&builtin).unwrap());
        assert!(parsed.variables.keys().eq(builtin.variables.keys()));
    }

    #[test]
    fn errors_in_the_yaml_name_file_line_and_rule() {
        let fine = node_rule("fine", "severity: deny");
        for (bad, said) in [
            (
                node_rule("bad", "severity: deny\nwhem: 'true'"),
                "rules.yaml:15: rule bad: unknown field `whem`, expected one of `id`",
            ),
            (
                node_rule("bad", "severity: sever"),
                "rules.yaml:14: rule bad: severity: unknown variant `sever`, expected one of `notice`",
            ),
            (
                node_rule("bad", "match: 1"),
                "rules.yaml:11: rule bad: duplicate field `match`",
            ),
            (
                "- id: bad\n  row: X1\n".to_owned(),
                "rules.yaml:11: rule bad: missing field `source`",
            ),
            (
                "- id: bad\n  when: a: b\n".to_owned(),
                "rules.yaml:12: rule bad: mapping values are not allowed",
            ),
        ] {
            let told = told("{}", &[fine.clone(), bad]);
            assert!(told.starts_with(said), "{told}");
        }
        assert!(told("{a: [1]}", &[]).starts_with("variables.yaml:1: a: invalid type"));
    }

    #[test]
    fn errors_in_a_rule_name_file_line_rule_and_key() {
        for (keys, said) in [
            ("severity: redirect", "redirect: severity redirect needs it"),
            (
                "severity: confirm\nbreakGlass: true",
                "breakGlass: only a deny can be broken",
            ),
            (
                "severity: deny\nwhen: objekt.x == 1",
                "when: unknown name \"objekt\"; here it may be object, oldObject",
            ),
            (
                "severity: deny\nwhen: facts.pod.daemonSet",
                "when: unknown name \"facts\"",
            ),
            (
                "severity: deny\nwhen: change.siblings > 1",
                "when: unknown name \"change\"",
            ),
            (
                "severity: deny\nmessage: invocation.verb",
                "message: unknown name \"invocation\"",
            ),
            (
                "severity: deny\nlet: {x: facts.pod.name}",
                "let.x: unknown name \"facts\"",
            ),
            (
                "severity: deny\nclient: {words: oldObject.x}",
                "client.words: unknown name \"oldObject\"",
            ),
            (
                "severity: deny\nclient: {when: facts.pol.id == ''}",
                "client.when: there is no fact \"pol\"; facts are ack,",
            ),
            (
                "severity: deny\nclient: {when: has(facts.pool)}",
                "client.when: \"facts\" must be followed by a name",
            ),
            (
                "severity: deny\nwhen: variables.size() > 0",
                "when: \"variables\" must be followed by a name",
            ),
            (
                "severity: deny\nwhen: variables.x",
                "when: variables.x is not defined",
            ),
            (
                "severity: deny\nlet: {x: variables.y, y: variables.x}",
                "x: refers to itself through other variables",
            ),
            (
                "severity: deny\nlet: {x-y: '1'}",
                "x-y: a variable's name must be camelCase",
            ),
            (
                "severity: deny\nwhen: oldObject.items.sort() == []",
                "when: sort() is not in the portable subset",
            ),
            (
                "severity: deny\nwhen: now() > 1",
                "when: now() is not in the portable subset",
            ),
            (
                "severity: deny\nwhen: has(object.metadata)",
                "when: has(object.…) fails where object is null",
            ),
            (
                "severity: deny\nwhen: oldObject.a.matches('[0-9]\\\\w')",
                "when: regular expression: \"\\w\": write",
            ),
            (
                "severity: deny\nwhen: oldObject.a.matches(oldObject.b)",
                "when: regular expression: it must be a literal",
            ),
            ("severity: deny\nwhen: 1 +", "when: line 1, column 4: "),
        ] {
            let told = told(
                "{}",
                &[node_rule("fine", "severity: deny"), node_rule("bad", keys)],
            );
            let said = format!("rules.yaml:11: rule bad: {said}");
            assert!(told.starts_with(&said), "{told}\n{said}");
        }
        let twice = told(
            "{}",
            &[
                node_rule("a", "severity: deny"),
                node_rule("a", "severity: deny"),
            ],
        );
        assert_eq!(twice, "rules.yaml:11: rule a: id: another rule has it too");
        let snake = told("{}", &[node_rule("a_b", "severity: deny")]);
        assert_eq!(snake, "rules.yaml:1: rule a_b: id: must be kebab-case");
        let shared = told("{x: has(oldObject.spec)}", &[]);
        assert!(
            shared.starts_with("variables.yaml: x: has(oldObject.…) fails"),
            "{shared}"
        );
    }

    #[test]
    fn has_is_refused_only_where_the_object_may_be_null() {
        let fine = node_rule(
            "a",
            "severity: deny\nwhen: has(oldObject.spec) && has(oldObject.spec.x)",
        );
        assert_eq!(told("{}", &[fine]), "nothing");
        let looped = node_rule(
            "a",
            "severity: deny\nwhen: oldObject.items.all(object, has(object.x))",
        );
        assert_eq!(told("{}", &[looped]), "nothing");
    }

    #[test]
    fn texts_fit_and_agree() {
        let rule = |from: &str, to: &str| node_rule("a", "severity: deny").replace(from, to);
        for (rule, said) in [
            (
                rule("标题", &"标".repeat(31)),
                "title.zh: is 62 columns wide; at most 60 are allowed",
            ),
            (rule("影響。", "' '"), "impact.ja: is empty"),
            (
                rule("恢复。", "'恢复{pool}。'"),
                "recovery.zh: has other placeholders than en",
            ),
            (
                rule("Impact.", "\"a\\nb\""),
                "impact.en: has more than one line",
            ),
            (
                rule("hit: [delete node a]", "hit: []"),
                "fixtures.hit: needs one command at least",
            ),
            (rule("source: page", "source: ''"), "source: is empty"),
        ] {
            assert_eq!(told("{}", &[rule]), format!("rules.yaml:1: rule a: {said}"));
        }
    }

    #[test]
    fn rules_are_found_by_operation_resource_namespace_and_name() {
        let table = table(&[rule(
            "r",
            "match: {operations: [DELETE], groups: ['', '*.cilium.io'], resources: [pods, pods/eviction, '*/status'], namespaces: [kube-system], names: ['coredns-*', x]}\nseverity: deny",
        )]);
        let cilium = Resource {
            group: "a.cilium.io".into(),
            ..PODS
        };
        let other = Resource {
            group: "notcilium.io".into(),
            ..PODS
        };
        let found = |change: &Change| table.candidates(change).count() == 1;
        assert!(found(&delete(PODS, "kube-system", "coredns-1")));
        assert!(found(&delete(cilium.clone(), "kube-system", "x")));
        assert!(!found(&delete(other, "kube-system", "x")));
        assert!(!found(&delete(PODS, "default", "x")));
        assert!(!found(&delete(PODS, "kube-system", "y")));
        assert!(!found(&delete(PODS, "kube-system", "")));
        assert!(!found(&delete(NODES, "", "x")));
        let part = |subresource: &str| Change {
            subresource: subresource.to_owned(),
            ..delete(PODS, "kube-system", "x")
        };
        assert!(found(&part("eviction")) && found(&part("status")) && !found(&part("exec")));
        let could = |operation, subresource, namespace| {
            table.could_look_at(operation, &PODS, subresource, namespace)
        };
        assert!(could(Operation::Delete, "", None));
        assert!(could(Operation::Delete, "", Some("kube-system")));
        assert!(!could(Operation::Delete, "", Some("default")));
        assert!(!could(Operation::Update, "", None));
        assert!(!could(Operation::Delete, "exec", None));
    }

    #[test]
    fn a_namespace_is_in_itself() {
        let namespaces = Resource::known("", "v1", "namespaces", "Namespace", Scope::Cluster);
        let table = table(&[rule(
            "r",
            "match: {operations: [DELETE], groups: [''], resources: [namespaces], namespaces: [kube-system]}\nseverity: deny",
        )]);
        assert_eq!(
            table
                .candidates(&delete(namespaces.clone(), "", "kube-system"))
                .count(),
            1
        );
        assert_eq!(
            table
                .candidates(&delete(namespaces.clone(), "", "team"))
                .count(),
            0
        );
        assert!(table.could_look_at(Operation::Delete, &namespaces, "", Some("")));
    }
}

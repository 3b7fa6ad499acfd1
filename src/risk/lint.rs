//! What the loader enforces, so that a rule means the same here and as a policy in the API server.
//!
//! Crate `cel` has no type checker: an unknown name compiles, and fails on somebody's cluster. So every name, function
//! and pattern of a rule is held against the portable subset when the table is loaded.

use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr;

use super::condition::Expression;
use super::look::Variables;
use super::reading::Reading;
use super::rule::{Rule, Text};
use super::verdict::Severity;
use super::{needs, pattern};
use crate::change::Operation;

/// The widest title, in terminal columns.
const TITLE: usize = 60;

/// The widest impact, recovery or instead: three lines of a usual terminal.
const PROSE: usize = 300;

/// What is wrong, and where in the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The key, such as `client.when`.
    pub key: String,
    /// In a few words.
    pub fault: String,
}

/// Where an expression stands decides what it may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `when`, `let`, `message`, and shared variables.
    Portable,
    /// `client.words`.
    Words,
    /// The rest of `client`.
    Client,
}

impl Part {
    fn roots(self) -> &'static [&'static str] {
        match self {
            Self::Portable => &[
                "object",
                "oldObject",
                "request",
                "namespaceObject",
                "variables",
            ],
            Self::Words => &["change", "invocation"],
            Self::Client => &[
                "object",
                "oldObject",
                "request",
                "namespaceObject",
                "variables",
                "change",
                "invocation",
                "facts",
            ],
        }
    }
}

/// Types have names too: `type(x) == int`.
const TYPES: [&str; 8] = [
    "bool",
    "bytes",
    "double",
    "int",
    "list",
    "map",
    "null_type",
    "string",
];

/// What both engines have, the API server since 1.30 at the latest. Operators are added by [`is_operator`].
const FUNCTIONS: [&str; 41] = [
    "bool",
    "charAt",
    "contains",
    "dyn",
    "endsWith",
    "find",
    "findAll",
    "format",
    "hasValue",
    "indexOf",
    "int",
    "join",
    "lastIndexOf",
    "lowerAscii",
    "matches",
    "optional.none",
    "optional.of",
    "optional.ofNonZeroValue",
    "or",
    "orValue",
    "replace",
    "size",
    "split",
    "startsWith",
    "string",
    "strings.quote",
    "substring",
    "trim",
    "type",
    "upperAscii",
    "value",
    // Macros, should the parser leave one as a call.
    "all",
    "exists",
    "exists_one",
    "filter",
    "has",
    "map",
    "optFlatMap",
    "optMap",
    "@in",
    "@not_strictly_false",
];

/// The shared variables and what each refers to, so that loops over several of them are found.
#[derive(Debug, Default)]
pub struct Lint {
    shared: BTreeMap<String, BTreeSet<String>>,
}

impl Lint {
    /// Checks the shared variables.
    pub fn variables(variables: &Variables) -> Result<Self, Flaw> {
        let names: BTreeSet<&str> = variables.keys().map(String::as_str).collect();
        let mut shared = BTreeMap::new();
        for (name, expression) in variables {
            camel_case(name)?;
            let null = ["object", "oldObject", "namespaceObject"];
            let used = check(name, expression, Part::Portable, &names, &null)?;
            shared.insert(name.clone(), used);
        }
        acyclic(&shared)?;
        Ok(Self { shared })
    }

    /// Checks a rule.
    pub fn rule(&self, rule: &Rule) -> Result<(), Flaw> {
        kebab_case(&rule.id)?;
        for (key, text) in [("row", &rule.row), ("source", &rule.source)] {
            ensure(!text.trim().is_empty(), key, || "is empty".to_owned())?;
        }
        shape(rule)?;
        texts(rule)?;
        self.expressions(rule)
    }

    fn expressions(&self, rule: &Rule) -> Result<(), Flaw> {
        let own = rule.variables.keys();
        let names: BTreeSet<&str> = self.shared.keys().chain(own).map(String::as_str).collect();
        let null = null(&rule.matches.operations);
        let mut uses = self.shared.clone();
        for (name, source) in &rule.variables {
            camel_case(name)?;
            let expression = Expression::new(source);
            let key = format!("let.{name}");
            let needed = check(&key, &expression, Part::Portable, &names, &null)?;
            uses.insert(name.clone(), needed);
        }
        acyclic(&uses)?;
        let client = rule.client.clone().unwrap_or_default();
        for (key, source, part) in [
            ("when", &rule.when, Part::Portable),
            ("message", &rule.message, Part::Portable),
            ("client.words", &client.words, Part::Words),
            ("client.when", &client.when, Part::Client),
            ("client.unless", &client.unless, Part::Client),
            ("client.severity", &client.severity, Part::Client),
            ("client.message", &client.message, Part::Client),
        ] {
            if let Some(source) = source {
                check(key, &Expression::new(source), part, &names, &null)?;
            }
        }
        Ok(())
    }
}

fn shape(rule: &Rule) -> Result<(), Flaw> {
    let client_severity = rule
        .client
        .as_ref()
        .and_then(|client| client.severity.as_deref());
    let may_be = |severity: Severity, word: &str| {
        rule.severity == severity || client_severity.is_some_and(|source| source.contains(word))
    };
    ensure(
        rule.redirect.is_some() || !may_be(Severity::Redirect, "'redirect'"),
        "redirect",
        || "severity redirect needs it".to_owned(),
    )?;
    ensure(
        !rule.break_glass || may_be(Severity::Deny, "'deny'"),
        "breakGlass",
        || "only a deny can be broken".to_owned(),
    )?;
    let matches = &rule.matches;
    let named = !matches.operations.is_empty()
        && !matches.groups.is_empty()
        && !matches.resources.is_empty();
    ensure(named, "match", || {
        "operations, groups and resources must each name something".to_owned()
    })?;
    // What only kubectl's dry run tells is shown on a real control plane instead.
    ensure(
        rule.fixtures.hit.is_empty() == rule.fixtures.miss.is_empty(),
        "fixtures",
        || "needs a hit and a miss, or neither".to_owned(),
    )?;
    Ok(())
}

fn texts(rule: &Rule) -> Result<(), Flaw> {
    let prose = [
        ("title", Some(&rule.title), TITLE),
        ("impact", Some(&rule.impact), PROSE),
        ("recovery", Some(&rule.recovery), PROSE),
        ("instead", rule.instead.as_ref(), PROSE),
    ];
    for (key, text, columns) in prose {
        if let Some(text) = text {
            speaks(key, text, columns)?;
        }
    }
    Ok(())
}

/// Every language says something, on one line, that fits, with the same placeholders.
fn speaks(key: &str, text: &Text, columns: usize) -> Result<(), Flaw> {
    for (language, words) in [("en", &text.en), ("zh", &text.zh), ("ja", &text.ja)] {
        let key = format!("{key}.{language}");
        let width = words.width();
        ensure(!words.trim().is_empty(), &key, || "is empty".to_owned())?;
        ensure(!words.contains('\n'), &key, || {
            "has more than one line".to_owned()
        })?;
        ensure(width <= columns, &key, || {
            format!("is {width} columns wide; at most {columns} are allowed")
        })?;
        ensure(placeholders(words) == placeholders(&text.en), &key, || {
            "has other placeholders than en".to_owned()
        })?;
    }
    Ok(())
}

/// `{name}` of every placeholder.
fn placeholders(words: &str) -> BTreeSet<&str> {
    words
        .split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect()
}

/// Checks one expression and gives the variables that it refers to.
fn check(
    key: &str,
    expression: &Expression,
    part: Part,
    variables: &BTreeSet<&str>,
    null: &[&str],
) -> Result<BTreeSet<String>, Flaw> {
    let ast = expression
        .compiled()
        .map_err(|malformed| flaw(key, malformed.to_string()))?;
    let reading = Reading::of(ast);
    for root in &reading.roots {
        let known = part.roots().contains(root) || TYPES.contains(root);
        ensure(known, key, || {
            format!(
                "unknown name \"{root}\"; here it may be {}",
                part.roots().join(", ")
            )
        })?;
    }
    for root in &reading.whole {
        ensure(false, key, || {
            format!("\"{root}\" must be followed by a name, as {root}.NAME, and not inside has()")
        })?;
    }
    for name in &reading.variables {
        ensure(variables.contains(name), key, || {
            format!("variables.{name} is not defined")
        })?;
    }
    for name in &reading.facts {
        ensure(needs::fact(name).is_some(), key, || {
            format!(
                "there is no fact \"{name}\"; facts are {}",
                needs::FACT_NAMES.join(", ")
            )
        })?;
    }
    for function in &reading.functions {
        let known = is_operator(function) || FUNCTIONS.contains(&function.as_str());
        ensure(known, key, || {
            format!("{function}() is not in the portable subset")
        })?;
    }
    for root in &reading.tested {
        ensure(!null.contains(root), key, || {
            format!("has({root}.…) fails where {root} is null; write {root}.?field.hasValue()")
        })?;
    }
    for literal in &reading.patterns {
        let fault = match literal {
            Some(literal) => pattern::flaw(literal),
            None => Some("it must be a literal".to_owned()),
        };
        if let Some(fault) = fault {
            return Err(flaw(key, format!("regular expression: {fault}")));
        }
    }
    Ok(reading.variables.into_iter().map(str::to_owned).collect())
}

/// The roots that admission gives as null for one of these operations.
fn null(operations: &[Operation]) -> Vec<&'static str> {
    let mut null = vec!["namespaceObject"];
    if operations.contains(&Operation::Delete) {
        null.push("object");
    }
    if operations
        .iter()
        .any(|o| matches!(o, Operation::Create | Operation::Connect))
    {
        null.push("oldObject");
    }
    null
}

/// The crate's names for operators: `_&&_`, `_[_]`, `!_`, …
fn is_operator(function: &str) -> bool {
    function.starts_with('_') || matches!(function, "!_" | "-_")
}

/// No variable refers to itself, directly or through others.
fn acyclic(uses: &BTreeMap<String, BTreeSet<String>>) -> Result<(), Flaw> {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    // What refers to settled variables only is settled; what never gets there is in a loop, or refers into one.
    loop {
        let before = settled.len();
        for (name, used) in uses {
            if used.iter().all(|used| settled.contains(used.as_str())) {
                settled.insert(name);
            }
        }
        if settled.len() == before {
            break;
        }
    }
    match uses.keys().find(|name| !settled.contains(name.as_str())) {
        Some(name) => Err(flaw(
            name,
            "refers to itself through other variables".to_owned(),
        )),
        None => Ok(()),
    }
}

fn kebab_case(id: &str) -> Result<(), Flaw> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    ensure(id.split('-').all(word), "id", || {
        "must be kebab-case".to_owned()
    })
}

fn camel_case(name: &str) -> Result<(), Flaw> {
    let fits = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    ensure(fits, name, || {
        "a variable's name must be camelCase".to_owned()
    })
}

fn ensure(holds: bool, key: &str, fault: impl FnOnce() -> String) -> Result<(), Flaw> {
    if holds {
        Ok(())
    } else {
        Err(flaw(key, fault()))
    }
}

fn flaw(key: &str, fault: String) -> Flaw {
    Flaw {
        key: key.to_owned(),
        fault,
    }
}

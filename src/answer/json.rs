//! A plan for programs: JSON and YAML. Fields are only ever added.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::{Map, Value};

use super::escape::{is_visible, quote};
use super::language::Language;
use super::secret;
use crate::act::redirect::Redirect;
use crate::change::{Before, Cause, Change, Operation};
use crate::plan::{AckIdentity, Place, Plan};
use crate::risk::finding::{Finding, Ground};
use crate::risk::verdict::{Severity, Verdict};
use crate::unknown::Unknown;

/// A plan as it is printed. The order of the fields is the order of the output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    api_version: &'static str,
    kind: &'static str,
    words: Vec<String>,
    destination: &'a Place,
    ack: &'a AckIdentity,
    changes: Vec<ChangeDocument<'a>>,
    complete: bool,
    unknown: Vec<UnknownDocument>,
    findings: Vec<FindingDocument<'a>>,
    verdict: Verdict,
    /// `sha256:` and 64 hexadecimal digits: see [`digest_of`].
    pub digest: String,
}

#[derive(Debug, Serialize)]
struct ChangeDocument<'a> {
    operation: Operation,
    group: &'a str,
    version: &'a str,
    resource: &'a str,
    subresource: &'a str,
    namespace: &'a str,
    name: &'a str,
    cause: Cause,
    count: u64,
}

#[derive(Debug, Serialize)]
struct FindingDocument<'a> {
    rule: &'a str,
    row: &'a str,
    severity: Severity,
    /// An index into `changes`; absent for an object that is looked at and not changed (a node that is drained and
    /// was cordoned before).
    change: Option<usize>,
    title: &'a str,
    impact: &'a str,
    recovery: &'a str,
    source: &'a str,
    facts: &'a BTreeMap<String, Value>,
    redirect: Option<&'a Redirect>,
    instead: Option<&'a str>,
    message: Option<&'a str>,
    /// Why the rule could not be judged; absent when it holds.
    unjudged: Option<Cow<'a, str>>,
}

/// In English, whatever the language: programs compare it.
#[derive(Debug, Serialize)]
struct UnknownDocument {
    what: String,
    why: String,
    severity: Severity,
}

impl UnknownDocument {
    fn new(unknown: &Unknown) -> Self {
        Self {
            what: unknown.what.to_string(),
            why: unknown.why.to_string(),
            severity: unknown.severity,
        }
    }
}

impl<'a> Document<'a> {
    /// The plan with texts in one language. Each redirect goes to the findings about its nodes.
    #[must_use]
    pub fn new(plan: &'a Plan, redirects: &'a [Redirect], language: Language) -> Self {
        Self {
            api_version: "kubectl-safe/v1alpha1",
            kind: "Plan",
            words: secret::mask_words(&plan.words, plan.verb),
            destination: &plan.destination,
            ack: &plan.ack,
            changes: sent(plan).map(ChangeDocument::new).collect(),
            complete: plan.unknown.is_empty(),
            unknown: plan.unknown.iter().map(UnknownDocument::new).collect(),
            findings: plan
                .findings
                .iter()
                .map(|finding| FindingDocument::new(plan, finding, redirects, language))
                .collect(),
            verdict: plan.verdict,
            digest: digest_of(plan),
        }
    }

    /// Indented JSON with a final line end. What a terminal would obey or hide is escaped.
    ///
    /// # Panics
    /// Never: every key is a string.
    #[must_use]
    pub fn json(&self) -> String {
        let plain = serde_json::to_string_pretty(&self.masked()).expect("every key is a string");
        let mut text = String::with_capacity(plain.len() + 1);
        for character in plain.chars() {
            // Between strings there are only visible characters and line ends.
            if character == '\n' || is_visible(character) {
                text.push(character);
            } else {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
        text.push('\n');
        text
    }

    /// YAML. A text with a character that a terminal would obey or hide is in double quotes, with escapes.
    ///
    /// # Panics
    /// Never: every key is a string.
    #[must_use]
    pub fn yaml(&self) -> String {
        let value = self.masked();
        // YAML's writer leaves bidi controls as they are: such texts are written by us, in the place of a mark that
        // occurs nowhere else.
        let all = value.to_string();
        let mut mark = "escaped-text-".to_owned();
        while all.contains(&mark) {
            mark.push('x');
        }
        let mut marked = Vec::new();
        let value = map_texts(value, &mut |text| {
            if text.chars().all(|it| it == '\n' || is_visible(it)) {
                return text;
            }
            marked.push(quote(&text));
            format!("{mark}{}-", marked.len() - 1)
        });
        let mut yaml = serde_yaml::to_string(&value).expect("every key is a string");
        for (index, quoted) in marked.iter().enumerate() {
            yaml = yaml.replace(&format!("{mark}{index}-"), quoted);
        }
        yaml
    }

    /// The document as a value, without secrets in any text.
    fn masked(&self) -> Value {
        let value = serde_json::to_value(self).expect("every key is a string");
        map_texts(value, &mut |text| secret::mask(&text).into_owned())
    }
}

/// The value with every text in it, keys too, replaced.
fn map_texts(value: Value, replace: &mut impl FnMut(String) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(replace(text)),
        Value::Array(list) => list.into_iter().map(|it| map_texts(it, replace)).collect(),
        Value::Object(map) => {
            let mut replaced = Map::new();
            for (key, value) in map {
                let key = replace(key);
                replaced.insert(key, map_texts(value, replace));
            }
            Value::Object(replaced)
        }
        value => value,
    }
}

/// What kubectl really sends, and what the server does because of it.
fn sent(plan: &Plan) -> impl Iterator<Item = &Change> {
    plan.changes.iter().filter(|change| change.is_sent())
}

impl<'a> ChangeDocument<'a> {
    fn new(change: &'a Change) -> Self {
        Self {
            operation: change.operation,
            group: &change.resource.group,
            version: &change.resource.version,
            resource: &change.resource.plural,
            subresource: &change.subresource,
            namespace: &change.namespace,
            name: &change.name,
            cause: change.cause.to_plans(),
            count: change.count,
        }
    }
}

impl<'a> FindingDocument<'a> {
    fn new(
        plan: &'a Plan,
        finding: &'a Finding,
        redirects: &'a [Redirect],
        language: Language,
    ) -> Self {
        let rule = &finding.rule;
        let node = plan.changes.get(finding.change).map(|change| &change.name);
        let redirect = redirects.iter().find(|redirect| {
            rule.redirect == Some(redirect.kind)
                && node.is_some_and(|name| redirect.nodes.contains(name))
        });
        Self {
            rule: &rule.id,
            row: &rule.row,
            severity: finding.severity,
            change: plan
                .changes
                .get(finding.change)
                .filter(|change| change.is_sent())
                .map(|_| {
                    plan.changes[..finding.change]
                        .iter()
                        .filter(|change| change.is_sent())
                        .count()
                }),
            title: language.text(&rule.title),
            impact: language.text(&rule.impact),
            recovery: language.text(&rule.recovery),
            source: &rule.source,
            facts: &finding.facts,
            redirect,
            instead: rule.instead.as_ref().map(|text| language.text(text)),
            message: finding.message.as_deref(),
            unjudged: match &finding.ground {
                Ground::Holds => None,
                Ground::Unread(unknown) => Some(unknown.why.to_string().into()),
                Ground::Unjudged(why) => Some(why.into()),
            },
        }
    }
}

/// What a plan says, as one value: the same for the same words, destination, changes, facts and findings, whatever the
/// time, the language, or the order in which a server wrote its fields.
///
/// # Panics
/// Never: every key is a string.
#[must_use]
pub fn digest_of(plan: &Plan) -> String {
    /// Rule, severity, change, message, facts.
    type Said<'a> = (
        &'a str,
        Severity,
        usize,
        Option<&'a str>,
        &'a BTreeMap<String, Value>,
    );
    #[derive(Serialize)]
    struct Content<'a> {
        words: Vec<String>,
        destination: &'a Place,
        ack: &'a AckIdentity,
        changes: Vec<ChangeDocument<'a>>,
        /// What was deleted and created again under the same name while a person thought is another object.
        uids: Vec<&'a str>,
        unknown: Vec<UnknownDocument>,
        findings: Vec<Said<'a>>,
        verdict: Verdict,
    }
    let content = Content {
        words: secret::mask_words(&plan.words, plan.verb),
        destination: &plan.destination,
        ack: &plan.ack,
        changes: sent(plan).map(ChangeDocument::new).collect(),
        uids: sent(plan).map(uid_before).collect(),
        unknown: plan.unknown.iter().map(UnknownDocument::new).collect(),
        findings: plan
            .findings
            .iter()
            .map(|finding| {
                (
                    finding.rule.id.as_str(),
                    finding.severity,
                    finding.change,
                    finding.message.as_deref(),
                    &finding.facts,
                )
            })
            .collect(),
        verdict: plan.verdict,
    };
    let value = serde_json::to_value(content).expect("every key is a string");
    let bytes = digest(&SHA256, sorted(value).to_string().as_bytes());
    bytes
        .as_ref()
        .iter()
        .fold("sha256:".to_owned(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The uid of the object before the change; empty where there is none, or it was not read.
fn uid_before(change: &Change) -> &str {
    match &change.before {
        Before::Found(object) => object["metadata"]["uid"].as_str().unwrap_or_default(),
        _ => "",
    }
}

/// The value with the keys of every object in order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let map: BTreeMap<_, _> = map
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            Value::Object(Map::from_iter(map))
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        value => value,
    }
}

#[cfg(test)]
mod tests;

//! Label and field selectors, evaluated here, for a snapshot that has no server to do it.
//!
//! Source: apimachinery `labels/selector.go` and `fields/selector.go`.

use serde_json::Value;

/// Not a selector, or one that is not understood here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASelector(pub String);

impl std::error::Error for NotASelector {}

/// What an object's labels must be. All requirements must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    relation: Relation,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Relation {
    /// `=`, `==`, `in`.
    In(Vec<String>),
    /// `!=`, `notin`; also true when there is no such label.
    NotIn(Vec<String>),
    Exists,
    Absent,
    GreaterThan(i64),
    LessThan(i64),
}

impl LabelSelector {
    /// Reads what `-l` takes. The empty text selects everything.
    pub fn parse(text: &str) -> Result<Self, NotASelector> {
        requirements(text)
            .into_iter()
            .filter(|_| !text.trim().is_empty())
            .map(|part| Requirement::parse(part.trim()))
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(|| NotASelector(text.to_owned()))
    }

    /// Whether an object with these labels is selected.
    #[must_use]
    pub fn selects(&self, object: &Value) -> bool {
        let labels = &object["metadata"]["labels"];
        self.0
            .iter()
            .all(|requirement| requirement.holds(labels[&requirement.key].as_str()))
    }
}

/// Splits at the commas that do not stand in a set.
fn requirements(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

impl Requirement {
    fn parse(text: &str) -> Option<Self> {
        if let Some(key) = text.strip_prefix('!') {
            return Self::new(key.trim(), Relation::Absent);
        }
        if let Some(at) = text.find(['=', '!', '<', '>', ' ', '(']) {
            let (key, rest) = text.split_at(at);
            return Self::new(key, Relation::parse(rest.trim())?);
        }
        Self::new(text, Relation::Exists)
    }

    fn new(key: &str, relation: Relation) -> Option<Self> {
        is_key(key).then(|| Self {
            key: key.to_owned(),
            relation,
        })
    }

    fn holds(&self, label: Option<&str>) -> bool {
        let is_one_of = |values: &[String]| {
            label.is_some_and(|label| values.iter().any(|value| value == label))
        };
        let number = label.and_then(|label| label.parse::<i64>().ok());
        match &self.relation {
            Relation::In(values) => is_one_of(values),
            Relation::NotIn(values) => !is_one_of(values),
            Relation::Exists => label.is_some(),
            Relation::Absent => label.is_none(),
            Relation::GreaterThan(bound) => number.is_some_and(|number| number > *bound),
            Relation::LessThan(bound) => number.is_some_and(|number| number < *bound),
        }
    }
}

impl Relation {
    fn parse(text: &str) -> Option<Self> {
        let value = |text: &str| {
            let text = text.trim();
            is_value(text).then(|| vec![text.to_owned()])
        };
        if let Some(rest) = text.strip_prefix("!=") {
            return value(rest).map(Self::NotIn);
        }
        if let Some(rest) = text.strip_prefix("==").or_else(|| text.strip_prefix('=')) {
            return value(rest).map(Self::In);
        }
        if let Some(rest) = text.strip_prefix('>') {
            return rest.trim().parse().ok().map(Self::GreaterThan);
        }
        if let Some(rest) = text.strip_prefix('<') {
            return rest.trim().parse().ok().map(Self::LessThan);
        }
        if let Some(rest) = text.strip_prefix("notin") {
            return set(rest).map(Self::NotIn);
        }
        set(text.strip_prefix("in")?).map(Self::In)
    }
}

fn set(text: &str) -> Option<Vec<String>> {
    let inside = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    inside
        .split(',')
        .map(str::trim)
        .map(|value| is_value(value).then(|| value.to_owned()))
        .collect()
}

/// `[prefix/]name`, loosely: what a server refuses, it refuses.
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
}

fn is_value(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// What some fields of an object must be. All terms must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    pointer: &'static str,
    value: String,
    equal: bool,
}

/// The fields that are understood here.
const FIELDS: [(&str, &str); 4] = [
    ("metadata.name", "/metadata/name"),
    ("metadata.namespace", "/metadata/namespace"),
    ("spec.nodeName", "/spec/nodeName"),
    ("status.phase", "/status/phase"),
];

impl FieldSelector {
    /// Reads what `--field-selector` takes, for the fields `metadata.name`, `metadata.namespace`,
    /// `spec.nodeName` and `status.phase`.
    pub fn parse(text: &str) -> Result<Self, NotASelector> {
        text.split(',')
            .filter(|term| !term.trim().is_empty())
            .map(|term| {
                let (field, value, equal) = if let Some((field, value)) = term.split_once("!=") {
                    (field, value, false)
                } else if let Some((field, value)) = term.split_once("==") {
                    (field, value, true)
                } else {
                    let (field, value) = term.split_once('=')?;
                    (field, value, true)
                };
                let (_, pointer) = FIELDS.iter().find(|(name, _)| *name == field.trim())?;
                Some(Term {
                    pointer,
                    value: value.trim().to_owned(),
                    equal,
                })
            })
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(|| NotASelector(text.to_owned()))
    }

    /// Whether the object is selected.
    #[must_use]
    pub fn selects(&self, object: &Value) -> bool {
        self.0.iter().all(|term| {
            let value = object
                .pointer(term.pointer)
                .and_then(Value::as_str)
                .unwrap_or_default();
            (value == term.value) == term.equal
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_a_label_selector() {
        let object = json!({"metadata": {"labels": {"app": "web", "tier": "front", "n": "5", "e": "", "a.b/c": "x"}}});
        let selects = |text: &str| LabelSelector::parse(text).expect(text).selects(&object);
        for text in [
            "",
            " ",
            "app=web",
            "app==web",
            "app = web",
            "app!=db",
            "other!=x",
            "app in (web, db)",
            "app in(web)",
            "app notin (db)",
            "other notin (x)",
            "app",
            "!other",
            "app=web,tier in (front,back),!x",
            "n>4",
            "n<6",
            "e=",
            "a.b/c=x",
        ] {
            assert!(selects(text), "{text:?}");
        }
        for text in [
            "app=db",
            "app!=web",
            "app in (db)",
            "app notin (web)",
            "other",
            "!app",
            "app=web,tier=back",
            "n>5",
            "other>1",
            "other=",
            "other in (web)",
        ] {
            assert!(!selects(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in [
            "=web",
            "app in web",
            "app in (web",
            "app~web",
            "app=we b",
            "a=b,,c",
            "!",
            "app notin web",
            "=",
        ] {
            assert!(LabelSelector::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn field_selectors() {
        let pod = json!({"metadata": {"name": "p"}, "spec": {"nodeName": "n1"}, "status": {"phase": "Running"}});
        let selects = |text: &str| FieldSelector::parse(text).expect(text).selects(&pod);
        assert!(
            selects("")
                && selects("metadata.name=p")
                && selects("spec.nodeName==n1,status.phase!=Failed")
        );
        assert!(selects("metadata.namespace="));
        assert!(!selects("spec.nodeName=n2") && !selects("status.phase!=Running"));
        assert!(FieldSelector::parse("spec.hostNetwork=true").is_err());
        assert!(FieldSelector::parse("metadata.name").is_err());
    }
}

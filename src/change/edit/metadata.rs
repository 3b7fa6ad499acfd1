//! `label` and `annotate`: which keys the words set and remove, and what comes of it.
//!
//! Source: kubectl `pkg/cmd/label/label.go`, `pkg/cmd/annotate/annotate.go`, `pkg/cmd/util/helpers.go`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::draft::CHANGE_CAUSE;
use super::super::word::is_label_value;

/// Which of an object's two maps is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `metadata.labels`
    Labels,
    /// `metadata.annotations`
    Annotations,
}

impl Field {
    /// The map's name inside `metadata`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Labels => "labels",
            Self::Annotations => "annotations",
        }
    }
}

/// One `label` or `annotate`, the same for every object it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataEdit {
    /// Labels or annotations.
    pub field: Field,
    /// `KEY=VALUE` words.
    pub set: BTreeMap<String, String>,
    /// `KEY-` words.
    pub remove: Vec<String>,
    /// `--overwrite`: without it, changing an existing different value is refused for that object.
    pub overwrite: bool,
    /// `--resource-version`: the server refuses the patch when the object has another one.
    pub resource_version: Option<String>,
    /// `--record`: the text of `kubernetes.io/change-cause`.
    pub change_cause: Option<String>,
}

/// Words split into what is meant and what is to be done with it; an error where kubectl stops before it reads anything.
pub struct SplitWords<'a> {
    /// Types and names.
    pub resources: Vec<&'a str>,
    /// `KEY=VALUE` and `KEY-`.
    pub pairs: Vec<&'a str>,
}

/// kubectl refuses the words before its first request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// Splits at the first word that looks like a change; all later words must be changes.
///
/// # Errors
/// When a type or name follows a change.
pub fn split<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<SplitWords<'a>, Refused> {
    let mut split = SplitWords {
        resources: Vec::new(),
        pairs: Vec::new(),
    };
    for word in words {
        let is_pair =
            (word.contains('=') && !word.starts_with('=')) || (word.ends_with('-') && word != "-");
        match (is_pair, split.pairs.is_empty()) {
            (true, _) => split.pairs.push(word),
            (false, true) => split.resources.push(word),
            (false, false) => return Err(Refused),
        }
    }
    Ok(split)
}

impl MetadataEdit {
    /// Reads `KEY=VALUE` and `KEY-` words.
    ///
    /// # Errors
    /// When kubectl would refuse them: a label with two `=` or an invalid value, one key both set and removed.
    pub fn parse(field: Field, pairs: &[&str]) -> Result<Self, Refused> {
        let mut set = BTreeMap::new();
        let mut remove = Vec::new();
        for pair in pairs {
            if let Some((key, value)) = pair.split_once('=') {
                if field == Field::Labels && !is_label_value(value) {
                    return Err(Refused);
                }
                set.insert(key.to_owned(), value.to_owned());
            } else if let Some(key) = pair.strip_suffix('-') {
                remove.push(key.to_owned());
            } else {
                return Err(Refused);
            }
        }
        if remove.iter().any(|key| set.contains_key(key)) {
            return Err(Refused);
        }
        Ok(Self {
            field,
            set,
            remove,
            overwrite: false,
            resource_version: None,
            change_cause: None,
        })
    }

    /// What `--record` of these words writes, where it takes a request of its own.
    #[must_use]
    pub fn change_cause(words: &[String]) -> Self {
        let cause = format!("kubectl {}", words.join(" "));
        Self {
            field: Field::Annotations,
            set: BTreeMap::from([(CHANGE_CAUSE.to_owned(), cause)]),
            remove: Vec::new(),
            overwrite: true,
            resource_version: None,
            change_cause: None,
        }
    }

    /// The keys of the words; a removed key has no value.
    #[must_use]
    pub fn keys(&self) -> BTreeMap<&str, Option<&str>> {
        let set = self
            .set
            .iter()
            .map(|(key, value)| (key.as_str(), Some(value.as_str())));
        let removed = self.remove.iter().map(|key| (key.as_str(), None));
        set.chain(removed).collect()
    }

    /// See [`super::Edit::apply`]. An annotate always sends its patch; a label only when a label changes.
    #[must_use]
    pub fn apply(&self, old: &Value) -> Option<Value> {
        let current = old
            .pointer("/metadata")
            .and_then(|metadata| metadata.get(self.field.name()));
        let value_of = |key: &str| current.and_then(|map| map.get(key)).and_then(Value::as_str);
        let conflicts =
            |(key, value): (&String, &String)| value_of(key).is_some_and(|now| now != value);
        if !self.overwrite && self.set.iter().any(conflicts) {
            return None;
        }
        let changes = self
            .set
            .iter()
            .any(|(key, value)| value_of(key) != Some(value))
            || self.remove.iter().any(|key| value_of(key).is_some());
        if self.field == Field::Labels && !changes {
            return None;
        }
        let mut new = old.clone();
        self.write(&mut new)?;
        Some(new)
    }

    fn write(&self, object: &mut Value) -> Option<()> {
        let metadata = object
            .as_object_mut()?
            .entry("metadata")
            .or_insert_with(|| json!({}))
            .as_object_mut()?;
        if let Some(version) = &self.resource_version {
            metadata.insert("resourceVersion".to_owned(), json!(version));
        }
        if let Some(cause) = &self.change_cause {
            let annotations = metadata
                .entry("annotations")
                .or_insert_with(|| json!({}))
                .as_object_mut()?;
            annotations.insert(CHANGE_CAUSE.to_owned(), json!(cause));
        }
        let map = metadata
            .entry(self.field.name())
            .or_insert_with(|| json!({}))
            .as_object_mut()?;
        for (key, value) in &self.set {
            map.insert(key.clone(), json!(value));
        }
        for key in &self.remove {
            map.shift_remove(key);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(field: Field, pairs: &[&str]) -> MetadataEdit {
        MetadataEdit::parse(field, pairs).expect("these words are valid")
    }

    #[test]
    fn words_split_at_the_first_change() {
        let split = split(["node", "x", "a=b", "c-"]).unwrap_or_else(|_| panic!("valid words"));
        assert_eq!(split.resources, ["node", "x"]);
        assert_eq!(split.pairs, ["a=b", "c-"]);
        assert!(super::split(["a=b", "node"]).is_err());
    }

    #[test]
    fn a_lone_dash_and_a_leading_equals_sign_are_no_changes() {
        let split = split(["-", "=x"]).unwrap_or_else(|_| panic!("valid words"));
        assert_eq!(split.resources, ["-", "=x"]);
    }

    #[test]
    fn a_label_has_one_equals_sign_an_annotation_may_have_more() {
        assert!(MetadataEdit::parse(Field::Labels, &["a=b=c"]).is_err());
        assert_eq!(edit(Field::Annotations, &["a=b=c"]).set["a"], "b=c");
    }

    #[test]
    fn a_key_is_not_set_and_removed_at_once() {
        assert!(MetadataEdit::parse(Field::Annotations, &["a=b", "a-"]).is_err());
    }

    #[test]
    fn another_value_needs_overwrite() {
        let old = json!({"metadata": {"labels": {"a": "1"}}});
        let mut change = edit(Field::Labels, &["a=2"]);
        assert_eq!(change.apply(&old), None);
        change.overwrite = true;
        assert_eq!(
            change.apply(&old),
            Some(json!({"metadata": {"labels": {"a": "2"}}}))
        );
    }

    #[test]
    fn an_unchanged_label_is_not_sent_an_unchanged_annotation_is() {
        let old = json!({"metadata": {"labels": {"a": "1"}, "annotations": {"a": "1"}}});
        assert_eq!(edit(Field::Labels, &["a=1", "gone-"]).apply(&old), None);
        assert_eq!(
            edit(Field::Annotations, &["a=1", "gone-"]).apply(&old),
            Some(old)
        );
    }

    #[test]
    fn a_removed_key_needs_no_overwrite() {
        let old = json!({"metadata": {"annotations": {"a": "1", "b": "2"}}});
        let new = edit(Field::Annotations, &["a-"]).apply(&old);
        assert_eq!(new, Some(json!({"metadata": {"annotations": {"b": "2"}}})));
    }
}

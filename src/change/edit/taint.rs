//! `taint`: which taints the words add and remove, and what comes of it.
//!
//! Source: kubectl `pkg/cmd/taint/taint.go` and `utils.go`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::word::{is_label_value, is_qualified_name};
use super::metadata::Refused;

/// A taint of the words. Equal to another, as Kubernetes sees it, when key and effect are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    /// A qualified name, such as `node.kubernetes.io/unreachable`.
    pub key: String,
    /// Empty where the words give none.
    pub value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`; empty only in a removal, where it means every effect.
    pub effect: String,
}

/// One `taint`, the same for every node it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaintEdit {
    /// `KEY=VALUE:EFFECT` and `KEY:EFFECT` words.
    pub add: Vec<Taint>,
    /// `KEY-` and `KEY:EFFECT-` words.
    pub remove: Vec<Taint>,
    /// `--overwrite`: without it, a taint that is there already is refused for that node.
    pub overwrite: bool,
}

impl TaintEdit {
    /// Splits the words at the first taint and reads the taints; returns the words before it too.
    ///
    /// # Errors
    /// When kubectl refuses the words before its first request.
    pub fn parse<'a>(
        words: impl IntoIterator<Item = &'a str>,
    ) -> Result<(Vec<&'a str>, Self), Refused> {
        let mut resources = Vec::new();
        let mut edit = Self {
            add: Vec::new(),
            remove: Vec::new(),
            overwrite: false,
        };
        for word in words {
            let is_taint = word.contains(['=', ':']) || word.ends_with('-');
            if !is_taint {
                if !edit.add.is_empty() || !edit.remove.is_empty() {
                    return Err(Refused);
                }
                resources.push(word);
            } else if let Some(removed) = word.strip_suffix('-') {
                let Taint { key, effect, .. } = Taint::parse(removed)?;
                edit.remove.push(Taint {
                    key,
                    value: String::new(),
                    effect,
                });
            } else {
                let taint = Taint::parse(word)?;
                if taint.effect.is_empty()
                    || edit
                        .add
                        .iter()
                        .any(|other| other.matches(&taint.key, &taint.effect))
                {
                    return Err(Refused);
                }
                edit.add.push(taint);
            }
        }
        let both = |add: &Taint| {
            edit.remove
                .iter()
                .any(|remove| remove.covers(&add.key, &add.effect))
        };
        if (edit.add.is_empty() && edit.remove.is_empty()) || edit.add.iter().any(both) {
            return Err(Refused);
        }
        Ok((resources, edit))
    }

    /// The keys of the words; an added taint's value is `VALUE:EFFECT`, a removed one has none.
    #[must_use]
    pub fn keys(&self) -> BTreeMap<&str, Option<&str>> {
        let added = self
            .add
            .iter()
            .map(|taint| (taint.key.as_str(), Some(taint.effect.as_str())));
        let removed = self.remove.iter().map(|taint| (taint.key.as_str(), None));
        removed.chain(added).collect()
    }

    /// See [`super::Edit::apply`].
    #[must_use]
    pub fn apply(&self, old: &Value) -> Option<Value> {
        let empty = Vec::new();
        let current = old
            .pointer("/spec/taints")
            .and_then(Value::as_array)
            .unwrap_or(&empty);
        let exists = |taint: &Taint| {
            current
                .iter()
                .any(|now| taint.matches(key(now), effect(now)))
        };
        if !self.overwrite && self.add.iter().any(exists) {
            return None;
        }
        let mut taints: Vec<Value> = self.add.iter().map(Taint::to_json).collect();
        for now in current {
            if !self
                .add
                .iter()
                .any(|taint| taint.matches(key(now), effect(now)))
            {
                taints.push(now.clone());
            }
        }
        for removed in &self.remove {
            let before = taints.len();
            taints.retain(|taint| !removed.covers(key(taint), effect(taint)));
            if taints.len() == before {
                return None;
            }
        }
        let mut new = old.clone();
        let spec = new
            .as_object_mut()?
            .entry("spec")
            .or_insert_with(|| json!({}))
            .as_object_mut()?;
        if taints.is_empty() {
            spec.shift_remove("taints");
        } else {
            spec.insert("taints".to_owned(), Value::Array(taints));
        }
        Some(new)
    }
}

fn key(taint: &Value) -> &str {
    taint.get("key").and_then(Value::as_str).unwrap_or_default()
}

fn effect(taint: &Value) -> &str {
    taint
        .get("effect")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

impl Taint {
    /// `KEY`, `KEY:EFFECT` or `KEY=VALUE:EFFECT`.
    fn parse(word: &str) -> Result<Self, Refused> {
        let (pair, effect) = match word.split(':').collect::<Vec<_>>()[..] {
            [key] => (key, ""),
            [
                pair,
                effect @ ("NoSchedule" | "PreferNoSchedule" | "NoExecute"),
            ] => (pair, effect),
            _ => return Err(Refused),
        };
        let (key, value) = match pair.split_once('=') {
            // Without an effect kubectl takes the whole word as the key, which then is no qualified name.
            Some(_) if effect.is_empty() => return Err(Refused),
            Some((key, value)) => (key, value),
            None => (pair, ""),
        };
        if !is_qualified_name(key) || !is_label_value(value) {
            return Err(Refused);
        }
        Ok(Self {
            key: key.to_owned(),
            value: value.to_owned(),
            effect: effect.to_owned(),
        })
    }

    fn matches(&self, key: &str, effect: &str) -> bool {
        self.key == key && self.effect == effect
    }

    /// As a removal: an empty effect means every effect.
    fn covers(&self, key: &str, effect: &str) -> bool {
        self.key == key && (self.effect.is_empty() || self.effect == effect)
    }

    fn to_json(&self) -> Value {
        if self.value.is_empty() {
            json!({"effect": self.effect, "key": self.key})
        } else {
            json!({"effect": self.effect, "key": self.key, "value": self.value})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(words: &[&str]) -> TaintEdit {
        TaintEdit::parse(words.iter().copied())
            .unwrap_or_else(|_| panic!("valid words: {words:?}"))
            .1
    }

    #[test]
    fn words_kubectl_refuses_are_refused() {
        for words in [
            &["node", "x"][..],
            &["node", "x", "k=v:Never"],
            &["node", "x", "k=v"],
            &["node", "x", "k"],
            &["k:NoSchedule", "node"],
            &["node", "x", "a:NoSchedule", "a=1:NoSchedule"],
            &["node", "x", "a:NoSchedule", "a-"],
            &["node", "x", "a:b:NoSchedule"],
            &["node", "x", "a=b=c:NoSchedule"],
            &["node", "x", "-bad-:NoSchedule"],
        ] {
            assert!(
                TaintEdit::parse(words.iter().copied()).is_err(),
                "{words:?}"
            );
        }
    }

    #[test]
    fn a_taint_that_is_there_needs_overwrite() {
        let node =
            json!({"spec": {"taints": [{"key": "a", "value": "1", "effect": "NoSchedule"}]}});
        let mut taint = edit(&["node", "x", "a=2:NoSchedule"]);
        assert_eq!(taint.apply(&node), None);
        taint.overwrite = true;
        let expected =
            json!({"spec": {"taints": [{"effect": "NoSchedule", "key": "a", "value": "2"}]}});
        assert_eq!(taint.apply(&node), Some(expected));
    }

    #[test]
    fn the_same_key_with_another_effect_is_another_taint() {
        let node = json!({"spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]}});
        let new = edit(&["node", "x", "a:NoExecute"])
            .apply(&node)
            .expect("nothing stands against it");
        assert_eq!(new["spec"]["taints"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn removal_by_key_takes_every_effect_and_must_find_one() {
        let node = json!({"spec": {"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": "NoExecute"}]}});
        assert_eq!(
            edit(&["node", "x", "a-"]).apply(&node),
            Some(json!({"spec": {}}))
        );
        assert_eq!(edit(&["node", "x", "b-"]).apply(&node), None);
    }
}

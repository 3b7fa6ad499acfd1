//! `patch`: a PATCH of each object, after it was read.
//!
//! Source: kubectl `pkg/cmd/patch/patch.go`. What comes of it, [`super::rehearsal`] says.

use std::collections::BTreeSet;

use serde_yaml::Value;

use super::account::{Account, Read};
use super::draft::{ANYTHING, CHANGE_CAUSE, CONTAINERS, Draft, Habit};
use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::Search;
use super::targets::{All, Words};
use super::{Effect, Operation};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;
use crate::limit;
use crate::unknown::{Unknown, What};

/// The most values of a patch: an object of 3 MiB has fewer.
const VALUES: usize = 200_000;

/// How the changes of `patch` are found out.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of each object, or of its subresource. The keys that the patch names decide which rules look further.",
    reads: &[Read::TYPES, Read::FILES, Read::OLD, Read::REHEARSAL],
    exceptions: &[
        "A patch file that can be read only once (a pipe): what it holds is not known, and that is asked.",
    ],
};

/// What `patch` asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let kind = invocation.text("type").unwrap_or_default().to_lowercase();
    if !["", "json", "merge", "strategic"].contains(&kind.as_str()) {
        return Expansion::KubectlStops;
    }
    let patch = match read_patch(invocation, input) {
        Patch::Refused => return Expansion::KubectlStops,
        Patch::Hidden(unknown) => {
            return Expansion::Changes {
                changes: Vec::new(),
                unknown: vec![unknown],
            };
        }
        Patch::Read(text) => text,
    };
    let lists = if kind == "merge" {
        Lists::Replaced
    } else {
        Lists::Merged
    };
    let mut mentions = mentions_of(&patch, lists);
    if invocation.truth("record") {
        mentions.insert(CHANGE_CAUSE.to_owned());
    }
    let search = Search {
        words: Words::read(invocation, invocation.arguments(), All::No, reader),
        files: FileFlags::of(invocation),
        labels_of: LabelsOf::Document,
        operation: Operation::Update,
        subresource: invocation.text_if_any("subresource").unwrap_or_default(),
    };
    match search.run(reader, interest, input).await {
        Ok(objects) => objects.changes(
            &search,
            &Effect::Drafted(Draft::new(mentions, Habit::Always)),
        ),
        Err(stop) => stop.into(),
    }
}

enum Patch {
    /// kubectl stops.
    Refused,
    /// The file cannot be read before kubectl reads it.
    Hidden(Unknown),
    /// YAML or JSON.
    Read(String),
}

fn read_patch(invocation: &Invocation, input: &Input<'_>) -> Patch {
    let given = |flag| invocation.text(flag).filter(|text| !text.is_empty());
    match (given("patch"), given("patch-file")) {
        (Some(text), None) => checked(text.to_owned(), "--patch"),
        (None, Some(file)) => match input.read_file(file) {
            Ok(Some(bytes)) => checked(String::from_utf8_lossy(&bytes).into_owned(), file),
            Ok(None) => Patch::Refused,
            Err(why) => Patch::Hidden(Unknown::new(What::Patch(file.to_owned()), why)),
        },
        (Some(_), Some(_)) | (None, None) => Patch::Refused,
    }
}

fn checked(text: String, place: &str) -> Patch {
    match limit::check_yaml(text.as_bytes(), VALUES) {
        Ok(()) => Patch::Read(text),
        Err(excess) => Patch::Hidden(Unknown::new(What::Patch(place.to_owned()), excess)),
    }
}

/// Entries of these are texts (or names in a list): with one of them nothing goes that is not said.
const LEAVES: [&str; 5] = ["labels", "annotations", "finalizers", "data", "selector"];

/// What a patch does with a list of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// A strategic patch finds the items by their keys.
    Merged,
    /// The new list takes the place of the old one, and what only the old one had goes.
    Replaced,
}

/// The keys that a patch may set or remove, at any depth, and those on the way of a JSON pointer; `*` where it removes what it does
/// not say.
pub(super) fn mentions_of(patch: &str, lists: Lists) -> BTreeSet<String> {
    let mut mentions = BTreeSet::new();
    match serde_yaml::from_str(patch) {
        Ok(Value::Sequence(operations)) => {
            for operation in &operations {
                mention_operation(operation, &mut mentions);
            }
        }
        Ok(patch @ Value::Mapping(_)) => mention_keys(&patch, "", lists, &mut mentions),
        // Go may read more than we do.
        _ => drop(mentions.insert(ANYTHING.to_owned())),
    }
    // The volumes and the power of the pod are not in the patch.
    if CONTAINERS.iter().any(|key| mentions.contains(*key)) {
        mentions.insert(ANYTHING.to_owned());
    }
    mentions
}

/// One operation of a JSON patch. Source: RFC 6902, and RFC 6901 for its pointers.
fn mention_operation(operation: &Value, mentions: &mut BTreeSet<String>) {
    let value = operation.get("value");
    // A field keeps its type: where a text or a number comes, there was no object before.
    let sets_scalar = value.is_some_and(|value| !value.is_mapping() && !value.is_sequence())
        && !value.is_some_and(Value::is_null);
    for pointer in ["path", "from"] {
        let Some(pointer) = operation.get(pointer) else {
            continue;
        };
        let pointer = pointer.as_str().unwrap_or_default();
        let segments = pointer.split('/').skip(1);
        let keys: Vec<String> = segments
            .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
            .collect();
        let is_leaf = sets_scalar
            || keys
                .iter()
                .nth_back(1)
                .is_some_and(|parent| LEAVES.contains(&parent.as_str()));
        if !is_leaf || keys.last().is_none_or(String::is_empty) {
            mentions.insert(ANYTHING.to_owned());
        }
        mentions.extend(keys);
    }
    if let Some(value) = value {
        mention_keys(value, "", Lists::Replaced, mentions);
    }
}

/// Keys of a merge patch, with the directives of a strategic one.
/// Source: `k8s.io/apimachinery/pkg/util/strategicpatch/patch.go`.
fn mention_keys(patch: &Value, inside: &str, lists: Lists, mentions: &mut BTreeSet<String>) {
    match patch {
        Value::Mapping(map) => {
            for (key, value) in map {
                let key = key.as_str().unwrap_or(ANYTHING);
                let removes = value.is_null() && !LEAVES.contains(&inside);
                if removes || key == "$patch" || key == "$retainKeys" || key == "<<" {
                    mentions.insert(ANYTHING.to_owned());
                }
                // `$deleteFromPrimitiveList/finalizers`.
                let directive = key.strip_prefix('$').and_then(|rest| rest.split_once('/'));
                mentions.insert(directive.map_or(key, |(_, field)| field).to_owned());
                mention_keys(value, key, lists, mentions);
            }
        }
        Value::Sequence(items) => {
            let may_have_had_objects = items.is_empty() || items.iter().any(Value::is_mapping);
            if lists == Lists::Replaced && may_have_had_objects && !LEAVES.contains(&inside) {
                mentions.insert(ANYTHING.to_owned());
            }
            for item in items {
                mention_keys(item, inside, lists, mentions);
            }
        }
        Value::Tagged(_) => drop(mentions.insert(ANYTHING.to_owned())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentioned(patch: &str) -> String {
        let mentions = mentions_of(patch, Lists::Merged);
        mentions.into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_at_any_depth_are_mentioned() {
        for (patch, expected) in [
            (r#"{"spec":{"replicas":0}}"#, "replicas spec"),
            ("spec: {ports: [{port: 80}]}", "port ports spec"),
            (
                r#"{"metadata":{"annotations":{"a/b":null}}}"#,
                "a/b annotations metadata",
            ),
            (
                r#"{"metadata":{"finalizers":null}}"#,
                "* finalizers metadata",
            ),
            (
                r#"{"metadata":{"annotations":null}}"#,
                "* annotations metadata",
            ),
            (
                r#"{"metadata":{"$deleteFromPrimitiveList/finalizers":["x"]}}"#,
                "finalizers metadata",
            ),
            (r#"{"spec":{"$patch":"replace"}}"#, "$patch * spec"),
            ("a: [", "*"),
            ("null", "*"),
        ] {
            assert_eq!(mentioned(patch), expected, "{patch}");
        }
    }

    #[test]
    fn pointers_are_decoded() {
        for (patch, expected) in [
            (
                r#"[{"op":"remove","path":"/metadata/annotations/a.b~1c~0d"}]"#,
                "a.b/c~d annotations metadata",
            ),
            (
                r#"[{"op":"remove","path":"/metadata/finalizers/0"}]"#,
                "0 finalizers metadata",
            ),
            (
                r#"[{"op":"replace","path":"/metadata/labels","value":{"x":"y"}}]"#,
                "* labels metadata x",
            ),
            (
                r#"[{"op":"move","from":"/metadata/labels/a","path":"/metadata/labels/b"}]"#,
                "a b labels metadata",
            ),
            (r#"[{"op":"replace","path":"","value":{}}]"#, "*"),
            (r#"[{"op":"remove","path":"/data"}]"#, "* data"),
            (r#"[{"op":"remove","path":"/data/a"}]"#, "a data"),
            (
                r#"[{"op":"replace","path":"/spec/replicas","value":0}]"#,
                "replicas spec",
            ),
            (
                r#"[{"op":"copy","from":"/spec/template","path":"/spec/other"}]"#,
                "* other spec template",
            ),
        ] {
            assert_eq!(mentioned(patch), expected, "{patch}");
        }
    }
    #[test]
    fn what_is_replaced_takes_along_what_it_had() {
        let patch = r#"{"spec":{"ports":[{"port":80}],"ranges":["a"]}}"#;
        let keys = |lists| mentions_of(patch, lists).contains(ANYTHING);
        assert!(keys(Lists::Replaced));
        assert!(!keys(Lists::Merged));
        let texts = r#"{"spec":{"ranges":["a"]}}"#;
        assert!(!mentions_of(texts, Lists::Replaced).contains(ANYTHING));
    }

    #[test]
    fn what_a_container_may_do_follows_from_its_pod() {
        for patch in [
            r#"{"spec":{"template":{"spec":{"containers":[{"name":"a","command":["b"]}]}}}}"#,
            r#"[{"op":"add","path":"/spec/template/spec/containers/0/command","value":["b"]}]"#,
        ] {
            assert!(mentioned(patch).contains(ANYTHING), "{patch}");
        }
    }
}

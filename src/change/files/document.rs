//! One document: what it is about, read as Go reads YAML 1.1 and JSON.
//!
//! Only what decides the object's place is looked at. Source: `sigs.k8s.io/yaml` (go-yaml v2), `UnstructuredJSONScheme` of
//! `k8s.io/apimachinery/pkg/apis/meta/v1/unstructured/helpers.go`, `metadataValidatingDecoder` of cli-runtime.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_yaml::Value;

use super::keys::Keys;
use super::stream::Uncertain;

/// What kubectl makes of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Document {
    /// One object.
    Object(Identity),
    /// What kubectl seems to refuse, and to pass over: only a dry run proves that it does.
    Refused,
    /// Anything with `items`: kubectl takes it apart, when it knows the list's own kind.
    List {
        /// Such as `v1`.
        api_version: String,
        /// Such as `List` or `PodList`.
        kind: String,
        /// What is in it.
        items: Vec<Identity>,
    },
}

impl Document {
    /// API version and kind of everything in it that kubectl has to know; for a `List` the kind is empty.
    pub(super) fn types(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Object(it) => vec![(&it.api_version, &it.kind)],
            Self::Refused => Vec::new(),
            Self::List {
                api_version,
                kind,
                items,
            } => {
                let item = kind.strip_suffix("List").unwrap_or(kind);
                let own = [(api_version.as_str(), item)];
                own.into_iter()
                    .chain(
                        items
                            .iter()
                            .map(|it| (it.api_version.as_str(), it.kind.as_str())),
                    )
                    .collect()
            }
        }
    }

    /// What is in it.
    pub(super) fn into_objects(self) -> Vec<Identity> {
        match self {
            Self::Object(it) => vec![it],
            Self::Refused => Vec::new(),
            Self::List { items, .. } => items,
        }
    }
}

/// What an object is called, and where it says that it lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    /// The keys that it says something about, at any depth.
    pub(super) mentions: BTreeSet<String>,
}

/// How scalars are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Quotes make a string.
    Json,
    /// YAML 1.1 makes booleans and numbers of more words than our parser does.
    Yaml,
}

/// The parts of a document that matter, as they stand there.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    api_version: Option<Value>,
    kind: Option<Value>,
    metadata: Option<Nullable<Metadata>>,
    items: Option<Nullable<Vec<Self>>>,
    /// The keys of everything else, at any depth.
    others: BTreeSet<String>,
}

/// A value or `null`: a key that is there with `null` is not a key that is missing.
#[derive(Debug, serde::Deserialize)]
#[serde(transparent)]
struct Nullable<T>(Option<T>);

#[derive(Debug, Default)]
struct Metadata {
    name: Option<Value>,
    namespace: Option<Value>,
    labels: Option<Value>,
    annotations: Option<Value>,
    /// The keys of everything else, at any depth.
    others: BTreeSet<String>,
}

/// A scalar as Go's JSON decoder will see it.
enum Scalar {
    Text(String),
    Absent,
    /// Of another type than string.
    Other,
}

/// What a document is about.
pub(super) fn interpret(envelope: Envelope, syntax: Syntax) -> Result<Document, Uncertain> {
    let items = envelope.items;
    let own = Envelope {
        items: None,
        ..envelope
    };
    let (identity, fault) = identify(own, syntax)?;
    if fault == Fault::Yes
        || identity.kind.is_empty()
        || identity.api_version.matches('/').count() > 1
    {
        return Ok(Document::Refused);
    }
    let Some(items) = items else {
        return Ok(Document::Object(identity));
    };
    let mut found = Vec::new();
    for item in items.0.unwrap_or_default() {
        push_item(item, &identity, syntax, &mut found)?;
    }
    Ok(Document::List {
        api_version: identity.api_version,
        kind: identity.kind,
        items: found,
    })
}

/// An item of a list takes its kind from the list when it names none. Its metadata are not validated: a name that is no text is no name.
fn push_item(
    item: Envelope,
    list: &Identity,
    syntax: Syntax,
    found: &mut Vec<Identity>,
) -> Result<(), Uncertain> {
    if item.items.is_some() {
        // A list in a list: kubectl's rules differ from level to level.
        return Err(Uncertain);
    }
    let (mut identity, _) = identify(item, syntax)?;
    if identity.kind.is_empty() && identity.api_version.is_empty() {
        let kind = list.kind.strip_suffix("List").unwrap_or(&list.kind);
        kind.clone_into(&mut identity.kind);
        identity.api_version.clone_from(&list.api_version);
    }
    found.push(identity);
    Ok(())
}

/// Whether kubectl refuses an object's type or metadata as such.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    No,
    Yes,
}

fn identify(envelope: Envelope, syntax: Syntax) -> Result<(Identity, Fault), Uncertain> {
    let mut fault = Fault::No;
    let mut text = |value: Option<Value>| -> Result<String, Uncertain> {
        Ok(match read_scalar(value, syntax)? {
            Scalar::Text(text) => text,
            Scalar::Absent => String::new(),
            Scalar::Other => {
                fault = Fault::Yes;
                String::new()
            }
        })
    };
    let metadata = envelope.metadata.and_then(|it| it.0).unwrap_or_default();
    let mut identity = Identity {
        api_version: served_by(text(envelope.api_version)?)?,
        kind: text(envelope.kind)?,
        namespace: text(metadata.namespace)?,
        name: text(metadata.name)?,
        ..Identity::default()
    };
    match (
        read_texts(metadata.labels, syntax)?,
        read_texts(metadata.annotations, syntax)?,
    ) {
        (Some(labels), Some(annotations)) => {
            identity.mentions = labels
                .keys()
                .cloned()
                .chain(annotations.into_keys())
                .chain(metadata.others)
                .chain(envelope.others)
                .collect();
            identity.labels = labels;
        }
        _ => fault = Fault::Yes,
    }
    Ok((identity, fault))
}

/// Go reads `/v1` as `v1`, an empty group with a version. Of `apps/` it takes any version.
fn served_by(api_version: String) -> Result<String, Uncertain> {
    match api_version.strip_prefix('/') {
        Some(version) if !version.contains('/') && !version.is_empty() => Ok(version.to_owned()),
        _ if api_version.ends_with('/') => Err(Uncertain),
        _ => Ok(api_version),
    }
}

/// A map of strings; `None` when one of them is something else.
fn read_texts(
    value: Option<Value>,
    syntax: Syntax,
) -> Result<Option<BTreeMap<String, String>>, Uncertain> {
    let map = match value {
        None | Some(Value::Null) => return Ok(Some(BTreeMap::new())),
        Some(Value::Mapping(map)) => map,
        Some(Value::Tagged(_)) => return Err(Uncertain),
        Some(_) => return Ok(None),
    };
    let mut texts = BTreeMap::new();
    for (key, value) in map {
        // Go turns numbers and booleans into keys, and follows `<<`.
        let Scalar::Text(key) = read_scalar(Some(key), syntax)? else {
            return Err(Uncertain);
        };
        if key == "<<" {
            return Err(Uncertain);
        }
        match read_scalar(Some(value), syntax)? {
            Scalar::Text(text) => drop(texts.insert(key, text)),
            Scalar::Absent => drop(texts.insert(key, String::new())),
            Scalar::Other => return Ok(None),
        }
    }
    Ok(Some(texts))
}

fn read_scalar(value: Option<Value>, syntax: Syntax) -> Result<Scalar, Uncertain> {
    match value {
        None | Some(Value::Null) => Ok(Scalar::Absent),
        Some(Value::String(text)) if syntax == Syntax::Yaml && is_another_type_in_go(&text) => {
            Err(Uncertain)
        }
        Some(Value::String(text)) => Ok(Scalar::Text(text)),
        Some(Value::Bool(_) | Value::Sequence(_) | Value::Mapping(_)) => Ok(Scalar::Other),
        Some(Value::Number(_)) if syntax == Syntax::Json => Ok(Scalar::Other),
        // `0o17` is a number in YAML 1.2 only.
        Some(Value::Number(_) | Value::Tagged(_)) => Err(Uncertain),
    }
}

/// Whether go-yaml v2 would read these letters, without quotes, as a boolean or a number though our parser does not.
fn is_another_type_in_go(text: &str) -> bool {
    const TRUTHS: [&str; 18] = [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off",
        "OFF", "<<", "=",
    ];
    TRUTHS.contains(&text)
        || text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
            && is_number_in_go(&text.replace('_', ""))
            && !matches!(serde_yaml::from_str(text), Ok(Value::Number(_)))
}

/// Go's `strconv.ParseInt(text, 0, 64)` or go-yaml's `yamlStyleFloat`, or a little more.
fn is_number_in_go(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let based = |prefix: &str, base| {
        digits
            .strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|it| it.is_digit(base)))
    };
    based("0x", 16)
        || based("0o", 8)
        || based("0b", 2)
        || digits.parse::<f64>().is_ok()
        || matches!(digits.as_str(), ".inf" | ".nan")
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Envelope;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(key) = map.next_key::<Value>()? {
                    match key.as_str() {
                        Some("apiVersion") => fill(&mut envelope.api_version, &mut map)?,
                        Some("kind") => fill(&mut envelope.kind, &mut map)?,
                        Some("metadata") => fill(&mut envelope.metadata, &mut map)?,
                        Some("items") => fill(&mut envelope.items, &mut map)?,
                        key => mention(key, &mut envelope.others, &mut map)?,
                    }
                }
                Ok(envelope)
            }
        }
        from.deserialize_map(Fields)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Metadata;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("metadata")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
                let mut metadata = Metadata::default();
                while let Some(key) = map.next_key::<Value>()? {
                    match key.as_str() {
                        Some("name") => fill(&mut metadata.name, &mut map)?,
                        Some("namespace") => fill(&mut metadata.namespace, &mut map)?,
                        Some("labels") => fill(&mut metadata.labels, &mut map)?,
                        Some("annotations") => fill(&mut metadata.annotations, &mut map)?,
                        key => mention(key, &mut metadata.others, &mut map)?,
                    }
                }
                Ok(metadata)
            }
        }
        from.deserialize_map(Fields)
    }
}

/// Takes a field's value. A second one would win in Go; let kubectl say what it makes of that.
fn fill<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    field: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    match field.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(A::Error::custom("a key twice")),
    }
}

/// Passes over a field, but for its keys; a merge key would bring others.
fn mention<'de, A: MapAccess<'de>>(
    key: Option<&str>,
    mentions: &mut BTreeSet<String>,
    map: &mut A,
) -> Result<(), A::Error> {
    let Keys(inside) = map.next_value()?;
    mentions.extend(inside);
    mentions.extend(key.map(str::to_owned));
    if key == Some("<<") {
        Err(A::Error::custom("a merge key"))
    } else {
        Ok(())
    }
}

//! What conditions are judged on: one change, as the API server's own policies would see it, and what only the
//! client knows.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cel::common::types::CelNull;
use cel::common::value::{CowVal, Val};
use serde_json::{Map, Value as Json, json};

use super::needs::Need;
use super::value::{self, Owned};
use crate::change::draft::{ANYTHING, Rehearsed};
use crate::change::{Before, Change, Effect, Object, Operation};
use crate::cluster::Unread;
use crate::unknown::{Unknown, What};

/// The invocation, as far as rules may ask: `invocation.verb` and `invocation.flags`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// `delete`, `drain`, `rollout restart`, …
    pub verb: String,
    /// The flags that were set, by their full names: a bool, an integer, a string or a list.
    pub flags: BTreeMap<String, Json>,
}

/// A value for the judge, converted to CEL when an expression first looks at it.
#[derive(Debug)]
pub struct Given {
    json: Object,
    cel: OnceLock<Owned>,
}

impl Given {
    fn new(json: Object) -> Arc<Self> {
        Arc::new(Self {
            json,
            cel: OnceLock::new(),
        })
    }

    fn cel(&self) -> &dyn Val {
        self.cel
            .get_or_init(|| value::from_json(&self.json))
            .as_ref()
    }

    /// The value as it was given.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.json
    }
}

/// What is known of `object` or `oldObject`.
#[derive(Clone, Debug)]
enum Side {
    /// The object.
    Known(Arc<Given>),
    /// Admission sees null here.
    Null,
    /// It has to be read first.
    Unread,
    /// kubectl has to rehearse it first.
    Unrehearsed,
    /// It could not be read.
    Hidden(Unknown),
}

impl Side {
    fn cel(&self) -> Result<CowVal<'_, '_>, Absent> {
        match self {
            Self::Known(object) => Ok(CowVal::Borrowed(object.cel())),
            Self::Null => Ok(CowVal::Borrowed(&NULL)),
            Self::Unread => Err(Absent::Needed(Need::Object)),
            Self::Unrehearsed => Err(Absent::Needed(Need::Rehearsal)),
            Self::Hidden(obstacle) => Err(Absent::Blocked(obstacle.clone())),
        }
    }
}

static NULL: CelNull = CelNull;

/// Why a name has no value.
#[derive(Clone, Debug)]
pub enum Absent {
    /// It has to be read first.
    Needed(Need),
    /// It could not be read.
    Blocked(Unknown),
}

/// A change, laid out for the judge.
#[derive(Clone, Debug)]
pub struct Scene {
    change: Arc<Given>,
    /// The same for `client.words`.
    words: Arc<Given>,
    request: Arc<Given>,
    invocation: Arc<Given>,
    old: Side,
    new: Side,
    facts: BTreeMap<&'static str, Result<Arc<Given>, Unread>>,
}

/// What a change has to do with its object as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The object is known, or admission would not show it.
    Ready,
    /// It has to be read first.
    Unread,
    /// There is no such object, or kubectl will refuse the edit: nothing is going to change.
    Void,
}

/// `invocation`, shared by all changes.
#[must_use]
pub fn invocation(words: &Words) -> Arc<Given> {
    Given::new(Arc::new(
        json!({ "verb": words.verb, "flags": words.flags }),
    ))
}

impl Scene {
    /// Lays out a change. `siblings`: how many changes of the same operation, resource and subresource the command makes.
    #[must_use]
    pub fn new(change: &Change, siblings: usize, invocation: Arc<Given>) -> Self {
        let view = Given::new(Arc::new(client_view(change, siblings)));
        Self {
            words: Arc::clone(&view),
            change: view,
            request: Given::new(Arc::new(request(change))),
            invocation,
            old: old(change),
            new: new(change),
            facts: BTreeMap::new(),
        }
    }

    /// The same change, of which `client.words` is told that it may touch any key; see [`super::table::Drops::Late`].
    #[must_use]
    pub fn mentioning_anything(mut self) -> Self {
        let mut view = self.words.json().clone();
        if view["mentions"]
            .as_array()
            .is_some_and(|keys| !keys.is_empty())
        {
            view["mentions"] = json!([ANYTHING]);
        }
        self.words = Given::new(Arc::new(view));
        self
    }

    /// As `client.words` sees it, where that differs.
    pub(super) fn in_words(&self) -> Option<Self> {
        let differs = !Arc::ptr_eq(&self.change, &self.words);
        differs.then(|| Self {
            change: Arc::clone(&self.words),
            ..self.clone()
        })
    }

    /// Takes over what was read since. A change that nobody read counts as one that could not be read.
    pub fn hear(&mut self, change: &Change) {
        self.old = match old(change) {
            Side::Unread => Side::Hidden(obstacle(change, &Unread::NotAsked)),
            side => side,
        };
        self.new = match (new(change), &self.old) {
            (Side::Unread, Side::Hidden(obstacle)) => Side::Hidden(obstacle.clone()),
            (side, _) => side,
        };
    }

    /// Takes over what the rehearsal showed. A change that nobody rehearsed counts as one that could not be.
    pub fn hear_rehearsal(&mut self, change: &Change) {
        self.new = match new(change) {
            Side::Unrehearsed => Side::Hidden(obstacle(change, &Unread::NotAsked)),
            side => side,
        };
    }

    /// Takes a fact.
    pub fn learn(&mut self, fact: &'static str, value: Result<Json, Unread>) {
        self.facts
            .insert(fact, value.map(|json| Given::new(Arc::new(json))));
    }

    /// A fact that was read.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&Json> {
        Some(self.facts.get(name)?.as_ref().ok()?.json())
    }

    /// Whether this name was asked for already.
    #[must_use]
    pub fn knows(&self, fact: &str) -> bool {
        self.facts.contains_key(fact)
    }

    /// Whether the old object has to be read before anything can be said for certain.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.old, Side::Unread)
    }

    /// The value of a root that is no map of single values; absent if there is no such root.
    pub(super) fn root(&self, name: &str) -> Option<Result<CowVal<'_, '_>, Absent>> {
        Some(match name {
            "object" => self.new.cel(),
            "oldObject" => self.old.cel(),
            "namespaceObject" => Side::Null.cel(),
            "request" => Ok(CowVal::Borrowed(self.request.cel())),
            "change" => Ok(CowVal::Borrowed(self.change.cel())),
            "invocation" => Ok(CowVal::Borrowed(self.invocation.cel())),
            _ => return None,
        })
    }

    /// The value of `facts.NAME`.
    pub(super) fn fact_value(&self, name: &'static str) -> Result<CowVal<'_, '_>, Absent> {
        match self.facts.get(name) {
            Some(Ok(value)) => Ok(CowVal::Borrowed(value.cel())),
            Some(Err(unread)) => Err(Absent::Blocked(Unknown::new(What::Fact(name), unread))),
            None => Err(Absent::Needed(Need::Fact(name))),
        }
    }
}

/// What is to be done about a change's object.
#[must_use]
pub fn standing(change: &Change) -> Standing {
    match &change.effect {
        Effect::Awaited => return Standing::Void,
        Effect::Drafted(draft) if draft.is_refused() => return Standing::Void,
        _ if shows_nothing_old(change) => return Standing::Ready,
        _ => {}
    }
    match (&change.before, &change.effect) {
        (Before::Missing, _) => Standing::Void,
        (Before::Found(_), Effect::Edited(_)) if change.after().is_none() => Standing::Void,
        // A collection has no object of its own; its members are changes of their own.
        (Before::Unread, _) if change.name.is_empty() => Standing::Void,
        (Before::Unread, _) => Standing::Unread,
        (Before::Found(_) | Before::Hidden(_), _) => Standing::Ready,
    }
}

fn shows_nothing_old(change: &Change) -> bool {
    matches!(change.operation, Operation::Create | Operation::Connect)
}

fn old(change: &Change) -> Side {
    if shows_nothing_old(change) {
        return Side::Null;
    }
    match &change.before {
        Before::Found(object) => Side::Known(Given::new(Arc::clone(object))),
        Before::Unread => Side::Unread,
        Before::Missing => Side::Null,
        Before::Hidden(unread) => Side::Hidden(obstacle(change, unread)),
    }
}

fn new(change: &Change) -> Side {
    match (&change.effect, &change.before) {
        (Effect::Gone(_) | Effect::Awaited, _) => Side::Null,
        (Effect::Sent(object), _) => Side::Known(Given::new(Arc::clone(object))),
        (Effect::Drafted(draft), _) => match &draft.rehearsal {
            Rehearsed::Due => Side::Unrehearsed,
            Rehearsed::Answered(object) => Side::Known(Given::new(Arc::clone(object))),
            Rehearsed::Refused(_) => Side::Null,
            Rehearsed::Hidden(unread) => Side::Hidden(obstacle(change, unread)),
        },
        (Effect::Edited(_) | Effect::Unsent, Before::Unread) => Side::Unread,
        (Effect::Edited(_) | Effect::Unsent, Before::Hidden(unread)) => {
            Side::Hidden(obstacle(change, unread))
        }
        (Effect::Edited(_) | Effect::Unsent, Before::Found(_) | Before::Missing) => {
            match change.after() {
                Some(object) => Side::Known(Given::new(Arc::new(object))),
                None => Side::Null,
            }
        }
    }
}

fn obstacle(change: &Change, why: &Unread) -> Unknown {
    Unknown::new(change.subject(), why)
}

/// `request`: optional fields are absent, not empty, and a Namespace is in itself.
/// Source: `k8s.io/apiserver/pkg/admission/plugin/policy/validating` `CreateAdmissionRequest`; seen on a 1.36 server.
fn request(change: &Change) -> Json {
    let resource = &change.resource;
    let in_itself = resource.is("", "namespaces");
    let namespace = if in_itself {
        &change.name
    } else {
        &change.namespace
    };
    let mut request = Map::new();
    request.insert("operation".into(), json!(change.operation));
    request.insert("kind".into(), kind(change));
    request.insert(
        "resource".into(),
        json!({ "group": resource.group, "version": resource.version, "resource": resource.plural }),
    );
    request.insert("dryRun".into(), json!(false));
    request.insert("options".into(), options(change));
    for (key, text) in [
        ("subResource", &change.subresource),
        ("name", &change.name),
        ("namespace", namespace),
    ] {
        if !text.is_empty() {
            request.insert(key.into(), json!(text));
        }
    }
    Json::Object(request)
}

/// A subresource has a kind of its own (an Eviction, a Scale), which the object that is sent says.
fn kind(change: &Change) -> Json {
    let resource = &change.resource;
    let sent = match &change.effect {
        Effect::Sent(object) => Some(object),
        Effect::Drafted(draft) => draft.object(),
        _ => None,
    };
    if let Some(object) = sent
        && let (Some(version), Some(kind)) =
            (object["apiVersion"].as_str(), object["kind"].as_str())
    {
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        return json!({ "group": group, "version": version, "kind": kind });
    }
    json!({ "group": resource.group, "version": resource.version, "kind": resource.kind })
}

fn options(change: &Change) -> Json {
    let mut options = Map::new();
    if change.operation == Operation::Connect {
        return Json::Null;
    }
    if let Effect::Gone(delete) = &change.effect {
        if let Some(seconds) = delete.grace_period {
            options.insert("gracePeriodSeconds".into(), json!(seconds));
        }
        if let Some(policy) = delete.propagation {
            options.insert("propagationPolicy".into(), json!(policy));
        }
    }
    Json::Object(options)
}

/// `change`: what the words alone say.
fn client_view(change: &Change, siblings: usize) -> Json {
    let mut sets = Map::new();
    let mut removes = Vec::new();
    for (key, value) in change.keys() {
        match value {
            Some(value) => drop(sets.insert(key.to_owned(), json!(value))),
            None => removes.push(json!(key)),
        }
    }
    let mut view = json!({
        "cause": change.cause.to_rules(),
        "operation": change.operation,
        "name": change.name,
        "namespace": change.namespace,
        "resource": change.resource.plural,
        "group": change.resource.group,
        "siblings": siblings,
        "sets": sets,
        "removes": removes,
        "mentions": change.mentions(),
        "field": field(change),
    });
    if let (Effect::Gone(delete), Json::Object(view)) = (&change.effect, &mut view) {
        if let Some(seconds) = delete.grace_period {
            view.insert("gracePeriod".into(), json!(seconds));
        }
        if let Some(policy) = delete.propagation {
            view.insert("propagation".into(), json!(policy));
        }
    }
    view
}

/// Which part of the object the words edit.
fn field(change: &Change) -> &'static str {
    match &change.effect {
        Effect::Edited(edit) => edit.field(),
        // A node that is drained and was cordoned before.
        Effect::Unsent => "unschedulable",
        Effect::Gone(_) | Effect::Sent(_) | Effect::Drafted(_) | Effect::Awaited => "",
    }
}

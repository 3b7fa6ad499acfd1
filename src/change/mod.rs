//! From an invocation to the requests that kubectl would send, as admission would see them.

pub mod account;
pub mod awaited;
pub mod cascade;
pub mod certificate;
pub mod connect;
pub mod create;
pub mod delete;
pub mod derive;
pub mod draft;
pub mod edit;
pub mod expand;
pub mod expansion;
pub mod files;
pub mod interest;
pub mod manifest;
pub mod metadata;
pub mod node;
pub mod objects;
mod overrides;
pub mod patch;
pub mod proof;
mod raw;
pub mod rehearsal;
pub mod resource;
pub mod rollout;
pub mod run;
pub mod scale;
pub mod set;
pub mod targets;
pub mod text;
pub mod unlisted;
pub mod word;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cluster::Unread;
use crate::cluster::reader::Reader;
use crate::unknown::What;
pub use draft::Draft;
pub use resource::Resource;

/// An object as the API server gives it, shared between changes, facts and findings.
pub type Object = Arc<Value>;

/// Admission's word for what a request does.
/// Source: `k8s.io/api/admission/v1` `Operation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operation {
    /// A new object or subresource object (an eviction is one).
    Create,
    /// Any of kubectl's patches and puts.
    Update,
    /// A delete of one object, or of a collection.
    Delete,
    /// exec, attach, port-forward, proxy.
    Connect,
}

/// Why this object is touched: how the words led to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The words name it.
    Named,
    /// A selector or `--all` finds it.
    Selected,
    /// It stands in a file, on standard input, or behind a URL.
    File,
    /// The path after `--raw`.
    Raw,
    /// A drained node runs it.
    Evicted,
    /// `apply --prune` does not find it in its files any more.
    Pruned,
    /// The server deletes it because of another change: its owner, namespace, definition or collection goes.
    Cascaded,
    /// It is a member of a collection that goes with one request.
    Collected,
}

impl Cause {
    /// Whether the server does it because of another change, so that no request of kubectl's names it.
    #[must_use]
    pub const fn is_consequence(self) -> bool {
        matches!(self, Self::Cascaded | Self::Collected)
    }

    /// As rules know it: a collection is its members, whether kubectl lists them (`delete pods -l a=b`) or the server (`--raw`).
    #[must_use]
    pub const fn to_rules(self) -> Self {
        match self {
            Self::Collected => Self::Selected,
            cause => cause,
        }
    }

    /// As plans list it.
    #[must_use]
    pub const fn to_plans(self) -> Self {
        match self {
            Self::Collected => Self::Cascaded,
            cause => cause,
        }
    }
}

/// One request, as admission would see it.
#[derive(Clone, Debug)]
pub struct Change {
    /// What the request does.
    pub operation: Operation,
    /// What kind of object it does it to.
    pub resource: Resource,
    /// The part of the object's URL behind its name, such as `eviction`; empty for the object itself.
    pub subresource: String,
    /// The object's namespace; empty for cluster-scoped objects.
    pub namespace: String,
    /// The object's name; empty for a `--raw` delete of a collection.
    pub name: String,
    /// How the words led to this object.
    pub cause: Cause,
    /// How many objects this stands for. Above 1 only for cascaded changes, which are counted, not listed.
    pub count: u64,
    /// The object before the request.
    pub before: Before,
    /// What the request makes of it.
    pub effect: Effect,
}

/// What is known of an object as it is now.
#[derive(Clone, Debug)]
pub enum Before {
    /// Nobody asked yet.
    Unread,
    /// The object, as last read.
    Found(Object),
    /// The server says that there is no such object.
    Missing,
    /// It was asked for and could not be read.
    Hidden(Unread),
}

/// What a request makes of its object.
#[derive(Clone, Debug)]
pub enum Effect {
    /// The object goes.
    Gone(DeleteOptions),
    /// The object is changed as kubectl would change it; the new object is computed from the old.
    Edited(edit::Edit),
    /// The request carries this object (an Eviction, a new object).
    Sent(Object),
    /// What comes of the request is known from kubectl's own dry run alone.
    Drafted(Draft),
    /// A person is about to write it in an editor: nobody knows yet. Listed, and not judged before it has been saved.
    Awaited,
    /// No request is sent: the object is what the command is about and is already as it should be (a node that is
    /// drained and was cordoned before). Judged, because the rest of the command follows from it; listed nowhere.
    Unsent,
}

/// The part of `DeleteOptions` that words decide. Source: `k8s.io/apimachinery/pkg/apis/meta/v1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Seconds; absent means that the object's own default holds.
    pub grace_period: Option<i64>,
    /// `Background`, `Foreground` or `Orphan`.
    pub propagation: Option<&'static str>,
}

impl From<Result<Option<Object>, Unread>> for Before {
    fn from(read: Result<Option<Object>, Unread>) -> Self {
        match read {
            Ok(Some(object)) => Self::Found(object),
            Ok(None) => Self::Missing,
            Err(why) => Self::Hidden(why),
        }
    }
}

impl Change {
    /// The object as it is now: what admission would show of it, which for an update of `scale` is a Scale, and for anything
    /// else the object itself (the pod of an eviction; a namespace whose `finalize` cannot be read).
    ///
    /// # Errors
    /// When it could not be read.
    pub async fn read(&self, reader: &Reader) -> Result<Option<Object>, Unread> {
        // A Scale alone is another object than what it is a part of; `finalize` cannot even be read.
        let is_scale = self.operation == Operation::Update && self.subresource == "scale";
        let part = if is_scale { "scale" } else { "" };
        reader
            .get_part(&self.resource, part, &self.namespace, &self.name)
            .await
    }

    /// The object after the request: absent when it goes, or when the old object is not known,
    /// or when kubectl would refuse the edit.
    #[must_use]
    pub fn after(&self) -> Option<Value> {
        match (&self.effect, &self.before) {
            (Effect::Sent(object), _) => Some(object.as_ref().clone()),
            (Effect::Edited(edit), Before::Found(old)) => edit.apply(old),
            (Effect::Drafted(draft), _) => draft.object().map(|object| object.as_ref().clone()),
            (Effect::Unsent, Before::Found(old)) => Some(old.as_ref().clone()),
            (Effect::Gone(_) | Effect::Edited(_) | Effect::Awaited | Effect::Unsent, _) => None,
        }
    }

    /// The object before the request, when it was read and is there.
    #[must_use]
    pub fn old(&self) -> Option<&Object> {
        match &self.before {
            Before::Found(object) => Some(object),
            _ => None,
        }
    }

    /// Whether kubectl (or the server, for a cascaded change) really does this. Known once the old object is.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        match (&self.effect, &self.before) {
            (Effect::Unsent, _) | (Effect::Edited(_), Before::Missing) => false,
            (Effect::Edited(edit), Before::Found(old)) => edit.apply(old).is_some(),
            (Effect::Drafted(_), Before::Missing) if self.operation == Operation::Update => false,
            (Effect::Drafted(draft), _) => draft.is_sent(self.old()),
            _ => true,
        }
    }

    /// Whether only a rehearsal tells what comes of it.
    #[must_use]
    pub const fn is_drafted(&self) -> bool {
        matches!(self.effect, Effect::Drafted(_))
    }

    /// The object, where it could not be read.
    #[must_use]
    pub fn subject(&self) -> What {
        What::Object {
            kind: self.resource.kind.to_string(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }

    /// The keys, at any depth, that this change may set or remove, with `*` where it may be any: known before anything is rehearsed,
    /// so that a rule about a field or a reserved key costs nothing where it is not said.
    #[must_use]
    pub fn mentions(&self) -> BTreeSet<String> {
        match &self.effect {
            Effect::Edited(edit) => edit.mentions(),
            Effect::Drafted(draft) => draft.mentions.clone(),
            Effect::Sent(new) => {
                let old = self.old().map(|old| draft::mentions_of(old));
                draft::mentions_of(new)
                    .into_iter()
                    .chain(old.into_iter().flatten())
                    .collect()
            }
            Effect::Gone(_) | Effect::Awaited | Effect::Unsent => BTreeSet::new(),
        }
    }

    /// Label and annotation keys that the words set (`Some(value)`) or remove (`None`).
    /// Known without the object, so a rule about reserved keys can be dropped before anything is read.
    #[must_use]
    pub fn keys(&self) -> BTreeMap<&str, Option<&str>> {
        match &self.effect {
            Effect::Edited(edit) => edit.keys(),
            _ => BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod delete_tests;
#[cfg(test)]
mod flag_tests;

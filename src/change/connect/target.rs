//! The pod that a connection goes to.
//!
//! Source: kubectl `pkg/polymorphichelpers/{attachablepodforobject,helpers}.go`; `ResourceNames` of
//! `k8s.io/cli-runtime/pkg/resource/builder.go`.

use super::choice::choose;
use crate::change::account::Read;
use crate::change::expansion::Expansion;
use crate::change::files::{self, FileFlags, FileObject, Input, LabelsOf};
use crate::change::targets::{self, All, Words};
use crate::change::{Cause, Object, Resource};
use crate::cluster::fields::{namespace, plain_selector, selector};
use crate::cluster::known;
use crate::cluster::reader::{Detail, Reader, Selection, is_path_segment};
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What, Why};

/// The pod, which kubectl reads too.
pub(super) const POD: Read = Read {
    what: "The pod: whether it is there, its containers, and what they can do to their node; for a workload or a Service, that \
           object and its pods, of which kubectl takes one",
    requests: "1; else 2, and those for the type",
};

/// Why there is no pod to connect to.
#[derive(Debug)]
pub(super) enum NoPod {
    /// kubectl refuses the words, or fails before it connects.
    KubectlStops,
    /// The server has no such object, so that it refuses the connection.
    NotThere,
    /// Which pod it would be could not be found out.
    Unknown(Unknown),
}

impl From<targets::Stop> for NoPod {
    fn from(stop: targets::Stop) -> Self {
        match stop {
            targets::Stop::Kubectl => Self::KubectlStops,
            targets::Stop::Unread { word, why } => {
                Self::Unknown(Unknown::new(What::Type(word), why))
            }
        }
    }
}

impl From<NoPod> for Expansion {
    fn from(none: NoPod) -> Self {
        match none {
            NoPod::KubectlStops => Self::KubectlStops,
            NoPod::NotThere => Self::nothing(),
            NoPod::Unknown(unknown) => Self::Changes {
                changes: Vec::new(),
                unknown: vec![unknown],
            },
        }
    }
}

/// An object that the words or a file name, before kubectl has read it.
#[derive(Debug)]
pub(super) struct Aim {
    pub(super) resource: Resource,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) cause: Cause,
}

impl Aim {
    /// `NAME` is a pod's, `TYPE/NAME` anything's.
    pub(super) async fn read(word: &str, reader: &Reader) -> Result<Self, NoPod> {
        let (resource, name) = if word.contains('/') {
            targets::resolve_pair(word, reader).await?
        } else {
            (known::PODS.clone(), word.to_owned())
        };
        Ok(Self {
            resource,
            namespace: reader.place().namespace.clone(),
            name,
            cause: Cause::Named,
        })
    }

    /// What the words or the files name, in order.
    pub(super) async fn read_all(
        words: &[String],
        invocation: &Invocation,
        reader: &Reader,
        input: &Input<'_>,
    ) -> Result<Vec<Self>, NoPod> {
        let flags = FileFlags::of(invocation);
        if !flags.are_given() {
            let mut aims = Vec::with_capacity(words.len());
            for word in words {
                aims.push(Self::read(word, reader).await?);
            }
            return Ok(aims);
        }
        let words = Words::read(invocation, words, All::No, reader);
        let found = files::find(&flags, &words, LabelsOf::Document, reader, input).await?;
        match found.unknown.into_iter().next() {
            Some(unknown) => Err(NoPod::Unknown(unknown)),
            None => Ok(found.objects.into_iter().map(Self::from).collect()),
        }
    }

    /// The object, which kubectl reads before anything else.
    pub(super) async fn object(&self, reader: &Reader) -> Result<Object, NoPod> {
        if !is_path_segment(&self.name) {
            return Err(NoPod::KubectlStops);
        }
        match reader
            .get(&self.resource, &self.namespace, &self.name)
            .await
        {
            Ok(Some(object)) => Ok(object),
            Ok(None) => Err(NoPod::NotThere),
            Err(why) => {
                let what = What::Object {
                    kind: self.resource.kind.to_string(),
                    namespace: self.namespace.clone(),
                    name: self.name.clone(),
                };
                Err(NoPod::Unknown(Unknown::new(what, why)))
            }
        }
    }

    /// The pod: the object itself, or the one of its pods that kubectl takes.
    pub(super) async fn pod(&self, reader: &Reader) -> Result<Object, NoPod> {
        if self.resource.is("", "pods") {
            return self.object(reader).await;
        }
        if self.cause == Cause::File {
            return Err(self.no_pod(Why::SelectorInFile));
        }
        let object = self.object(reader).await?;
        let (group, plural) = (&*self.resource.group, &*self.resource.plural);
        let selector = match (group, plural) {
            ("", "services" | "replicationcontrollers") => plain_selector(&object),
            ("apps", "deployments" | "replicasets" | "daemonsets" | "statefulsets")
            | ("batch", "jobs") => selector(&object, "/spec/selector"),
            _ => None,
        };
        // What has no pods, kubectl refuses.
        let labels = selector.ok_or(NoPod::KubectlStops)?.to_string();
        let selection = Selection {
            labels,
            fields: String::new(),
        };
        let pods = reader
            .list(&known::PODS, namespace(&object), &selection, Detail::Full)
            .await;
        let pods = pods.map_err(|why| self.no_pod(why.into()))?;
        choose(&pods)
            .cloned()
            .ok_or_else(|| self.no_pod(Why::NoPod))
    }

    /// Which pod of a workload it would be is not known.
    fn no_pod(&self, why: Why) -> NoPod {
        let what = What::Owned {
            resource: self.resource.to_string(),
            name: self.name.clone(),
        };
        NoPod::Unknown(Unknown::new(what, why))
    }
}

impl From<FileObject> for Aim {
    fn from(object: FileObject) -> Self {
        Self {
            resource: object.resource,
            namespace: object.namespace,
            name: object.name,
            cause: Cause::File,
        }
    }
}

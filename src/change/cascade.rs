//! What the server deletes because of a deletion: a namespace's and a definition's contents, a workload's dependents.

mod owned;

use std::collections::BTreeSet;

use futures::future::join_all;

use super::delete::gone;
use super::interest::Interest;
use super::objects::{List, Reached};
use super::resource::Scope;
use super::{Before, Cause, Change, DeleteOptions, Effect, Operation, Resource};
use crate::cluster::Unread;
use crate::cluster::discovery::Served;
use crate::cluster::reader::{Reader, Selection};
use crate::unknown::{Unknown, What};

/// Up to so many objects of a kind are judged one by one. More are only counted: their number alone makes
/// the namespace or definition that they are in a question.
const JUDGED: u64 = 500;

/// The changes, each followed by what it brings about.
///
/// Objects that a rule could look at are listed in full; for a plan, the others are counted. Nothing is
/// read for anything else.
pub(super) async fn follow(
    changes: Vec<Change>,
    reader: &Reader,
    interest: &Interest<'_>,
    unknown: &mut Vec<Unknown>,
) -> Vec<Change> {
    let mut followed = Vec::with_capacity(changes.len());
    for change in changes {
        let brought = Brought {
            reader,
            interest,
            unknown,
        }
        .by(&change)
        .await;
        followed.push(change);
        followed.extend(brought);
    }
    followed
}

/// Finds what one change brings about.
struct Brought<'a> {
    reader: &'a Reader,
    interest: &'a Interest<'a>,
    unknown: &'a mut Vec<Unknown>,
}

impl Brought<'_> {
    async fn by(mut self, change: &Change) -> Vec<Change> {
        let Effect::Gone(options) = &change.effect else {
            return Vec::new();
        };
        let whole = change.subresource.is_empty() && !change.name.is_empty();
        if !whole || matches!(change.before, Before::Missing) {
            return Vec::new();
        }
        if change.resource.is("", "namespaces") {
            self.contents(&change.name).await
        } else if change
            .resource
            .is("apiextensions.k8s.io", "customresourcedefinitions")
        {
            self.instances(&change.name).await
        } else if options.propagation != Some("Orphan") && self.interest.is_plan() {
            let owned = owned::find(change, self.reader).await;
            owned.unwrap_or_else(|why| {
                self.miss(
                    What::Owned {
                        resource: change.resource.to_string(),
                        name: change.name.clone(),
                    },
                    &why,
                );
                Vec::new()
            })
        } else {
            Vec::new()
        }
    }

    /// What is in a namespace, kind by kind.
    async fn contents(&mut self, namespace: &str) -> Vec<Change> {
        let kinds = match self.reader.served().await {
            Ok(served) => deletable(&served),
            Err(why) => {
                self.miss(What::Contents(namespace.to_owned()), &why);
                return Vec::new();
            }
        };
        let wanted: Vec<Resource> = kinds
            .into_iter()
            .filter(|kind| self.wants(kind, Some(namespace)))
            .collect();
        let counts = join_all(wanted.iter().map(|kind| self.reader.count(kind, namespace))).await;
        let mut changes = Vec::new();
        let mut hidden: Vec<(&Resource, Unread)> = Vec::new();
        for (kind, count) in wanted.iter().zip(counts) {
            let found = match count {
                Ok(count) => self.objects(kind, namespace, count).await,
                Err(why) => Err(why),
            };
            match found {
                Ok(found) => changes.extend(found),
                Err(why) => hidden.push((kind, why)),
            }
        }
        if let Some((_, why)) = hidden.first() {
            let what = What::Kinds {
                kinds: hidden.iter().map(|(kind, _)| (*kind).clone()).collect(),
                namespace: namespace.to_owned(),
            };
            self.miss(what, why);
        }
        changes
    }

    /// The objects of the kind that a definition (named `PLURAL.GROUP`) defines.
    async fn instances(&mut self, definition: &str) -> Vec<Change> {
        let Some((plural, group)) = definition.split_once('.') else {
            return Vec::new();
        };
        let found = match self.reader.served().await {
            Ok(served) => match served.iter().find(|it| it.resource.is(group, plural)) {
                Some(it) if self.wants(&it.resource, None) => {
                    let kind = &it.resource;
                    match self.reader.count(kind, "").await {
                        Ok(count) => self.objects(kind, "", count).await,
                        Err(why) => Err(why),
                    }
                }
                _ => Ok(Vec::new()),
            },
            Err(why) => Err(why),
        };
        found.unwrap_or_else(|why| {
            self.miss(What::Instances(definition.to_owned()), &why);
            Vec::new()
        })
    }

    /// The objects of one kind: one by one where a rule could look at them, else as a number.
    async fn objects(
        &self,
        kind: &Resource,
        namespace: &str,
        count: u64,
    ) -> Result<Vec<Change>, Unread> {
        let place = (!namespace.is_empty()).then_some(namespace);
        if count == 0 {
            return Ok(Vec::new());
        }
        if count > JUDGED || !self.interest.judges(Operation::Delete, kind, "", place) {
            return Ok(vec![counted(kind, namespace, count)]);
        }
        let selection = Selection::default();
        let all = List {
            resource: kind,
            namespace,
            selection: &selection,
            operation: Operation::Delete,
            subresource: "",
        };
        let members = all.read(self.reader, self.interest).await?;
        let member = |it| member(it, &DeleteOptions::default(), Cause::Cascaded);
        Ok(members.into_iter().map(member).collect())
    }

    fn wants(&self, kind: &Resource, namespace: Option<&str>) -> bool {
        self.interest.in_(Operation::Delete, kind, "", namespace)
    }

    fn miss(&mut self, what: What, why: &Unread) {
        self.unknown.push(Unknown::new(what, why));
    }
}

/// One object that the server deletes because of this.
pub(super) fn member(reached: Reached, options: &DeleteOptions, cause: Cause) -> Change {
    gone(Reached { cause, ..reached }, options)
}

/// Many objects that the server deletes.
fn counted(kind: &Resource, namespace: &str, count: u64) -> Change {
    let all = Reached {
        resource: kind.clone(),
        namespace: namespace.to_owned(),
        name: String::new(),
        cause: Cause::Cascaded,
        // No rule can look at a number; `Missing` keeps them from asking for an object without a name.
        before: Before::Missing,
    };
    let one = gone(all, &DeleteOptions::default());
    Change { count, ..one }
}

/// The kinds whose objects the namespace controller deletes: namespaced ones that can be listed and deleted.
/// Events are left out; Kubernetes writes them itself.
/// Source: `k8s.io/kubernetes/pkg/controller/namespace/deletion`.
fn deletable(served: &[Served]) -> Vec<Resource> {
    let mut seen = BTreeSet::new();
    let can = |it: &&Served| {
        ["list", "delete"]
            .iter()
            .all(|verb| it.verbs.iter().any(|known| known == verb))
    };
    let own =
        |it: &Resource| it.plural == "events" && matches!(it.group.as_ref(), "" | "events.k8s.io");
    let kinds = served.iter().filter(can).map(|it| &it.resource);
    kinds
        .filter(|kind| kind.scope == Scope::Namespaced && !own(kind))
        .filter(|kind| seen.insert((kind.group.clone(), kind.plural.clone())))
        .cloned()
        .collect()
}

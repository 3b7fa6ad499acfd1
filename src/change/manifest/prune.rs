//! `apply --prune`: what was applied before, fits the selector, and is not in the files any more, is deleted.
//!
//! Source: kubectl `pkg/cmd/apply/prune.go`, `pkg/util/prune/prune.go`. Seen with 1.36: also namespaces and volumes of the whole
//! cluster, whatever `-n` says.

use std::collections::BTreeSet;

use crate::change::delete::gone;
use crate::change::interest::Interest;
use crate::change::objects::{Reached, unread_list};
use crate::change::resource::Scope;
use crate::change::targets::Words;
use crate::change::{Before, Cause, Change, DeleteOptions, Object, Operation, Resource};
use crate::cluster::fields;
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What, Why};

/// Only objects that carry this were applied by kubectl.
const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What is pruned when no `--prune-allowlist` names it: group, version, kind.
const BY_DEFAULT: [(&str, &str, &str); 16] = [
    ("", "v1", "ConfigMap"),
    ("", "v1", "Endpoints"),
    ("", "v1", "Namespace"),
    ("", "v1", "PersistentVolumeClaim"),
    ("", "v1", "PersistentVolume"),
    ("", "v1", "Pod"),
    ("", "v1", "ReplicationController"),
    ("", "v1", "Secret"),
    ("", "v1", "Service"),
    ("batch", "v1", "Job"),
    ("batch", "v1", "CronJob"),
    ("networking.k8s.io", "v1", "Ingress"),
    ("apps", "v1", "DaemonSet"),
    ("apps", "v1", "Deployment"),
    ("apps", "v1", "ReplicaSet"),
    ("apps", "v1", "StatefulSet"),
];

/// What is deleted in the end.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    pub(super) changes: Vec<Change>,
    pub(super) unknown: Vec<Unknown>,
}

/// What goes after these objects were applied.
pub(super) async fn find(
    applied: &[Change],
    words: &Words<'_>,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
) -> Pruned {
    let mut pruned = Pruned::default();
    if !invocation.text("applyset").unwrap_or_default().is_empty() {
        let unknown = Unknown::new(What::ApplySet, Why::BookKeeping);
        pruned.unknown.push(unknown);
        return pruned;
    }
    let selects = !words.labels.trim().is_empty();
    if selects == invocation.truth("all") {
        return pruned;
    }
    let kinds = match kinds(invocation, reader).await {
        Ok(kinds) => kinds,
        Err(unknown) => {
            pruned.unknown.push(unknown);
            return pruned;
        }
    };
    let namespaces: BTreeSet<&str> = applied
        .iter()
        .map(|change| change.namespace.as_str())
        .filter(|namespace| !namespace.is_empty())
        .chain(words.enforced.then_some(words.namespace))
        .collect();
    let kept: BTreeSet<(&str, &str, &str, &str)> = applied.iter().map(identity).collect();
    for resource in &kinds {
        let places: Vec<&str> = match resource.scope {
            Scope::Cluster => vec![""],
            Scope::Namespaced => namespaces.iter().copied().collect(),
        };
        for namespace in places {
            let place = (!namespace.is_empty()).then_some(namespace);
            if !interest.in_(Operation::Delete, resource, "", place) {
                continue;
            }
            let selection = Selection {
                labels: words.labels.trim().to_owned(),
                fields: String::new(),
            };
            match reader
                .list(resource, namespace, &selection, Detail::Full)
                .await
            {
                Ok(objects) => pruned.changes.extend(
                    objects
                        .iter()
                        .filter(|object| object["metadata"]["annotations"][APPLIED].is_string())
                        .map(|object| delete(resource, object, invocation))
                        .filter(|change| !kept.contains(&identity(change))),
                ),
                Err(why) => pruned.unknown.push(unread_list(resource, namespace, &why)),
            }
        }
    }
    pruned
}

fn identity(change: &Change) -> (&str, &str, &str, &str) {
    let Resource { group, kind, .. } = &change.resource;
    (group, kind, &change.namespace, &change.name)
}

fn delete(resource: &Resource, object: &Object, invocation: &Invocation) -> Change {
    let grace = invocation.integer("grace-period").unwrap_or(-1);
    let options = DeleteOptions {
        grace_period: (grace >= 0).then_some(grace),
        propagation: Some(invocation.cascade().policy()),
    };
    let reached = Reached {
        resource: resource.clone(),
        namespace: fields::namespace(object).to_owned(),
        name: fields::name(object).to_owned(),
        cause: Cause::Pruned,
        before: Before::Found(object.clone()),
    };
    gone(reached, &options)
}

/// The kinds that are looked through, as far as the server has them.
async fn kinds(invocation: &Invocation, reader: &Reader) -> Result<Vec<Resource>, Unknown> {
    let listed = ["prune-allowlist", "prune-whitelist"].map(|flag| invocation.list(flag));
    let named: Vec<(&str, &str, &str)> = listed
        .into_iter()
        .flatten()
        .filter_map(|word| {
            let mut parts = word.split('/');
            let (group, version, kind) = (parts.next()?, parts.next()?, parts.next()?);
            Some((if group == "core" { "" } else { group }, version, kind))
        })
        .collect();
    let wanted = if named.is_empty() {
        &BY_DEFAULT[..]
    } else {
        &named[..]
    };
    let catalog = reader
        .catalog()
        .await
        .map_err(|why| Unknown::new(What::PrunedTypes, why))?;
    let found = wanted.iter().filter_map(|(group, version, kind)| {
        let api_version = if group.is_empty() {
            (*version).to_owned()
        } else {
            format!("{group}/{version}")
        };
        catalog.kind(&api_version, kind).cloned()
    });
    Ok(found.collect())
}

//! What goes with a namespace, or with a definition.

use std::collections::BTreeSet;

use futures::try_join;
use serde_json::{Value, json};

use super::{Scene, all, storage};
use crate::change::Change;
use crate::change::resource::{Resource, Scope};
use crate::cluster::ack::{self, Ownership};
use crate::cluster::discovery::Served;
use crate::cluster::fields::{items, name, text, truth};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, known};

pub(super) async fn namespace(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let (reader, inside) = (scene.reader, change.name.as_str());
    let (subject, served) = try_join!(scene.subject(change), reader.served())?;
    if subject.is_none() {
        return Ok(Value::Null);
    }
    let kinds: Vec<&Resource> = deletable(&served).collect();
    let counts = all(kinds.iter().map(|kind| reader.count(kind, inside)));
    let (counts, own, balancers, claims) = try_join!(
        counts,
        kubernetes_own(reader, inside),
        balancers(reader, inside),
        claims(reader, inside)
    )?;
    let count_of = |group: &str, plural: &str| -> Option<(&Resource, u64)> {
        let counted = kinds
            .iter()
            .zip(&counts)
            .find(|(kind, _)| kind.is(group, plural));
        counted
            .map(|(kind, count)| (*kind, *count))
            .filter(|(_, count)| *count > 0)
    };
    let (alb_configs, log_configs) = try_join!(
        names(reader, inside, count_of("alibabacloud.com", "albconfigs")),
        names(
            reader,
            inside,
            count_of("log.alibabacloud.com", "aliyunlogconfigs")
        ),
    )?;
    let objects = counts.iter().sum::<u64>().saturating_sub(own);
    Ok(json!({
        "objects": objects,
        "empty": objects == 0,
        "loadBalancers": balancers,
        "claims": claims,
        "albConfigs": alb_configs,
        "logConfigs": log_configs,
        "ingresses": count_of("networking.k8s.io", "ingresses").map_or(0, |(_, count)| count),
    }))
}

/// The names of a kind's objects, where it has any.
async fn names(
    reader: &Reader,
    namespace: &str,
    counted: Option<(&Resource, u64)>,
) -> Result<Vec<String>, Unread> {
    let Some((kind, _)) = counted else {
        return Ok(Vec::new());
    };
    let list = reader
        .list(kind, namespace, &Selection::default(), Detail::Metadata)
        .await?;
    Ok(list.iter().map(|object| name(object).to_owned()).collect())
}

/// The kinds whose objects the namespace controller deletes: namespaced ones that can be listed and deleted, which
/// leaves out views of other objects such as pod metrics. Events are Kubernetes' own, in both groups.
/// Source: `k8s.io/kubernetes/pkg/controller/namespace/deletion`.
pub(super) fn deletable(served: &[Served]) -> impl Iterator<Item = &Resource> {
    let mut seen = BTreeSet::new();
    served
        .iter()
        .filter(|kind| {
            ["list", "delete"]
                .iter()
                .all(|verb| kind.verbs.iter().any(|known| known == verb))
        })
        .map(|kind| &kind.resource)
        .filter(|kind| kind.scope == Scope::Namespaced && !kind.plural.contains('/'))
        .filter(|kind| !(kind.is("", "events") || kind.is("events.k8s.io", "events")))
        .filter(move |kind| seen.insert((&kind.group, &kind.plural)))
}

/// How many objects of the namespace Kubernetes itself puts there, besides events.
async fn kubernetes_own(reader: &Reader, namespace: &str) -> Result<u64, Unread> {
    let (account, authority) = try_join!(
        reader.get(&known::SERVICE_ACCOUNTS, namespace, "default"),
        reader.get(&known::CONFIG_MAPS, namespace, "kube-root-ca.crt"),
    )?;
    Ok(u64::from(account.is_some()) + u64::from(authority.is_some()))
}

async fn balancers(reader: &Reader, namespace: &str) -> Result<Vec<Value>, Unread> {
    let services = reader
        .list(
            &known::SERVICES,
            namespace,
            &Selection::default(),
            Detail::Full,
        )
        .await?;
    Ok(services
        .iter()
        .filter_map(|service| {
            let slb = ack::slb(service)?;
            Some(json!({"name": name(service), "id": slb.id, "reused": slb.ownership == Ownership::Reused}))
        })
        .collect())
}

async fn claims(reader: &Reader, namespace: &str) -> Result<Vec<Value>, Unread> {
    let claims = reader
        .list(
            &known::PERSISTENT_VOLUME_CLAIMS,
            namespace,
            &Selection::default(),
            Detail::Full,
        )
        .await?;
    storage::describe_claims(reader, &claims).await
}

pub(super) async fn instances(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(definition) = scene.subject(change).await? else {
        return Ok(Value::Null);
    };
    let served = items(&definition, "/spec/versions")
        .iter()
        .find(|version| truth(version, "/served"));
    let Some(version) = served else {
        return Err(Unread::NotServed(name(&definition).to_owned()));
    };
    let field = |pointer| text(&definition, pointer).to_owned().into();
    let resource = Resource {
        group: field("/spec/group"),
        version: text(version, "/name").to_owned().into(),
        plural: field("/spec/names/plural"),
        kind: field("/spec/names/kind"),
        scope: if text(&definition, "/spec/scope") == "Namespaced" {
            Scope::Namespaced
        } else {
            Scope::Cluster
        },
    };
    Ok(scene.reader.count(&resource, "").await?.into())
}

//! What a workload owns, as numbers. No server filters by owner: the workload's selector narrows, the owner's uid decides.

use serde_json::Value;

use super::counted;
use crate::change::resource::Scope;
use crate::change::{Change, Object, Resource};
use crate::cluster::Unread;
use crate::cluster::reader::{Detail, Reader, Selection};

const PODS: Resource = Resource::known("", "v1", "pods", "Pod", Scope::Namespaced);
const REPLICA_SETS: Resource =
    Resource::known("apps", "v1", "replicasets", "ReplicaSet", Scope::Namespaced);
const JOBS: Resource = Resource::known("batch", "v1", "jobs", "Job", Scope::Namespaced);

/// What goes with this object, one change per kind.
pub(super) async fn find(change: &Change, reader: &Reader) -> Result<Vec<Change>, Unread> {
    let between = match (
        change.resource.group.as_ref(),
        change.resource.plural.as_ref(),
    ) {
        ("apps", "replicasets" | "statefulsets" | "daemonsets")
        | ("batch", "jobs")
        | ("", "replicationcontrollers") => None,
        ("apps", "deployments") => Some(REPLICA_SETS),
        ("batch", "cronjobs") => Some(JOBS),
        _ => return Ok(Vec::new()),
    };
    let namespace = change.namespace.as_str();
    let Some(owner) = reader
        .get(&change.resource, namespace, &change.name)
        .await?
    else {
        return Ok(Vec::new());
    };
    let labels = |labels: String| Selection {
        labels,
        ..Selection::default()
    };
    // A cron job's jobs bear no label of it, but their pods all bear a job's.
    let (own, pods) = if change.resource.plural == "cronjobs" {
        (Selection::default(), labels("job-name".to_owned()))
    } else {
        let own = labels(selector(&owner["spec"]["selector"]));
        (own.clone(), own)
    };
    let mut owners = vec![uid(&owner)];
    let mut changes = Vec::new();
    if let Some(kind) = between {
        let found = owned_by(reader, &kind, namespace, &own, &owners).await?;
        owners = found.iter().map(uid).collect();
        changes.extend(number(&kind, namespace, found.len()));
    }
    if !owners.is_empty() {
        let found = owned_by(reader, &PODS, namespace, &pods, &owners).await?;
        changes.extend(number(&PODS, namespace, found.len()));
    }
    Ok(changes)
}

fn number(kind: &Resource, namespace: &str, count: usize) -> Option<Change> {
    (count > 0).then(|| counted(kind, namespace, count as u64))
}

async fn owned_by(
    reader: &Reader,
    kind: &Resource,
    namespace: &str,
    selection: &Selection,
    owners: &[String],
) -> Result<Vec<Object>, Unread> {
    let objects = reader
        .list(kind, namespace, selection, Detail::Metadata)
        .await?;
    let is_owned = |object: &&Object| {
        let references = object["metadata"]["ownerReferences"].as_array();
        let mut uids = references
            .into_iter()
            .flatten()
            .filter_map(|it| it["uid"].as_str());
        uids.any(|uid| owners.iter().any(|owner| owner == uid))
    };
    Ok(objects.iter().filter(is_owned).cloned().collect())
}

fn uid(object: &Object) -> String {
    object["metadata"]["uid"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// A `LabelSelector`, or the plain map of a replication controller, as `-l` takes it.
fn selector(value: &Value) -> String {
    let equalities = |map: &Value| -> Vec<String> {
        let pairs = map.as_object().into_iter().flatten();
        pairs
            .filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)))
            .collect()
    };
    if value.get("matchLabels").is_none() && value.get("matchExpressions").is_none() {
        return equalities(value).join(",");
    }
    let mut terms = equalities(&value["matchLabels"]);
    for expression in value["matchExpressions"].as_array().into_iter().flatten() {
        let key = expression["key"].as_str().unwrap_or_default();
        let values: Vec<&str> = expression["values"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let values = values.join(",");
        terms.push(match expression["operator"].as_str() {
            Some("In") => format!("{key} in ({values})"),
            Some("NotIn") => format!("{key} notin ({values})"),
            Some("DoesNotExist") => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    terms.join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::selector;

    #[test]
    fn writes_a_selector_as_words() {
        let expressions = json!([
            {"key": "tier", "operator": "In", "values": ["a", "b"]},
            {"key": "old", "operator": "DoesNotExist"},
            {"key": "x", "operator": "NotIn", "values": ["y"]},
            {"key": "z", "operator": "Exists"},
        ]);
        assert_eq!(
            selector(&json!({"matchLabels": {"app": "web"}, "matchExpressions": expressions})),
            "app=web,tier in (a,b),!old,x notin (y),z"
        );
        assert_eq!(selector(&json!({"app": "web"})), "app=web");
    }
}

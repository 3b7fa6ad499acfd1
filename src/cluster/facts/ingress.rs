//! Who uses an ALB instance.

use serde_json::{Value, json};

use super::Scene;
use crate::change::{Change, Object};
use crate::cluster::fields::{annotation, name, namespace, path, text};
use crate::cluster::reader::{Detail, Selection};
use crate::cluster::{Unread, known};

pub(super) async fn alb_users(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let everything = Selection::default();
    let classes: Vec<String> = if change.resource.is("networking.k8s.io", "ingressclasses") {
        vec![change.name.clone()]
    } else {
        let Some(config) = scene.subject(change).await? else {
            return Ok(Value::Null);
        };
        let classes = scene
            .reader
            .list(&known::INGRESS_CLASSES, "", &everything, Detail::Full)
            .await?;
        classes
            .iter()
            .filter(|class| names(class, &config))
            .map(|class| name(class).to_owned())
            .collect()
    };
    if classes.is_empty() {
        return Ok(json!([]));
    }
    let ingresses = scene
        .reader
        .list(&known::INGRESSES, "", &everything, Detail::Full)
        .await?;
    let users = ingresses.iter().filter(|ingress| {
        // The annotation is older than the field, and still honoured.
        let class = Some(text(ingress, "/spec/ingressClassName"))
            .filter(|class| !class.is_empty())
            .or_else(|| annotation(ingress, "kubernetes.io/ingress.class"));
        class.is_some_and(|class| classes.iter().any(|known| known == class))
    });
    Ok(users.map(|ingress| path(ingress)).collect())
}

/// Whether the class is served by this `AlbConfig`. `AlbConfigs` are cluster-scoped in ACK, namespaced in the open-source
/// controller.
fn names(class: &Object, config: &Value) -> bool {
    text(class, "/spec/parameters/kind") == "AlbConfig"
        && text(class, "/spec/parameters/name") == name(config)
        && text(class, "/spec/parameters/namespace") == namespace(config)
}

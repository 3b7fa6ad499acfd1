//! Writing objects as a test describes them, status included, and reading them back.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use kube::api::{Api, DynamicObject, PostParams};
use kube::core::{GroupVersionKind, TypeMeta};
use kube::discovery::{ApiResource, Scope, pinned_kind};
use kube::{Client, Error, ResourceExt as _};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::control_plane::ControlPlane;

/// How long a new CRD may take until its kind is served.
const SERVED_TIMEOUT: Duration = Duration::from_secs(10);

/// The kinds that were looked up so far.
#[derive(Debug, Default)]
pub struct Resources(Mutex<HashMap<GroupVersionKind, (ApiResource, Scope)>>);

impl ControlPlane {
    /// Creates the objects of a YAML text (documents, and `List`s in them), in order, as the admin.
    ///
    /// A namespace that is missing is made first. A `status` is written through the status subresource.
    /// An object that exists already is an error, but for Namespaces.
    pub fn apply(&self, yaml: &str) {
        let objects: Vec<Value> = serde_yaml::Deserializer::from_str(yaml)
            .map(|document| {
                Value::deserialize(document).unwrap_or_else(|e| panic!("{e} in:\n{yaml}"))
            })
            .flat_map(|object| match object {
                Value::Object(list) if list.get("kind").is_some_and(|kind| kind == "List") => {
                    list["items"].as_array().cloned().unwrap_or_default()
                }
                // An empty document, as after a last `---`.
                Value::Null => Vec::new(),
                object => vec![object],
            })
            .collect();
        let mut namespaces = BTreeSet::new();
        self.wait(async {
            for object in objects {
                if let Some(namespace) = object["metadata"]["namespace"].as_str()
                    && namespaces.insert(namespace.to_owned())
                {
                    let namespace = json!({
                        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace},
                    });
                    self.create(namespace).await;
                }
                self.create(object).await;
            }
        });
    }

    /// One object, as the API server has it now.
    pub fn object(
        &self,
        api_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Option<Value> {
        let found = self.wait(async {
            let types = TypeMeta {
                api_version: api_version.into(),
                kind: kind.into(),
            };
            self.api(&types, namespace).await.get_opt(name).await
        });
        let object = match found {
            Ok(object) => object,
            // A path that is not served: not even a Status comes back.
            Err(Error::Api(status)) if status.code == 404 => None,
            Err(e) => panic!("{kind} {namespace}/{name}: {e}"),
        };
        object.map(|object| serde_json::to_value(object).expect("an object is JSON"))
    }

    /// Creates an object; what the server has made itself (Namespaces, the Service of the API) stays as it is.
    pub(super) async fn create(&self, object: Value) -> DynamicObject {
        let mut object: DynamicObject =
            serde_json::from_value(object.clone()).unwrap_or_else(|e| panic!("{e}: {object}"));
        let types = object
            .types
            .clone()
            .unwrap_or_else(|| panic!("no apiVersion and kind: {object:?}"));
        let namespace = object.namespace().unwrap_or_default();
        let name = object.name_any();
        let api = self.api(&types, &namespace).await;
        let status = object.data.get("status").cloned();
        let failed = |e: Error| -> ! { panic!("{} {namespace}/{name}: {e}", types.kind) };
        match api.create(&PostParams::default(), &object).await {
            Ok(created) => object = created,
            Err(Error::Api(why)) if why.is_already_exists() && is_servers_own(&types, &name) => {
                return object;
            }
            Err(e) => failed(e),
        }
        // A custom kind without the subresource has taken its status along.
        match status {
            // Whether an APIService is available the server finds out by itself, at the same moment.
            Some(status)
                if types.kind != "APIService" && object.data.get("status") != Some(&status) =>
            {
                object.data["status"] = status;
                api.replace_status(&name, &PostParams::default(), &object)
                    .await
                    .unwrap_or_else(|e| failed(e))
            }
            _ => object,
        }
    }

    async fn api(&self, types: &TypeMeta, namespace: &str) -> Api<DynamicObject> {
        let kind = GroupVersionKind::try_from(types).unwrap_or_else(|e| panic!("{e}: {types:?}"));
        let client = self.servers.client.clone();
        let known = self
            .resources
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&kind)
            .cloned();
        let (resource, scope) = if let Some(found) = known {
            found
        } else {
            let found = look_up(&client, &kind).await;
            let mut resources = self
                .resources
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            resources.insert(kind, found.clone());
            found
        };
        match (scope, namespace) {
            (Scope::Cluster, _) => Api::all_with(client, &resource),
            (Scope::Namespaced, "") => Api::namespaced_with(client, "default", &resource),
            (Scope::Namespaced, namespace) => Api::namespaced_with(client, namespace, &resource),
        }
    }
}

fn is_servers_own(types: &TypeMeta, name: &str) -> bool {
    types.kind == "Namespace" || types.kind == "Service" && name == "kubernetes"
}

async fn look_up(client: &Client, kind: &GroupVersionKind) -> (ApiResource, Scope) {
    let started = Instant::now();
    loop {
        match pinned_kind(client, kind).await {
            Ok((resource, capabilities)) => return (resource, capabilities.scope),
            Err(e) if started.elapsed() > SERVED_TIMEOUT => {
                panic!("the server does not serve {kind:?}: {e}")
            }
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

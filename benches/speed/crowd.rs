//! Many objects, and many kinds.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use kube::{Client, Config};
use serde_json::{Value, json};

use crate::support::{ControlPlane, TestUser};

/// Requests on their way at once.
const AT_ONCE: usize = 64;

/// A user's own way to the API server.
pub struct Writer {
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Writer {
    pub fn new(plane: &ControlPlane, user: &TestUser) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        let endpoint = plane.endpoint();
        let mut config = Config::new(endpoint.url.parse().expect("the server's URL is one"));
        config.root_cert_file = Some(endpoint.ca.clone());
        config.auth_info.token = Some(user.token.clone().into());
        config.proxy_url = None;
        let client = {
            let _inside = runtime.enter();
            Client::try_from(config).expect("the server's certificate can be read")
        };
        Self { client, runtime }
    }

    /// Fills a namespace with so many ConfigMaps and as many Pods.
    pub fn fill(&self, namespace: &str, each: usize) {
        let own = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
        self.create([("/api/v1/namespaces".to_owned(), own)]);
        self.create((0..each).flat_map(|number| {
            let metadata = json!({"name": format!("object-{number}"), "labels": {"app": "crowd"}});
            let map = json!({
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata,
                "data": {"number": number.to_string()},
            });
            let pod = json!({
                "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
                "spec": {"containers": [{"name": "main", "image": "nginx"}]},
            });
            let collection = format!("/api/v1/namespaces/{namespace}");
            [
                (format!("{collection}/configmaps"), map),
                (format!("{collection}/pods"), pod),
            ]
        }));
    }

    /// Defines so many namespaced kinds, and waits until discovery shows them.
    pub fn define(&self, kinds: usize) {
        self.create((0..kinds).map(|number| {
            let (plural, kind) = (format!("things{number}"), format!("Thing{number}"));
            let definition = json!({
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": {"name": format!("{plural}.bench.example.com")},
                "spec": {
                    "group": "bench.example.com", "scope": "Namespaced",
                    "names": {"plural": plural, "kind": kind},
                    "versions": [{
                        "name": "v1", "served": true, "storage": true,
                        "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
                    }],
                },
            });
            (
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions".to_owned(),
                definition,
            )
        }));
        let all_served = async {
            loop {
                let request = http::Request::get("/apis/bench.example.com/v1").body(Vec::new());
                let request = request.expect("a constant path is a path");
                let served = self.client.request::<Value>(request).await;
                // Each kind has its `status` no subresource here: one entry each.
                if served.is_ok_and(|list| {
                    list["resources"]
                        .as_array()
                        .is_some_and(|all| all.len() == kinds)
                }) {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        };
        self.runtime.block_on(all_served);
    }

    fn create(&self, objects: impl IntoIterator<Item = (String, Value)>) {
        let create = |(collection, object): (String, Value)| async move {
            let body = object.to_string().into_bytes();
            let request = http::Request::post(collection)
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(body)
                .map_err(kube::Error::HttpError)?;
            self.client.request::<Value>(request).await.map(drop)
        };
        let created = stream::iter(objects)
            .map(create)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>();
        if let Err(why) = self.runtime.block_on(created) {
            panic!("the objects could not be made: {why}");
        }
    }
}

//! What a server says that its requests take: the `OpenAPI` document of a group and version.
//!
//! Source: `k8s.io/kube-openapi/pkg/spec3`, and `k8s.io/cli-runtime/pkg/resource/query_param_verifier_v3.go` for how kubectl reads it.

use std::collections::HashMap;

use serde::Deserialize;

use crate::change::resource::{Resource, Scope};

/// As much of a document as says which queries the writing requests take. It can have megabytes, most of them schemas.
#[derive(Debug, Deserialize)]
pub struct Document {
    #[serde(default)]
    paths: HashMap<String, Path>,
    #[serde(default)]
    components: Components,
}

/// The requests to one address.
#[derive(Debug, Default, Deserialize)]
struct Path {
    #[serde(default)]
    parameters: Vec<Parameter>,
    post: Option<Request>,
    put: Option<Request>,
    patch: Option<Request>,
}

#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    parameters: Vec<Parameter>,
}

/// Said here, or said once and named here.
#[derive(Debug, Deserialize)]
struct Parameter {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "in")]
    place: String,
    #[serde(default, rename = "$ref")]
    named: String,
}

#[derive(Debug, Default, Deserialize)]
struct Components {
    #[serde(default)]
    parameters: HashMap<String, Parameter>,
}

impl Document {
    /// Whether every request that writes such an object, or this part of it, takes `dryRun`. Not where it lists no such request.
    ///
    /// Which of them a command will send follows from what is there when it runs, so one that takes none is enough to doubt all.
    #[must_use]
    pub fn lists_dry_run(&self, resource: &Resource, subresource: &str) -> bool {
        let mut writes = addresses(resource, subresource)
            .into_iter()
            .filter_map(|address| self.paths.get(&address))
            .flat_map(|path| {
                let requests = [&path.post, &path.put, &path.patch].into_iter().flatten();
                requests.map(|request| request.parameters.iter().chain(&path.parameters))
            })
            .map(|mut parameters| parameters.any(|parameter| self.is_dry_run(parameter)))
            .peekable();
        writes.peek().is_some() && writes.all(|takes| takes)
    }

    fn is_dry_run(&self, parameter: &Parameter) -> bool {
        let said = match parameter.named.rsplit_once("/parameters/") {
            Some((_, name)) => self.components.parameters.get(name),
            None => Some(parameter),
        };
        said.is_some_and(|it| it.name == "dryRun" && it.place == "query")
    }
}

/// Where an object is written, as a document writes addresses: it is made in its collection, and changed at its own; a part of it only there.
fn addresses(resource: &Resource, subresource: &str) -> Vec<String> {
    let root = match resource.scope {
        Scope::Cluster => format!("/apis/{}", resource.api_version()),
        Scope::Namespaced => {
            format!("/apis/{}/namespaces/{{namespace}}", resource.api_version())
        }
    };
    let collection = format!("{root}/{}", resource.plural);
    let object = format!("{collection}/{{name}}");
    if subresource.is_empty() {
        vec![collection, object]
    } else {
        vec![format!("{object}/{subresource}")]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const WIDGETS: Resource =
        Resource::known("example.com", "v1", "widgets", "Widget", Scope::Namespaced);
    const COLLECTION: &str = "/apis/example.com/v1/namespaces/{namespace}/widgets";

    fn lists(paths: &Value, subresource: &str) -> bool {
        let dry = json!({"dryRun-1": {"name": "dryRun", "in": "query"}, "other-1": {"name": "force", "in": "query"}});
        let document = json!({"openapi": "3.0.0", "paths": paths, "components": {"parameters": dry, "schemas": {}}});
        let document: Document = serde_json::from_value(document).expect("it is a document");
        document.lists_dry_run(&WIDGETS, subresource)
    }

    fn taking(parameter: &Value) -> Value {
        json!({"description": "…", "parameters": [{"name": "pretty", "in": "query"}, parameter]})
    }

    #[test]
    fn every_request_that_writes_has_to_take_it() {
        let object = format!("{COLLECTION}/{{name}}");
        let knows = || taking(&json!({"name": "dryRun", "in": "query", "schema": {}}));
        let knows_not = || taking(&json!({"name": "force", "in": "query"}));
        let get = || json!({"parameters": []});
        for (post, patch, expected) in [
            (knows(), knows(), true),
            (knows(), knows_not(), false),
            (knows_not(), knows(), false),
            (knows(), json!({}), false),
            (
                knows(),
                taking(&json!({"name": "dryRun", "in": "header"})),
                false,
            ),
            (
                knows(),
                taking(&json!({"$ref": "#/components/parameters/dryRun-1"})),
                true,
            ),
            (
                knows(),
                taking(&json!({"$ref": "#/components/parameters/other-1"})),
                false,
            ),
            (
                knows(),
                taking(&json!({"$ref": "#/components/parameters/none-1"})),
                false,
            ),
        ] {
            let paths = json!({COLLECTION: {"get": get(), "post": post}, &object: {"get": get(), "patch": patch}});
            assert_eq!(lists(&paths, ""), expected, "{paths}");
        }
    }

    #[test]
    fn what_no_request_is_listed_for_is_not_known() {
        let knows = taking(&json!({"name": "dryRun", "in": "query"}));
        assert!(!lists(&json!({}), ""));
        assert!(!lists(&json!({COLLECTION: {"get": knows}}), ""));
        assert!(!lists(
            &json!({"/apis/example.com/v1/widgets": {"post": knows}}),
            ""
        ));
        assert!(lists(&json!({COLLECTION: {"post": knows}}), ""));
        // What holds for a path holds for its requests.
        let whole = json!({"post": {}, "parameters": [{"name": "dryRun", "in": "query"}]});
        assert!(lists(&json!({COLLECTION: whole}), ""));
    }

    #[test]
    fn a_part_of_an_object_is_another_address() {
        let knows = || taking(&json!({"name": "dryRun", "in": "query"}));
        let scale = format!("{COLLECTION}/{{name}}/scale");
        let paths = json!({COLLECTION: {"post": {}}, &scale: {"patch": knows()}});
        assert!(lists(&paths, "scale"));
        assert!(!lists(&paths, "status"));
        assert!(!lists(&paths, ""));
    }
}

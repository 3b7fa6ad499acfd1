//! `create --raw` and `replace --raw`: one POST or PUT of a file to a path; names, namespace and dry run are ignored.
//!
//! Source: kubectl `pkg/cmd/create/create.go`, `pkg/cmd/replace/replace.go`, `pkg/rawhttp/raw.go`. The body is sent as it is: the
//! server reads JSON, and refuses YAML.

use std::sync::Arc;

use serde_json::{Value, json};

use super::uri::Uri;
use super::{Place, behind_proxy, body_unread, outside, read_path, resolve};
use crate::change::expansion::Expansion;
use crate::change::files::Input;
use crate::change::{Before, Cause, Change, Effect, Operation, Resource};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What, Why};

/// The HTTP method that a verb sends to its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::change) enum Method {
    /// `create`.
    Post,
    /// `replace`.
    Put,
}

/// What the verb asks the server for.
pub(in crate::change) async fn expand(
    method: Method,
    uri: &str,
    invocation: &Invocation,
    reader: &Reader,
    input: &Input<'_>,
) -> Expansion {
    let [file] = invocation.list("filename") else {
        return Expansion::KubectlStops;
    };
    let is_remote = ["http://", "https://"]
        .iter()
        .any(|scheme| file.starts_with(scheme));
    let gives = |flag| {
        invocation
            .text_if_any(flag)
            .is_some_and(|text| !text.is_empty())
    };
    let refused = is_remote
        || invocation.truth("recursive")
        || invocation.truth_if_any("edit")
        || gives("kustomize")
        || gives("selector")
        || gives("output");
    let Some(uri) = Uri::read(uri, &reader.place().server).filter(|_| !refused) else {
        return Expansion::KubectlStops;
    };
    let body = match input.read_body(file) {
        Ok(body) => body,
        Err(why) => return body_unread(file, &why),
    };
    let Some(place) = read_path(&uri.path) else {
        return outside(method.name(), &uri.path);
    };
    let resource = match resolve(&place, reader).await {
        Ok(Some(resource)) => resource,
        Ok(None) => return Expansion::nothing(),
        Err(why) => return unknown(why),
    };
    if place.subresource.split('/').next() == Some("proxy") {
        return unknown(behind_proxy(method.name(), &resource, place.name));
    }
    // Behind a proxy it would mean nothing.
    if uri.parameter("dryRun") == Some("All") {
        return Expansion::nothing();
    }
    let Some(body) = read_json(&body) else {
        return unknown(Unknown::new(What::File(file.clone()), Why::NoJson));
    };
    Expansion::from(change(method, resource, &place, body).map_or(Vec::new(), |it| vec![it]))
}

fn unknown(unknown: Unknown) -> Expansion {
    Expansion::Changes {
        changes: Vec::new(),
        unknown: vec![unknown],
    }
}

fn read_json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().filter(Value::is_object)
}

impl Method {
    const fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// The request, when the server has such a path: objects are made in collections, and subresources at objects.
fn change(
    method: Method,
    resource: Resource,
    place: &Place<'_>,
    mut body: Value,
) -> Option<Change> {
    const STREAMS: [&str; 3] = ["exec", "attach", "portforward"];
    let operation = match (method, place.name, place.subresource.as_str()) {
        (_, name, part) if !name.is_empty() && STREAMS.contains(&part) => Operation::Connect,
        (Method::Post, "", "") => Operation::Create,
        (Method::Post, name, part) if !name.is_empty() && !part.is_empty() => Operation::Create,
        (Method::Put, name, _) if !name.is_empty() => Operation::Update,
        _ => return None,
    };
    let name = if place.name.is_empty() {
        body["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    } else {
        place.name.to_owned()
    };
    if !place.namespace.is_empty() && body["metadata"].is_object() {
        body["metadata"]["namespace"] = json!(place.namespace);
    }
    Some(Change {
        operation,
        resource,
        subresource: place.subresource.clone(),
        namespace: place.namespace.to_owned(),
        name,
        cause: Cause::Raw,
        count: 1,
        before: if operation == Operation::Update {
            Before::Unread
        } else {
            Before::Missing
        },
        effect: Effect::Sent(Arc::new(body)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::resource::Scope;

    fn sent(method: Method, path: &str) -> Option<String> {
        let pods = Resource::known("", "v1", "pods", "Pod", Scope::Namespaced);
        let place = read_path(path)?;
        let change = change(method, pods, &place, json!({"metadata": {"name": "b"}}))?;
        Some(format!(
            "{:?} {}/{} {}",
            change.operation, change.name, change.subresource, change.namespace
        ))
    }

    #[test]
    fn a_path_and_a_method_make_a_request() {
        let pods = "/api/v1/namespaces/web/pods";
        for (method, path, expected) in [
            (Method::Post, pods.to_owned(), Some("Create b/ web")),
            (
                Method::Post,
                format!("{pods}/a/eviction"),
                Some("Create a/eviction web"),
            ),
            (
                Method::Post,
                format!("{pods}/a/exec"),
                Some("Connect a/exec web"),
            ),
            (Method::Post, format!("{pods}/a"), None),
            (Method::Put, format!("{pods}/a"), Some("Update a/ web")),
            (
                Method::Put,
                format!("{pods}/a/status"),
                Some("Update a/status web"),
            ),
            (Method::Put, pods.to_owned(), None),
        ] {
            assert_eq!(sent(method, &path).as_deref(), expected, "{path}");
        }
    }
}

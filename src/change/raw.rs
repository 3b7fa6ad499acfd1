//! `--raw`: one request to a path. Here `delete`: names, selectors, namespace and dry run are ignored.
//!
//! Source: `k8s.io/kubectl/pkg/cmd/delete/delete.go` (`Validate`, `RunDelete`); paths as in
//! `k8s.io/apiserver/pkg/endpoints/request/requestinfo.go`.

mod uri;
pub(super) mod write;

use serde_json::json;

use self::uri::Uri;
use super::delete::gone;
use super::expansion::Expansion;
use super::files::Input;
use super::interest::Interest;
use super::objects::{List, Reached, unread_list};
use super::resource::Scope;
use super::{Before, Cause, DeleteOptions, Operation, Resource, cascade};
use crate::cluster::builtin;
use crate::cluster::reader::{Reader, Selection};
use crate::kubectl::inputs::NotRead;
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What, Why};

/// What a path under `/api` or `/apis` names.
#[derive(Debug, PartialEq, Eq)]
struct Place<'a> {
    group: &'a str,
    version: &'a str,
    namespace: &'a str,
    plural: &'a str,
    /// Empty for the collection.
    name: &'a str,
    /// Empty for the object itself.
    subresource: String,
}

impl Place<'_> {
    /// Whether the server has such a path: it deletes nothing across all namespaces in one request.
    fn is_in(&self, scope: Scope) -> bool {
        (scope == Scope::Cluster) == self.namespace.is_empty()
    }
}

/// What `delete --raw URI` asks the server for.
pub(super) async fn expand(
    uri: &str,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let files = invocation.list("filename");
    let refused = invocation.truth("interactive")
        || invocation.truth("recursive")
        || invocation
            .text("output")
            .is_some_and(|output| !output.is_empty())
        || files.len() > 1
        || files
            .iter()
            .any(|file| file.starts_with("http://") || file.starts_with("https://"));
    let Some(uri) = Uri::read(uri, &reader.place().server).filter(|_| !refused) else {
        return Expansion::KubectlStops;
    };
    let body = match files.first().map(|file| input.read_body(file)) {
        None => Vec::new(),
        Some(Ok(body)) => body,
        Some(Err(why)) => return body_unread(&files[0], &why),
    };
    // The server takes the options from the query only when there is no body.
    let options = if body.is_empty() {
        options_of_query(&uri)
    } else {
        options_of_body(&body)
    };
    // The path first: only where the API server itself deletes does it understand a dry run. What stands behind a
    // proxy never sees it as one.
    let Some(place) = read_path(&uri.path) else {
        return outside("DELETE", &uri.path);
    };
    let resource = match resolve(&place, reader).await {
        Ok(Some(resource)) => resource,
        Ok(None) => return Expansion::nothing(),
        Err(why) => {
            return Expansion::Changes {
                changes: Vec::new(),
                unknown: vec![why],
            };
        }
    };
    let (mut changes, mut unknown) = (Vec::new(), Vec::new());
    if place.subresource.split('/').next() == Some("proxy") {
        unknown.push(behind_proxy("DELETE", &resource, place.name));
        return Expansion::Changes { changes, unknown };
    }
    let Some(options) = options else {
        return Expansion::nothing();
    };
    let named = Reached {
        resource: resource.clone(),
        namespace: place.namespace.to_owned(),
        name: place.name.to_owned(),
        cause: Cause::Raw,
        before: Before::Unread,
    };
    let mut change = gone(named, &options);
    change.subresource.clone_from(&place.subresource);
    if place.name.is_empty() {
        // The collection is no object that a rule could look at; its members are.
        change.before = Before::Missing;
        changes.push(change);
        let selection = Selection {
            labels: uri
                .parameter("labelSelector")
                .unwrap_or_default()
                .to_owned(),
            fields: uri
                .parameter("fieldSelector")
                .unwrap_or_default()
                .to_owned(),
        };
        let collection = List {
            resource: &resource,
            namespace: place.namespace,
            selection: &selection,
            operation: Operation::Delete,
            subresource: "",
        };
        match collection.read(reader, interest).await {
            Ok(members) => {
                let member = |it| cascade::member(it, &options, Cause::Collected);
                changes.extend(members.into_iter().map(member));
            }
            Err(why) => unknown.push(unread_list(&resource, place.namespace, &why)),
        }
    } else {
        changes.push(change);
    }
    let changes = cascade::follow(changes, reader, interest, &mut unknown).await;
    Expansion::Changes { changes, unknown }
}

/// A body that is not looked at before kubectl takes it. One that is not there seems to stop kubectl.
fn body_unread(file: &str, why: &NotRead) -> Expansion {
    let why = match why {
        NotRead::ReadOnce => Why::ReadOnce,
        NotRead::Excess(excess) => Why::Excess(*excess),
        NotRead::Failed(_) => return Expansion::KubectlStops,
    };
    Expansion::Changes {
        changes: Vec::new(),
        unknown: vec![Unknown::new(What::File(file.to_owned()), why)],
    }
}

/// A request that only passes through the API server.
fn behind_proxy(method: &'static str, resource: &Resource, name: &str) -> Unknown {
    let what = What::BehindProxy {
        method,
        resource: resource.to_string(),
        name: name.to_owned(),
    };
    Unknown::new(what, Why::Proxied)
}

/// A path that is no object's: nothing of Kubernetes itself, but an extension server may serve anything.
fn outside(method: &'static str, path: &str) -> Expansion {
    let what = What::Request {
        method,
        path: path.to_owned(),
    };
    let unknown = Unknown::new(what, Why::NoObject);
    Expansion::Changes {
        changes: Vec::new(),
        unknown: vec![unknown],
    }
}

fn read_path(path: &str) -> Option<Place<'_>> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let (group, version, rest) = match parts.as_slice() {
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return None,
    };
    let (namespace, rest) = match rest {
        // Only these two are parts of a namespace; everything else behind its name is a resource in it.
        ["namespaces", namespace, part, more @ ..]
            if !(matches!(*part, "status" | "finalize") && more.is_empty()) =>
        {
            (*namespace, &rest[2..])
        }
        _ => ("", rest),
    };
    let (plural, rest) = rest.split_first()?;
    let (name, part) = rest
        .split_first()
        .map_or(("", [].as_slice()), |(name, part)| (*name, part));
    Some(Place {
        group,
        version,
        namespace,
        plural,
        name,
        subresource: part.join("/"),
    })
}

/// The type, when such a path is served at all.
async fn resolve(place: &Place<'_>, reader: &Reader) -> Result<Option<Resource>, Unknown> {
    let core = builtin::core(place.plural)
        .filter(|it| it.is(place.group, place.plural) && it.version == place.version);
    if core.is_some() {
        return Ok(core.filter(|resource| place.is_in(resource.scope)));
    }
    let served = reader
        .served()
        .await
        .map_err(|why| Unknown::new(What::Type(place.plural.to_owned()), why))?;
    let same = |resource: &Resource| resource.is(place.group, place.plural);
    let exact = served
        .iter()
        .find(|it| same(&it.resource) && it.resource.version == place.version);
    // A type that discovery does not list may be served all the same.
    let found = exact
        .or_else(|| served.iter().find(|it| same(&it.resource)))
        .ok_or_else(Unknown::unproved)?;
    let resource = Resource {
        version: place.version.to_owned().into(),
        ..found.resource.clone()
    };
    Ok(Some(resource).filter(|resource| place.is_in(resource.scope)))
}

/// `None` for a dry run.
fn options_of_query(uri: &Uri) -> Option<DeleteOptions> {
    (uri.parameter("dryRun") != Some("All")).then(|| DeleteOptions {
        grace_period: uri
            .parameter("gracePeriodSeconds")
            .and_then(|text| text.parse().ok()),
        propagation: uri.parameter("propagationPolicy").and_then(known_policy),
    })
}

/// `None` for a dry run. The server reads JSON; anything else it refuses.
fn options_of_body(body: &[u8]) -> Option<DeleteOptions> {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    (body["dryRun"] != json!(["All"])).then(|| DeleteOptions {
        grace_period: body["gracePeriodSeconds"].as_i64(),
        propagation: body["propagationPolicy"].as_str().and_then(known_policy),
    })
}

fn known_policy(text: &str) -> Option<&'static str> {
    ["Background", "Foreground", "Orphan"]
        .into_iter()
        .find(|policy| *policy == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_can_ask_for_a_dry_run() {
        assert_eq!(options_of_body(br#"{"dryRun": ["All"]}"#), None);
        let options = options_of_body(br#"{"gracePeriodSeconds": 0}"#);
        assert_eq!(options.and_then(|it| it.grace_period), Some(0));
    }

    fn place(path: &str) -> Option<(String, String, String, String, String)> {
        read_path(path).map(|it| {
            (
                it.group.into(),
                it.namespace.into(),
                it.plural.into(),
                it.name.into(),
                it.subresource,
            )
        })
    }

    #[test]
    fn reads_the_paths_that_name_objects() {
        for (path, expected) in [
            ("/api/v1/nodes/n", Some(("", "", "nodes", "n", ""))),
            ("/api/v1/nodes", Some(("", "", "nodes", "", ""))),
            ("/api/v1/namespaces", Some(("", "", "namespaces", "", ""))),
            (
                "/api/v1/namespaces/a",
                Some(("", "", "namespaces", "a", "")),
            ),
            (
                "/api/v1/namespaces/a/finalize",
                Some(("", "", "namespaces", "a", "finalize")),
            ),
            ("/api/v1/namespaces/a/pods", Some(("", "a", "pods", "", ""))),
            (
                "/api/v1/namespaces/a/pods/p",
                Some(("", "a", "pods", "p", "")),
            ),
            (
                "/api/v1/namespaces/a/services/s/proxy/x/y",
                Some(("", "a", "services", "s", "proxy/x/y")),
            ),
            (
                "/apis/apps/v1/namespaces/a/deployments/d",
                Some(("apps", "a", "deployments", "d", "")),
            ),
            (
                "/apis/apps/v1/deployments",
                Some(("apps", "", "deployments", "", "")),
            ),
            ("/api/v1", None),
            ("/healthz", None),
            ("/", None),
        ] {
            let expected = expected.map(|(a, b, c, d, e): (&str, &str, &str, &str, &str)| {
                (a.into(), b.into(), c.into(), d.into(), e.into())
            });
            assert_eq!(place(path), expected, "{path}");
        }
    }
}

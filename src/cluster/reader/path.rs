//! The URL of an object or a list.

use std::fmt::Write as _;

use super::Selection;
use crate::change::resource::{Resource, Scope};

/// Whether kubectl would put this name into a URL; it refuses the others before it sends anything.
///
/// Source: apimachinery `api/validation/path` `IsValidPathSegmentName`.
#[must_use]
pub fn is_path_segment(name: &str) -> bool {
    !name.is_empty() && !matches!(name, "." | "..") && !name.contains(['/', '%'])
}

/// Where a resource's group and version are served.
pub(super) fn root(resource: &Resource) -> String {
    let root = if resource.group.is_empty() {
        "/api/"
    } else {
        "/apis/"
    };
    root.to_owned() + &resource.api_version()
}

/// The list of a resource, of one namespace or (with an empty one) of all.
pub(super) fn collection(resource: &Resource, namespace: &str) -> String {
    let mut path = root(resource);
    if resource.scope == Scope::Namespaced && !namespace.is_empty() {
        path += "/namespaces/";
        path += &encoded(namespace);
    }
    path + "/" + &resource.plural
}

/// One object, or the part of it that `subresource` names.
pub(super) fn object(
    resource: &Resource,
    subresource: &str,
    namespace: &str,
    name: &str,
) -> String {
    let object = collection(resource, namespace) + "/" + &encoded(name);
    if subresource.is_empty() {
        object
    } else {
        object + "/" + &encoded(subresource)
    }
}

/// A page of a list.
pub(super) fn page(collection: &str, selection: &Selection, limit: u32, token: &str) -> String {
    let mut url = format!("{collection}?limit={limit}");
    for (key, value) in [
        ("labelSelector", selection.labels.as_str()),
        ("fieldSelector", selection.fields.as_str()),
        ("continue", token),
    ] {
        if !value.is_empty() {
            url += "&";
            url += key;
            url += "=";
            url += &encoded(value);
        }
    }
    url
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: Resource = Resource::known("", "v1", "nodes", "Node", Scope::Cluster);
    const DEPLOYMENTS: Resource =
        Resource::known("apps", "v1", "deployments", "Deployment", Scope::Namespaced);

    #[test]
    fn every_name_stays_one_segment() {
        assert_eq!(
            object(&NODES, "", "ignored", "a b/../c?d#e%"),
            "/api/v1/nodes/a%20b%2F..%2Fc%3Fd%23e%25"
        );
        assert_eq!(
            object(&DEPLOYMENTS, "", "prod", "web"),
            "/apis/apps/v1/namespaces/prod/deployments/web"
        );
        assert_eq!(
            object(&DEPLOYMENTS, "scale", "prod", "web"),
            "/apis/apps/v1/namespaces/prod/deployments/web/scale"
        );
        assert_eq!(collection(&DEPLOYMENTS, ""), "/apis/apps/v1/deployments");
        assert!(is_path_segment("cn-hangzhou.10.0.0.1") && is_path_segment("system:node"));
        for name in ["", ".", "..", "a/b", "a%2fb"] {
            assert!(!is_path_segment(name), "{name:?}");
        }
    }

    #[test]
    fn selectors_and_tokens_are_encoded() {
        let selection = Selection {
            labels: "a in (b,c)".into(),
            fields: "spec.nodeName=n".into(),
        };
        assert_eq!(
            page("/api/v1/pods", &selection, 500, "x=="),
            "/api/v1/pods?limit=500&labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=spec.nodeName%3Dn&continue=x%3D%3D"
        );
    }
}

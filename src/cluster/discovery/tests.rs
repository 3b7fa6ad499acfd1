use serde_json::json;

use super::*;

/// A server with ACK's and others' definitions beside the well-known ones.
fn catalog() -> Catalog {
    let resource = |plural: &str,
                    kind: &str,
                    singular: &str,
                    short: &[&str],
                    categories: &[&str]| {
        json!({"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced",
               "singularResource": singular, "shortNames": short, "categories": categories, "verbs": ["list"]})
    };
    let version =
        |version: &str, resources: &[Value]| json!({"version": version, "resources": resources});
    let group =
        |name: &str, versions: &[Value]| json!({"metadata": {"name": name}, "versions": versions});
    let groups = [
        group(
            "apps",
            &[
                version(
                    "v1",
                    &[resource(
                        "deployments",
                        "Deployment",
                        "deployment",
                        &["deploy"],
                        &["all"],
                    )],
                ),
                version(
                    "v1beta1",
                    &[resource(
                        "deployments",
                        "Deployment",
                        "deployment",
                        &["deploy"],
                        &["all"],
                    )],
                ),
            ],
        ),
        group(
            "networking.k8s.io",
            &[version(
                "v1",
                &[resource("ingresses", "Ingress", "ingress", &["ing"], &[])],
            )],
        ),
        group(
            "alibabacloud.com",
            &[version(
                "v1",
                &[
                    resource("albconfigs", "AlbConfig", "albconfig", &["ac"], &[]),
                    resource("pods", "OtherPod", "otherpod", &["deploy"], &[]),
                ],
            )],
        ),
        group(
            "example.com",
            &[version(
                "v1",
                &[
                    resource("widgets", "Widget", "widget", &["wi", "ing"], &["all"]),
                    resource("things", "OddKind", "thing", &[], &[]),
                ],
            )],
        ),
        group(
            "",
            &[version(
                "v1",
                &[resource("pods", "Pod", "pod", &["po"], &["all"])],
            )],
        ),
        json!({"metadata": {"name": "metrics.k8s.io"}, "versions": [
            {"version": "v1", "freshness": "Stale", "resources": [resource("nodes", "NodeMetrics", "", &[], &[])]}]}),
    ];
    match listing(&json!({"kind": "APIGroupDiscoveryList", "items": groups})) {
        Ok(Listing::Aggregated(served)) => Catalog::new(served),
        _ => panic!("not read as aggregated"),
    }
}

fn one(word: &str) -> String {
    match catalog().resolve_one(word) {
        Ok(resource) => format!("{}/{}", resource.api_version(), resource.plural),
        Err(error) => error.to_string(),
    }
}

#[test]
fn names_of_every_form() {
    for word in [
        "deployments",
        "Deployment",
        "DEPLOYMENTS",
        "deploy",
        "deployments.apps",
        "deploy.apps",
        "deployments.v1.apps",
        "Deployment.v1.apps",
        "deployments.ap",
    ] {
        assert_eq!(one(word), "apps/v1/deployments", "{word}");
    }
    assert_eq!(one("deployments.v1beta1.apps"), "apps/v1beta1/deployments");
    assert_eq!(one("widget.example"), "example.com/v1/widgets");
    assert_eq!(one("wi.example"), "example.com/v1/widgets");
    assert_eq!(
        one("albconfigs.alibabacloud.com"),
        "alibabacloud.com/v1/albconfigs"
    );
}

#[test]
fn several_groups_are_decided_by_priority() {
    assert_eq!(one("pods"), "v1/pods");
    assert_eq!(one("pods.v1."), "v1/pods");
    assert_eq!(one("pods.alibabacloud.com"), "alibabacloud.com/v1/pods");
    assert_eq!(one("ing"), "networking.k8s.io/v1/ingresses");
    assert_eq!(one("ing.example.com"), "example.com/v1/widgets");
}

#[test]
fn short_names_are_as_written_and_kinds_need_their_group() {
    let missing = |name: &str| format!("the server doesn't have a resource type \"{name}\"");
    assert_eq!(one("PO"), missing("PO"));
    assert_eq!(one("OddKind"), missing("OddKind"));
    assert_eq!(one("OddKind.example.com"), "example.com/v1/things");
    assert_eq!(one("oddkind.v1.example.com"), "example.com/v1/things");
    assert_eq!(one("OddKind.v9.example.com"), missing("OddKind"));
    assert_eq!(one("nodes"), missing("nodes"));
    assert_eq!(one(""), missing(""));
}

#[test]
fn a_category_is_its_members_once_each() {
    let all: Vec<String> = catalog()
        .resolve("all")
        .expect("members")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(all, ["pods", "deployments.apps", "widgets.example.com"]);
    assert!(matches!(
        catalog().resolve("ALL"),
        Err(Unresolved::NoSuchType(_))
    ));
    assert!(matches!(
        catalog().resolve_one("all"),
        Err(Unresolved::NoSuchType(_))
    ));
}

#[test]
fn plain_lists_of_older_servers() {
    let groups = json!({"kind": "APIGroupList", "groups": [{"name": "apps",
        "versions": [{"version": "v1beta1"}, {"version": "v1"}], "preferredVersion": {"version": "v1"}}]});
    match listing(&groups) {
        Ok(Listing::Versions(versions)) => assert_eq!(
            versions,
            [
                ("apps".to_owned(), "v1".to_owned()),
                ("apps".to_owned(), "v1beta1".to_owned())
            ]
        ),
        _ => panic!("not read as plain"),
    }
    let list = json!({"kind": "APIResourceList", "resources": [
        {"name": "deployments", "singularName": "", "kind": "Deployment", "namespaced": true, "shortNames": ["deploy"], "verbs": ["list"]},
        {"name": "deployments/scale", "kind": "Scale", "namespaced": true, "verbs": ["get"]}]});
    let served = resources("apps", "v1", &list);
    assert_eq!(served.len(), 1);
    assert_eq!(
        (served[0].singular.as_str(), served[0].resource.scope),
        ("deployment", Scope::Namespaced)
    );
    assert!(matches!(
        listing(&json!({"kind": "Status"})),
        Err(Unread::Unintelligible(_))
    ));
}

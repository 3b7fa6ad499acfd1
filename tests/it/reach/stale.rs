//! A server that does not list its types for now, while kubectl remembers them on disk: kubectl deletes, so we ask.

use std::fs;

use serde_json::{Value, json};

use crate::support::{ControlPlane, Options, Relay, Run, Stand, TestUser};

const GROUP: &str = "alibabacloud.com";
const OBJECT: &str = "{apiVersion: alibabacloud.com/v1, kind: AlbConfig, metadata: {name: NAME}, spec: {config: {name: NAME, addressType: Internet}}}";

#[test]
fn a_type_that_only_the_cache_of_kubectl_knows_is_asked_about() {
    let plane = ControlPlane::start(&Options { controllers: &[] });
    plane.load("ack");
    let user = plane.user();
    let aggregated = aggregated(&user);
    let empty = json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": []});
    for (number, (name, status, body)) in [
        ("no group", 200, empty),
        (
            "no list",
            404,
            json!({"kind": "Status", "code": 404, "reason": "NotFound", "message": "not found"}),
        ),
        ("a stale group", 200, stale(aggregated.clone())),
        ("a group left out", 200, left_out(aggregated)),
    ]
    .into_iter()
    .enumerate()
    {
        let (asked, gone) = (format!("asked-{number}"), format!("gone-{number}"));
        for object in [&asked, &gone] {
            plane.apply(&OBJECT.replace("NAME", object));
        }
        let relay = Relay::start(
            &user,
            Stand {
                path: "/apis".into(),
                status,
                body: body.to_string(),
            },
        );
        remember(&plane, &user, &relay.url);
        let server = format!("--server={}", relay.url);
        // It would go.
        let line = format!("delete albconfig {gone} --wait=false");
        let output = Run::kubectl(&user).args([&server]).line(&line).run();
        assert_eq!(output.code, 0, "{name}: {output:?}");
        let mark = plane.mark();
        let line = format!("delete albconfig {asked} --wait=false");
        let output = Run::safe(&user).args([&server]).line(&line).run();
        assert!([75, 77].contains(&output.code), "{name}: {output:?}");
        let deleted = plane.writes(&user, mark);
        assert!(
            deleted.iter().all(|write| write.dry_run),
            "{name}: {deleted:?}"
        );
    }
}

/// What the server says of its groups in the aggregated form.
fn aggregated(user: &TestUser) -> Value {
    let groups = raw(user, "/apis");
    let groups = groups["groups"].as_array().into_iter().flatten();
    let items: Vec<Value> = groups.map(|group| item(user, group)).collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items})
}

fn item(user: &TestUser, group: &Value) -> Value {
    let (name, version) = (&group["name"], &group["preferredVersion"]);
    let path = version["groupVersion"].as_str().unwrap_or_default();
    let list = raw(user, &format!("/apis/{path}"));
    let resources = list["resources"].as_array().into_iter().flatten();
    let resources: Vec<Value> = resources
        .filter(|resource| !resource["name"].as_str().unwrap_or_default().contains('/'))
        .map(|resource| {
            let is_namespaced = resource["namespaced"] == true;
            let scope = if is_namespaced {
                "Namespaced"
            } else {
                "Cluster"
            };
            let kind = &resource["kind"];
            json!({
                "resource": resource["name"], "singularResource": resource["singularName"],
                "verbs": resource["verbs"], "scope": scope,
                "responseKind": {"group": name, "version": version["version"], "kind": kind},
            })
        })
        .collect();
    let version = &version["version"];
    let version = json!({"version": version, "freshness": "Current", "resources": resources});
    json!({"metadata": {"name": name}, "versions": [version]})
}

/// Nothing where no server stands behind a group.
fn raw(user: &TestUser, path: &str) -> Value {
    let output = Run::kubectl(user).args(["get", "--raw", path]).run();
    serde_json::from_str(&output.stdout).unwrap_or_default()
}

fn stale(mut list: Value) -> Value {
    for item in list["items"].as_array_mut().into_iter().flatten() {
        if item["metadata"]["name"] == GROUP {
            item["versions"][0]["freshness"] = "Stale".into();
            item["versions"][0]["resources"] = json!([]);
        }
    }
    list
}

fn left_out(mut list: Value) -> Value {
    let items = list["items"].as_array_mut().expect("it has items");
    items.retain(|item| item["metadata"]["name"] != GROUP);
    list
}

/// Gives kubectl, for this server, what it learnt of the real one.
fn remember(plane: &ControlPlane, user: &TestUser, url: &str) {
    let learnt = Run::kubectl(user).line("get albconfig").run();
    assert_eq!(learnt.code, 0, "{learnt:?}");
    let folder = |url: &str| {
        let host = url.split_once("://").expect("a URL").1.replace(':', "_");
        user.home.join(".kube/cache/discovery").join(host)
    };
    let (from, to) = (folder(&plane.endpoint().url), folder(url));
    fs::rename(&from, &to).unwrap_or_else(|why| panic!("{}: {why}", from.display()));
}

use super::types::rank;
use super::*;
use crate::change::resource::Scope;

const CLUSTER: &str = r#"
apiVersion: kubectl-safe/v1alpha1
kind: Snapshot
serverVersion: "1.25"
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {pool: a}}}
- {apiVersion: v1, kind: Node, metadata: {name: n2, labels: {pool: b}}}
- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: prod}, spec: {nodeName: n1}}
- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {nodeName: n2}}
---
apiVersion: apps/v1
kind: DeploymentList
items:
- {metadata: {name: web, namespace: prod}, spec: {replicas: 2}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: albconfigs.alibabacloud.com}
spec:
  group: alibabacloud.com
  scope: Cluster
  names: {plural: albconfigs, singular: albconfig, kind: AlbConfig, shortNames: [alb], categories: [net]}
  versions: [{name: v1alpha1, served: true}, {name: v1, served: true}, {name: v2, served: false}]
---
apiVersion: alibabacloud.com/v1
kind: AlbConfig
metadata: {name: default}
---
apiVersion: log.alibabacloud.com/v1alpha1
kind: AliyunLogConfig
metadata: {name: stdout, namespace: prod}
"#;

fn snapshot() -> Snapshot {
    Snapshot::parse(CLUSTER).unwrap_or_else(|why| panic!("{why}"))
}

fn resource(word: &str) -> Resource {
    snapshot()
        .catalog()
        .resolve_one(word)
        .unwrap_or_else(|why| panic!("{why}"))
}

#[test]
fn objects_are_found_by_what_they_are() {
    let snapshot = snapshot();
    let get = |word: &str, namespace: &str, name: &str| {
        snapshot.get(&resource(word), "", namespace, name)
    };
    assert_eq!(
        get("node", "", "n1").expect("there")["metadata"]["labels"]["pool"],
        "a"
    );
    assert_eq!(
        get("pod", "prod", "p").expect("there")["spec"]["nodeName"],
        "n1"
    );
    assert_eq!(
        get("pod", "default", "p").expect("there")["spec"]["nodeName"],
        "n2"
    );
    assert_eq!(
        get("deploy", "prod", "web").expect("there")["kind"],
        "Deployment"
    );
    assert!(get("alb", "", "default").is_some());
    assert!(get("node", "", "n3").is_none() && get("cm", "prod", "p").is_none());
    assert_eq!(snapshot.server_minor(), Ok(25));
}

#[test]
fn names_come_from_kubernetes_definitions_and_objects() {
    assert_eq!(resource("albconfigs").api_version(), "alibabacloud.com/v1");
    assert_eq!(
        resource("albconfigs.v1alpha1.alibabacloud.com").scope,
        Scope::Cluster
    );
    assert_eq!(
        resource("aliyunlogconfigs").to_string(),
        "aliyunlogconfigs.log.alibabacloud.com"
    );
    assert_eq!(resource("hpa").api_version(), "autoscaling/v2");
    let net = snapshot().catalog().resolve("net").expect("a category");
    assert_eq!(
        net.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["albconfigs.alibabacloud.com"]
    );
    assert!(snapshot().catalog().resolve("nope").is_err());
}

#[test]
fn lists_are_selected_and_counted() {
    let snapshot = snapshot();
    let names = |word: &str, namespace: &str, labels: &str, fields: &str| -> Vec<String> {
        let selection = Selection {
            labels: labels.into(),
            fields: fields.into(),
        };
        snapshot
            .list(&resource(word), namespace, &selection, Detail::Metadata)
            .expect("selectors that can be read")
            .iter()
            .map(|object| {
                assert!(object.get("spec").is_none());
                object["metadata"]["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    };
    assert_eq!(names("nodes", "", "pool in (b)", ""), ["n2"]);
    assert_eq!(names("pods", "", "", "spec.nodeName=n1"), ["p"]);
    assert_eq!(names("pods", "default", "", "spec.nodeName=n1"), [""; 0]);
    assert_eq!(snapshot.count(&resource("pods"), ""), 2);
    assert_eq!(snapshot.count(&resource("pods"), "prod"), 1);
    let wrong = Selection {
        labels: "a in b".into(),
        fields: String::new(),
    };
    let wrong = snapshot.list(&resource("pods"), "", &wrong, Detail::Full);
    assert!(matches!(wrong, Err(Unread::Selector(_))));
}

#[test]
fn what_is_no_snapshot_says_where() {
    let error = |text: &str| match Snapshot::parse(text) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{text}"),
    };
    let broken = error("kind: Node\nmetadata: {name: [\n");
    assert!(
        broken.starts_with("it is not YAML") && broken.contains("line"),
        "{broken}"
    );
    assert_eq!(error("---\n- a\n"), "document 1 is not a Kubernetes object");
    assert_eq!(
        error(
            "{apiVersion: v1, kind: Node, metadata: {name: a}}\n---\n{apiVersion: v1, metadata: {name: n}}"
        ),
        "document 2 has an object without kind (n)"
    );
    assert_eq!(
        error("{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Node}]}"),
        "document 1 has an object without metadata.name (no name)"
    );
    assert_eq!(
        error("serverVersion: new"),
        "serverVersion must be like \"1.25\""
    );
    let empty = Snapshot::parse("").unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(
        empty.server_minor(),
        Err(Unread::NotInSnapshot("serverVersion".into()))
    );
}

#[test]
fn versions_are_ordered_as_a_server_does() {
    let mut versions = [
        "foo", "v1alpha1", "v1", "v2", "v1beta2", "v10beta3", "v1beta1",
    ];
    versions.sort_by_key(|version| std::cmp::Reverse(rank(version)));
    assert_eq!(
        versions,
        [
            "v2", "v1", "v10beta3", "v1beta2", "v1beta1", "v1alpha1", "foo"
        ]
    );
}

use serde_json::{Value, json};

use super::{Scope, Setting, custom, delete};
use crate::change::resource::Resource;
use crate::cluster::discovery::Served;
use crate::cluster::facts::namespace::deletable;

const EMPTY: &str = "
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: kube-root-ca.crt, namespace: shop}}
- {apiVersion: v1, kind: Event, metadata: {name: e, namespace: shop}}
- {apiVersion: events.k8s.io/v1, kind: Event, metadata: {name: e, namespace: shop}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: pay}}
";
const FULL: &str = "
- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: mine, namespace: shop}}
- {apiVersion: v1, kind: Service, metadata: {name: inner, namespace: shop}, spec: {type: ClusterIP}}
- {apiVersion: v1, kind: Service, metadata: {name: made, namespace: shop, labels: {service.k8s.alibaba/loadbalancer-id: lb-1}}, spec: {type: LoadBalancer}}
- {apiVersion: v1, kind: Service, metadata: {name: old, namespace: shop, annotations: {service.beta.kubernetes.io/alicloud-loadbalancer-id: lb-2}}, spec: {type: LoadBalancer}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: shop}, spec: {volumeName: v}}
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {persistentVolumeReclaimPolicy: Delete, csi: {driver: d.csi, volumeHandle: d-1}}}
- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: shop}}
- {apiVersion: log.alibabacloud.com/v1alpha1, kind: AliyunLogConfig, metadata: {name: l, namespace: shop}}
- {apiVersion: alibabacloud.com/v1, kind: AlbConfig, metadata: {name: a}}
";

fn namespaces() -> Resource {
    custom("", "v1", "namespaces", "Namespace", Scope::Cluster)
}

#[test]
fn what_kubernetes_puts_there_leaves_a_namespace_empty() {
    let found = json!({
        "objects": 0, "empty": true, "loadBalancers": [], "claims": [], "albConfigs": [], "logConfigs": [], "ingresses": 0,
    });
    Setting::of(EMPTY)
        .with(delete(&namespaces(), "shop"))
        .shows("namespace", found);
}

#[test]
fn a_namespace_tells_what_goes_with_it() {
    let found = json!({
        "objects": 8, "empty": false,
        "loadBalancers": [{"name": "made", "id": "lb-1", "reused": false}, {"name": "old", "id": "lb-2", "reused": true}],
        "claims": [{"name": "c", "volume": "v", "handle": "d-1", "driver": "d.csi", "reclaimPolicy": "Delete"}],
        "albConfigs": [], "logConfigs": ["l"], "ingresses": 1,
    });
    let all = format!("{EMPTY}{FULL}");
    Setting::of(&all)
        .with(delete(&namespaces(), "shop"))
        .shows("namespace", found);
    for hidden in [
        "pods",
        "persistentvolumes",
        "aliyunlogconfigs",
        "serviceaccounts",
    ] {
        Setting::hiding(&[hidden], &all)
            .with(delete(&namespaces(), "shop"))
            .is_unread("namespace");
    }
}

#[test]
fn only_stored_objects_are_counted_and_each_once() {
    let served = |group: &'static str, version, plural, scope, verbs: &[&str]| Served {
        resource: custom(group, version, plural, "Kind", scope),
        singular: String::new(),
        short_names: vec![],
        categories: vec![],
        verbs: verbs.iter().map(ToString::to_string).collect(),
    };
    let stored = &["delete", "get", "list"];
    let kinds = [
        served("", "v1", "pods", Scope::Namespaced, stored),
        served("", "v1", "pods/status", Scope::Namespaced, stored),
        served("", "v1", "nodes", Scope::Cluster, stored),
        served("", "v1", "bindings", Scope::Namespaced, &["create"]),
        served(
            "metrics.k8s.io",
            "v1beta1",
            "pods",
            Scope::Namespaced,
            &["get", "list"],
        ),
        served("events.k8s.io", "v1", "events", Scope::Namespaced, stored),
        served("shop.example", "v2", "events", Scope::Namespaced, stored),
        served("shop.example", "v1", "events", Scope::Namespaced, stored),
    ];
    let counted: Vec<String> = deletable(&kinds)
        .map(|kind| format!("{kind}/{}", kind.version))
        .collect();
    assert_eq!(counted, ["pods/v1", "events.shop.example/v2"]);
}

#[test]
fn a_definition_counts_its_objects_in_the_served_version() {
    let definition = |served: bool| {
        format!("
- {{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: aliyunlogconfigs.log.alibabacloud.com}}, spec: {{group: log.alibabacloud.com, scope: Namespaced, names: {{plural: aliyunlogconfigs, kind: AliyunLogConfig}}, versions: [{{name: v1, served: false}}, {{name: v1alpha1, served: {served}}}]}}}}
{FULL}")
    };
    let definitions = custom(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        Scope::Cluster,
    );
    let change = || delete(&definitions, "aliyunlogconfigs.log.alibabacloud.com");
    Setting::of(&definition(true))
        .with(change())
        .shows("instances", json!(1));
    assert!(
        Setting::of(&definition(false))
            .with(change())
            .find("instances")
            .is_err()
    );
    Setting::hiding(&["aliyunlogconfigs"], &definition(true))
        .with(change())
        .is_unread("instances");
}

const INGRESSES: &str = "
- {apiVersion: alibabacloud.com/v1, kind: AlbConfig, metadata: {name: edge}}
- {apiVersion: alibabacloud.com/v1, kind: AlbConfig, metadata: {name: idle}}
- {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: alb}, spec: {parameters: {apiGroup: alibabacloud.com, kind: AlbConfig, name: edge}}}
- {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx}}
- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: by-field, namespace: shop}, spec: {ingressClassName: alb}}
- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: by-annotation, namespace: pay, annotations: {kubernetes.io/ingress.class: alb}}}
- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: other, namespace: shop}, spec: {ingressClassName: nginx}}
- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: none, namespace: shop}, spec: {}}
";

#[test]
fn an_alb_is_used_through_its_classes() {
    let configs = custom(
        "alibabacloud.com",
        "v1",
        "albconfigs",
        "AlbConfig",
        Scope::Cluster,
    );
    let classes = custom(
        "networking.k8s.io",
        "v1",
        "ingressclasses",
        "IngressClass",
        Scope::Cluster,
    );
    let shows = |change, users: Value| Setting::of(INGRESSES).with(change).shows("albUsers", users);
    shows(
        delete(&configs, "edge"),
        json!(["shop/by-field", "pay/by-annotation"]),
    );
    shows(delete(&configs, "idle"), json!([]));
    shows(
        delete(&classes, "alb"),
        json!(["shop/by-field", "pay/by-annotation"]),
    );
    for hidden in ["ingresses", "ingressclasses"] {
        Setting::hiding(&[hidden], INGRESSES)
            .with(delete(&configs, "edge"))
            .is_unread("albUsers");
    }
}

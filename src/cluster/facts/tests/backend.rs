use serde_json::json;

use super::{Drain, Scope, Setting, custom, delete, evict, orphan, update};
use crate::change::Change;
use crate::cluster::known;

fn service(name: &str, policy: &str, annotations: &str) -> String {
    format!(
        "\n- {{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: shop, labels: {{service.k8s.alibaba/loadbalancer-id: lb-{name}}}, annotations: {{{annotations}}}}}, spec: {{type: LoadBalancer, externalTrafficPolicy: {policy}, selector: {{app: {name}}}}}}}"
    )
}

/// A slice of the Service with `POD@NODE` that are ready, or not when they end with `!`.
fn slice(service: &str, endpoints: &[&str]) -> String {
    let endpoints: Vec<String> = endpoints
        .iter()
        .map(|it| {
            let (path, ready) = it.strip_suffix('!').map_or((*it, true), |path| (path, false));
            let (pod, node) = path.split_once('@').expect("POD@NODE");
            format!("{{conditions: {{ready: {ready}}}, nodeName: {node}, targetRef: {{kind: Pod, name: {pod}, namespace: shop}}}}")
        })
        .collect();
    format!(
        "\n- {{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: {service}-x, namespace: shop, labels: {{kubernetes.io/service-name: {service}}}}}, endpoints: [{}]}}",
        endpoints.join(", ")
    )
}

fn nodes(names: &[&str]) -> String {
    let lines: Vec<String> = names
        .iter()
        .map(|name| format!("\n- {{apiVersion: v1, kind: Node, metadata: {{name: {name}}}}}"))
        .collect();
    lines.concat()
}

impl Setting {
    /// Which Services lose their last backend.
    #[track_caller]
    fn loses(&self, services: &[&str]) {
        let lost = self.find("lostBackends").expect("it can be read");
        let names: Vec<&str> = lost
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|service| service["name"].as_str())
            .collect();
        assert_eq!(names, services);
    }
}

fn cordon(name: &str) -> Change {
    update(&format!(
        "{{metadata: {{name: {name}}}, spec: {{unschedulable: true}}}}"
    ))
}

const UNSCHEDULED: &str =
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-remove-unscheduled-backend: 'on'";
const OLD_UNSCHEDULED: &str =
    "service.beta.kubernetes.io/alicloud-loadbalancer-remove-unscheduled-backend: 'on'";

#[test]
fn the_whole_command_takes_the_last_pod() {
    let objects = service("web", "Cluster", "") + &slice("web", &["a@n1", "b@n2", "c@n3!"]);
    let one = Setting::hiding(&["nodes"], &objects).with(delete(&known::PODS, "shop/a"));
    one.loses(&[]);
    let both = one.with(evict("shop/b"));
    both.shows(
        "lostBackends",
        json!([{"namespace": "shop", "name": "web", "id": "lb-web", "pods": ["a", "b"]}]),
    );
}

#[test]
fn a_service_that_has_no_backend_loses_none() {
    let objects = service("web", "Cluster", "") + &slice("web", &["a@n1!"]);
    Setting::of(&objects)
        .with(delete(&known::PODS, "shop/a"))
        .loses(&[]);
}

#[test]
fn a_service_that_goes_itself_loses_none() {
    let objects = service("web", "Cluster", "") + &slice("web", &["a@n1"]);
    let setting = Setting::of(&objects).with(delete(&known::PODS, "shop/a"));
    setting.loses(&["web"]);
    setting
        .with(delete(&known::SERVICES, "shop/web"))
        .loses(&[]);
}

#[test]
fn a_pod_of_the_same_name_elsewhere_does_not_count() {
    let objects = service("web", "Cluster", "") + &slice("web", &["a@n1"]);
    Setting::of(&objects)
        .with(delete(&known::PODS, "pay/a"))
        .loses(&[]);
}

#[test]
fn a_workload_takes_its_own_pods_only() {
    let objects = service("web", "Cluster", "")
        + &slice("web", &["web-1-a@n1"])
        + "
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: u1}, spec: {selector: {matchLabels: {app: web}}}}
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: twin, namespace: shop, uid: u9}, spec: {selector: {matchLabels: {app: web}}}}
- {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: shop, uid: u2, labels: {app: web}, ownerReferences: [{uid: u1, controller: true}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: web-1-a, namespace: shop, labels: {app: web}, ownerReferences: [{uid: u2, controller: true}]}}
";
    let on = |change| Setting::of(&objects).with(change);
    on(delete(&known::DEPLOYMENTS, "shop/web")).loses(&["web"]);
    on(delete(&known::REPLICA_SETS, "shop/web-1")).loses(&["web"]);
    on(delete(&known::DEPLOYMENTS, "shop/twin")).loses(&[]);
    on(orphan(&known::DEPLOYMENTS, "shop/web")).loses(&[]);
}

#[test]
fn a_deleted_node_takes_its_pods_and_itself() {
    let objects = nodes(&["n1", "n2"])
        + &service("cluster", "Cluster", "")
        + &slice("cluster", &["a@n1", "b@n2"])
        + &service("local", "Local", "")
        + &slice("local", &["c@n1"]);
    let one = Setting::of(&objects).with(delete(&known::NODES, "n1"));
    one.loses(&["local"]);
    one.with(delete(&known::NODES, "n2"))
        .loses(&["cluster", "local"]);
}

#[test]
fn terways_node_of_the_same_name_is_no_node() {
    let objects = nodes(&["n1"]) + &service("web", "Local", "") + &slice("web", &["a@n1"]);
    let terway = custom(
        "network.alibabacloud.com",
        "v1beta1",
        "nodes",
        "Node",
        Scope::Cluster,
    );
    Setting::of(&objects).with(delete(&terway, "n1")).loses(&[]);
}

#[test]
fn a_cordoned_node_leaves_only_where_the_service_wants_it() {
    for annotation in [UNSCHEDULED, OLD_UNSCHEDULED] {
        let objects = nodes(&["n1", "n2"])
            + &service("plain", "Local", "")
            + &slice("plain", &["a@n1"])
            + &service("strict", "Local", annotation)
            + &slice("strict", &["b@n1"])
            + &service("wide", "Cluster", annotation)
            + &slice("wide", &["c@n1"]);
        let one = Setting::of(&objects).with(cordon("n1"));
        one.loses(&["strict"]);
        one.with(cordon("n2")).loses(&["strict", "wide"]);
    }
}

#[test]
fn no_pod_is_looked_for_when_no_backend_changes() {
    let objects = nodes(&["n1"]) + &service("web", "Local", "") + &slice("web", &["a@n1"]);
    let setting = Setting::hiding(&["endpointslices"], &objects).with(cordon("n1"));
    setting.loses(&[]);
}

#[test]
fn an_excluding_label_or_scaler_taint_takes_the_node_out() {
    let objects = nodes(&["n1"]) + &service("web", "Cluster", "") + &slice("web", &["a@n1"]);
    for changed in [
        "metadata: {name: n1, labels: {service.beta.kubernetes.io/exclude-node: ''}}",
        "metadata: {name: n1, labels: {node.kubernetes.io/exclude-from-external-load-balancers: 'false'}}",
        "metadata: {name: n1}, spec: {taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]}",
    ] {
        let setting = Setting::of(&objects).with(update(&format!("{{{changed}}}")));
        setting.loses(&["web"]);
    }
    let harmless = update("{metadata: {name: n1, labels: {team: a}}}");
    Setting::of(&objects).with(harmless).loses(&[]);
}

#[test]
fn pods_on_a_virtual_node_are_backends_themselves() {
    let objects = nodes(&["n1"])
        + "\n- {apiVersion: v1, kind: Node, metadata: {name: eci, labels: {type: virtual-kubelet, service.beta.kubernetes.io/exclude-node: 'true'}}}"
        + &service("web", "Cluster", "")
        + &slice("web", &["a@eci"]);
    let excluded =
        update("{metadata: {name: n1, labels: {service.alibabacloud.com/exclude-node: ''}}}");
    Setting::of(&objects).with(excluded).loses(&[]);
    Setting::of(&objects)
        .with(delete(&known::NODES, "eci"))
        .loses(&["web"]);
}

#[test]
fn a_pod_that_does_not_tolerate_the_taint_goes() {
    let objects = nodes(&["n1"])
        + &service("web", "Cluster", "")
        + &slice("web", &["a@n1"])
        + &service("firm", "Cluster", "")
        + &slice("firm", &["b@n1"])
        + "
- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {nodeName: n1, tolerations: [{key: x, operator: Exists, tolerationSeconds: 60}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: shop}, spec: {nodeName: n1, tolerations: [{key: x, operator: Exists}]}}
";
    let taint = |effect: &str| {
        update(&format!(
            "{{metadata: {{name: n1}}, spec: {{taints: [{{key: x, effect: {effect}}}]}}}}"
        ))
    };
    Setting::of(&objects)
        .with(taint("NoExecute"))
        .loses(&["web"]);
    Setting::of(&objects).with(taint("NoSchedule")).loses(&[]);
}

#[test]
fn a_drain_takes_the_pods_that_its_filter_lets_go() {
    let objects = nodes(&["n1", "n2"])
        + &service("web", "Cluster", "")
        + &slice("web", &["a@n1"])
        + "\n- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {nodeName: n1}}";
    let draining = |force| {
        Setting::of(&objects).with(cordon("n1")).draining(Drain {
            force,
            ..Drain::default()
        })
    };
    draining(true).loses(&["web"]);
    draining(false).loses(&[]);
}

#[test]
fn whatever_is_unreadable_leaves_the_backends_unread() {
    let objects = nodes(&["n1"]) + &service("web", "Local", "") + &slice("web", &["a@n1"]);
    for hidden in ["services", "endpointslices", "nodes"] {
        Setting::hiding(&[hidden], &objects)
            .with(delete(&known::NODES, "n1"))
            .is_unread("lostBackends");
    }
}

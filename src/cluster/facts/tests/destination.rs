use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use super::{Scope, Setting, custom, delete};
use crate::change::{Before, Change};
use crate::cluster::credential::{PluginPolicy, StandardInput};
use crate::cluster::destination::{Connection, Destination};
use crate::cluster::environment::Environment;
use crate::cluster::known;
use crate::cluster::reader::{Look, Reader};

const PROFILE: &str = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: ack-cluster-profile, namespace: kube-system}}";
const ACK_NODE: &str =
    "- {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {ack.aliyun.com: c1}}}";

#[test]
fn a_mark_on_the_object_or_its_group_makes_it_ack_without_a_request() {
    let mut marked = delete(&known::SERVICES, "shop/web");
    marked.before =
        Before::Found(json!({"metadata": {"finalizers": ["service.k8s.alibaba/nlb"]}}).into());
    // Terway's own `nodes` are not core nodes, but ACK's all the same.
    let terway = custom(
        "network.alibabacloud.com",
        "v1beta1",
        "nodes",
        "Node",
        Scope::Cluster,
    );
    for change in [marked, delete(&terway, "n1")] {
        Setting::hiding(&["configmaps", "nodes"], "[]")
            .with(change)
            .shows("ack", json!(true));
    }
}

#[test]
fn the_certificate_authority_makes_it_ack_without_a_request() {
    let authority = BASE64_STANDARD.encode(include_bytes!("../../testdata/ack-ca.pem"));
    let mut setting = Setting::of("[]").with(delete(&known::PODS, "shop/a"));
    setting.shows("ack", json!(false));
    let cluster = json!({"server": "https://192.0.2.1", "certificate-authority-data": authority});
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "u", "user": {"token": "t"}}],
    });
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), kubeconfig.to_string()).expect("a written file");
    let environment = Environment::read(|name| (name == "KUBECONFIG").then(|| file.path().into()));
    let destination =
        Destination::find(&Connection::default(), &environment, None).expect("a destination");
    let look = Look {
        timeout: Duration::from_secs(1),
        plugins: PluginPolicy::AllowAll,
        stdin: StandardInput::Unavailable,
    };
    setting.reader = Reader::live(destination, look);
    setting.shows("ack", json!(true));
    assert_eq!(setting.reader.requests(), 0);
}

#[test]
fn profile_or_nodes_decide_for_other_objects() {
    let pod = || delete(&known::PODS, "shop/a");
    Setting::of(PROFILE).with(pod()).shows("ack", json!(true));
    Setting::of(ACK_NODE).with(pod()).shows("ack", json!(true));
    Setting::of("- {apiVersion: v1, kind: Node, metadata: {name: n1}}")
        .with(pod())
        .shows("ack", json!(false));
}

#[test]
fn an_unmarked_node_asks_the_profile_and_no_other_node() {
    let node = Before::Found(json!({"metadata": {"name": "n9"}}).into());
    let change = Change {
        before: node,
        ..delete(&known::NODES, "n9")
    };
    Setting::hiding(&["nodes"], ACK_NODE)
        .with(change)
        .shows("ack", json!(false));
}

#[test]
fn a_forbidden_profile_is_no_answer_unless_a_node_gives_it() {
    Setting::hiding(&["configmaps"], "[]")
        .with(delete(&known::PODS, "shop/a"))
        .is_unread("ack");
    Setting::hiding(&["configmaps"], ACK_NODE)
        .with(delete(&known::PODS, "shop/a"))
        .shows("ack", json!(true));
}

#[test]
fn the_agent_or_the_nodes_label_makes_it_registered() {
    let agent = "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: ack-cluster-agent, namespace: kube-system}}";
    Setting::of(agent)
        .with(delete(&known::NODES, "n1"))
        .shows("registered", json!(true));
    Setting::of("[]")
        .with(delete(&known::NODES, "n1"))
        .shows("registered", json!(false));
    let external =
        json!({"metadata": {"name": "n1", "labels": {"alibabacloud.com/external": "true"}}});
    let change = Change {
        before: Before::Found(external.into()),
        ..delete(&known::NODES, "n1")
    };
    Setting::hiding(&["deployments"], "[]")
        .with(change)
        .shows("registered", json!(true));
    Setting::hiding(&["deployments"], "[]")
        .with(delete(&known::NODES, "n1"))
        .is_unread("registered");
}

#[test]
fn serverless_means_nodes_and_all_virtual() {
    let pod = || delete(&known::PODS, "shop/a");
    let eci =
        "- {apiVersion: v1, kind: Node, metadata: {name: v, labels: {type: virtual-kubelet}}}";
    Setting::of("[]")
        .with(pod())
        .shows("serverless", json!(false));
    Setting::of(eci)
        .with(pod())
        .shows("serverless", json!(true));
    Setting::of(&format!("{eci}\n{ACK_NODE}"))
        .with(pod())
        .shows("serverless", json!(false));
    Setting::hiding(&["nodes"], eci)
        .with(pod())
        .is_unread("serverless");
}

#[test]
fn the_server_is_named_without_a_look() {
    let setting = Setting::of("[]").with(delete(&known::PODS, "shop/a"));
    setting.shows("serverHost", json!("203.0.113.1"));
    setting.shows("serverMinor", json!(36));
}

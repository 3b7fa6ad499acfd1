use serde_json::json;

use super::{Scope, Setting, custom, delete};
use crate::change::{Before, Change};
use crate::cluster::known;
use crate::cluster::reader::Reader;

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
        let setting = Setting::of("[]").with(change);
        setting.shows("ack", json!(true));
        assert_eq!(setting.reader.requests(), 0);
    }
}

#[test]
fn the_certificate_authority_makes_it_ack() {
    let mut setting = Setting::of("[]").with(delete(&known::PODS, "shop/a"));
    setting.reader = Reader::stand_in(vec![], &[], Some("c0f1e2d3c4b5a69788796a5b4c3d2e1f0"));
    setting.shows("ack", json!(true));
    setting.reader = Reader::stand_in(vec![], &[], Some("kubernetes"));
    setting.shows("ack", json!(false));
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
    let setting = Setting::of(ACK_NODE).with(Change {
        before: node,
        ..delete(&known::NODES, "n9")
    });
    setting.shows("ack", json!(false));
    assert_eq!(setting.reader.requests(), 1);
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

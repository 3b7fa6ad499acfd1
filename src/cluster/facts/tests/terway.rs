use std::sync::Arc;

use serde_json::{Value, json};

use super::{Setting, change, delete};
use crate::change::{Before, Change, Effect, Operation};
use crate::cluster::known;

/// An update of eni-config from one content to another.
fn write(old: &Value, new: &Value) -> Change {
    let sent = Effect::Sent(Arc::new(json!({ "data": new })));
    Change {
        before: Before::Found(Arc::new(json!({ "data": old }))),
        ..change(
            Operation::Update,
            &known::CONFIG_MAPS,
            "kube-system/eni-config",
            sent,
        )
    }
}

#[track_caller]
fn changes(old: &Value, new: &Value, [locked, open, broken]: [&[&str]; 3]) {
    Setting::of("[]").with(write(old, new)).shows(
        "eniConfig",
        json!({"locked": locked, "open": open, "broken": broken}),
    );
}

#[test]
fn json_is_compared_field_by_field() {
    let old = json!({"eni_conf": r#"{"service_cidr":"a","eni_tags":{"x":"1","y":"2"},"max_pool_size":5}"#});
    let other = json!({"eni_conf": r#"{ "max_pool_size": 5, "eni_tags": {"y": "2", "x": "1"}, "service_cidr": "a" }"#});
    changes(&old, &other, [&[], &[], &[]]);
    let other =
        json!({"eni_conf": r#"{"service_cidr":"b","eni_tags":{"x":"1"},"max_pool_size":9}"#});
    changes(
        &old,
        &other,
        [
            &["eni_conf.eni_tags", "eni_conf.service_cidr"],
            &["eni_conf.max_pool_size"],
            &[],
        ],
    );
}

#[test]
fn go_reads_keys_in_any_case_and_with_escapes() {
    let old = json!({"eni_conf": r#"{"service_cidr":"a"}"#});
    let upper = json!({"eni_conf": r#"{"service_cidr":"a","Service_CIDR":"b"}"#});
    changes(&old, &upper, [&["eni_conf.Service_CIDR"], &[], &[]]);
    let escaped = json!({"eni_conf": "{\"service\\u005fcidr\":\"b\"}"});
    changes(&old, &escaped, [&["eni_conf.service_cidr"], &[], &[]]);
}

#[test]
fn the_plug_in_s_part_is_locked_but_for_a_few_fields() {
    let old = json!({"10-terway.conf": r#"{"type":"terway","capabilities":{"bandwidth":true}}"#});
    let new =
        json!({"10-terway.conf": r#"{"type":"x","capabilities":{},"cilium_args":"a","mine":1}"#});
    changes(
        &old,
        &new,
        [
            &["10-terway.conf.mine", "10-terway.conf.type"],
            &["10-terway.conf.capabilities", "10-terway.conf.cilium_args"],
            &[],
        ],
    );
}

#[test]
fn what_is_no_object_is_broken_and_what_goes_was_locked() {
    let old = json!({"eni_conf": "{}", "10-terway.conf": "{}", "in_cluster_loadbalance": "true"});
    let new = json!({"eni_conf": "[]", "in_cluster_loadbalance": "false"});
    changes(
        &old,
        &new,
        [
            &["10-terway.conf"],
            &["in_cluster_loadbalance"],
            &["eni_conf"],
        ],
    );
    let mended = json!({"eni_conf": r#"{"max_pool_size":1}"#});
    changes(
        &json!({"eni_conf": "{"}),
        &mended,
        [&[], &["eni_conf.max_pool_size"], &[]],
    );
}

#[test]
fn a_node_s_own_settings_lie_over_the_default() {
    let of = |old: &Value, new: &Value| Change {
        name: "own".to_owned(),
        ..write(old, new)
    };
    let shows = |old: Value, new: Value, [locked, open, broken]: [&[&str]; 3]| {
        Setting::of("[]").with(of(&old, &new)).shows(
            "eniConfig",
            json!({"locked": locked, "open": open, "broken": broken}),
        );
    };
    let settings = json!({"eni_conf": r#"{"service_cidr":"a","max_pool_size":5}"#, "more": "x"});
    let all: [&[&str]; 3] = [&["eni_conf.service_cidr"], &["eni_conf.max_pool_size"], &[]];
    shows(json!({}), settings.clone(), all);
    shows(settings.clone(), json!({}), all);
    shows(
        settings.clone(),
        json!({"eni_conf": "{"}),
        [&[], &[], &["eni_conf"]],
    );
    shows(settings.clone(), settings, [&[], &[], &[]]);
}

#[test]
fn nodes_name_their_own_settings() {
    const NODES: &str = "
- {apiVersion: v1, kind: Node, metadata: {name: a, labels: {terway-config: own}}}
- {apiVersion: v1, kind: Node, metadata: {name: b, labels: {terway-config: other}}}
- {apiVersion: v1, kind: Node, metadata: {name: c}}
";
    let own = || delete(&known::CONFIG_MAPS, "kube-system/own");
    Setting::of(NODES)
        .with(own())
        .shows("terwayNodes", json!(["a"]));
    Setting::hiding(&["nodes"], NODES)
        .with(own())
        .is_unread("terwayNodes");
}

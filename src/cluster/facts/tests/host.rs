use std::sync::Arc;

use regex::Regex;
use serde_json::{Value, json};

use super::super::host::landmarks;
use super::{Setting, change, delete};
use crate::change::connect::copy::Delivery;
use crate::change::{Before, Change, Effect, Operation};
use crate::cluster::{Unread, known};
use crate::risk::table::Table;
use crate::shell::{self, View};

fn toolbox() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "toolbox", "namespace": "ops"},
        "spec": {
            "nodeName": "n1",
            "hostNetwork": true,
            "containers": [
                {
                    "name": "main",
                    "securityContext": {"privileged": true},
                    "volumeMounts": [{"name": "host", "mountPath": "/node"}, {"name": "nas", "mountPath": "/data"}],
                },
                {"name": "side", "command": ["sh"]},
            ],
            "volumes": [
                {"name": "host", "hostPath": {"path": "/"}},
                {"name": "nas", "persistentVolumeClaim": {"claimName": "data"}},
            ],
        },
    })
}

fn exec(container: &str, command: &[&str]) -> Change {
    let options = json!({"container": container, "command": command});
    Change {
        subresource: "exec".to_owned(),
        before: Before::Found(Arc::new(toolbox())),
        ..change(
            Operation::Connect,
            &known::PODS,
            "ops/toolbox",
            Effect::Sent(Arc::new(options)),
        )
    }
}

fn write(operation: Operation, before: Before, pod: Value) -> Change {
    let sent = Effect::Sent(Arc::new(pod));
    Change {
        before,
        ..change(operation, &known::PODS, "ops/toolbox", sent)
    }
}

fn setting(change: Change) -> Setting {
    Setting::of("[]").with(change)
}

fn programs(setting: &Setting) -> Vec<String> {
    let commands = setting.find("commands").expect("a list");
    let commands = commands.as_array().expect("a list");
    let program = |act: &Value| act["program"].as_str().expect("a text").to_owned();
    commands.iter().map(program).collect()
}

#[test]
fn a_connection_has_the_power_of_the_container_that_it_enters() {
    let main = setting(exec("main", &["ls"])).find("host").expect("a map");
    assert_eq!(main["powerful"], true);
    assert_eq!(
        main["reasons"],
        json!(["privileged", "hostNetwork", "hostPath /"])
    );
    let side = setting(exec("side", &["ls"])).find("host").expect("a map");
    assert_eq!(
        (&side["powerful"], &side["kernel"]),
        (&json!(false), &json!(false))
    );
}

#[test]
fn paths_are_followed_by_the_container_s_own_mounts() {
    let host = |container: &str| {
        let found = setting(exec(container, &["rm", "-r", "/node/etc/kubernetes"]));
        let found = found.find("commands").expect("a list");
        let path = found[0]["paths"][0].clone();
        (path["host"].clone(), path["use"].clone())
    };
    assert_eq!(host("main"), (json!("/etc/kubernetes"), json!("remove")));
    assert_eq!(host("side"), (json!(""), json!("remove")));
}

#[test]
fn a_tree_is_told_what_rules_name_in_it() {
    let found = setting(exec("main", &["rm", "-r", "/node/tmp"]));
    let found = found.find("commands").expect("a list");
    let paths = found[0]["paths"].as_array().expect("a list");
    assert!(
        paths
            .iter()
            .any(|path| path["host"] == "/tmp/ccs-log-collector/pos"),
        "{paths:?}"
    );
}

#[test]
fn a_copy_writes_at_its_destination_or_in_it() {
    let delivery = Delivery {
        places: ["/node/etc".to_owned(), "/node/etc/resolv.conf".to_owned()],
        is_tree: false,
    };
    let found = setting(exec("main", &["tar", "-xmf", "-", "-C", "/node"]))
        .delivering(delivery)
        .find("commands")
        .expect("a list");
    let written: Vec<&Value> = found[0]["paths"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|path| path["use"] == "write")
        .map(|path| &path["host"])
        .collect();
    assert_eq!(written, ["/etc", "/etc/resolv.conf"]);
}

#[test]
fn a_write_runs_what_is_new_in_it() {
    let create = setting(write(Operation::Create, Before::Missing, toolbox()));
    assert_eq!(programs(&create), ["sh"]);
    let mut hooked = toolbox();
    hooked["spec"]["containers"][0]["image"] = json!("new");
    hooked["spec"]["containers"][0]["lifecycle"] =
        json!({"postStart": {"exec": {"command": ["date", "-s", "1"]}}});
    hooked["spec"]["containers"][1]["image"] = json!("new");
    let old = Before::Found(Arc::new(toolbox()));
    let update = setting(write(Operation::Update, old, hooked));
    assert_eq!(programs(&update), ["date"]);
    let found = update.find("host").expect("a map");
    assert_eq!(found["newCriticalMounts"], json!([]));
    let found = create.find("host").expect("a map");
    assert_eq!(found["newCriticalMounts"], json!(["/"]));
}

#[test]
fn a_pod_is_on_a_master_by_its_node_or_its_selector() {
    let nodes = |labels: &str| {
        Setting::of(&format!(
            "- {{apiVersion: v1, kind: Node, metadata: {{name: n1, labels: {{{labels}}}}}}}"
        ))
        .with(exec("main", &["ls"]))
    };
    nodes("node-role.kubernetes.io/master: ''").shows("onMaster", json!(true));
    nodes("a: b").shows("onMaster", json!(false));
    setting(exec("main", &["ls"])).shows("onMaster", json!(false));
    let mut bound = toolbox();
    bound["spec"]["nodeName"] = json!("");
    bound["spec"]["nodeSelector"] = json!({"node-role.kubernetes.io/control-plane": ""});
    setting(write(Operation::Create, Before::Missing, bound)).shows("onMaster", json!(true));
    let hidden = Setting::hiding(&["nodes"], "[]").with(exec("main", &["ls"]));
    hidden.is_unread("onMaster");
}

#[test]
fn a_nas_volume_is_known_by_its_driver_or_its_server() {
    let claim = "- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: ops}, spec: {volumeName: v}}";
    let volume = |source: &str| {
        let volume = "- {apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: ";
        Setting::of(&format!("{claim}\n{volume}{{{source}}}}}"))
            .with(exec("main", &["rm", "-r", "/data"]))
    };
    volume("csi: {driver: nasplugin.csi.alibabacloud.com}").shows("nasMounts", json!(["/data"]));
    volume("nfs: {server: 0a-b.cn-hangzhou.nas.aliyuncs.com}").shows("nasMounts", json!(["/data"]));
    volume("csi: {driver: diskplugin.csi.alibabacloud.com}").shows("nasMounts", json!([]));
    setting(exec("side", &["ls"])).shows("nasMounts", json!([]));
}

#[test]
fn what_makes_no_pod_has_no_power() {
    let setting = setting(delete(&known::PODS, "ops/toolbox"));
    setting.shows("host", Value::Null);
    setting.shows("commands", json!([]));
}

#[test]
fn a_pod_that_could_not_be_read_is_not_judged() {
    let hidden = Before::Hidden(Unread::Other("no answer".to_owned()));
    let change = Change {
        before: hidden,
        ..exec("main", &["ls"])
    };
    assert!(setting(change).find("host").is_err());
}

/// What a pattern or a tree reaches is told by the names of the landmarks alone.
#[test]
fn every_path_that_rules_name_is_a_landmark() {
    const MARK: &str = "p.host.matches('";
    let table = Table::builtin();
    let conditions = table.rules().filter_map(|rule| rule.client.clone()?.when);
    let conditions: Vec<String> = conditions.collect();
    let patterns: Vec<Regex> = conditions
        .iter()
        .flat_map(|condition| {
            let marks = condition.match_indices(MARK);
            marks.map(|(at, _)| condition.split_at(at))
        })
        .filter(|(before, _)| !before.ends_with('!'))
        .map(|(_, rest)| rest[MARK.len()..].split("')").next().expect("a part"))
        .map(|pattern| Regex::new(pattern).expect("the table was checked"))
        .collect();
    assert!(patterns.len() > 10, "{patterns:?}");
    for pattern in patterns {
        let is_met = landmarks().any(|path| pattern.is_match(path));
        assert!(is_met, "no landmark for {pattern}");
    }
}

/// Each alternative of each pattern is reached plain, as a glob, and through the tree above it.
#[test]
fn every_landmark_is_reached_plain_as_a_glob_and_as_a_tree() {
    let view = View {
        landmarks: landmarks().map(str::to_owned).collect(),
        ..View::node_debug()
    };
    let hosts = |words: &[&str]| -> Vec<String> {
        let acts = shell::read(words, &view);
        acts.into_iter()
            .flat_map(|act| act.paths)
            .map(|path| path.host)
            .collect()
    };
    let marks: Vec<&str> = landmarks().collect();
    for known in [
        "/etc/shadow",
        "/usr/bin/kubeadm",
        "/lib/systemd/system/kubelet.service",
        "/etc/cron.daily",
    ] {
        assert!(marks.contains(&known), "{known} is no landmark: {marks:?}");
    }
    for mark in &marks {
        let (parent, _) = mark.rsplit_once('/').expect("a whole path");
        let glob = format!("/host{}*", &mark[..mark.len() - 1]);
        let unknown = format!("rm -rf /host{parent}/$NAME");
        let reached = [
            hosts(&["rm", &format!("/host{mark}")]),
            hosts(&["sh", "-c", &format!("rm {glob}")]),
            hosts(&["rm", "-rf", &format!("/host{parent}")]),
            hosts(&["sh", "-c", &unknown]),
        ];
        for (way, found) in reached.iter().enumerate() {
            assert!(
                found.iter().any(|host| host == mark),
                "{mark}, way {way}: {found:?}"
            );
        }
    }
    assert!(marks.len() > 50, "{} landmarks", marks.len());
}

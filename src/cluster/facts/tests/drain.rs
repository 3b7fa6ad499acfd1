use std::ffi::OsString;

use serde_json::{Value, json};

use super::{Drain, Setting, evict, update};
use crate::kubectl::flags::Minor;
use crate::kubectl::invocation::{Reading, read};
use crate::kubectl::kuberc::World;

const SETS: &str =
    "- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, namespace: kube-system}}";

fn pod(name: &str, meta: &str, spec: &str, status: &str) -> String {
    format!(
        "\n- {{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}, {meta}}}, spec: {{nodeName: n1, {spec}}}, status: {{{status}}}}}"
    )
}

fn owned(kind: &str, name: &str) -> String {
    format!(
        "ownerReferences: [{{apiVersion: apps/v1, kind: {kind}, name: {name}, controller: true}}]"
    )
}

fn draining(objects: &str, drain: Drain) -> Setting {
    Setting::of(&format!("{SETS}{objects}"))
        .with(update(
            "{metadata: {name: n1}, spec: {unschedulable: true}}",
        ))
        .draining(drain)
}

#[track_caller]
fn shows(objects: &str, drain: Drain, changed: &Value) {
    let mut found = json!({
        "pods": 0, "unmanaged": [], "localData": [], "bypassedBudgets": [], "shortGrace": [], "critical": [],
    });
    for (field, value) in changed.as_object().expect("fields") {
        found[field] = value.clone();
    }
    draining(objects, drain).shows("drain", found);
}

fn forced() -> Drain {
    Drain {
        force: true,
        ignore_daemon_sets: true,
        delete_empty_dir_data: true,
        ..Drain::default()
    }
}

#[test]
fn a_managed_pod_goes_without_any_flag() {
    shows(
        &pod("web", &owned("ReplicaSet", "web"), "", ""),
        Drain::default(),
        &json!({"pods": 1}),
    );
}

#[test]
fn a_bare_pod_goes_only_by_force() {
    let objects = pod("bare", "", "", "");
    shows(
        &objects,
        forced(),
        &json!({"pods": 1, "unmanaged": ["shop/bare"]}),
    );
    shows(&objects, Drain::default(), &json!({}));
}

#[test]
fn a_finished_pod_needs_no_flag_and_is_only_counted() {
    let objects = pod("job", "", "volumes: [{emptyDir: {}}]", "phase: Failed");
    shows(&objects, Drain::default(), &json!({"pods": 1}));
    shows(&objects, forced(), &json!({"pods": 1}));
}

#[test]
fn an_empty_dir_in_memory_needs_the_flag_too() {
    let objects = pod(
        "shm",
        &owned("ReplicaSet", "shm"),
        "volumes: [{emptyDir: {medium: Memory}}]",
        "",
    );
    shows(
        &objects,
        forced(),
        &json!({"pods": 1, "localData": ["shop/shm"]}),
    );
    shows(&objects, Drain::default(), &json!({}));
}

#[test]
fn daemon_set_and_mirror_pods_stay() {
    let objects = pod(
        "agent",
        "ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: gone, controller: true}]",
        "",
        "",
    ) + &pod(
        "mirror",
        "annotations: {kubernetes.io/config.mirror: x}",
        "",
        "",
    );
    // The set `gone` exists no more, so --force takes its pod and nothing else does.
    shows(
        &objects,
        forced(),
        &json!({"pods": 1, "unmanaged": ["shop/agent"]}),
    );
    shows(
        &objects,
        Drain {
            force: false,
            ..forced()
        },
        &json!({}),
    );
    let served =
        "\n- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: gone, namespace: shop}}";
    shows(&format!("{objects}{served}"), forced(), &json!({}));
    shows(
        &format!(
            "{served}{objects}{}",
            pod("web", &owned("ReplicaSet", "web"), "", "")
        ),
        forced(),
        &json!({"pods": 1}),
    );
}

#[test]
fn one_blocked_pod_keeps_all() {
    let web = pod("web", &owned("ReplicaSet", "web"), "", "");
    shows(
        &(web.clone() + &pod("bare", "", "", "")),
        Drain::default(),
        &json!({}),
    );
    let agent = pod("agent", &owned("DaemonSet", "agent"), "", "");
    let set =
        "\n- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, namespace: shop}}";
    shows(
        &format!("{web}{agent}{set}"),
        Drain {
            ignore_daemon_sets: false,
            ..forced()
        },
        &json!({}),
    );
}

#[test]
fn only_selected_pods_are_looked_at() {
    let objects = pod("web", &owned("ReplicaSet", "web"), "", "") + &pod("bare", "", "", "");
    let drain = Drain {
        pod_selector: "app=web".to_owned(),
        ..Drain::default()
    };
    shows(&objects, drain, &json!({"pods": 1}));
}

#[test]
fn a_pod_that_ends_for_long_may_be_skipped() {
    let objects = pod("old", "deletionTimestamp: '2020-01-01T00:00:00Z'", "", "");
    let skip = |seconds| Drain {
        skip_wait_for_delete: seconds,
        ..Drain::default()
    };
    shows(
        &objects,
        Drain {
            force: true,
            ..skip(10)
        },
        &json!({}),
    );
    shows(
        &objects,
        Drain {
            force: true,
            ..skip(0)
        },
        &json!({"pods": 1, "unmanaged": ["shop/old"]}),
    );
}

#[test]
fn a_budget_is_bypassed_when_it_would_have_refused() {
    let web = pod("web", &owned("ReplicaSet", "web"), "", "phase: Running");
    let budget = |allowed: u8| {
        format!(
            "\n- {{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {{name: b, namespace: shop}}, spec: {{selector: {{matchLabels: {{app: web}}}}}}, status: {{disruptionsAllowed: {allowed}}}}}"
        )
    };
    let by_delete = || Drain {
        disable_eviction: true,
        ..Drain::default()
    };
    shows(
        &(web.clone() + &budget(0)),
        by_delete(),
        &json!({"pods": 1, "bypassedBudgets": ["shop/b"]}),
    );
    shows(
        &(web.clone() + &budget(1)),
        by_delete(),
        &json!({"pods": 1}),
    );
    shows(&(web + &budget(0)), Drain::default(), &json!({"pods": 1}));
    let pending = pod("web", &owned("ReplicaSet", "web"), "", "phase: Pending");
    shows(&(pending + &budget(0)), by_delete(), &json!({"pods": 1}));
}

#[test]
fn a_short_grace_is_shorter_than_the_pods_own() {
    let objects = pod(
        "slow",
        &owned("ReplicaSet", "slow"),
        "terminationGracePeriodSeconds: 60",
        "",
    ) + &pod("default", &owned("ReplicaSet", "default"), "", "");
    let grace = |seconds| Drain {
        grace_period: Some(seconds),
        ..Drain::default()
    };
    shows(&objects, grace(60), &json!({"pods": 2}));
    shows(
        &objects,
        grace(30),
        &json!({"pods": 2, "shortGrace": ["shop/slow"]}),
    );
    shows(
        &objects,
        grace(0),
        &json!({"pods": 2, "shortGrace": ["shop/slow", "shop/default"]}),
    );
    shows(&objects, Drain::default(), &json!({"pods": 2}));
}

#[test]
fn an_eviction_tells_of_its_node() {
    let objects = pod("web", &owned("ReplicaSet", "web"), "", "") + &pod("bare", "", "", "");
    let drain = Setting::of(&objects)
        .with(evict("shop/web"))
        .draining(forced())
        .find("drain");
    let drain = drain.expect("everything is readable");
    assert_eq!(
        (&drain["pods"], &drain["unmanaged"]),
        (&json!(2), &json!(["shop/bare"]))
    );
}

#[test]
fn another_verb_drains_nothing_and_unreadable_pods_are_unread() {
    let cordon = || update("{metadata: {name: n1}, spec: {unschedulable: true}}");
    Setting::of("[]").with(cordon()).shows("drain", Value::Null);
    Setting::hiding(&["pods"], "[]")
        .with(cordon())
        .draining(forced())
        .is_unread("drain");
    let agent = pod("agent", &owned("DaemonSet", "agent"), "", "");
    Setting::hiding(&["daemonsets"], &agent)
        .with(cordon())
        .draining(forced())
        .is_unread("drain");
}

fn drain_of(words: &str) -> Option<Drain> {
    let words: Vec<OsString> = words.split(' ').map(Into::into).collect();
    match read(&words, Some(Minor::NEWEST), || vec![World::Nothing]) {
        Reading::Guarded(invocation) => Drain::of(&invocation),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_flags_are_the_invocations() {
    assert_eq!(drain_of("cordon n1"), None);
    assert_eq!(
        drain_of("drain n1 --grace-period=-1"),
        Some(Drain::default())
    );
    let all = "drain n1 --force --ignore-daemonsets --delete-emptydir-data --disable-eviction --grace-period 0 \
               --pod-selector app=web --skip-wait-for-delete-timeout 9";
    let all = all.split_whitespace().collect::<Vec<_>>().join(" ");
    let drain = Drain {
        disable_eviction: true,
        grace_period: Some(0),
        pod_selector: "app=web".to_owned(),
        skip_wait_for_delete: 9,
        ..forced()
    };
    assert_eq!(drain_of(&all), Some(drain));
}

//! The questions as a person meets them: the real binary on a real terminal, before the real API server.
//!
//! What the screens show is kept as snapshots beside this file, in all three languages. Whether kubectl ran is read
//! in the audit log.

mod answers;
mod demo;
mod screens;
mod terminals;

use std::sync::OnceLock;

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::support::{ControlPlane, End, Options, Run, TestUser};

const LANGUAGES: [&str; 3] = ["en", "zh", "ja"];
/// Of an ACK managed cluster, as everything here.
const CLUSTER: &str = include_str!("../../src/fixtures/ack.yaml");

/// A node of a node pool.
const NODE: &str = "cn-hangzhou.10.20.1.41";
/// A Service whose SLB stays: deleting it asks y/N.
pub const KEPT: (&str, &str, &str) = ("Service", "shop", "blog");
/// A Service whose SLB goes with it: its name is to be typed.
pub const CREATED: (&str, &str, &str) = ("Service", "shop", "shop-web");
/// A Service that reuses an SLB: its annotation may be removed by those who break the glass.
pub const REUSING: (&str, &str, &str) = ("Service", "pay", "pay-gateway");
pub const REUSE: &str = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id";

/// A control plane with that cluster in it. Without controllers nothing changes by itself.
pub fn ack() -> &'static ControlPlane {
    static PLANE: OnceLock<ControlPlane> = OnceLock::new();
    PLANE.get_or_init(|| {
        let plane = ControlPlane::start(&Options { controllers: &[] });
        for object in [
            ("Node", "", NODE),
            ("Node", "", "cn-hangzhou.10.20.2.77"),
            ("Node", "", "virtual-kubelet-cn-hangzhou-i"),
            ("Pod", "batch", "render-6f7d9c5b4-xw80"),
            ("ConfigMap", "kube-system", "ack-cluster-profile"),
            ("ConfigMap", "kube-system", "autoscaler-meta"),
            KEPT,
            CREATED,
            REUSING,
        ] {
            plane.apply(&fixture(object).to_string());
        }
        plane
    })
}

/// An object of that cluster, as it can be created.
pub fn fixture((kind, namespace, name): (&str, &str, &str)) -> Value {
    let is_it = |object: &Value| {
        let metadata = &object["metadata"];
        object["kind"] == kind
            && metadata["name"] == name
            && metadata["namespace"].as_str().unwrap_or_default() == namespace
    };
    let mut object = serde_yaml::Deserializer::from_str(CLUSTER)
        .map(|document| Value::deserialize(document).expect("the fixture is YAML"))
        .find(is_it)
        .unwrap_or_else(|| panic!("the fixture has no {kind} {namespace}/{name}"));
    let metadata = object["metadata"]
        .as_object_mut()
        .expect("every object has it");
    // No CCM runs here that would finish them.
    for field in ["uid", "creationTimestamp", "finalizers", "ownerReferences"] {
        metadata.remove(field);
    }
    object
}

/// A copy of an object under another name, for one test alone.
pub fn copy(original: (&str, &str, &str), name: &str, change: impl FnOnce(&mut Value)) {
    let mut object = fixture(original);
    object["metadata"]["name"] = name.into();
    if original.0 == "Service" {
        for port in object["spec"]["ports"].as_array_mut().into_iter().flatten() {
            port["nodePort"] = json!(0);
        }
    }
    change(&mut object);
    ack().apply(&object.to_string());
}

fn service_is_there(namespace: &str, name: &str) -> bool {
    ack().object("v1", "Service", namespace, name).is_some()
}

/// kubectl-safe as this user, in a language.
pub fn safe(user: &TestUser, language: &str, line: &str) -> Run {
    Run::safe(user)
        .line(line)
        .env("KUBECTL_SAFE_LANG", language)
}

/// What stays the same from run to run: not the server's port, and not which of the users this is.
fn masked(text: &str, user: &TestUser) -> String {
    let (role, number) = user.name.split_once('-').expect("as in `user-007`");
    let url = &ack().endpoint().url;
    let (host, port) = url.rsplit_once(':').expect("a URL with a port");
    text.replace(url, &format!("{host}:{}", "9".repeat(port.len())))
        .replace(&user.name, &format!("{role}-{}", "0".repeat(number.len())))
}

/// What is true of every end, however it came.
pub fn assert_clean(end: &End) {
    assert_eq!(end.strange, [""; 0], "{}", end.text);
    assert!(end.cursor_is_visible, "{}", end.text);
    assert!(end.is_cooked, "{}", end.text);
    assert!(!end.text.contains("\n\n\n"), "{}", end.text);
}

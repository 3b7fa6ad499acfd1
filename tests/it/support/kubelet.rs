//! What a kubelet would say of new pods: that their containers run. No container does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::command::Run;
use super::control_plane::ControlPlane;
use super::users::TestUser;

impl ControlPlane {
    /// Runs while the work does: every pod of this namespace that is not running comes to run, and so does every ephemeral container.
    pub fn with_kubelet<T>(&self, namespace: &str, work: impl FnOnce() -> T) -> T {
        let kubelet = self.user();
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    tend(&kubelet, namespace);
                    thread::sleep(Duration::from_millis(20));
                }
            });
            let _end = End(&is_done);
            work()
        })
    }
}

/// Ends the kubelet, also when the work panics.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn tend(kubelet: &TestUser, namespace: &str) {
    let pods = Run::kubectl(kubelet)
        .args(["get", "pods", "-o", "json", "-n", namespace])
        .run();
    let list: Value = serde_json::from_str(&pods.stdout).unwrap_or_default();
    for pod in list["items"].as_array().into_iter().flatten() {
        let Some(status) = news(pod) else { continue };
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        // It may be gone by now.
        Run::kubectl(kubelet)
            .args(["patch", "pod", name, "-n", namespace])
            .args(["--subresource=status", "--type=merge", "-p"])
            .args([json!({"status": status}).to_string()])
            .run();
    }
}

/// The status of a pod with something that does not run yet.
fn news(pod: &Value) -> Option<Value> {
    let (spec, status) = (&pod["spec"], &pod["status"]);
    let known = status["ephemeralContainerStatuses"].as_array();
    let ephemeral = running(&spec["ephemeralContainers"]);
    let is_new = status["phase"] != "Running";
    (is_new || known.map_or(0, Vec::len) < ephemeral.len()).then(|| {
        json!({
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": running(&spec["containers"]),
            "ephemeralContainerStatuses": ephemeral,
        })
    })
}

fn running(containers: &Value) -> Vec<Value> {
    let containers = containers.as_array().into_iter().flatten();
    containers
        .map(|container| {
            json!({
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": true,
                "restartCount": 0,
                "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}},
            })
        })
        .collect()
}

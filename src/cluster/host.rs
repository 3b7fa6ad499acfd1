//! What a container can do to the node that it runs on.
//!
//! Read off the pod alone, so these are out of sight: directories of the node behind a claim (a `local` or `hostPath` volume); what a container
//! may do because of its node's own settings (a runtime without user namespaces, a kernel bug) or may not (seccomp, `AppArmor`, `SELinux`, which can
//! forbid what is taken for possible here); a runtime that is asked over a socket mounted read-only; the power of a service account, with
//! which a harmless pod can make a powerful one; and what a webhook adds to a pod after kubectl has sent it, except where the server rehearses it.

use serde_json::Value;

use super::fields::{items, text, truth};
use super::pod::containers;
use crate::path::clean;
use crate::shell::Mount;

/// The directories that ACK says must not be touched: paths, links and content. Source: ACK's usage notes.
pub const CRITICAL: [&str; 5] = [
    "/var/lib/kubelet",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/etc/kubernetes",
    "/etc/kubeadm",
];

/// Further directories through which a node is ruled.
const RULING: [&str; 5] = ["/etc", "/proc", "/sys", "/dev", "/run"];

/// What is mounted from below them every day, and rules nothing.
const HARMLESS: [&str; 9] = [
    "/etc/localtime",
    "/etc/timezone",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/dev/shm",
    "/dev/net",
    "/run/xtables.lock",
    "/run/log",
];

/// Capabilities with which the node's kernel obeys. Source: capabilities(7).
const KERNEL: [&str; 5] = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_TIME"];

/// What some containers of one pod can do to their node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Power {
    /// They command the node's kernel: modules, devices, mounts, parameters.
    pub kernel: bool,
    /// They can change the node's own network.
    pub network: bool,
    /// They can write into directories through which the node is ruled.
    pub files: bool,
    /// Why, in the words of a pod's fields.
    pub reasons: Vec<String>,
}

impl Power {
    /// Whether it is any at all.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.kernel || self.network || self.files
    }

    /// The power of one container of a pod spec.
    #[must_use]
    pub fn of(spec: &Value, container: &Value) -> Self {
        let mut power = Self::default();
        let privileged = truth(container, "/securityContext/privileged");
        let added: Vec<&str> = items(container, "/securityContext/capabilities/add")
            .iter()
            .filter_map(Value::as_str)
            .map(|name| name.strip_prefix("CAP_").unwrap_or(name))
            .collect();
        if privileged {
            power.kernel = true;
            power.reasons.push("privileged".to_owned());
        }
        for capability in KERNEL.iter().filter(|it| added.contains(it)) {
            power.kernel = true;
            power.reasons.push(format!("capability {capability}"));
        }
        if truth(spec, "/hostPID") && (power.kernel || added.contains(&"SYS_PTRACE")) {
            // `/proc/1/root` are the node's files.
            power.files = true;
            power.reasons.push("hostPID".to_owned());
        }
        if truth(spec, "/hostNetwork") && (power.kernel || added.contains(&"NET_ADMIN")) {
            power.network = true;
            power.reasons.push("hostNetwork".to_owned());
        }
        for mount in mounts(spec, container) {
            if mount.read_only || !rules(&mount.host) {
                continue;
            }
            power.files = true;
            // Root needs no capability to write there.
            power.kernel |= ["/proc", "/sys"].iter().any(|it| touches(&mount.host, it));
            power.reasons.push(format!("hostPath {}", mount.host));
        }
        power
    }

    /// The power of several containers of a pod spec together.
    #[must_use]
    pub fn of_all<'a>(spec: &Value, containers: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut all = Self::default();
        for container in containers {
            let power = Self::of(spec, container);
            all.kernel |= power.kernel;
            all.network |= power.network;
            all.files |= power.files;
            for reason in power.reasons {
                if !all.reasons.contains(&reason) {
                    all.reasons.push(reason);
                }
            }
        }
        all
    }
}

/// The node's directories that a container sees. Those behind a claim are not known from the pod.
#[must_use]
pub fn mounts(spec: &Value, container: &Value) -> Vec<Mount> {
    let host = |name: &str| {
        items(spec, "/volumes")
            .iter()
            .find(|volume| text(volume, "/name") == name)
            .map(|volume| text(volume, "/hostPath/path"))
            .filter(|path| !path.is_empty())
    };
    items(container, "/volumeMounts")
        .iter()
        .filter_map(|mount| {
            let below = text(mount, "/subPath");
            let host = host(text(mount, "/name"))?;
            Some(Mount {
                path: text(mount, "/mountPath").to_owned(),
                host: tidy(&format!("{host}/{below}")),
                read_only: truth(mount, "/readOnly"),
            })
        })
        .collect()
}

/// The node's directories that the containers of a pod spec may write into and that are, hold, or lie in one that must not be
/// touched. Each once.
#[must_use]
pub fn critical_mounts(spec: &Value) -> Vec<String> {
    let mut found: Vec<String> = containers(spec)
        .flat_map(|container| mounts(spec, container))
        .filter(|mount| !mount.read_only && CRITICAL.iter().any(|it| touches(&mount.host, it)))
        .map(|mount| mount.host)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The pod spec inside an object that makes pods, or of a pod.
#[must_use]
pub fn pod_spec(object: &Value) -> Option<&Value> {
    [
        "/spec/jobTemplate/spec/template/spec",
        "/spec/template/spec",
        "/spec",
    ]
    .iter()
    .filter_map(|pointer| object.pointer(pointer))
    .find(|spec| spec["containers"].is_array())
}

/// Whether who writes there rules the node.
fn rules(path: &str) -> bool {
    let is_harmless = HARMLESS.iter().any(|it| is_in(path, it));
    !is_harmless && CRITICAL.iter().chain(&RULING).any(|it| touches(path, it))
        || is_in("/tmp/ccs-log-collector", path)
        || is_in(path, "/tmp/ccs-log-collector")
}

/// Whether one of two directories is, or is in, the other.
fn touches(path: &str, other: &str) -> bool {
    is_in(path, other) || is_in(other, path)
}

fn is_in(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `/var/run` is `/run`, as on every node.
fn tidy(path: &str) -> String {
    let path = clean(path);
    match path.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(container: Value, host: &str) -> Value {
        let mut container = container;
        container["name"] = json!("main");
        let mut spec = json!({"containers": [container]});
        if !host.is_empty() {
            spec["volumes"] = json!([{"name": "v", "hostPath": {"path": host}}]);
            spec["containers"][0]["volumeMounts"] = json!([{"name": "v", "mountPath": "/mnt"}]);
        }
        spec
    }

    fn power(spec: &Value) -> Power {
        Power::of_all(spec, containers(spec))
    }

    #[test]
    fn an_ordinary_pod_has_no_power() {
        for host in [
            "",
            "/var/log",
            "/etc/localtime",
            "/data",
            "/dev/shm",
            "/tmp",
        ] {
            let is_any = power(&spec(json!({}), host)).is_any();
            assert_eq!(is_any, host == "/tmp", "{host}");
        }
    }

    #[test]
    fn a_privileged_container_commands_the_kernel() {
        let found = power(&spec(json!({"securityContext": {"privileged": true}}), ""));
        assert!(found.kernel && !found.files && !found.network);
        let added = json!({"securityContext": {"capabilities": {"add": ["CAP_SYS_ADMIN"]}}});
        assert!(power(&spec(added, "")).kernel);
        let added = json!({"securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}});
        let mut spec = spec(added, "");
        assert!(!power(&spec).is_any());
        spec["hostNetwork"] = json!(true);
        assert!(power(&spec).network);
    }

    #[test]
    fn who_writes_into_ruling_directories_has_power() {
        for host in [
            "/",
            "/etc",
            "/var/run/docker.sock",
            "/var/lib",
            "/etc/kubernetes/manifests",
        ] {
            assert!(power(&spec(json!({}), host)).files, "{host}");
        }
        let mut read_only = spec(json!({}), "/");
        read_only["containers"][0]["volumeMounts"][0]["readOnly"] = json!(true);
        assert!(!power(&read_only).is_any());
        assert_eq!(critical_mounts(&read_only), [""; 0]);
    }

    #[test]
    fn another_container_s_power_is_not_one_s_own() {
        let spec = json!({"containers": [
            {"name": "main", "securityContext": {"privileged": true}},
            {"name": "side"},
        ]});
        assert!(!Power::of(&spec, &spec["containers"][1]).is_any());
        assert!(power(&spec).is_any());
    }

    #[test]
    fn mounts_are_where_the_container_sees_them() {
        let mut spec = spec(json!({}), "/var//run/");
        spec["containers"][0]["volumeMounts"][0]["subPath"] = json!("a");
        let found = mounts(&spec, &spec["containers"][0]);
        assert_eq!(found[0].host, "/run/a");
        assert_eq!(found[0].path, "/mnt");
    }

    #[test]
    fn a_pod_spec_stands_at_three_places() {
        let spec = json!({"containers": []});
        let template = json!({"spec": {"template": {"spec": spec}}});
        assert!(pod_spec(&json!({"spec": spec})).is_some());
        assert!(pod_spec(&template).is_some());
        assert!(pod_spec(&json!({"spec": {"jobTemplate": template}})).is_some());
        assert!(pod_spec(&json!({"spec": {"replicas": 1}})).is_none());
    }
}

//! What a container of `debug` may do.
//!
//! Source: kubectl `pkg/cmd/debug/profiles.go`.

use serde_json::{Value, json};

/// `--profile`. Before kubectl 1.36 `legacy` was the default; in a pod or on a node `general` allows no less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    Legacy,
    General,
    Baseline,
    Restricted,
    Netadmin,
    Sysadmin,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Node,
    Copy,
    Inside,
}

impl Profile {
    /// `None` where kubectl knows no such profile.
    pub(super) fn called(name: &str) -> Option<Self> {
        Some(match name {
            "legacy" | "auto" => Self::Legacy,
            "general" => Self::General,
            "baseline" => Self::Baseline,
            "restricted" => Self::Restricted,
            "netadmin" => Self::Netadmin,
            "sysadmin" => Self::Sysadmin,
            _ => return None,
        })
    }

    /// Gives the container its rights.
    pub(super) fn apply(self, spec: &mut Value, container: &str, style: Style) {
        let clears = match self {
            Self::General => style == Style::Node,
            Self::Baseline | Self::Restricted => true,
            Self::Legacy | Self::Netadmin | Self::Sysadmin => false,
        };
        edit(spec, container, |container| {
            if clears {
                container["securityContext"] = Value::Null;
            }
            match self {
                Self::Legacy | Self::Baseline => {}
                Self::General if style == Style::Node => {}
                Self::General => add_capabilities(container, &["SYS_PTRACE"]),
                Self::Netadmin => add_capabilities(container, &["NET_ADMIN", "NET_RAW"]),
                Self::Sysadmin => container["securityContext"]["privileged"] = json!(true),
                Self::Restricted => {
                    container["securityContext"] = json!({
                        "runAsNonRoot": true,
                        "allowPrivilegeEscalation": false,
                        "capabilities": {"drop": ["ALL"]},
                        "seccompProfile": {"type": "RuntimeDefault"},
                    });
                }
            }
        });
        match style {
            Style::Node => {
                if matches!(self, Self::Legacy | Self::General | Self::Sysadmin) {
                    mount_root(spec, container);
                }
                if !matches!(self, Self::Baseline | Self::Restricted) {
                    for field in ["hostNetwork", "hostPID", "hostIPC"] {
                        spec[field] = json!(true);
                    }
                }
            }
            Style::Copy => {
                if self != Self::Legacy && spec["shareProcessNamespace"].is_null() {
                    spec["shareProcessNamespace"] = json!(true);
                }
            }
            Style::Inside => {}
        }
    }
}

/// The node's files at `/host`.
fn mount_root(spec: &mut Value, container: &str) {
    const VOLUME: &str = "host-root";
    spec["volumes"] = json!([{"name": VOLUME, "hostPath": {"path": "/"}}]);
    edit(spec, container, |container| {
        container["volumeMounts"] = json!([{"name": VOLUME, "mountPath": "/host"}]);
    });
}

fn add_capabilities(container: &mut Value, names: &[&str]) {
    let added = &mut container["securityContext"]["capabilities"]["add"];
    let mut all = added.as_array().cloned().unwrap_or_default();
    all.extend(names.iter().map(|name| json!(name)));
    *added = Value::Array(all);
}

/// Changes the container of this name, if there is one.
pub(super) fn edit(spec: &mut Value, name: &str, change: impl FnOnce(&mut Value)) {
    for field in ["containers", "initContainers", "ephemeralContainers"] {
        let containers = spec.get_mut(field).and_then(Value::as_array_mut);
        let found = containers
            .into_iter()
            .flatten()
            .find(|container| container["name"] == name);
        if let Some(container) = found {
            change(container);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::host::Power;

    fn power(profile: &str, style: Style) -> Power {
        let mut spec = json!({"containers": [{"name": "debugger"}]});
        Profile::called(profile)
            .expect("a profile")
            .apply(&mut spec, "debugger", style);
        Power::of(&spec, &spec["containers"][0])
    }

    #[test]
    fn a_profile_decides_what_can_be_done_to_a_node() {
        for profile in ["legacy", "general", "sysadmin"] {
            let found = power(profile, Style::Node);
            assert!(found.files && found.kernel, "{profile}");
        }
        let found = power("netadmin", Style::Node);
        assert!(found.network && !found.files);
        for profile in ["baseline", "restricted"] {
            assert!(!power(profile, Style::Node).is_any(), "{profile}");
        }
    }

    #[test]
    fn inside_a_pod_only_sysadmin_reaches_its_node() {
        for profile in ["legacy", "general", "baseline", "restricted", "netadmin"] {
            assert!(!power(profile, Style::Inside).is_any(), "{profile}");
        }
        assert!(power("sysadmin", Style::Inside).kernel);
        assert!(power("sysadmin", Style::Copy).kernel);
    }

    #[test]
    fn there_is_no_other_profile() {
        assert_eq!(Profile::called("admin"), None);
    }
}

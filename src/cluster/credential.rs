//! Running the credential plugin of a kubeconfig, once.
//!
//! The client would run it three times, and would hand it our standard input, which may be a manifest.
//! Source: client-go `plugin/pkg/client/auth/exec/exec.go`.

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kube::config::AuthInfo;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::destination::DestinationError;
use super::kubeconfig::{Cluster, Exec};

/// Set for programs that we start to read something: a `kubectl` that they call and that is us in disguise runs
/// the real one at once.
pub const PASS_THROUGH: &str = "KUBECTL_SAFE_PASS_THROUGH";

/// The key of a cluster's extension that is meant for its plugin.
const PLUGIN_EXTENSION: &str = "client.authentication.k8s.io/exec";

/// Which plugins may run. Source: kuberc `credentialPluginPolicy`, `credentialPluginAllowlist`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PluginPolicy {
    /// `AllowAll`, and when the kuberc says nothing.
    #[default]
    AllowAll,
    /// `DenyAll`.
    DenyAll,
    /// `Allowlist`, with its commands: names or paths.
    Allowlist(Vec<String>),
}

/// What a plugin may use to talk to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardInput {
    /// A terminal that nothing else in this command reads.
    Terminal,
    /// A pipe, a file, closed, or read as a manifest.
    Unavailable,
}

/// Why there are no credentials.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PluginError {
    /// The kuberc forbids it; kubectl will refuse, too.
    #[error("the kuberc does not allow the credential plugin {0}")]
    Forbidden(String),
    /// It insists on a terminal.
    #[error("the credential plugin {0} needs a terminal on standard input")]
    NoTerminal(String),
    /// It cannot be started.
    #[error("the credential plugin {command} cannot be run: {why}")]
    NotRun {
        /// As the kubeconfig writes it.
        command: String,
        /// In words.
        why: String,
    },
    /// It ended badly. What it says of it is on standard error.
    #[error("the credential plugin {command} failed ({status})")]
    Failed {
        /// As the kubeconfig writes it.
        command: String,
        /// Such as `exit status: 1`.
        status: String,
    },
    /// It printed something else than an `ExecCredential` with a token or a certificate and its key.
    #[error("the credential plugin {0} printed no usable ExecCredential")]
    Unintelligible(String),
}

/// A credential plugin, ready to run. Equal to what kubectl would run.
#[derive(Clone)]
pub struct Plugin {
    command: PathBuf,
    args: Vec<String>,
    env: Vec<(String, String)>,
    api_version: String,
    mode: InteractiveMode,
    /// `spec.cluster`, when the plugin wants it.
    cluster: Option<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum InteractiveMode {
    Never,
    IfAvailable,
    Always,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecCredential {
    api_version: String,
    kind: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct Status {
    token: String,
    client_certificate_data: String,
    client_key_data: String,
}

impl Plugin {
    /// Refuses what kubectl refuses before it runs a plugin. `authority` is the PEM of the cluster's authority.
    pub fn new(
        exec: &Exec,
        cluster: &Cluster,
        authority: Option<&[u8]>,
    ) -> Result<Self, DestinationError> {
        let stops = |why: String| DestinationError::KubectlStops(why);
        if exec.command.is_empty() {
            return Err(stops(
                "the credential plugin of the kubeconfig has no command".to_owned(),
            ));
        }
        if exec.env.iter().any(|variable| variable.name.is_empty()) {
            return Err(stops(format!(
                "the credential plugin {} has a variable without name",
                exec.command
            )));
        }
        let has_default_mode = match exec.api_version.as_str() {
            "client.authentication.k8s.io/v1" => false,
            "client.authentication.k8s.io/v1beta1" => true,
            // Older kubectls know v1alpha1.
            _ => {
                return Err(DestinationError::Unusable(format!(
                    "the credential plugin {} wants an apiVersion that is not known here: {}",
                    exec.command, exec.api_version
                )));
            }
        };
        let mode = match exec.interactive_mode.as_str() {
            "" if has_default_mode => InteractiveMode::IfAvailable,
            "Never" => InteractiveMode::Never,
            "IfAvailable" => InteractiveMode::IfAvailable,
            "Always" => InteractiveMode::Always,
            _ => {
                return Err(stops(format!(
                    "the credential plugin {} has no valid interactiveMode",
                    exec.command
                )));
            }
        };
        Ok(Self {
            command: clean(Path::new(&exec.command)),
            args: exec.args.clone(),
            env: exec
                .env
                .iter()
                .map(|variable| (variable.name.clone(), variable.value.clone()))
                .collect(),
            api_version: exec.api_version.clone(),
            mode,
            cluster: exec
                .provide_cluster_info
                .then(|| cluster_info(cluster, authority)),
        })
    }

    /// Runs it and puts what it says into `auth`. Blocks until it ends: a person may be logging in.
    pub fn run(
        &self,
        policy: &PluginPolicy,
        stdin: StandardInput,
        auth: &mut AuthInfo,
    ) -> Result<(), PluginError> {
        let name = || self.command.display().to_string();
        if !self.is_allowed(policy) {
            return Err(PluginError::Forbidden(name()));
        }
        let interactive = match (self.mode, stdin) {
            (InteractiveMode::Never, _)
            | (InteractiveMode::IfAvailable, StandardInput::Unavailable) => false,
            (InteractiveMode::Always, StandardInput::Unavailable) => {
                return Err(PluginError::NoTerminal(name()));
            }
            (_, StandardInput::Terminal) => true,
        };
        let output = Command::new(&self.command)
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env(
                "KUBERNETES_EXEC_INFO",
                self.request(interactive).to_string(),
            )
            .env(PASS_THROUGH, "1")
            .stdin(if interactive {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| PluginError::NotRun {
                command: name(),
                why: error.kind().to_string(),
            })?;
        if !output.status.success() {
            return Err(PluginError::Failed {
                command: name(),
                status: output.status.to_string(),
            });
        }
        let status = self
            .answer(&output.stdout)
            .ok_or_else(|| PluginError::Unintelligible(name()))?;
        if !status.token.is_empty() {
            auth.token = Some(status.token.into());
        }
        if !status.client_certificate_data.is_empty() {
            auth.client_certificate_data = Some(BASE64.encode(status.client_certificate_data));
            auth.client_key_data = Some(BASE64.encode(status.client_key_data).into());
        }
        Ok(())
    }

    fn request(&self, interactive: bool) -> Value {
        let mut spec = json!({ "interactive": interactive });
        if let Some(cluster) = &self.cluster {
            spec["cluster"] = cluster.clone();
        }
        json!({ "kind": "ExecCredential", "apiVersion": self.api_version, "spec": spec })
    }

    /// The credentials, if they are complete.
    fn answer(&self, stdout: &[u8]) -> Option<Status> {
        // The decoder of kubectl takes YAML as well.
        let answer: ExecCredential = serde_yaml::from_slice(stdout).ok()?;
        if answer.kind != "ExecCredential" || answer.api_version != self.api_version {
            return None;
        }
        let status = answer.status;
        let has_certificate = !status.client_certificate_data.is_empty();
        let complete = has_certificate != status.client_key_data.is_empty()
            && (has_certificate || !status.token.is_empty());
        complete.then_some(status)
    }

    fn is_allowed(&self, policy: &PluginPolicy) -> bool {
        match policy {
            PluginPolicy::AllowAll => true,
            PluginPolicy::DenyAll => false,
            PluginPolicy::Allowlist(entries) => {
                let Ok(program) = which::which(&self.command) else {
                    return false;
                };
                entries.iter().map(Path::new).any(|entry| {
                    entry == self.command
                        || entry == program
                        || entry.file_name() == self.command.file_name()
                            && which::which(entry).is_ok_and(|entry| entry == program)
                })
            }
        }
    }
}

/// What kubectl tells a plugin about the cluster.
fn cluster_info(cluster: &Cluster, authority: Option<&[u8]>) -> Value {
    let mut info = Map::new();
    let mut say = |key: &str, value: Value| {
        let is_zero =
            matches!(&value, Value::String(text) if text.is_empty()) || value == Value::Bool(false);
        if !is_zero && !value.is_null() {
            info.insert(key.to_owned(), value);
        }
    };
    say("server", json!(cluster.server));
    say("tls-server-name", json!(cluster.tls_server_name));
    say(
        "insecure-skip-tls-verify",
        json!(cluster.insecure_skip_tls_verify),
    );
    say(
        "certificate-authority-data",
        json!(authority.map(|pem| BASE64.encode(pem))),
    );
    say("proxy-url", json!(cluster.proxy_url));
    say("disable-compression", json!(cluster.disable_compression));
    let config = cluster
        .extensions
        .iter()
        .find(|extension| extension.name == PLUGIN_EXTENSION);
    say(
        "config",
        config.map_or(Value::Null, |extension| extension.extension.clone()),
    );
    Value::Object(info)
}

/// Go's `filepath.Clean`, for what a policy compares.
fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(cleaned.components().next_back(), Some(Component::Normal(_))) =>
            {
                cleaned.pop();
            }
            Component::ParentDir if cleaned.has_root() => {}
            other => cleaned.push(other),
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::*;
    use crate::cluster::kubeconfig::{Extension, Variable};

    const V1: &str = "client.authentication.k8s.io/v1";

    /// A plugin that is a shell script.
    struct Script(TempDir);

    impl Script {
        fn new(body: &str) -> Self {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("login");
            fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a script");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its owner");
            Self(folder)
        }

        fn exec(&self) -> Exec {
            Exec {
                command: self.0.path().join("login").display().to_string(),
                api_version: V1.to_owned(),
                interactive_mode: "IfAvailable".to_owned(),
                ..Exec::default()
            }
        }
    }

    /// The credentials as the client will have them.
    fn run(exec: &Exec, policy: &PluginPolicy, stdin: StandardInput) -> Result<Value, PluginError> {
        let plugin = Plugin::new(exec, &Cluster::default(), None).expect("a good plugin");
        let mut auth = AuthInfo::default();
        plugin.run(policy, stdin, &mut auth)?;
        Ok(serde_json::to_value(&auth).expect("plain data"))
    }

    fn credential(status: &Value) -> String {
        let answer = json!({"kind": "ExecCredential", "apiVersion": V1, "status": status});
        format!("echo '{answer}'")
    }

    #[test]
    fn it_runs_once_without_our_input_and_is_marked() {
        let script = Script::new("");
        let count = script.0.path().join("runs");
        let body = format!(
            "echo \"$A $1 $KUBECTL_SAFE_PASS_THROUGH $KUBERNETES_EXEC_INFO [$(cat)]\" >> {}\n{}",
            count.display(),
            credential(&json!({"token": "t0ken"}))
        );
        let script = Script::new(&body);
        let mut exec = script.exec();
        exec.args = vec!["get".into()];
        exec.env = vec![Variable {
            name: "A".into(),
            value: "a".into(),
        }];
        let auth =
            run(&exec, &PluginPolicy::AllowAll, StandardInput::Unavailable).expect("a token");
        assert_eq!(auth["token"], "t0ken");
        let runs = fs::read_to_string(count).expect("what it wrote");
        let request =
            json!({"kind": "ExecCredential", "apiVersion": V1, "spec": {"interactive": false}});
        assert_eq!(runs, format!("a get 1 {request} []\n"));
    }

    #[test]
    fn a_certificate_comes_with_its_key() {
        let script = Script::new(&credential(
            &json!({"clientCertificateData": "C", "clientKeyData": "K"}),
        ));
        let auth = run(
            &script.exec(),
            &PluginPolicy::AllowAll,
            StandardInput::Unavailable,
        )
        .expect("a pair");
        assert_eq!(auth["client-certificate-data"], BASE64.encode("C"));
        assert_eq!(auth["client-key-data"], BASE64.encode("K"));
    }

    #[test]
    fn what_it_may_do_wrong() {
        let v1beta1 = json!({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1",
            "status": {"token": "t"}});
        for body in [
            "echo hello".to_owned(),
            "true".to_owned(),
            format!("echo '{v1beta1}'"),
            credential(&json!({})),
            credential(&json!({"token": "t", "clientKeyData": "K"})),
            credential(&json!({"clientCertificateData": "C"})),
        ] {
            let answer = run(
                &Script::new(&body).exec(),
                &PluginPolicy::AllowAll,
                StandardInput::Unavailable,
            );
            assert!(
                matches!(answer, Err(PluginError::Unintelligible(_))),
                "{body}"
            );
        }
        let failed = run(
            &Script::new("exit 3").exec(),
            &PluginPolicy::AllowAll,
            StandardInput::Unavailable,
        );
        assert!(
            matches!(&failed, Err(PluginError::Failed { status, .. }) if status.contains('3')),
            "{failed:?}"
        );
        let missing = Exec {
            command: "/no/such/login".into(),
            ..Script::new("").exec()
        };
        let missing = run(
            &missing,
            &PluginPolicy::AllowAll,
            StandardInput::Unavailable,
        );
        assert!(matches!(missing, Err(PluginError::NotRun { .. })));
        let always = Exec {
            interactive_mode: "Always".into(),
            ..Script::new("").exec()
        };
        let always = run(&always, &PluginPolicy::AllowAll, StandardInput::Unavailable);
        assert!(matches!(always, Err(PluginError::NoTerminal(_))));
    }

    #[test]
    fn the_kuberc_may_forbid_it() {
        let script = Script::new(&credential(&json!({"token": "t"})));
        let exec = script.exec();
        let allowed = |policy: &PluginPolicy| match run(&exec, policy, StandardInput::Unavailable) {
            Ok(_) => true,
            Err(PluginError::Forbidden(_)) => false,
            Err(other) => panic!("{other}"),
        };
        assert!(!allowed(&PluginPolicy::DenyAll));
        assert!(allowed(&PluginPolicy::Allowlist(vec![
            "other".into(),
            exec.command.clone()
        ])));
        assert!(!allowed(&PluginPolicy::Allowlist(vec![
            "login".into(),
            "/usr/bin/login".into()
        ])));
        assert!(!allowed(&PluginPolicy::Allowlist(Vec::new())));
    }

    #[test]
    fn it_hears_of_the_cluster_when_it_wants_to() {
        let exec = Exec {
            provide_cluster_info: true,
            ..Script::new("").exec()
        };
        let cluster = Cluster {
            server: "https://s".into(),
            insecure_skip_tls_verify: true,
            extensions: vec![Extension {
                name: PLUGIN_EXTENSION.into(),
                extension: json!({"audience": "x"}),
            }],
            ..Cluster::default()
        };
        let plugin = Plugin::new(&exec, &cluster, Some(b"PEM")).expect("a good plugin");
        let expected = json!({"server": "https://s", "insecure-skip-tls-verify": true,
            "certificate-authority-data": BASE64.encode("PEM"), "config": {"audience": "x"}});
        assert_eq!(
            plugin.request(true)["spec"],
            json!({"interactive": true, "cluster": expected})
        );
    }

    #[test]
    fn what_kubectl_refuses_before_it_runs() {
        let good = Script::new("").exec();
        let new = |exec: &Exec| Plugin::new(exec, &Cluster::default(), None).err();
        assert_eq!(new(&good), None);
        let stops = |exec: &Exec| matches!(new(exec), Some(DestinationError::KubectlStops(_)));
        assert!(stops(&Exec {
            command: String::new(),
            ..good.clone()
        }));
        assert!(stops(&Exec {
            interactive_mode: String::new(),
            ..good.clone()
        }));
        assert!(stops(&Exec {
            interactive_mode: "Sometimes".into(),
            ..good.clone()
        }));
        let beta = "client.authentication.k8s.io/v1beta1".to_owned();
        assert_eq!(
            new(&Exec {
                interactive_mode: String::new(),
                api_version: beta,
                ..good.clone()
            }),
            None
        );
        let old = new(&Exec {
            api_version: "client.authentication.k8s.io/v1alpha1".into(),
            ..good
        });
        assert!(matches!(old, Some(DestinationError::Unusable(_))));
    }

    #[test]
    fn paths_are_compared_clean() {
        for (path, cleaned) in [
            ("/a/./b/../c", "/a/c"),
            ("a//b", "a/b"),
            ("/../a", "/a"),
            ("../a", "../a"),
            ("login", "login"),
        ] {
            assert_eq!(clean(Path::new(path)), Path::new(cleaned), "{path}");
        }
    }
}

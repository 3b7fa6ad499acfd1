//! Running the credential plugin of a kubeconfig, once.
//!
//! The client would run it three times, would wait for it for ever, and would hand it our standard input, which may be a manifest.
//! Source: client-go `plugin/pkg/client/auth/exec/exec.go`.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kube::config::AuthInfo;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::destination::{DestinationError, Unusable};
use super::kubeconfig::{Cluster, Exec};
use crate::clock;
use crate::kubectl::program::errand::{self, Errand, Unheard};
use crate::kubectl::program::pass::Pass;
use crate::limit::{self, Excess};

/// The key of a cluster's extension that is meant for its plugin.
const PLUGIN_EXTENSION: &str = "client.authentication.k8s.io/exec";

/// The most values of what a plugin says.
const VALUES: usize = 1000;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginError {
    /// The kuberc forbids it; kubectl will refuse, too.
    Forbidden(String),
    /// It insists on a terminal.
    NoTerminal(String),
    /// It cannot be started.
    NotRun {
        /// As the kubeconfig writes it.
        command: String,
        /// In words.
        why: String,
    },
    /// It did not end in the time of the look.
    Late {
        /// As the kubeconfig writes it.
        command: String,
        /// The time that it had.
        limit: Duration,
    },
    /// It printed too much.
    Excess {
        /// As the kubeconfig writes it.
        command: String,
        /// Of what.
        excess: Excess,
    },
    /// It ended badly. What it says of it is on standard error.
    Failed {
        /// As the kubeconfig writes it.
        command: String,
        /// Such as `exit status: 1`.
        status: String,
    },
    /// It printed something else than an `ExecCredential` with a token or a certificate and its key.
    Unintelligible(String),
}

impl std::error::Error for PluginError {}

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
                return Err(DestinationError::Unusable(Unusable::PluginVersion {
                    command: exec.command.clone(),
                    api_version: exec.api_version.clone(),
                }));
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

    /// Runs it and puts what it says into `auth`. Where a person may be logging in at a terminal, it has all the time that they take;
    /// elsewhere so much.
    pub fn run(
        &self,
        policy: &PluginPolicy,
        stdin: StandardInput,
        limit: Duration,
        auth: &mut AuthInfo,
    ) -> Result<(), PluginError> {
        let name = || self.command.display().to_string();
        self.permit(policy)?;
        let interactive = match (self.mode, stdin) {
            (InteractiveMode::Never, _)
            | (InteractiveMode::IfAvailable, StandardInput::Unavailable) => false,
            (InteractiveMode::Always, StandardInput::Unavailable) => {
                return Err(PluginError::NoTerminal(name()));
            }
            (_, StandardInput::Terminal) => true,
        };
        let mut command = Command::new(&self.command);
        let _pass = Pass::give(&mut command);
        command
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env(
                "KUBERNETES_EXEC_INFO",
                self.request(interactive).to_string(),
            )
            .stdin(if interactive {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let is_attended = interactive || errand::is_attended();
        let errand =
            Errand::start(&mut command, is_attended).map_err(|error| self.not_run(&error))?;
        let ended = if is_attended {
            clock::pause(|| errand.end(None))
        } else {
            errand.end(Some(limit.min(clock::left())))
        };
        let printed = ended.map_err(|unheard| match unheard {
            Unheard::Late => PluginError::Late {
                command: name(),
                limit,
            },
            Unheard::Excess(excess) => PluginError::Excess {
                command: name(),
                excess,
            },
            Unheard::System(error) => self.not_run(&error),
        })?;
        if !printed.status.success() {
            return Err(PluginError::Failed {
                command: name(),
                status: printed.status.to_string(),
            });
        }
        let status = self
            .answer(&printed.stdout)
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

    /// Whether the person's kuberc lets it run, be it by us or by a kubectl that reads for us.
    pub fn permit(&self, policy: &PluginPolicy) -> Result<(), PluginError> {
        if self.is_allowed(policy) {
            Ok(())
        } else {
            Err(PluginError::Forbidden(self.command.display().to_string()))
        }
    }

    fn not_run(&self, error: &io::Error) -> PluginError {
        PluginError::NotRun {
            command: self.command.display().to_string(),
            why: error.kind().to_string(),
        }
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
        limit::check_yaml(stdout, VALUES).ok()?;
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
mod tests;

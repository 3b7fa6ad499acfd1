//! The kubeconfig files, read and merged as kubectl does.
//!
//! Source: client-go `tools/clientcmd/loader.go` and `tools/clientcmd/api/v1`.

mod certain;

use std::collections::{BTreeMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf, absolute};

use serde::Deserialize;
use serde_json::Value;

use super::destination::{DestinationError, Unusable};
use crate::kubectl::inputs::{self, NotRead};
use crate::limit;

/// The most values of one file: a thousand clusters with their users have a third of it.
const VALUES: usize = 100_000;

/// All files as one: the first file that has a name keeps it, entry by entry, without mixing.
#[derive(Default)]
pub struct Kubeconfig {
    /// Of the first file that says one.
    pub current_context: String,
    /// By name.
    pub clusters: BTreeMap<String, Cluster>,
    /// By name.
    pub users: BTreeMap<String, User>,
    /// By name.
    pub contexts: BTreeMap<String, Context>,
}

/// A server and how to know it. Paths are absolute or, in an override, relative to the working directory.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the kubeconfig's own keys")]
pub struct Cluster {
    pub server: String,
    pub certificate_authority: String,
    pub certificate_authority_data: String,
    pub insecure_skip_tls_verify: bool,
    pub tls_server_name: String,
    pub proxy_url: String,
    pub disable_compression: bool,
    pub extensions: Vec<Extension>,
}

/// Anything, under a name.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the kubeconfig's own keys")]
pub struct Extension {
    pub name: String,
    pub extension: Value,
}

/// Who asks. No `Debug`: it holds secrets.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the kubeconfig's own keys")]
pub struct User {
    pub client_certificate: String,
    pub client_certificate_data: String,
    pub client_key: String,
    pub client_key_data: String,
    pub token: String,
    #[serde(rename = "tokenFile")]
    pub token_file: String,
    #[serde(rename = "as")]
    pub act_as: String,
    #[serde(rename = "as-uid")]
    pub act_as_uid: String,
    #[serde(rename = "as-groups")]
    pub act_as_groups: Vec<String>,
    #[serde(rename = "as-user-extra")]
    pub act_as_user_extra: BTreeMap<String, Vec<String>>,
    pub username: String,
    pub password: String,
    /// Handed to the client as it is.
    pub auth_provider: Option<Value>,
    pub exec: Option<Exec>,
}

/// A credential plugin.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the kubeconfig's own keys")]
pub struct Exec {
    pub command: String,
    pub args: Vec<String>,
    pub env: Vec<Variable>,
    pub api_version: String,
    pub install_hint: String,
    pub provide_cluster_info: bool,
    pub interactive_mode: String,
}

/// An environment variable of a plugin.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the kubeconfig's own keys")]
pub struct Variable {
    pub name: String,
    pub value: String,
}

/// A cluster, a user and a namespace.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the kubeconfig's own keys")]
pub struct Context {
    pub cluster: String,
    pub user: String,
    pub namespace: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct File {
    current_context: String,
    clusters: Vec<NamedCluster>,
    users: Vec<NamedUser>,
    contexts: Vec<NamedContext>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedCluster {
    name: String,
    cluster: Cluster,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedUser {
    name: String,
    user: User,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedContext {
    name: String,
    context: Context,
}

impl Kubeconfig {
    /// The one file of `--kubeconfig`, which must exist.
    pub fn read(path: &Path) -> Result<Self, DestinationError> {
        let mut merged = Self::default();
        match text(path)? {
            Some(text) => merged.add(File::parse(path, &text)?),
            None => {
                return Err(DestinationError::KubectlStops(format!(
                    "there is no kubeconfig {}",
                    path.display()
                )));
            }
        }
        Ok(merged)
    }

    /// A list of files; those that do not exist are passed over.
    pub fn merge(paths: impl IntoIterator<Item = PathBuf>) -> Result<Self, DestinationError> {
        let mut merged = Self::default();
        let mut seen = HashSet::new();
        for path in paths {
            if path.as_os_str().is_empty() || !seen.insert(path.clone()) {
                continue;
            }
            if let Some(text) = text(&path)? {
                merged.add(File::parse(&path, &text)?);
            }
        }
        Ok(merged)
    }

    /// What `kubectl config view --raw -o json` says: all files as one, their paths as they are written. They mean the
    /// folder of `file`, where it was the only one; nothing when it may be the folder of another.
    #[must_use]
    pub fn of_kubectl(json: &[u8], file: Option<&Path>) -> Option<Self> {
        let mut json: Value = serde_json::from_slice(json).ok()?;
        drop_nulls(&mut json);
        let mut read: File = serde_json::from_value(json).ok()?;
        // Of several files, only an absolute path says where it is.
        let is_whole = read
            .paths()
            .all(|path| path.is_empty() || Path::new(path).is_absolute());
        match file {
            Some(file) => read.resolve_paths(file),
            None if is_whole => {}
            None => return None,
        }
        let mut merged = Self::default();
        merged.add(read);
        Some(merged)
    }

    fn add(&mut self, file: File) {
        if self.current_context.is_empty() {
            self.current_context = file.current_context;
        }
        for NamedCluster { name, cluster } in file.clusters {
            self.clusters.entry(name).or_insert(cluster);
        }
        for NamedUser { name, user } in file.users {
            self.users.entry(name).or_insert(user);
        }
        for NamedContext { name, context } in file.contexts {
            self.contexts.entry(name).or_insert(context);
        }
    }
}

/// The file's text; nothing when it does not exist.
fn text(path: &Path) -> Result<Option<String>, DestinationError> {
    match inputs::read(path) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Unusable::NotText(path.display().to_string()).into()),
        Err(NotRead::Failed(error)) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(NotRead::ReadOnce) => Err(Unusable::ReadOnce(path.display().to_string()).into()),
        Err(NotRead::Excess(excess)) => Err(Unusable::excess(path, excess).into()),
        // kubectl reads the same file as the same user.
        Err(NotRead::Failed(error)) => Err(DestinationError::KubectlStops(format!(
            "the kubeconfig {} cannot be read: {}",
            path.display(),
            error.kind()
        ))),
    }
}

impl File {
    /// Go's YAML reader accepts a little more than ours and a little less, so that a file we cannot read is not
    /// proof that kubectl stops; and what the two may read differently is read by kubectl.
    fn parse(path: &Path, text: &str) -> Result<Self, DestinationError> {
        let name = || path.display().to_string();
        let not_yaml = |error: serde_yaml::Error| Unusable::NotYaml {
            path: name(),
            at: error.location().map(|at| (at.line(), at.column())),
        };
        limit::check_yaml(text.as_bytes(), VALUES)
            .map_err(|excess| Unusable::excess(path, excess))?;
        if !certain::is_plain(text) {
            return Err(Unusable::Uncertain(name()).into());
        }
        // Only the first document counts.
        let Some(document) = serde_yaml::Deserializer::from_str(text).next() else {
            return Ok(Self::default());
        };
        let yaml = serde_yaml::Value::deserialize(document).map_err(not_yaml)?;
        if !certain::has_plain_values(&yaml) || !certain::is_of_known_version(&yaml) {
            return Err(Unusable::Uncertain(name()).into());
        }
        let mut json: Value = serde_yaml::from_value(yaml).map_err(not_yaml)?;
        drop_nulls(&mut json);
        if json.is_null() {
            return Ok(Self::default());
        }
        if !json.is_object() {
            return Err(Unusable::NoMap(name()).into());
        }
        let mut file: Self =
            serde_json::from_value(json).map_err(|_| Unusable::WrongType(name()))?;
        file.refuse_twins().map_err(|twin| Unusable::Twice {
            path: name(),
            name: twin,
        })?;
        file.resolve_paths(path);
        Ok(file)
    }

    fn refuse_twins(&self) -> Result<(), String> {
        fn twin<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), String> {
            let mut seen = HashSet::new();
            names.into_iter().try_for_each(|name| {
                if seen.insert(name) {
                    Ok(())
                } else {
                    Err(name.clone())
                }
            })
        }
        twin(self.clusters.iter().map(|named| &named.name))?;
        twin(self.users.iter().map(|named| &named.name))?;
        twin(self.contexts.iter().map(|named| &named.name))
    }

    /// Relative paths mean the folder of their file. A plugin's command is a path only when it has a slash.
    fn resolve_paths(&mut self, file: &Path) {
        let folder = absolute(file)
            .ok()
            .and_then(|file| file.parent().map(Path::to_owned))
            .unwrap_or_default();
        for path in self.paths() {
            if !path.is_empty() {
                // `join` keeps an absolute path as it is.
                *path = folder.join(&*path).to_string_lossy().into_owned();
            }
        }
    }

    /// All that is a path.
    fn paths(&mut self) -> impl Iterator<Item = &mut String> {
        let clusters = self.clusters.iter_mut();
        let authorities = clusters.map(|named| &mut named.cluster.certificate_authority);
        let users = self.users.iter_mut().flat_map(|NamedUser { user, .. }| {
            let command = user.exec.as_mut().map(|exec| &mut exec.command);
            let files = [
                &mut user.client_certificate,
                &mut user.client_key,
                &mut user.token_file,
            ];
            files
                .into_iter()
                .chain(command.filter(|command| command.contains('/')))
        });
        authorities.chain(users)
    }
}

/// Go reads a null as the type's zero value, which is what an absent key is here.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => {
            list.retain(|value| !value.is_null());
            list.iter_mut().for_each(drop_nulls);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;

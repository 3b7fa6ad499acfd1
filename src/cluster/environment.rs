//! What the environment says about where kubectl goes.
//!
//! Source: client-go `tools/clientcmd/loader.go` (`NewDefaultClientConfigLoadingRules`) and `client_config.go`
//! (`inClusterClientConfig`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::destination::{Connection, DestinationError};
use super::kubeconfig::{Cluster, Kubeconfig, User};
use super::proxy::ProxyVariables;
use crate::environment;

/// Where a pod finds its own credentials.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The part of the environment that decides where kubectl goes. Empty for what is not set.
#[derive(Clone, Debug)]
pub struct Environment {
    /// `KUBECONFIG`: a list of files.
    pub kubeconfig: OsString,
    /// `HOME`.
    pub home: OsString,
    /// `KUBERNETES_MASTER`: the server when the kubeconfig names none.
    pub master: String,
    /// `KUBERNETES_SERVICE_HOST`.
    pub service_host: String,
    /// `KUBERNETES_SERVICE_PORT`.
    pub service_port: String,
    /// `POD_NAMESPACE`.
    pub pod_namespace: String,
    /// Where a pod's credentials are.
    pub service_account: PathBuf,
    /// The proxy variables.
    pub proxy: ProxyVariables,
}

impl Environment {
    /// From the variables of a process, given by name.
    pub fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| {
            variable(name)
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        let either = |upper: &str| match text(upper) {
            value if value.is_empty() => text(&upper.to_lowercase()),
            value => value,
        };
        let [https, http, none] = environment::PROXY.map(either);
        Self {
            kubeconfig: variable(environment::KUBECONFIG).unwrap_or_default(),
            home: variable(environment::HOME).unwrap_or_default(),
            master: text(environment::KUBERNETES_MASTER),
            service_host: text(environment::SERVICE_HOST),
            service_port: text(environment::SERVICE_PORT),
            pod_namespace: text(environment::POD_NAMESPACE),
            service_account: SERVICE_ACCOUNT.into(),
            proxy: ProxyVariables { http, https, none },
        }
    }

    /// The kubeconfig that counts.
    pub(super) fn load(&self, explicit: &str) -> Result<Kubeconfig, DestinationError> {
        if !explicit.is_empty() {
            Kubeconfig::read(Path::new(explicit))
        } else if self.kubeconfig.is_empty() {
            Kubeconfig::merge([Path::new(&self.home).join(".kube/config")])
        } else {
            Kubeconfig::merge(env::split_paths(&self.kubeconfig))
        }
    }

    /// Whether all that [`Self::load`] reads can be read again, by kubectl: a pipe is empty by then.
    pub(super) fn is_read_again(&self, explicit: &str) -> bool {
        let is_lasting = |path: &Path| fs::metadata(path).map_or(true, |file| file.is_file());
        if explicit.is_empty() {
            env::split_paths(&self.kubeconfig).all(|path| is_lasting(&path))
        } else {
            is_lasting(Path::new(explicit))
        }
    }

    /// The kubeconfig, where it is one file alone.
    pub(super) fn only_file(&self, explicit: &str) -> Option<PathBuf> {
        if !explicit.is_empty() {
            return Some(explicit.into());
        }
        if self.kubeconfig.is_empty() {
            return Some(Path::new(&self.home).join(".kube/config"));
        }
        let mut files = env::split_paths(&self.kubeconfig).filter(|path| path.exists());
        files.next().filter(|_| files.next().is_none())
    }

    /// Where kubectl goes when no kubeconfig says it.
    pub(super) fn default_server(&self) -> &str {
        if self.master.is_empty() {
            "http://localhost:8080"
        } else {
            &self.master
        }
    }

    /// Whether this runs in a pod that may talk to its cluster.
    pub(super) fn is_in_cluster(&self) -> bool {
        !self.service_host.is_empty()
            && !self.service_port.is_empty()
            && fs::metadata(self.service_account.join("token")).is_ok_and(|file| !file.is_dir())
    }

    /// The namespace of the pod that this runs in.
    pub(super) fn pod_namespace(&self) -> String {
        if !self.pod_namespace.is_empty() {
            return self.pod_namespace.clone();
        }
        let file = fs::read_to_string(self.service_account.join("namespace")).unwrap_or_default();
        match file.trim() {
            "" => "default".to_owned(),
            namespace => namespace.to_owned(),
        }
    }

    /// The server and user of the pod that this runs in; only server, token and authority can be overridden.
    pub(super) fn in_cluster(
        &self,
        connection: &Connection,
    ) -> Result<(Cluster, User), DestinationError> {
        let host = if self.service_host.contains(':') {
            format!("[{}]", self.service_host)
        } else {
            self.service_host.clone()
        };
        let token = fs::read_to_string(self.service_account.join("token")).map_err(|error| {
            DestinationError::KubectlStops(format!(
                "the token of the pod's service account cannot be read: {}",
                error.kind()
            ))
        })?;
        let authority = self
            .service_account
            .join("ca.crt")
            .to_string_lossy()
            .into_owned();
        let or = |flag: &String, own: String| if flag.is_empty() { own } else { flag.clone() };
        let cluster = Cluster {
            server: or(
                &connection.server,
                format!("https://{host}:{}", self.service_port),
            ),
            certificate_authority: or(&connection.certificate_authority, authority),
            ..Cluster::default()
        };
        let user = User {
            token: or(&connection.token, token.trim().to_owned()),
            ..User::default()
        };
        Ok((cluster, user))
    }
}

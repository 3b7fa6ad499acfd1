//! Which server, user and namespace a command will really act on.
//!
//! Source: client-go `tools/clientcmd/client_config.go` and `merged_client_builder.go`, cli-runtime
//! `genericclioptions/config_flags.go`.

pub(super) mod values;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderValue, header};
use kube::Config;
use kube::config::AuthInfo;
use thiserror::Error;

use super::certificate;
use super::credential::Plugin;
use super::environment::Environment;
use super::kubeconfig::{Cluster, Kubeconfig, User};
use super::kubectl::Kubectl;
use super::overrides;
use crate::limit::Excess;
use crate::plan::Place;

use values::{data_or_file, proxy_url, server_url, without_extras};

/// A server that does not accept a connection by then is not waited for.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// kubectl's connection flags, as they count in the end. An empty string is a flag that was not given: kubectl
/// sees no difference.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "kubectl's own flag names")]
pub struct Connection {
    pub kubeconfig: String,
    pub context: String,
    pub cluster: String,
    pub user: String,
    pub namespace: String,
    pub server: String,
    pub token: String,
    pub username: String,
    pub password: String,
    pub certificate_authority: String,
    pub client_certificate: String,
    pub client_key: String,
    pub insecure_skip_tls_verify: bool,
    pub tls_server_name: String,
    pub proxy_url: String,
    pub request_timeout: String,
    pub act_as: String,
    pub act_as_uid: String,
    pub act_as_groups: Vec<String>,
    /// Each `key=value`.
    pub act_as_user_extra: Vec<String>,
    pub disable_compression: bool,
}

/// Why there is no destination.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DestinationError {
    /// kubectl itself will fail before it sends a request; it says so best.
    #[error("{0}")]
    KubectlStops(String),
    /// kubectl may go on, but we cannot follow it.
    #[error(transparent)]
    Unusable(#[from] Unusable),
}

/// Why we cannot follow kubectl to its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The certificate authority holds no certificate.
    NoCertificate,
    /// The `auth-provider` of the user cannot be read.
    AuthProvider,
    /// kubectl would ask for a user name.
    NoCredentials,
    /// The server is no URL of an API server.
    Server,
    /// The `proxy-url` is no URL of a proxy.
    Proxy,
    /// This key's data are not base64.
    NotBase64(String),
    /// A credential plugin of a version that is not known here.
    PluginVersion {
        /// The plugin.
        command: String,
        /// Its `apiVersion`.
        api_version: String,
    },
    /// The value of `--request-timeout` is no length of time.
    Timeout(String),
    /// This file can be read only once, and kubectl has to read it.
    ReadOnce(String),
    /// There is too much of this file.
    Excess {
        /// The file.
        path: String,
        /// Of what.
        excess: Excess,
    },
    /// This kubeconfig is not UTF-8.
    NotText(String),
    /// This kubeconfig is not YAML as kubectl reads it.
    NotYaml {
        /// The file.
        path: String,
        /// Line and column, from 1, where they are known.
        at: Option<(usize, usize)>,
    },
    /// This kubeconfig is not a map of keys.
    NoMap(String),
    /// This kubeconfig has something that kubectl may read otherwise than we do.
    Uncertain(String),
    /// A key of this kubeconfig has a value of the wrong type.
    WrongType(String),
    /// This kubeconfig has two entries of a name.
    Twice {
        /// The file.
        path: String,
        /// The name.
        name: String,
    },
}

impl std::error::Error for Unusable {}

impl Unusable {
    /// There is too much of this file.
    pub(super) fn excess(path: &Path, excess: Excess) -> Self {
        let path = path.display().to_string();
        Self::Excess { path, excess }
    }
}

/// Where a command acts, and how to read there.
pub struct Destination {
    /// In words.
    pub place: Place,
    config: Config,
    plugin: Option<Plugin>,
    request_timeout: Option<Duration>,
    authority: Option<String>,
    kubectl: Option<Kubectl>,
    is_kubectls_alone: bool,
}

impl Destination {
    /// What kubectl would reach with these flags in this environment. Reads files, sends nothing. `kubectl` reads a
    /// kubeconfig that it may read otherwise than we do; without it, such a kubeconfig is unread.
    pub fn find(
        connection: &Connection,
        environment: &Environment,
        kubectl: Option<Kubectl>,
    ) -> Result<Self, DestinationError> {
        let kubeconfig = match environment.load(&connection.kubeconfig) {
            Err(DestinationError::Unusable(why)) => kubectl
                .as_ref()
                // What is too much for us is too much for a kubectl that we wait for.
                .filter(|_| !matches!(why, Unusable::Excess { .. }))
                .filter(|_| environment.is_read_again(&connection.kubeconfig))
                .and_then(Kubectl::kubeconfig)
                .and_then(|json| {
                    let file = environment.only_file(&connection.kubeconfig);
                    Kubeconfig::of_kubectl(&json, file.as_deref())
                })
                .ok_or(why)?,
            read => read?,
        };
        let mut is_kubectls_alone = false;
        let mut leave_to_kubectl = |why: DestinationError| match why {
            DestinationError::Unusable(_) if kubectl.is_some() => {
                is_kubectls_alone = true;
                Ok(())
            }
            why => Err(why),
        };
        let chosen = overrides::choose(connection, &kubeconfig, environment.default_server())?;
        // kubectl reads the flag itself, where we cannot.
        let request_timeout = match overrides::timeout(&connection.request_timeout) {
            Ok(timeout) => timeout,
            Err(why) => leave_to_kubectl(why).map(|()| None)?,
        };
        let mut url = |text: &str| match server_url(text) {
            Err(why) => match server_url(&without_extras(text)) {
                Ok(url) => leave_to_kubectl(why).map(|()| url),
                Err(_) => Err(why),
            },
            url => url,
        };

        let says_nothing = chosen.cluster.server == environment.default_server()
            && url(&chosen.cluster.server)?.scheme_str() == Some("http")
            && chosen.cluster.proxy_url.is_empty()
            && !chosen.cluster.disable_compression
            && chosen.user.act_as.is_empty()
            && request_timeout.is_none();
        let in_cluster = environment.is_in_cluster();
        let namespace = match chosen.namespace.as_str() {
            "" if in_cluster => environment.pod_namespace(),
            "" => "default".to_owned(),
            namespace => namespace.to_owned(),
        };
        let (cluster, user) = if says_nothing && in_cluster {
            environment.in_cluster(connection)?
        } else {
            (chosen.cluster, chosen.user)
        };

        let server = url(&cluster.server)?;
        let proxy = if cluster.proxy_url.is_empty() {
            environment.proxy.proxy_for(&server)
        } else {
            match proxy_url(&cluster.proxy_url) {
                Ok(proxy) => Some(proxy),
                Err(why) => leave_to_kubectl(why).map(|()| None)?,
            }
        };
        let mut destination = Self {
            place: Place {
                context: chosen.context_name,
                cluster: chosen.cluster_name,
                server: server.to_string().trim_end_matches('/').to_owned(),
                user: if user.act_as.is_empty() {
                    chosen.user_name
                } else {
                    user.act_as.clone()
                },
                namespace,
            },
            config: Config::new(server.clone()),
            plugin: None,
            request_timeout,
            authority: None,
            is_kubectls_alone,
            kubectl,
        };
        let config = &mut destination.config;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        config.default_retry = false;
        let agent = concat!("kubectl-safe/", env!("CARGO_PKG_VERSION"));
        config.headers = vec![(header::USER_AGENT, HeaderValue::from_static(agent))];
        config.proxy_url = proxy;
        impersonate(&mut config.auth_info, &user);
        if server.scheme_str() == Some("https") {
            destination.secure(&cluster, &user)?;
        } else {
            // kubectl sends credentials over TLS only. An empty store: the machine's own need not be read.
            config.root_cert = Some(Vec::new());
        }
        Ok(destination)
    }

    /// The host of the server's URL, without port.
    #[must_use]
    pub fn server_host(&self) -> &str {
        self.config
            .cluster_url
            .host()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
    }

    /// The organisation (O) that signs for this cluster: of the issuer of the client certificate, or of the
    /// authority in the kubeconfig. An ACK cluster's is its id.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// The person's `--request-timeout`, if any.
    #[must_use]
    pub fn request_timeout(&self) -> Option<Duration> {
        self.request_timeout
    }

    /// The plugin that has the credentials, if the kubeconfig names one and nothing goes before it.
    #[must_use]
    pub fn plugin(&self) -> Option<&Plugin> {
        self.plugin.as_ref()
    }

    /// kubectl with the same flags, for what our own client cannot read.
    #[must_use]
    pub fn kubectl(&self) -> Option<&Kubectl> {
        self.kubectl.as_ref()
    }

    /// Whether our own client cannot be set up for it, so that only [`Self::kubectl`] reads there.
    #[must_use]
    pub fn is_kubectls_alone(&self) -> bool {
        self.is_kubectls_alone
    }

    /// The client's configuration. Its credentials lack what the plugin has to say.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How to know the server, and how it knows us.
    fn secure(&mut self, cluster: &Cluster, user: &User) -> Result<(), DestinationError> {
        let config = &mut self.config;
        let mut authorities = Vec::new();
        let mut authority = None;
        if cluster.insecure_skip_tls_verify {
            config.accept_invalid_certs = true;
            config.root_cert = Some(Vec::new());
        } else if let Some(pem) = data_or_file(
            "certificate authority",
            &cluster.certificate_authority_data,
            &cluster.certificate_authority,
        )? {
            let certificates = certificate::certificates(&pem);
            if certificates.is_empty() {
                return Err(Unusable::NoCertificate.into());
            }
            config.root_cert = Some(certificates);
            authorities.extend(certificate::subject_organisation(&pem));
            authority = Some(pem);
        }
        if !cluster.tls_server_name.is_empty() {
            config.tls_server_name = Some(cluster.tls_server_name.clone());
        }

        let auth = &mut config.auth_info;
        let token = overrides::token(user)?;
        let has_certificate =
            !user.client_certificate.is_empty() || !user.client_certificate_data.is_empty();
        if has_certificate
            && let Some(pem) = data_or_file(
                "client certificate",
                &user.client_certificate_data,
                &user.client_certificate,
            )?
            && let Some(key) = data_or_file("client key", &user.client_key_data, &user.client_key)?
        {
            authorities.splice(0..0, certificate::issuer_organisation(&pem));
            auth.client_certificate_data = Some(BASE64.encode(pem));
            auth.client_key_data = Some(BASE64.encode(key).into());
        }
        let has_password = !user.username.is_empty();
        if has_password {
            auth.username = Some(user.username.clone());
            auth.password = Some(user.password.clone().into());
        }
        if let (Some(provider), None, false) = (&user.auth_provider, &token, has_password) {
            // The library would run the `cmd-path` of others, which kubectl does not know any more.
            if provider["name"] != "oidc" {
                return Err(Unusable::AuthProvider.into());
            }
            auth.auth_provider =
                serde_json::from_value(provider.clone()).map_err(|_| Unusable::AuthProvider)?;
        }
        if let Some(exec) = &user.exec
            && token.is_none()
            && !has_password
            && !has_certificate
        {
            self.plugin = Some(Plugin::new(exec, cluster, authority.as_deref())?);
        }
        if token.is_none()
            && !has_password
            && !has_certificate
            && user.auth_provider.is_none()
            && user.exec.is_none()
        {
            return Err(Unusable::NoCredentials.into());
        }
        config.auth_info.token = token.map(Into::into);
        self.authority = authorities
            .iter()
            .find(|organisation| certificate::is_ack_cluster_id(organisation))
            .or(authorities.first())
            .cloned();
        Ok(())
    }
}

/// Whom to act as. There is no uid, group or extra without a user.
fn impersonate(auth: &mut AuthInfo, user: &User) {
    if user.act_as.is_empty() {
        return;
    }
    auth.impersonate = Some(user.act_as.clone());
    auth.impersonate_uid = Some(user.act_as_uid.clone()).filter(|uid| !uid.is_empty());
    auth.impersonate_groups = Some(user.act_as_groups.clone()).filter(|groups| !groups.is_empty());
    let extra: HashMap<_, _> = user.act_as_user_extra.clone().into_iter().collect();
    auth.impersonate_user_extra = Some(extra).filter(|extra| !extra.is_empty());
}

#[cfg(test)]
mod tests;

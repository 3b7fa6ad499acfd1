//! Which server, user and namespace a command will really act on.
//!
//! Source: client-go `tools/clientcmd/client_config.go` and `merged_client_builder.go`, cli-runtime
//! `genericclioptions/config_flags.go`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderValue, Uri, header};
use kube::Config;
use kube::config::AuthInfo;
use thiserror::Error;

use super::certificate;
use super::credential::Plugin;
use super::kubeconfig::{Cluster, Kubeconfig, User};
use super::overrides;
use super::proxy::ProxyVariables;
use crate::plan::Place;

/// A server that does not accept a connection by then is not waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Where a pod finds its own credentials.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

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
    pub request_timeout: String,
    pub act_as: String,
    pub act_as_uid: String,
    pub act_as_groups: Vec<String>,
    /// Each `key=value`.
    pub act_as_user_extra: Vec<String>,
    pub disable_compression: bool,
}

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

/// Why there is no destination.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DestinationError {
    /// kubectl itself will fail before it sends a request; it says so best.
    #[error("{0}")]
    KubectlStops(String),
    /// kubectl may go on, but we cannot follow it.
    #[error("{0}")]
    Unusable(String),
}

/// Where a command acts, and how to read there.
pub struct Destination {
    /// In words.
    pub place: Place,
    config: Config,
    plugin: Option<Plugin>,
    request_timeout: Option<Duration>,
    authority: Option<String>,
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
        let either = |upper: &str, lower: &str| match text(upper) {
            value if value.is_empty() => text(lower),
            value => value,
        };
        Self {
            kubeconfig: variable("KUBECONFIG").unwrap_or_default(),
            home: variable("HOME").unwrap_or_default(),
            master: text("KUBERNETES_MASTER"),
            service_host: text("KUBERNETES_SERVICE_HOST"),
            service_port: text("KUBERNETES_SERVICE_PORT"),
            pod_namespace: text("POD_NAMESPACE"),
            service_account: SERVICE_ACCOUNT.into(),
            proxy: ProxyVariables {
                http: either("HTTP_PROXY", "http_proxy"),
                https: either("HTTPS_PROXY", "https_proxy"),
                none: either("NO_PROXY", "no_proxy"),
            },
        }
    }

    fn load(&self, explicit: &str) -> Result<Kubeconfig, DestinationError> {
        if !explicit.is_empty() {
            Kubeconfig::read(Path::new(explicit))
        } else if self.kubeconfig.is_empty() {
            Kubeconfig::merge([Path::new(&self.home).join(".kube/config")])
        } else {
            Kubeconfig::merge(env::split_paths(&self.kubeconfig))
        }
    }

    fn default_server(&self) -> &str {
        if self.master.is_empty() {
            "http://localhost:8080"
        } else {
            &self.master
        }
    }

    fn is_in_cluster(&self) -> bool {
        !self.service_host.is_empty()
            && !self.service_port.is_empty()
            && fs::metadata(self.service_account.join("token")).is_ok_and(|file| !file.is_dir())
    }

    fn pod_namespace(&self) -> String {
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
    fn in_cluster(&self, connection: &Connection) -> Result<(Cluster, User), DestinationError> {
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

impl Destination {
    /// What kubectl would reach with these flags in this environment. Reads files, sends nothing, runs nothing.
    pub fn find(
        connection: &Connection,
        environment: &Environment,
    ) -> Result<Self, DestinationError> {
        let kubeconfig = environment.load(&connection.kubeconfig)?;
        let chosen = overrides::choose(connection, &kubeconfig, environment.default_server())?;
        let request_timeout = overrides::timeout(&connection.request_timeout)?;

        let says_nothing = chosen.cluster.server == environment.default_server()
            && server_url(&chosen.cluster.server)?.scheme_str() == Some("http")
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

        let server = server_url(&cluster.server)?;
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
        };
        let config = &mut destination.config;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        config.default_retry = false;
        let agent = concat!("kubectl-safe/", env!("CARGO_PKG_VERSION"));
        config.headers = vec![(header::USER_AGENT, HeaderValue::from_static(agent))];
        config.proxy_url = if cluster.proxy_url.is_empty() {
            environment.proxy.proxy_for(&server)
        } else {
            Some(proxy_url(&cluster.proxy_url)?)
        };
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
                return Err(DestinationError::Unusable(
                    "the certificate authority of the kubeconfig holds no certificate".to_owned(),
                ));
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
            auth.auth_provider = serde_json::from_value(provider.clone()).map_err(|_| {
                DestinationError::Unusable(
                    "the auth-provider of the kubeconfig's user cannot be read".to_owned(),
                )
            })?;
        }
        if let Some(exec) = &user.exec
            && token.is_none()
            && !has_password
            && !has_certificate
        {
            self.plugin = Some(Plugin::new(exec, cluster, authority.as_deref())?);
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

/// The server as kubectl understands it: a URL, or `host[:port]`, which means `http://`.
fn server_url(server: &str) -> Result<Uri, DestinationError> {
    let complete = |uri: &Uri| uri.scheme().is_some() && uri.host().is_some();
    server
        .parse()
        .ok()
        .filter(complete)
        .or_else(|| format!("http://{server}").parse().ok().filter(complete))
        .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
        // A password in the URL would be sent, and shown.
        .filter(|uri| {
            !uri.authority()
                .is_some_and(|host| host.as_str().contains('@'))
        })
        .filter(|uri| uri.query().is_none())
        .ok_or_else(|| {
            DestinationError::Unusable(
                "the server is not the URL of an API server (http or https, host, port)".to_owned(),
            )
        })
}

fn proxy_url(proxy: &str) -> Result<Uri, DestinationError> {
    proxy
        .parse::<Uri>()
        .ok()
        .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https" | "socks5")))
        .ok_or_else(|| {
            DestinationError::Unusable(
                "the proxy-url of the kubeconfig is not a URL of http, https or socks5".to_owned(),
            )
        })
}

/// Without a user to act as, kubectl drops the rest.
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

/// The content of a `…-data` key, or of the file beside it; nothing when both are empty.
fn data_or_file(what: &str, data: &str, file: &str) -> Result<Option<Vec<u8>>, DestinationError> {
    if !data.is_empty() {
        let text: String = data.split_whitespace().collect();
        return BASE64.decode(text).map(Some).map_err(|_| {
            DestinationError::Unusable(format!("the {what} of the kubeconfig is not base64"))
        });
    }
    if file.is_empty() {
        return Ok(None);
    }
    fs::read(file).map(Some).map_err(|error| {
        DestinationError::KubectlStops(format!(
            "the {what} {file} cannot be read: {}",
            error.kind()
        ))
    })
}

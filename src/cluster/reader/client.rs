//! The way to the server.

use hyper_rustls::{FixedServerNameResolver, HttpsConnectorBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::client::{Body, ConfigExt as _, RustlsTlsError};
use kube::{Client, Config};
use tower::{BoxError, ServiceBuilder};

use super::identity;

/// kube's own client, but for three things that it has no switch for.
///
/// Each request is sent at once. Otherwise the first request of a connection, a small segment behind the end of the
/// TLS handshake, waits in the kernel until the server has acknowledged that (Nagle's algorithm), which it puts off
/// for 40 ms; most looks are one request.
///
/// And it offers HTTP/2, as kubectl does: what is in flight at the same time shares one connection, where HTTP/1.1
/// shakes hands for each.
///
/// And it takes a client certificate of X.509 version 1 (`identity.rs`).
///
/// A way through a proxy is left to kube.
pub(super) fn client(config: Config) -> Result<Client, kube::Error> {
    if config.proxy_url.is_some() {
        return Client::try_from(config);
    }
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let mut tls = HttpsConnectorBuilder::new()
        .with_tls_config(identity::tls(&config)?)
        .https_or_http();
    if let Some(name) = &config.tls_server_name {
        let name = name
            .clone()
            .try_into()
            .map_err(RustlsTlsError::InvalidServerName)
            .map_err(kube::Error::RustlsTls)?;
        tls = tls.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    let mut connector = TimeoutConnector::new(tls.enable_all_versions().wrap_connector(tcp));
    connector.set_connect_timeout(config.connect_timeout);
    connector.set_read_timeout(config.read_timeout);
    connector.set_write_timeout(config.write_timeout);
    let http = Http::builder(TokioExecutor::new()).build::<_, Body>(connector);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_err(BoxError::from)
        .service(http);
    Ok(Client::new(service, config.default_namespace))
}

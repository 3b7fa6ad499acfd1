//! Texts of a kubeconfig that stand for an address or a file.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::Uri;

use super::{DestinationError, Unusable};
use crate::kubectl::inputs::{self, NotRead};

/// The server as kubectl understands it: a URL, or `host[:port]`, which means `http://`.
pub(super) fn server_url(server: &str) -> Result<Uri, DestinationError> {
    let complete = |uri: &Uri| uri.scheme().is_some() && uri.host().is_some();
    let bare = |host: &str| {
        let url: Option<Uri> = format!("http://{host}").parse().ok();
        url.filter(complete).filter(|url| url.path() == "/")
    };
    server
        .parse()
        .ok()
        .filter(complete)
        .or_else(|| bare(server))
        .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
        // A password in the URL would be sent, and shown.
        .filter(|uri| {
            !uri.authority()
                .is_some_and(|host| host.as_str().contains('@'))
        })
        .filter(|uri| uri.query().is_none())
        .ok_or_else(|| Unusable::Server.into())
}

/// A URL without user, password, query and fragment: what may be shown of one that only kubectl can use.
pub(super) fn without_extras(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        None => url.to_owned(),
    }
}

/// The `proxy-url` of a cluster.
pub(super) fn proxy_url(proxy: &str) -> Result<Uri, DestinationError> {
    proxy
        .parse::<Uri>()
        .ok()
        .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https" | "socks5")))
        // The library's SOCKS client has no password.
        .filter(|uri| {
            uri.scheme_str() != Some("socks5")
                || !uri
                    .authority()
                    .is_some_and(|host| host.as_str().contains('@'))
        })
        .ok_or_else(|| Unusable::Proxy.into())
}

/// Says that a file which the kubeconfig or a flag names was not read.
pub(in crate::cluster) fn unread(what: &str, file: &str, why: NotRead) -> DestinationError {
    match why {
        NotRead::ReadOnce => Unusable::ReadOnce(file.to_owned()).into(),
        NotRead::Excess(excess) => Unusable::excess(Path::new(file), excess).into(),
        NotRead::Failed(error) => DestinationError::KubectlStops(format!(
            "the {what} {file} cannot be read: {}",
            error.kind()
        )),
    }
}

/// The content of a `…-data` key, or of the file beside it; nothing when both are empty.
pub(super) fn data_or_file(
    what: &str,
    data: &str,
    file: &str,
) -> Result<Option<Vec<u8>>, DestinationError> {
    if !data.is_empty() {
        let text: String = data.split_whitespace().collect();
        return BASE64
            .decode(text)
            .map(Some)
            .map_err(|_| Unusable::NotBase64(what.to_owned()).into());
    }
    if file.is_empty() {
        return Ok(None);
    }
    inputs::read(Path::new(file))
        .map(Some)
        .map_err(|why| unread(what, file, why))
}

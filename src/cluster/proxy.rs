//! Which proxy kubectl would go through, decided as Go decides it.
//!
//! Source: `golang.org/x/net/http/httpproxy`, which client-go uses unless the kubeconfig names a proxy.

use std::net::IpAddr;

use http::Uri;

/// The proxy variables. Empty strings for what is not set.
#[derive(Clone, Debug, Default)]
pub struct ProxyVariables {
    /// `HTTP_PROXY`, else `http_proxy`.
    pub http: String,
    /// `HTTPS_PROXY`, else `https_proxy`.
    pub https: String,
    /// `NO_PROXY`, else `no_proxy`.
    pub none: String,
}

impl ProxyVariables {
    /// The proxy for requests to `server`; nothing when they go straight to it.
    ///
    /// An address that Go could not read either counts as no proxy.
    #[must_use]
    pub fn proxy_for(&self, server: &Uri) -> Option<Uri> {
        let (variable, default_port) = match server.scheme_str() {
            Some("https") => (&self.https, 443),
            Some("http") => (&self.http, 80),
            _ => return None,
        };
        let proxy = address(variable)?;
        let host = server.host()?.trim_matches(['[', ']']);
        let port = server.port_u16().unwrap_or(default_port);
        self.applies_to(host, port).then_some(proxy)
    }

    fn applies_to(&self, host: &str, port: u16) -> bool {
        let ip: Option<IpAddr> = host.parse().ok();
        if host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()) {
            return false;
        }
        let host = host.to_lowercase();
        !self
            .none
            .split(',')
            .map(|entry| entry.trim().to_lowercase())
            .any(|entry| is_excepted(&entry, &host, ip, port))
    }
}

/// A URL, or a bare `host[:port]`, which means `http://`.
fn address(variable: &str) -> Option<Uri> {
    if variable.is_empty() {
        return None;
    }
    let complete = |uri: &Uri| uri.scheme().is_some() && uri.host().is_some();
    variable
        .parse()
        .ok()
        .filter(complete)
        .or_else(|| format!("http://{variable}").parse().ok().filter(complete))
}

/// Whether one entry of `NO_PROXY` excepts this host: `*`, an address, a CIDR block, or a domain (a leading dot
/// or `*.` means subdomains only); all but blocks optionally with a port.
fn is_excepted(entry: &str, host: &str, ip: Option<IpAddr>, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Some(contains) = ip.and_then(|ip| block_contains(entry, ip)) {
        return contains;
    }
    let (name, entry_port) = split_port(entry);
    if name.is_empty() || entry_port.is_some_and(|wanted| wanted != port.to_string()) {
        return false;
    }
    match (name.parse::<IpAddr>(), ip) {
        (Ok(entry_ip), Some(ip)) => entry_ip.to_canonical() == ip.to_canonical(),
        (Ok(_), None) | (Err(_), Some(_)) => false,
        (Err(_), None) => {
            let suffix = name
                .strip_prefix('*')
                .filter(|rest| rest.starts_with('.'))
                .unwrap_or(name);
            if suffix.starts_with('.') {
                host.ends_with(suffix)
            } else {
                host == suffix
                    || host
                        .strip_suffix(suffix)
                        .is_some_and(|rest| rest.ends_with('.'))
            }
        }
    }
}

/// Whether the CIDR block holds the address; nothing when `entry` is no block.
fn block_contains(entry: &str, ip: IpAddr) -> Option<bool> {
    let (base, length) = entry.split_once('/')?;
    let base: IpAddr = base.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    let bits = |ip: IpAddr| match ip.to_canonical() {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    let ((base, width), (ip, ip_width)) = (bits(base), bits(ip));
    if length > width {
        return None;
    }
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
    Some(width == ip_width && base & mask == ip & mask)
}

/// `host:port` and `[v6]:port` in two; a bare IPv6 address has no port.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    if let Some(rest) = entry.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => (entry, None),
        };
    }
    match entry.split_once(':') {
        Some((host, port)) if !port.contains(':') => {
            (host, Some(port).filter(|port| !port.is_empty()))
        }
        _ => (entry, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(variables: &ProxyVariables, server: &str) -> Option<String> {
        let server: Uri = server.parse().expect("a URL in a test");
        variables.proxy_for(&server).map(|proxy| proxy.to_string())
    }

    fn with_exceptions(none: &str) -> ProxyVariables {
        ProxyVariables {
            http: "http://plain:3128".into(),
            https: "http://proxy:3128".into(),
            none: none.into(),
        }
    }

    #[test]
    fn the_scheme_of_the_server_picks_the_variable() {
        let variables = with_exceptions("");
        assert_eq!(
            route(&variables, "https://api.example:6443").as_deref(),
            Some("http://proxy:3128/")
        );
        assert_eq!(
            route(&variables, "http://api.example").as_deref(),
            Some("http://plain:3128/")
        );
        assert_eq!(
            route(&ProxyVariables::default(), "https://api.example"),
            None
        );
    }

    #[test]
    fn a_proxy_without_scheme_is_http() {
        let variables = ProxyVariables {
            https: "proxy:3128".into(),
            ..ProxyVariables::default()
        };
        assert_eq!(
            route(&variables, "https://api.example").as_deref(),
            Some("http://proxy:3128/")
        );
    }

    #[test]
    fn the_own_machine_is_never_proxied() {
        let variables = with_exceptions("");
        for server in [
            "https://localhost:6443",
            "https://127.0.0.1:6443",
            "https://127.8.9.1",
            "https://[::1]:6443",
        ] {
            assert_eq!(route(&variables, server), None, "{server}");
        }
    }

    #[test]
    fn exceptions_are_about_the_server() {
        let straight = |none: &str, server: &str| route(&with_exceptions(none), server).is_none();
        assert!(straight("*", "https://api.example"));
        assert!(straight("api.example", "https://API.example:6443"));
        assert!(straight("example.com", "https://api.example.com"));
        assert!(straight(" .example.com ,x", "https://api.example.com"));
        assert!(straight("*.example.com", "https://api.example.com"));
        assert!(!straight(".example.com", "https://example.com"));
        assert!(!straight("example.com", "https://badexample.com"));
        assert!(straight("api.example:6443", "https://api.example:6443"));
        assert!(!straight("api.example:443", "https://api.example:6443"));
        assert!(straight("api.example:443", "https://api.example"));
        assert!(straight("10.0.0.0/8", "https://10.1.2.3:6443"));
        assert!(!straight("10.0.0.0/8", "https://11.1.2.3:6443"));
        assert!(straight("10.1.2.3", "https://10.1.2.3:6443"));
        assert!(!straight("10.1.2.3:443", "https://10.1.2.3:6443"));
        assert!(straight("fd00::/8", "https://[fd00::5]:6443"));
        assert!(straight("[fd00::5]:6443", "https://[fd00::5]:6443"));
        assert!(!straight("0.0.0.0/0", "https://[fd00::5]:6443"));
        assert!(straight("0.0.0.0/0", "https://8.8.8.8"));
        // The proxy's own name is not what the exceptions are about.
        assert!(!straight("proxy", "https://api.example"));
    }
}

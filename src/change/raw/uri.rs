//! The value of `--raw`, read as Go reads it and turned into the path that the server sees.
//!
//! Source: Go's `net/url`, and `RequestURI`/`AbsPath` of `k8s.io/client-go/rest/request.go`: of the whole URI only the decoded path
//! and the query are used. kubectl 1.34 and later clean the path and put it behind the path of the server's URL; earlier ones
//! send it as typed, without that prefix.

use crate::path::clean;

/// A path and a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Uri {
    /// The cleaned path without the server's prefix; starts with a slash.
    pub(super) path: String,
    /// The decoded pairs of the query, in their order.
    pub(super) query: Vec<(String, String)>,
}

impl Uri {
    /// Reads the value; `None` when kubectl refuses it. `server` is the server's URL.
    pub(super) fn read(typed: &str, server: &str) -> Option<Self> {
        if typed.bytes().any(|byte| byte.is_ascii_control()) {
            return None;
        }
        // `ParseRequestURI` wants a path or a scheme; then `Parse` cuts the fragment and a `//host` off.
        let rest = cut_scheme(typed);
        if rest.len() == typed.len() && !typed.starts_with('/') {
            return None;
        }
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path =
            if rest.starts_with("//") && (rest.len() != typed.len() || !rest.starts_with("///")) {
                rest[2..].find('/').map_or("", |at| &rest[2 + at..])
            } else {
                rest
            };
        let path = clean(&decode(path, false)?);
        let prefix = clean(cut_authority(server));
        let path = match path.strip_prefix(prefix.as_str()) {
            Some(rest) if prefix != "/" && rest.starts_with('/') => rest.to_owned(),
            _ => path,
        };
        Some(Self {
            path,
            query: read_query(query),
        })
    }

    /// The value of a query parameter that is there exactly once.
    pub(super) fn parameter(&self, key: &str) -> Option<&str> {
        let mut values = self
            .query
            .iter()
            .filter(|(it, _)| it == key)
            .map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }
}

/// What follows `scheme:`, or all of it.
fn cut_scheme(text: &str) -> &str {
    match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => text,
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// The path of a server's URL.
fn cut_authority(server: &str) -> &str {
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// Pairs between `&`; Go drops those with a semicolon or a broken escape.
fn read_query(query: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        Some((decode(key, true)?, decode(value, true)?))
    };
    query
        .split('&')
        .filter(|text| !text.is_empty() && !text.contains(';'))
        .filter_map(pair)
        .collect()
}

/// Undoes `%XX`, and `+` in a query; `None` for a broken escape.
fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(typed: &str) -> Option<String> {
        Uri::read(typed, "https://10.0.0.1:6443").map(|uri| uri.path)
    }

    #[test]
    fn reads_a_path_as_go_does() {
        for (typed, expected) in [
            ("/api/v1/nodes/n", Some("/api/v1/nodes/n")),
            ("/api/v1/./nodes//n/", Some("/api/v1/nodes/n")),
            (
                "/api/v1/namespaces/a/services/x/../../../../nodes",
                Some("/api/v1/nodes"),
            ),
            ("/../../api/v1/nodes", Some("/api/v1/nodes")),
            ("/api/v1/%6eodes/n", Some("/api/v1/nodes/n")),
            ("/api/v1/nodes%2Fn", Some("/api/v1/nodes/n")),
            ("/api/v1/nodes/n#part", Some("/api/v1/nodes/n")),
            (
                "https://elsewhere.example/api/v1/nodes/n",
                Some("/api/v1/nodes/n"),
            ),
            ("//elsewhere/api/v1/nodes/n", Some("/api/v1/nodes/n")),
            ("///api/v1/nodes/n", Some("/api/v1/nodes/n")),
            ("api/v1/nodes/n", None),
            ("/api/v1/nodes/%zz", None),
            ("/api/v1/nodes/a\nb", None),
        ] {
            assert_eq!(path(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn takes_the_servers_prefix_off() {
        let read = |typed| {
            Uri::read(typed, "https://rancher.example/k8s/clusters/c-1/").map(|uri| uri.path)
        };
        assert_eq!(
            read("/k8s/clusters/c-1/api/v1/nodes/n").as_deref(),
            Some("/api/v1/nodes/n")
        );
        assert_eq!(read("/api/v1/nodes/n").as_deref(), Some("/api/v1/nodes/n"));
    }

    #[test]
    fn reads_the_query() {
        let uri = Uri::read(
            "/api/v1/nodes?labelSelector=a%3Db,c&x;y=1&dryRun=All&dryRun=All&e=1+2",
            "https://h",
        )
        .expect("valid");
        assert_eq!(uri.parameter("labelSelector"), Some("a=b,c"));
        assert_eq!(uri.parameter("e"), Some("1 2"));
        assert_eq!(uri.parameter("dryRun"), None);
        assert_eq!(uri.query.len(), 4);
    }
}

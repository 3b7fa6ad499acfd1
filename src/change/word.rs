//! Kubernetes' own rules for what a word may be.
//!
//! Source: `k8s.io/apimachinery/pkg/util/validation/validation.go`.

/// Whether a label (or a taint) may have this value: empty, or up to 63 letters, digits, `-`, `_` and `.`
/// that begin and end with a letter or digit.
#[must_use]
pub fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_name_part(value)
}

/// Whether this is a key: a name of up to 63 characters, with an optional DNS prefix before one `/`.
#[must_use]
pub fn is_qualified_name(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_name_part(name),
        None => is_name_part(key),
    }
}

fn is_name_part(name: &str) -> bool {
    let bytes = name.as_bytes();
    let ends_well = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    name.len() <= 63
        && ends_well(bytes.first())
        && ends_well(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_dns_label)
}

fn is_dns_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bytes.first().is_some_and(is_plain)
        && bytes.last().is_some_and(is_plain)
        && bytes.iter().all(|byte| is_plain(byte) || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_keys_follow_kubernetes() {
        for value in ["", "a", "A-1_2.b", &"x".repeat(63)] {
            assert!(is_label_value(value), "{value}");
        }
        for value in ["-a", "a-", "a b", "a/b", &"x".repeat(64)] {
            assert!(!is_label_value(value), "{value}");
        }
        for key in ["a", "node.kubernetes.io/x", "A_b"] {
            assert!(is_qualified_name(key), "{key}");
        }
        for key in ["", "/a", "a/", "a/b/c", "UP.io/a", ".io/a"] {
            assert!(!is_qualified_name(key), "{key}");
        }
    }
}

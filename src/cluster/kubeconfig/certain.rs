//! Whether the text of a kubeconfig surely means the same to Go's YAML reader and to ours.
//!
//! Both descend from libyaml, but Go resolves scalars as YAML 1.1 does (`on` is true, `1_0` is 10), applies merge keys
//! after the keys beside them, reads UTF-16 and a byte order mark, and takes the last of two equal keys. What could
//! be any of that is read by kubectl: a doubt too many costs 40 ms, a doubt too few another cluster.

use serde_yaml::Value;

/// Whether the text has only what both readers surely take the same way.
pub(super) fn is_plain(text: &str) -> bool {
    is_plain_text(text)
        && has_no_indicators(text)
        && (has_no_flow(text) || has_simple_flow(text) || is_json(text))
}

/// No character that one of the readers may take for something special.
fn is_plain_text(text: &str) -> bool {
    let is_special = |c: char| match c {
        '\n' | '\r' => false,
        '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => true,
        c => c.is_control() || c == '\\',
    };
    let mut lone_return = text
        .split('\r')
        .skip(1)
        .map(|after| !after.starts_with('\n'));
    !text.contains(is_special) && !lone_return.any(|is_lone| is_lone)
}

/// No tag, anchor, alias, merge key, complex key, directive or second document.
fn has_no_indicators(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins_token = |at: usize| {
        at == 0
            || matches!(
                bytes[at - 1],
                b' ' | b'\n' | b'\r' | b'[' | b'{' | b',' | b':' | b'-' | b'?'
            )
    };
    let has_indicator = bytes.iter().enumerate().any(|(at, byte)| {
        matches!(
            byte,
            b'!' | b'&' | b'*' | b'?' | b'%' | b'@' | b'`' | b'|' | b'>'
        ) && begins_token(at)
    });
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let first = lines.next().unwrap_or_default();
    let is_mark = |line: &str| line.starts_with("---") || line.starts_with("...");
    let first_is_mark = is_mark(first) && first.trim_end() != "---";
    !has_indicator && !text.contains("<<") && !first_is_mark && !lines.any(is_mark)
}

/// No flow collection but an empty one.
fn has_no_flow(text: &str) -> bool {
    text.replace("{}", "")
        .replace("[]", "")
        .find(['{', '['])
        .is_none()
}

/// Flow collections as people write them. The readers differ in where a plain scalar ends there: at a colon that no
/// blank follows, and at a question mark.
fn has_simple_flow(text: &str) -> bool {
    let is_odd = |after: &str| after.starts_with([',', '[', ']', '{', '}', '"', '\'', ':']);
    !text.contains('?') && !text.contains('#') && !text.split(':').skip(1).any(is_odd)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Whether no value of a parsed text could be something else to Go: each is text that is nothing else in YAML 1.1,
/// `true` or `false`, or a null that is no element of a list.
pub(super) fn has_plain_values(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(_) | Value::Tagged(_) => false,
        Value::String(text) => is_surely_text(text),
        Value::Sequence(items) => items
            .iter()
            .all(|item| !item.is_null() && has_plain_values(item)),
        Value::Mapping(map) => map.iter().all(|(key, value)| {
            key.as_str().is_some_and(is_surely_text) && has_plain_values(value)
        }),
    }
}

/// Whether this is text to both readers. In YAML 1.1 no other scalar begins with a letter, but for some words; a
/// number, a time and a null begin with a digit or a sign.
fn is_surely_text(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    if WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return false;
    }
    match text.chars().next() {
        // Quoted, or nothing at all: a null is the same there.
        None => true,
        Some(first) if first.is_ascii_digit() => has_no_number(text),
        // A flag of a plugin.
        Some('-') => text[1..].starts_with(|c: char| c == '-' || c.is_ascii_alphabetic()),
        Some('.') => text.starts_with("./") || text.starts_with("../"),
        Some(first) => !"+~=<".contains(first),
    }
}

/// Of a text that begins with a digit: such as the user `2012345` of ACK, which had quotes because our reader made no
/// number of it, its context `2012345-cabc`, or a token.
fn has_no_number(text: &str) -> bool {
    let is_quoted_number =
        text.len() < 19 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    // What numbers of any base, exponents and times never have.
    let is_foreign =
        |c: char| c.is_ascii_alphabetic() && !"abcdefnotxz".contains(c.to_ascii_lowercase());
    let is_name = text
        .split('-')
        .skip(1)
        .any(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()));
    is_quoted_number || is_name || text.contains(is_foreign)
}

/// Whether it says that it is a kubeconfig of the version that we know, or says nothing of the kind.
pub(super) fn is_of_known_version(value: &Value) -> bool {
    let says = |key: &str, known: &str| match value.get(key) {
        None => true,
        Some(said) => said == known,
    };
    says("apiVersion", "v1") && says("kind", "Config")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_is_plain() {
        for text in [
            "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    server: https://1.2.3.4:6443\n  name: c\n",
            "---\n# by hand\npreferences: {}\ncurrent-context: \"a b\"\r\nusers: []\n",
            r#"{"kind": "Config", "clusters": [{"name": "c", "cluster": {"server": "https://x"}}]}"#,
            "users:\n- name: 管理员\n  user:\n    password: p!x&y*z\n",
        ] {
            assert!(is_plain(text), "{text}");
            let value: Value = serde_yaml::from_str(text).expect("YAML");
            assert!(has_plain_values(&value), "{text}");
        }
    }

    #[test]
    fn what_two_readers_may_differ_in_is_not() {
        for text in [
            "\u{feff}kind: Config\n",
            "cluster: {server: A, <<: {server: B}}\n",
            "kind: !!str Config\n",
            "a: &x b\n",
            "a: *x\n",
            "? a\n: b\n",
            "%YAML 1.1\n---\na: b\n",
            "a: b\n---\nc: d\n",
            "--- {}\n",
            "a: b\n...\n",
            "a:\tb\n",
            "a: b\rc: d\n",
            "a: \"\\x41\"\n",
            "a: {b:[c]}\n",
            "a: {b: c?d}\n",
            "a: |\n  b\n",
            "a: b\u{85}c: d\n",
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
        for text in [
            "a: 1",
            "a: on",
            "a: 0o7",
            "1: a",
            "a: 1_0",
            "a: [~]",
            "a: .inf",
            "a: 2001-01-01",
            "a: '012'",
            "yes: a",
        ] {
            let value: Value = serde_yaml::from_str(text).expect("YAML");
            assert!(!has_plain_values(&value), "{text}");
        }
    }
}

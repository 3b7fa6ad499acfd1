//! Secrets, taken out of what is printed: `https://***@host`, `--token=***`.
//!
//! Words are masked by the flag or verb that carries a secret, whatever else stands on the line: a word too many
//! hidden costs a person little. Texts of kubectl, a server or the system are masked by what a secret looks like.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::Regex;

/// What stands in a secret's place.
const MASK: &str = "***";

/// Flags whose whole value may be a secret: a patch or an override may hold a Secret's data.
const WHOLE: [&str; 6] = [
    "token",
    "password",
    "docker-password",
    "patch",
    "overrides",
    "auth-provider-arg",
];

/// Flags with `name=value`: the name is shown.
const PAIRS: [&str; 3] = ["from-literal", "env", "exec-env"];

/// The letters of those flags: `-p` of `patch`, `-e` of `set env`.
const LETTERS: [(&str, &str); 2] = [("patch", "-p"), ("env", "-e")];

/// The words with every secret among them masked. `--token abc` becomes `--token ***`.
#[must_use]
pub(super) fn mask_words(words: &[String]) -> Vec<String> {
    let has = |verb: &str| words.iter().any(|word| word == verb);
    let sets_environment = has("set") && has("env");
    let mut next: Option<fn(&str) -> String> = None;
    words
        .iter()
        .map(|word| {
            if let Some(mask_value) = next.take() {
                return mask_value(word);
            }
            if let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) {
                let (name, value) = match flag.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (flag, None),
                };
                let Some(mask_value) = masker(&name.replace('_', "-")) else {
                    return mask(word).into_owned();
                };
                return if let Some(value) = value {
                    format!("--{name}={}", mask_value(value))
                } else {
                    next = Some(mask_value);
                    word.clone()
                };
            }
            for (verb, letter) in LETTERS {
                if let Some(value) = word.strip_prefix(letter).filter(|_| has(verb)) {
                    let mask_value = if verb == "env" { pair } else { whole };
                    if value.is_empty() {
                        next = Some(mask_value);
                        return word.clone();
                    }
                    return format!("{letter}{}", mask_value(value));
                }
            }
            if sets_environment && word.contains('=') {
                return pair(word);
            }
            mask(word).into_owned()
        })
        .collect()
}

fn masker(flag: &str) -> Option<fn(&str) -> String> {
    if WHOLE.contains(&flag) {
        Some(whole)
    } else if PAIRS.contains(&flag) {
        Some(pair)
    } else {
        None
    }
}

fn whole(_: &str) -> String {
    MASK.to_owned()
}

fn pair(text: &str) -> String {
    match text.split_once('=') {
        Some((name, _)) => format!("{name}={MASK}"),
        // `--env=NAME-` removes one.
        None => text.to_owned(),
    }
}

/// A text without what looks like a secret: user info of URLs, secret parameters of queries, bearer tokens, the
/// values of secret flags.
#[must_use]
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    // Nearly every text is a name; the patterns are built only where one could match.
    let suspicious = text.contains("://")
        || text.contains('=')
        || text.contains("eyJ")
        || text.contains("--")
        || text.to_ascii_lowercase().contains("bearer");
    if !suspicious {
        return Cow::Borrowed(text);
    }
    let mut masked = Cow::Borrowed(text);
    for (pattern, replacement) in patterns() {
        if let Cow::Owned(changed) = pattern.replace_all(&masked, *replacement) {
            masked = Cow::Owned(changed);
        }
    }
    masked
}

fn patterns() -> &'static [(Regex, &'static str)] {
    static PATTERNS: OnceLock<Vec<(Regex, &'static str)>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        [
            // Up to the last @ before the path, as Go's net/url reads it.
            (r#"(?i)([a-z][a-z0-9+.-]*://)[^/?#\s"']*@"#, "${1}***@"),
            (
                r#"(?i)([?&;](?:[a-z0-9_.%-]*(?:token|signature|secret|password|passwd|credential|api[_-]?key|accesskey(?:id)?)|sig|key|auth)=)[^&;#\s"']*"#,
                "${1}***",
            ),
            (r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?", "***"),
            (r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/-]{8,}=*", "${1}***"),
            (
                r"(?i)(--(?:token|password|docker-password)[= ])[^\s]+",
                "${1}***",
            ),
            (r"(--(?:from-literal|env)[= ][^\s=]+=)[^\s]+", "${1}***"),
        ]
        .into_iter()
        .map(|(pattern, replacement)| {
            let pattern = Regex::new(pattern).expect("the patterns are constants, and tested");
            (pattern, replacement)
        })
        .collect()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        mask_words(&words).join(" ")
    }

    #[test]
    fn words_lose_their_secrets_and_nothing_else() {
        for (line, shown) in [
            ("delete pod a --token=S", "delete pod a --token=***"),
            ("--token S delete pod a", "--token *** delete pod a"),
            ("delete pod a --password S", "delete pod a --password ***"),
            (
                "create secret generic a --from-literal=k=S --from-literal l=S",
                "create secret generic a --from-literal=k=*** --from-literal l=***",
            ),
            (
                "create secret docker-registry a --docker-password=S",
                "create secret docker-registry a --docker-password=***",
            ),
            ("set env deploy/a K=S L-", "set env deploy/a K=*** L-"),
            ("set env deploy/a -e K=S", "set env deploy/a -e K=***"),
            ("run a --image=b --env=K=S", "run a --image=b --env=K=***"),
            ("run a --env K=S", "run a --env K=***"),
            ("patch secret a -p {S}", "patch secret a -p ***"),
            ("patch secret a -p{S}", "patch secret a -p***"),
            ("patch secret a --patch={S}", "patch secret a --patch=***"),
            (
                "apply -f https://u:S@h/a.yaml?token=S&x=1",
                "apply -f https://***@h/a.yaml?token=***&x=1",
            ),
            ("delete pods -l app=api -n a", "delete pods -l app=api -n a"),
        ] {
            assert_eq!(words(line), shown);
        }
    }

    #[test]
    fn texts_lose_what_looks_like_a_secret() {
        for (text, shown) in [
            (
                "Get \"https://u:S@h:6443/api\": EOF",
                "Get \"https://***@h:6443/api\": EOF",
            ),
            ("socks5://u:p@ss@h:1080", "socks5://***@h:1080"),
            (
                "https://h/a?X-Amz-Signature=S&b=c",
                "https://h/a?X-Amz-Signature=***&b=c",
            ),
            ("https://h/a?sv=1&sig=S", "https://h/a?sv=1&sig=***"),
            ("https://h/a?access_token=S", "https://h/a?access_token=***"),
            ("token eyJhbGciOi.eyJzdWIi.c2ln is bad", "token *** is bad"),
            (
                "Authorization: Bearer abcdefgh12",
                "Authorization: Bearer ***",
            ),
            ("kubectl --token S get", "kubectl --token *** get"),
            ("app=api,tier!=db", "app=api,tier!=db"),
            ("admin@cluster", "admin@cluster"),
        ] {
            assert_eq!(mask(text), shown);
        }
    }

    proptest! {
        #[test]
        fn no_user_info_survives_in_any_text(before in "[a-z :\"]{0,9}", secret in "[A-Z]{8}[:@A-Z]{0,4}", after in "[a-z/ ]{0,9}") {
            let masked = mask(&format!("{before}https://u:{secret}@h/{after}")).into_owned();
            prop_assert!(!masked.contains(&secret), "{}", masked);
        }
    }
}

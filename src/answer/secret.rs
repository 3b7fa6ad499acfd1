//! Secrets, taken out of what is printed: `https://***@host`, `--token=***`.
//!
//! Words are masked by the flag or verb that carries a secret, whatever else stands on the line: a word too many
//! hidden costs a person little. Texts of kubectl, a server or the system are masked by what a secret looks like, and
//! by what the words of this process carry: kubectl quotes a patch that it cannot read.

mod command;

use std::borrow::Cow;
use std::sync::{Mutex, OnceLock, PoisonError};

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
const LETTERS: [(&str, char); 2] = [("patch", 'p'), ("env", 'e')];

/// Letters of the same verbs that take a value: what stands behind one in the same word is that.
const VALUES: &str = "nlfkocsv";

/// A shorter text would be found where it is no secret.
const SHORTEST: usize = 4;

/// The secrets in the words of this process.
static KNOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on these words' secrets are masked in every text. `verb` is what they come to where an alias stands for it.
pub fn learn(words: &[String], verb: &str) {
    let mut found: Vec<String> = Vec::new();
    for (word, masked) in words.iter().zip(mask_words(words, verb)) {
        // What stands between the parts that are shown.
        if let Some((before, after)) = masked.split_once(MASK)
            && *word != masked
            && let Some(rest) = word.strip_prefix(before)
            && let Some(secret) = rest.strip_suffix(after)
            && secret.len() >= SHORTEST
        {
            // Go quotes what it shows.
            let quoted = format!("{secret:?}");
            found.extend([secret.to_owned(), quoted[1..quoted.len() - 1].to_owned()]);
        }
    }
    if found.is_empty() {
        return;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.extend(found);
    // The longest first: one may stand in another.
    known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    known.dedup();
}

/// The words with every secret among them masked. `--token abc` becomes `--token ***`. `verb` is what the words come to, where an
/// alias stands for it.
#[must_use]
pub(super) fn mask_words(words: &[String], verb: &str) -> Vec<String> {
    let end = words.iter().position(|word| word == "--");
    let (ours, command) = words.split_at(end.unwrap_or(words.len()));
    let has = |part: &str| {
        ours.iter().any(|word| word == part) || verb.split(' ').any(|word| word == part)
    };
    let sets_environment = has("set") && has("env");
    let mut next: Option<fn(&str) -> String> = None;
    let mut masked: Vec<String> = ours
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
                    return by_looks(word).into_owned();
                };
                return if let Some(value) = value {
                    format!("--{name}={}", mask_value(value))
                } else {
                    next = Some(mask_value);
                    word.clone()
                };
            }
            for (part, letter) in LETTERS.iter().filter(|(part, _)| has(part)) {
                if let Some((before, value)) = split_letters(word, *letter) {
                    let mask_value = if *part == "env" { pair } else { whole };
                    if value.is_empty() {
                        next = Some(mask_value);
                        return word.clone();
                    }
                    return format!("{before}{}", mask_value(value));
                }
            }
            if sets_environment && word.contains('=') {
                return pair(word);
            }
            by_looks(word).into_owned()
        })
        .collect();
    masked.extend(command::mask(command));
    masked
}

/// A word of letters up to this one, and the rest: `-Rp{}` is `-Rp` and `{}`.
fn split_letters(word: &str, letter: char) -> Option<(&str, &str)> {
    let letters = word.strip_prefix('-')?;
    let at = letters.find(|it| it == letter || VALUES.contains(it))?;
    let is_it = letters[at..].starts_with(letter);
    is_it.then(|| word.split_at(at + 1 + letter.len_utf8()))
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

/// A text without the secrets of this process's words, and without what looks like one.
#[must_use]
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut hidden = Cow::Borrowed(text);
    for secret in known.iter() {
        if hidden.contains(secret.as_str()) {
            hidden = Cow::Owned(hidden.replace(secret.as_str(), MASK));
        }
    }
    drop(known);
    match hidden {
        Cow::Borrowed(text) => by_looks(text),
        Cow::Owned(text) => Cow::Owned(by_looks(&text).into_owned()),
    }
}

/// A text without what looks like a secret: user info of URLs, secret parameters of queries, bearer tokens, the
/// values of secret flags and variables, what Go quotes of a document that it cannot read.
fn by_looks(text: &str) -> Cow<'_, str> {
    const SUSPICIOUS: [&str; 10] = [
        "://",
        "=",
        "eyj",
        " -",
        "--",
        "unmarshal !!",
        "unknown anchor",
        "auth",
        "bearer",
        "x-",
    ];
    // Nearly every text is a name; the patterns are built only where one could match.
    let lower = text.to_ascii_lowercase();
    let suspicious = SUSPICIOUS.iter().any(|sign| lower.contains(sign));
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
            (
                r#"(?i)\b([a-z0-9_]*(?:passw(?:or)?d|passphrase|secret|token|api_?key|credentials?)[a-z0-9_]*=)[^\s&;"']+"#,
                "${1}***",
            ),
            (r"\b((?:MYSQL_PWD|PGPASS|REDISCLI_AUTH)=)[^\s]+", "${1}***"),
            (r#"(?i)\b((?:proxy-)?authorization:\s*)[^"']+"#, "${1}***"),
            (r#"(?i)\b(x-[a-z0-9-]*(?:token|key|auth)[a-z0-9-]*:\s*)[^\s"']+"#, "${1}***"),
            (r"\b((?:mysql|mariadb)[a-z]*(?:\s[^;|&]*?)?\s-p)[^\s]+", "${1}***"),
            (r"\b(sshpass\s+-p\s*)[^\s]+", "${1}***"),
            (r"\b(redis-cli(?:\s[^;|&]*?)?\s-a\s*)[^\s]+", "${1}***"),
            (r"\b(curl(?:\s[^;|&]*?)?\s(?:-u|--user)[= ]?[^\s:]+:)[^\s]+", "${1}***"),
            (r"(unmarshal !!\w+ `)[^`]*`", "${1}***`"),
            (r"(unknown anchor ')[^']*'", "${1}***'"),
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
        mask_words(&words, "").join(" ")
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
            ("patch secret a -Rp{S}", "patch secret a -Rp***"),
            ("set env deploy/a -Re K=S", "set env deploy/a -Re K=***"),
            ("patch pods a -nprod -p S", "patch pods a -nprod -p ***"),
            ("exec a -- mysql -uroot -pS", "exec a -- mysql -uroot -p***"),
            ("exec a -- mysql -p", "exec a -- mysql -p"),
            (
                "exec a -- redis-cli -a S ping",
                "exec a -- redis-cli -a *** ping",
            ),
            (
                "exec a -- env PASSWORD=S ls",
                "exec a -- env PASSWORD=*** ls",
            ),
            ("exec a -- curl -u me:S h", "exec a -- curl -u me:*** h"),
            (
                "exec a -- tool --password S",
                "exec a -- tool --password ***",
            ),
            ("exec a -- ls -p /tmp", "exec a -- ls -p /tmp"),
        ] {
            assert_eq!(words(line), shown);
        }
    }

    #[test]
    fn an_alias_hides_no_verb() {
        let words = ["fix", "secret", "a", "-p", "{S}"].map(str::to_owned);
        assert_eq!(mask_words(&words, "patch").join(" "), "fix secret a -p ***");
        let words = ["put", "deploy/a", "K=S"].map(str::to_owned);
        assert_eq!(
            mask_words(&words, "set env").join(" "),
            "put deploy/a K=***"
        );
    }

    #[test]
    fn what_the_words_carry_is_masked_in_every_text() {
        let words = ["patch", "secret", "a", "-p", "{\"data\": hunter2-a"].map(str::to_owned);
        learn(&words, "");
        let said = r#"unable to parse "{\"data\": hunter2-a": yaml"#;
        assert_eq!(mask(said), r#"unable to parse "***": yaml"#);
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
            ("Authorization: Bearer abcdefgh12", "Authorization: ***"),
            ("kubectl --token S get", "kubectl --token *** get"),
            (
                "sh -c 'DB_PASSWORD=S exec run'",
                "sh -c 'DB_PASSWORD=*** exec run'",
            ),
            (
                "mysqldump -h db -u root -pS shop",
                "mysqldump -h db -u root -p*** shop",
            ),
            (
                "curl -H 'Authorization: Basic S' h",
                "curl -H 'Authorization: ***' h",
            ),
            ("curl -H 'X-Api-Key: S' h", "curl -H 'X-Api-Key: ***' h"),
            (
                "yaml: line 2: cannot unmarshal !!str `hunter2` into int",
                "yaml: line 2: cannot unmarshal !!str `***` into int",
            ),
            (
                "yaml: unknown anchor 'S' referenced",
                "yaml: unknown anchor '***' referenced",
            ),
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

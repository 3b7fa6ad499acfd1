//! Our own flags among kubectl's words.
//!
//! `--safe-x` and `--safe-x=v` are ours where kubectl's parser would see a flag, and only there: `-n --safe-yes` names a namespace,
//! and behind `--` every word is kubectl's.

use std::ffi::{OsStr, OsString};

use crate::kubectl::flags::Command;
use crate::kubectl::invocation::{Word, classify, command_of};

/// A flag of ours: the name without dashes, and the value if it has one.
pub type Own = (String, Option<String>);

/// Takes our flags out of the words.
///
/// Behind an unknown first word (a plugin, an alias of kuberc) only the global flags are known to take a value.
#[must_use]
pub fn split_own(words: Vec<OsString>) -> (Vec<Own>, Vec<OsString>) {
    if !words.iter().any(|word| is_ours(word)) {
        return (Vec::new(), words);
    }
    // To the search our flags are words without a meaning, such as `-`; as another flag's value they are skipped with it.
    let neutral: Vec<OsString> = words
        .iter()
        .map(|word| {
            if is_ours(word) {
                "-".into()
            } else {
                word.clone()
            }
        })
        .collect();
    split(words, command_of(&neutral))
}

fn is_ours(word: &OsStr) -> bool {
    word.as_encoded_bytes().starts_with(b"--safe-")
}

fn split(words: Vec<OsString>, command: &'static Command) -> (Vec<Own>, Vec<OsString>) {
    if command.path.starts_with("__complete") {
        // Completion takes a half-typed line as it is.
        return (Vec::new(), words);
    }
    let mut own = Vec::new();
    let mut rest = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match classify(command, word.as_encoded_bytes()) {
            Word::Dash => {
                rest.push(word);
                rest.extend(words.by_ref());
            }
            Word::FlagAndNext => {
                rest.push(word);
                rest.extend(words.next());
            }
            Word::Flag if is_ours(&word) => own.push(read(&word)),
            Word::Flag | Word::Argument => rest.push(word),
        }
    }
    (own, rest)
}

fn read(word: &OsStr) -> Own {
    let text = word.to_string_lossy();
    let body = &text[2..];
    match body.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (body.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_text(words: &str) -> (Vec<Own>, String) {
        let (own, rest) = split_own(words.split(' ').map(Into::into).collect());
        let rest: Vec<_> = rest
            .into_iter()
            .map(|word| word.into_string().expect("made of text"))
            .collect();
        (own, rest.join(" "))
    }

    fn names(words: &str) -> (String, String) {
        let (own, rest) = split_text(words);
        (
            own.into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
                .join(" "),
            rest,
        )
    }

    #[test]
    fn flags_are_taken_out_anywhere_before_the_dash() {
        let ours = |own: &str, rest: &str| (own.to_owned(), rest.to_owned());
        assert_eq!(
            names("--safe-yes delete pod x"),
            ours("safe-yes", "delete pod x")
        );
        assert_eq!(
            names("delete --safe-yes pod x --safe-lang=zh"),
            ours("safe-yes safe-lang", "delete pod x")
        );
        assert_eq!(
            names("delete pod --all --safe-yes x"),
            ours("safe-yes", "delete pod --all x")
        );
        assert_eq!(
            names("delete pod x -- --safe-yes"),
            ours("", "delete pod x -- --safe-yes")
        );
        assert_eq!(
            names("exec --safe-yes p -- sh --safe-yes"),
            ours("safe-yes", "exec p -- sh --safe-yes")
        );
        let confirm = ("safe-confirm".to_owned(), Some("a=b".to_owned()));
        assert_eq!(split_text("get --safe-confirm=a=b nodes").0, [confirm]);
    }

    #[test]
    fn values_of_kubectls_flags_stay() {
        for words in [
            "delete pod x -n --safe-yes",
            "-n --safe-yes delete pod x",
            "delete pods -l --safe-yes",
            "-l --safe-yes delete pods",
            "delete -Af --safe-yes",
        ] {
            assert_eq!(names(words), (String::new(), words.to_owned()));
        }
        // `-A` and `--wait` take no word.
        assert_eq!(names("delete pods --all -A --safe-yes").0, "safe-yes");
        assert_eq!(names("delete pods --wait --safe-yes").0, "safe-yes");
        // In `logs`, `-f` takes no word.
        assert_eq!(names("logs -f --safe-yes x").0, "safe-yes");
    }

    #[test]
    fn completion_keeps_every_word() {
        let words = "__complete delete --safe-";
        assert_eq!(names(words), (String::new(), words.to_owned()));
    }
}

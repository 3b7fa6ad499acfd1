//! Secrets in the words that run in a container: `mysql -psecret`, `curl -u me:secret`.

use super::{MASK, by_looks};

/// Options that take a secret, whatever the program.
const LONG: [&str; 7] = [
    "--password",
    "--pass",
    "--passwd",
    "--token",
    "--secret",
    "--api-key",
    "--requirepass",
];

/// Programs, by how their names begin, with the letter that takes a secret.
const PROGRAMS: [(&str, &str, Takes); 8] = [
    ("mysql", "-p", Takes::Glued),
    ("mariadb", "-p", Takes::Glued),
    ("sshpass", "-p", Takes::Any),
    ("redis-cli", "-a", Takes::Any),
    ("mongo", "-p", Takes::Any),
    ("ldap", "-w", Takes::Any),
    ("curl", "-u", Takes::Pair),
    ("wget", "--user", Takes::Pair),
];

/// How an option takes its secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// In the same word only: alone it makes the program ask.
    Glued,
    /// In the same word or the next.
    Any,
    /// The same, as `name:secret`.
    Pair,
}

/// The words, from the `--` on, with every secret among them masked.
pub(super) fn mask(words: &[String]) -> Vec<String> {
    let names: Vec<&str> = words
        .iter()
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .collect();
    let letters: Vec<(&str, Takes)> = PROGRAMS
        .into_iter()
        .filter(|(program, ..)| names.iter().any(|name| name.starts_with(program)))
        .map(|(_, letter, takes)| (letter, takes))
        .collect();
    let mut next: Option<Takes> = None;
    words
        .iter()
        .map(|word| {
            if let Some(takes) = next.take() {
                return hide(word, takes);
            }
            if LONG.contains(&word.as_str()) {
                next = Some(Takes::Any);
                return word.clone();
            }
            for (letter, takes) in &letters {
                match word.strip_prefix(letter) {
                    Some("") if *takes != Takes::Glued => {
                        next = Some(*takes);
                        return word.clone();
                    }
                    Some(value) if !value.is_empty() => {
                        return format!("{letter}{}", hide(value, *takes));
                    }
                    _ => {}
                }
            }
            by_looks(word).into_owned()
        })
        .collect()
}

fn hide(value: &str, takes: Takes) -> String {
    match value.split_once(':') {
        Some((name, _)) if takes == Takes::Pair => format!("{name}:{MASK}"),
        _ => MASK.to_owned(),
    }
}

//! `tests/everyday.yaml` on the real control plane: what people do all day is kubectl's alone.

use serde::Deserialize;

use crate::trial::{By, Nothing, Seen, Stage, Typed, read};

/// One command: its words alone, or with all that it needs.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Everyday {
    Words(String),
    Typed {
        #[serde(flatten)]
        typed: Typed,
        #[serde(flatten)]
        _rest: Nothing,
    },
}

impl From<Everyday> for Typed {
    fn from(entry: Everyday) -> Self {
        match entry {
            Everyday::Words(words) => Self {
                words,
                ..Self::default()
            },
            Everyday::Typed { typed, .. } => typed,
        }
    }
}

#[test]
fn everyday_commands_are_kubectls_alone() {
    let entries: Vec<Everyday> = read("tests/everyday.yaml");
    assert!(entries.len() >= 150, "only {} commands", entries.len());
    let mut stage = Stage::with("ack");
    // kubectl fills its cache of the server's types with the first command.
    stage.see(&typed("get pods"), By::Kubectl);
    let mut wrong = Vec::new();
    for entry in entries {
        let command = Typed::from(entry);
        if let Some(why) = difference(&mut stage, &command) {
            wrong.push(format!("kubectl {}\n{why}", command.line()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn typed(words: &str) -> Typed {
    Typed {
        words: words.to_owned(),
        ..Typed::default()
    }
}

/// What is not as with kubectl alone. Where kubectl differs from itself, a word that is never the same is any word.
pub fn difference(stage: &mut Stage, command: &Typed) -> Option<String> {
    let plain = stage.see(command, By::Kubectl);
    let guarded = stage.see(command, By::Safe);
    if same(&plain, &guarded, &plain) {
        return None;
    }
    let again = stage.see(command, By::Kubectl);
    (!same(&plain, &guarded, &again))
        .then(|| format!("  plain:   {plain:?}\n  guarded: {guarded:?}"))
}

/// Whether both ended alike, but for words in which kubectl differs from itself.
pub fn same(plain: &Seen, guarded: &Seen, again: &Seen) -> bool {
    let texts = |seen: &Seen| {
        [
            seen.stdout.clone(),
            seen.stderr.clone(),
            seen.writes.clone(),
        ]
        .map(|lines| words(&lines))
    };
    let is_masked = texts(plain)
        .iter()
        .zip(&texts(guarded))
        .zip(&texts(again))
        .all(|((plain, guarded), again)| is_same(plain, guarded, again));
    plain.code == guarded.code && is_masked
}

fn is_same(plain: &[String], guarded: &[String], again: &[String]) -> bool {
    if plain == again {
        return plain == guarded;
    }
    plain.len() == guarded.len()
        && plain.len() == again.len()
        && plain
            .iter()
            .zip(guarded)
            .zip(again)
            .all(|((plain, guarded), again)| plain == guarded || plain != again)
}

/// Words without what time alone changes: ages, dates, and how far a connection came before it broke.
fn words(lines: &[String]) -> Vec<String> {
    let is_time = |word: &&str| {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_age = bare.starts_with(|c: char| c.is_ascii_digit())
            && bare.ends_with(['s', 'm', 'h', 'd'])
            && bare
                .chars()
                .all(|c| c.is_ascii_digit() || "smhd.".contains(c));
        let is_date = bare.len() >= 20 && bare.ends_with('Z') && bare.as_bytes()[10] == b'T';
        // klog: the time, the process, and the port that it had.
        let is_log = bare.contains(':')
            && bare.starts_with(|c: char| c.is_ascii_digit())
            && bare.ends_with(|c: char| c.is_ascii_digit());
        is_age || is_date || is_log || bare.contains("->127.0.0.1:")
    };
    lines
        .iter()
        // Whether the connection breaks before or after the last byte was copied.
        .filter(|line| !line.contains("Copying stdin failed"))
        .flat_map(|line| {
            line.split(" err=")
                .next()
                .unwrap_or_default()
                .split_whitespace()
        })
        .map(|word| {
            if is_time(&word) {
                "TIME".to_owned()
            } else {
                word.to_owned()
            }
        })
        .collect()
}

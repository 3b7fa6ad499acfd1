//! Which kubectl is it? Asked only when the words cannot be read without knowing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::flags::Minor;
use super::program::{PATIENCE, Program, Reach};
use crate::cache;
use crate::cluster::Unread;

/// Where the last answer is kept.
const CACHE: &str = "kubectl-version.json";

/// What was learnt of one kubectl. It holds as long as path, inode and modification time are the same.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    inode: u64,
    modified: i64,
    minor: u8,
}

/// The minor version of a kubectl, from the cache where it was asked before.
///
/// # Errors
/// When kubectl cannot be run, or does not print a version.
pub fn ask(program: &Program) -> Result<Minor, Unread> {
    let mut known = identify(program.path());
    let remembered = recall();
    if let (Some(known), Some(remembered)) = (&known, &remembered)
        && (&known.path, known.inode, known.modified)
            == (&remembered.path, remembered.inode, remembered.modified)
    {
        return Ok(Minor(remembered.minor));
    }
    let words = ["version", "--client", "--output=json"].map(Into::into);
    let answer = program.capture(&words, None, Reach::Local(PATIENCE))?;
    let minor = read_minor(&answer.stdout)
        .ok_or_else(|| Unread::NoVersion(program.path().display().to_string()))?;
    if let Some(known) = &mut known {
        known.minor = minor.0;
        remember(known);
    }
    Ok(minor)
}

/// `clientVersion.minor`, which vendors may end with a `+`.
fn read_minor(answer: &[u8]) -> Option<Minor> {
    let answer: serde_json::Value = serde_json::from_slice(answer).ok()?;
    let minor = answer.pointer("/clientVersion/minor")?.as_str()?;
    minor.trim_end_matches('+').parse().ok().map(Minor)
}

fn identify(path: &Path) -> Option<Known> {
    let metadata = fs::metadata(path).ok()?;
    Some(Known {
        path: path.to_owned(),
        inode: metadata.ino(),
        modified: metadata.mtime(),
        minor: 0,
    })
}

fn recall() -> Option<Known> {
    serde_json::from_slice(&cache::recall(CACHE)?).ok()
}

/// A cache that cannot be written costs a second question, nothing else.
fn remember(known: &Known) {
    if let Ok(text) = serde_json::to_vec(known) {
        let _ = cache::remember(CACHE, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minor_version_is_read_from_kubectls_answer() {
        let answer =
            |minor: &str| format!(r#"{{"clientVersion": {{"major": "1", "minor": "{minor}"}}}}"#);
        assert_eq!(read_minor(answer("36").as_bytes()), Some(Minor(36)));
        assert_eq!(read_minor(answer("28+").as_bytes()), Some(Minor(28)));
        assert_eq!(read_minor(b"Client Version: v1.36.3"), None);
    }
}

//! Which kubectl is it? Asked only when the words cannot be read without knowing.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::flags::Minor;
use super::program::{OUR_SIZES, PATIENCE, Program, Reach};
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

/// Only a kubectl answers alike each time. A script, or a small program that stands in for many (`mise`, `asdf`, `proto`), may
/// choose another kubectl in another folder.
fn identify(path: &Path) -> Option<Known> {
    let metadata = fs::metadata(path).ok()?;
    let real = fs::canonicalize(path).ok()?;
    let is_kubectl = real.file_name()?.as_encoded_bytes().starts_with(b"kubectl");
    if !is_kubectl || metadata.len() < OUR_SIZES.end || !is_native(&real) {
        return None;
    }
    Some(Known {
        path: path.to_owned(),
        inode: metadata.ino(),
        modified: metadata.mtime(),
        minor: 0,
    })
}

/// ELF or Mach-O, the latter in either byte order or for several processors.
fn is_native(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok()
        && matches!(
            magic,
            [0x7f, b'E', b'L', b'F']
                | [0xcf | 0xce, 0xfa, 0xed, 0xfe]
                | [0xfe, 0xed, 0xfa, 0xcf | 0xce]
                | [0xca, 0xfe, 0xba, 0xbe]
        )
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

    #[test]
    fn only_a_native_kubectl_is_remembered() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let put = |name: &str, start: &[u8], size: u64| {
            let path = folder.path().join(name);
            fs::write(&path, start).expect("it can be written");
            let file = File::options().write(true).open(&path);
            file.and_then(|file| file.set_len(size))
                .expect("a file with a hole");
            path
        };
        let (elf, big) = (b"\x7fELF".as_slice(), OUR_SIZES.end);
        assert!(identify(&put("kubectl", elf, big)).is_some());
        assert!(identify(&put("kubectl1.36", b"\xcf\xfa\xed\xfe", big)).is_some());
        for (name, start, size) in [
            ("kubectl-script", b"#!/bin/sh\n".as_slice(), big),
            ("kubectl-proto", elf, 1_000_000),
            ("mise", elf, big),
        ] {
            assert_eq!(identify(&put(name, start, size)), None, "{name}");
        }
        let shim = folder.path().join("kubectl-shim");
        std::os::unix::fs::symlink(folder.path().join("mise"), &shim).expect("a link");
        assert_eq!(identify(&shim), None);
    }
}

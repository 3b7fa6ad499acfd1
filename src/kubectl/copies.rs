//! What was fetched once, and is what kubectl gets: `-f https://…` becomes `-f /dev/fd/7`.
//!
//! A server may answer otherwise the second time, so kubectl must not ask it again. What was fetched lies in a file without a name,
//! under a number that every kubectl inherits that we start. This is the one place where a word of the person's is changed:
//!
//! ```text
//! apply -f https://example.com/a.yaml     ->  apply -f /dev/fd/7
//! apply -k https://example.com/repo//base ->  apply -f /dev/fd/7
//! ```
//!
//! kubectl then names that file where it would have named the URL, in messages about documents that it refuses.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::descriptor;

/// The flag that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `-f`: a URL.
    Filename,
    /// `-k`: a kustomization, whose result is the copy.
    Kustomize,
}

impl Named {
    const fn long(self) -> &'static str {
        match self {
            Self::Filename => "--filename",
            Self::Kustomize => "--kustomize",
        }
    }

    const fn letter(self) -> u8 {
        match self {
            Self::Filename => b'f',
            Self::Kustomize => b'k',
        }
    }
}

/// One copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The flag before the name.
    pub named: Named,
    /// The URL or the folder, as typed.
    pub name: String,
    /// Where the copy is.
    pub path: PathBuf,
}

/// The copies of this process, whose descriptors they are.
static COPIES: Mutex<Vec<Copy>> = Mutex::new(Vec::new());

fn copies() -> MutexGuard<'static, Vec<Copy>> {
    COPIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the copy of this is, if there is one.
#[must_use]
pub fn find(named: Named, name: &str) -> Option<PathBuf> {
    let copies = copies();
    let copy = copies
        .iter()
        .find(|copy| copy.named == named && copy.name == name);
    copy.map(|copy| copy.path.clone())
}

/// Keeps what was fetched.
///
/// # Errors
/// When it cannot be written.
pub fn keep(named: Named, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = PathBuf::from(format!("/dev/fd/{}", descriptor::put(bytes)?));
    copies().push(Copy {
        named,
        name: name.to_owned(),
        path: path.clone(),
    });
    Ok(path)
}

/// The words with each copy in the place of its name.
#[must_use]
pub fn put_in(words: &[OsString]) -> Vec<OsString> {
    replace(words, &copies())
}

/// The words with these copies. A word that no flag stands before is not touched; whoever runs the words has seen that kubectl reads
/// them as they are meant.
#[must_use]
pub fn replace(words: &[OsString], copies: &[Copy]) -> Vec<OsString> {
    let mut replaced: Vec<OsString> = words.to_vec();
    let end = words.iter().position(|word| word == "--");
    for at in 0..end.unwrap_or(words.len()) {
        for copy in copies {
            // The flag and its value in one word, or in two.
            if let Some(word) = joined(replaced[at].as_bytes(), copy) {
                replaced[at] = OsString::from_vec(word);
            } else if at > 0
                && !replaced[at].as_bytes().starts_with(b"-")
                && let Some(flag) = waiting(replaced[at - 1].as_bytes(), copy.named)
                && let Some(value) = exchange(replaced[at].as_bytes(), copy)
            {
                replaced[at - 1] = OsString::from_vec(flag);
                replaced[at] = OsString::from_vec(value);
            }
        }
    }
    replaced
}

/// `--filename=URL`, `-fURL`, `-f=URL`, `-Rf=URL`.
fn joined(word: &[u8], copy: &Copy) -> Option<Vec<u8>> {
    let long = copy.named.long().as_bytes();
    if let Some(value) = word
        .strip_prefix(long)
        .and_then(|rest| rest.strip_prefix(b"="))
    {
        let value = exchange(value, copy)?;
        return Some([Named::Filename.long().as_bytes(), b"=", value.as_slice()].concat());
    }
    let letters = word
        .strip_prefix(b"-")
        .filter(|letters| !letters.starts_with(b"-"))?;
    let at = letters
        .iter()
        .position(|byte| *byte == copy.named.letter())?;
    let (before, after) = (&letters[..at], &letters[at + 1..]);
    let value = after.strip_prefix(b"=").unwrap_or(after);
    let value = exchange(value, copy)?;
    Some([b"-".as_slice(), before, b"f", value.as_slice()].concat())
}

/// The flag as it is to be called, if this word is one that waits for such a value: `--filename`, `-f`, `-Rf`.
fn waiting(word: &[u8], named: Named) -> Option<Vec<u8>> {
    if word == named.long().as_bytes() {
        return Some(Named::Filename.long().into());
    }
    let letters = word.strip_prefix(b"-")?.strip_suffix(&[named.letter()])?;
    let is_cluster = letters.iter().all(u8::is_ascii_alphabetic);
    is_cluster.then(|| [b"-".as_slice(), letters, b"f"].concat())
}

/// A flag's value with the copy in the place of its name. `-f` takes several, divided by commas.
fn exchange(value: &[u8], copy: &Copy) -> Option<Vec<u8>> {
    let (name, path) = (copy.name.as_bytes(), copy.path.as_os_str().as_bytes());
    if value == name {
        return Some(path.to_vec());
    }
    if copy.named == Named::Kustomize || name.contains(&b',') || name.contains(&b'"') {
        return None;
    }
    let parts: Vec<&[u8]> = value.split(|byte| *byte == b',').collect();
    let is_there = parts.contains(&name);
    let parts = parts
        .into_iter()
        .map(|it| if it == name { path } else { it });
    is_there.then(|| parts.collect::<Vec<_>>().join(&b','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_takes_the_place_of_its_name_behind_the_flag_alone() {
        let copy = |named, name: &str, path: &str| Copy {
            named,
            name: name.to_owned(),
            path: path.into(),
        };
        let copies = [
            copy(Named::Filename, "https://x/a", "/dev/fd/7"),
            copy(Named::Filename, "https://x/b,c", "/dev/fd/8"),
            copy(Named::Kustomize, "https://x/k", "/dev/fd/9"),
        ];
        for (line, expected) in [
            ("apply -f https://x/a", "apply -f /dev/fd/7"),
            ("apply -fhttps://x/a", "apply -f/dev/fd/7"),
            ("apply -f=https://x/a", "apply -f/dev/fd/7"),
            ("apply -Rf https://x/a", "apply -Rf /dev/fd/7"),
            ("--filename https://x/a apply", "--filename /dev/fd/7 apply"),
            ("--filename=https://x/a apply", "--filename=/dev/fd/7 apply"),
            ("apply -f a,https://x/a,b", "apply -f a,/dev/fd/7,b"),
            ("apply -k https://x/k", "apply -f /dev/fd/9"),
            ("apply -khttps://x/k", "apply -f/dev/fd/9"),
            (
                "apply --kustomize https://x/k",
                "apply --filename /dev/fd/9",
            ),
            (
                "apply --kustomize=https://x/k",
                "apply --filename=/dev/fd/9",
            ),
            // Not a file's name, not the whole of one, or for the command in a container.
            (
                "annotate -f b note=https://x/a",
                "annotate -f b note=https://x/a",
            ),
            ("apply -f https://x/ab", "apply -f https://x/ab"),
            ("apply -k https://x/a", "apply -k https://x/a"),
            ("apply -- -f https://x/a", "apply -- -f https://x/a"),
            ("delete https://x/a", "delete https://x/a"),
            ("apply -f \"https://x/b,c\"", "apply -f \"https://x/b,c\""),
        ] {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            let replaced = replace(&words, &copies);
            let replaced: Vec<_> = replaced.iter().map(|it| it.to_string_lossy()).collect();
            assert_eq!(replaced.join(" "), expected);
        }
    }

    #[test]
    fn a_copy_is_a_file_that_can_be_read_again_and_again() {
        let path = keep(Named::Filename, "https://x/again", b"kind: Pod").expect("it is written");
        assert_eq!(
            find(Named::Filename, "https://x/again").as_ref(),
            Some(&path)
        );
        assert_eq!(find(Named::Kustomize, "https://x/again"), None);
        for _ in 0..2 {
            assert_eq!(std::fs::read(&path).expect("it is there"), b"kind: Pod");
            // A child inherits it.
            let read = std::process::Command::new("/bin/cat").arg(&path).output();
            assert_eq!(read.expect("cat can be started").stdout, b"kind: Pod");
        }
    }
}

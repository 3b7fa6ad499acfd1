//! Do we come back to ourselves? A wrapper script that runs "the next kubectl" may mean us, again and again.
//!
//! What we run inherits a note of the words and of the programs that they were given to. A round counts when the words
//! come back with nothing taken away, soon: `get pods`, or `--context x get pods` from a wrapper that adds a flag. Nesting
//! that gets anywhere (kubectl, a plugin, kubectl with other words, …) starts a new note, however deep it goes.

use std::ffi::{OsStr, OsString};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The round that is not run.
const LAST: usize = 3;
/// The note holds so many words at most, because an environment is bounded.
const MOST: usize = 32;
/// A loop takes less than this for a round; a person who nests the same command in a shell inside a shell takes longer.
const SOON: Duration = Duration::from_secs(10);

/// Adds a round to the note that was inherited.
///
/// # Errors
/// The programs of all rounds, when this is the one too many.
pub(super) fn note(
    inherited: Option<&OsStr>,
    words: &[OsString],
    program: &Path,
) -> Result<OsString, Vec<PathBuf>> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    note_at(inherited, words, program, now)
}

fn note_at(
    inherited: Option<&OsStr>,
    words: &[OsString],
    program: &Path,
    now: Duration,
) -> Result<OsString, Vec<PathBuf>> {
    let hashes: Vec<String> = words.iter().map(hash).collect();
    let mut programs = inherited
        .and_then(|note| Note::read(note, now))
        .filter(|note| note.comes_back_in(&hashes))
        .map_or_else(Vec::new, |note| note.programs);
    programs.push(program.to_owned());
    if programs.len() >= LAST {
        return Err(programs);
    }
    let first = hashes.get(..MOST).unwrap_or(&hashes).join(" ");
    let mut note = format!("{}\t{first}", now.as_secs()).into_bytes();
    for program in programs {
        note.push(b'\t');
        note.extend(program.as_os_str().as_bytes());
    }
    Ok(OsString::from_vec(note))
}

/// A word may be a secret, so it is not written down.
fn hash(word: &OsString) -> String {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    format!("{:x}", hasher.finish())
}

struct Note {
    words: Vec<String>,
    programs: Vec<PathBuf>,
}

impl Note {
    /// None when it is no note, or an old one.
    fn read(note: &OsStr, now: Duration) -> Option<Self> {
        let mut lines = note.as_bytes().split(|byte| *byte == b'\t');
        let written: u64 = str::from_utf8(lines.next()?).ok()?.parse().ok()?;
        let words = str::from_utf8(lines.next()?).ok()?;
        let age = now.checked_sub(Duration::from_secs(written))?;
        (age < SOON).then(|| Self {
            words: words.split_whitespace().map(str::to_owned).collect(),
            programs: lines
                .map(|line| PathBuf::from(OsStr::from_bytes(line)))
                .collect(),
        })
    }

    /// Whether the words of the note stand in these, one after the other.
    fn comes_back_in(&self, words: &[String]) -> bool {
        if self.words.is_empty() {
            return words.is_empty();
        }
        words
            .windows(self.words.len())
            .any(|these| these == self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000_000);

    /// How many rounds these lines make, one process for each, so many seconds apart.
    fn rounds(lines: &[&str], apart: u64) -> usize {
        let mut inherited: Option<OsString> = None;
        let mut now = NOW;
        for (done, line) in lines.iter().enumerate() {
            let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
            let program = PathBuf::from(format!("/bin/{done}"));
            match note_at(inherited.as_deref(), &words, &program, now) {
                Ok(note) => inherited = Some(note),
                Err(programs) => {
                    assert_eq!(programs.last(), Some(&program));
                    return done;
                }
            }
            now += Duration::from_secs(apart);
        }
        lines.len()
    }

    #[test]
    fn the_third_round_of_the_same_words_ends_it() {
        assert_eq!(rounds(&["get pods"; 9], 0), 2);
        assert_eq!(rounds(&[""; 9], 0), 2);
        let growing = ["get a", "-v 1 get a", "-v 1 -v 1 get a -o json"];
        assert_eq!(rounds(&growing, 0), 2);
        let long = format!("delete {}", "pod ".repeat(5_000));
        assert_eq!(rounds(&[long.as_str(); 9], 0), 2);
    }

    #[test]
    fn nesting_that_gets_somewhere_is_no_loop() {
        let deep: Vec<String> = (0..100).map(|depth| format!("plugin {depth}")).collect();
        let deep: Vec<&str> = deep.iter().map(String::as_str).collect();
        assert_eq!(rounds(&deep, 0), deep.len());
        let turns = ["foo a", "get pods", "foo a", "get pods", "foo a"];
        assert_eq!(rounds(&turns, 0), turns.len());
        // A shell in a shell in a shell.
        assert_eq!(rounds(&["shell prod"; 9], 60), 9);
    }

    #[test]
    fn the_note_stays_small_and_holds_no_word() {
        let words = vec![OsString::from("s3cret"); 10_000];
        let note = note_at(None, &words, Path::new("/bin/kubectl"), NOW).expect("the first");
        assert!(note.len() < 1_000, "{}", note.len());
        assert!(!note.to_string_lossy().contains("s3cret"));
        // What is no note is none.
        for text in ["", "1", "x\t\t/bin/a\t/bin/b", "\t\t\t\t\t"] {
            let note = note_at(Some(text.as_ref()), &[], Path::new("/bin/kubectl"), NOW);
            assert!(note.is_ok(), "{text:?}");
        }
    }
}

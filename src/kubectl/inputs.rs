//! Files that kubectl is going to read: what is judged is what kubectl gets.
//!
//! A pipe by its number is read once and replayed ([`descriptor`]). A file stays where it is, and is compared right before
//! kubectl runs: whoever changed it meanwhile, also in the time that a person takes to answer, makes us look again.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::descriptor;
use super::invocation::Invocation;
use crate::limit::{self, Excess};

/// What was read for the present look. Other threads read for it too.
static LEDGER: Mutex<Ledger> = Mutex::new(Ledger(Vec::new()));

fn ledger() -> MutexGuard<'static, Ledger> {
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// Whoever reads it takes it from kubectl: a FIFO by its name, a device.
    #[error("it can be read only once")]
    ReadOnce,
    /// There is too much of it. What it takes from kubectl, kubectl gets again.
    #[error("it is too long")]
    Excess(Excess),
    /// kubectl reads the same file as the same user, and cannot either.
    #[error(transparent)]
    Failed(io::Error),
}

impl From<io::Error> for NotRead {
    fn from(error: io::Error) -> Self {
        Excess::of(&error).map_or(Self::Failed(error), Self::Excess)
    }
}

/// A file's bytes, under the name that kubectl reads it by.
///
/// # Errors
/// See [`NotRead`].
pub fn read(path: &Path) -> Result<Vec<u8>, NotRead> {
    if let Some(number) = reserve(path)?
        && let Some(copy) = descriptor::kept(number)
    {
        return Ok(limit::read_copy(&copy?)?);
    }
    Ok(limit::read_file(path)?)
}

/// Makes sure that a file can be read here and by kubectl, and remembers what it is: its descriptor, if it is named by one.
///
/// # Errors
/// As [`read`].
pub fn reserve(path: &Path) -> Result<Option<i32>, NotRead> {
    let number = descriptor::number(path);
    if let Some(number) = number {
        match descriptor::keep(number) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(error.into()),
            Err(error) => {
                return Err(Excess::of(&error).map_or(NotRead::ReadOnce, NotRead::Excess));
            }
        }
    }
    // Before it is read, so that a change while we read is one.
    note(path);
    let metadata = fs::metadata(path)?;
    if metadata.is_file() || metadata.is_dir() || is_null(&metadata) {
        Ok(number)
    } else {
        Err(NotRead::ReadOnce)
    }
}

/// `/dev/null`, which is as empty for us as for kubectl.
fn is_null(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device()
        && fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev())
}

/// Remembers a file or folder as it is now, or that it is not there.
pub fn note(path: &Path) {
    ledger().note(path);
}

/// Flags that name files which kubectl reads for itself, and of which a dry run shows what they come to.
const READ_BY_KUBECTL: [&str; 4] = ["cert", "from-env-file", "from-file", "key"];

/// Remembers the files that only kubectl reads: `--from-file=key=FILE`, or all in a folder.
pub fn note_flags(invocation: &Invocation) {
    for path in read_by_kubectl(invocation) {
        note(&path);
    }
}

fn read_by_kubectl(invocation: &Invocation) -> Vec<PathBuf> {
    let given = invocation.given();
    let values = READ_BY_KUBECTL.iter().filter_map(|flag| given.get(*flag));
    let mut paths = Vec::new();
    for value in values {
        let texts = match value {
            serde_json::Value::Array(texts) => texts.as_slice(),
            one => std::slice::from_ref(one),
        };
        for text in texts.iter().filter_map(serde_json::Value::as_str) {
            let path = Path::new(text.rsplit_once('=').map_or(text, |(_, path)| path));
            // A pipe is kept when it is first read; until then it is another file.
            if descriptor::number(path).is_none() {
                paths.push(path.to_owned());
                let entries = fs::read_dir(path).into_iter().flatten().flatten();
                paths.extend(entries.map(|entry| entry.path()));
            }
        }
    }
    paths
}

/// Forgets what was read: a new look begins.
pub fn forget() {
    ledger().0.clear();
}

/// What is not as it was when it was read for this look.
#[must_use]
pub fn changed() -> Option<PathBuf> {
    ledger().changed()
}

/// What was read, and what it was.
#[derive(Debug)]
struct Ledger(Vec<(PathBuf, Option<Identity>)>);

impl Ledger {
    fn note(&mut self, path: &Path) {
        self.0.push((path.to_owned(), Identity::of(path)));
    }

    fn changed(&self) -> Option<PathBuf> {
        let differs = |(path, then): &&(PathBuf, _)| Identity::of(path) != *then;
        self.0.iter().find(differs).map(|(path, _)| path.clone())
    }
}

/// A file as the system tells it from others and from itself at another time. A folder's changes with the names in it.
#[derive(Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    /// Nothing where there is no file.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        // A device's times move when it is used, and reading it is not for us.
        let is_kept = metadata.is_file() || metadata.is_dir();
        let time = |seconds, nanoseconds| {
            if is_kept {
                (seconds, nanoseconds)
            } else {
                (0, 0)
            }
        };
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: time(metadata.mtime(), metadata.mtime_nsec()),
            changed: time(metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;
    use crate::kubectl::invocation::Reading;
    use crate::kubectl::kuberc::World;

    #[test]
    fn every_change_of_a_file_or_of_the_names_in_a_folder_is_seen() {
        type Change = fn(&Path) -> io::Result<()>;
        let changes: &[(&str, &str, Change)] = &[
            ("other bytes of the same length", "a", |at| {
                fs::write(at.join("a"), "two")
            }),
            ("another length", "a", |at| {
                fs::write(at.join("a"), "longer")
            }),
            ("another file under the name", "a", |at| {
                fs::write(at.join("b"), "one")?;
                fs::rename(at.join("b"), at.join("a"))
            }),
            ("the same bytes, its old time put back", "a", |at| {
                let path = at.join("a");
                let time = fs::metadata(&path)?.modified()?;
                fs::write(&path, "two")?;
                fs::File::options()
                    .write(true)
                    .open(&path)?
                    .set_modified(time)
            }),
            ("no file any more", "a", |at| fs::remove_file(at.join("a"))),
            ("a file where there was none", "b", |at| {
                fs::write(at.join("b"), "")
            }),
            ("a new name in a folder", "", |at| {
                fs::write(at.join("b"), "")
            }),
            ("a name less in a folder", "", |at| {
                fs::remove_file(at.join("a"))
            }),
        ];
        for (what, path, change) in changes {
            let folder = tempfile::tempdir().expect("a temporary folder");
            fs::write(folder.path().join("a"), "one").expect("a file");
            let mut ledger = Ledger(Vec::new());
            ledger.note(&folder.path().join(path));
            assert_eq!(ledger.changed(), None, "{what}");
            // Some file systems count time in steps of some milliseconds.
            sleep(Duration::from_millis(20));
            change(folder.path()).expect("the folder can be written");
            assert_eq!(ledger.changed(), Some(folder.path().join(path)), "{what}");
        }
    }

    #[test]
    fn files_that_only_kubectl_reads_are_known_by_their_flags() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("d")).expect("a folder");
        fs::write(at("d/a"), "").expect("a file");
        let root = folder.path().display();
        for (line, expected) in [
            ("create configmap x --from-file=ROOT/a", &["a"][..]),
            (
                "create secret generic x --from-file=k=ROOT/a,ROOT/b",
                &["a", "b"],
            ),
            ("create configmap x --from-file ROOT/d", &["d", "d/a"]),
            ("create configmap x --from-env-file=ROOT/a", &["a"]),
            (
                "create secret tls x --cert=ROOT/a --key ROOT/b",
                &["a", "b"],
            ),
            ("create configmap x --from-file=/dev/fd/63", &[]),
            ("create configmap x --from-literal=a=ROOT/a", &[]),
        ] {
            let line = line.replace("ROOT", &root.to_string());
            let words: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
            let Reading::Guarded(invocation) =
                super::super::invocation::read(&words, None, || vec![World::Nothing])
            else {
                panic!("{line} is guarded");
            };
            let expected: Vec<_> = expected.iter().map(|name| at(name)).collect();
            let mut found = read_by_kubectl(&invocation);
            found.sort();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn a_fifo_by_its_name_is_left_to_kubectl() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo can be started").success());
        assert!(matches!(read(&path), Err(NotRead::ReadOnce)));
        assert_eq!(read(Path::new("/dev/null")).expect("readable"), b"");
        assert!(matches!(
            read(Path::new("/dev/zero")),
            Err(NotRead::ReadOnce)
        ));
        assert!(matches!(
            read(Path::new("/nowhere")),
            Err(NotRead::Failed(_))
        ));
    }
}

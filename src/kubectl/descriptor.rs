//! Pipes that kubectl is given by the number of their descriptor: `-f <(…)`, `--kubeconfig /dev/fd/3`, `/dev/stdin`.
//!
//! Such a pipe is read once, into a file without a name, and that file takes its place under the same number. From then on
//! everybody who opens the number, we, a kubectl that only reads, or the one that runs, reads the same bytes from their start.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::io::FdFlags;

use crate::clock;
use crate::limit::{self, Excess};

/// Links that lead to links are followed so far, as the system does.
const LINKS: usize = 40;

/// The copies, by the number that they were put under. A descriptor's number belongs to the whole process, and so does this.
static KEPT: Mutex<BTreeMap<RawFd, Copy>> = Mutex::new(BTreeMap::new());

/// What a descriptor gave.
pub(super) struct Copy {
    file: File,
    /// What gives more than is ever looked at. kubectl gets it all, see [`rewind`].
    rest: Option<File>,
}

impl Copy {
    /// The file, at its start; it has all that there was.
    pub(super) fn open(&self) -> io::Result<File> {
        if self.rest.is_some() {
            return Err(Excess::Bytes.into());
        }
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }

    /// Reads what was not looked at as well, however long it is.
    fn complete(&mut self) -> io::Result<()> {
        if let Some(mut rest) = self.rest.take() {
            self.file.seek(SeekFrom::End(0))?;
            io::copy(&mut rest, &mut self.file)?;
        }
        self.file.rewind()
    }
}

fn kept_files() -> MutexGuard<'static, BTreeMap<RawFd, Copy>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of the descriptor of this process that a path means: `/dev/fd/3`, `/proc/self/fd/3`, `/dev/stdin`, or a link to one.
#[must_use]
pub fn number(path: &Path) -> Option<RawFd> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let name = path.file_name()?.to_owned();
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if let Ok(number) = name.to_str().unwrap_or_default().parse()
            && fs::canonicalize(parent).is_ok_and(|folder| is_ours(&folder))
        {
            return Some(number);
        }
        let target = fs::read_link(&path).ok()?;
        path = parent.join(target);
    }
    None
}

/// Whether a folder has this process's descriptors: `/proc/PID/fd`, also of one of its threads, or `/dev/fd` where that is no link.
fn is_ours(folder: &Path) -> bool {
    let process = PathBuf::from(format!("/proc/{}", std::process::id()));
    folder == Path::new("/dev/fd")
        || folder.strip_prefix(process).is_ok_and(|rest| {
            rest == Path::new("fd") || rest.starts_with("task") && rest.ends_with("fd")
        })
}

/// Makes a pipe under this number readable again and again, and says whether there was one to keep. The first call waits for its end.
///
/// # Errors
/// When it cannot be read here: a terminal, a device, or a pipe that is not open for reading; and when it is too long ([`Excess`]).
pub fn keep(number: RawFd) -> io::Result<bool> {
    if number == 0 {
        return keep_stdin().map(|_| true);
    }
    if let Some(copy) = kept(number) {
        return copy.map(|_| true);
    }
    let kind = fs::metadata(format!("/dev/fd/{number}"))?.file_type();
    // Opened by its number, a regular file begins at its start on Linux, and goes on where it stands elsewhere.
    if kind.is_dir() || kind.is_file() && cfg!(target_os = "linux") {
        return Ok(false);
    }
    if !kind.is_fifo() && !kind.is_socket() && !kind.is_file() || number < 3 {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let mut place = inherited(number)?;
    let copy = copy_of(place.try_clone()?)?;
    rustix::io::dup2(&copy.file, &mut place)?;
    kept_files().insert(number, copy);
    kept(number).transpose().map(|copy| copy.is_some())
}

/// The copy of standard input, whatever it is: kubectl is going to read it to its end.
///
/// # Errors
/// When it cannot be read, and when it is too long ([`Excess`]).
pub fn keep_stdin() -> io::Result<File> {
    if let Some(copy) = kept(0) {
        return copy;
    }
    // A descriptor of our own: `std::io::stdin` would keep what it read ahead.
    let copy = copy_of(io::stdin().as_fd().try_clone_to_owned()?)?;
    rustix::stdio::dup2_stdin(&copy.file)?;
    let file = copy.open();
    kept_files().insert(0, copy);
    file
}

/// The copy under this number, at its start; an error where it is too long ([`Excess`]). All such files share one position: use one at
/// a time.
#[must_use]
pub fn kept(number: RawFd) -> Option<io::Result<File>> {
    kept_files().get(&number).map(Copy::open)
}

/// Whether all that was read here was read to its end.
///
/// # Errors
/// Where it was too long for that.
pub fn check_length() -> Result<(), Excess> {
    let is_long = kept_files().values().any(|copy| copy.rest.is_some());
    if is_long { Err(Excess::Bytes) } else { Ok(()) }
}

/// Puts bytes under a number of their own, which what we start inherits.
///
/// # Errors
/// When they cannot be written.
pub(super) fn put(bytes: &[u8]) -> io::Result<RawFd> {
    let mut copy = tempfile::tempfile()?;
    copy.write_all(bytes)?;
    copy.rewind()?;
    // Rust's own files are closed at `execve`, and this is none.
    let inherited = File::from(rustix::io::dup(&copy)?);
    let number = inherited.as_raw_fd();
    let (file, rest) = (inherited, None);
    kept_files().insert(number, Copy { file, rest });
    Ok(number)
}

/// Makes all that the values of flags name readable again, before a kubectl that only reads is given the same words:
/// `--from-file=key=/dev/fd/63`. What follows `--` is not for kubectl.
pub fn keep_named_in<'a>(words: impl IntoIterator<Item = &'a str>) {
    let flags = words.into_iter().take_while(|word| *word != "--");
    for word in flags.filter(|word| word.starts_with("--")) {
        for (at, _) in word.match_indices('=') {
            if let Some(number) = number(Path::new(&word[at + 1..])) {
                // What cannot be kept here, that kubectl cannot read either, or takes for itself; whoever judges it says so.
                let _ = keep(number);
            }
        }
    }
}

/// Puts all copies back to their start, with all that there is to read. Call it right before kubectl is run.
///
/// # Errors
/// When the system cannot.
pub fn rewind() -> io::Result<()> {
    kept_files().values_mut().try_for_each(Copy::complete)
}

/// A descriptor that this process was started with, which nothing here owns.
#[expect(
    unsafe_code,
    reason = "the standard library has no safe way to a descriptor of which only the number is known"
)]
fn inherited(number: RawFd) -> io::Result<ManuallyDrop<OwnedFd>> {
    // SAFETY: `keep` has just seen it open, and it is not -1, which is no file's name. It is only asked for its flags, and
    // should somebody close it meanwhile, the answer is EBADF.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    if rustix::io::fcntl_getfd(borrowed)?.contains(FdFlags::CLOEXEC) {
        // One of our own, which kubectl will not find.
        return Err(io::ErrorKind::NotFound.into());
    }
    // SAFETY: it is open, and everything that this process opens itself is closed at `execve`, so this one was inherited:
    // no other value owns it. It is never dropped, so that it stays open for kubectl.
    Ok(ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(number) }))
}

/// All that a descriptor still gives, as far as an input may be long, in a file without a name: no crash leaves it behind.
///
/// # Errors
/// When it cannot be read, or not be written.
pub(super) fn copy_of(source: OwnedFd) -> io::Result<Copy> {
    let (mut source, mut file) = (File::from(source), tempfile::tempfile()?);
    let most = limit::BYTES as u64;
    let mut beginning = Read::by_ref(&mut source).take(most + 1);
    let copied = clock::pause(|| io::copy(&mut beginning, &mut file))?;
    let rest = (copied > most).then_some(source);
    Ok(Copy { file, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_is_known_under_all_its_names() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/fd/63", &link).expect("a link");
        let again = folder.path().join("again");
        std::os::unix::fs::symlink("link", &again).expect("a link");
        for (path, expected) in [
            (Path::new("/dev/fd/63"), Some(63)),
            (Path::new("/dev/../dev//fd/63"), Some(63)),
            (Path::new("/proc/self/fd/3"), Some(3)),
            (Path::new("/proc/thread-self/fd/3"), Some(3)),
            (Path::new("/dev/stdin"), Some(0)),
            (Path::new("/dev/stdout"), Some(1)),
            (link.as_path(), Some(63)),
            (again.as_path(), Some(63)),
            (Path::new("/proc/1/fd/3"), None),
            (Path::new("63"), None),
            (Path::new("pods"), None),
            (Path::new("/dev/null"), None),
            (Path::new(""), None),
        ] {
            assert_eq!(number(path), expected, "{}", path.display());
        }
    }

    #[test]
    fn our_own_descriptors_are_left_alone() {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        writer.write_all(b"ours").expect("room in the pipe");
        assert!(reader.as_raw_fd() > 2);
        let error = keep(reader.as_raw_fd()).expect_err("it is not kubectl's");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}

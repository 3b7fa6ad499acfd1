//! How a child that we start to read something passes through, should it reach us again through a PATH shim.
//!
//! The variable names an empty file that this process holds locked. A reader believes it while the lock is held and
//! takes the file away, so it is good once. The lock ends with this process and with its `exec` of kubectl (which keeps
//! the process number, so that a number would go on being believed): what a credential plugin writes into `~/.bashrc`,
//! or a process that it leaves behind, then holds a name of nothing.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::process::Command;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use crate::environment::PASS_THROUGH;

/// How the file's name begins.
const NAME: &str = "kubectl-safe-pass-";

/// Lets one child pass once, for as long as this value lives.
#[derive(Debug)]
pub struct Pass {
    /// Closed at an `exec`, as Rust opens every file, so no child holds the lock on.
    _file: tempfile::NamedTempFile,
}

impl Pass {
    /// Gives the child a pass. Without a place for its file there is none, and a child that reaches us is judged.
    #[must_use]
    pub fn give(child: &mut Command) -> Option<Self> {
        child.env_remove(PASS_THROUGH);
        let file = tempfile::Builder::new()
            .prefix(NAME)
            .rand_bytes(22)
            .tempfile()
            .ok()?;
        flock(file.as_file(), FlockOperation::NonBlockingLockExclusive).ok()?;
        child.env(PASS_THROUGH, file.path());
        Some(Self { _file: file })
    }
}

/// Whether this is a pass that its giver still stands for. It is used up.
#[must_use]
pub fn take(pass: &OsStr) -> bool {
    let path = Path::new(pass);
    let is_named = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(NAME.as_bytes()));
    // Only the one that takes the file away has it: two children cannot share it.
    is_named && path.is_absolute() && is_held(path) && fs::remove_file(path).is_ok()
}

/// Whether somebody holds a file of ours locked.
fn is_held(path: &Path) -> bool {
    // A named pipe must not be waited for, and a link not be followed.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = File::options()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path);
    let Ok(file) = file else {
        return false;
    };
    let is_ours = file.metadata().is_ok_and(|metadata| {
        metadata.is_file()
            && metadata.len() == 0
            && metadata.mode() & 0o777 == 0o600
            && metadata.uid() == rustix::process::geteuid().as_raw()
    });
    is_ours && flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn given(command: &Command) -> OsString {
        let mut variables = command.get_envs();
        let (_, value) = variables.next().expect("one variable");
        value.expect("which has a value").to_owned()
    }

    #[test]
    fn a_pass_is_good_once_and_while_its_giver_lives() {
        let mut command = Command::new("true");
        let pass = Pass::give(&mut command).expect("a temporary folder");
        let value = given(&command);
        assert!(take(&value), "it is held");
        assert!(!take(&value), "it was used");
        drop(pass);

        let pass = Pass::give(&mut command).expect("a temporary folder");
        let value = given(&command);
        drop(pass);
        assert!(!take(&value), "its giver is gone");
    }

    #[test]
    fn what_a_plugin_makes_up_is_none() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // A file that nobody holds: what is left when its giver was killed, or became kubectl.
        let left = folder.path().join("kubectl-safe-pass-left");
        fs::write(&left, "").expect("it can be written");
        // A file of another name that somebody holds.
        let other = folder.path().join("held");
        let held = File::create(&other).expect("it can be made");
        flock(&held, FlockOperation::NonBlockingLockExclusive).expect("nobody else has it");
        for made_up in ["", "1", "/", "/dev/null"].map(OsString::from) {
            assert!(!take(&made_up), "{}", made_up.display());
        }
        assert!(!take(left.as_os_str()) && !take(other.as_os_str()));
        assert!(left.exists() && other.exists(), "nothing is taken away");
    }
}

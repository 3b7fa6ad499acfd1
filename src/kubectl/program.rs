//! The real kubectl: find it, become it, or run it to read something.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cluster::Unread;
use crate::environment;
use crate::error::{Error, Kind};

/// Stands in every build of this program, so that a copy under another name is known.
const MARK: &[u8] = b"kubectl-safe: this program stands in front of kubectl and is not kubectl";

/// Released builds of this program are between these sizes, and no real kubectl is: only such files are searched for
/// [`MARK`], and those that are as long as we are.
const OUR_SIZES: std::ops::Range<u64> = 1_000_000..16_000_000;

/// The kubectl that runs commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
}

impl Program {
    /// `KUBECTL_SAFE_KUBECTL`, then `KUBECTL_PATH`, then the first `kubectl` on the `PATH` that is not this program.
    ///
    /// # Errors
    /// [`Kind::NoKubectl`] when there is none, when the named one is this program, or cannot be executed.
    pub fn find() -> Result<Self, Error> {
        for variable in [environment::KUBECTL, environment::KUBECTL_PATH] {
            if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
                return Self::named(PathBuf::from(path), variable);
            }
        }
        let mut ourselves = None;
        let found = which::which_all("kubectl").into_iter().flatten();
        for path in found {
            if is_ourselves(&path) {
                ourselves = Some(path);
            } else {
                return Ok(Self { path });
            }
        }
        let error = match ourselves {
            None => Error::new(Kind::NoKubectl, "no kubectl was found on the PATH"),
            Some(path) => Error::new(
                Kind::NoKubectl,
                format!(
                    "the only kubectl on the PATH, {}, is kubectl-safe itself",
                    path.display()
                ),
            ),
        };
        Err(error.hint(format!(
            "Install kubectl, or name it: {}=/path/to/kubectl",
            environment::KUBECTL
        )))
    }

    fn named(path: PathBuf, variable: &str) -> Result<Self, Error> {
        let wrong = |what: &str| {
            Error::new(
                Kind::NoKubectl,
                format!("{variable} names {}, which {what}", path.display()),
            )
            .hint(format!(
                "Set {variable} to the path of the real kubectl, or unset it"
            ))
        };
        if which::which(&path).is_err() {
            return Err(wrong("is no executable file"));
        }
        if is_ourselves(&path) {
            return Err(wrong("is kubectl-safe itself"));
        }
        Ok(Self { path })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Becomes kubectl with these words: same process, environment and descriptors. `stdin` replaces descriptor 0 where
    /// it was read and must be replayed.
    ///
    /// Returns only when it failed.
    #[must_use]
    pub fn exec(&self, words: &[OsString], stdin: Option<File>) -> Error {
        let mut command = Command::new(&self.path);
        command.args(words);
        if let Some(file) = stdin {
            command.stdin(file);
        }
        let reason = command.exec();
        Error::new(
            Kind::NoKubectl,
            format!("cannot run {}: {reason}", self.path.display()),
        )
    }

    /// Runs kubectl to read something and gives what it printed. It never sees our standard input, and should it reach
    /// us again through a PATH shim, it passes through.
    ///
    /// # Errors
    /// [`Unread::Other`] with kubectl's own words when it cannot be started or exits non-zero.
    pub fn capture(&self, words: &[OsString], stdin: Option<File>) -> Result<Vec<u8>, Unread> {
        let failed = |why: String| Unread::Other(format!("{}: {why}", self.path.display()));
        let output = Command::new(&self.path)
            .args(words)
            .env(environment::PASS_THROUGH, "1")
            .stdin(stdin.map_or_else(Stdio::null, Stdio::from))
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(failed(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ))
        }
    }
}

/// Whether a file is this program: the same file, a link to a file named as we are, or a copy.
fn is_ourselves(path: &Path) -> bool {
    let Ok(theirs) = fs::metadata(path) else {
        return false;
    };
    let ours = std::env::current_exe().and_then(fs::metadata).ok();
    let is_same_file =
        |ours: &fs::Metadata| ours.dev() == theirs.dev() && ours.ino() == theirs.ino();
    if ours.as_ref().is_some_and(is_same_file) {
        return true;
    }
    let is_our_size =
        OUR_SIZES.contains(&theirs.len()) || ours.is_some_and(|ours| ours.len() == theirs.len());
    let is_our_name = |real: PathBuf| real.file_name() == Some(OsStr::new("kubectl-safe"));
    fs::canonicalize(path).is_ok_and(is_our_name)
        || (is_our_size && fs::read(path).is_ok_and(|bytes| contains(&bytes, MARK)))
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

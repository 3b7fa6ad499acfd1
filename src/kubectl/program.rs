//! The real kubectl: find it, become it, or run it to read something.

pub(crate) mod errand;
pub mod pass;
mod rounds;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use memchr::memmem;

use super::{copies, descriptor};
use crate::cluster::Unread;
use crate::environment;
use crate::error::{Error, Fault, system_words};
use errand::{Errand, Unheard};
use pass::Pass;

/// Stands in every build of this program, so that a copy under another name is known.
const MARK: &[u8] = b"kubectl-safe: this program stands in front of kubectl and is not kubectl";

/// Released builds of this program are between these sizes, and no real kubectl is: only such files are searched for
/// [`MARK`], and those that are as long as we are.
pub(super) const OUR_SIZES: std::ops::Range<u64> = 1_000_000..16_000_000;

/// How long a run may take that only this machine has a part in.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The kubectl that runs commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
}

/// How far a run that only reads may reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No cluster: without a kubeconfig, so no credential plugin runs. For so long.
    Local(Duration),
    /// The cluster of the words, for so long.
    Cluster(Duration),
    /// The server of this kubeconfig, which is ours and stands alone in its folder, for so long.
    Nowhere(PathBuf, Duration),
    /// The same for words as they were typed: with the person's preferences (kuberc), which can decide what they mean.
    NowhereAsTyped(PathBuf, Duration),
}

/// What a run of kubectl printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Its standard output, as far as it came.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
    /// Whether it ended with 0. Otherwise kubectl refuses the same words when it runs for real.
    pub is_complete: bool,
}

impl Captured {
    /// What it says is wrong: its own error, else the last that it printed. Empty when it said nothing.
    #[must_use]
    pub fn complaint(&self) -> String {
        let said = String::from_utf8_lossy(&self.stderr);
        let error = said.lines().find_map(|line| line.strip_prefix("error: "));
        let line = error.or_else(|| said.trim().lines().last());
        line.unwrap_or_default().to_owned()
    }
}

impl Program {
    /// This one, whatever it is.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// `KUBECTL_SAFE_KUBECTL`, then `KUBECTL_PATH`, then the first `kubectl` on the `PATH` that is not this program.
    ///
    /// # Errors
    /// [`Kind::NoKubectl`](crate::error::Kind::NoKubectl) when there is none, when the named one is this program, or cannot be executed.
    pub fn find() -> Result<Self, Error> {
        let named = |variable| {
            let path = std::env::var_os(variable).filter(|path| !path.is_empty());
            path.map(|path| (PathBuf::from(path), variable))
        };
        let of_plugins = || named(environment::KUBECTL_PATH).filter(|(path, _)| is_kubectl(path));
        if let Some((path, variable)) = named(environment::KUBECTL).or_else(of_plugins) {
            return Self::look_up(path.as_os_str()).map_err(|ourselves| {
                let (variable, path) = (variable.to_owned(), path.display().to_string());
                match ourselves {
                    None => Fault::NotExecutable { variable, path },
                    Some(_) => Fault::NamesOurselves { variable, path },
                }
                .into()
            });
        }
        Self::look_up("kubectl".as_ref()).map_err(|ourselves| {
            match ourselves {
                None => Fault::NoKubectl,
                Some(path) => Fault::OnlyOurselves(path.display().to_string()),
            }
            .into()
        })
    }

    /// A path, or the first program of this name on the `PATH`, that is not this program. Otherwise where we were found, if we were.
    fn look_up(name: &OsStr) -> Result<Self, Option<PathBuf>> {
        let mut ourselves = None;
        for path in which::which_all(name).into_iter().flatten() {
            if is_ourselves(&path) {
                ourselves = Some(path);
            } else {
                return Ok(Self { path });
            }
        }
        Err(ourselves)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Becomes kubectl with these words: same process, environment and descriptors.
    ///
    /// Returns only when it failed.
    #[must_use]
    pub fn exec(&self, words: &[OsString]) -> Error {
        match self.command(words) {
            Ok(mut command) => self.cannot_run(&command.exec()),
            Err(fault) => fault.into(),
        }
    }

    /// The run of the person's words, which are changed only where a copy takes the place of what was fetched. What lets a child of
    /// ours pass is not for it.
    fn command(&self, words: &[OsString]) -> Result<Command, Fault> {
        descriptor::rewind().map_err(|why| Fault::StdinLost(system_words(&why)))?;
        let inherited = std::env::var_os(environment::ROUNDS);
        let rounds = rounds::note(inherited.as_deref(), words, &self.path).map_err(Fault::Loop)?;
        let mut command = Command::new(&self.path);
        command
            .args(copies::put_in(words))
            .env(environment::ROUNDS, rounds)
            .env_remove(environment::PASS_THROUGH);
        Ok(command)
    }

    /// Runs kubectl as a child with these words, on our own descriptors and with these variables on top of our environment.
    ///
    /// # Errors
    /// [`Kind::NoKubectl`] when it cannot be started, or has led back to us.
    pub fn run(
        &self,
        words: &[OsString],
        variables: &[(&str, OsString)],
    ) -> Result<ExitStatus, Error> {
        self.command(words)?
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .status()
            .map_err(|reason| self.cannot_run(&reason))
    }

    fn cannot_run(&self, reason: &io::Error) -> Error {
        Fault::NotRun {
            program: self.path.display().to_string(),
            why: system_words(reason),
        }
        .into()
    }

    /// Runs kubectl to read something, and gives what it printed.
    ///
    /// Without kuberc, unless the words are as they were typed, so that a person's defaults do not change what is printed, or where
    /// words lead that say it all. It never sees our standard input, and
    /// should it reach us again through a PATH shim, it passes through.
    ///
    /// # Errors
    /// When it cannot be started, does not end, or prints too much, and when there was more piped in than is read: half of it
    /// would not be what it is asked about.
    pub fn capture(
        &self,
        words: &[OsString],
        stdin: Option<File>,
        reach: Reach,
    ) -> Result<Captured, Unread> {
        let cannot = |error: &io::Error| Unread::NotRun {
            program: self.path.display().to_string(),
            why: system_words(error),
        };
        descriptor::check_length().map_err(Unread::Excess)?;
        let mut command = Command::new(&self.path);
        command
            .args(copies::put_in(words))
            .stdin(stdin.map_or_else(Stdio::null, Stdio::from))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !matches!(reach, Reach::NowhereAsTyped(..)) {
            command.env(environment::KUBERC, "off");
        }
        let patience = match reach {
            Reach::Local(patience) => {
                command.env(environment::KUBECONFIG, "/dev/null");
                patience
            }
            Reach::Cluster(patience) => patience,
            Reach::Nowhere(kubeconfig, patience) | Reach::NowhereAsTyped(kubeconfig, patience) => {
                // What it learns about this server stays beside its kubeconfig.
                let cache = kubeconfig.with_file_name("cache");
                command
                    .env(environment::KUBECONFIG, kubeconfig)
                    .env(environment::KUBECACHEDIR, cache);
                patience
            }
        };
        let _pass = Pass::give(&mut command);
        let errand =
            Errand::start(&mut command, errand::is_attended()).map_err(|error| cannot(&error))?;
        let printed = errand
            .end(Some(patience))
            .map_err(|unheard| match unheard {
                Unheard::Late => Unread::TimedOut(patience),
                Unheard::Excess(excess) => Unread::Excess(excess),
                Unheard::System(error) => cannot(&error),
            })?;
        let status = printed.status;
        if status.code().is_none() {
            return Err(Unread::NotRun {
                program: self.path.display().to_string(),
                why: status.to_string(),
            });
        }
        Ok(Captured {
            stdout: printed.stdout,
            stderr: printed.stderr,
            is_complete: status.success(),
        })
    }
}

/// Whether the name of a program makes it kubectl: `kubectl`, `kubectl.exe`, `kubectl1.36`, `kubectl-1.36`. Others, such as
/// `k3s`, are kubectl only as `k3s kubectl`.
fn is_kubectl(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"kubectl"))
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
        || (is_our_size && fs::read(path).is_ok_and(|bytes| memmem::find(&bytes, MARK).is_some()))
}

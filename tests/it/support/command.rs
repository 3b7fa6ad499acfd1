//! Running kubectl or kubectl-safe as one user, with nothing of the test's own environment.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::sync::{Arc, Once, OnceLock};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::SIGINT;
use signal_hook::flag::register_conditional_default;

use super::binaries::binaries;
use super::users::TestUser;

/// The kubectl-safe of this build.
pub const SAFE: &str = env!("CARGO_BIN_EXE_kubectl-safe");

/// Longer than any command of a test takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A command line, being put together.
#[derive(Debug, Clone)]
pub struct Run {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    folder: PathBuf,
    stdin: Option<Vec<u8>>,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    /// The exit code; 128 plus the signal's number when a signal ended it, as a shell says it.
    pub code: i32,
}

impl Output {
    /// Standard error as one line, whatever the width it was broken to.
    pub fn said(&self) -> String {
        self.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Run {
    /// The real kubectl.
    pub fn kubectl(user: &TestUser) -> Self {
        Self::as_user(&binaries().kubectl, user)
    }

    /// The kubectl-safe of this build, with the real kubectl as the only program in `PATH`.
    pub fn safe(user: &TestUser) -> Self {
        Self::as_user(Path::new(SAFE), user)
    }

    /// Any program, as this user and with the same environment.
    pub fn as_user(program: &Path, user: &TestUser) -> Self {
        Self::program(program, &user.home)
            .env("KUBECONFIG", &user.kubeconfig)
            .env("PATH", &user.path)
    }

    /// Any program, in this home folder and with nothing else: no cluster and no `PATH`.
    pub fn program(program: &Path, home: &Path) -> Self {
        heed_interrupts();
        let run = Self {
            program: program.to_owned(),
            args: Vec::new(),
            env: Vec::new(),
            folder: home.to_owned(),
            stdin: None,
        };
        // A kubectl that ends in 100 ms collects no garbage: a fifth less of CPU.
        run.env("HOME", home).env("LANG", "C").env("GOGC", "400")
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// The words of a line, split at spaces.
    pub fn line(self, line: &str) -> Self {
        self.args(line.split_whitespace())
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// What is piped in; without it stdin is `/dev/null`.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// The command as it would be typed at a terminal, for instance for a pty; stdin is not set.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.folder);
        command
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it to its end, in a session of its own: without a terminal, so that `/dev/tty` cannot be opened.
    pub fn run(&self) -> Output {
        let mut command = Command::new(setsid());
        command
            .arg(&self.program)
            .args(&self.args)
            .current_dir(&self.folder);
        command
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(if self.stdin.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("setsid can be started");
        let id = Pid::from_child(&child);
        let pipe = child.stdin.take().zip(self.stdin.clone());
        let (ended, end) = channel();
        thread::spawn(move || ended.send(child.wait_with_output()));
        if let Some((mut pipe, bytes)) = pipe {
            // A command may end without reading all of it.
            thread::spawn(move || pipe.write_all(&bytes));
        }
        let Ok(output) = end.recv_timeout(TIMEOUT) else {
            let _ = kill_process(id, Signal::KILL);
            let output = end.recv().ok().and_then(Result::ok);
            panic!("{:?} did not end: {output:?}", self.args);
        };
        let output = output.expect("a child can be awaited");
        Output {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: exit_code(output.status),
        }
    }
}

/// The exit code; 128 plus the signal's number when a signal ended it.
pub fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

/// A job in the background of a script ignores SIGINT, and so do its children unless somebody handles the signal: handled
/// signals are back at their default behind `execve`. Without this, tests of Ctrl-C would wait for ever there.
fn heed_interrupts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let dies = Arc::new(AtomicBool::new(true));
        register_conditional_default(SIGINT, dies).expect("SIGINT can be handled");
    });
}

/// A child of a test has the test's terminal; only setsid(2) takes it away, which std cannot call.
pub fn setsid() -> &'static Path {
    static SETSID: OnceLock<PathBuf> = OnceLock::new();
    SETSID.get_or_init(|| {
        which::which("setsid")
            .expect("the tests need `setsid` (util-linux) in PATH, to run without a terminal")
    })
}

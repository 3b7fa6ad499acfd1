//! A person at a terminal: types, waits, reads the screen, and may go away.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use signal_hook::consts::SIGHUP;
use signal_hook::flag;

use super::command::{Run, exit_code, setsid};
use super::screen::Screen;

/// Longer than any wait of a test takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Under `nohup` the signal of a closed window is ignored, and so it would be by all that is started here. What a process handles
/// is the default again for those that it starts.
fn hear_hang_ups() {
    static HEARD: OnceLock<()> = OnceLock::new();
    HEARD.get_or_init(|| {
        flag::register(SIGHUP, Arc::default()).expect("it is a signal that can be handled");
    });
}

/// A command on a pseudo terminal of its own, in a session of its own.
pub struct Terminal {
    child: Child,
    /// The person's side. The terminal hangs up when this and the reader's copy are closed.
    person: File,
    shown: Arc<Shown>,
    reader: JoinHandle<()>,
}

struct Shown {
    screen: Mutex<Screen>,
    changed: Condvar,
    /// Nothing more will be shown.
    is_closed: AtomicBool,
    /// The person goes away.
    is_left: AtomicBool,
}

impl Terminal {
    /// Runs a command on a terminal of 80 columns.
    pub fn open(run: &Run) -> Self {
        Self::start(run, 80, &[])
    }

    /// Runs a command on a terminal of so many columns.
    pub fn narrow(run: &Run, columns: u16) -> Self {
        Self::start(run, columns, &[])
    }

    /// Runs a command as `"$@"` of a shell script, in the command's environment.
    pub fn shell(run: &Run, script: &str) -> Self {
        Self::start(run, 80, &["/bin/sh", "-c", script, "sh"])
    }

    fn start(run: &Run, columns: u16, before: &[&str]) -> Self {
        hear_hang_ups();
        let (person, program) = pair(columns);
        let inner = run.command();
        let mut command = Command::new(setsid());
        // Its standard input becomes the terminal of the new session.
        command.arg("--ctty").args(before);
        command.arg(inner.get_program()).args(inner.get_args());
        command.env_clear().env("TERM", "xterm-256color");
        command.envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        if let Some(folder) = inner.get_current_dir() {
            command.current_dir(folder);
        }
        let end = || program.try_clone().expect("a file can be cloned");
        let child = command
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .expect("setsid can be started");
        let shown = Arc::new(Shown {
            screen: Mutex::new(Screen::new(columns.into())),
            changed: Condvar::new(),
            is_closed: AtomicBool::new(false),
            is_left: AtomicBool::new(false),
        });
        let output = person.try_clone().expect("a file can be cloned");
        let seen = Arc::clone(&shown);
        Self {
            child,
            person,
            reader: thread::spawn(move || seen.follow(output)),
            shown,
        }
    }

    /// Waits until the screen shows a text.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?} to be shown"), |screen| {
            screen.text().contains(text)
        });
    }

    /// Waits until the screen shows what is expected of its text; gives back what that makes of it.
    pub fn wait_for_some<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let found = RefCell::new(None);
        self.wait_until(what, |screen| {
            found.replace(find(&screen.text()));
            found.borrow().is_some()
        });
        found.into_inner().expect("it was waited for")
    }

    fn wait_until(&self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        let started = Instant::now();
        let mut screen = self.shown.lock();
        while !is_so(&screen) {
            let is_closed = self.shown.is_closed.load(Ordering::SeqCst);
            assert!(
                started.elapsed() < TIMEOUT && !is_closed,
                "waited for {what}:\n{}",
                screen.text()
            );
            screen = self.shown.wait(screen);
        }
    }

    /// Presses keys; Enter is `\r`.
    pub fn press(&self, keys: &str) {
        (&self.person)
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
    }

    /// Sends the command a signal, as `kill` does.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the command runs");
    }

    /// Whether lines are edited and echoed, as a shell leaves a terminal and expects it back.
    pub fn is_cooked(&self) -> bool {
        let modes = tcgetattr(&self.person)
            .expect("it is a terminal")
            .local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }

    /// What is shown now.
    pub fn text(&self) -> String {
        self.shown.lock().text()
    }

    /// Waits for the end of the command.
    pub fn end(mut self) -> End {
        let started = Instant::now();
        let mut screen = self.shown.lock();
        while !self.shown.is_closed.load(Ordering::SeqCst) {
            assert!(
                started.elapsed() < TIMEOUT,
                "the command did not end:\n{}",
                screen.text()
            );
            screen = self.shown.wait(screen);
        }
        let end = End {
            code: exit_code(self.child.wait().expect("a child can be awaited")),
            text: screen.text(),
            is_coloured: screen.is_coloured,
            cursor_is_visible: screen.cursor_is_visible,
            is_cooked: self.is_cooked(),
            strange: screen.strange.clone(),
        };
        drop(screen);
        end
    }

    /// Closes the window while the command runs, and waits for the command's end. Returns its exit code.
    pub fn hang_up(mut self) -> i32 {
        self.shown.is_left.store(true, Ordering::SeqCst);
        self.reader.join().expect("the reader does not panic");
        drop(self.person);
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be awaited") {
                return exit_code(status);
            }
            assert!(started.elapsed() < TIMEOUT, "the command did not end");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Shown {
    fn lock(&self) -> MutexGuard<'_, Screen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, screen: MutexGuard<'a, Screen>) -> MutexGuard<'a, Screen> {
        self.changed
            .wait_timeout(screen, Duration::from_millis(100))
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// Shows what comes, until there is nobody left on one of the sides.
    fn follow(&self, mut output: File) {
        let soon = Timespec {
            tv_sec: 0,
            tv_nsec: 50_000_000,
        };
        let mut bytes = [0; 4096];
        while !self.is_left.load(Ordering::SeqCst) {
            let mut fds = [PollFd::new(&output, PollFlags::IN)];
            if !matches!(poll(&mut fds, Some(&soon)), Ok(1..)) {
                continue;
            }
            // With the last process gone it is an error (EIO) on Linux and the end of the file elsewhere.
            let count = output.read(&mut bytes).unwrap_or(0);
            let mut screen = self.lock();
            screen.show(&bytes[..count]);
            if count == 0 {
                break;
            }
            self.changed.notify_all();
        }
        self.is_closed.store(true, Ordering::SeqCst);
        self.changed.notify_all();
    }
}

/// A new pseudo terminal: the person's side and the program's.
fn pair(columns: u16) -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
        .expect("a pty opens");
    grantpt(&person)
        .and_then(|()| unlockpt(&person))
        .expect("a new pty is ours");
    let name = ptsname(&person, Vec::new()).expect("a pty has a name");
    let name = PathBuf::from(std::ffi::OsString::from_vec(name.into_bytes()));
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&person, size).expect("a pty has a size");
    let program = OpenOptions::new()
        .read(true)
        .write(true)
        // The test's own session must not get it as its terminal.
        .custom_flags(rustix::fs::OFlags::NOCTTY.bits().cast_signed())
        .open(name)
        .expect("the other side opens");
    (person.into(), program)
}

/// How a command on a terminal ended.
#[derive(Debug)]
pub struct End {
    /// The exit code; 128 plus the signal's number when a signal ended it, as a shell says it.
    pub code: i32,
    pub text: String,
    pub is_coloured: bool,
    pub cursor_is_visible: bool,
    /// As [`Terminal::is_cooked`].
    pub is_cooked: bool,
    /// What was sent to the terminal that nothing of ours has reason to send.
    pub strange: Vec<String>,
}

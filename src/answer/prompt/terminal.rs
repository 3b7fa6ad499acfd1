//! The terminal: one line from a person, whatever standard input, output and error are.
//!
//! `/dev/tty` is opened for reading and writing, because standard input may be a manifest and standard error a file.
//!
//! **Modes.** A question has echo, line editing and signals of keys off from its first to its last key: a name of
//! Chinese characters is erased by columns, and Ctrl-C and Ctrl-D are bytes that answer.
//!
//! **Signals.** From the first question on SIGINT and SIGTERM are handled. While a question is open SIGINT ends the
//! read as Ctrl-C does, and SIGTERM ends the process once the terminal is as it was; at any other time both end the
//! process as if they were not handled. `execve` sets handled signals back to their default, so kubectl never
//! notices.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use console::Term;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};
use signal_hook::SigId;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::{emulate_default_handler, pipe, unregister};
use unicode_width::UnicodeWidthStr as _;

use super::line::{Step, TypedLine};
use super::{Asker, Line};
use crate::answer::layout::{Paper, wrap};

/// The terminal that the command was started from.
#[derive(Debug)]
pub struct Terminal {
    terminal: Term,
    keys: File,
}

impl Terminal {
    /// Opens it. An error means that there is none, or that it cannot be used.
    pub fn open() -> io::Result<Self> {
        let keys = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        let terminal = Term::read_write_pair(keys.try_clone()?, keys.try_clone()?);
        if terminal.is_term() {
            Ok(Self { terminal, keys })
        } else {
            Err(io::Error::new(
                ErrorKind::NotConnected,
                "/dev/tty is not a terminal",
            ))
        }
    }

    /// What questions are written on here.
    #[must_use]
    pub fn paper(&self) -> Paper {
        Paper::of(&self.terminal, console::colors_enabled_stderr())
    }

    fn read(&self, above: &str, prompt: &str, question: &OpenQuestion) -> io::Result<Outcome> {
        self.terminal.write_str(above)?;
        // The answer begins on the prompt's last line.
        let width = self.paper().width;
        let mut lines = wrap(prompt, width, width);
        let last = lines.pop().unwrap_or_default();
        for line in lines {
            self.terminal.write_line(&line)?;
        }
        let _quiet = Quiet::begin(&self.keys)?;
        // What was typed before the question was there to be answered.
        tcflush(&self.keys, QueueSelector::IFlush)?;
        let last = format!("{last}{}", gap(&last));
        self.terminal.write_str(&last)?;
        let mut line = TypedLine::behind(last.width(), self.terminal.size().1.into());
        loop {
            if let Some(outcome) = question.wait(&self.keys)? {
                return Ok(outcome);
            }
            let mut byte = [0];
            if (&self.keys).read(&mut byte)? == 0 {
                return Ok(Outcome::Line(Line::Closed));
            }
            let step = line.take(byte[0]);
            self.terminal.write_str(&line.take_shown())?;
            return Ok(Outcome::Line(match step {
                Step::More => continue,
                Step::Entered => Line::Typed(line.text()),
                Step::Ended => Line::Closed,
                Step::Interrupted => Line::Interrupted,
            }));
        }
    }
}

/// How a read ended.
enum Outcome {
    Line(Line),
    /// By SIGTERM.
    Terminated,
}

impl Asker for Terminal {
    fn ask(&mut self, above: &str, prompt: &str) -> Line {
        let Ok(question) = OpenQuestion::begin() else {
            // Without a way to take Ctrl-C a question could not be left.
            return Line::Closed;
        };
        let outcome = self.read(above, prompt, &question);
        drop(question);
        // The cursor still stands behind the answer; a terminal that is gone needs no new line.
        let _ = self.terminal.write_line("");
        match outcome {
            Ok(Outcome::Line(line)) => line,
            Ok(Outcome::Terminated) => {
                // Does not return.
                let _ = emulate_default_handler(SIGTERM);
                Line::Closed
            }
            Err(_) => Line::Closed,
        }
    }
}

/// While this lives, SIGINT and SIGTERM end the read instead of the process.
struct OpenQuestion {
    /// Each is readable once its signal has come.
    interrupted: UnixStream,
    terminated: UnixStream,
    handlers: [SigId; 2],
}

/// Whether the signals end the process: while no question is open.
fn dies() -> io::Result<&'static Arc<AtomicBool>> {
    static DIES: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(dies) = DIES.get() {
        return Ok(dies);
    }
    let dies = Arc::new(AtomicBool::new(true));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_default(signal, Arc::clone(&dies))?;
    }
    Ok(DIES.get_or_init(|| dies))
}

impl OpenQuestion {
    fn begin() -> io::Result<Self> {
        let dies = dies()?;
        let (interrupted, on_interrupt) = UnixStream::pair()?;
        let (terminated, on_terminate) = UnixStream::pair()?;
        let handlers = [
            pipe::register(SIGINT, on_interrupt)?,
            pipe::register(SIGTERM, on_terminate)?,
        ];
        dies.store(false, Ordering::SeqCst);
        Ok(Self {
            interrupted,
            terminated,
            handlers,
        })
    }

    /// Waits for a key, or says what came instead.
    fn wait(&self, keys: &File) -> io::Result<Option<Outcome>> {
        let mut fds = [
            PollFd::new(&self.terminated, PollFlags::IN),
            PollFd::new(&self.interrupted, PollFlags::IN),
            PollFd::new(keys, PollFlags::IN),
        ];
        loop {
            match poll(&mut fds, None) {
                // The signal has filled its pipe.
                Err(Errno::INTR) => {}
                result => {
                    result?;
                    break;
                }
            }
        }
        let came = |fd: &PollFd<'_>| !fd.revents().is_empty();
        Ok(if came(&fds[0]) {
            Some(Outcome::Terminated)
        } else if came(&fds[1]) {
            Some(Outcome::Line(Line::Interrupted))
        } else {
            None
        })
    }
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        if let Ok(dies) = dies() {
            dies.store(true, Ordering::SeqCst);
        }
        for handler in self.handlers {
            unregister(handler);
        }
    }
}

/// The terminal's modes before the question that is open.
static MODES: Mutex<Option<Termios>> = Mutex::new(None);

/// Puts the terminal back as it was, should a question be open.
pub fn put_back() {
    let modes = MODES.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let (Some(modes), Ok(keys)) = (modes, File::open("/dev/tty")) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(&keys, OptionalActions::Now, &modes);
    }
}

/// While this lives, the terminal neither echoes nor edits nor makes signals of keys.
struct Quiet;

impl Quiet {
    fn begin(keys: &File) -> io::Result<Self> {
        let modes = tcgetattr(keys)?;
        let mut quiet = modes.clone();
        quiet
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        *MODES.lock().unwrap_or_else(PoisonError::into_inner) = Some(modes);
        let begun = Self;
        tcsetattr(keys, OptionalActions::Drain, &quiet)?;
        Ok(begun)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        put_back();
    }
}

/// Between the prompt and the answer. Full-width punctuation brings its own.
fn gap(prompt: &str) -> &'static str {
    if prompt.ends_with('：') { "" } else { " " }
}

//! The terminal: one line from a person, whatever standard input, output and error are.
//!
//! `/dev/tty` is opened for reading and writing, because standard input may be a manifest and standard error a file.
//! The line is read key by key, with the keys of a terminal's own line editing: Backspace takes one character back,
//! Ctrl-W a word, Ctrl-U all of it, and Ctrl-D on an empty line is the end of input. dialoguer's own `Input` overlooks the
//! last three, so that `y`, Ctrl-U and Enter would consent; what it shows, a theme of it says here too.
//!
//! **Modes.** console switches the terminal to raw mode for each key and back after it. What is typed in between
//! would be echoed by the kernel as well. So a question has echo, line editing and signals off from its first to its
//! last key.
//!
//! **Ctrl-Z** stops the job as it would elsewhere, with the terminal as it was; `fg` shows the question again, with
//! an empty answer.
//!
//! **Ctrl-C** is a byte then; console answers it by raising SIGINT at this process. By default that would end us
//! without a word, and a shell would see a signal instead of an exit code. So from the first question on SIGINT is
//! handled: while a question is open it only makes the read end, with [`Line::Interrupted`]; at any other time it ends
//! the process as if it were not handled. What else ends a process by default is handled as well, unless it is ignored
//! (`nohup`): a question is left with the terminal as it was.
//! `execve` sets handled signals back to their default, so kubectl never notices.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use console::{Key, Term, measure_text_width};
use dialoguer::theme::Theme;
use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::{Asker, Line};
use crate::answer::escape::escape_whole;
use crate::answer::layout::{Paper, wrap};

/// Keys that console passes on as the character that they make.
const END_OF_INPUT: char = '\u{4}';
const TAKE_LINE_BACK: char = '\u{15}';
const TAKE_WORD_BACK: char = '\u{17}';
const STOP: char = '\u{1a}';

/// How long after the end of a terminal its signal may come.
const HANG_UP: Duration = Duration::from_millis(200);

/// How the reading of a line ended.
enum End {
    Line(String),
    /// Ctrl-D on an empty line.
    Closed,
    /// Ctrl-Z: nothing was answered yet.
    Stopped,
}

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

    /// Shows a question and reads its answer: `None` for Ctrl-D.
    fn read(&self, above: &str, prompt: &str) -> io::Result<Option<String>> {
        loop {
            match self.read_once(above, prompt)? {
                End::Line(line) => return Ok(Some(line)),
                End::Closed => return Ok(None),
                End::Stopped => stop()?,
            }
        }
    }

    fn read_once(&self, above: &str, prompt: &str) -> io::Result<End> {
        self.terminal.write_str(above)?;
        // The answer is drawn on one line, so what is too long for a line stands above it.
        let width = self.paper().width;
        let mut lines = wrap(prompt, width, width);
        let last = lines.pop().unwrap_or_default();
        for line in lines {
            self.terminal.write_line(&line)?;
        }
        let _quiet = Quiet::begin(&self.keys)?;
        self.forget_typed()?;
        self.draw(&last, "", width)?;
        let end = self.keys_of_line(&last, width)?;
        self.terminal.write_line("")?;
        Ok(end)
    }

    fn keys_of_line(&self, prompt: &str, width: usize) -> io::Result<End> {
        let mut line = String::new();
        loop {
            let before = line.len();
            match self.key()? {
                Key::Enter => {
                    self.draw(prompt, &line, usize::MAX)?;
                    return Ok(End::Line(line));
                }
                Key::Char(END_OF_INPUT) if line.is_empty() => return Ok(End::Closed),
                Key::Char(STOP) => return Ok(End::Stopped),
                Key::Char(TAKE_LINE_BACK) => line.clear(),
                Key::Char(TAKE_WORD_BACK) => {
                    let kept = line.trim_end();
                    let word = kept.rfind(char::is_whitespace);
                    line.truncate(word.map_or(0, |at| at + 1));
                }
                Key::Backspace => drop(line.pop()),
                Key::Char(it) if !it.is_control() => line.push(it),
                _ => {}
            }
            if line.len() != before {
                self.draw(prompt, &line, width)?;
            }
        }
    }

    /// The next key. A signal that ends the process makes the read end too; then this waits for the end, so that nothing else
    /// becomes of the question.
    fn key(&self) -> io::Result<Key> {
        loop {
            let error = match self.terminal.read_key() {
                Err(error) => error,
                read => return read,
            };
            if error.kind() != ErrorKind::Interrupted {
                // A terminal that is closed sends SIGHUP, too, maybe a moment later.
                thread::sleep(HANG_UP);
            }
            if !is_dying() {
                return Err(error);
            }
            thread::park();
        }
    }

    /// The prompt and what was typed behind it; the end of it where all is too wide.
    fn draw(&self, prompt: &str, line: &str, width: usize) -> io::Result<()> {
        let mut shown = String::new();
        // Writing to a String cannot fail.
        let _ = Plain.format_input_prompt(&mut shown, prompt, None);
        let room = width.saturating_sub(measure_text_width(&shown) + 1);
        let line = escape_whole(line);
        let mut tail = line.as_str();
        while measure_text_width(tail) > room {
            let mut rest = tail.chars();
            rest.next();
            tail = rest.as_str();
        }
        shown.clear();
        let _ = Plain.format_input_prompt_selection(&mut shown, prompt, tail);
        self.terminal.clear_line()?;
        self.terminal.write_str(&shown)
    }

    /// Drops what was typed before the question was there to be answered. console reads keys from standard input
    /// when that is a terminal, else from `/dev/tty`.
    fn forget_typed(&self) -> io::Result<()> {
        tcflush(&self.keys, QueueSelector::IFlush)?;
        let stdin = io::stdin();
        if stdin.is_terminal() {
            tcflush(&stdin, QueueSelector::IFlush)?;
        }
        Ok(())
    }
}

impl Asker for Terminal {
    fn ask(&mut self, above: &str, prompt: &str) -> Line {
        let Ok(question) = Uninterrupted::begin() else {
            // Without a way to take Ctrl-C a question could not be left.
            return Line::Closed;
        };
        let line = self.read(above, prompt);
        drop(question);
        match line {
            Ok(Some(text)) => Line::Typed(text),
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                // The cursor still stands behind the prompt; a terminal that is gone needs no new line.
                let _ = self.terminal.write_line("");
                Line::Interrupted
            }
            Ok(None) | Err(_) => Line::Closed,
        }
    }
}

/// While this lives, SIGINT does not end the process: it ends the read of an answer, or a child. SIGTERM puts the
/// terminal back first.
#[derive(Debug)]
pub struct Uninterrupted(&'static Arc<AtomicBool>);

impl Uninterrupted {
    /// From now on. Handled, not ignored, so a child that is started meanwhile has its default.
    pub fn begin() -> io::Result<Self> {
        static DIES: OnceLock<Arc<AtomicBool>> = OnceLock::new();
        let dies = if let Some(dies) = DIES.get() {
            dies
        } else {
            let dies = Arc::new(AtomicBool::new(true));
            let ignored = ignored();
            let deadly: Vec<i32> = [SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM]
                .into_iter()
                .filter(|signal| ignored >> (signal - 1) & 1 == 0)
                .collect();
            for signal in deadly.iter().chain(&[SIGINT]) {
                flag::register_conditional_default(*signal, Arc::clone(&dies))?;
            }
            for signal in &deadly {
                flag::register(*signal, Arc::clone(DYING.get_or_init(Arc::default)))?;
            }
            die_tidily(Signals::new(deadly)?);
            DIES.get_or_init(|| dies)
        };
        dies.store(false, Ordering::SeqCst);
        Ok(Self(dies))
    }
}

impl Drop for Uninterrupted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The signals that this process was started to ignore, as a bit each: a handler would undo that, for kubectl too.
/// Only Linux says which; elsewhere none.
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|it| it.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        })
        .unwrap_or_default()
}

/// Whether a signal came by which [`die_tidily`] ends the process.
static DYING: OnceLock<Arc<AtomicBool>> = OnceLock::new();

fn is_dying() -> bool {
    DYING
        .get()
        .is_some_and(|dying| dying.load(Ordering::SeqCst))
}

/// Ends the process by the first of the signals, with the terminal put back: a read of a key is not made to end by one.
fn die_tidily(mut signals: Signals) {
    thread::spawn(move || {
        for signal in signals.forever() {
            // Ctrl-\ in a person's editor is the editor's.
            if put_back() || signal != SIGQUIT {
                // Does not return.
                let _ = emulate_default_handler(signal);
            }
            if let Some(dying) = DYING.get() {
                dying.store(false, Ordering::SeqCst);
            }
        }
    });
}

/// Stops the job, as Ctrl-Z does, until it is continued. Where nobody could continue it the system does not stop it.
fn stop() -> io::Result<()> {
    let continued = Arc::new(AtomicBool::new(false));
    let handler = flag::register(SIGCONT, Arc::clone(&continued))?;
    kill_current_process_group(Signal::TSTP)?;
    // The signal may be taken a moment later; this time does not pass while the process is stopped.
    for _ in 0..20 {
        if continued.load(Ordering::SeqCst) {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    signal_hook::low_level::unregister(handler);
    Ok(())
}

/// The terminal's modes before the question that is open.
static MODES: Mutex<Option<Termios>> = Mutex::new(None);

/// Puts the terminal back as it was, should a question be open, and says whether one was.
pub fn put_back() -> bool {
    let modes = MODES.lock().unwrap_or_else(PoisonError::into_inner).take();
    let open = modes.is_some();
    if let (Some(modes), Ok(keys)) = (modes, File::open("/dev/tty")) {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(&keys, OptionalActions::Now, &modes);
    }
    open
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

/// The prompt as our texts have it: dialoguer's own themes put punctuation behind it.
struct Plain;

impl Theme for Plain {
    fn format_input_prompt(
        &self,
        f: &mut dyn fmt::Write,
        prompt: &str,
        _default: Option<&str>,
    ) -> fmt::Result {
        write!(f, "{prompt}{}", gap(prompt))
    }

    fn format_input_prompt_selection(
        &self,
        f: &mut dyn fmt::Write,
        prompt: &str,
        answer: &str,
    ) -> fmt::Result {
        write!(f, "{prompt}{}{answer}", gap(prompt))
    }
}

/// Between the prompt and the answer. Full-width punctuation brings its own.
fn gap(prompt: &str) -> &'static str {
    if prompt.ends_with('：') { "" } else { " " }
}

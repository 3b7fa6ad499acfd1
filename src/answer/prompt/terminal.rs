//! The terminal: one line from a person, whatever standard input, output and error are.
//!
//! `/dev/tty` is opened for reading and writing, because standard input may be a manifest and standard error a file.
//! dialoguer's `Input` reads the line: unlike its `Confirm` and `Select` it never hides the cursor. It overlooks
//! Ctrl-D, so the first key is read here: on an empty line that is the end of input, as in a shell.
//!
//! **Modes.** console switches the terminal to raw mode for each key and back after it. What is typed in between
//! would be echoed by the kernel as well, and an echoed Enter would make dialoguer take the wrong line back. So a
//! question has echo, line editing and signals off from its first to its last key.
//!
//! **Ctrl-C** is a byte then; console answers it by raising SIGINT at this process. By default that would end us
//! without a word, and a shell would see a signal instead of an exit code. So from the first question on SIGINT is
//! handled: while a question is open it only makes the read end, with [`Line::Interrupted`]; at any other time it ends
//! the process as if it were not handled. SIGTERM is handled as well: a question is left with the terminal as it was.
//! `execve` sets handled signals back to their default, so kubectl never notices.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use console::{Key, Term};
use dialoguer::Input;
use dialoguer::theme::Theme;
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::{Asker, Line};
use crate::answer::escape::escape;
use crate::answer::layout::{Paper, wrap};

/// Ctrl-D, which console passes on as the character that the key makes.
const END_OF_INPUT: char = '\u{4}';

/// What an answer begins with.
enum First {
    Character(char),
    /// The answer is empty.
    Enter,
    /// There will be none.
    EndOfInput,
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
        self.terminal.write_str(above)?;
        // dialoguer takes the cursor to be on the prompt's only line, so what is too long for a line stands above it.
        let width = self.paper().width;
        let mut lines = wrap(prompt, width, width);
        let last = lines.pop().unwrap_or_default();
        for line in lines {
            self.terminal.write_line(&line)?;
        }
        let _quiet = Quiet::begin(&self.keys)?;
        self.forget_typed()?;
        self.terminal.write_str(&format!("{last}{}", gap(&last)))?;
        match self.first()? {
            First::Character(first) => {
                // It shows the prompt itself.
                self.terminal.clear_line()?;
                let line = Input::<String>::with_theme(&Plain)
                    .with_prompt(last)
                    .with_initial_text(first)
                    .allow_empty(true)
                    .interact_text_on(&self.terminal);
                Ok(Some(line?))
            }
            First::Enter => {
                self.terminal.write_line("")?;
                Ok(Some(String::new()))
            }
            First::EndOfInput => {
                self.terminal.write_line("")?;
                Ok(None)
            }
        }
    }

    /// The first key that means something on an empty line.
    fn first(&self) -> io::Result<First> {
        loop {
            match self.terminal.read_key()? {
                Key::Enter => return Ok(First::Enter),
                Key::Char(END_OF_INPUT) => return Ok(First::EndOfInput),
                Key::Char(it) if !it.is_control() => return Ok(First::Character(it)),
                _ => {}
            }
        }
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
            for signal in [SIGINT, SIGTERM] {
                flag::register_conditional_default(signal, Arc::clone(&dies))?;
            }
            die_tidily(Signals::new([SIGTERM])?);
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

/// Ends the process by the first of the signals, with the terminal put back: a read of a key is not made to end by one.
fn die_tidily(mut signals: Signals) {
    thread::spawn(move || {
        for signal in signals.forever() {
            put_back();
            // Does not return.
            let _ = emulate_default_handler(signal);
        }
    });
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
        write!(f, "{prompt}{}{}", gap(prompt), escape(answer))
    }
}

/// Between the prompt and the answer. Full-width punctuation brings its own.
fn gap(prompt: &str) -> &'static str {
    if prompt.ends_with('：') { "" } else { " " }
}

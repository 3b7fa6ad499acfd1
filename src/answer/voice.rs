//! The only place that writes to a person: standard error for what we say, standard output for what was asked of us.

use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;

use super::escape::escape_whole;
use super::language::Language;
use super::prompt;
use crate::environment;
use crate::error::{Error, Fault, Kind, system_words};

/// The language of this process.
#[must_use]
pub fn language() -> Language {
    let variables = std::iter::once(environment::LANGUAGE).chain(environment::LOCALE);
    let values: Vec<Option<String>> = variables.map(|name| std::env::var(name).ok()).collect();
    Language::choose(values.iter().map(Option::as_deref))
}

/// Writes a text that is already escaped to standard error. A closed standard error changes no decision.
pub fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes the output of our own commands to standard output.
///
/// # Errors
/// [`Kind::Internal`] when it cannot be written; a reader that has gone away is no error.
pub fn print(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fault::StdoutFailed(system_words(&why)).into())
        }
        _ => Ok(()),
    }
}

/// Says why nothing was run, unless that was said already.
pub fn report(error: &Error) {
    let Some(fault) = &error.fault else { return };
    let language = language();
    let said = escape_whole(&language.fault(fault));
    write(&format!("{}\n", language.says(&said)));
    if let Some(hint) = language.hint(fault) {
        write(&format!("  {}\n", escape_whole(&hint)));
    }
}

/// The panic hook: nothing was run, and the shell is told so.
///
/// Takes the process down itself: what follows a panic would be an abort, whose exit code says nothing.
#[expect(clippy::exit, reason = "a panic hook has nobody to return to")]
pub fn report_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(|place| format!(" ({}:{})", place.file(), place.line()))
        .unwrap_or_default();
    prompt::put_back();
    write(&format!("\n{}\n", language().internal_error(&place)));
    // Where a question was open, its cursor may be hidden.
    if let Ok(terminal) = std::fs::File::options().write(true).open("/dev/tty") {
        let _ = (&terminal).write_all(b"\x1b[?25h");
    }
    std::process::exit(Kind::Internal as i32);
}

/// A line on the terminal while the cluster is looked at; taken back when it is dropped.
pub struct StatusLine {
    shown: bool,
}

impl StatusLine {
    /// Shows it, if standard error is a terminal.
    #[must_use]
    pub fn show() -> Self {
        let shown = io::stderr().is_terminal();
        if shown {
            write(&format!("\r{}", language().looking()));
        }
        Self { shown }
    }
}

impl StatusLine {
    /// Takes back a line that nobody is left to drop.
    pub fn clear() {
        if io::stderr().is_terminal() {
            write("\r\x1b[K");
        }
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        if self.shown {
            Self::clear();
        }
    }
}

//! What ends a command without kubectl having run: a sentence, what to do next, an exit code.

use std::fmt;
use std::io;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

/// Why kubectl was not run. Each kind is one documented exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Our own flags or words are wrong.
    Usage = 64,
    /// No kubectl was found, or what was found is ourselves.
    NoKubectl = 69,
    /// We failed.
    Internal = 70,
    /// Something could not be read, and nobody consented.
    Unread = 75,
    /// Everything was read and the answer is no.
    Refused = 77,
    /// Ctrl-C at a question.
    Interrupted = 130,
}

/// What a person sees, and what the shell sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// What happened, on which object or file; empty when that was said already.
    pub message: String,
    /// What to do next, one line each.
    pub hints: Vec<String>,
}

impl Error {
    /// An error without hints.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// An end whose reason the person has been shown already.
    #[must_use]
    pub fn said(kind: Kind) -> Self {
        Self::new(kind, String::new())
    }

    /// The same error with one more thing to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// What the system says went wrong, such as `No such file or directory`, without the number that Rust adds.
#[must_use]
pub fn system_words(error: &io::Error) -> String {
    let mut words = error.to_string();
    if error.raw_os_error().is_some()
        && let Some(number) = words.rfind(" (os error ")
    {
        words.truncate(number);
    }
    words
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        Self::from(kind as u8)
    }
}

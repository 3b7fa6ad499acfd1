//! What ends a command without kubectl having run: a sentence, what to do next, an exit code.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::cluster::reader::snapshot::SnapshotError;

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

/// Why a command ends. Each is a sentence in three languages, with what to do next, in `answer/messages/fault.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A flag that begins like ours.
    UnknownFlag(String),
    /// A flag of ours with a value that is neither true nor false.
    NotTruth(String),
    /// A flag of ours that needs a value.
    NeedsValue(String),
    /// The value of `--safe-timeout`.
    NoDuration(String),
    /// `--safe-override` alone.
    OverrideWithoutReason,
    /// `--safe-reason` alone.
    ReasonWithoutOverride,
    /// A word or flag that our own command does not take.
    UnexpectedWord {
        /// The command, such as `risks`.
        command: &'static str,
        /// The word.
        word: String,
    },
    /// A flag of our own command with a value that it does not take; empty when it has none.
    WrongValue {
        /// The command.
        command: &'static str,
        /// The flag, as its help writes it.
        flag: String,
        /// The value.
        value: String,
    },
    /// `risks ID`.
    NoSuchRule(String),
    /// A file that is no snapshot.
    Snapshot {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: SnapshotError,
    },
    /// A snapshot that cannot be opened: the words of the system.
    SnapshotUnread {
        /// The file.
        path: String,
        /// The system's words.
        why: String,
    },
    /// Nothing on the `PATH`.
    NoKubectl,
    /// Only this program is on the `PATH`.
    OnlyOurselves(String),
    /// A variable names something that cannot be run.
    NotExecutable {
        /// The variable.
        variable: String,
        /// What it names.
        path: String,
    },
    /// A variable names this program.
    NamesOurselves {
        /// The variable.
        variable: String,
        /// What it names.
        path: String,
    },
    /// What was found as kubectl ran us again with the same words: the programs of all rounds.
    Loop(Vec<PathBuf>),
    /// kubectl cannot be run: the words of the system.
    NotRun {
        /// Its path.
        program: String,
        /// The system's words.
        why: String,
    },
    /// What was read of standard input could not be put back.
    StdinLost(String),
    /// A file is another one each time that it is compared.
    InputChanges(String),
    /// The system gives no epoll or kqueue.
    NoRuntime(String),
    /// Standard output takes nothing.
    StdoutFailed(String),
    /// The built-in demo is broken.
    DemoBroken(String),
    /// The rules cannot be written as JSON or YAML.
    RulesUnprinted(String),
    /// An edit cannot be set up: the words of the system.
    EditorUnguarded(String),
    /// The person's editor cannot be started.
    EditorNotRun {
        /// Its command line.
        editor: String,
        /// The system's words.
        why: String,
    },
    /// A text could not be judged, or not kept from kubectl.
    TextNotJudged {
        /// Where it is.
        file: String,
        /// The system's words.
        why: String,
    },
    /// The words of an edit mean something else by the time that its text is saved.
    CommandChanged,
}

impl Fault {
    /// The exit code that it ends in.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::UnknownFlag(_)
            | Self::NotTruth(_)
            | Self::NeedsValue(_)
            | Self::NoDuration(_)
            | Self::OverrideWithoutReason
            | Self::ReasonWithoutOverride
            | Self::UnexpectedWord { .. }
            | Self::WrongValue { .. }
            | Self::NoSuchRule(_)
            | Self::Snapshot { .. }
            | Self::SnapshotUnread { .. } => Kind::Usage,
            Self::NoKubectl
            | Self::OnlyOurselves(_)
            | Self::NotExecutable { .. }
            | Self::NamesOurselves { .. }
            | Self::Loop(_)
            | Self::NotRun { .. } => Kind::NoKubectl,
            Self::InputChanges(_) => Kind::Unread,
            Self::StdinLost(_)
            | Self::NoRuntime(_)
            | Self::StdoutFailed(_)
            | Self::DemoBroken(_)
            | Self::RulesUnprinted(_)
            | Self::EditorUnguarded(_)
            | Self::EditorNotRun { .. }
            | Self::TextNotJudged { .. }
            | Self::CommandChanged => Kind::Internal,
        }
    }
}

/// What the shell sees, and what a person still has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// What happened; absent when that was said already.
    pub fault: Option<Fault>,
}

impl Error {
    /// An end whose reason the person has been shown already.
    #[must_use]
    pub const fn said(kind: Kind) -> Self {
        Self { kind, fault: None }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self {
            kind: fault.kind(),
            fault: Some(fault),
        }
    }
}

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

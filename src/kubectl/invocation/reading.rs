//! From words to one of five readings.

use std::ffi::OsString;

use super::Invocation;
use super::find::{Found, Removal, find, may_hide_a_verb};
use super::parse::FlagError;
use super::reader::Reader;
use crate::kubectl::flags::{Command, Minor, ROOT};
use crate::kubectl::kuberc::{self, World};

/// What kubectl makes of the words.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// A verb whose changes are judged.
    Guarded(Box<Invocation>),
    /// A command that is not judged; its flags were not even read.
    Unguarded(&'static Command),
    /// kubectl prints help, or stops with an error, before any request.
    Stops(Stop),
    /// No command: kubectl looks for a plugin, see [`candidates`](crate::kubectl::plugin::candidates), and stops if there is none.
    Plugin,
    /// The words do not say what kubectl will do.
    Undecidable(Doubt),
}

/// Why kubectl stops by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// `--help` or `-h`.
    #[error("help is asked for")]
    Help,
    /// The flags cannot be parsed.
    #[error(transparent)]
    Flag(#[from] FlagError),
    /// `--dry-run` has an unknown value.
    #[error("{0:?} is no value for --dry-run")]
    DryRun(String),
    /// `--cascade` has an unknown value.
    #[error("{0:?} is no value for --cascade")]
    Cascade(String),
    /// Neither a command nor the name of a plugin.
    #[error("kubectl knows no such command")]
    UnknownCommand,
    /// kubectl refuses its preferences.
    #[error("kuberc: {0}")]
    Kuberc(String),
}

/// Why the words alone do not say what kubectl will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// A flag that only a kubectl newer than the table can know.
    UnknownFlag(String),
    /// Versions of kubectl read the same words, or the same kuberc, differently.
    Versions,
    /// A word is no text, so its meaning cannot be compared with the cluster.
    NotText(String),
    /// The preferences could not be read with certainty.
    Kuberc(kuberc::Problem),
}

impl std::error::Error for Doubt {}

impl From<kuberc::Problem> for Doubt {
    fn from(problem: kuberc::Problem) -> Self {
        Self::Kuberc(problem)
    }
}

impl Doubt {
    /// Does knowing kubectl's version settle it? Then [`read`] the words again with the version.
    #[must_use]
    pub fn needs_version(&self) -> bool {
        matches!(self, Self::UnknownFlag(_) | Self::Versions)
    }
}

/// Reads the words after `kubectl`.
///
/// `version` is kubectl's, if it is known; otherwise all versions are considered, and where they read differently, the reading
/// is the guarded one, or a doubt if there are several. `kuberc` is called only for guarded verbs and unknown first words.
pub fn read(
    words: &[OsString],
    version: Option<Minor>,
    kuberc: impl Fn() -> Vec<World>,
) -> Reading {
    let grammars = grammars(words, version);
    let unguarded = |(_, found): &(Removal, Found<'_>)| is_plainly_unguarded(words, found, version);
    if let Some(command) = grammars[0].1.command
        && grammars.iter().all(unguarded)
    {
        return Reading::Unguarded(command);
    }
    let mut readings = Vec::new();
    for (removal, _) in grammars {
        // kubectl 1.27 knows no kuberc.
        let states = match removal {
            Removal::FirstEqual => vec![World::Nothing],
            Removal::Found => kuberc(),
        };
        readings.extend(states.iter().map(|world| {
            Reader {
                words,
                version,
                removal,
            }
            .read(world)
        }));
    }
    strictest(readings)
}

/// The different results of the search in the versions in question, at least one.
fn grammars(words: &[OsString], version: Option<Minor>) -> Vec<(Removal, Found<'_>)> {
    let search = |removal| (removal, find(words, removal, None));
    match version {
        Some(Minor(..=27)) => vec![search(Removal::FirstEqual)],
        Some(_) => vec![search(Removal::Found)],
        None => {
            let (new, old) = (search(Removal::Found), search(Removal::FirstEqual));
            if new.1.named_by == old.1.named_by {
                vec![new]
            } else {
                vec![new, old]
            }
        }
    }
}

/// A command of every version that is not judged, found without a doubt.
fn is_plainly_unguarded(words: &[OsString], found: &Found<'_>, version: Option<Minor>) -> bool {
    let unguarded = |command: &Command| command.verb().is_none() && !may_be_alias(command);
    found.command.is_some_and(unguarded) && doubtful_flag(words, found, version).is_none()
}

/// Is the command unknown when kubectl, or some version of it, looks for aliases in kuberc? cobra adds `help` and the completion commands later.
pub(super) fn may_be_alias(command: &Command) -> bool {
    let top = command.path.split(' ').next().unwrap_or_default();
    top == "help" || ROOT.child(top.as_bytes()).is_some_and(|top| !top.always())
}

/// A flag before the verb that makes the search unsure, because kubectl may be newer than the table.
pub(super) fn doubtful_flag(
    words: &[OsString],
    found: &Found<'_>,
    version: Option<Minor>,
) -> Option<Doubt> {
    if is_in_table(version) {
        return None;
    }
    let strange = found
        .strange
        .iter()
        .find(|strange| may_hide_a_verb(words, strange))?;
    Some(Doubt::UnknownFlag(strange.to_string_lossy().into_owned()))
}

/// Does the table know all flags of this version?
pub(super) fn is_in_table(version: Option<Minor>) -> bool {
    version.is_some_and(|version| version <= Minor::NEWEST)
}

/// One reading of those of all versions. A second guarded reading is a doubt; one that is not guarded does no harm.
fn strictest(readings: Vec<Reading>) -> Reading {
    let mut strictest = Reading::Stops(Stop::UnknownCommand);
    for reading in readings {
        strictest = match (strictest, reading) {
            (Reading::Undecidable(doubt), _) | (_, Reading::Undecidable(doubt)) => {
                return Reading::Undecidable(doubt);
            }
            (Reading::Guarded(one), Reading::Guarded(other)) if one != other => {
                return Reading::Undecidable(Doubt::Versions);
            }
            (guarded @ Reading::Guarded(_), _) => guarded,
            (Reading::Stops(_), other) | (_, other @ Reading::Guarded(_)) => other,
            (first, _) => first,
        };
    }
    strictest
}

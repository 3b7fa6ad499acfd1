//! From words to one of five readings.

use std::borrow::Cow;
use std::ffi::OsString;

use super::Invocation;
use super::find::{Alias, Found, Removal, find, may_hide_a_verb};
use super::parse::{FlagError, Parsed};
use crate::kubectl::flags::{Command, Minor, ROOT};
use crate::kubectl::kuberc::{self, Kuberc, World};
use crate::kubectl::plugin;

/// What kubectl makes of the words.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// A verb whose changes are judged.
    Guarded(Box<Invocation>),
    /// A command that is not judged; its flags were not even read.
    Unguarded(&'static Command),
    /// kubectl prints help, or stops with an error, before any request.
    Stops(Stop),
    /// No command: kubectl looks for a plugin, see [`plugin::candidates`], and stops if there is none.
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// A flag that only a kubectl newer than the table can know.
    #[error("the flag {0} is unknown to this program, and may be known to a newer kubectl")]
    UnknownFlag(String),
    /// Versions of kubectl read the same words, or the same kuberc, differently.
    #[error("versions of kubectl read this command line differently")]
    Versions,
    /// A word is no text, so its meaning cannot be compared with the cluster.
    #[error("{0:?} is not valid UTF-8")]
    NotText(String),
    /// The preferences could not be read with certainty.
    #[error(transparent)]
    Kuberc(#[from] kuberc::Problem),
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
    kuberc: impl FnOnce() -> Vec<World>,
) -> Reading {
    let removals = removals(words, version);
    let found = find(words, removals[0], None);
    if let Some(command) = found.command
        && removals
            .iter()
            .all(|&removal| is_plainly_unguarded(words, removal, version))
    {
        return Reading::Unguarded(command);
    }
    let read_in = |world: &World, removal| {
        Reader {
            words,
            version,
            world,
        }
        .read(removal)
    };
    let mut readings = Vec::new();
    if removals.contains(&Removal::FirstEqual) {
        // kubectl 1.27 knows no kuberc.
        readings.push(read_in(&World::Nothing, Removal::FirstEqual));
    }
    if removals.contains(&Removal::Found) {
        readings.extend(kuberc().iter().map(|world| read_in(world, Removal::Found)));
    }
    strictest(readings)
}

/// The ways in which the versions in question take the command's name out of the words.
fn removals(words: &[OsString], version: Option<Minor>) -> Vec<Removal> {
    match version {
        Some(Minor(..=27)) => vec![Removal::FirstEqual],
        Some(_) => vec![Removal::Found],
        None if find(words, Removal::Found, None).named_by
            == find(words, Removal::FirstEqual, None).named_by =>
        {
            vec![Removal::Found]
        }
        None => vec![Removal::Found, Removal::FirstEqual],
    }
}

/// A command of every version that is not judged, found without a doubt.
fn is_plainly_unguarded(words: &[OsString], removal: Removal, version: Option<Minor>) -> bool {
    let found = find(words, removal, None);
    found
        .command
        .is_some_and(|command| command.verb().is_none() && !may_be_alias(command))
        && doubtful_flag(words, &found, version).is_none()
}

/// Is the command unknown when kubectl, or some version of it, looks for aliases in kuberc? cobra adds `help` and the completion commands later.
fn may_be_alias(command: &Command) -> bool {
    let top = command.path.split(' ').next().unwrap_or_default();
    top == "help" || ROOT.child(top.as_bytes()).is_some_and(|top| !top.always())
}

/// A flag before the verb that makes the search unsure, because kubectl may be newer than the table.
fn doubtful_flag(words: &[OsString], found: &Found<'_>, version: Option<Minor>) -> Option<Doubt> {
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
fn is_in_table(version: Option<Minor>) -> bool {
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

/// Reads the words in one world: one grammar, one state of kuberc.
#[derive(Clone, Copy)]
struct Reader<'a> {
    words: &'a [OsString],
    version: Option<Minor>,
    world: &'a World,
}

impl Reader<'_> {
    fn read(self, removal: Removal) -> Reading {
        let kuberc = match self.world {
            World::Nothing => None,
            World::Applies(kuberc) => Some(kuberc),
            World::Stops(why) => return Reading::Stops(Stop::Kuberc(why.clone())),
            World::Unclear(problem) => return Reading::Undecidable(Doubt::Kuberc(problem.clone())),
        };
        self.read_with(removal, kuberc)
            .unwrap_or_else(|halt| match halt {
                Halt::Stop(Stop::Flag(FlagError::Unknown(flag))) if !is_in_table(self.version) => {
                    Reading::Undecidable(Doubt::UnknownFlag(flag))
                }
                Halt::Stop(stop) => Reading::Stops(stop),
                Halt::Doubt(doubt) => Reading::Undecidable(doubt),
            })
    }

    fn read_with(self, removal: Removal, kuberc: Option<&Kuberc>) -> Result<Reading, Halt> {
        let mut words = Cow::Borrowed(self.words);
        let mut preset = Preset::default();
        let mut alias = None;
        let plain = find(self.words, removal, None);
        let is_builtin = plain.command.is_some_and(|command| !may_be_alias(command));
        if !is_builtin
            && let Some(kuberc) = kuberc
            && let Some((entry, at)) = kuberc.alias(self.words)
        {
            let target = target(&entry.command, removal).ok_or_else(|| {
                Stop::Kuberc(format!(
                    "the alias {} is for {:?}, which kubectl does not know",
                    entry.name, entry.command
                ))
            })?;
            preset.set_all(target, &entry.options, self.words)?;
            words = Cow::Owned(entry.expand(self.words, at));
            alias = Some(Alias {
                name: &entry.name,
                target,
            });
        }
        let found = find(&words, removal, alias);
        let Some(command) = found.command else {
            let doubt = doubtful_flag(&words, &found, self.version);
            return match doubt {
                Some(doubt) => Err(Halt::Doubt(doubt)),
                None if plugin::may_run(self.words) => Ok(Reading::Plugin),
                None => Err(Halt::Stop(Stop::UnknownCommand)),
            };
        };
        let Some(verb) = command.verb() else {
            return match doubtful_flag(&words, &found, self.version) {
                Some(doubt) => Err(Halt::Doubt(doubt)),
                None => Ok(Reading::Unguarded(command)),
            };
        };
        if alias.is_some() && !found.is_alias && !preset.added.is_empty() {
            return Err(Halt::Doubt(Doubt::Kuberc(kuberc::Problem::OptionsOfAGroup)));
        }
        if let Some(kuberc) = kuberc {
            let name = if found.is_alias {
                alias.map_or("", |alias| alias.name)
            } else {
                command.name()
            };
            for entry in &kuberc.defaults {
                let same = match alias {
                    Some(alias) if entry.command.trim() == alias.name => alias.name == name,
                    _ => {
                        target(&entry.command, removal).is_some_and(|target| target.name() == name)
                    }
                };
                if !same {
                    continue;
                }
                if alias.is_some() && kuberc.aliases.iter().any(|alias| alias.name == name) {
                    return Err(Halt::Stop(Stop::Kuberc(format!(
                        "the alias {name} cannot have defaults"
                    ))));
                }
                preset.set_all(command, &entry.options, &words)?;
            }
        }
        let texts = words
            .iter()
            .map(|word| {
                word.to_str()
                    .ok_or_else(|| Doubt::NotText(word.to_string_lossy().into_owned()))
            })
            .collect::<Result<Vec<&str>, _>>()?;
        let rest: Vec<&str> = texts
            .iter()
            .enumerate()
            .filter(|(at, _)| !found.named_by.contains(at))
            .map(|(_, word)| *word)
            .collect();
        let parsed = preset.parsed.read(command, &rest).map_err(Stop::Flag)?;
        if parsed.help {
            return Err(Halt::Stop(Stop::Help));
        }
        let words = texts.into_iter().map(str::to_owned).collect();
        Ok(Reading::Guarded(Box::new(Invocation::new(
            verb,
            command,
            words,
            preset.added,
            parsed,
        )?)))
    }
}

/// Why a reading ends early.
enum Halt {
    Stop(Stop),
    Doubt(Doubt),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Doubt> for Halt {
    fn from(doubt: Doubt) -> Self {
        Self::Doubt(doubt)
    }
}

/// The command that an entry of kuberc is for. Flags and further words in it are dropped, as kubectl does.
fn target(command: &str, removal: Removal) -> Option<&'static Command> {
    let words: Vec<OsString> = command.split_whitespace().map(Into::into).collect();
    find(&words, removal, None)
        .command
        .filter(|command| command.path != "help")
}

/// What kuberc sets before the words are parsed.
#[derive(Default)]
struct Preset {
    parsed: Parsed,
    added: Vec<String>,
}

impl Preset {
    /// Sets each option, unless the words seem to hold it already.
    fn set_all(
        &mut self,
        command: &'static Command,
        options: &[kuberc::Choice],
        words: &[OsString],
    ) -> Result<(), Stop> {
        for option in options {
            // kubectl adds its logging flags only after it has read kuberc.
            if matches!(
                option.name.as_str(),
                "v" | "vmodule" | "log-flush-frequency"
            ) {
                return Err(Stop::Kuberc(format!(
                    "--{} cannot have a default",
                    option.name
                )));
            }
            let flag = command.flag(option.name.as_bytes());
            let flag = flag.ok_or_else(|| FlagError::Unknown(format!("--{}", option.name)))?;
            if !kuberc::is_present(flag, words) {
                self.parsed.set(flag, &option.default)?;
                self.added
                    .push(format!("--{}={}", flag.long, option.default));
            }
        }
        Ok(())
    }
}

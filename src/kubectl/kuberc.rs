//! The person's kubectl preferences (KEP 3104): aliases that add commands, and defaults that change flags.
//!
//! Which file counts, and whether any does, depends on kubectl's version. [`worlds`] gives each state that the versions in
//! question can be in; the reader of the words compares them.

mod document;

#[cfg(test)]
mod tests;

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::cluster::credential::PluginPolicy;
use crate::error::system_words;
use crate::kubectl::flags::{Flag, Minor};
use crate::limit::Excess;

/// The variables of the environment that decide about kuberc.
#[derive(Debug, Default, Clone)]
pub struct Environment {
    /// `HOME`, the base of `~/.kube/kuberc`.
    pub home: Option<PathBuf>,
    /// `KUBERC`: `off`, or a path from 1.35 on; 1.33 and 1.34 ignore a path.
    pub kuberc: Option<OsString>,
    /// `KUBECTL_KUBERC`: the feature gate, off by default in 1.33 and on from 1.34.
    pub gate: Option<OsString>,
}

impl Environment {
    /// Whether the feature gate lets this version read preferences.
    fn has_it_on(&self, version: Minor) -> bool {
        let gate = self.gate.as_deref().map(OsStr::to_ascii_lowercase);
        match version.0 {
            ..=32 => false,
            33 => gate.is_some_and(|gate| gate == "true"),
            _ => gate.is_none_or(|gate| gate != "false"),
        }
    }

    fn is_off(&self) -> bool {
        self.kuberc.as_deref().is_some_and(|value| value == "off")
    }

    /// The file that counts, and whether it was named, so that it must exist and be good.
    fn file(&self, flag: Option<&OsStr>, version: Minor) -> (PathBuf, bool) {
        let variable = self.kuberc.as_deref().filter(|value| !value.is_empty());
        let standard = self.home.clone().unwrap_or_default().join(".kube/kuberc");
        let named = flag
            .map(PathBuf::from)
            .filter(|path| *path != standard || version.0 < 35 || variable.is_none());
        let named = named.or_else(|| variable.filter(|_| version.0 >= 35).map(PathBuf::from));
        named.map_or((standard, false), |path| (path, true))
    }
}

/// A state that kuberc can be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum World {
    /// No preferences apply.
    Nothing,
    /// These do.
    Applies(Kuberc),
    /// kubectl refuses to run, whatever the command.
    Stops(String),
    /// There are preferences, but they cannot be read with certainty.
    Unclear(Problem),
}

impl World {
    /// As [`Kuberc::alias`].
    #[must_use]
    pub fn alias(&self, words: &[OsString]) -> Option<(&Alias, usize)> {
        match self {
            Self::Applies(kuberc) => kuberc.alias(words),
            Self::Nothing | Self::Stops(_) | Self::Unclear(_) => None,
        }
    }
}

/// Why preferences cannot be read with certainty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The file could not be read.
    Unreadable {
        /// The file.
        path: String,
        /// The system's words.
        why: String,
    },
    /// There is too much of it.
    Excess {
        /// The file.
        path: String,
        /// Of what.
        excess: Excess,
    },
    /// It is not what this program knows as a kuberc.
    NotUnderstood {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// An alias for a group of commands sets flags, which reach its subcommands only in part.
    OptionsOfAGroup,
}

impl std::error::Error for Problem {}

/// The preferences of one file, in the words of `v1beta1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kuberc {
    /// Flags set on existing commands.
    pub defaults: Vec<Defaults>,
    /// New commands.
    pub aliases: Vec<Alias>,
}

/// Flags that kubectl sets on a command as if they were typed first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// The command's words; only the last one counts in the end.
    pub command: String,
    /// Its flags.
    pub options: Vec<Choice>,
}

/// A new command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Letters only.
    pub name: String,
    /// The words of the command that it stands for.
    pub command: String,
    /// Words that go right behind the alias.
    pub prepend: Vec<String>,
    /// Words that go to the very end.
    pub append: Vec<String>,
    /// Flags that it sets.
    pub options: Vec<Choice>,
}

/// One flag and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The flag's long name, without dashes.
    pub name: String,
    /// Its value.
    pub default: String,
}

impl Kuberc {
    /// The alias that the words name, and where: kubectl takes the first word that does not start with `-`, even a flag's value.
    #[must_use]
    pub fn alias(&self, words: &[OsString]) -> Option<(&Alias, usize)> {
        let is_name = |word: &OsString| {
            !word.as_bytes().starts_with(b"-") && !word.as_bytes().starts_with(b"__complete")
        };
        let at = words.iter().position(is_name)?;
        let alias = self.aliases.iter().find(|alias| words[at] == *alias.name)?;
        Some((alias, at))
    }
}

impl Alias {
    /// The words with what the alias adds; its name stays, at position `at`.
    #[must_use]
    pub fn expand(&self, words: &[OsString], at: usize) -> Vec<OsString> {
        let (before, after) = words.split_at(at + 1);
        let owned = |words: &[String]| words.iter().map(OsString::from).collect::<Vec<_>>();
        [before, &owned(&self.prepend), after, &owned(&self.append)].concat()
    }
}

/// Does kubectl take the flag as given? A scan of all words that knows no grammar: behind `--`, and letters of other flags' values, count.
#[must_use]
pub fn is_present(flag: &Flag, words: &[OsString]) -> bool {
    words.iter().map(|word| word.as_bytes()).any(|word| {
        let long = word
            .strip_prefix(b"--")
            .and_then(|name| name.strip_prefix(flag.long.as_bytes()));
        if long.is_some_and(|rest| rest.is_empty() || rest[0] == b'=') {
            return true;
        }
        let (Some(letter), Some(letters)) = (flag.short, word.strip_prefix(b"-")) else {
            return false;
        };
        letters.first() == Some(&letter)
            || (letters.iter().all(u8::is_ascii_alphabetic) && letters.contains(&letter))
    })
}

/// The states kuberc can be in for `version`, or for all versions when it is unknown. Never empty.
///
/// `read_file` is [`std::fs::read`], or a test's.
pub fn worlds(
    words: &[OsString],
    version: Option<Minor>,
    environment: &Environment,
    read_file: impl Fn(&Path) -> io::Result<Vec<u8>>,
) -> Vec<World> {
    // One version for each set of rules.
    let versions = match version {
        Some(version) => vec![version],
        None => vec![Minor(32), Minor(33), Minor(34), Minor::NEWEST],
    };
    let mut distinct = Vec::new();
    for version in versions {
        for world in worlds_of(words, version, environment, &read_file) {
            if !distinct.contains(&world) {
                distinct.push(world);
            }
        }
    }
    distinct
}

/// Which credential plugins the preferences let run. Older versions of kubectl ignore this part; a plugin that we do not run is
/// a cluster that is not read, and asks.
pub fn plugin_policy(
    words: &[OsString],
    environment: &Environment,
    read_file: impl Fn(&Path) -> io::Result<Vec<u8>>,
) -> PluginPolicy {
    let is_read = environment.has_it_on(Minor::NEWEST) && !environment.is_off();
    let (Ok(flag), true) = (named_by_flag(words), is_read) else {
        return PluginPolicy::AllowAll;
    };
    let (path, _) = environment.file(flag, Minor::NEWEST);
    match read_file(&path) {
        Ok(bytes) => document::plugin_policy(&bytes),
        Err(error) if Excess::of(&error).is_some() => PluginPolicy::DenyAll,
        Err(_) => PluginPolicy::AllowAll,
    }
}

fn worlds_of(
    words: &[OsString],
    version: Minor,
    environment: &Environment,
    read_file: &impl Fn(&Path) -> io::Result<Vec<u8>>,
) -> Vec<World> {
    if !environment.has_it_on(version) {
        return vec![World::Nothing];
    }
    let Ok(flag) = named_by_flag(words) else {
        return vec![World::Stops("--kuberc names no file".to_owned())];
    };
    if environment.is_off() {
        return vec![match flag {
            Some(_) => World::Stops("KUBERC=off and --kuberc exclude each other".to_owned()),
            None => World::Nothing,
        }];
    }
    let (path, explicit) = environment.file(flag, version);
    match read_file(&path) {
        Ok(bytes) => document::worlds(&bytes, &path.to_string_lossy(), explicit, version),
        Err(error) if error.kind() == io::ErrorKind::NotFound => vec![if explicit {
            World::Stops(format!("{} does not exist", path.display()))
        } else {
            World::Nothing
        }],
        Err(error) => {
            let path = path.to_string_lossy().into_owned();
            vec![World::Unclear(match Excess::of(&error) {
                Some(excess) => Problem::Excess { path, excess },
                None => Problem::Unreadable {
                    path,
                    why: system_words(&error),
                },
            })]
        }
    }
}

/// `--kuberc` without a value stops kubectl.
#[derive(Debug)]
struct NoFile;

/// The file named by `--kuberc`: a scan before any parsing, which takes the first `--kuberc` even if it is a flag's value,
/// and anything that contains `--kuberc=`, up to a second `=`. An empty next word names none.
fn named_by_flag(words: &[OsString]) -> Result<Option<&OsStr>, NoFile> {
    let mut words = words
        .iter()
        .map(|word| word.as_bytes())
        .take_while(|word| *word != b"--");
    while let Some(word) = words.next() {
        let value = if word == b"--kuberc" {
            words.next()
        } else if word.windows(9).any(|part| part == b"--kuberc=") {
            let value = word.split(|&byte| byte == b'=').nth(1);
            value.filter(|value| !value.is_empty())
        } else {
            continue;
        };
        let named = OsStr::from_bytes(value.ok_or(NoFile)?);
        return Ok(Some(named).filter(|value| !value.is_empty()));
    }
    Ok(None)
}

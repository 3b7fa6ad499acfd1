//! One reading: one grammar, one state of kuberc.

use std::borrow::Cow;
use std::ffi::OsString;

use super::find::{Alias, Found, Removal, find};
use super::parse::{FlagError, Parsed};
use super::reading::{doubtful_flag, is_in_table, may_be_alias};
use super::{Doubt, Invocation, Reading, Stop};
use crate::kubectl::flags::{Command, Minor};
use crate::kubectl::kuberc::{self, Kuberc, World};
use crate::kubectl::plugin;

/// The words, and how one version reads them.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) words: &'a [OsString],
    pub(super) version: Option<Minor>,
    pub(super) removal: Removal,
}

/// Why a reading ends before the flags are known.
enum Halt {
    Stop(Stop),
    Doubt(Doubt),
}

impl<T: Into<Stop>> From<T> for Halt {
    fn from(stop: T) -> Self {
        Self::Stop(stop.into())
    }
}

/// An entry of kuberc that the words call, and the command that it stands for.
type Called<'a> = (&'a kuberc::Alias, &'static Command);

impl<'a> Reader<'a> {
    /// Reads the words beside this state of kuberc.
    pub(super) fn read(self, world: &'a World) -> Reading {
        let kuberc = match world {
            World::Nothing => None,
            World::Applies(kuberc) => Some(kuberc),
            World::Stops(why) => return Reading::Stops(Stop::Kuberc(why.clone())),
            World::Unclear(problem) => return Reading::Undecidable(Doubt::Kuberc(problem.clone())),
        };
        match self.read_with(kuberc) {
            Ok(reading) => reading,
            Err(Halt::Stop(Stop::Flag(FlagError::Unknown(flag)))) if !is_in_table(self.version) => {
                Reading::Undecidable(Doubt::UnknownFlag(flag))
            }
            Err(Halt::Stop(stop)) => Reading::Stops(stop),
            Err(Halt::Doubt(doubt)) => Reading::Undecidable(doubt),
        }
    }

    fn read_with(self, kuberc: Option<&'a Kuberc>) -> Result<Reading, Halt> {
        let (words, called) = self.expand(kuberc)?;
        let alias = called.map(|(entry, target)| Alias {
            name: &entry.name,
            target,
        });
        let found = find(&words, self.removal, alias);
        let verb = found.command.and_then(Command::verb);
        let (Some(command), Some(verb)) = (found.command, verb) else {
            return match (doubtful_flag(&words, &found, self.version), found.command) {
                (Some(doubt), _) => Err(Halt::Doubt(doubt)),
                (None, Some(command)) => Ok(Reading::Unguarded(command)),
                (None, None) if plugin::may_run(self.words) => Ok(Reading::Plugin),
                (None, None) => Err(Stop::UnknownCommand.into()),
            };
        };
        let mut preset = Preset::default();
        if let Some((entry, target)) = called {
            if !found.is_alias && !entry.options.is_empty() {
                return Err(Halt::Doubt(Doubt::Kuberc(kuberc::Problem::OptionsOfAGroup)));
            }
            preset.set_all(target, &entry.options, self.words)?;
        }
        for defaults in kuberc.map_or(&[][..], |kuberc| &kuberc.defaults) {
            self.add_defaults(&mut preset, defaults, called, &found, &words)?;
        }
        let Preset { parsed, added } = preset;
        let texts = texts(&words)?;
        let left = texts
            .iter()
            .enumerate()
            .filter(|(at, _)| !found.named_by.contains(at));
        let left: Vec<&str> = left.map(|(_, word)| *word).collect();
        let parsed = parsed.read(command, &left)?;
        if parsed.help {
            return Err(Stop::Help.into());
        }
        let texts = texts.into_iter().map(str::to_owned).collect();
        Ok(Reading::Guarded(Box::new(Invocation::new(
            verb, command, texts, added, parsed,
        )?)))
    }

    /// Applies the alias that the words call, if they name no command of kubectl's own.
    fn expand(
        self,
        kuberc: Option<&'a Kuberc>,
    ) -> Result<(Cow<'a, [OsString]>, Option<Called<'a>>), Halt> {
        let plain = find(self.words, self.removal, None);
        let is_builtin = plain.command.is_some_and(|command| !may_be_alias(command));
        let alias = kuberc
            .filter(|_| !is_builtin)
            .and_then(|kuberc| kuberc.alias(self.words));
        let Some((entry, at)) = alias else {
            return Ok((Cow::Borrowed(self.words), None));
        };
        let target = self.target(&entry.command).ok_or_else(|| {
            Stop::Kuberc(format!(
                "the alias {} is for {:?}, which is no command",
                entry.name, entry.command
            ))
        })?;
        Ok((
            Cow::Owned(entry.expand(self.words, at)),
            Some((entry, target)),
        ))
    }

    /// Sets one entry's defaults if it is meant for the command that was found: the last words of both names are equal.
    fn add_defaults(
        self,
        preset: &mut Preset,
        defaults: &kuberc::Defaults,
        called: Option<Called<'_>>,
        found: &Found<'_>,
        words: &[OsString],
    ) -> Result<(), Halt> {
        let Some(command) = found.command else {
            return Ok(());
        };
        let alias = called.map(|(entry, _)| entry.name.as_str());
        let name = alias.filter(|_| found.is_alias).unwrap_or(command.name());
        let meant = match alias {
            Some(alias) if defaults.command.split_whitespace().next() == Some(alias) => alias,
            _ => self.target(&defaults.command).map_or("", Command::name),
        };
        if meant != name {
            return Ok(());
        }
        if alias == Some(name) {
            return Err(Stop::Kuberc(format!("the alias {name} cannot have defaults")).into());
        }
        Ok(preset.set_all(command, &defaults.options, words)?)
    }

    /// The command that an entry of kuberc is for. Flags and further words in it are dropped, as kubectl does.
    fn target(self, command: &str) -> Option<&'static Command> {
        let words: Vec<OsString> = command.split_whitespace().map(Into::into).collect();
        let found = find(&words, self.removal, None).command;
        // cobra adds `help` only when kuberc has been read.
        found.filter(|command| command.path != "help")
    }
}

fn texts(words: &[OsString]) -> Result<Vec<&str>, Halt> {
    let text =
        |word: &'_ OsString| Halt::Doubt(Doubt::NotText(word.to_string_lossy().into_owned()));
    words
        .iter()
        .map(|word| word.to_str().ok_or_else(|| text(word)))
        .collect()
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
            // kubectl adds its logging flags only when it has read kuberc.
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

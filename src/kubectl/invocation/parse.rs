//! Which flags and arguments the words give a command: the second of kubectl's two passes (pflag's `parseArgs`).

use super::value;
use crate::kubectl::flags::{Command, Flag, Kind};

/// A flag's final value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Truth(bool),
    Integer(i64),
    Text(String),
    List(Vec<String>),
}

/// The flags that were set, in the order of their first appearance, and the words that are no flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) flags: Vec<(&'static Flag, Value)>,
    pub(super) arguments: Vec<String>,
    /// How many arguments stood before `--`.
    pub(super) dash: Option<usize>,
    /// `--help` or `-h` was read as a flag; it wins over everything but an error.
    pub(super) help: bool,
}

/// Why pflag stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    /// The command has no such flag, as far as the table knows.
    #[error("unknown flag {0}")]
    Unknown(String),
    /// The last word is a flag that needs a value.
    #[error("flag {0} needs a value")]
    NeedsValue(String),
    /// `--=x` or `---x`.
    #[error("{0} is not written like a flag")]
    Syntax(String),
    /// The value does not fit the flag.
    #[error("{value:?} is no value for --{flag}")]
    Value {
        /// The flag's name.
        flag: &'static str,
        /// What it was given.
        value: String,
    },
}

/// A word, as pflag sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Argument,
    /// `--`: the end of the flags.
    Dash,
    /// A flag, or several letters, with its value if it has one in the same word.
    Flag,
    /// A flag whose value is the next word.
    FlagAndNext,
}

/// What `word` is to pflag when `command` was found. Unknown flags count as [`Word::Flag`]: kubectl stops there.
pub(crate) fn classify(command: &Command, word: &[u8]) -> Word {
    match word {
        b"--" => Word::Dash,
        [b'-', b'-', name @ ..] => {
            let next = !name.contains(&b'=')
                && command
                    .flag(name)
                    .is_some_and(|flag| flag.alone().is_none());
            if next { Word::FlagAndNext } else { Word::Flag }
        }
        [b'-', letters @ ..] if !letters.is_empty() => {
            let mut rest = letters;
            while let [letter, after @ ..] = rest {
                // `-test.v` and its like belong to Go's test runner: pflag drops the rest of the word.
                if rest.starts_with(b"test.") {
                    break;
                }
                let Some(flag) = command.shorthand(*letter) else {
                    break;
                };
                if after.len() > 1 && after[0] == b'=' {
                    break;
                }
                if flag.alone().is_none() {
                    return if after.is_empty() {
                        Word::FlagAndNext
                    } else {
                        Word::Flag
                    };
                }
                rest = after;
            }
            Word::Flag
        }
        _ => Word::Argument,
    }
}

impl Parsed {
    /// Parses `words`, which no longer hold the words that named `command`, on top of what kuberc has set.
    pub(super) fn read(
        mut self,
        command: &'static Command,
        words: &[&str],
    ) -> Result<Self, FlagError> {
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word.as_bytes() {
                b"--" => {
                    self.dash = Some(self.arguments.len());
                    self.arguments.extend(words.by_ref().map(str::to_owned));
                }
                [b'-', b'-', ..] => self.long(command, word, &mut words)?,
                [b'-', _, ..] => self.letters(command, word, &mut words)?,
                _ => self.arguments.push(word.to_owned()),
            }
        }
        Ok(self)
    }

    fn long<'a>(
        &mut self,
        command: &'static Command,
        word: &'a str,
        next: &mut impl Iterator<Item = &'a str>,
    ) -> Result<(), FlagError> {
        let body = &word[2..];
        if body.starts_with(['-', '=']) {
            return Err(FlagError::Syntax(word.to_owned()));
        }
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        let Some(flag) = command.flag(name.as_bytes()) else {
            return match name {
                "help" => self.set_help(value.unwrap_or("true")),
                _ => Err(FlagError::Unknown(format!("--{name}"))),
            };
        };
        let value = value
            .or(flag.alone())
            .or_else(|| next.next())
            .ok_or_else(|| FlagError::NeedsValue(word.to_owned()))?;
        self.set(flag, value)
    }

    fn letters<'a>(
        &mut self,
        command: &'static Command,
        word: &'a str,
        next: &mut impl Iterator<Item = &'a str>,
    ) -> Result<(), FlagError> {
        let mut rest = &word[1..];
        while let Some(letter) = rest.chars().next() {
            if rest.starts_with("test.") {
                return Ok(());
            }
            let after = &rest[letter.len_utf8()..];
            let joined = after.strip_prefix('=').filter(|value| !value.is_empty());
            let flag = u8::try_from(letter)
                .ok()
                .filter(u8::is_ascii)
                .and_then(|letter| command.shorthand(letter));
            let Some(flag) = flag else {
                if letter != 'h' {
                    return Err(FlagError::Unknown(format!("-{letter}")));
                }
                self.set_help(joined.unwrap_or("true"))?;
                rest = if joined.is_some() { "" } else { after };
                continue;
            };
            if let Some(value) = joined {
                return self.set(flag, value);
            }
            let Some(alone) = flag.alone() else {
                let value = if after.is_empty() {
                    next.next()
                } else {
                    Some(after)
                };
                return self.set(
                    flag,
                    value.ok_or_else(|| FlagError::NeedsValue(format!("-{letter}")))?,
                );
            };
            self.set(flag, alone)?;
            rest = after;
        }
        Ok(())
    }

    fn set_help(&mut self, value: &str) -> Result<(), FlagError> {
        self.help = value::truth(value).ok_or_else(|| FlagError::Value {
            flag: "help",
            value: value.to_owned(),
        })?;
        Ok(())
    }

    /// Sets a flag: scalars are replaced, lists grow.
    pub(super) fn set(&mut self, flag: &'static Flag, text: &str) -> Result<(), FlagError> {
        let refused = || FlagError::Value {
            flag: flag.long,
            value: text.to_owned(),
        };
        let value = match flag.kind {
            Kind::Bool { .. } => Value::Truth(value::truth(text).ok_or_else(refused)?),
            Kind::Integer => Value::Integer(value::integer(text).ok_or_else(refused)?),
            Kind::Duration if !value::is_duration(text) => return Err(refused()),
            Kind::Duration | Kind::Text { .. } => Value::Text(text.to_owned()),
            Kind::List | Kind::Map => Value::List(vec![text.to_owned()]),
            Kind::CsvList => Value::List(value::csv(text).ok_or_else(refused)?),
        };
        match (
            self.flags.iter_mut().find(|(known, _)| *known == flag),
            value,
        ) {
            (Some((_, Value::List(list))), Value::List(more)) => list.extend(more),
            (Some((_, old)), new) => *old = new,
            (None, new) => self.flags.push((flag, new)),
        }
        Ok(())
    }
}

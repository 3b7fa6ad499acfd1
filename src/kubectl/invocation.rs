//! What was typed, read as kubectl reads it.
//!
//! kubectl parses in two passes with different rules: cobra finds the command with the flags of one level, then pflag parses
//! all words, also those before the verb, with the flags of the command that was found. Pure: no cluster, no files.

mod find;
mod parse;
mod reader;
mod reading;
mod rewrite;
mod value;

#[cfg(test)]
mod tests;

pub use parse::FlagError;
pub use reading::{Doubt, Reading, Stop, read};

pub(crate) use parse::{Word, classify};

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::RangeInclusive;

use crate::kubectl::flags::{Command, Flag, Kind, Minor, ROOT, SPANS, Verb};
use parse::{Parsed, Value};

/// A guarded verb with its flags and arguments.
///
/// The words are those that kubectl ends up with, kuberc's included; what runs are the original words.
#[derive(Debug, PartialEq, Eq)]
pub struct Invocation {
    verb: Verb,
    command: &'static Command,
    /// All words, an alias of kuberc expanded.
    words: Vec<String>,
    /// What kuberc's defaults and an alias' options add, as `--flag=value`.
    added: Vec<String>,
    parsed: Parsed,
    dry_run: DryRun,
    cascade: Cascade,
}

/// Whether anything is really written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DryRun {
    /// It is.
    None,
    /// kubectl sends no write.
    Client,
    /// The server is asked with `dryRun=All`.
    Server,
}

/// What happens to the objects that a deleted object owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cascade {
    /// They go later.
    Background,
    /// They go first.
    Foreground,
    /// They stay.
    Orphan,
}

impl Cascade {
    /// The `propagationPolicy` of the request.
    #[must_use]
    pub const fn policy(self) -> &'static str {
        match self {
            Self::Background => "Background",
            Self::Foreground => "Foreground",
            Self::Orphan => "Orphan",
        }
    }
}

/// The command that the words name, kuberc aside; `kubectl` itself for an unknown first word.
pub(super) fn command_of(words: &[OsString]) -> &'static Command {
    find::find(words, find::Removal::Found, None)
        .command
        .unwrap_or(&ROOT)
}

impl Invocation {
    fn new(
        verb: Verb,
        command: &'static Command,
        words: Vec<String>,
        added: Vec<String>,
        parsed: Parsed,
    ) -> Result<Self, Stop> {
        let mut invocation = Self {
            verb,
            command,
            words,
            added,
            parsed,
            dry_run: DryRun::None,
            cascade: Cascade::Background,
        };
        if let Some(text) = invocation.text_if_any("dry-run") {
            invocation.dry_run = dry_run(text).ok_or_else(|| Stop::DryRun(text.to_owned()))?;
        }
        if let Some(text) = invocation.text_if_any("cascade") {
            invocation.cascade = cascade(text).ok_or_else(|| Stop::Cascade(text.to_owned()))?;
        }
        Ok(invocation)
    }

    /// The guarded verb.
    #[must_use]
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// The words that name the command, `delete` or `rollout restart`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.command.path
    }

    /// All words as kubectl sees them: an alias of kuberc keeps its name, what it adds is there.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The flags that kuberc adds, as `--flag=value`, to be shown to the person.
    #[must_use]
    pub fn added(&self) -> &[String] {
        &self.added
    }

    /// The words that are neither flags nor the command's name; an empty word counts.
    #[must_use]
    pub fn arguments(&self) -> &[String] {
        &self.parsed.arguments
    }

    /// How many arguments stood before `--`, if there was one (cobra's `ArgsLenAtDash`).
    #[must_use]
    pub fn dash(&self) -> Option<usize> {
        self.parsed.dash
    }

    /// Was the flag given, by a word or by kuberc (pflag's `Changed`)?
    ///
    /// # Panics
    /// Like all methods that take a flag's name: if the command has no such flag in any version, or one of another kind. That is
    /// an error in this program, never in the words.
    #[must_use]
    pub fn is_set(&self, flag: &str) -> bool {
        self.value(flag).is_some()
    }

    /// The final value of a text or duration flag; the last one wins. `None` if it was not given.
    #[must_use]
    pub fn text(&self, flag: &str) -> Option<&str> {
        match self.value(flag)? {
            Value::Text(text) => Some(text),
            _ => not_of_kind(flag, "text"),
        }
    }

    /// As [`Self::text`], for a flag that every command has, unless it has another one of this name.
    #[must_use]
    pub fn global_text(&self, flag: &str) -> Option<&str> {
        let is_own = self.command.flags.iter().any(|own| own.long == flag);
        if is_own { None } else { self.text(flag) }
    }

    /// The final value of a bool flag, kubectl's default if it was not given.
    #[must_use]
    pub fn truth(&self, flag: &str) -> bool {
        match (self.value(flag), self.flag(flag).kind) {
            (Some(Value::Truth(truth)), _) => *truth,
            (None, Kind::Bool { default }) => default,
            _ => not_of_kind(flag, "bool"),
        }
    }

    /// All elements of a list, in order.
    #[must_use]
    pub fn list(&self, flag: &str) -> &[String] {
        match self.value(flag) {
            None => &[],
            Some(Value::List(list)) => list,
            Some(_) => not_of_kind(flag, "list"),
        }
    }

    /// The final value of an integer flag. `None` if it was not given.
    #[must_use]
    pub fn integer(&self, flag: &str) -> Option<i64> {
        match self.value(flag)? {
            Value::Integer(integer) => Some(*integer),
            _ => not_of_kind(flag, "integer"),
        }
    }

    /// Every flag that was given, by its long name: a bool, an integer, a text or a list.
    #[must_use]
    pub fn given(&self) -> BTreeMap<String, serde_json::Value> {
        let json = |value: &Value| match value {
            Value::Truth(truth) => serde_json::json!(truth),
            Value::Integer(integer) => serde_json::json!(integer),
            Value::Text(text) => serde_json::json!(text),
            Value::List(list) => serde_json::json!(list),
        };
        self.parsed
            .flags
            .iter()
            .map(|(flag, value)| (flag.long.to_owned(), json(value)))
            .collect()
    }

    /// The versions of kubectl that know all flags that were given; others stop at one.
    #[must_use]
    pub fn known_by(&self) -> RangeInclusive<Minor> {
        let is_given = |flag: &str| {
            self.parsed
                .flags
                .iter()
                .any(|(given, _)| given.long == flag)
        };
        let all = Minor::OLDEST..=Minor::NEWEST;
        SPANS
            .iter()
            .filter(|(path, flag, ..)| {
                (*path == self.command.path || path.is_empty()) && is_given(flag)
            })
            .fold(all, |all, (.., first, last)| {
                *all.start().max(first)..=*all.end().min(last)
            })
    }

    /// `--dry-run` as kubectl understands it. `delete --raw` ignores it.
    #[must_use]
    pub fn dry_run(&self) -> DryRun {
        self.dry_run
    }

    /// Whether kubectl writes nothing, whatever the cluster holds: a dry run, a list, or an edit of a local file.
    #[must_use]
    pub fn writes_nothing(&self) -> bool {
        match self.verb {
            // `--raw` is really sent, dry run or not.
            _ if self.text_if_any("raw").is_some_and(|uri| !uri.is_empty()) => false,
            // So is what was edited.
            Verb::Create if self.truth("edit") => false,
            Verb::Label | Verb::Annotate | Verb::SetEnv if self.truth("list") => true,
            _ if self.truth_if_any("local") => true,
            // The scale is dry, the note is not.
            Verb::Scale if self.truth("record") => self.dry_run == DryRun::Client,
            _ => self.dry_run != DryRun::None,
        }
    }

    /// `--cascade` as kubectl understands it, background where the verb has no such flag.
    #[must_use]
    pub fn cascade(&self) -> Cascade {
        self.cascade
    }

    fn flag(&self, name: &str) -> &'static Flag {
        self.command
            .flag(name.as_bytes())
            .unwrap_or_else(|| panic!("kubectl {} has no --{name}", self.command.path))
    }

    fn value(&self, name: &str) -> Option<&Value> {
        let wanted = self.flag(name);
        self.parsed
            .flags
            .iter()
            .find(|(flag, _)| *flag == wanted)
            .map(|(_, value)| value)
    }

    /// As [`Self::text`], for flags that not every verb has.
    #[must_use]
    pub fn text_if_any(&self, flag: &str) -> Option<&str> {
        self.command.flag(flag.as_bytes())?;
        self.text(flag)
    }

    /// Whether this verb has such a flag at all.
    #[must_use]
    pub fn has_flag(&self, flag: &str) -> bool {
        self.command.flag(flag.as_bytes()).is_some()
    }

    /// As [`Self::integer`], for flags that not every verb has.
    #[must_use]
    pub fn integer_if_any(&self, flag: &str) -> Option<i64> {
        self.command.flag(flag.as_bytes())?;
        self.integer(flag)
    }

    /// As [`Self::truth`], for flags that not every verb has.
    #[must_use]
    pub fn truth_if_any(&self, flag: &str) -> bool {
        self.command.flag(flag.as_bytes()).is_some() && self.truth(flag)
    }
}

/// The code that asks has mistaken a flag for one of another kind, which no input can bring about.
fn not_of_kind(flag: &str, kind: &str) -> ! {
    panic!("--{flag} is not of the kind {kind}")
}

/// kubectl's `GetDryRunStrategy`.
fn dry_run(text: &str) -> Option<DryRun> {
    match (value::truth(text), text) {
        (Some(true), _) | (None, "client" | "unchanged") => Some(DryRun::Client),
        (Some(false), _) | (None, "none") => Some(DryRun::None),
        (None, "server") => Some(DryRun::Server),
        (None, _) => None,
    }
}

/// kubectl's `parseCascadingFlag`.
fn cascade(text: &str) -> Option<Cascade> {
    match (value::truth(text), text) {
        (Some(true), _) | (None, "background") => Some(Cascade::Background),
        (Some(false), _) | (None, "orphan") => Some(Cascade::Orphan),
        (None, "foreground") => Some(Cascade::Foreground),
        (None, _) => None,
    }
}

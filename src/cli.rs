//! Our own words and flags: everything else is kubectl's.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, PossibleValuesParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::{Deserialize, Serialize};

use crate::answer::consent::Given;
use crate::answer::language::Language;
use crate::error::{Error, Fault};

/// How long the whole look at the cluster may take, unless `--safe-timeout` says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Our own first words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnWord {
    /// Inspect and judge, run nothing.
    Plan,
    /// Show the questions without a cluster.
    Demo,
    /// List and explain the rules.
    Risks,
}

impl OwnWord {
    /// The word, if it is ours.
    #[must_use]
    pub fn read(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "plan" => Some(Self::Plan),
            "demo" => Some(Self::Demo),
            "risks" => Some(Self::Risks),
            _ => None,
        }
    }
}

/// How our own commands print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// For a person.
    Text,
    /// For a program.
    Json,
    /// For a program, or a person who reads YAML.
    Yaml,
}

impl Output {
    fn from_matches(matches: &ArgMatches) -> Self {
        match matches.get_one::<String>("output").map(String::as_str) {
            Some("json") => Self::Json,
            Some("yaml") => Self::Yaml,
            _ => Self::Text,
        }
    }
}

/// `plan [-o FORMAT] [--snapshot FILE] [--] WORDS…`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanCommand {
    /// How it is printed.
    pub output: Output,
    /// Judge against this file instead of a cluster.
    pub snapshot: Option<PathBuf>,
    /// kubectl's words.
    pub words: Vec<OsString>,
}

/// `risks [ID] [-o FORMAT]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RisksCommand {
    /// How it is printed.
    pub output: Output,
    /// One rule, by its id or its row; all when absent.
    pub id: Option<String>,
}

/// A reading of our own command line: what to do, or a text that clap already made (its help).
pub enum Read<T> {
    /// Do this.
    Run(T),
    /// Print this and end well.
    Help(String),
}

fn output_flag(language: Language) -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FORMAT")
        .value_parser(PossibleValuesParser::new(["text", "json", "yaml"]))
        .hide_possible_values(true)
        .help(language.help_of_output())
}

/// A command of ours, with clap's words in the person's language.
fn own_command(
    name: &'static str,
    about: String,
    argument: Option<Arg>,
    language: Language,
) -> Command {
    let arguments = match argument {
        Some(_) => format!("{}\n{{positionals}}\n\n", language.arguments()),
        None => String::new(),
    };
    let template = format!(
        "{{about}}\n\n{}\n\n{arguments}{}\n{{options}}{{after-help}}",
        language.usage("{usage}"),
        language.options()
    );
    Command::new(name)
        .about(about)
        .help_template(template)
        .no_binary_name(true)
        .disable_help_flag(true)
        .args(argument)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(language.help_of_help()),
        )
}

fn plan_command(language: Language) -> Command {
    own_command("plan", language.about_plan(), None, language)
        .override_usage("kubectl safe plan [-o FORMAT] [--snapshot FILE] [--] KUBECTL-WORDS...")
        .arg(output_flag(language))
        .arg(
            Arg::new("snapshot")
                .long("snapshot")
                .value_name("FILE")
                .value_parser(OsStringValueParser::new())
                .help(language.help_of_snapshot()),
        )
        .after_help(language.exit_codes_of_plan())
}

fn demo_command(language: Language) -> Command {
    own_command("demo", language.about_demo(), None, language).override_usage("kubectl safe demo")
}

fn risks_command(language: Language) -> Command {
    let id = Arg::new("id").value_name("ID").help(language.help_of_id());
    own_command("risks", language.about_risks(), Some(id), language)
        .override_usage("kubectl safe risks [-o FORMAT] [ID]")
        .arg(output_flag(language))
}

/// Reads the words behind `plan`. Its own flags stand before the first other word; from there on, or behind `--`, all is
/// kubectl's. Split before clap, which drops a leading `--`.
///
/// # Errors
/// [`Fault::UnexpectedWord`], [`Fault::WrongValue`].
pub fn read_plan(words: &[OsString], language: Language) -> Result<Read<PlanCommand>, Error> {
    let mut own = 0;
    while let Some(word) = words.get(own).and_then(|word| word.to_str()) {
        let (name, has_value) = word
            .split_once('=')
            .map_or((word, false), |(name, _)| (name, true));
        own += match name {
            "-o" | "--output" | "--snapshot" if !has_value => 2,
            "-o" | "--output" | "--snapshot" | "-h" | "--help" | "-ojson" | "-oyaml" | "-otext" => {
                1
            }
            _ => break,
        };
    }
    let own = own.min(words.len());
    let rest = match &words[own..] {
        [dashes, rest @ ..] if dashes == "--" => rest,
        rest => rest,
    };
    read(plan_command(language), "plan", &words[..own], |matches| {
        PlanCommand {
            output: Output::from_matches(matches),
            snapshot: matches.get_one::<OsString>("snapshot").map(PathBuf::from),
            words: rest.to_vec(),
        }
    })
}

/// Reads the words behind `demo`: there are none.
///
/// # Errors
/// [`Fault::UnexpectedWord`].
pub fn read_demo(words: &[OsString], language: Language) -> Result<Read<()>, Error> {
    read(demo_command(language), "demo", words, |_| ())
}

/// Reads the words behind `risks`.
///
/// # Errors
/// [`Fault::UnexpectedWord`], [`Fault::WrongValue`].
pub fn read_risks(words: &[OsString], language: Language) -> Result<Read<RisksCommand>, Error> {
    read(risks_command(language), "risks", words, |matches| {
        RisksCommand {
            output: Output::from_matches(matches),
            id: matches.get_one::<String>("id").cloned(),
        }
    })
}

fn read<T>(
    clap: Command,
    command: &'static str,
    words: &[OsString],
    build: impl FnOnce(&ArgMatches) -> T,
) -> Result<Read<T>, Error> {
    match clap.try_get_matches_from(words) {
        Ok(matches) => Ok(Read::Run(build(&matches))),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            Ok(Read::Help(error.render().to_string()))
        }
        Err(error) => Err(fault(command, &error).into()),
    }
}

/// What clap found wrong, without its English.
fn fault(command: &'static str, error: &clap::Error) -> Fault {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let word = context(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::UnknownArgument => Fault::UnexpectedWord { command, word },
        // No value, a wrong one, one too many, or one that is no text.
        _ => Fault::WrongValue {
            command,
            flag: word,
            value: context(ContextKind::InvalidValue),
        },
    }
}

/// Our own flags on a kubectl command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFlags {
    /// `--safe-help`
    pub help: bool,
    /// What the person consents to without being asked.
    pub consent: Given,
    /// `--safe-timeout`
    pub timeout: Option<Duration>,
}

impl OwnFlags {
    /// Reads flags that were taken out of the words, such as `("safe-yes", None)`. The last of a kind wins; overrides add up.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::error::Kind::Usage) for a flag that is not ours, a value where none belongs, or none where one does.
    pub fn read(flags: &[(String, Option<String>)]) -> Result<Self, Error> {
        let mut own = Self::default();
        for (name, value) in flags {
            let value = value.as_deref();
            match name.as_str() {
                "safe-help" => own.help = truth(name, value)?,
                "safe-yes" => own.consent.yes = truth(name, value)?,
                "safe-confirm" => own.consent.text = Some(text(name, value)?),
                "safe-override" => own.consent.overrides.push(text(name, value)?),
                "safe-reason" => own.consent.reason = Some(text(name, value)?),
                "safe-timeout" => own.timeout = Some(seconds(&text(name, value)?)?),
                _ => {
                    return Err(Fault::UnknownFlag(name.clone()).into());
                }
            }
        }
        match (own.consent.overrides.is_empty(), &own.consent.reason) {
            (false, None) => Err(Fault::OverrideWithoutReason.into()),
            (true, Some(_)) => Err(Fault::ReasonWithoutOverride.into()),
            _ => Ok(own),
        }
    }
}

fn truth(name: &str, value: Option<&str>) -> Result<bool, Error> {
    match value {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(Fault::NotTruth(name.to_owned()).into()),
    }
}

fn text(name: &str, value: Option<&str>) -> Result<String, Error> {
    match value {
        Some(value) if !value.trim().is_empty() => Ok(value.to_owned()),
        _ => Err(Fault::NeedsValue(name.to_owned()).into()),
    }
}

/// `10`, `10s`, `500ms` or `1m`.
fn seconds(text: &str) -> Result<Duration, Error> {
    let (number, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len()),
    );
    let factor = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        _ => f64::NAN,
    };
    let wrong = || Error::from(Fault::NoDuration(text.to_owned()));
    let seconds = number.parse::<f64>().map_err(|_| wrong())? * factor;
    if (0.001..=600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    fn plan(text: &str) -> PlanCommand {
        match read_plan(&words(text), Language::English) {
            Ok(Read::Run(plan)) => plan,
            Ok(Read::Help(_)) => panic!("{text} asks for help"),
            Err(error) => panic!("{text}: {error:?}"),
        }
    }

    #[test]
    fn the_plans_own_flags_end_at_the_first_other_word() {
        let read = plan("-o json --snapshot=x.yaml delete node x -o yaml");
        assert_eq!(read.output, Output::Json);
        assert_eq!(read.snapshot, Some(PathBuf::from("x.yaml")));
        assert_eq!(read.words, words("delete node x -o yaml"));
    }

    #[test]
    fn two_dashes_belong_to_plan_once() {
        assert_eq!(plan("-ojson -- delete -- x").words, words("delete -- x"));
        assert_eq!(
            plan("-n web delete pod x").words,
            words("-n web delete pod x")
        );
    }

    #[test]
    fn wrong_own_flags_are_usage_errors() {
        assert!(matches!(
            read_plan(&words("-o"), Language::English),
            Err(Error {
                kind: Kind::Usage,
                ..
            })
        ));
        assert!(matches!(
            read_plan(&words("-o xml delete"), Language::English),
            Err(Error {
                kind: Kind::Usage,
                ..
            })
        ));
        let flag = |name: &str, value: Option<&str>| {
            OwnFlags::read(&[(name.to_owned(), value.map(str::to_owned))])
        };
        assert!(flag("safe-yess", None).is_err());
        assert!(flag("safe-confirm", None).is_err());
        assert!(flag("safe-override", Some("x")).is_err());
        assert!(flag("safe-timeout", Some("5 years")).is_err());
        assert_eq!(
            flag("safe-timeout", Some("500ms")).map(|own| own.timeout),
            Ok(Some(Duration::from_millis(500)))
        );
        assert!(flag("safe-yes", Some("false")).is_ok_and(|own| !own.consent.yes));
    }
}

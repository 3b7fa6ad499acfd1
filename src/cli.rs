//! Our own words and flags: everything else is kubectl's.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgMatches, Command};
use serde::{Deserialize, Serialize};

use crate::answer::consent::Given;
use crate::error::{Error, Kind};

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

fn output_flag() -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FORMAT")
        .value_parser(PossibleValuesParser::new(["text", "json", "yaml"]))
        .help("text (default), json or yaml")
}

fn plan_command() -> Command {
    Command::new("kubectl safe plan")
        .about("Shows what a kubectl command would change and what speaks against it; runs nothing")
        .override_usage("kubectl safe plan [-o FORMAT] [--snapshot FILE] [--] KUBECTL-WORDS...")
        .arg(output_flag())
        .arg(
            Arg::new("snapshot")
                .long("snapshot")
                .value_name("FILE")
                .value_parser(OsStringValueParser::new())
                .help("judge against a file of objects, as `kubectl get -o yaml` prints them, instead of a cluster"),
        )
        .after_help(
            "Exit codes: 0 nothing speaks against it, 75 something could not be read, 77 the command would be asked for or refused",
        )
}

fn demo_command() -> Command {
    Command::new("kubectl safe demo").about(
        "Shows the questions on an embedded cluster: needs no cluster, kubectl or credentials",
    )
}

fn risks_command() -> Command {
    Command::new("kubectl safe risks")
        .about("Lists the risk table, or explains one rule")
        .arg(
            Arg::new("id")
                .value_name("ID")
                .help("a rule's id, or a row such as P2"),
        )
        .arg(output_flag())
}

/// Reads the words behind `plan`. Its own flags stand before the first other word; from there on, or behind `--`, all is
/// kubectl's. Split before clap, which drops a leading `--`.
///
/// # Errors
/// [`Kind::Usage`].
pub fn read_plan(words: &[OsString]) -> Result<Read<PlanCommand>, Error> {
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
    read(plan_command(), &words[..own], |matches| PlanCommand {
        output: Output::from_matches(matches),
        snapshot: matches.get_one::<OsString>("snapshot").map(PathBuf::from),
        words: rest.to_vec(),
    })
}

/// Reads the words behind `demo`: there are none.
///
/// # Errors
/// [`Kind::Usage`].
pub fn read_demo(words: &[OsString]) -> Result<Read<()>, Error> {
    read(demo_command(), words, |_| ())
}

/// Reads the words behind `risks`.
///
/// # Errors
/// [`Kind::Usage`].
pub fn read_risks(words: &[OsString]) -> Result<Read<RisksCommand>, Error> {
    read(risks_command(), words, |matches| RisksCommand {
        output: Output::from_matches(matches),
        id: matches.get_one::<String>("id").cloned(),
    })
}

fn read<T>(
    command: Command,
    words: &[OsString],
    build: impl FnOnce(&ArgMatches) -> T,
) -> Result<Read<T>, Error> {
    match command.no_binary_name(true).try_get_matches_from(words) {
        Ok(matches) => Ok(Read::Run(build(&matches))),
        Err(error) if error.use_stderr() => {
            let text = error.render().to_string();
            Err(Error::new(
                Kind::Usage,
                text.trim().trim_start_matches("error: "),
            ))
        }
        Err(error) => Ok(Read::Help(error.render().to_string())),
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
    /// [`Kind::Usage`] for a flag that is not ours, a value where none belongs, or none where one does.
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
                    return Err(Error::new(Kind::Usage, format!("unknown flag --{name}"))
                        .hint("kubectl safe --safe-help lists the flags of kubectl-safe"));
                }
            }
        }
        match (own.consent.overrides.is_empty(), &own.consent.reason) {
            (false, None) => Err(Error::new(
                Kind::Usage,
                "--safe-override needs --safe-reason=TEXT beside it",
            )),
            (true, Some(_)) => Err(Error::new(
                Kind::Usage,
                "--safe-reason belongs beside --safe-override=RULE",
            )),
            _ => Ok(own),
        }
    }
}

fn truth(name: &str, value: Option<&str>) -> Result<bool, Error> {
    match value {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(Error::new(
            Kind::Usage,
            format!("--{name} is true or false"),
        )),
    }
}

fn text(name: &str, value: Option<&str>) -> Result<String, Error> {
    match value {
        Some(value) if !value.trim().is_empty() => Ok(value.to_owned()),
        _ => Err(Error::new(
            Kind::Usage,
            format!("--{name} needs a value: --{name}=TEXT"),
        )),
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
    let wrong = || {
        Error::new(Kind::Usage, format!("--safe-timeout={text} is no duration"))
            .hint("Write seconds, such as --safe-timeout=10s, up to 10m")
    };
    let seconds = number.parse::<f64>().map_err(|_| wrong())? * factor;
    if (0.001..=600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(wrong())
    }
}

/// What `--safe-help` prints.
pub const HELP: &str = "\
kubectl-safe looks at the live cluster before a kubectl command changes it, and asks, redirects or refuses where that is dangerous.
Everything else runs as if it were not there.

Usage:
  kubectl safe KUBECTL-WORDS...        run a kubectl command, guarded
  kubectl safe plan [--] WORDS...      show what a command would change and what speaks against it; run nothing
  kubectl safe risks [ID]              list the risk table, or explain one rule
  kubectl safe demo                    show the questions without a cluster

Flags, anywhere before --:
  --safe-yes                consent to a y/N question
  --safe-confirm=TEXT       consent to a question that asks for TEXT to be typed
  --safe-override=RULE      override a redirect or refusal of RULE, with
  --safe-reason=TEXT        the reason why
  --safe-timeout=10s        how long the look at the cluster may take
  --safe-help               this text

Environment:
  KUBECTL_SAFE_KUBECTL      path of the real kubectl
  KUBECTL_SAFE_LANG         en, zh or ja

Exit codes: kubectl's own when kubectl ran; 64 wrong flags, 69 no kubectl, 70 kubectl-safe failed, 75 something could not be read,
77 refused or not confirmed, 130 interrupted
";

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    fn plan(text: &str) -> PlanCommand {
        match read_plan(&words(text)) {
            Ok(Read::Run(plan)) => plan,
            Ok(Read::Help(_)) => panic!("{text} asks for help"),
            Err(error) => panic!("{text}: {error}"),
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
            read_plan(&words("-o")),
            Err(Error {
                kind: Kind::Usage,
                ..
            })
        ));
        assert!(matches!(
            read_plan(&words("-o xml delete")),
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

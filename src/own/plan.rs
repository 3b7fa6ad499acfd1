//! `plan`: inspects and judges, runs nothing.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

use crate::act::redirect::redirects_of;
use crate::answer::json::{Document, digest_of};
use crate::answer::layout::Paper;
use crate::answer::render::View;
use crate::answer::voice;
use crate::change::files::Input;
use crate::change::interest::Audience;
use crate::cli::{self, Output, OwnFlags, Read};
use crate::cluster::reader::{Reader, Snapshot};

use crate::error::{Error, Fault, Kind, system_words};
use crate::guard::{Watched, runtime};
use crate::inspection::Inspection;
use crate::kubectl::invocation::{Invocation, Reading};
use crate::kubectl::plugin::Plugin;
use crate::kubectl::program::Program;
use crate::kubectl::stdin::Stdin;
use crate::plan::{AckIdentity, Place, Plan};
use crate::risk::table::{Drops, Table};
use crate::risk::verdict::Verdict;
use crate::run::{self, Settled};
use crate::unknown::{Unknown, What, Why};

/// Runs `plan`; `global` are kubectl's flags that stand before the word.
///
/// # Errors
/// [`Kind::Usage`], also for a snapshot that cannot be read; [`Kind::NoKubectl`] where kubectl itself is needed.
pub fn run(words: &[OsString], global: &[OsString], flags: &OwnFlags) -> Result<ExitCode, Error> {
    let mut command = match cli::read_plan(words, voice::language())? {
        Read::Run(command) => command,
        Read::Help(text) => return voice::print(&text).map(|()| ExitCode::SUCCESS),
    };
    command.words.splice(0..0, global.iter().cloned());
    let plan = match &command.snapshot {
        Some(path) => plan_of_snapshot(&command.words, &read_snapshot(path)?)?,
        None => plan_of_cluster(&command.words, flags, Audience::Plan, Drops::Early)?,
    };
    print(&plan, command.output)?;
    Ok(exit_code(&plan))
}

fn print(plan: &Plan, output: Output) -> Result<(), Error> {
    let language = voice::language();
    let redirects = redirects_of(plan);
    let document = Document::new(plan, &redirects, language);
    voice::print(&match output {
        Output::Json => document.json(),
        Output::Yaml => document.yaml(),
        Output::Text => View {
            plan,
            redirects: &redirects,
            language,
            paper: Paper::stdout(),
        }
        .plan_text(&digest_of(plan)),
    })
}

fn exit_code(plan: &Plan) -> ExitCode {
    if !plan.is_complete() {
        Kind::Unread.into()
    } else if plan.verdict <= Verdict::Notice {
        ExitCode::SUCCESS
    } else {
        Kind::Refused.into()
    }
}

/// Judges words in the cluster that they lead to.
///
/// # Errors
/// As [`run`].
pub fn plan_of_cluster(
    words: &[OsString],
    flags: &OwnFlags,
    audience: Audience,
    drops: Drops,
) -> Result<Plan, Error> {
    let inspect =
        |invocation: &Invocation, program: Option<&Program>| -> Result<Option<Plan>, Error> {
            let stdin = Stdin::default();
            Ok(Watched::new(invocation, flags, program, &stdin, drops)?.plan(audience))
        };
    let reading = match run::read_words(words, None) {
        Reading::Undecidable(doubt) => {
            let program = Program::find()?;
            match run::settle(words, &doubt, &program) {
                Settled::Reading(reading) => reading,
                Settled::Doubt(why) => return Ok(undecided(words, why)),
            }
        }
        reading => reading,
    };
    if let Some(plugin) = run::plugin_to_ask_about(words, &reading) {
        return Ok(unseen(words, &plugin));
    }
    match reading {
        Reading::Guarded(invocation) if !invocation.writes_nothing() => {
            // Only for files that kubectl alone can read; without it they stay unread.
            let program = Program::find().ok();
            Ok(inspect(&invocation, program.as_ref())?
                .unwrap_or_else(|| harmless(words, Place::default())))
        }
        _ => Ok(harmless(words, Place::default())),
    }
}

/// Judges words over a snapshot.
///
/// # Errors
/// As [`run`].
pub fn plan_of_snapshot(words: &[OsString], snapshot: &Rc<Snapshot>) -> Result<Plan, Error> {
    let invocation = match run::read_words(words, None) {
        Reading::Guarded(invocation) => invocation,
        Reading::Undecidable(doubt) => return Ok(undecided(words, doubt)),
        _ => return Ok(harmless(words, Place::default())),
    };
    let namespace = invocation
        .text("namespace")
        .filter(|namespace| !namespace.is_empty())
        .unwrap_or("default");
    let place = Place {
        context: "snapshot".to_owned(),
        namespace: namespace.to_owned(),
        ..Place::default()
    };
    let reader = Reader::snapshot(Rc::clone(snapshot), place);
    let stdin = Stdin::default();
    let input = Input {
        stdin: &stdin,
        kubectl: None,
    };
    let table = Table::builtin();
    let inspection = Inspection {
        invocation: &invocation,
        reader: &reader,
        table: &table,
        input: &input,
        audience: Audience::Plan,
    };
    let plan = runtime()?.block_on(inspection.plan());
    Ok(plan.unwrap_or_else(|| harmless(words, reader.place().clone())))
}

/// Reads a snapshot file.
///
/// # Errors
/// [`Kind::Usage`] with the file and what is wrong in it.
pub fn read_snapshot(path: &Path) -> Result<Rc<Snapshot>, Error> {
    let name = || path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| Fault::SnapshotUnread {
        path: name(),
        why: system_words(&error),
    })?;
    let snapshot = Snapshot::parse(&text).map_err(|why| Fault::Snapshot { path: name(), why })?;
    Ok(Rc::new(snapshot))
}

/// The plan of words that change nothing, or that kubectl refuses by itself.
fn harmless(words: &[OsString], destination: Place) -> Plan {
    Plan {
        words: shown(words),
        verb: "",
        destination,
        ack: AckIdentity::default(),
        changes: Vec::new(),
        unknown: Vec::new(),
        findings: Vec::new(),
        verdict: Verdict::Allow,
    }
}

/// The plan of a plugin that the person wants to be asked about.
fn unseen(words: &[OsString], plugin: &Plugin) -> Plan {
    let unknown = Unknown::new(What::Plugin(plugin.path.display().to_string()), Why::Named);
    Plan::unread(shown(words), None, unknown)
}

fn undecided(words: &[OsString], why: impl Into<Why>) -> Plan {
    Plan::unread(shown(words), None, Unknown::new(What::CommandLine, why))
}

fn shown(words: &[OsString]) -> Vec<String> {
    words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect()
}

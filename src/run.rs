//! From the words of the process to its end: what is ours, what is kubectl's, what is judged first.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use crate::answer::voice;
use crate::change::proof::{self, Proof};
use crate::cli::{DEFAULT_TIMEOUT, OwnFlags, OwnWord};
use crate::cluster::credential::PluginPolicy;
use crate::editing;
use crate::environment;
use crate::error::Error;
use crate::guard;
use crate::kubectl::flags::{Minor, ROOT};
use crate::kubectl::inputs::{self, NotRead};
use crate::kubectl::invocation::{Doubt, Reading, Stop, Word, classify, read};
use crate::kubectl::kuberc::World;
use crate::kubectl::own_flags::split_own;
use crate::kubectl::plugin::Plugin;
use crate::kubectl::program::{Program, pass};
use crate::kubectl::{kuberc, version};
use crate::own;
use crate::unknown::Why;

/// Runs the words of a process, the program's own name first.
///
/// Returns only where kubectl did not run: kubectl takes this process over.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(voice::report_panic));
    let mut words = words.into_iter();
    let called_as = words.next().unwrap_or_default();
    match dispatch(&called_as, words.collect()) {
        Ok(code) => code,
        Err(error) => {
            voice::report(&error);
            error.kind.into()
        }
    }
}

fn dispatch(called_as: &OsString, mut words: Vec<OsString>) -> Result<ExitCode, Error> {
    if let Some(end) = editing::serve(called_as, &words) {
        return end;
    }
    if std::env::var_os(environment::PASS_THROUGH).is_some_and(|pass| pass::take(&pass)) {
        return Err(Program::find()?.exec(&words));
    }
    // In alias form and as a PATH shim, `kubectl safe …` reaches us with our own name in front.
    let safe = first_argument(&words).filter(|at| words[*at] == "safe");
    if let Some(at) = safe {
        words.remove(at);
    }
    // In front of kubectl under its own name, everything but `safe` is kubectl's.
    let is_shim = Path::new(called_as)
        .file_name()
        .is_some_and(|name| name == "kubectl");
    let (flags, rest) = split_own(words);
    let flags = OwnFlags::read(&flags)?;
    if flags.help {
        return voice::print(&voice::language().own_help()).map(|()| ExitCode::SUCCESS);
    }
    if (safe.is_some() || !is_shim)
        && let Some(at) = first_argument(&rest)
        && let Some(own) = OwnWord::read(&rest[at])
    {
        let (global, words) = (&rest[..at], &rest[at + 1..]);
        own::namesake::point_out(&rest[at..]);
        return match own {
            OwnWord::Plan => own::plan::run(words, global, &flags),
            // They look at no cluster, so which one an alias names does not matter.
            OwnWord::Demo => own::demo::run(words),
            OwnWord::Risks => own::risks::run(words),
        };
    }
    run_kubectl(&rest, &flags)
}

/// The place of the first word behind kubectl's global flags, `plan` in `--context x plan delete …`.
fn first_argument(words: &[OsString]) -> Option<usize> {
    let mut at = 0;
    loop {
        match classify(&ROOT, words.get(at)?.as_encoded_bytes()) {
            Word::Argument => return Some(at),
            Word::Flag => at += 1,
            Word::FlagAndNext => at += 2,
            Word::Dash => return None,
        }
    }
}

fn run_kubectl(words: &[OsString], flags: &OwnFlags) -> Result<ExitCode, Error> {
    let reading = read_words(words, None);
    if let Some(plugin) = plugin_to_ask_about(words, &reading) {
        guard::ask_about_plugin(&plugin, flags)?;
        return Err(Program::find()?.exec(words));
    }
    match reading {
        // kubectl's own parser prints help before it looks at anything else.
        Reading::Unguarded(_) | Reading::Stops(Stop::Help) | Reading::Plugin => {
            Err(Program::find()?.exec(words))
        }
        Reading::Stops(_) => stop(words, flags, &Program::find()?),
        Reading::Guarded(invocation) => guard::guard(&invocation, words, flags, &Program::find()?),
        Reading::Undecidable(doubt) => {
            let program = Program::find()?;
            match settle(words, &doubt, &program) {
                Settled::Reading(Reading::Guarded(invocation)) => {
                    guard::guard(&invocation, words, flags, &program)
                }
                Settled::Reading(Reading::Stops(stops)) if stops != Stop::Help => {
                    stop(words, flags, &program)
                }
                Settled::Reading(_) => Err(program.exec(words)),
                Settled::Doubt(doubt) => guard::doubt(doubt, words, flags, &program),
            }
        }
    }
}

/// Words that kubectl seems to refuse by itself: once it has proved it, it says so in its own words.
fn stop(words: &[OsString], flags: &OwnFlags, program: &Program) -> Result<ExitCode, Error> {
    let patience = flags.timeout.unwrap_or(DEFAULT_TIMEOUT);
    match proof::prove_words(words, &preferences(words, None), program, patience) {
        Proof::Rejected => Err(program.exec(words)),
        Proof::Open(said) => guard::doubt(Why::Unproved(said), words, flags, program),
    }
}

/// What became of words that could not be read without more.
pub enum Settled {
    /// kubectl's version made them clear.
    Reading(Reading),
    /// It did not, or does not matter.
    Doubt(Why),
}

/// Asks kubectl for its version, where that can settle how it reads the words.
#[must_use]
pub fn settle(words: &[OsString], doubt: &Doubt, program: &Program) -> Settled {
    if !doubt.needs_version() {
        return Settled::Doubt(doubt.clone().into());
    }
    match version::ask(program) {
        Err(why) => Settled::Doubt(Why::VersionUnread {
            doubt: Box::new(doubt.clone()),
            why: Box::new(why),
        }),
        Ok(version) => match read_words(words, Some(version)) {
            Reading::Undecidable(doubt) => Settled::Doubt(doubt.into()),
            reading => Settled::Reading(reading),
        },
    }
}

/// Reads words with the person's kubectl preferences. A plugin below `create` is met before kubectl reads any flag.
#[must_use]
pub fn read_words(words: &[OsString], version: Option<Minor>) -> Reading {
    if Plugin::find_below_create(words).is_some() {
        return Reading::Plugin;
    }
    read(words, version, || preferences(words, version))
}

/// The states that the person's kubectl preferences can be in.
#[must_use]
pub fn preferences(words: &[OsString], version: Option<Minor>) -> Vec<World> {
    kuberc::worlds(words, version, &kuberc_environment(), read_preferences)
}

/// The plugin that the words run, if the person wants to be asked about it.
#[must_use]
pub fn plugin_to_ask_about(words: &[OsString], reading: &Reading) -> Option<Plugin> {
    let list = std::env::var_os(environment::ASK_PLUGINS)?;
    if *reading != Reading::Plugin || is_alias(words) {
        return None;
    }
    Plugin::find(words).filter(|plugin| plugin.is_in(&list, words))
}

/// Whether the words call an alias of kuberc, which beats a plugin where this kubectl reads kuberc.
fn is_alias(words: &[OsString]) -> bool {
    let calls_one = |world: &World| world.alias(words).is_some();
    preferences(words, None).iter().any(calls_one)
        && Program::find()
            .ok()
            .and_then(|program| version::ask(&program).ok())
            .is_some_and(|version| preferences(words, Some(version)).iter().all(calls_one))
}

/// Which credential plugins the person's kubectl preferences let run.
#[must_use]
pub fn plugin_policy(words: &[OsString]) -> PluginPolicy {
    kuberc::plugin_policy(words, &kuberc_environment(), read_preferences)
}

/// A file of preferences, which kubectl reads after us: a pipe by its number is kept for it.
fn read_preferences(path: &Path) -> io::Result<Vec<u8>> {
    match inputs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(NotRead::Failed(error)) => Err(error),
        Err(NotRead::Excess(excess)) => Err(excess.into()),
        Err(NotRead::ReadOnce) => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn kuberc_environment() -> kuberc::Environment {
    let variable = |name| std::env::var_os(name);
    kuberc::Environment {
        home: variable(environment::HOME).map(Into::into),
        kuberc: variable(environment::KUBERC),
        gate: variable(environment::KUBECTL_KUBERC),
    }
}

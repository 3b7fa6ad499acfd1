//! A guarded command: look, judge, answer, and only then become kubectl.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use crate::answer::decide::{Decision, answer};
use crate::answer::json::digest_of;
use crate::answer::voice;
use crate::change::files::Input;
use crate::change::interest::Audience;
use crate::cli::{DEFAULT_TIMEOUT, OwnFlags};
use crate::cluster::credential::{PluginPolicy, StandardInput};
use crate::cluster::destination::{Connection, Destination, DestinationError};
use crate::cluster::environment::Environment;
use crate::cluster::reader::{self, Reader};
use crate::error::{Error, Kind, system_words};
use crate::inspection::Inspection;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::program::Program;
use crate::kubectl::stdin::Stdin;
use crate::plan::{Plan, Unknown};
use crate::risk::table::Table;
use crate::risk::verdict::Verdict;
use crate::run;

/// After this long a terminal is told that the cluster is being looked at.
const PATIENCE: Duration = Duration::from_millis(300);

/// Judges a guarded command, and runs it when nothing speaks against it or the person consents.
///
/// # Errors
/// Always, when kubectl did not take over: refused, unread, interrupted, or kubectl could not be run.
pub fn guard(
    invocation: &Invocation,
    words: &[OsString],
    flags: &OwnFlags,
    program: &Program,
) -> Result<ExitCode, Error> {
    if invocation.writes_nothing() {
        return Err(program.exec(words));
    }
    let stdin = Stdin::default();
    let look = Look {
        invocation,
        flags,
        program,
        stdin: &stdin,
    };
    let run = || match stdin.replay() {
        Ok(()) => Err(program.exec(words)),
        Err(why) => Err(Error::new(
            Kind::Internal,
            format!(
                "standard input could not be given to kubectl: {}",
                system_words(&why)
            ),
        )),
    };
    let Some(mut plan) = look.plan(Audience::Rules)? else {
        return run();
    };
    loop {
        if asks_by_itself(invocation, &plan) {
            return run();
        }
        match answer(&plan, &flags.consent)? {
            Decision::Run => return run(),
            // The person took their time: run what was shown, or ask again about what it has become.
            Decision::RunIfUnchanged => {
                let Some(now) = look.plan(Audience::Rules)? else {
                    return run();
                };
                if digest_of(&now) == digest_of(&plan) {
                    return run();
                }
                voice::write(&format!("{}\n", voice::language().changed_meanwhile()));
                plan = now;
            }
        }
    }
}

/// Asks about words whose meaning could not be settled.
///
/// # Errors
/// As [`guard`].
pub fn doubt(
    why: &str,
    words: &[OsString],
    flags: &OwnFlags,
    program: &Program,
) -> Result<ExitCode, Error> {
    let shown = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let unknown = Unknown {
        what: "what this command line means to kubectl".to_owned(),
        why: why.to_owned(),
    };
    let plan = Plan::unread(shown, unknown);
    match answer(&plan, &flags.consent)? {
        Decision::Run | Decision::RunIfUnchanged => Err(program.exec(words)),
    }
}

/// `delete -i` asks y/N itself, where it can: that replaces our own y/N, and nothing stronger.
fn asks_by_itself(invocation: &Invocation, plan: &Plan) -> bool {
    invocation.verb() == Verb::Delete
        && plan.verdict == Verdict::Confirm
        && plan.unknown.is_empty()
        && invocation.truth("interactive")
        && std::io::stdin().is_terminal()
}

/// One look at the cluster; each has connections and a memory of its own.
struct Look<'a> {
    invocation: &'a Invocation,
    flags: &'a OwnFlags,
    program: &'a Program,
    stdin: &'a Stdin,
}

impl Look<'_> {
    fn plan(&self, audience: Audience) -> Result<Option<Plan>, Error> {
        let runtime = runtime()?;
        Ok(runtime.block_on(async {
            let inspect = inspect_live(
                self.invocation,
                self.flags,
                Some(self.program),
                self.stdin,
                audience,
            );
            futures::pin_mut!(inspect);
            if let Ok(plan) = tokio::time::timeout(PATIENCE, &mut inspect).await {
                return plan;
            }
            let _line = voice::StatusLine::show();
            inspect.await
        }))
    }
}

/// A credential plugin may ask a person on a terminal, as it may under kubectl; what is piped in is kubectl's.
fn plugin_stdin() -> StandardInput {
    if std::io::stdin().is_terminal() {
        StandardInput::Terminal
    } else {
        StandardInput::Unavailable
    }
}

/// A runtime for one look: one thread, built only on the guarded path.
///
/// # Errors
/// [`Kind::Internal`] when the system gives no epoll or kqueue.
pub fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| {
            Error::new(
                Kind::Internal,
                format!(
                    "the look at the cluster could not be started: {}",
                    system_words(&why)
                ),
            )
        })
}

/// The plan of a command in the cluster that it would act in; `None` when kubectl stops by itself.
pub async fn inspect_live(
    invocation: &Invocation,
    flags: &OwnFlags,
    program: Option<&Program>,
    stdin: &Stdin,
    audience: Audience,
) -> Option<Plan> {
    let environment = Environment::read(|name| std::env::var_os(name));
    let destination = match Destination::find(&Connection::from(invocation), &environment) {
        Ok(destination) => destination,
        Err(DestinationError::KubectlStops(_)) => return None,
        Err(DestinationError::Unusable(why)) => {
            let unknown = Unknown {
                what: "the cluster that this command acts in".to_owned(),
                why,
            };
            return Some(Plan::unread(invocation.words().to_vec(), unknown));
        }
    };
    let plugins = if destination.plugin().is_some() {
        let words: Vec<OsString> = invocation.words().iter().map(OsString::from).collect();
        run::plugin_policy(&words)
    } else {
        PluginPolicy::AllowAll
    };
    let look = reader::Look {
        timeout: flags.timeout.unwrap_or(DEFAULT_TIMEOUT),
        plugins,
        stdin: plugin_stdin(),
    };
    let reader = Reader::live(destination, look);
    let table = Table::builtin();
    let input = Input {
        stdin,
        kubectl: program,
    };
    Inspection {
        invocation,
        reader: &reader,
        table: &table,
        input: &input,
        audience,
    }
    .plan()
    .await
}

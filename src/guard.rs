//! A guarded command: look, judge, answer, and only then become kubectl.

mod watched;

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

pub use watched::Watched;

use crate::answer::consent::{Consent, Given};
use crate::answer::decide::{self, Decision, answer};
use crate::answer::escape::escape;
use crate::answer::json::digest_of;
use crate::answer::secret;
use crate::answer::voice;
use crate::change::files::{FileFlags, Input};
use crate::change::interest::Audience;
use crate::change::proof::{self, Proof};
use crate::change::text::Text;
use crate::cli::{DEFAULT_TIMEOUT, OwnFlags};
use crate::cluster::credential::{PluginPolicy, StandardInput};
use crate::cluster::destination::{Connection, Destination, DestinationError};
use crate::cluster::environment::Environment;
use crate::cluster::kubectl::Kubectl;
use crate::cluster::reader::{self, Reader};
use crate::editing;
use crate::environment;
use crate::error::{Error, Fault, system_words};
use crate::inspection::Inspection;
use crate::kubectl::copies::{self, Copy};
use crate::kubectl::editor::Editing;
use crate::kubectl::flags::Verb;
use crate::kubectl::inputs;
use crate::kubectl::invocation::{Invocation, Reading};
use crate::kubectl::plugin::Plugin;
use crate::kubectl::program::Program;
use crate::kubectl::stdin::Stdin;
use crate::plan::Plan;
use crate::risk::table::{Drops, Table};
use crate::risk::verdict::{Severity, Verdict};
use crate::run::{self, Settled};
use crate::unknown::{Unknown, What, Why};

/// After this long a terminal is told that the cluster is being looked at.
const PATIENCE: Duration = Duration::from_millis(300);

/// A file that was changed so often while it was looked at is not looked at once more.
const CHANGES: usize = 3;

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
    if let Some(unplaced) = unplaced(invocation, words, program) {
        let verb = Some(invocation.verb());
        let plan = Plan::unread(invocation.words().to_vec(), verb, unplaced);
        answer(&plan, &flags.consent)?;
        return Err(program.exec(words));
    }
    let stdin = Stdin::default();
    let look = Watched::new(invocation, flags, Some(program), &stdin, Drops::Early)?;
    let run = || match stdin.replay() {
        Ok(()) => Err(program.exec(words)),
        Err(why) => Err(Fault::StdinLost(system_words(&why)).into()),
    };
    if Editing::of(invocation).is_some() {
        // Where no rule could mind what a person writes, kubectl is left alone with their editor.
        let is_minded = |plan: &Plan| !plan.changes.is_empty() || !plan.is_complete();
        let Some(plan) = look.plan(Audience::Rules).filter(is_minded) else {
            return run();
        };
        drop(look);
        stdin
            .replay()
            .map_err(|why| Fault::StdinLost(system_words(&why)))?;
        return editing::run(words, flags, &plan.destination, program);
    }
    let look = || {
        look.plan(Audience::Rules)
            .filter(|plan| !asks_by_itself(invocation, plan))
    };
    ask(look, &flags.consent)?;
    run()
}

/// Answers a look at what kubectl is to do, and looks again after a person took their time. With no plan, kubectl stops or asks by itself.
/// A file that was changed since it was read is looked at again.
///
/// # Errors
/// When kubectl is not to do it; see [`answer`].
pub fn ask(look: impl Fn() -> Option<Plan>, consent: &Given) -> Result<(), Error> {
    let mut plan = look();
    let mut changes = 0;
    loop {
        if let Some(then) = &plan {
            match answer(then, consent)? {
                Decision::Run => {}
                // The person took their time: run what was shown, or ask again about what it has become.
                Decision::RunIfUnchanged => {
                    let now = look();
                    if now
                        .as_ref()
                        .is_some_and(|now| digest_of(now) != digest_of(then))
                    {
                        voice::write(&format!("{}\n", voice::language().changed_meanwhile()));
                        plan = now;
                        continue;
                    }
                }
            }
        }
        // What was judged is what kubectl is going to read.
        let Some(path) = inputs::changed() else {
            return Ok(());
        };
        changes += 1;
        if changes == CHANGES {
            return Err(Fault::InputChanges(path.display().to_string()).into());
        }
        plan = look();
    }
}

/// What lies elsewhere and kubectl cannot be given as it was fetched, because its name stands where a copy cannot take its place: in an
/// alias of kuberc, or twice.
fn unplaced(invocation: &Invocation, words: &[OsString], program: &Program) -> Option<Unknown> {
    if !invocation.has_flag("filename") {
        return None;
    }
    let fetched = FileFlags::of(invocation).fetched();
    let (_, first) = *fetched.first()?;
    let copies: Vec<Copy> = fetched
        .iter()
        .map(|&(named, name)| Copy {
            named,
            name: name.to_owned(),
            path: "/dev/fd/0".into(),
        })
        .collect();
    let changed = copies::replace(words, &copies);
    let reading = match run::read_words(&changed, None) {
        Reading::Undecidable(doubt) => match run::settle(&changed, &doubt, program) {
            Settled::Reading(reading) => reading,
            Settled::Doubt(_) => Reading::Undecidable(doubt),
        },
        reading => reading,
    };
    let meant = copies::replace(&invocation.rewrite(&[], &[]), &copies);
    let is_meant = matches!(&reading, Reading::Guarded(read) if read.rewrite(&[], &[]) == meant);
    let unknown = Unknown::new(What::Url(first.to_owned()), Why::ReadOnce);
    (!is_meant).then(|| unknown.at_least(Severity::TypeName))
}

/// Asks about words whose meaning could not be settled.
///
/// # Errors
/// As [`guard`].
pub fn doubt(
    why: Why,
    words: &[OsString],
    flags: &OwnFlags,
    program: &Program,
) -> Result<ExitCode, Error> {
    let shown: Vec<String> = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    secret::learn(&shown, "");
    let plan = Plan::unread(shown, None, Unknown::new(What::CommandLine, why));
    match answer(&plan, &flags.consent)? {
        Decision::Run | Decision::RunIfUnchanged => Err(program.exec(words)),
    }
}

/// Asks about a plugin that the person wants to be asked about.
///
/// # Errors
/// Without consent.
pub fn ask_about_plugin(plugin: &Plugin, flags: &OwnFlags) -> Result<(), Error> {
    let language = voice::language();
    let (words, path) = (plugin.words(), plugin.path.to_string_lossy());
    let question = language.asked_plugin(&escape(&words), &escape(&path), environment::ASK_PLUGINS);
    let consent = Consent::Yes {
        text: escape(&words),
    };
    decide::ask(&question, &consent, &flags.consent)
}

/// `delete -i` asks y/N itself, where it can: that replaces our own y/N, and nothing stronger.
fn asks_by_itself(invocation: &Invocation, plan: &Plan) -> bool {
    invocation.verb() == Verb::Delete
        && plan.verdict == Verdict::Confirm
        && plan.unknown.is_empty()
        && invocation.truth("interactive")
        && io::stdin().is_terminal()
}

/// What a command may be looked at with, as often as it must be: one runtime, one set of connections, one login.
pub struct Look<'a> {
    invocation: &'a Invocation,
    flags: &'a OwnFlags,
    program: Option<&'a Program>,
    stdin: &'a Stdin,
    /// After the reader, whose connections live on it.
    reader: RefCell<Option<Reader>>,
    runtime: Runtime,
    drops: Drops,
}

impl<'a> Look<'a> {
    /// Reads nothing yet. Without a `program`, what kubectl alone can read stays unread.
    ///
    /// # Errors
    /// As [`runtime`].
    pub fn new(
        invocation: &'a Invocation,
        flags: &'a OwnFlags,
        program: Option<&'a Program>,
        stdin: &'a Stdin,
    ) -> Result<Self, Error> {
        let words = [invocation.words(), invocation.added()].concat();
        secret::learn(&words, invocation.verb().path());
        Ok(Self {
            invocation,
            flags,
            program,
            stdin,
            reader: RefCell::new(None),
            runtime: runtime()?,
            drops: Drops::Early,
        })
    }

    /// The same look, whose rules drop out at another time.
    #[must_use]
    pub fn dropping(self, drops: Drops) -> Self {
        Self { drops, ..self }
    }

    /// The plan of the command in the cluster that it would act in now; `None` when kubectl stops by itself.
    /// A terminal is told when it takes long.
    pub fn plan(&self, audience: Audience) -> Option<Plan> {
        self.inspect(audience, async |inspection| inspection.plan().await)
    }

    /// The plan of a text that the command's editor left behind; `None` when the kubeconfig leads nowhere any more.
    pub fn plan_of(&self, text: &Text) -> Option<Plan> {
        self.inspect(Audience::Rules, async |inspection| {
            inspection.plan_of_text(text).await
        })
    }

    fn inspect(
        &self,
        audience: Audience,
        work: impl AsyncFnOnce(&Inspection<'_>) -> Option<Plan>,
    ) -> Option<Plan> {
        inputs::forget();
        inputs::note_flags(self.invocation);
        let _inside = self.runtime.enter();
        let reader = match self.reader() {
            Ok(reader) => reader,
            Err(DestinationError::KubectlStops(_)) => return self.prove_nowhere(),
            Err(DestinationError::Unusable(why)) => {
                // It could be any cluster and any object, also one that a rule would refuse to touch.
                let unknown = Unknown::new(What::Cluster, why).at_least(Severity::TypeName);
                let words = self.invocation.words().to_vec();
                return Some(Plan::unread(words, Some(self.invocation.verb()), unknown));
            }
        };
        let table = Table::builtin().dropping(self.drops);
        let inspection = Inspection {
            invocation: self.invocation,
            reader: &reader,
            table: &table,
            input: &Input {
                stdin: self.stdin,
                kubectl: self.program,
            },
            audience,
        };
        self.runtime.block_on(async {
            let inspect = work(&inspection);
            futures::pin_mut!(inspect);
            if let Ok(plan) = tokio::time::timeout(PATIENCE, &mut inspect).await {
                return plan;
            }
            let _line = voice::StatusLine::show();
            inspect.await
        })
    }

    /// Has kubectl prove that the command leads to no cluster, as it seems to.
    fn prove_nowhere(&self) -> Option<Plan> {
        let timeout = self.flags.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let proof = match self.program {
            Some(kubectl) => {
                let proof = proof::prove(self.invocation, &[], kubectl, None, None, timeout);
                self.runtime.block_on(proof)
            }
            None => Proof::Open(String::new()),
        };
        let Proof::Open(said) = proof else {
            return None;
        };
        let unknown = Unknown::new(What::Cluster, Why::Unproved(said));
        let words = self.invocation.words().to_vec();
        let verb = Some(self.invocation.verb());
        Some(Plan::unread(
            words,
            verb,
            unknown.at_least(Severity::TypeName),
        ))
    }

    /// A reader that remembers nothing: over the same connections, unless the command would act elsewhere by now.
    fn reader(&self) -> Result<Reader, DestinationError> {
        let environment = Environment::read(|name| std::env::var_os(name));
        let connection = Connection::from(self.invocation);
        let kubectl = self
            .program
            .map(|program| Kubectl::new(program, &connection));
        let destination = Destination::find(&connection, &environment, kubectl)?;
        let mut reader = self.reader.borrow_mut();
        let fresh = match reader.as_ref() {
            Some(former) if *former.place() == destination.place => former.again(),
            _ => {
                let look = reader::Look {
                    timeout: self.flags.timeout.unwrap_or(DEFAULT_TIMEOUT),
                    plugins: self.plugin_policy(&destination),
                    stdin: plugin_stdin(),
                };
                Reader::live(destination, look)
            }
        };
        *reader = Some(fresh.clone());
        Ok(fresh)
    }

    fn plugin_policy(&self, destination: &Destination) -> PluginPolicy {
        if destination.plugin().is_none() {
            return PluginPolicy::AllowAll;
        }
        let words: Vec<OsString> = self.invocation.words().iter().map(OsString::from).collect();
        run::plugin_policy(&words)
    }
}

/// A credential plugin may ask a person on a terminal, as it may under kubectl; what is piped in is kubectl's.
fn plugin_stdin() -> StandardInput {
    if io::stdin().is_terminal() {
        StandardInput::Terminal
    } else {
        StandardInput::Unavailable
    }
}

/// A runtime for one command: one thread, built only on the guarded path.
///
/// # Errors
/// [`Fault::NoRuntime`] when the system gives no epoll or kqueue.
pub fn runtime() -> Result<Runtime, Error> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| Fault::NoRuntime(system_words(&why)).into())
}

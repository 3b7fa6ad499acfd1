//! A look that is left behind when its time is over, whatever it computes then.

use std::cell::Cell;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use super::Look;
use crate::answer::voice;
use crate::change::interest::Audience;
use crate::change::text::Text;
use crate::cli::{DEFAULT_TIMEOUT, OwnFlags};
use crate::clock::Clock;
use crate::error::{Error, Fault, system_words};
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::program::Program;
use crate::kubectl::stdin::Stdin;
use crate::plan::Plan;
use crate::risk::table::Drops;
use crate::risk::verdict::Severity;
use crate::unknown::{Unknown, What, Why};

/// A look whose reads ran out of time still says which; this is how long it may take for that.
const GRACE: Duration = Duration::from_millis(300);

/// As much as the main thread has by default. Memory that is not touched costs nothing.
const STACK: usize = 8 << 20;

/// What a look is made for.
enum Task {
    Plan(Audience),
    PlanOf(Box<Text>),
}

type Order = (Task, Clock, Sender<Option<Plan>>);

/// A [`Look`] on a thread of its own.
pub struct Watched {
    words: Vec<String>,
    verb: Verb,
    limit: Duration,
    orders: Sender<Order>,
    /// Its time was over once: it still computes, and is not waited for again.
    is_lost: Cell<bool>,
}

impl Watched {
    /// As [`Look::new`] and [`Look::dropping`].
    ///
    /// # Errors
    /// As [`Look::new`], and when the system gives no thread.
    pub fn new(
        invocation: &Invocation,
        flags: &OwnFlags,
        program: Option<&Program>,
        stdin: &Stdin,
        drops: Drops,
    ) -> Result<Self, Error> {
        let (orders, received) = mpsc::channel::<Order>();
        let (ready, is_ready) = mpsc::channel();
        let limit = flags.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let (own, flags) = (invocation.clone(), flags.clone());
        let (program, stdin) = (program.cloned(), stdin.clone());
        let work = move || {
            let look = match Look::new(&own, &flags, program.as_ref(), &stdin) {
                Ok(look) => look.dropping(drops),
                // Whoever waits for it hears it.
                Err(error) => return drop(ready.send(Err(error))),
            };
            if ready.send(Ok(())).is_err() {
                return;
            }
            for (task, clock, answer) in received {
                clock.govern();
                let plan = match task {
                    Task::Plan(audience) => look.plan(audience),
                    Task::PlanOf(text) => look.plan_of(&text),
                };
                // Nobody listens any more when the time is over.
                let _ = answer.send(plan);
            }
        };
        thread::Builder::new()
            .name("look".to_owned())
            .stack_size(STACK)
            .spawn(work)
            .map_err(|why| Fault::NoRuntime(system_words(&why)))?;
        let gone = || Err(Fault::NoRuntime(String::new()).into());
        is_ready.recv().unwrap_or_else(|_| gone())?;
        Ok(Self {
            words: invocation.words().to_vec(),
            verb: invocation.verb(),
            limit,
            orders,
            is_lost: Cell::new(false),
        })
    }

    /// As [`Look::plan`]; unread when it is not there in time.
    pub fn plan(&self, audience: Audience) -> Option<Plan> {
        self.ask(Task::Plan(audience))
    }

    /// As [`Look::plan_of`]; unread when it is not there in time.
    pub fn plan_of(&self, text: &Text) -> Option<Plan> {
        self.ask(Task::PlanOf(Box::new(text.clone())))
    }

    fn ask(&self, task: Task) -> Option<Plan> {
        if self.is_lost.get() {
            return Some(self.unread());
        }
        let (answer, heard) = mpsc::channel();
        let clock = Clock::start(self.limit + GRACE);
        // A thread that is gone drops its end, and the wait is over at once.
        let _ = self.orders.send((task, clock.clone(), answer));
        clock.wait(&heard).unwrap_or_else(|| {
            self.is_lost.set(true);
            voice::StatusLine::clear();
            Some(self.unread())
        })
    }

    /// It could be any object, also one that a rule would refuse to touch.
    fn unread(&self) -> Plan {
        let unknown = Unknown::new(What::Look, Why::Late(self.limit));
        Plan::unread(
            self.words.clone(),
            Some(self.verb),
            unknown.at_least(Severity::TypeName),
        )
    }
}

//! The time of a look, for those who take it or stop it.
//!
//! The runtime ends a read that takes too long; it does not end a parser, a pattern or a condition that does. So a look runs on a
//! thread of its own ([`crate::guard::Watched`]), and whoever wants its plan waits no longer than its clock says.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// While the time stands still, it is looked at again after this.
const TICK: Duration = Duration::from_millis(100);

/// What it takes to kill a child and to say so.
const MARGIN: Duration = Duration::from_millis(150);

thread_local! {
    /// The time of the look that this thread makes.
    static OWN: RefCell<Option<Clock>> = const { RefCell::new(None) };
}

fn own() -> Option<Clock> {
    OWN.with_borrow(Clone::clone)
}

/// Makes the look that this thread makes longer.
pub fn extend(more: Duration) {
    if let Some(clock) = own() {
        clock.set().ends += more;
    }
}

/// How long a child may take that this thread waits for: it is to be killed before nobody is left who would do it.
#[must_use]
pub fn left() -> Duration {
    own().map_or(Duration::MAX, |clock| {
        let left = clock.set().ends.saturating_duration_since(Instant::now());
        left.saturating_sub(MARGIN)
    })
}

/// Does what takes as long as somebody else takes, a person at a login or whoever writes to a pipe: the time of the look that this
/// thread makes stands still.
pub fn pause<T>(work: impl FnOnce() -> T) -> T {
    let Some(clock) = own() else { return work() };
    let began = Instant::now();
    clock.set().is_paused = true;
    let done = work();
    let mut set = clock.set();
    set.is_paused = false;
    set.ends += began.elapsed();
    done
}

/// When a look has to be over.
#[derive(Clone)]
pub struct Clock(Arc<Mutex<Setting>>);

struct Setting {
    ends: Instant,
    is_paused: bool,
}

impl Clock {
    /// One that begins now.
    #[must_use]
    pub fn start(limit: Duration) -> Self {
        Self(Arc::new(Mutex::new(Setting {
            ends: Instant::now() + limit,
            is_paused: false,
        })))
    }

    /// Makes it the clock of what this thread does from now on.
    pub fn govern(self) {
        OWN.set(Some(self));
    }

    /// Waits for an answer until the time is over.
    #[must_use]
    pub fn wait<T>(&self, answer: &Receiver<T>) -> Option<T> {
        while let Some(left) = self.left() {
            match answer.recv_timeout(left) {
                Ok(answer) => return Some(answer),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }

    fn set(&self) -> MutexGuard<'_, Setting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long to wait before asking again; nothing when the time is over.
    fn left(&self) -> Option<Duration> {
        let set = self.set();
        if set.is_paused {
            return Some(TICK);
        }
        let left = set.ends.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// What a thread with this clock answers after this work.
    fn answer_of(clock: &Clock, work: impl FnOnce() + Send + 'static) -> Option<()> {
        let (answer, heard) = mpsc::channel();
        let governing = clock.clone();
        thread::spawn(move || {
            governing.govern();
            work();
            let _ = answer.send(());
        });
        clock.wait(&heard)
    }

    fn sleep(milliseconds: u64) {
        thread::sleep(Duration::from_millis(milliseconds));
    }

    #[test]
    fn a_thread_that_computes_for_ever_is_left() {
        let clock = Clock::start(Duration::from_millis(100));
        let forever = || {
            loop {
                std::hint::spin_loop();
            }
        };
        let began = Instant::now();
        assert_eq!(answer_of(&clock, forever), None);
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn what_others_take_does_not_count() {
        let limit = Duration::from_millis(300);
        assert_eq!(answer_of(&Clock::start(limit), || sleep(900)), None);
        let paused = || pause(|| sleep(900));
        assert_eq!(answer_of(&Clock::start(limit), paused), Some(()));
        let extended = || {
            extend(Duration::from_secs(60));
            sleep(900);
        };
        assert_eq!(answer_of(&Clock::start(limit), extended), Some(()));
    }

    #[test]
    fn where_nobody_waits_there_is_no_time_to_keep() {
        extend(Duration::from_secs(1));
        assert_eq!(pause(|| 7), 7);
        assert_eq!(left(), Duration::MAX);
    }
}

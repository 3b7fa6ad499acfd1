//! The one thread that conditions are compiled and judged on.
//!
//! Crate `cel` recurses along an expression and has no limit on time: a chain of calls needs more stack than a
//! thread has by default (and an overflow cannot be caught), a nested loop runs for seconds. So there is a stack
//! of known size, lengths are capped (see [`super::condition`]), and nobody waits longer than the deadline.

use std::cell::Cell;
use std::iter::repeat_with;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// Holds twice the longest chain of calls that fits into an expression of [`super::condition::LENGTH`] bytes.
/// Without optimization each link takes many times as much. Memory that is not touched costs nothing.
const STACK: usize = if cfg!(debug_assertions) {
    256 << 20
} else {
    8 << 20
};

/// For all questions of one stage together. Judging takes microseconds per rule and object.
const DEADLINE: Duration = Duration::from_secs(2);
/// What each question adds to it; most take a hundredth of that.
const EACH: Duration = Duration::from_millis(1);

type Job = Box<dyn FnOnce() + Send>;

/// A thread that is started with the first question.
#[derive(Debug)]
pub struct Chamber {
    deadline: Duration,
    /// The thread did not answer in time once. Whatever it still judges would keep every later question waiting as long.
    is_lost: Cell<bool>,
    /// Absent inside when the system gave no thread.
    jobs: OnceLock<Option<Sender<Job>>>,
}

/// No answer: the deadline passed, or the thread is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("judging it took too long, or broke off")]
pub struct NoAnswer;

impl Default for Chamber {
    fn default() -> Self {
        Self::with_deadline(DEADLINE)
    }
}

impl Chamber {
    /// A chamber whose every [`Self::ask`] ends after this time.
    #[must_use]
    pub fn with_deadline(deadline: Duration) -> Self {
        Self {
            deadline,
            is_lost: Cell::new(false),
            jobs: OnceLock::new(),
        }
    }

    /// The answers to these questions, in their order.
    pub fn ask<Q, A>(
        &self,
        questions: Vec<Q>,
        answer: impl Fn(Q) -> A + Send + 'static,
    ) -> Vec<Result<A, NoAnswer>>
    where
        Q: Send + 'static,
        A: Send + 'static,
    {
        let count = questions.len();
        if count == 0 {
            return Vec::new();
        }
        if self.is_lost.get() {
            return repeat_with(|| Err(NoAnswer)).take(count).collect();
        }
        // Thousands of objects are thousands of questions.
        let more = EACH.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        let until = Instant::now() + self.deadline + more;
        let (answers, received) = mpsc::channel();
        let job = move || {
            for question in questions {
                // Nobody listens any more after the deadline.
                if answers.send(answer(question)).is_err() {
                    return;
                }
            }
        };
        // A job that cannot be sent is dropped with its end of the channel, and the loop below sees that.
        if let Some(jobs) = self.jobs() {
            drop(jobs.send(Box::new(job)));
        }
        let mut heard: Vec<Result<A, NoAnswer>> = Vec::with_capacity(count);
        // After the first missing answer a late one would be taken for the next question's.
        while heard.len() < count {
            let left = until.saturating_duration_since(Instant::now());
            if let Ok(answer) = received.recv_timeout(left) {
                heard.push(Ok(answer));
            } else {
                self.is_lost.set(true);
                heard.resize_with(count, || Err(NoAnswer));
            }
        }
        heard
    }

    fn jobs(&self) -> Option<&Sender<Job>> {
        self.jobs
            .get_or_init(|| {
                let (jobs, received) = mpsc::channel::<Job>();
                thread::Builder::new()
                    .name("judge".to_owned())
                    .stack_size(STACK)
                    .spawn(move || received.into_iter().for_each(|job| job()))
                    .ok()
                    .map(|_| jobs)
            })
            .as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_questions() {
        let chamber = Chamber::default();
        for _ in 0..2 {
            let answers = chamber.ask(vec![1, 2, 3], |number| number * 2);
            assert_eq!(answers, [Ok(2), Ok(4), Ok(6)]);
        }
    }

    #[test]
    fn a_late_answer_is_not_taken_for_the_next_questions() {
        let chamber = Chamber::with_deadline(Duration::from_millis(30));
        let answers = chamber.ask(vec![0, 60, 0], |pause| {
            thread::sleep(Duration::from_millis(pause));
            pause
        });
        assert_eq!(answers, [Ok(0), Err(NoAnswer), Err(NoAnswer)]);
    }

    #[test]
    fn after_one_timeout_nobody_waits_again() {
        let chamber = Chamber::with_deadline(Duration::from_millis(200));
        let slow = |()| thread::sleep(Duration::from_secs(60));
        assert_eq!(chamber.ask(vec![()], slow), [Err(NoAnswer)]);
        let began = Instant::now();
        for _ in 0..100 {
            assert_eq!(chamber.ask(vec![(), ()], slow), [Err(NoAnswer); 2]);
        }
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_thread_that_died_gives_no_answer_any_more() {
        let chamber = Chamber::default();
        let answers = chamber.ask(vec![1, 0, 1], |number: u8| {
            assert_ne!(
                number, 0,
                "the end of this thread is what the test is about"
            );
            number
        });
        assert_eq!(answers, [Ok(1), Err(NoAnswer), Err(NoAnswer)]);
        assert_eq!(chamber.ask(vec![()], |()| ()), [Err(NoAnswer)]);
    }
}

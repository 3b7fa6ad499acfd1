//! The same question once, also while the first answer is still on its way.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;

use futures::FutureExt as _;
use futures::future::{LocalBoxFuture, Shared};

/// Answers by question.
pub(super) struct Memo<Q, A: Clone>(RefCell<HashMap<Q, Shared<LocalBoxFuture<'static, A>>>>);

impl<Q: Eq + Hash, A: Clone> Memo<Q, A> {
    /// Knows nothing.
    pub(super) fn new() -> Self {
        Self(RefCell::default())
    }

    /// The answer; `ask` is awaited only for the first who asks.
    pub(super) async fn answer<F>(&self, question: Q, ask: impl FnOnce() -> F) -> A
    where
        F: Future<Output = A> + 'static,
    {
        let answer = self
            .0
            .borrow_mut()
            .entry(question)
            .or_insert_with(|| ask().boxed_local().shared())
            .clone();
        answer.await
    }
}

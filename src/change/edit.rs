//! The new object, computed from the old one exactly as kubectl computes it.

use std::collections::BTreeMap;

use serde_json::Value;

/// One of kubectl's edits whose result follows from the words and the old object.
#[derive(Clone, Debug)]
pub enum Edit {
    /// `cordon` (`true`), `uncordon` (`false`), and the first step of `drain`.
    Unschedulable(bool),
}

impl Edit {
    /// The new object; absent when kubectl would refuse.
    #[must_use]
    pub fn apply(&self, _old: &Value) -> Option<Value> {
        todo!("written by the change room")
    }

    /// See [`super::Change::keys`].
    #[must_use]
    pub fn keys(&self) -> BTreeMap<&str, Option<&str>> {
        todo!("written by the change room")
    }
}

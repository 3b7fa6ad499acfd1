//! What a family of verbs makes of its words.

use super::Change;
use super::targets::Stop;
use crate::cluster::discovery::Unresolved;
use crate::unknown::{Unknown, What, Why};

/// The changes of one command, or the news that kubectl will stop by itself.
#[derive(Clone, Debug)]
pub enum Expansion {
    /// What kubectl would ask the server for.
    Changes {
        /// The requests in kubectl's order; each is followed by what the server does because of it.
        changes: Vec<Change>,
        /// What had to be known to list them all, and is not.
        unknown: Vec<Unknown>,
    },
    /// kubectl seems to fail before its first write. That is our own conclusion: [`proof`](super::proof) has kubectl prove it, or the
    /// person is asked.
    KubectlStops,
}

impl Expansion {
    /// The command writes nothing.
    #[must_use]
    pub const fn nothing() -> Self {
        Self::Changes {
            changes: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// What a type's name means is not known, or kubectl refuses it.
    #[must_use]
    pub fn unresolved(word: &str, why: Unresolved) -> Self {
        match why {
            Unresolved::NoSuchType(_) => Self::KubectlStops,
            Unresolved::Unread(why) => Self::unread(What::Type(word.to_owned()), &why),
        }
    }

    /// Nothing is known but what could not be read.
    #[must_use]
    pub fn unread(what: What, why: impl Into<Why>) -> Self {
        Self::Changes {
            changes: Vec::new(),
            unknown: vec![Unknown::new(what, why)],
        }
    }
}

impl From<Vec<Change>> for Expansion {
    fn from(changes: Vec<Change>) -> Self {
        Self::Changes {
            changes,
            unknown: Vec::new(),
        }
    }
}

impl From<Stop> for Expansion {
    /// Without targets there are no changes.
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Kubectl => Self::KubectlStops,
            Stop::Unread { word, why } => Self::unread(What::Type(word), &why),
        }
    }
}

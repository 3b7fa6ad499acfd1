//! What is live: where a command goes, and what is there now.

pub mod ack;
pub mod builtin;
pub mod certificate;
mod connection;
pub mod credential;
pub mod destination;
pub mod discovery;
pub mod environment;
pub mod facts;
pub mod fields;
pub mod host;
pub mod known;
pub mod kubeconfig;
pub mod kubectl;
pub mod openapi;
mod overrides;
pub mod pod;
pub mod proxy;
pub mod reader;
pub mod selector;

use std::time::Duration;

use self::credential::PluginError;
use self::selector::NotASelector;
use crate::limit::Excess;

/// Why something could not be read. A value, not a failure: an unread need is itself a finding.
///
/// What it says in English and in the other languages stands in `answer/messages/unknown.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// 401: the server does not know who asks.
    Unauthorized,
    /// 403, with the server's own sentence; empty where it gave none.
    Forbidden(String),
    /// The whole look took longer than `--safe-timeout`.
    TimedOut(Duration),
    /// There is too much of what was answered.
    Excess(Excess),
    /// The server answered, but not what was asked for.
    Unintelligible(Garbled),
    /// No connection, or it broke: the words of the system or of TLS.
    Unreachable(String),
    /// The server's certificate is signed by no authority of the kubeconfig.
    Untrusted,
    /// No connection within this time.
    NoConnection(Duration),
    /// The server refuses for now (429, 503) or failed (500).
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's own sentence; empty where it gave none.
        message: String,
    },
    /// A snapshot does not hold this.
    NotInSnapshot(String),
    /// Nobody asked.
    NotAsked,
    /// The credential plugin gave no credentials.
    Plugin(PluginError),
    /// The configuration makes no connection: what the client library says.
    NotSetUp(String),
    /// kubectl, or what was taken for it, cannot be run.
    NotRun {
        /// Where it is.
        program: String,
        /// In the words of the system.
        why: String,
    },
    /// kubectl's dry run ended without an answer that can be relied on; in its words.
    NotRehearsed(String),
    /// kubectl's dry run went well and shows nothing of this object.
    NotShown,
    /// There is no kubectl that could make a dry run, or no cluster, or not all is known that it would read.
    NoRehearsal,
    /// The server of these objects does not say that it knows a dry run.
    NoDryRun(String),
    /// kubectl did not say its version.
    NoVersion(String),
    /// A definition of which no version is served, so that its objects cannot be counted.
    NotServed(String),
    /// A selector that is not understood here.
    Selector(NotASelector),
    /// Something that does not happen, said for whoever has to find out why it did.
    Other(String),
}

impl std::error::Error for Unread {}

/// An answer that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Garbled {
    /// No body.
    Empty,
    /// HTML.
    WebPage,
    /// Broken JSON, or of another shape.
    UnexpectedJson,
    /// Anything else.
    NotJson,
    /// A status that no API server sends here, with that kind of body.
    Status(u16, Box<Self>),
    /// The object of another name.
    AnotherObject,
    /// No list of objects.
    NoList,
    /// No list of API groups.
    NoGroups,
    /// No version.
    NoVersion,
    /// It ended too early: the words of the system.
    BrokeOff(String),
}

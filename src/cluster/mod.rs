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
mod overrides;
pub mod pod;
pub mod proxy;
pub mod reader;
pub mod selector;

use std::time::Duration;

use thiserror::Error;

/// Why something could not be read. A value, not a failure: an unread need is itself a finding.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unread {
    /// 401: the server does not know who asks.
    #[error("the server did not accept the credentials (401 Unauthorized)")]
    Unauthorized,
    /// 403, with the server's own sentence.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// The whole look took longer than `--safe-timeout`.
    #[error("no answer within {}", seconds(*.0))]
    TimedOut(Duration),
    /// The server answered, but not what was asked for: HTML, half an answer, an unexpected status.
    #[error("the server's answer could not be read: {0}")]
    Unintelligible(String),
    /// No connection, or it broke.
    #[error("cannot connect: {0}")]
    Unreachable(String),
    /// The server refuses for now (429, 503) or failed (500).
    #[error("the server answered {status}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's own sentence.
        message: String,
    },
    /// A snapshot does not hold this.
    #[error("the snapshot has no {0}")]
    NotInSnapshot(String),
    /// Something else, said in one sentence (a kubeconfig that cannot be used, a kubectl helper run that failed).
    #[error("{0}")]
    Other(String),
}

/// `1 second`, `10 seconds`, `0.2 seconds`.
fn seconds(length: Duration) -> String {
    match length.as_secs_f64() {
        1.0 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}

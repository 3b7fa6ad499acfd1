//! Admission control that runs before a request leaves the shell.
//!
//! ```text
//! argv -> Invocation -> Destination -> Changes -> Needs -> Facts -> Findings -> Verdict -> question / redirect / refusal -> exec kubectl
//!         kubectl/      cluster/       change/    risk/    cluster/  risk/       risk/      answer/                          kubectl/
//! ```
//!
//! One direction; each arrow is one type. `kubectl::invocation` and all of [`risk`] know neither a runtime,
//! nor the cluster's client, nor a terminal.

pub mod act;
pub mod answer;
pub mod cache;
pub mod change;
pub mod cli;
pub mod clock;
pub mod cluster;
pub mod editing;
pub mod environment;
pub mod error;
pub mod guard;
pub mod inspection;
pub mod kubectl;
pub mod limit;
pub mod own;
pub mod path;
pub mod plan;
pub mod risk;
pub mod run;
pub mod shell;
pub mod unknown;

pub use run::run;

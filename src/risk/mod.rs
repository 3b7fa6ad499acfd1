//! The judge: pure, one table, the strictest finding wins.
//!
//! ```text
//! table -> candidates -> docket (words, objects, facts) -> findings -> verdict
//! ```
//!
//! It imports neither a runtime, nor the cluster's client, nor a terminal: it says what must be read, and is told.

pub mod case;
pub mod chamber;
pub mod condition;
pub mod docket;
pub mod documented;
pub mod entry;
pub mod finding;
pub mod functions;
pub mod lint;
pub mod look;
pub mod needs;
pub mod pattern;
pub mod reading;
mod row;
pub mod rule;
#[cfg(test)]
mod sample;
pub mod scene;
pub mod section;
pub mod table;
pub mod value;
pub mod verdict;

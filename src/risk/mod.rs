//! The judge: pure, one table, the strictest finding wins.

pub mod finding;
pub mod rule;
pub mod verdict;

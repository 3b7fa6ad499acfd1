//! Integration tests.

mod generated;
mod words;

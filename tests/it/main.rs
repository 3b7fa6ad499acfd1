//! Integration tests.

mod generated;

//! Integration tests: the real kubectl and kubectl-safe against a real control plane.

// This crate has no outside, so `pub` means "for the other test modules".
#![allow(unreachable_pub)]

mod completions;
mod connect;
mod destination;
mod faults;
mod fixtures;
mod generated;
mod harness;
mod program;
mod questions;
mod random;
mod release;
mod rows;
mod support;
mod words;

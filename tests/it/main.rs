//! Integration tests: the real kubectl and kubectl-safe against a real control plane.

// This crate has no outside, so `pub` means "for the other test modules".
#![allow(unreachable_pub)]

mod bad_manifests;
mod bypasses;
mod completions;
mod connect;
mod destination;
mod edits;
mod everyday;
mod faults;
mod fixtures;
mod generated;
mod harness;
mod host;
mod manifests;
mod preferences;
mod program;
mod questions;
mod random;
mod reach;
mod release;
mod rows;
mod shell;
mod stops;
mod support;
mod trial;
mod words;
mod writes;

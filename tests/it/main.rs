//! Integration tests: the real kubectl and kubectl-safe against a real control plane.

// This crate has no outside, so `pub` means "for the other test modules".
#![allow(unreachable_pub)]

mod generated;
mod harness;
mod questions;
mod support;
mod words;

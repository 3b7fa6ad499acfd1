//! Any words, beside any kuberc: reading them must not panic, and what it keeps must have been there.
//!
//! The first NUL-free piece of the input is the kuberc, the others are words.

#![no_main]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use kubectl_safe::kubectl::flags::Minor;
use kubectl_safe::kubectl::invocation::{Reading, read};
use kubectl_safe::kubectl::kuberc::{Environment, worlds};
use kubectl_safe::kubectl::own_flags::split_own;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut pieces = input.split(|&byte| byte == 0);
    let kuberc = pieces.next().unwrap_or_default();
    let words: Vec<OsString> = pieces.map(|piece| OsString::from_vec(piece.to_vec())).collect();
    let (own, rest) = split_own(words.clone());
    assert_eq!(own.len() + rest.len(), words.len());
    for version in [None, Some(Minor::OLDEST), Some(Minor::NEWEST)] {
        let reading = read(&rest, version, || {
            worlds(&rest, version, &Environment::default(), |_| Ok(kuberc.to_vec()))
        });
        if let Reading::Guarded(invocation) = reading {
            for argument in invocation.arguments() {
                assert!(invocation.words().contains(argument));
            }
        }
    }
});

//! `kubectl-safe`: see the library for what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_safe::run(std::env::args_os())
}

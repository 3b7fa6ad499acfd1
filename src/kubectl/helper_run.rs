//! A run of the real kubectl that reads something for us, and never writes.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cluster::Unread;

/// Tells a child that turns out to be `kubectl-safe` again to run kubectl at once. Never set for the kubectl that runs the command.
pub const PASS_THROUGH: &str = "KUBECTL_SAFE_PASS_THROUGH";

/// The real kubectl, for reading.
#[derive(Clone, Debug)]
pub struct HelperRun {
    kubectl: PathBuf,
}

/// What a helper run printed.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its standard output, as far as it came.
    pub stdout: Vec<u8>,
    /// Whether it ended with 0. Otherwise kubectl will refuse the same documents when it runs for real.
    pub complete: bool,
}

impl HelperRun {
    /// Runs this program.
    #[must_use]
    pub fn new(kubectl: &Path) -> Self {
        Self {
            kubectl: kubectl.to_owned(),
        }
    }

    /// Runs it without a kubeconfig and without kuberc: what it does here needs no cluster, so no credential plugin may run,
    /// and a person's defaults must not change what is printed.
    pub fn capture_local(&self, words: &[OsString], stdin: Option<File>) -> Result<Output, Unread> {
        let output = Command::new(&self.kubectl)
            .args(words)
            .env(PASS_THROUGH, "1")
            .env("KUBECONFIG", "/dev/null")
            .env("KUBERC", "off")
            .stdin(stdin.map_or_else(Stdio::null, Stdio::from))
            .stderr(Stdio::null())
            .output()
            .map_err(|error| {
                Unread::Other(format!("cannot run {}: {error}", self.kubectl.display()))
            })?;
        Ok(Output {
            stdout: output.stdout,
            complete: output.status.success(),
        })
    }
}

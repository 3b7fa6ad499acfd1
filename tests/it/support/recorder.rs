//! A program in the place of kubectl that writes down how it was called.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What it exits with: no code of kubectl-safe's own.
const CODE: i32 = 23;

/// The program and what it wrote down.
#[derive(Debug)]
pub struct Recorder {
    /// Where it is.
    pub path: PathBuf,
    notes: PathBuf,
}

impl Recorder {
    pub const CODE: i32 = CODE;

    /// Puts it there, notes beside it.
    pub fn put(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let notes = path.with_extension("notes");
        let at = notes.display();
        // Only the shell's own words and absolute paths: PATH is the test's business.
        write_program(
            &path,
            &format!(
                "/bin/cat > '{at}.stdin'
                 /usr/bin/env -0 > '{at}.env'
                 echo /proc/$$/fd/* > '{at}.fds'
                 printf '%s\\0' \"$0\" \"$@\" > '{at}'
                 echo kubectl speaking
                 exit {CODE}"
            ),
        );
        Self { path, notes }
    }

    /// The words of the last call, or nothing when it was never called.
    pub fn words(&self) -> Option<Vec<OsString>> {
        Some(self.call()?.split_off(1))
    }

    /// The path by which it was called last.
    pub fn called_as(&self) -> Option<PathBuf> {
        Some(self.call()?.remove(0).into())
    }

    /// Its standard input at the last call.
    pub fn stdin(&self) -> Vec<u8> {
        self.note("stdin")
    }

    /// Its environment at the last call, without what a shell sets by itself; sorted.
    pub fn environment(&self) -> Vec<String> {
        let mut lines: Vec<String> = split(&self.note("env"))
            .into_iter()
            .map(|line| line.to_string_lossy().into_owned())
            .filter(|line| {
                !["PWD=", "OLDPWD=", "SHLVL=", "_="]
                    .iter()
                    .any(|own| line.starts_with(own))
            })
            .collect();
        lines.sort();
        lines
    }

    /// How many descriptors it had open at the last call, those of the shell included.
    pub fn descriptors(&self) -> usize {
        self.note("fds").split(|byte| *byte == b' ').count()
    }

    /// Drops what was written down.
    pub fn forget(&self) {
        let _ = fs::remove_file(&self.notes);
    }

    fn call(&self) -> Option<Vec<OsString>> {
        fs::read(&self.notes).ok().map(|bytes| split(&bytes))
    }

    fn note(&self, kind: &str) -> Vec<u8> {
        let path = self.notes.with_extension(format!("notes.{kind}"));
        fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }
}

fn split(bytes: &[u8]) -> Vec<OsString> {
    let mut parts: Vec<_> = bytes
        .split(|byte| *byte == 0)
        .map(|part| OsString::from_vec(part.to_owned()))
        .collect();
    parts.pop();
    parts
}

/// Writes an executable script. Another process does it: a file that this one has open for writing could be
/// held open by a child that another test is just starting, and then not be executed.
pub fn write_program(path: &Path, script: &str) {
    let mut writer = Command::new("/bin/sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell can be started");
    let mut pipe = writer.stdin.take().expect("it was piped");
    write!(pipe, "#!/bin/sh\n{script}\n").expect("the shell reads");
    drop(pipe);
    assert!(
        writer.wait().expect("it can be awaited").success(),
        "{} cannot be written",
        path.display()
    );
}

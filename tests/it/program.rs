//! Finding the real kubectl and becoming it, in every form that kubectl-safe is called in.

mod finding;
mod forms;
mod passing;
mod plugins;
mod standard_input;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Output, Recorder, Run, SAFE};

/// A home folder with programs, and no cluster.
struct Home {
    folder: TempDir,
}

impl Home {
    /// Beside the build, because a hard link cannot leave its file system.
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        Self {
            folder: folder.expect("cargo's folder for tests can be written"),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A folder for programs.
    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path().join(name);
        fs::create_dir_all(&folder).expect("the home can be written");
        folder
    }

    /// A recorder named `kubectl` in this folder.
    fn recorder(&self, folder: &str) -> Recorder {
        Recorder::put(self.folder(folder).join("kubectl"))
    }

    /// kubectl-safe with these folders as `PATH`.
    fn safe(&self, folders: &[&str]) -> Run {
        self.run(Path::new(SAFE), folders)
    }

    fn run(&self, program: &Path, folders: &[&str]) -> Run {
        let folders = folders.iter().map(|name| self.folder(name));
        let path = std::env::join_paths(folders).expect("no folder has a colon");
        Run::program(program, self.path()).env("PATH", path)
    }
}

/// A copy of kubectl-safe under another name. Another process writes it, so that it can be executed at once.
fn copy_ourselves(to: &Path) {
    let copied = Command::new("/bin/cp").arg(SAFE).arg(to).status();
    assert!(
        copied.expect("cp can be started").success(),
        "{}",
        to.display()
    );
}

/// kubectl-safe ended without kubectl, with this code and these words on standard error alone.
#[track_caller]
fn assert_refused(output: &Output, code: i32, parts: &[&str]) {
    assert_eq!(output.code, code, "{output:?}");
    assert_eq!(output.stdout, "", "{output:?}");
    for part in parts {
        assert!(output.stderr.contains(part), "no {part:?} in {output:?}");
    }
}

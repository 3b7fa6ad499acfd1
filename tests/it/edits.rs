//! Commands that open an editor: what a person saves is judged before kubectl sees it.
//!
//! The editors are shell scripts that get the file as `$1`, started by the real kubectl. Whether something was written is read in the
//! audit log, and what became of the text in a temporary folder of each test's own.

mod created;
mod faithful;
mod refused;
mod terminals;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::questions::{REUSE, REUSING, ack, copy};
use crate::support::{Output, Run, TestUser, write_program};
use crate::trial::By;

/// A person, their editor and their temporary folder.
struct Desk {
    user: TestUser,
    editor: PathBuf,
    temporary: PathBuf,
}

impl Desk {
    /// A person whose editor does this to `$1`.
    fn new(script: &str) -> Self {
        Self::at(ack().user(), "tmp", script)
    }

    fn at(user: TestUser, temporary: &str, script: &str) -> Self {
        let temporary = user.home.join(temporary);
        fs::create_dir(&temporary).expect("a user's home is empty");
        let editor = user.home.join("edit.sh");
        write_program(&editor, &format!("PATH=/usr/bin:/bin\n{script}"));
        Self {
            user,
            editor,
            temporary,
        }
    }

    /// Plain kubectl at this desk.
    fn kubectl(&self, line: &str) -> Run {
        self.run(By::Kubectl, line)
    }

    /// kubectl-safe at this desk.
    fn safe(&self, line: &str) -> Run {
        self.run(By::Safe, line)
    }

    fn run(&self, by: By, line: &str) -> Run {
        self.sit(by.run(&self.user).line(line))
    }

    fn sit(&self, run: Run) -> Run {
        run.env("EDITOR", &self.editor)
            .env("TMPDIR", &self.temporary)
    }

    /// What was written meanwhile.
    fn writes<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<String>) {
        let mark = ack().mark();
        let done = work();
        let writes = ack().writes(&self.user, mark);
        (done, writes.iter().map(ToString::to_string).collect())
    }

    /// What lies in the temporary folder: names, without what makes them unique.
    fn left(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.temporary)
            .expect("the folder is there")
            .map(|entry| entry.expect("readable").file_name())
            .map(|name| {
                let name = name.to_string_lossy();
                let stem = name.rsplit_once('-').map_or(&*name, |(stem, _)| stem);
                stem.to_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// The text that was kept from kubectl.
    fn kept(&self) -> Option<PathBuf> {
        let folder = fs::read_dir(&self.temporary)
            .expect("the folder is there")
            .map(|entry| entry.expect("readable").path())
            .find(|path| path.to_string_lossy().contains("kubectl-safe-kept-"))?;
        let file = fs::read_dir(folder).expect("readable").next()?;
        Some(file.expect("readable").path())
    }
}

/// Takes the SLB away from a Service.
const CUT: &str = r#"sed -i '/alibaba-cloud-loadbalancer-id:/d' "$1""#;
/// Adds a label that means nothing to anybody.
const LABEL: &str = r#"sed -i 's/^\( *\)labels:/&\n\1  example.com\/owner: web/' "$1""#;
/// What lets that pass.
const OVERRIDE: &str = "--safe-override=service-annotate-slb-id-removed --safe-reason=gone";

/// A Service that reuses an SLB, for one test.
fn service(name: &str) {
    copy(REUSING, name, |_| ());
}

fn live(name: &str) -> Value {
    ack()
        .object("v1", "Service", "pay", name)
        .unwrap_or_else(|| panic!("there is no Service {name}"))
}

fn has_balancer(name: &str) -> bool {
    live(name)["metadata"]["annotations"][REUSE].is_string()
}

/// Standard output and error without what differs from run to run.
fn masked(output: &Output, folder: &Path, name: &str) -> (String, String) {
    let mask = |text: &str| {
        let words: Vec<String> = text
            .lines()
            .map(|line| {
                line.split(' ')
                    .map(|word| {
                        if word.contains(&*folder.to_string_lossy()) {
                            "PATH"
                        } else {
                            word
                        }
                    })
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        words.join("\n").replace(name, "NAME")
    };
    (mask(&output.stdout), mask(&output.stderr))
}

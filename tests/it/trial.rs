//! One command line on a fixture cluster, with all that can be seen of it from outside.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::support::{ControlPlane, Frozen, Options, Output, Run, SAFE, TestUser, binaries};

/// A command line as the lists in `tests/*.yaml` write it.
///
/// In words, scripts, files and the environment `$HOME` is the folder it runs in, `$SERVER`, `$CA` and `$TOKEN` are what leads to
/// the API server, `$FILES` is a web server with the files of the folder, and `$KUBECTL` the real kubectl.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    /// The words after `kubectl`, quoted as for a shell.
    #[serde(default)]
    pub words: String,
    /// What a shell runs instead, where both `kubectl` and `kubectl-safe` are the guarded or the plain one.
    pub script: Option<String>,
    /// Files in the folder, by their paths. `*.utf16` and `*.utf16be` are written as UTF-16 with a byte order mark.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    pub stdin: Option<String>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

impl Typed {
    /// The line itself, for messages.
    pub fn line(&self) -> &str {
        self.script.as_deref().unwrap_or(&self.words)
    }
}

/// Reads a list of command lines, each with keys of its own.
pub fn read<T: DeserializeOwned>(path: &str) -> Vec<T> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(&file).unwrap_or_else(|why| panic!("{path}: {why}"));
    serde_yaml::from_str(&text).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// What is left of an entry when all its keys are known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Whose kubectl a command line finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Kubectl,
    Safe,
}

impl By {
    /// A run of it, without words yet.
    pub fn run(self, user: &TestUser) -> Run {
        match self {
            Self::Kubectl => Run::kubectl(user),
            Self::Safe => Run::safe(user),
        }
    }
}

/// What a command did.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
    pub code: i32,
    /// What the API server was asked to change, with its answers; dry runs are none.
    pub writes: Vec<String>,
}

/// A control plane with one fixture cluster on it, put back after each command. No controller runs: one would go on with
/// what a command has begun.
pub struct Stage {
    pub plane: ControlPlane,
    pub user: TestUser,
    cluster: Frozen,
    files: String,
}

impl Stage {
    pub fn with(fixture: &str) -> Self {
        let plane = ControlPlane::start(&Options { controllers: &[] });
        plane.load(fixture);
        let user = plane.user();
        for (folder, program) in [("shim", Path::new(SAFE)), ("plain", &binaries().kubectl)] {
            let folder = user.home.join(folder);
            fs::create_dir_all(&folder).expect("the home can be written");
            for name in ["kubectl", "kubectl-safe"] {
                symlink(program, folder.join(name)).expect("the home can be written");
            }
        }
        let files = serve(&user.home);
        Self {
            cluster: plane.freeze(),
            plane,
            user,
            files,
        }
    }

    /// Takes the cluster as it is now for what it is put back to.
    pub fn settle(&mut self) {
        self.cluster = self.plane.freeze();
    }

    /// Runs a command line, and puts the cluster and the folder back.
    pub fn see(&mut self, typed: &Typed, by: By) -> Seen {
        let kept: Vec<PathBuf> = list(&self.user.home);
        self.write_files(typed, &self.user.home);
        let mark = self.plane.mark();
        let output = self.run(typed, by);
        let mut writes: Vec<String> = self
            .plane
            .writes(&self.user, mark)
            .iter()
            .filter(|write| !write.dry_run && !only_asks(&write.target.resource))
            .map(|write| format!("{write} {}", write.code))
            .collect();
        writes.sort();
        // A connection that fails is tried again in another way.
        writes.dedup();
        for path in list(&self.user.home) {
            if !kept.contains(&path) {
                let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
            }
        }
        self.plane.thaw(&mut self.cluster);
        Seen {
            stdout: lines(&output.stdout),
            stderr: lines(&output.stderr),
            code: output.code,
            writes,
        }
    }

    /// Writes the files of a command line that runs in this folder.
    pub fn write_files(&self, typed: &Typed, folder: &Path) {
        for (path, text) in &typed.files {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().expect("it is in the folder"))
                .expect("the home can be written");
            let text = self.fill_in(text, folder);
            fs::write(file, bytes(path, &text)).expect("the home can be written");
        }
    }

    fn run(&self, typed: &Typed, by: By) -> Output {
        let user = &self.user;
        let mut run = match (&typed.script, by) {
            (Some(script), _) => {
                let first = match by {
                    By::Kubectl => "plain",
                    By::Safe => "shim",
                };
                let folders = [
                    user.home.join(first),
                    user.path.clone(),
                    "/usr/bin".into(),
                    "/bin".into(),
                ];
                Run::as_user(Path::new("/bin/sh"), user)
                    .env(
                        "PATH",
                        env::join_paths(folders).expect("no folder has a colon"),
                    )
                    .args(["-c", &self.fill(script)])
            }
            (None, By::Safe) => By::Safe.run(user).args(self.words(typed)),
            // Our own flags leave no trace.
            (None, By::Kubectl) => {
                let words = self.words(typed).into_iter();
                By::Kubectl
                    .run(user)
                    .args(words.filter(|word| !word.starts_with("--safe-timeout=")))
            }
        };
        for (name, value) in &typed.env {
            run = run.env(name, self.fill(value));
        }
        if let Some(stdin) = &typed.stdin {
            run = run.stdin(self.fill(stdin));
        }
        run.run()
    }

    fn words(&self, typed: &Typed) -> Vec<String> {
        let line = self.fill(&typed.words);
        shell_words::split(&line).unwrap_or_else(|why| panic!("{line}: {why}"))
    }

    fn fill(&self, text: &str) -> String {
        self.fill_in(text, &self.user.home)
    }

    /// A text of an entry that runs in this folder.
    pub fn fill_in(&self, text: &str, folder: &Path) -> String {
        text.replace("$KUBECTL", &binaries().kubectl.display().to_string())
            .replace("$HOME", &folder.display().to_string())
            .replace("$SERVER", &self.plane.endpoint().url)
            .replace("$FILES", &self.files)
            .replace("$TOKEN", &self.user.token)
            .replace("$CA", &self.plane.endpoint().ca.display().to_string())
    }
}

/// Questions about rights, which are asked by a POST.
fn only_asks(resource: &str) -> bool {
    resource.ends_with("reviews")
}

fn bytes(path: &str, text: &str) -> Vec<u8> {
    let order = match Path::new(path).extension().and_then(OsStr::to_str) {
        Some("utf16") => u16::to_le_bytes,
        Some("utf16be") => u16::to_be_bytes,
        _ => return text.into(),
    };
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(order).collect()
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the home can be read");
    entries.flatten().map(|entry| entry.path()).collect()
}

/// A web server with the files of a folder, for as long as the tests run. Its address.
fn serve(folder: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it listens");
    let folder = folder.to_owned();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &folder);
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let content = fs::read(folder.join(path.trim_start_matches('/')))?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        content.len()
    )?;
    stream.write_all(&content)
}

/// What was printed, for comparing: pods are evicted side by side, and drain's warning joins its reasons, in no order.
pub fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        // kubectl's own race between its input and the server's refusal; some versions log it, with the time.
        .filter(|line| {
            !line.contains("Copying stdin failed") && !line.contains("] \"Unhandled Error\" err=")
        })
        .map(|line| {
            // What the server answered to `--raw`, with its own versions and times.
            if line.starts_with("{\"kind\":") {
                return "an object".to_owned();
            }
            if !line.starts_with("Warning: ") {
                return line.to_owned();
            }
            let mut words: Vec<&str> = line.split([' ', ';']).collect();
            words.sort_unstable();
            words.join(" ")
        })
        .collect();
    lines.sort();
    lines
}

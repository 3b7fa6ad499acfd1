//! How long commands take, and how much memory they have: started in turn and awaited by one small parent.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The parent, and the program that stands in for kubectl; both are made here.
pub struct Stopwatch {
    parent: PathBuf,
    pub stub: PathBuf,
}

/// The environment of the commands; they have nothing else.
#[derive(Clone, Debug)]
pub struct Surroundings(pub Vec<(&'static str, OsString)>);

/// Every run of one command.
#[derive(Debug, Default)]
pub struct Runs {
    /// Ascending.
    walls: Vec<Duration>,
    /// Bytes.
    pub peak: u64,
}

impl Runs {
    pub fn min(&self) -> Duration {
        self.walls[0]
    }

    pub fn median(&self) -> Duration {
        self.walls[self.walls.len() / 2]
    }
}

impl Stopwatch {
    /// Compiles both programs into this folder.
    pub fn new(folder: &Path) -> Self {
        Self {
            parent: compile(folder, "parent", include_str!("parent.c")),
            // The only program of its folder that is called kubectl, so that a PATH can name it.
            stub: compile(&folder.join("stub"), "kubectl", include_str!("stub.c")),
        }
    }

    /// Runs each of the commands so often, in turn. They must all end with `code`.
    pub fn time<const N: usize>(
        &self,
        runs: u32,
        surroundings: &Surroundings,
        code: [i32; N],
        commands: [&[&OsStr]; N],
    ) -> [Runs; N] {
        let mut parent = Command::new(&self.parent);
        parent
            .env_clear()
            .envs(surroundings.0.iter().map(|(name, value)| (name, value)));
        parent.arg(runs.to_string());
        for words in commands {
            parent.arg(words.len().to_string()).args(words);
        }
        let output = parent
            .stderr(Stdio::inherit())
            .output()
            .expect("the parent can be started");
        assert!(output.status.success(), "{parent:?}: {}", output.status);
        let mut timed = [const { Vec::new() }; N];
        let mut peaks = [0; N];
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let fields: Vec<u64> = line
                .split(' ')
                .map(|field| field.parse().expect("the parent prints numbers"))
                .collect();
            let [command, wall, peak, ended] = fields[..] else {
                panic!("the parent printed {line:?}");
            };
            let command = usize::try_from(command).expect("an index");
            assert_eq!(ended, code[command] as u64, "{:?}", commands[command]);
            timed[command].push(Duration::from_nanos(wall));
            peaks[command] = peaks[command].max(peak);
        }
        let mut peaks = peaks.into_iter();
        timed.map(|mut walls| {
            walls.sort();
            Runs {
                walls,
                peak: peaks.next().unwrap_or_default(),
            }
        })
    }
}

fn compile(folder: &Path, name: &str, source: &str) -> PathBuf {
    std::fs::create_dir_all(folder).expect("the target folder can be written");
    let (text, program) = (folder.join(format!("{name}.c")), folder.join(name));
    std::fs::write(&text, source).expect("the target folder can be written");
    let mut cc = Command::new("cc");
    cc.arg("-O2").arg("-o").arg(&program).arg(&text);
    if cfg!(target_os = "linux") {
        cc.arg("-static");
    }
    let status = cc
        .status()
        .expect("the benches need `cc`, as the linker of Rust does");
    assert!(status.success(), "{cc:?}: {status}");
    program
}

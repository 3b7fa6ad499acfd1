//! The commands and flags of one kubectl, measured with its binary.
//!
//! `KUBECTL_SAFE_MEASURE=PATH cargo test --test it -- generated` writes them into `tests/data/kubectl-flags.json`, and the tables
//! that follow from it. No command runs: behind each flag that is tried stands one that does not exist, and pflag stops there.
//!
//! ```text
//! kubectl delete --wait=" --no-such-flag        invalid argument … strconv.ParseBool: a bool
//! kubectl delete --cascade --no-such-flag …     unknown flag: --no-such-flag: it stands alone
//! kubectl delete --selector --no-such-flag …    unknown flag: --nor-this-one: it took the word behind it
//! ```
//!
//! Help does not show what is hidden or deprecated, so what earlier versions had is tried too. What neither tells of a text flag is
//! its value when it stands alone, and whether a hidden one may be repeated: both are as in the versions before.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Mutex;

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use super::measured::{Command, Commands, Flag, Measured};
use crate::support::binaries;

/// What stops pflag behind the flag that is tried, and behind a first one that was taken for a value.
const STOPS: [&str; 2] = ["--no-such-flag", "--nor-this-one"];

/// Commands and flags behind these gates count as there. `kubectl` ignores those that it does not know.
const GATES: [&str; 4] = [
    "KUBECTL_APPLYSET",
    "KUBECTL_DEBUG_CUSTOM_PROFILE",
    "KUBECTL_INTERACTIVE_DELETE",
    "KUBECTL_KUBERC",
];

/// The measuring finds of the tests' kubectl what is written down: global flags, hidden ones, letters, each kind of value.
#[test]
fn some_commands_of_the_tests_kubectl_are_as_measured() {
    let measured = Measured::read();
    let kubectl = Kubectl::new(&binaries().kubectl, &measured);
    let written = &measured.states()[&kubectl.minor];
    let mut compared = 0;
    for path in [
        "",
        "__complete",
        "drain",
        "diff",
        "create quota",
        "top node",
    ] {
        assert_eq!(
            kubectl.command(path).as_ref(),
            written.get(path),
            "kubectl {path}"
        );
        compared += written.get(path).map_or(0, |command| command.flags.len());
    }
    assert_eq!(kubectl.command("no such command"), None);
    writeln!(io::stderr(), "{compared} flags are as measured").expect("standard error is open");
}

/// Everything of one kubectl, in the place of what is written of its minor version.
pub fn write_into(measured: &mut Measured, program: &OsStr) {
    let kubectl = Kubectl::new(Path::new(program), measured);
    let commands = kubectl.commands();
    let mut states = measured.states();
    states.insert(kubectl.minor, commands);
    *measured = Measured::of(states);
}

/// A kubectl that is asked.
struct Kubectl {
    program: PathBuf,
    minor: u8,
    /// Nothing to find there: no preferences, no kubeconfig, no plugins.
    home: TempDir,
    /// The commands of all versions that were measured, with the flags of all.
    known: Commands,
    shown: Regex,
}

impl Kubectl {
    fn new(program: &Path, measured: &Measured) -> Self {
        let mut known = Commands::new();
        for (path, command) in measured.states().into_values().flatten() {
            let flags = &mut known.entry(path).or_default().flags;
            flags.extend(command.flags);
        }
        let mut kubectl = Self {
            program: program.to_owned(),
            minor: 0,
            home: tempfile::tempdir().expect("a temporary folder"),
            known,
            shown: Regex::new(r"(?m)^    (?:-(\w), )?--([\w-]+)=(.*):$").expect("a regex"),
        };
        let (version, _) = kubectl.ask(["version", "--client", "--output=json"]);
        kubectl.minor = serde_json::from_str(&version)
            .ok()
            .and_then(|answer: Value| {
                let minor = answer["clientVersion"]["minor"].as_str()?;
                minor.trim_end_matches('+').parse().ok()
            })
            .unwrap_or_else(|| panic!("{} is no kubectl: {version}", program.display()));
        kubectl
    }

    /// stdout and stderr.
    fn ask<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> (String, String) {
        let mut process = Process::new(&self.program);
        process.args(words).env_clear();
        process.env("HOME", self.home.path());
        process.env("PATH", self.home.path());
        process.envs(GATES.map(|gate| (gate, "true")));
        let output = process.output().expect("kubectl can be run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr))
    }

    fn commands(&self) -> Commands {
        let paths: Vec<String> = self.paths().into_iter().collect();
        let (next, found) = (Mutex::new(paths.into_iter()), Mutex::new(Commands::new()));
        let work = || {
            loop {
                let path = next.lock().expect("no test panicked").next();
                let Some(path) = path else { break };
                if let Some(command) = self.command(&path) {
                    let mut found = found.lock().expect("no test panicked");
                    found.insert(path, command);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
                scope.spawn(work);
            }
        });
        found.into_inner().expect("no test panicked")
    }

    /// The commands that help lists, and those that other versions have.
    fn paths(&self) -> BTreeSet<String> {
        let mut paths: BTreeSet<String> = self.known.keys().cloned().collect();
        let mut open = vec![String::new()];
        while let Some(parent) = open.pop() {
            for name in listed(&self.help(&parent)) {
                let path = format!("{parent} {name}").trim_start().to_owned();
                paths.insert(path.clone());
                open.push(path);
            }
        }
        paths
    }

    fn help(&self, path: &str) -> String {
        match path {
            "" => self.ask(["--help"]).0,
            path => self.ask(path.split(' ').chain(["--help"])).0,
        }
    }

    /// One command, or `None` where this kubectl has none of this name.
    fn command(&self, path: &str) -> Option<Command> {
        if path.starts_with("__complete") {
            // cobra's own, which read no flags.
            let (answer, _) = self.ask([path, STOPS[0]]);
            return answer.starts_with(':').then(Command::default);
        }
        let refusal = self.refusal(path, [STOPS[0]]);
        let says = |end: &str| refusal.contains(&format!("'{}{end}", name(path)));
        let is_there = [" --help'", " -h'", "' without flags"]
            .into_iter()
            .any(says);
        if !is_there {
            return None;
        }
        let help = match path {
            "" => self.ask(["options"]).0,
            // It shows the global ones.
            "options" => String::new(),
            path => self.help(path),
        };
        let mut flags = BTreeMap::new();
        for shown in self.shown.captures_iter(&help) {
            let letter = shown
                .get(1)
                .and_then(|letter| letter.as_str().chars().next());
            let flag = self.flag(path, &shown[2], letter, Some(&shown[3]));
            let flag = flag.unwrap_or_else(|| panic!("kubectl {path}: --{} is shown", &shown[2]));
            flags.insert(shown[2].to_owned(), flag);
        }
        for name in self
            .known
            .get(path)
            .map_or_else(BTreeSet::new, |known| known.flags.keys().collect())
        {
            if !flags.contains_key(name)
                && (path.is_empty() || !self.known[""].flags.contains_key(name))
                && let Some(flag) = self.flag(path, name, None, None)
            {
                flags.insert(name.clone(), flag);
            }
        }
        Some(Command {
            aliases: aliases(&help),
            flags,
        })
    }

    /// What kubectl says of the words behind a command.
    fn refusal<'w>(&self, path: &'w str, words: impl IntoIterator<Item = &'w str>) -> String {
        let command = path.split(' ').filter(|word| !word.is_empty());
        self.ask(command.chain(words)).1
    }

    /// One flag, with the letter and the default that help shows.
    fn flag(
        &self,
        path: &str,
        name: &str,
        letter: Option<char>,
        shown: Option<&str>,
    ) -> Option<Flag> {
        let told = self.refusal(path, [&*format!("--{name}=\""), STOPS[0]]);
        if told.contains(&format!("unknown flag: --{name}\n")) {
            return None;
        }
        let known = self.known.get(path).and_then(|known| known.flags.get(name));
        let is_list = match shown {
            Some(default) => default.starts_with('['),
            None => known.is_some_and(|known| known.kind == "list"),
        };
        let kind = match &told {
            told if told.contains("strconv.ParseBool") => "bool",
            told if told.contains("strconv.Parse") => "int",
            told if told.contains("invalid duration") || told.contains("flag: parse error\n") => {
                "duration"
            }
            told if told.contains("parse error on line") => "csv-list",
            told if told.contains("expect string=string") || told.contains("key=value") => "map",
            _ if is_list => "list",
            _ => "string",
        };
        let alone =
            (kind == "string" && self.stands_alone(path, name)).then(|| self.alone(path, name));
        let default = match shown {
            Some(default) => default == "true",
            None => known.is_some_and(|known| known.default.is_some()),
        };
        Some(Flag {
            alone,
            default: (kind == "bool" && default).then(|| "true".to_owned()),
            kind: kind.to_owned(),
            short: letter.or_else(|| self.hidden_letter(path, known?.short?)),
        })
    }

    fn stands_alone(&self, path: &str, name: &str) -> bool {
        let flag = format!("--{name}");
        let told = self.refusal(path, [&*flag].into_iter().chain(STOPS));
        told.contains(&format!("unknown flag: {}\n", STOPS[0]))
    }

    /// The value of a text flag that stands alone: kubectl prints it nowhere, and has the same one for each command.
    fn alone(&self, path: &str, name: &str) -> String {
        let flags = self.known.values().flat_map(|command| &command.flags);
        let mut known = flags
            .filter(|(known, _)| *known == name)
            .filter_map(|(_, flag)| flag.alone.clone());
        known.next().unwrap_or_else(|| {
            panic!("kubectl {path} --{name} may stand alone: write its NoOptDefVal into the file by hand")
        })
    }

    fn hidden_letter(&self, path: &str, letter: char) -> Option<char> {
        let flag = format!("-{letter}");
        let told = self.refusal(path, [&*flag].into_iter().chain(STOPS));
        (!told.contains("unknown shorthand flag")).then_some(letter)
    }
}

fn name(path: &str) -> String {
    format!("kubectl {path}").trim_end().to_owned()
}

/// The subcommands that help lists: two spaces, the name, and what it does.
fn listed(help: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut in_list = false;
    for line in help.lines() {
        match line.strip_prefix("  ") {
            Some(entry) if in_list => names.extend(entry.split(' ').next().map(str::to_owned)),
            _ => in_list = line.contains("Commands") && line.ends_with(':'),
        }
    }
    names
}

/// `Aliases:`, and on the next line the command's own name and the others.
fn aliases(help: &str) -> Vec<String> {
    let mut lines = help.lines().skip_while(|line| *line != "Aliases:").skip(1);
    let names = lines.next().unwrap_or_default();
    names.split(", ").skip(1).map(str::to_owned).collect()
}

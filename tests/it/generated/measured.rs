//! What was measured of each kubectl, as `tests/data/kubectl-flags.json` has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/kubectl-flags.json");

/// The commands of one version, by their path.
pub type Commands = BTreeMap<String, Command>;

#[derive(Deserialize)]
pub struct Measured {
    /// Version, then the commands that differ from the version before; `None` where a command is gone.
    versions: BTreeMap<String, BTreeMap<String, Option<Command>>>,
}

#[derive(Deserialize, Serialize, Clone, Default, Debug, PartialEq)]
pub struct Command {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    pub flags: BTreeMap<String, Flag>,
}

#[derive(Deserialize, Serialize, Clone, Debug, PartialEq)]
pub struct Flag {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short: Option<char>,
}

impl Measured {
    pub fn read() -> Self {
        let text = std::fs::read_to_string(FILE).expect("the measured flags can be read");
        serde_json::from_str(&text).expect("the measured flags are JSON of this shape")
    }

    pub fn write(&self) {
        std::fs::write(FILE, self.text()).expect("the source tree is writable");
    }

    /// All commands of each minor version.
    pub fn states(&self) -> BTreeMap<u8, Commands> {
        let mut now = Commands::new();
        let minors = self.versions.iter().map(|(version, changes)| {
            let minor = version
                .strip_prefix("1.")
                .and_then(|minor| minor.parse().ok());
            for (path, command) in changes {
                match command {
                    Some(command) => now.insert(path.clone(), command.clone()),
                    None => now.remove(path),
                };
            }
            (minor.expect("a version is 1.N"), now.clone())
        });
        minors.collect()
    }

    pub fn of(states: BTreeMap<u8, Commands>) -> Self {
        let mut before = Commands::new();
        let mut versions = BTreeMap::new();
        for (minor, now) in states {
            let mut changes: BTreeMap<String, Option<Command>> = BTreeMap::new();
            for (path, command) in &now {
                if before.get(path) != Some(command) {
                    changes.insert(path.clone(), Some(command.clone()));
                }
            }
            let gone = before.keys().filter(|path| !now.contains_key(*path));
            changes.extend(gone.map(|path| (path.clone(), None)));
            versions.insert(format!("1.{minor}"), changes);
            before = now;
        }
        Self { versions }
    }

    /// One line for each command, so that a person can read what a version changes.
    fn text(&self) -> String {
        let (first, last) = (self.versions.keys().next(), self.versions.keys().last());
        let (first, last) = first.zip(last).expect("some version is measured");
        let about = format!(
            "Every command and flag of kubectl {first} to {last}, hidden and feature-gated ones included, measured with the real binaries. \
             The command \"\" holds the global flags. A version lists only the commands that differ from the version before it; null means gone. \
             alone is pflag's NoOptDefVal; for bool it is always true."
        );
        let versions: Vec<String> = self.versions.iter().map(version_text).collect();
        format!(
            "{{\n\"about\": {},\n\"versions\": {{\n{}\n}}\n}}\n",
            json(&about),
            versions.join(",\n")
        )
    }
}

/// The commands that are there, then those that are gone.
fn version_text((version, changes): (&String, &BTreeMap<String, Option<Command>>)) -> String {
    let (there, gone): (Vec<_>, Vec<_>) =
        changes.iter().partition(|(_, command)| command.is_some());
    let lines: Vec<String> = there
        .into_iter()
        .chain(gone)
        .map(|(path, command)| format!(" {}: {}", json(path), json(command)))
        .collect();
    format!("{}: {{\n{}\n}}", json(version), lines.join(",\n"))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("text and maps of text become JSON")
}

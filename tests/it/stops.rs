//! `tests/stops.yaml`: every conclusion that kubectl stops by itself is proved by kubectl, or asked.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::Deserialize;

use crate::trial::{By, Nothing, Stage, Typed, read};

/// One file of `src/` that comes to the conclusion.
#[derive(Debug, Deserialize)]
struct Conclusions {
    file: String,
    /// In how many lines it names it.
    mentions: usize,
    lines: Vec<Line>,
    /// Why no line leads there from outside.
    why: Option<String>,
    #[serde(flatten)]
    _rest: Nothing,
}

#[derive(Debug, Deserialize)]
struct Line {
    proof: Proof,
    #[serde(flatten)]
    typed: Typed,
    #[serde(flatten)]
    _rest: Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Proof {
    #[serde(rename = "dry run")]
    DryRun,
    StandIn,
    Asked,
}

fn table() -> Vec<Conclusions> {
    read("tests/stops.yaml")
}

#[test]
fn every_conclusion_stands_in_the_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    count(&src, &src, &mut found);
    let table = table();
    let listed: BTreeMap<String, usize> = table
        .iter()
        .filter(|entry| entry.mentions > 0)
        .map(|entry| (entry.file.clone(), entry.mentions))
        .collect();
    assert_eq!(found, listed, "tests/stops.yaml has another number");
    for entry in &table {
        assert!(
            entry.lines.is_empty() == entry.why.is_some(),
            "{}: a line that leads there, or why there is none",
            entry.file
        );
    }
}

/// Counts the lines of the program, tests and comments aside, that speak of the conclusion.
fn count(folder: &Path, src: &Path, found: &mut BTreeMap<String, usize>) {
    for entry in fs::read_dir(folder).expect("the source is there") {
        let path = entry.expect("the source is there").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "tests" {
                count(&path, src, found);
            }
            continue;
        }
        if name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("the source is text");
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        let speaks = |line: &&str| {
            !line.trim_start().starts_with("//")
                && (line.contains("KubectlStops") || line.contains("Stop::Kubectl"))
        };
        let lines = program.lines().filter(speaks).count();
        if lines > 0 {
            let file = path
                .strip_prefix(src)
                .expect("it is below")
                .display()
                .to_string();
            found.insert(file, lines);
        }
    }
}

#[test]
fn kubectl_proves_it_or_the_person_is_asked() {
    let mut stage = Stage::with("ack");
    let mut seen: BTreeMap<Proof, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in table() {
        for line in entry.lines {
            let typed = &line.typed;
            let guarded = stage.see(typed, By::Safe);
            let plain = stage.see(typed, By::Kubectl);
            let is_right = match line.proof {
                Proof::DryRun | Proof::StandIn => guarded == plain,
                Proof::Asked => guarded.code == 75 && guarded.writes.is_empty(),
            };
            if !is_right || plain.code == 0 || !plain.writes.is_empty() {
                wrong.push(format!(
                    "{}: {}\n  {guarded:?}\n  {plain:?}",
                    entry.file,
                    typed.line()
                ));
            }
            *seen.entry(line.proof).or_default() += 1;
        }
    }
    writeln!(io::stderr(), "{seen:?}").expect("standard error is open");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

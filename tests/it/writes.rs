//! The writing verbs, line by line: what a plan lists is what the real kubectl then asks the real API server for.
//!
//! Lines that the random test would not come upon: every flag that decides what is sent, and every way to stop.

use std::fmt::Write as _;
use std::fs;

use crate::random::line::Line;
use crate::random::oracle::{compare, describe, plan, send};
use crate::support::{ControlPlane, Options, Run};

/// One line, as the table of a verb has it.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    line: String,
    stdin: Option<String>,
}

/// Files that the lines name, the cluster, and the lines of each verb.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    files: std::collections::BTreeMap<String, String>,
    verbs: std::collections::BTreeMap<String, Vec<Case>>,
}

const CLUSTER: &str = include_str!("writes/cluster.yaml");
const HISTORY: &str = include_str!("writes/history.yaml");
const LINES: &str = include_str!("writes/lines.yaml");

#[test]
fn every_writing_verb_sends_what_its_plan_lists() {
    let lines: Lines = serde_yaml::from_str(LINES).unwrap_or_else(|e| panic!("lines.yaml: {e}"));
    let plane = ControlPlane::start(&Options { controllers: &[] });
    let user = plane.user();
    plane.apply(CLUSTER);
    plane.apply(&history(&plane));
    for (name, text) in &lines.files {
        fs::write(user.home.join(name), text).expect("the home can be written");
    }
    let mut frozen = plane.freeze();
    let mut differences = String::new();
    for (verb, cases) in &lines.verbs {
        for case in cases {
            let line = Line {
                words: shell_words::split(&case.line).expect("the line is quoted well"),
                stdin: case.stdin.clone(),
                ..Line::default()
            };
            assert!(case.line.starts_with(verb), "{} is no {verb}", case.line);
            let mark = plane.mark();
            let planned = plan(&user, &line);
            assert!(
                plane.writes(&user, mark).iter().all(|write| write.dry_run),
                "the plan of {} writes nothing",
                case.line
            );
            let guarded = Run::safe(&user).args(&line.words);
            let guarded = match &line.stdin {
                Some(stdin) => guarded.stdin(stdin.as_str()).run(),
                None => guarded.run(),
            };
            let asked = guarded.said().contains("kubectl-safe");
            plane.thaw(&mut frozen);
            let sent = send(&plane, &user, &line, &planned);
            plane.thaw(&mut frozen);
            if asked {
                let _ = writeln!(differences, "{} is stopped: {}", case.line, guarded.said());
            }
            if let Some(difference) = compare(&line, &planned, &sent) {
                describe(&mut differences, &line, &difference, &sent);
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// The history, with the uids that its owners were given.
fn history(plane: &ControlPlane) -> String {
    let owners = [("Deployment", "front"), ("StatefulSet", "store")];
    owners
        .iter()
        .fold(HISTORY.to_owned(), |text, (kind, name)| {
            let owner = plane.object("apps/v1", kind, "default", name);
            let uid = owner.expect("the cluster has it")["metadata"]["uid"].clone();
            text.replace(
                &format!("{{{name}}}"),
                uid.as_str().expect("a uid is a text"),
            )
        })
}

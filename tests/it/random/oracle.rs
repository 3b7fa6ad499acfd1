//! What a plan lists, what the API server was really asked for, and how they differ.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::line::Line;
use crate::support::{ControlPlane, Output, Run, TestUser};

/// Operation, group, resource, subresource, namespace, name.
pub type Requests = BTreeSet<String>;

#[derive(Debug)]
pub struct Planned {
    pub changes: Requests,
    pub complete: bool,
    pub unknown: String,
}

#[derive(Debug, Default)]
pub struct Sent {
    pub accepted: Requests,
    pub refused: Requests,
    pub stderr: String,
}

fn run(run: Run, user: &TestUser, line: &Line) -> Output {
    let mut run = run.args(&line.words);
    if let Some(kuberc) = line.kuberc {
        run = run.env("KUBERC", user.home.join(kuberc));
    }
    if let Some(stdin) = &line.stdin {
        run = run.stdin(stdin.as_str());
    }
    run.run()
}

pub fn plan(user: &TestUser, line: &Line) -> Planned {
    let output = run(Run::safe(user).line("plan -o json --"), user, line);
    let document: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|e| panic!("the plan of {:?} is no JSON: {e}: {output:?}", line.words));
    let list = |key: &str| document[key].as_array().cloned().unwrap_or_default();
    let part = |change: &Value, key: &str| change[key].as_str().unwrap_or_default().to_owned();
    Planned {
        changes: list("changes")
            .iter()
            .filter(|change| change["cause"] != "cascaded")
            .map(|change| {
                let [operation, group, resource, subresource, namespace, name] = [
                    "operation",
                    "group",
                    "resource",
                    "subresource",
                    "namespace",
                    "name",
                ]
                .map(|key| part(change, key));
                request(
                    &operation,
                    &group,
                    &resource,
                    &subresource,
                    &namespace,
                    &name,
                )
            })
            .collect(),
        complete: document["complete"] == true,
        unknown: document["unknown"].to_string(),
    }
}

pub fn send(plane: &ControlPlane, user: &TestUser, line: &Line) -> Sent {
    let mark = plane.mark();
    let output = run(Run::kubectl(user), user, line);
    let mut sent = Sent {
        stderr: output.stderr,
        ..Sent::default()
    };
    for write in plane
        .writes(user, mark)
        .into_iter()
        .filter(|write| !write.dry_run)
    {
        let target = &write.target;
        let operation = format!("{:?}", write.operation).to_uppercase();
        let request = request(
            &operation,
            &target.group,
            &target.resource,
            &target.subresource,
            &target.namespace,
            &target.name,
        );
        let side = if write.code < 300 {
            &mut sent.accepted
        } else {
            &mut sent.refused
        };
        side.insert(request);
    }
    sent
}

/// `DELETE apps deployments web/front`.
fn request(
    operation: &str,
    group: &str,
    resource: &str,
    subresource: &str,
    namespace: &str,
    name: &str,
) -> String {
    format!("{operation} {group:?} {resource}/{subresource} {namespace}/{name}")
}

/// What only one side has.
///
/// A plan may be incomplete only where its author may not read, or where no Kubernetes object is named. Then it
/// lists what may be sent.
pub fn compare(line: &Line, planned: &Planned, sent: &Sent) -> Option<String> {
    let mut text = String::new();
    // The server makes up the name of a new object that has none.
    let is_planned = |request: &String| {
        let stem = &request[..=request.rfind('/').unwrap_or_default()];
        planned.changes.contains(request)
            || stem.starts_with("CREATE ") && planned.changes.contains(stem)
    };
    for unplanned in sent.accepted.iter().filter(|it| !is_planned(it)) {
        let _ = writeln!(text, "  sent, not planned: {unplanned}");
    }
    let blind = line.traits.contains("as-viewer") || line.traits.contains("raw-odd");
    if planned.complete || !blind {
        let was_sent = |it: &str| {
            let is_same = |request: &String| {
                request == it
                    || it.starts_with("CREATE ") && it.ends_with('/') && request.starts_with(it)
            };
            // What was refused for not being there may have been an update or a creation.
            let target = it.split_once(' ').map_or(it, |(_, target)| target);
            sent.accepted.iter().any(is_same)
                || sent
                    .refused
                    .iter()
                    .any(|request| is_same(request) || request.ends_with(target))
        };
        for unsent in planned.changes.iter().filter(|it| !was_sent(it)) {
            let _ = writeln!(text, "  planned, not sent: {unsent}");
        }
    }
    if !planned.complete && (!blind || !text.is_empty()) {
        let _ = writeln!(text, "  the plan is incomplete: {}", planned.unknown);
    }
    (!text.is_empty()).then_some(text)
}

pub fn describe(text: &mut String, line: &Line, difference: &str, sent: &Sent) {
    let words: Vec<String> = line
        .words
        .iter()
        .map(|word| shell_words::quote(word).into_owned())
        .collect();
    let _ = writeln!(
        text,
        "kubectl {}\n{difference}  kubectl said: {}",
        words.join(" "),
        sent.stderr.trim()
    );
    if let Some(kuberc) = line.kuberc {
        let _ = writeln!(text, "  KUBERC={kuberc}");
    }
    if let Some(stdin) = &line.stdin {
        let _ = writeln!(text, "  stdin:\n{stdin}");
    }
    for (path, content) in &line.files {
        let _ = writeln!(text, "  {path}:\n{content}");
    }
}

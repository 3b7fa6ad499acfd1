//! What a plan lists, what the API server was really asked for, and how they differ.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::line::Line;
use crate::support::{ControlPlane, Output, Run, TestUser, Write, kubectl_minor};

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
    /// Accepted, and without an effect that anybody asked for.
    pub idle: Requests,
    pub refused: Requests,
    pub stderr: String,
    /// Whether kubectl ended with anything but 0.
    pub is_failure: bool,
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
        is_failure: output.code != 0,
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
        let side = match write.code {
            300.. => &mut sent.refused,
            _ if is_idle(line, &write) => &mut sent.idle,
            _ => &mut sent.accepted,
        };
        side.insert(request);
    }
    sent
}

/// Before 1.36, `label` patches also what has the labels already, with nothing or with its own words for `--record`.
fn is_idle(line: &Line, write: &Write) -> bool {
    let labels = write.body["metadata"]["labels"].as_object();
    line.turn.0 == "label" && kubectl_minor() < 36 && labels.is_none_or(Map::is_empty)
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

/// Verbs of which `docs/verbs.md` says that a plan lists more than is sent when an object is refused: their dry run shows nothing of
/// the others, they stop at the first refusal in a list, or they go on only when all went well.
const STOPS: &[&str] = &["apply", "create", "expose", "replace", "scale", "set image"];

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
    // Before 1.34 the path is sent as typed, and the server knows no such path.
    let is_uncleaned = line.traits.contains("raw-odd") && kubectl_minor() < 34;
    let blind = line.traits.contains("as-viewer") || line.traits.contains("raw-odd");
    // Where one object of several is refused, kubectl leaves others alone that the plan lists.
    let is_unclear = line.turn.0 == "apply"
        && (planned.unknown.contains("dry run says") || line.traits.contains("new-namespace"));
    // A workload without pods: kubectl waits for one, and here none comes.
    let is_waiting = planned.unknown.contains("kubectl waits for one") && sent.is_failure;
    let blind = blind || is_waiting;
    let is_cut_short = is_unclear || sent.is_failure && STOPS.contains(&line.turn.0);
    if !is_cut_short && !is_uncleaned && (planned.complete || !blind) {
        let was_sent = |it: &str| {
            let is_same = |request: &String| {
                request == it
                    || it.starts_with("CREATE ") && it.ends_with('/') && request.starts_with(it)
            };
            // What was refused for not being there may have been an update or a creation.
            let target = it.split_once(' ').map_or(it, |(_, target)| target);
            sent.accepted.union(&sent.idle).any(is_same)
                || sent
                    .refused
                    .iter()
                    .any(|request| is_same(request) || request.ends_with(target))
        };
        // `run` attaches when its pod runs, and here none does.
        let is_awaited = |it: &str| {
            it.starts_with("CONNECT \"\" pods/attach")
                && sent.stderr.contains("timed out waiting for the condition")
        };
        let unsent = |it: &&String| !was_sent(it) && !is_awaited(it);
        for unsent in planned.changes.iter().filter(unsent) {
            let _ = writeln!(text, "  planned, not sent: {unsent}");
        }
    }
    if !planned.complete && (!blind && !is_cut_short || !text.is_empty()) {
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

//! What a plan lists, what the API server was really asked for, and how they differ.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use kubectl_safe::change::{account, expand};
use kubectl_safe::kubectl::flags::Verb;
use serde_json::{Map, Value};

use super::line::Line;
use crate::support::{ControlPlane, Output, Run, TestUser, Write, kubectl_minor};

/// Operation, group, resource, subresource, namespace, name.
pub type Requests = BTreeSet<String>;

#[derive(Debug)]
pub struct Planned {
    /// In kubectl's order.
    pub changes: Vec<String>,
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
    // Several runs of kubectl are slow on a busy machine, and time is not what is shown here.
    let output = run(
        Run::safe(user).line("plan -o json --safe-timeout=60s --"),
        user,
        line,
    );
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

pub fn send(plane: &ControlPlane, user: &TestUser, line: &Line, planned: &Planned) -> Sent {
    let mark = plane.mark();
    let run = || run(Run::kubectl(user), user, line);
    let output = match planned.session(line) {
        Some(namespace) => plane.with_kubelet(namespace, run),
        None => run(),
    };
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

/// What only one side has.
///
/// A plan may list more than is sent only where `docs/verbs.md` says so of the verb, and only as much as it says.
pub fn compare(line: &Line, planned: &Planned, sent: &Sent) -> Option<String> {
    let mut text = String::new();
    for unplanned in sent.accepted.iter().filter(|it| !planned.has(it)) {
        let _ = writeln!(text, "  sent, not planned: {unplanned}");
    }
    // Before 1.34 the path is sent as typed, and the server knows no such path.
    let is_uncleaned = line.traits.contains("raw-odd") && kubectl_minor() < 34;
    let excuse = Excuse::of(line, planned, sent);
    for unsent in planned
        .changes
        .iter()
        .filter(|it| !sent.was_accepted(it) && !sent.was_refused(it))
    {
        let is_excused = excuse.as_ref().is_some_and(|it| it.covers(unsent, planned));
        if !is_uncleaned && !is_excused {
            let _ = writeln!(text, "  planned, not sent: {unsent}");
        }
    }
    if !planned.complete && (excuse.is_none() || !text.is_empty()) {
        let _ = writeln!(text, "  the plan is incomplete: {}", planned.unknown);
    }
    (!text.is_empty()).then_some(text)
}

/// Whether `docs/verbs.md` says this of the line's verb.
fn says(line: &Line, exception: &str) -> bool {
    verb(line).is_some_and(|verb| expand::account(verb).says(exception))
}

/// A line that a person wrote begins with its verb, which may be one that changes nothing.
fn verb(line: &Line) -> Option<Verb> {
    let mut verbs = Verb::ALL.iter().copied();
    let written = line.words.join(" ");
    match line.turn.0 {
        "" => verbs
            .filter(|verb| written.starts_with(verb.path()))
            .max_by_key(|verb| verb.path().len()),
        turn => {
            let verb = verbs.find(|it| it.path() == turn);
            Some(verb.unwrap_or_else(|| panic!("{turn} is no verb")))
        }
    }
}

/// Why a plan is incomplete.
enum Excuse {
    /// Its author may not read what the command is about, or it is about nothing that has a name.
    Blind,
    /// Nobody can say of some objects whether kubectl writes them; the plan names them.
    Named,
}

impl Excuse {
    fn of(line: &Line, planned: &Planned, sent: &Sent) -> Option<Self> {
        let is_said = |why: &str, exception| {
            !planned.complete && planned.unknown.contains(why) && says(line, exception)
        };
        let may_be_refused = sent.is_failure || line.traits.contains("new-namespace");
        if planned.complete {
            None
        } else if line.traits.contains("as-viewer")
            || line.traits.contains("raw-odd") && says(line, account::NO_OBJECT)
            || is_said("kubectl waits for one", account::WAITS) && sent.is_failure
        {
            Some(Self::Blind)
        } else if is_said("kubectl's dry run says: ", account::TOGETHER) && may_be_refused {
            Some(Self::Named)
        } else {
            None
        }
    }

    fn covers(&self, unsent: &str, planned: &Planned) -> bool {
        match self {
            Self::Blind => true,
            Self::Named => {
                let name = unsent.rsplit('/').next().unwrap_or_default();
                planned.unknown.contains(&format!(r#"\"{name}\""#))
            }
        }
    }
}

impl Planned {
    /// The namespace in which `run` makes a Pod and waits for it to run, if it does.
    pub fn session(&self, line: &Line) -> Option<&str> {
        let attached = |it: &String| it.starts_with("CONNECT \"\" pods/attach ");
        let session = self.changes.iter().find(|it| attached(it))?;
        let (_, pod) = session.rsplit_once(' ')?;
        let (namespace, _) = pod.split_once('/')?;
        (verb(line) == Some(Verb::Run)).then_some(namespace)
    }

    /// The server makes up the name of a new object that has none.
    fn has(&self, request: &str) -> bool {
        self.changes
            .iter()
            .any(|it| it == request || it.ends_with('/') && it == creation_of(request))
    }
}

impl Sent {
    fn was_accepted(&self, change: &str) -> bool {
        let is_it = |request: &String| {
            request == change || change.ends_with('/') && change == creation_of(request)
        };
        self.accepted.union(&self.idle).any(is_it)
    }

    /// What was refused for not being there may have been an update or a creation. What was refused before it was read has no name.
    fn was_refused(&self, change: &str) -> bool {
        let target = change.split_once(' ').map_or(change, |(_, target)| target);
        self.refused.iter().any(|request| {
            request.ends_with(target)
                || request.ends_with('/') && request == creation_of(change)
                || change.ends_with('/') && change == creation_of(request)
        })
    }
}

/// A creation without the name of what is created; nothing else is the same as that.
fn creation_of(request: &str) -> &str {
    let end = request.rfind('/').map_or(0, |slash| slash + 1);
    if request.starts_with("CREATE ") {
        &request[..end]
    } else {
        request
    }
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

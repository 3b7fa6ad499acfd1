//! kubectl's own dry run of a command, which says what the objects will be: with defaults, and with what admission makes of them.
//!
//! The real server judges it, so what it refuses here it refuses for real, with the exceptions that [`Refusals`] knows.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::oneshot;

use super::draft::{By, Habit, Rehearsed};
use super::files::Input;
use super::rollout::undo;
use super::{Change, Effect, Object, Operation};
use crate::cluster::reader::Reader;
use crate::cluster::{Unread, fields};
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::program::{Captured, Program, Reach};

/// Flags that say how a command prints, waits, attaches or deletes. A dry run does none of it, or kubectl refuses them beside one.
const LEFT_OUT: &[&str] = &[
    "allow-missing-template-keys",
    "applyset",
    "attach",
    "cascade",
    "dry-run",
    "force",
    "grace-period",
    "leave-stdin-open",
    "output",
    "prune",
    "prune-allowlist",
    "prune-whitelist",
    "rm",
    "show-managed-fields",
    "stdin",
    "template",
    "timeout",
    "tty",
    "v",
    "vmodule",
    "wait",
];

/// Makes the dry run, and enters its answers into the drafts that are due.
pub async fn rehearse(
    invocation: &Invocation,
    changes: &mut [Change],
    reader: &Reader,
    input: &Input<'_>,
) {
    if invocation.verb() == Verb::RolloutUndo {
        return undo::rehearse(invocation, changes, reader).await;
    }
    let Some(kubectl) = input.kubectl else {
        let why = "only kubectl's own dry run can tell, and there is no kubectl here";
        return hide(changes, &Unread::Other(why.to_owned()));
    };
    let answer = run(invocation, "--dry-run=server", kubectl, reader, input).await;
    let captured = match answer {
        Ok(captured) => captured,
        Err(why) => return hide(changes, &why),
    };
    enter(changes, objects(&captured.stdout));
    let refusals = Refusals::read(&captured.stderr);
    if awaits_namespace(changes, &refusals)
        && let Ok(captured) = run(invocation, "--dry-run=client", kubectl, reader, input).await
    {
        enter(changes, objects(&captured.stdout));
    }
    for draft in due(changes) {
        let verdict = refusals.verdict(&captured);
        draft.rehearsal = match (&verdict, draft.habit) {
            (_, Habit::Silent) if captured.is_complete => Rehearsed::Refused(By::Kubectl),
            // It reads all objects before it sends the first patch; what a patch is refused with is in words of its own.
            (Rehearsed::Refused(_), _) if reads_first(invocation.verb()) => {
                Rehearsed::Refused(By::Kubectl)
            }
            _ => verdict,
        };
    }
}

/// Whether an object that is missing keeps kubectl from writing the others.
const fn reads_first(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::SetImage
            | Verb::SetEnv
            | Verb::SetResources
            | Verb::SetServiceAccount
            | Verb::SetSubject
    )
}

/// The drafts that nothing is known of yet.
fn due(changes: &mut [Change]) -> impl Iterator<Item = &mut super::Draft> {
    changes
        .iter_mut()
        .filter_map(|change| match &mut change.effect {
            Effect::Drafted(draft) if matches!(draft.rehearsal, Rehearsed::Due) => Some(draft),
            _ => None,
        })
}

fn hide(changes: &mut [Change], why: &Unread) {
    for draft in due(changes) {
        draft.rehearsal = Rehearsed::Hidden(why.clone());
    }
}

/// On a thread of its own, so that a person can be told that it takes long.
async fn run(
    invocation: &Invocation,
    dry_run: &str,
    kubectl: &Program,
    reader: &Reader,
    input: &Input<'_>,
) -> Result<Captured, Unread> {
    let words = invocation.rewrite(LEFT_OUT, &[dry_run, "--output=json"]);
    let stdin = input.stdin.replayed().transpose();
    let stdin = stdin.map_err(|error| Unread::Other(error.to_string()))?;
    let kubectl = kubectl.clone();
    let reach = Reach::Cluster(reader.time_left());
    let (done, heard) = oneshot::channel();
    std::thread::spawn(move || {
        // Nobody listens any more when the look was given up.
        let _ = done.send(kubectl.capture(&words, stdin, reach));
    });
    heard
        .await
        .unwrap_or_else(|_| Err(Unread::Other("the dry run broke off".to_owned())))
}

/// What kubectl printed: one object after the other, or a list of all.
fn objects(stdout: &[u8]) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut documents = serde_json::Deserializer::from_slice(stdout);
    while let Ok(mut document) = Value::deserialize(&mut documents) {
        match document["items"].take() {
            Value::Array(items) if document["kind"] == "List" => {
                objects.extend(items.into_iter().map(Arc::new));
            }
            Value::Null => objects.push(Arc::new(document)),
            items => {
                document["items"] = items;
                objects.push(Arc::new(document));
            }
        }
    }
    objects
}

/// Gives each draft its object. Where the same object comes twice, the first is for the first.
fn enter(changes: &mut [Change], mut objects: Vec<Object>) {
    for change in changes {
        let Some(at) = objects.iter().position(|object| is_about(change, object)) else {
            continue;
        };
        if let Effect::Drafted(draft) = &mut change.effect
            && matches!(draft.rehearsal, Rehearsed::Due)
        {
            let object = objects.remove(at);
            if is_begun(&change.name) {
                fields::name(&object).clone_into(&mut change.name);
            }
            draft.rehearsal = Rehearsed::Answered(object);
        }
    }
}

fn is_about(change: &Change, object: &Value) -> bool {
    let text = |pointer| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let group = text("/apiVersion")
        .split_once('/')
        .map_or("", |(group, _)| group);
    let named = |name: &str| {
        // The server makes up a name where the file gives none.
        change.name.is_empty() && !text("/metadata/generateName").is_empty()
            || is_begun(&change.name) && name.starts_with(&change.name)
            || change.name == name
    };
    // A subresource has a kind of its own, such as a Scale.
    let is_kind = !change.subresource.is_empty()
        || text("/kind") == change.resource.kind && group == change.resource.group;
    is_kind && text("/metadata/namespace") == change.namespace && named(text("/metadata/name"))
}

/// Whether the end of this name is still to be found: no whole name ends so.
fn is_begun(name: &str) -> bool {
    name.ends_with('-')
}

/// Whether something is refused only because its namespace is made by this same command.
fn awaits_namespace(changes: &[Change], refusals: &Refusals) -> bool {
    changes.iter().any(|change| {
        change.operation == Operation::Create
            && change.resource.is("", "namespaces")
            && refusals.name_missing_namespace(&change.name)
    })
}

/// What kubectl said on standard error.
struct Refusals {
    lines: Vec<String>,
}

impl Refusals {
    fn read(stderr: &[u8]) -> Self {
        let text = String::from_utf8_lossy(stderr);
        let mut lines = Vec::new();
        let mut is_advice = false;
        for line in text.lines().map(str::trim) {
            // What to do about a conflict is told at length after the conflict itself, with a link at its end.
            is_advice |= line.starts_with("Please review the fields above");
            if !is_advice && !line.is_empty() && !line.starts_with("Warning:") {
                lines.push(line.to_owned());
            }
            is_advice &= !line.starts_with("See http");
        }
        Self { lines }
    }

    fn name_missing_namespace(&self, namespace: &str) -> bool {
        let phrase = format!("namespaces \"{namespace}\" not found");
        self.lines.iter().any(|line| line.contains(&phrase))
    }

    /// What it means for a write that got no answer.
    fn verdict(&self, captured: &Captured) -> Rehearsed {
        if captured.is_complete {
            return Rehearsed::Hidden(Unread::Other(
                "kubectl's dry run does not show it".to_owned(),
            ));
        }
        match self
            .lines
            .iter()
            .map(|line| Self::by(line))
            .collect::<Option<Vec<By>>>()
        {
            Some(by) if !by.is_empty() => {
                Rehearsed::Refused(by.into_iter().max().unwrap_or(By::Server))
            }
            _ => {
                let said = self
                    .lines
                    .first()
                    .map_or("kubectl's dry run failed", String::as_str);
                Rehearsed::Hidden(Unread::Other(said.to_owned()))
            }
        }
    }

    /// Who refuses, if it will be the same without a dry run. A webhook that knows no dry run, a server that is
    /// overloaded, or a namespace that this command makes are no refusals of the write itself.
    fn by(line: &str) -> Option<By> {
        const SERVER: [&str; 8] = [
            "AlreadyExists",
            "BadRequest",
            "Conflict",
            "Forbidden",
            "Invalid",
            "MethodNotAllowed",
            "NotFound",
            "RequestEntityTooLarge",
        ];
        let lower = line.to_lowercase();
        if lower.contains("dry run") || lower.contains("dryrun") || lower.contains("dry-run") {
            return None;
        }
        if let Some(rest) = line.strip_prefix("Error from server (") {
            return SERVER
                .iter()
                .any(|reason| rest.starts_with(&format!("{reason})")))
                .then_some(By::Server);
        }
        if line.starts_with("The ") && line.contains(" is invalid:") || line.starts_with("* ") {
            return Some(By::Server);
        }
        // Of a server-side apply: fields that another manager owns.
        if line.starts_with("error: Apply failed with ") {
            return Some(By::Server);
        }
        let transport = [
            "connect",
            "timeout",
            "deadline",
            "TLS",
            "x509",
            "EOF",
            "logged in",
            "dial ",
            "refused",
        ];
        (line.starts_with("error: ") && !transport.iter().any(|word| line.contains(word)))
            .then_some(By::Kubectl)
    }
}

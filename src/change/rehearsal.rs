//! kubectl's own dry run of a command, which says what the objects will be: with defaults, and with what admission makes of them.
//!
//! The real server judges it, so what it refuses here it refuses for real, with the exceptions that [`refusal`] knows.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::oneshot;

use super::draft::{Refusal, Rehearsed};
use super::files::Input;
use super::{Change, Effect, Object, Operation};
use crate::cluster::Unread;
use crate::cluster::reader::Reader;
use crate::error::system_words;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::program::{Captured, Program, Reach};

/// Flags that say how a command prints, waits or deletes. A dry run does none of it, or kubectl refuses them beside one.
const LEFT_OUT: &[&str] = &[
    "allow-missing-template-keys",
    "applyset",
    "cascade",
    "dry-run",
    "edit",
    "force",
    "grace-period",
    "output",
    "prune",
    "prune-allowlist",
    "prune-whitelist",
    "show-managed-fields",
    "template",
    "timeout",
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
    let Some(kubectl) = input.kubectl else {
        return hide(changes, &Unread::NoRehearsal);
    };
    let answer = run(invocation, dry_run(invocation), kubectl, reader, input).await;
    let captured = match answer {
        Ok(captured) => captured,
        Err(why) => return hide(changes, &why),
    };
    enter(changes, objects(&captured.stdout));
    let refusals = Refusals::read(&captured.stderr);
    if awaits_namespace(changes, &refusals)
        && let Ok(captured) = run(invocation, CLIENT, kubectl, reader, input).await
    {
        enter(changes, objects(&captured.stdout));
    }
    for draft in due(changes) {
        draft.rehearsal = refusals.verdict(&captured);
    }
}

/// The same without the server: the objects as they are written, for those that it can only judge when others are gone.
pub(super) async fn rehearse_as_written(
    invocation: &Invocation,
    changes: &mut [Change],
    reader: &Reader,
    input: &Input<'_>,
) {
    if due(changes).next().is_none() {
        return;
    }
    let Some(kubectl) = input.kubectl else { return };
    match run(invocation, CLIENT, kubectl, reader, input).await {
        Ok(captured) => enter(changes, objects(&captured.stdout)),
        Err(why) => hide(changes, &why),
    }
}

const SERVER: &str = "--dry-run=server";
const CLIENT: &str = "--dry-run=client";

/// `auth reconcile` knows no dry run of the server, and what `replace --force` creates cannot be there yet.
fn dry_run(invocation: &Invocation) -> &'static str {
    match invocation.verb() {
        Verb::Reconcile => CLIENT,
        Verb::Replace if invocation.truth("force") => CLIENT,
        _ => SERVER,
    }
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
    let stdin = stdin.map_err(|error| Unread::Other(system_words(&error)))?;
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
    while let Ok(document) = Value::deserialize(&mut documents) {
        match document {
            Value::Object(mut list) if list.get("kind").is_some_and(|kind| kind == "List") => {
                if let Some(Value::Array(items)) = list.remove("items") {
                    objects.extend(items.into_iter().map(Arc::new));
                }
            }
            object => objects.push(Arc::new(object)),
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
            draft.rehearsal = Rehearsed::Answered(objects.remove(at));
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
        change.name.is_empty() && !text("/metadata/generateName").is_empty() || change.name == name
    };
    text("/kind") == change.resource.kind
        && group == change.resource.group
        && text("/metadata/namespace") == change.namespace
        && named(text("/metadata/name"))
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
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("Warning:"));
        Self {
            lines: lines.map(str::to_owned).collect(),
        }
    }

    fn name_missing_namespace(&self, namespace: &str) -> bool {
        let phrase = format!("namespaces \"{namespace}\" not found");
        self.lines.iter().any(|line| line.contains(&phrase))
    }

    /// What it means for a write that got no answer.
    fn verdict(&self, captured: &Captured) -> Rehearsed {
        if captured.is_complete {
            return Rehearsed::Hidden(Unread::NotShown);
        }
        let refusals: Option<Vec<Refusal>> = self.lines.iter().map(|line| refusal(line)).collect();
        match refusals.and_then(|refusals| refusals.into_iter().max()) {
            Some(refusal) => Rehearsed::Refused(refusal),
            None => {
                let said = self.lines.first().cloned().unwrap_or_default();
                Rehearsed::Hidden(Unread::NotRehearsed(said))
            }
        }
    }
}

/// What a line on standard error says, if it will be the same without a dry run. A webhook that knows no dry run, a server
/// that is overloaded, or a namespace that this command makes are no refusals of the write itself.
fn refusal(line: &str) -> Option<Refusal> {
    const FINAL: [&str; 6] = [
        "AlreadyExists",
        "BadRequest",
        "Forbidden",
        "MethodNotAllowed",
        "NotFound",
        "RequestEntityTooLarge",
    ];
    const TRANSPORT: [&str; 9] = [
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
    let lower = line.to_lowercase();
    if ["dry run", "dryrun", "dry-run"]
        .iter()
        .any(|word| lower.contains(word))
    {
        return None;
    }
    if let Some((reason, _)) = line
        .strip_prefix("Error from server (")
        .and_then(|rest| rest.split_once(')'))
    {
        return match reason {
            "Invalid" | "Conflict" => Some(Refusal::Invalid),
            reason => FINAL.contains(&reason).then_some(Refusal::Other),
        };
    }
    // The details of an object that is invalid stand on lines of their own.
    if line.starts_with("The ") && line.contains(" is invalid:") || line.starts_with("* ") {
        return Some(Refusal::Invalid);
    }
    (line.starts_with("error: ") && !TRANSPORT.iter().any(|word| line.contains(word)))
        .then_some(Refusal::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_will_be_the_same_for_real_is_a_refusal() {
        for (line, expected) in [
            (
                "Error from server (Forbidden): deployments.apps is forbidden",
                Some(Refusal::Other),
            ),
            (
                "Error from server (AlreadyExists): configmaps \"a\" already exists",
                Some(Refusal::Other),
            ),
            (
                "The Job \"once\" is invalid: spec.template: field is immutable",
                Some(Refusal::Invalid),
            ),
            (
                "error: error validating \"a.yaml\": unknown field",
                Some(Refusal::Other),
            ),
            (
                "Error from server (BadRequest): admission webhook \"w\" does not support dry run",
                None,
            ),
            (
                "Error from server (InternalError): failed calling webhook",
                None,
            ),
            ("error: timeout: no answer", None),
            ("Unable to connect to the server: EOF", None),
        ] {
            assert_eq!(refusal(line), expected, "{line}");
        }
    }

    #[test]
    fn kubectl_prints_objects_one_by_one_or_in_a_list() {
        let one = br#"{"kind": "Pod"} {"kind": "Service"}"#;
        assert_eq!(objects(one).len(), 2);
        let list = br#"{"kind": "List", "items": [{"kind": "Pod"}, {"kind": "Service"}]}"#;
        assert_eq!(objects(list), objects(one));
    }
}

//! kubectl's own dry run of a command, which says what the objects will be: with defaults, and with what admission makes of them.
//!
//! The real server judges it, so what it refuses here it refuses for real, with the exceptions that [`refusal`] knows.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::oneshot;

use super::draft::{Habit, Refusal, Rehearsed};
use super::files::Input;
use super::rollout::undo;
use super::{Change, Effect, Object, Operation};
use crate::cluster::reader::Reader;
use crate::cluster::{Unread, fields};
use crate::error::system_words;
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
    "edit",
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

/// Flags of `apply` that `create` has not.
const OF_APPLY: &[&str] = &[
    "all",
    "force-conflicts",
    "openapi-patch",
    "overwrite",
    "server-side",
    "subresource",
];

/// How kubectl will end, as far as its dry run tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Well.
    Well,
    /// With a refusal of something, whether a change of it is known or not.
    Refusal,
    /// Nobody can tell.
    Unclear,
}

/// What a dry run gets for each object beyond the time of the look: kubectl sends them one after the other, three requests for each
/// that exists, and 50 a second at most.
const EACH: Duration = Duration::from_millis(200);

/// Makes the dry run, and enters its answers into the drafts that are due.
pub async fn rehearse(
    invocation: &Invocation,
    changes: &mut [Change],
    reader: &Reader,
    input: &Input<'_>,
) -> Ending {
    if invocation.verb() == Verb::RolloutUndo {
        undo::rehearse(invocation, changes, reader).await;
        return Ending::Well;
    }
    let many = u32::try_from(due(&mut *changes).count()).unwrap_or(u32::MAX);
    reader.allow(EACH.saturating_mul(many));
    let answer = match input.kubectl {
        Some(kubectl) => run(invocation, dry_run(invocation), kubectl, reader, input).await,
        None => Err(Unread::NoRehearsal),
    };
    let captured = match answer {
        Ok(captured) => captured,
        Err(why) => {
            hide(changes, &why);
            return Ending::Unclear;
        }
    };
    enter(&mut *changes, objects(&captured.stdout));
    let refusals = Refusals::read(&captured.stderr);
    let mut verdict = refusals.verdict(&captured);
    let is_apply = invocation.verb() == Verb::Apply;
    let are_several = changes.len() > 1 || is_apply && refusals.may_be_about_others();
    if are_several && !captured.is_complete {
        // It prints all objects at its end, and none when one is refused.
        let shows_none = is_apply;
        if let Some(kubectl) = input.kubectl
            && (shows_none || refusals.may_wait_for_another())
        {
            let as_written = run(invocation, CLIENT, kubectl, reader, input).await;
            let written = as_written.map_or_else(|_| Vec::new(), |it| objects(&it.stdout));
            enter_creations(&mut *changes, written, &refusals);
        }
        if shows_none {
            verdict = refusals.unclear();
        }
    }
    for draft in due(&mut *changes) {
        draft.rehearsal = match draft.habit {
            Habit::Silent if captured.is_complete => Rehearsed::Refused(Refusal::Other),
            _ => verdict.clone(),
        };
    }
    refusals.ending(&captured, changes)
}

/// The same without the server: the objects as they are written, for those that it can only judge when others are gone.
pub(super) async fn rehearse_as_written(
    invocation: &Invocation,
    changes: &mut [Change],
    reader: &Reader,
    input: &Input<'_>,
) {
    if due(&mut *changes).next().is_none() {
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
fn due<'a>(
    changes: impl IntoIterator<Item = &'a mut Change>,
) -> impl Iterator<Item = &'a mut super::Draft> {
    changes
        .into_iter()
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
    let with = [dry_run, "--output=json"];
    let words = if (invocation.verb(), dry_run) == (Verb::Apply, CLIENT) {
        // Without the server `apply` shows objects that exist as they are, and `create` as they are written.
        let mut words = invocation.rewrite(&[LEFT_OUT, OF_APPLY].concat(), &with);
        words[0] = Verb::Create.path().into();
        words
    } else {
        invocation.rewrite(LEFT_OUT, &with)
    };
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
fn enter<'a>(changes: impl IntoIterator<Item = &'a mut Change>, mut objects: Vec<Object>) {
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

/// What is new is as it is written when only another object of the same command is missing.
///
/// For a file that brings a namespace and what is in it, or a priority class and its Pods, the server has no answer before the first
/// of them is there. What nobody can tell then must not pass as refused.
fn enter_creations(changes: &mut [Change], objects: Vec<Object>, refusals: &Refusals) {
    let is_new = |change: &&mut Change| change.operation == Operation::Create;
    let mut new: Vec<&mut Change> = changes.iter_mut().filter(is_new).collect();
    enter(new.iter_mut().map(|change| &mut **change), objects);
    for draft in due(new) {
        draft.rehearsal = refusals.unclear();
    }
}

/// What kubectl said on standard error.
struct Refusals {
    lines: Vec<String>,
}

impl Refusals {
    fn read(stderr: &[u8]) -> Self {
        let text = String::from_utf8_lossy(stderr);
        let mut lines: Vec<String> = Vec::new();
        // What stands below a reason, down to a line that ends it.
        let mut end = None;
        for line in text.lines().map(str::trim) {
            if let Some(last) = end {
                if is_end(line, last) {
                    end = details_below(line);
                }
                continue;
            }
            end = details_below(line);
            if !line.is_empty() && !is_remark(line) {
                lines.push(line.to_owned());
            }
        }
        Self { lines }
    }

    /// What is refused here and only waits for what this command makes first may go well.
    fn ending(&self, captured: &Captured, changes: &[Change]) -> Ending {
        let makes = |namespace: &str| {
            changes.iter().any(|change| {
                change.operation == Operation::Create
                    && change.resource.plural == "namespaces"
                    && change.name == namespace
            })
        };
        let waits = |line: &str| match missing_namespace(line) {
            Some(namespace) => makes(namespace),
            None => may_wait(line),
        };
        let is_final = |line: &String| refusal(line).is_some() && !waits(line);
        if captured.is_complete {
            Ending::Well
        } else if self.lines.iter().any(is_final) {
            Ending::Refusal
        } else {
            Ending::Unclear
        }
    }

    /// It is not known what becomes of a write.
    fn unclear(&self) -> Rehearsed {
        let said = self.lines.first().cloned().unwrap_or_default();
        Rehearsed::Hidden(Unread::NotRehearsed(said))
    }

    fn may_wait_for_another(&self) -> bool {
        self.lines.iter().any(|line| may_wait(line))
    }

    /// Whether kubectl may mean objects of which no change is known, such as one in another namespace than `-n` says.
    fn may_be_about_others(&self) -> bool {
        const OF_THE_OBJECT: [&str; 6] = [
            "Error from server (",
            "The ",
            "* ",
            "error: error validating",
            "error: error when",
            "error: Apply failed",
        ];
        let is_own = |line: &String| OF_THE_OBJECT.iter().any(|start| line.starts_with(start));
        !self.lines.iter().all(is_own)
    }

    /// What it means for a write that got no answer.
    fn verdict(&self, captured: &Captured) -> Rehearsed {
        if captured.is_complete {
            return Rehearsed::Hidden(Unread::NotShown);
        }
        let refusals: Option<Vec<Refusal>> = self.lines.iter().map(|line| refusal(line)).collect();
        match refusals.and_then(|refusals| refusals.into_iter().max()) {
            Some(refusal) => Rehearsed::Refused(refusal),
            None => self.unclear(),
        }
    }
}

/// Whether something may be refused only because another object is not there yet: its namespace, or the parameters of a policy.
fn may_wait(line: &str) -> bool {
    ["(Forbidden)", "(NotFound)", "denied request"]
        .iter()
        .any(|reason| line.contains(reason))
}

/// The namespace that is said not to be there.
fn missing_namespace(line: &str) -> Option<&str> {
    let name = line.strip_suffix("\" not found")?;
    Some(name.rsplit_once("namespaces \"")?.1)
}

/// Whether a line refuses nothing: a warning, a flag that is deprecated, advice, where to find help, a line of kubectl's log.
fn is_remark(line: &str) -> bool {
    const STARTS: [&str; 5] = [
        "Warning:",
        "warning: error calculating patch from openapi",
        "Flag --",
        "Please review the fields above",
        "See 'kubectl ",
    ];
    // `W1122 13:53:46.069978   11021 schema.go:145] cannot …`
    let is_logged = line.starts_with(['I', 'W'])
        && line
            .get(1..5)
            .is_some_and(|date| date.bytes().all(|it| it.is_ascii_digit()))
        && line.contains("] ");
    is_logged || STARTS.iter().any(|start| line.starts_with(start))
}

/// How the line begins that ends what stands below this one: a patch that is refused, what is in the way of it, what to do about a
/// conflict. Nothing where the next line is a reason of its own.
fn details_below(line: &str) -> Option<&'static str> {
    if line.starts_with("Please review the fields above") {
        Some("See http")
    } else if line.ends_with("error when applying patch:") {
        Some("for: ")
    } else if line.ends_with("creating patch with:") || line.ends_with("spec: patch:") {
        Some(CONFLICTS)
    } else {
        // The object that it conflicts with, down to an empty line.
        (line == CONFLICTS).then_some("")
    }
}

/// `apply --overwrite=false` and somebody else's change. Source: apimachinery `pkg/util/mergepatch/errors.go`.
const CONFLICTS: &str = "conflicts with changes made from original to current:";

fn is_end(line: &str, last: &str) -> bool {
    if last.is_empty() {
        line.is_empty()
    } else {
        line.starts_with(last)
    }
}

/// What a line on standard error says, if it will be the same without a dry run. A webhook that knows no dry run, a server
/// that is overloaded, or a namespace that this command makes are no refusals of the write itself.
fn refusal(line: &str) -> Option<Refusal> {
    // Several errors stand one below the other without the word.
    const WITHOUT_THE_WORD: [&str; 5] = [
        "application/strategic-merge-patch+json is not supported by ",
        "failed to create autoscaling/v2 HPA and the configuration is incompatible",
        "the server doesn't have a resource type ",
        "the namespace from the provided object ",
        "couldn't find port via --port flag or introspection",
    ];
    const FINAL: [&str; 6] = [
        "AlreadyExists",
        "BadRequest",
        "Forbidden",
        "MethodNotAllowed",
        "NotFound",
        "RequestEntityTooLarge",
    ];
    const PASSING: [&str; 12] = [
        "connect",
        "timeout",
        "deadline",
        "TLS",
        "x509",
        "EOF",
        "logged in",
        "dial ",
        "refused",
        "nternal error",
        "too many",
        "unavailable",
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
    let starts = |start: &&str| line.starts_with(start);
    let is_refused = line.starts_with("error: ") || WITHOUT_THE_WORD.iter().any(starts);
    (is_refused && !PASSING.iter().any(|word| line.contains(word))).then_some(Refusal::Other)
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
                "the server doesn't have a resource type \"widgets\"",
                Some(Refusal::Other),
            ),
            (
                "error: failed to patch image update to pod template: Internal error occurred",
                None,
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
            (
                "the namespace from the provided object \"a\" does not match the namespace \"b\".",
                Some(Refusal::Other),
            ),
            (
                "couldn't find port via --port flag or introspection",
                Some(Refusal::Other),
            ),
            (
                "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input",
                Some(Refusal::Other),
            ),
            ("Unable to connect to the server: EOF", None),
        ] {
            assert_eq!(refusal(line), expected, "{line}");
        }
    }

    #[test]
    fn advice_about_a_conflict_is_no_reason_of_its_own() {
        let said = "error: Apply failed with 1 conflict: conflict with \"ci\" using apps/v1: .spec.replicas\n\
                    Please review the fields above--they currently have other managers. Here\n* If you intend\n\
                    See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts\nerror: other";
        assert_eq!(
            Refusals::read(said.as_bytes()).lines,
            [
                "error: Apply failed with 1 conflict: conflict with \"ci\" using apps/v1: .spec.replicas",
                "error: other"
            ]
        );
    }

    #[test]
    fn a_refused_patch_is_no_reason_of_its_own() {
        let said = "Error from server (Conflict): error when applying patch:\n{\"a\":1}\nto:\nResource: \"v1\"\n\
                    Name: \"x\"\nfor: \"a.yaml\": Operation cannot be fulfilled\nunknown";
        assert_eq!(
            Refusals::read(said.as_bytes()).lines,
            [
                "Error from server (Conflict): error when applying patch:",
                "unknown"
            ]
        );
    }

    #[test]
    fn somebody_else_s_change_is_one_reason() {
        let said = "warning: error calculating patch from openapi spec: patch:\nmetadata:\n  labels: {}\n\n\
                    conflicts with changes made from original to current:\nspec:\n  other: 1\n\n\n\
                    error: error when applying patch:\n\nto:\nName: \"x\"\nfor: \"a\": creating patch with:\noriginal:\n{}\n\n\
                    modified:\n{}\n\nfor: patch:\nmetadata: {}\n\nconflicts with changes made from original to current:\n\
                    spec: {}\n\nunknown";
        assert_eq!(
            Refusals::read(said.as_bytes()).lines,
            ["error: error when applying patch:", "unknown"]
        );
    }

    #[test]
    fn a_command_that_may_go_well_when_it_made_something_first_has_no_clear_end() {
        let ending = |said: &str, changes: &[Change]| {
            let captured = Captured {
                stdout: Vec::new(),
                stderr: Vec::new(),
                is_complete: false,
            };
            Refusals::read(said.as_bytes()).ending(&captured, changes)
        };
        let missing = "Error from server (NotFound): namespaces \"new\" not found";
        let forbidden = "Error from server (Forbidden): pods \"a\" is forbidden: no PriorityClass with name b was found";
        let invalid = "The Job \"once\" is invalid: spec.template: field is immutable";
        let logged = "W1122 13:56:06.053377   24235 schema.go:145] cannot perform warn validation";
        let made = Change {
            operation: Operation::Create,
            resource: crate::cluster::known::NAMESPACES.clone(),
            subresource: String::new(),
            namespace: String::new(),
            name: "new".to_owned(),
            cause: super::super::Cause::File,
            count: 1,
            before: super::super::Before::Missing,
            effect: Effect::Sent(serde_json::json!({}).into()),
        };
        assert_eq!(ending(missing, &[made]), Ending::Unclear);
        assert_eq!(ending(missing, &[]), Ending::Refusal);
        assert_eq!(ending(forbidden, &[]), Ending::Unclear);
        assert_eq!(
            ending("Unable to connect to the server: EOF", &[]),
            Ending::Unclear
        );
        let several = format!("{logged}\n{forbidden}\n{invalid}");
        assert_eq!(ending(&several, &[]), Ending::Refusal);
        assert_eq!(ending(logged, &[]), Ending::Unclear);
    }

    #[test]
    fn kubectl_prints_objects_one_by_one_or_in_a_list() {
        let one = br#"{"kind": "Pod"} {"kind": "Service"}"#;
        assert_eq!(objects(one).len(), 2);
        let list = br#"{"kind": "List", "items": [{"kind": "Pod"}, {"kind": "Service"}]}"#;
        assert_eq!(objects(list), objects(one));
    }
}

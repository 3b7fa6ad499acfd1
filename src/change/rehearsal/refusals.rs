//! What kubectl says on standard error when it refuses, and whether it would say the same without a dry run.

use super::Ending;
use crate::change::draft::{Refusal, Rehearsed};
use crate::change::{Change, Operation};
use crate::cluster::Unread;
use crate::kubectl::program::Captured;

/// What kubectl said on standard error.
pub(super) struct Refusals {
    lines: Vec<String>,
}

impl Refusals {
    pub(super) fn read(stderr: &[u8]) -> Self {
        let text = String::from_utf8_lossy(stderr);
        let mut lines: Vec<String> = Vec::new();
        // What stands below a reason, down to a line that ends it.
        let mut end = None;
        for line in text.lines().map(str::trim) {
            if let Some(last) = end {
                if is_end(line, last) {
                    end = details_below(line);
                    // The first line names the reason, the last says what it is.
                    if last == PATCHED
                        && let Some(reason) = lines.last_mut()
                    {
                        reason.push(' ');
                        reason.push_str(line);
                    }
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
    pub(super) fn ending(&self, captured: &Captured, changes: &[Change]) -> Ending {
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
    pub(super) fn unclear(&self) -> Rehearsed {
        let said = self.lines.first().cloned().unwrap_or_default();
        Rehearsed::Hidden(Unread::NotRehearsed(said))
    }

    /// Whether each of so many objects was changed meanwhile, and kubectl says nothing else: such as a dump of them, applied when it
    /// is old. kubectl has one line for each object.
    pub(super) fn are_conflicts(&self, objects: usize) -> bool {
        let is_conflict = |line: &String| line.starts_with("Error from server (Conflict)");
        self.lines.len() == objects && self.lines.iter().all(is_conflict)
    }

    /// Whether something may be refused only because another object is not there yet, such as its namespace.
    pub(super) fn may_wait_for_another(&self) -> bool {
        self.lines.iter().any(|line| may_wait(line))
    }

    /// What it means for a write that got no answer.
    pub(super) fn verdict(&self, captured: &Captured) -> Rehearsed {
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

/// How the line begins that ends the patch which the server refuses.
const PATCHED: &str = "for: ";

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
        Some(PATCHED)
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
    const WITHOUT_THE_WORD: [&str; 9] = [
        "error validating ",
        "error parsing ",
        "unable to decode ",
        "resource mapping not found ",
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
    // A server-side apply with an unknown field: an internal error without a reason, and always the same.
    if line.starts_with("Error from server: failed to create typed patch object") {
        return Some(Refusal::Other);
    }
    // A webhook is told that it is a dry run, and may answer the real request in another way.
    let lower = line.to_lowercase();
    if ["dry run", "dryrun", "dry-run", "admission webhook"]
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
    // Where kubectl says several things it puts no `error: ` before what it found wrong in a file.
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
            (
                "Error from server: failed to create typed patch object (shop/a; /v1, Kind=ConfigMap): .dta: field not declared in schema",
                Some(Refusal::Other),
            ),
            (
                "unable to decode \"a.yaml\": json: cannot unmarshal bool into Go struct field",
                Some(Refusal::Other),
            ),
            ("error: timeout: no answer", None),
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
                "Error from server (Conflict): error when applying patch: for: \"a.yaml\": Operation cannot be fulfilled",
                "unknown"
            ]
        );
    }

    #[test]
    fn only_where_all_are_in_conflict_nothing_is_accepted() {
        let conflict = "Error from server (Conflict): error when applying patch:\n{}\nto:\nName: \"x\"\nfor: \"a\": no\n";
        let are = |said: String, objects| Refusals::read(said.as_bytes()).are_conflicts(objects);
        assert!(are(conflict.repeat(2), 2));
        assert!(are(format!("Warning: old\n{conflict}"), 1));
        // The other one went well, or was refused for a reason of its own.
        assert!(!are(conflict.to_owned(), 2));
        assert!(!are(format!("{conflict}error: other"), 2));
    }

    #[test]
    fn a_patch_that_only_the_dry_run_refuses_is_not_refused() {
        let said = "Error from server (BadRequest): error when applying patch:\n{\"a\":1}\nto:\nResource: \"v1\"\n\
                    for: \"a.yaml\": error when patching \"a.yaml\": admission webhook \"w\" does not support dry run";
        let captured = Captured {
            stdout: Vec::new(),
            stderr: said.into(),
            is_complete: false,
        };
        let verdict = Refusals::read(said.as_bytes()).verdict(&captured);
        assert!(matches!(verdict, Rehearsed::Hidden(_)), "{verdict:?}");
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
            [
                "error: error when applying patch: for: \"a\": creating patch with:",
                "unknown"
            ]
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
            cause: crate::change::Cause::File,
            count: 1,
            before: crate::change::Before::Missing,
            effect: crate::change::Effect::Sent(serde_json::json!({}).into()),
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
}

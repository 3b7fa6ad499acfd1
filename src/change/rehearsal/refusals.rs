//! What kubectl says on standard error when it refuses, and whether it would say the same without a dry run.

use crate::change::draft::{Refusal, Rehearsed};
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
        // What stands below a reason, down to a line that ends it: a patch that is refused, and what to do about a conflict.
        let mut end = None;
        for line in text.lines().map(str::trim) {
            if let Some(last) = end {
                if !line.starts_with(last) {
                    continue;
                }
                end = None;
                // The first line names the reason, the last says what it is.
                if last == PATCHED
                    && let Some(reason) = lines.last_mut()
                {
                    reason.push(' ');
                    reason.push_str(line);
                }
            } else if line.starts_with("Please review the fields above") {
                end = Some("See http");
            } else if !line.is_empty() && !REMARKS.iter().any(|it| line.starts_with(it)) {
                let is_patch = line.ends_with("error when applying patch:");
                end = is_patch.then_some(PATCHED);
                lines.push(line.to_owned());
            }
        }
        Self { lines }
    }

    /// It is not known what becomes of a write.
    pub(super) fn unclear(&self) -> Rehearsed {
        let said = self.lines.first().cloned().unwrap_or_default();
        Rehearsed::Hidden(Unread::NotRehearsed(said))
    }

    /// Whether something may be refused only because another object is not there yet, such as its namespace.
    pub(super) fn may_wait_for_another(&self) -> bool {
        let reasons = ["Forbidden", "NotFound"].map(|reason| format!("({reason})"));
        let names_one = |line: &String| reasons.iter().any(|reason| line.contains(reason));
        self.lines.iter().any(names_one)
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

/// How lines begin that refuse nothing: warnings, a flag that is deprecated, where to find help.
const REMARKS: [&str; 3] = ["Warning:", "Flag --", "See 'kubectl "];

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
    // Where kubectl says several things it puts no `error: ` before what it found wrong in a file.
    let is_refused = [
        "error: ",
        "error validating ",
        "error parsing ",
        "unable to decode ",
        "resource mapping not found ",
        "the namespace from the provided object ",
        "the server doesn't have a resource type ",
    ]
    .iter()
    .any(|start| line.starts_with(start));
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
}

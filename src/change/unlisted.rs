//! How strict the question is about changes that could not be listed: as the strictest rule that could look at them.

use super::Operation;
use super::interest::Interest;
use crate::cluster::known::{NODES, PODS};
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::risk::verdict::Severity;
use crate::unknown::What;

/// What a command could do with things that it is not known to mean, in the strictest rule's eyes.
#[must_use]
pub fn severity(what: &What, invocation: &Invocation, interest: &Interest<'_>) -> Severity {
    let strictest = |severity: &dyn Fn(Operation) -> Severity| {
        let operations = operations(invocation.verb()).iter().copied();
        operations.map(severity).max().unwrap_or(Severity::Confirm)
    };
    match what {
        What::List {
            resource,
            namespace,
        } => {
            let place = (!namespace.is_empty()).then_some(namespace.as_str());
            strictest(&|operation| interest.in_doubt(operation, resource, "", place))
        }
        What::SelectedNodes => interest.in_doubt(Operation::Update, &NODES, "", None),
        What::PodsOn(_) if invocation.truth("disable-eviction") => {
            interest.in_doubt(Operation::Delete, &PODS, "", None)
        }
        What::PodsOn(_) => interest.in_doubt(Operation::Create, &PODS, "eviction", None),
        What::Contents(_) | What::Instances(_) | What::ApplySet | What::PrunedTypes => {
            interest.in_doubt_of_all(Operation::Delete)
        }
        What::Kinds { kinds, namespace } => kinds
            .iter()
            .map(|kind| interest.in_doubt(Operation::Delete, kind, "", Some(namespace)))
            .max()
            .unwrap_or(Severity::Confirm),
        What::Type(_)
        | What::Stdin
        | What::File(_)
        | What::Url(_)
        | What::Kustomization(_)
        | What::TypesInFiles
        | What::Requests
        | What::SelectedInFiles(_) => strictest(&|operation| interest.in_doubt_of_all(operation)),
        // The pod that a connection to a workload would reach.
        What::Owned { .. } if matches!(invocation.verb(), Verb::Exec | Verb::Attach) => {
            interest.in_doubt(Operation::Connect, &PODS, "exec", None)
        }
        // Rules look at none of these, or have asked for it themselves, or the objects are named all the same.
        What::CommandLine
        | What::Cluster
        | What::Look
        | What::Object { .. }
        | What::Subject
        | What::Outcome
        | What::FirstRefusal
        | What::Owned { .. }
        | What::Request { .. }
        | What::BehindProxy { .. }
        | What::Patch(_)
        | What::TextBefore
        | What::EditorsText
        | What::EditedCluster
        | What::Plugin(_)
        | What::Fact(_) => Severity::Confirm,
    }
}

/// What a verb can do to an object of its words or files.
const fn operations(verb: Verb) -> &'static [Operation] {
    match verb {
        Verb::Delete => &[Operation::Delete],
        Verb::Create | Verb::Autoscale | Verb::Expose | Verb::Run => &[Operation::Create],
        Verb::Drain
        | Verb::Cordon
        | Verb::Uncordon
        | Verb::Taint
        | Verb::Label
        | Verb::Annotate
        | Verb::Approve
        | Verb::Deny
        | Verb::SetLastApplied
        | Verb::Patch
        | Verb::Scale
        | Verb::SetImage
        | Verb::SetEnv
        | Verb::SetResources
        | Verb::SetSelector
        | Verb::SetServiceAccount
        | Verb::SetSubject
        | Verb::RolloutRestart
        | Verb::RolloutUndo
        | Verb::RolloutPause
        | Verb::RolloutResume
        | Verb::EditLastApplied => &[Operation::Update],
        // Such as apply, which prunes, and replace, which deletes first by force. Too strict is safe.
        _ => &[
            Operation::Create,
            Operation::Update,
            Operation::Delete,
            Operation::Connect,
        ],
    }
}

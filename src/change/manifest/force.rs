//! Objects that are deleted and made anew: `replace --force`, `apply --force` where a change is refused, and bindings of another role.
//!
//! Source: kubectl `pkg/cmd/replace/replace.go` (`forceReplace`), `pkg/cmd/apply/patcher.go` (`deleteAndCreate`),
//! `k8s.io/component-helpers/auth/rbac/reconciliation`.

use super::Purpose;
use crate::change::delete::gone;
use crate::change::draft::{Draft, Habit, Refusal, Rehearsed};
use crate::change::files::Input;
use crate::change::objects::Reached;
use crate::change::rehearsal::rehearse_as_written;
use crate::change::{Before, Change, DeleteOptions, Effect, Operation};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;
use crate::unknown::Unknown;

/// `replace --force` deletes all objects, waits until they are gone, and then creates them.
pub(super) fn recreate_all(changes: Vec<Change>, invocation: &Invocation) -> Vec<Change> {
    let options = options(invocation);
    let deletes: Vec<Change> = changes
        .iter()
        .map(|change| delete(change, &options))
        .collect();
    let creates = changes.into_iter().map(create);
    deletes.into_iter().chain(creates).collect()
}

/// Where a change was refused that a deletion allows, or needs one, the deletion and the creation follow.
pub(super) async fn recreate_refused(
    changes: Vec<Change>,
    unknown: &[Unknown],
    purpose: Purpose,
    invocation: &Invocation,
    reader: &Reader,
    input: &Input<'_>,
) -> Vec<Change> {
    let options = options(invocation);
    let mut followed = Vec::with_capacity(changes.len());
    for change in changes {
        match purpose {
            Purpose::Reconcile if binds_another_role(&change) => {
                followed.push(delete(&change, &options));
                followed.push(Change {
                    operation: Operation::Create,
                    before: Before::Missing,
                    ..change
                });
            }
            Purpose::Apply if is_refused(&change) => {
                let (delete, create) = (delete(&change, &options), create(change.clone()));
                followed.extend([change, delete, create]);
            }
            _ => followed.push(change),
        }
    }
    rehearse_as_written(invocation, &mut followed, unknown, reader, input).await;
    followed
}

fn is_refused(change: &Change) -> bool {
    let Effect::Drafted(draft) = &change.effect else {
        return false;
    };
    change.operation == Operation::Update
        && matches!(
            draft.rehearsal,
            // What nobody can tell may be refused.
            Rehearsed::Refused(Refusal::Invalid) | Rehearsed::Hidden(_)
        )
}

fn binds_another_role(change: &Change) -> bool {
    let Some((old, new)) = change.old().zip(change.after()) else {
        return false;
    };
    !new["roleRef"].is_null() && old["roleRef"] != new["roleRef"]
}

fn delete(change: &Change, options: &DeleteOptions) -> Change {
    let reached = Reached {
        resource: change.resource.clone(),
        namespace: change.namespace.clone(),
        name: change.name.clone(),
        cause: change.cause,
        before: change.before.clone(),
    };
    gone(reached, options)
}

fn create(change: Change) -> Change {
    let mentions = change.mentions();
    Change {
        operation: Operation::Create,
        before: Before::Missing,
        effect: Effect::Drafted(Draft::new(mentions, Habit::Always)),
        ..change
    }
}

fn options(invocation: &Invocation) -> DeleteOptions {
    let grace = invocation.integer_if_any("grace-period").unwrap_or(-1);
    DeleteOptions {
        // As for `delete`: a 0 without its own `--force` becomes 1.
        grace_period: (grace >= 0).then_some(grace.max(1)),
        propagation: Some(invocation.cascade().policy()),
    }
}

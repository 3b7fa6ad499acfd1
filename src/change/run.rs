//! `run`: a CREATE of a pod, of a Service with `--expose`, a CONNECT to the pod with `-i` or `--attach`, and with `--rm` a DELETE
//! of pod and Service in the end.
//!
//! Source: kubectl `pkg/cmd/run/run.go`. What the pod will be, [`super::rehearsal`] says.

use serde_json::{Value, json};

use super::account::{self, Account, Read};
use super::connect::attach::attachment;
use super::delete::gone;
use super::draft::{Draft, Habit, Rehearsed};
use super::expansion::Expansion;
use super::files::Input;
use super::interest::Interest;
use super::objects::Reached;
use super::overrides::{Overrides, keys};
use super::rehearsal::rehearse;
use super::{Before, Cause, Change, DeleteOptions, Effect, Operation, Resource};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// How the changes of `run` are found out.
pub const ACCOUNT: Account = Account {
    changes: "CREATE of the pod, with `--expose` of a Service; with `-i` or `--attach` CONNECT to `attach` of the pod; with `--rm` DELETE of both in the end.",
    reads: &[Read::REHEARSAL],
    exceptions: &[
        "kubectl attaches when the pod runs, and not at all when it has ended before, or does not run in time.",
        "A pod that kubectl attaches to is rehearsed without `--stdin` and `--tty`, which kubectl refuses beside a dry run.",
        account::STOPS,
        "With `--rm`, an interrupted kubectl may delete nothing.",
    ],
};

/// What `run` asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let Some(name) = invocation.arguments().first() else {
        return Expansion::KubectlStops;
    };
    let is_attached = is_attached(invocation);
    let removes = invocation.truth("rm");
    let exposes = invocation.truth("expose");
    let is_given = |flag| invocation.text(flag).is_some_and(|text| !text.is_empty());
    let restart = invocation.text("restart").unwrap_or_default();
    let is_refused = invocation.dash() == Some(0)
        || !is_given("image")
        || invocation.truth("tty") && !invocation.truth("stdin")
        || exposes && !is_given("port")
        || removes && !is_attached
        || !["", "Always", "OnFailure", "Never"].contains(&restart);
    if is_refused {
        return Expansion::KubectlStops;
    }
    let overrides = Overrides::of(invocation);
    let mut mentions = overrides.mentions;
    let labels = invocation.text("labels").unwrap_or_default().split(',');
    let annotations = invocation.list("annotations").iter().map(String::as_str);
    mentions.extend(keys(labels.chain(annotations)));
    let is_privileged = invocation.truth("privileged");
    mentions.extend(is_privileged.then(|| "privileged".to_owned()));
    let made = |resource: &Resource, name: &str| Reached {
        resource: resource.clone(),
        namespace: reader.place().namespace.clone(),
        name: name.to_owned(),
        cause: Cause::Named,
        before: Before::Missing,
    };
    let pod = made(&known::PODS, overrides.name.as_deref().unwrap_or(name));
    let service = exposes.then(|| made(&known::SERVICES, name));
    let all = || [Some(pod.clone()), service.clone()].into_iter().flatten();
    let create = |it: Reached| {
        let draft = Draft::new(mentions.clone(), Habit::Always);
        it.change(Operation::Create, "", Effect::Drafted(draft))
    };
    let mut changes: Vec<Change> = all().map(create).collect();
    if is_attached && interest.in_(Operation::Connect, &known::PODS, "attach", None) {
        // Else the words say enough of the pod, and it can do nothing to its node.
        if is_given("overrides") || is_privileged || interest.is_plan() {
            rehearse(invocation, &mut changes, &[], reader, input).await;
        }
        changes.extend(attached(&changes[0], invocation));
    }
    if removes {
        let options = DeleteOptions {
            grace_period: None,
            propagation: Some("Background"),
        };
        changes.extend(all().map(|it| gone(it, &options)));
    }
    changes.into()
}

/// The session with the pod that is made first; none where it cannot be made.
fn attached(creation: &Change, invocation: &Invocation) -> Option<Change> {
    let Effect::Drafted(draft) = &creation.effect else {
        return None;
    };
    let attach = |pod: Value| {
        let stdin = invocation.truth("stdin");
        attachment(pod.into(), "", Cause::Named, stdin)
    };
    match &draft.rehearsal {
        Rehearsed::Due => Some(attach(as_typed(creation, invocation))),
        Rehearsed::Answered(pod) => Some(attach(pod.as_ref().clone())),
        Rehearsed::Refused(_) => None,
        Rehearsed::Hidden(why) => Some(Change {
            before: Before::Hidden(why.clone()),
            ..attach(as_typed(creation, invocation))
        }),
    }
}

/// The pod without what `--overrides` and `--privileged` make of it.
fn as_typed(creation: &Change, invocation: &Invocation) -> Value {
    let words = invocation.arguments().get(1..).unwrap_or_default();
    let field = if invocation.truth("command") {
        "command"
    } else {
        "args"
    };
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": creation.name, "namespace": creation.namespace},
        "spec": {"containers": [{
            "name": invocation.arguments().first(),
            "image": invocation.text("image"),
            "stdin": invocation.truth("stdin"),
            "tty": invocation.truth("tty"),
            (field): words,
        }]},
    })
}

/// Whether kubectl stays with the container: `--attach`, or `-i` where that is not said.
fn is_attached(invocation: &Invocation) -> bool {
    if invocation.is_set("attach") {
        invocation.truth("attach")
    } else {
        invocation.truth("stdin")
    }
}

//! `run`: a CREATE of a pod, of a Service with `--expose`, and with `--rm` a DELETE of both in the end.
//!
//! Source: kubectl `pkg/cmd/run/run.go`. What the pod will be, [`super::rehearsal`] says.

use super::account::{self, Account, Read};
use super::delete::gone;
use super::draft::{Draft, Habit};
use super::expansion::Expansion;
use super::objects::Reached;
use super::overrides::{Overrides, keys};
use super::{Before, Cause, Change, DeleteOptions, Effect, Operation, Resource};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// How the changes of `run` are found out.
pub const ACCOUNT: Account = Account {
    changes: "CREATE of the pod, with `--expose` of a Service, with `--rm` DELETE of both in the end.",
    reads: &[Read::REHEARSAL],
    exceptions: &[
        "A pod that kubectl attaches to is rehearsed without `--stdin` and `--tty`, which kubectl refuses beside a dry run.",
        account::STOPS,
        "With `--rm`, an interrupted kubectl may delete nothing.",
    ],
};

/// What `run` asks the server for.
pub fn expand(invocation: &Invocation, reader: &Reader) -> Expansion {
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
    if removes {
        let options = DeleteOptions {
            grace_period: None,
            propagation: Some("Background"),
        };
        changes.extend(all().map(|it| gone(it, &options)));
    }
    changes.into()
}

/// Whether kubectl stays with the container: `--attach`, or `-i` where that is not said.
#[must_use]
pub fn is_attached(invocation: &Invocation) -> bool {
    if invocation.is_set("attach") {
        invocation.truth("attach")
    } else {
        invocation.truth("stdin")
    }
}

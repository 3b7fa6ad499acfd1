//! `create KIND NAME`: one CREATE of one object that the flags describe.
//!
//! Source: kubectl `pkg/cmd/create/create_*.go`. What it will be, [`super::rehearsal`] says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::account::{Account, Read};
use super::draft::{ANYTHING, Draft, Habit};
use super::expansion::Expansion;
use super::objects::Reached;
use super::overrides::keys;
use super::resource::Scope;
use super::{Before, Cause, Effect, Operation, Resource};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;

/// How the changes of `create KIND NAME` are found out.
pub const ACCOUNT: Account = Account {
    changes: "CREATE of the object.",
    reads: &[Read::REHEARSAL],
    exceptions: &[],
};
/// Those of the kinds that take `--append-hash`.
pub const HASHED: Account = Account {
    exceptions: &[
        "With `--append-hash` the whole name is known from the dry run alone: not where the object is there already.",
    ],
    ..ACCOUNT
};
/// Those of `create token`.
pub const TOKEN: Account = Account {
    changes: "CREATE of the ServiceAccount's `token`. There is no dry run; the request is judged as it is sent.",
    reads: &[],
    exceptions: &[],
};

/// What `create KIND` asks the server for.
#[must_use]
pub fn expand(made: &Resource, invocation: &Invocation, reader: &Reader) -> Expansion {
    let draft = Draft::new(mentions(invocation), Habit::Always);
    one(made, "", Effect::Drafted(draft), invocation, reader)
}

/// What `create token` asks the server for: there is no dry run of it, and what it answers is no object.
#[must_use]
pub fn expand_token(invocation: &Invocation, reader: &Reader) -> Expansion {
    let request = Effect::Sent(token_request(invocation).into());
    one(
        &known::SERVICE_ACCOUNTS,
        "token",
        request,
        invocation,
        reader,
    )
}

/// One CREATE of the one name before a `--`.
fn one(
    made: &Resource,
    subresource: &str,
    effect: Effect,
    invocation: &Invocation,
    reader: &Reader,
) -> Expansion {
    let arguments = invocation.arguments();
    let before_dash = invocation.dash().unwrap_or(arguments.len());
    let [name] = &arguments[..before_dash] else {
        return Expansion::KubectlStops;
    };
    let named = Reached {
        resource: made.clone(),
        namespace: match made.scope {
            Scope::Cluster => String::new(),
            Scope::Namespaced => reader.place().namespace.clone(),
        },
        // The rest of the name is a hash of the content, which the rehearsal tells.
        name: if invocation.truth_if_any("append-hash") {
            format!("{name}-")
        } else {
            name.clone()
        },
        cause: Cause::Named,
        before: Before::Missing,
    };
    vec![named.change(Operation::Create, subresource, effect)].into()
}

/// The keys of the new object that matter to somebody.
fn mentions(invocation: &Invocation) -> BTreeSet<String> {
    match invocation.verb() {
        // Those of the CronJob's template.
        Verb::CreateJob if invocation.is_set("from") => BTreeSet::from([ANYTHING.to_owned()]),
        Verb::CreateIngress => {
            let annotations = invocation.list("annotation").iter().map(String::as_str);
            keys(annotations).collect()
        }
        Verb::CreateServiceLoadBalancer => ["app", "type"].map(str::to_owned).into(),
        _ => BTreeSet::from(["app".to_owned()]),
    }
}

/// Source: `k8s.io/api/authentication/v1` `TokenRequest`. There is no dry run of it.
fn token_request(invocation: &Invocation) -> Value {
    let mut spec = json!({"audiences": invocation.list("audience")});
    let bound = |flag| invocation.text(flag).filter(|text| !text.is_empty());
    if let Some(kind) = bound("bound-object-kind") {
        spec["boundObjectRef"] = json!({"kind": kind, "name": bound("bound-object-name")});
    }
    json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec})
}

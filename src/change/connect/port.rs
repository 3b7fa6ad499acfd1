//! `port-forward` and `proxy`: local ports that lead into the cluster.
//!
//! Source: kubectl `pkg/cmd/{portforward,proxy}`.

use serde_json::json;

use super::connection;
use super::target::{Aim, NoPod, POD};
use crate::change::account::{self, Account, Read};
use crate::change::expansion::Expansion;
use crate::change::interest::Interest;
use crate::change::resource::{Resource, Scope};
use crate::change::{Before, Cause, Change, Effect, Operation};
use crate::cluster::fields::text;
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// How the change of `proxy` is found out.
pub const PROXY: Account = Account {
    changes: "none: the port that is opened is judged.",
    reads: &[],
    exceptions: &["What is sent through the port later is not looked at."],
};

/// How the change of `port-forward` is found out.
pub const FORWARD: Account = Account {
    changes: "CONNECT to `portforward` of one pod.",
    reads: &[POD, Read::TYPES],
    exceptions: &[
        account::WAITS,
        "kubectl stops by itself where the ports are not the pod's: then there is no request.",
    ],
};

/// What `port-forward` asks the server for.
pub async fn expand_forward(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
) -> Expansion {
    let [object, _, ..] = invocation.arguments() else {
        return Expansion::KubectlStops;
    };
    if !interest.in_(Operation::Connect, &known::PODS, "portforward", None) {
        return Expansion::nothing();
    }
    match forward(object, reader).await {
        Ok(change) => vec![change].into(),
        Err(none) => none.into(),
    }
}

async fn forward(object: &str, reader: &Reader) -> Result<Change, NoPod> {
    let pod = Aim::read(object, reader).await?.pod(reader).await?;
    if text(&pod, "/status/phase") != "Running" {
        return Err(NoPod::KubectlStops);
    }
    // The ports travel inside the connection.
    let options = json!({"apiVersion": "v1", "kind": "PodPortForwardOptions"});
    Ok(connection("portforward", pod, Cause::Named, options))
}

/// What stands for the port that `proxy` opens; no such thing is served.
static PROXIES: Resource = Resource::known("", "v1", "proxies", "Proxy", Scope::Cluster);

/// `proxy` sends nothing by itself: who finds its port does, with this user's rights.
#[must_use]
pub fn expand_proxy(invocation: &Invocation) -> Expansion {
    let socket = invocation.text("unix-socket").unwrap_or_default();
    let name = if socket.is_empty() {
        let address = invocation.text("address").unwrap_or("127.0.0.1");
        format!("{address}:{}", invocation.integer("port").unwrap_or(8001))
    } else {
        socket.to_owned()
    };
    let proxy = Change {
        operation: Operation::Connect,
        resource: PROXIES.clone(),
        subresource: String::new(),
        namespace: String::new(),
        name,
        cause: Cause::Named,
        count: 1,
        before: Before::Missing,
        effect: Effect::Unsent,
    };
    vec![proxy].into()
}

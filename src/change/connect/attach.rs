//! `attach`: joining what a container runs.
//!
//! Source: kubectl `pkg/cmd/attach/attach.go`.

use serde_json::{Value, json};

use super::connection;
use super::target::{Aim, NoPod, POD};
use crate::change::account::{self, Account, Read};
use crate::change::expansion::Expansion;
use crate::change::interest::Interest;
use crate::change::{Cause, Change, Object, Operation};
use crate::cluster::fields::{text, truth};
use crate::cluster::known;
use crate::cluster::pod::{container, is_finished};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// How the change of `attach` is found out.
pub const ACCOUNT: Account = Account {
    changes: "CONNECT to `attach` of one pod.",
    reads: &[POD, Read::TYPES],
    exceptions: &[account::WAITS],
};

/// What `attach` asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
) -> Expansion {
    let word = match invocation.arguments() {
        [word] => word.clone(),
        [kind, name] if !name.contains('/') => format!("{kind}/{name}"),
        // Above two kubectl refuses them; of `TYPE TYPE/NAME` it takes the second.
        [_, pair] => pair.clone(),
        _ => return Expansion::KubectlStops,
    };
    if !interest.in_(Operation::Connect, &known::PODS, "attach", None) {
        return Expansion::nothing();
    }
    match change(&word, invocation, reader).await {
        Ok(change) => vec![change].into(),
        Err(none) => none.into(),
    }
}

async fn change(word: &str, invocation: &Invocation, reader: &Reader) -> Result<Change, NoPod> {
    let pod = Aim::read(word, reader).await?.pod(reader).await?;
    let name = invocation.text("container").unwrap_or_default();
    if is_finished(&pod) || container(&pod, name).is_none() {
        return Err(NoPod::KubectlStops);
    }
    let stdin = invocation.truth("stdin");
    Ok(attachment(pod, name, Cause::Named, stdin))
}

/// The connection of `attach`, `run -i` and `debug -i` to a container of this pod; with an empty name, to the one that kubectl
/// takes. The pod may still have to be made.
#[must_use]
pub fn attachment(pod: Object, container_name: &str, cause: Cause, stdin: bool) -> Change {
    let container = container(&pod, container_name).unwrap_or(&Value::Null);
    // A container with a terminal is always joined with one.
    let tty = stdin && truth(container, "/tty");
    let options = json!({
        "apiVersion": "v1",
        "kind": "PodAttachOptions",
        "container": text(container, "/name"),
        "stdin": stdin,
        "stdout": true,
        "stderr": !tty,
        "tty": tty,
    });
    connection("attach", pod, cause, options)
}

//! `delete`: one DELETE per object, in order, continuing after errors.
//!
//! Source: `k8s.io/kubectl/pkg/cmd/delete/delete.go`.

use super::account::{self, Account, Read};
use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::{Objects, Reached, Search};
use super::targets::{All, Words};
use super::{Change, DeleteOptions, Effect, Operation, cascade, raw};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// How the changes of `delete` are found out.
pub const ACCOUNT: Account = Account {
    changes: "DELETE of each object; with `--raw`, of the path. What the server then deletes is listed as cascaded: what is in a \
              namespace, the objects of a definition, and in a plan what a workload owns.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read::SELECTED,
        Read {
            what: "What is in a namespace that goes: one count for each kind (in a plan of all namespaced kinds, else of those that a \
                   rule could look at), and the objects of those kinds",
            requests: "2, 1 for each kind, and 1 for each 500 objects that a rule could look at; more than 500 of a kind are only counted",
        },
        Read {
            what: "The objects of a definition that goes",
            requests: "2 to 4",
        },
        Read {
            what: "In a plan: what a workload that goes owns",
            requests: "2 or 3",
        },
    ],
    exceptions: &[account::MEANWHILE, account::NO_OBJECT],
};

/// What `delete` asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let Some(options) = read_options(invocation) else {
        return Expansion::KubectlStops;
    };
    if let Some(uri) = invocation.text("raw").filter(|uri| !uri.is_empty()) {
        return raw::expand(uri, invocation, reader, interest, input).await;
    }
    if !matches!(invocation.text("output"), None | Some("" | "name")) {
        return Expansion::KubectlStops;
    }
    let search = Search {
        words: Words::read(invocation, invocation.arguments(), All::Selector, reader),
        // `--all` and `--field-selector` do nothing beside files.
        files: FileFlags::of(invocation),
        labels_of: LabelsOf::Document,
        operation: Operation::Delete,
        subresource: "",
    };
    let Objects {
        found, mut unknown, ..
    } = match search.run(reader, interest, input).await {
        Ok(objects) => objects,
        Err(stop) => return stop.into(),
    };
    let changes = found
        .into_iter()
        .map(|reached| gone(reached, &options))
        .collect();
    let changes = cascade::follow(changes, reader, interest, &mut unknown).await;
    Expansion::Changes { changes, unknown }
}

/// One DELETE of one object.
pub(super) fn gone(reached: Reached, options: &DeleteOptions) -> Change {
    reached.change(Operation::Delete, "", Effect::Gone(options.clone()))
}

/// The options that every request carries; `None` when kubectl refuses the flags before its first request.
fn read_options(invocation: &Invocation) -> Option<DeleteOptions> {
    let force = invocation.truth("force");
    let mut grace = invocation.integer("grace-period").unwrap_or(-1);
    if invocation.truth("now") {
        if grace != -1 {
            return None;
        }
        grace = 1;
    }
    if grace == 0 && !force {
        grace = 1;
    }
    if grace < 0 && force {
        grace = 0;
    }
    let selects = |flag| invocation.text(flag).is_some_and(|text| !text.is_empty());
    let contradicts = grace > 0 && force
        || invocation.truth("all") && (selects("selector") || selects("field-selector"));
    (!contradicts).then_some(DeleteOptions {
        grace_period: (grace >= 0).then_some(grace),
        propagation: Some(invocation.cascade().policy()),
    })
}

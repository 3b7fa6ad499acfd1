//! `delete`: one DELETE per object, in order, continuing after errors.
//!
//! Source: `k8s.io/kubectl/pkg/cmd/delete/delete.go`.

use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::{Objects, Reached, Search};
use super::targets::{All, Words};
use super::{Change, DeleteOptions, Effect, Operation, cascade, raw};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::{Cascade, Invocation};

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
    let propagation = match invocation.cascade() {
        Cascade::Background => "Background",
        Cascade::Foreground => "Foreground",
        Cascade::Orphan => "Orphan",
    };
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
        propagation: Some(propagation),
    })
}

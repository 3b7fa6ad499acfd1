//! `label` and `annotate`: which objects are meant.
//!
//! Source: kubectl `pkg/cmd/label/label.go`, `pkg/cmd/annotate/annotate.go`.

use super::account::{self, Account, Read};
use super::edit::Edit;
use super::edit::metadata::{Field, MetadataEdit, split};
use super::expansion::Expansion;
use super::files::{FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::objects::Search;
use super::targets::{All, Words};
use super::{Effect, Operation};
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// How the changes of `label` and `annotate` are found out.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of each object whose labels or annotations change. The new object is computed here, as kubectl computes it.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read::SELECTED,
        Read {
            what: "With `-f` and `-l`: each object of the files, for its live labels",
            requests: "1 for each object",
        },
    ],
    exceptions: &[account::MEANWHILE],
};

/// The changes of `label` or `annotate`.
pub async fn expand(
    field: Field,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let Some((resources, edit)) = read_edit(field, invocation) else {
        return Expansion::KubectlStops;
    };
    let search = Search {
        words: Words::read(invocation, &resources, All::WithoutNames, reader),
        files: FileFlags::of(invocation),
        labels_of: LabelsOf::Live,
        operation: Operation::Update,
        subresource: "",
    };
    let objects = match search.run(reader, interest, input).await {
        Ok(objects) => objects,
        Err(stop) => return stop.into(),
    };
    // Only a single resource may be held to a version.
    if edit.resource_version.is_some() && !objects.is_single {
        return Expansion::KubectlStops;
    }
    objects.changes(&search, &Effect::Edited(Edit::Metadata(edit)))
}

/// The words before the first change, and the edit; `None` where kubectl refuses the words before its first request.
fn read_edit(field: Field, invocation: &Invocation) -> Option<(Vec<String>, MetadataEdit)> {
    let words = split(invocation.arguments().iter().map(String::as_str)).ok()?;
    let mut edit = MetadataEdit::parse(field, &words.pairs).ok()?;
    let has_output = invocation
        .text("output")
        .is_some_and(|output| !output.is_empty());
    let has_selector = ["selector", "field-selector"]
        .iter()
        .any(|flag| invocation.text(flag).is_some_and(|text| !text.is_empty()));
    let is_list = invocation.truth("list");
    let contradicts = (is_list && has_output) || (invocation.truth("all") && has_selector);
    if contradicts || (words.pairs.is_empty() && !is_list) {
        return None;
    }
    edit.overwrite = invocation.truth("overwrite");
    edit.resource_version = invocation
        .text("resource-version")
        .filter(|version| !version.is_empty())
        .map(str::to_owned);
    edit.change_cause = invocation
        .truth("record")
        .then(|| format!("kubectl {}", invocation.words().join(" ")));
    Some((
        words.resources.into_iter().map(str::to_owned).collect(),
        edit,
    ))
}

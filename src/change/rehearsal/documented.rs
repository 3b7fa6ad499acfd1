//! Whether a dry run stays one with every server that it is sent to.
//!
//! The API server passes on what is written of an `APIService` with a server of its own, and one that knows no dry run takes it for
//! the real request. kubectl looks no more: up to 1.26 it refused a dry run of what does not list the query `dryRun`
//! (kubernetes/kubernetes#114294), since then it asks for `fieldValidation` alone (cli-runtime `resource/query_param_verifier_v3.go`).
//! What a server lists and does not do, nobody can see from here.

use std::collections::BTreeSet;

use futures::future::try_join_all;

use crate::change::{Change, Resource};
use crate::cluster::reader::Reader;
use crate::cluster::{Unread, builtin};

/// What is written: objects of this type, or this part of them.
pub type Address<'a> = (&'a Resource, &'a str);

/// What a dry run of these changes writes.
pub(super) fn written(changes: &[Change]) -> BTreeSet<Address<'_>> {
    let drafted = changes.iter().filter(|change| change.is_drafted());
    drafted
        .map(|change| (&change.resource, change.subresource.as_str()))
        .collect()
}

/// Asks for the documents of all that Kubernetes does not serve itself: one request for each group and version.
///
/// # Errors
/// When a document does not list the dry run, or cannot be read.
pub(super) async fn check(written: BTreeSet<Address<'_>>, reader: &Reader) -> Result<(), Unread> {
    let foreign = written.into_iter().filter(|it| !builtin::is_own(it.0));
    let checked = foreign.map(|(resource, subresource)| async move {
        let document = reader.openapi(resource).await?;
        if document.is_some_and(|it| it.lists_dry_run(resource, subresource)) {
            Ok(())
        } else {
            Err(Unread::NoDryRun(resource.to_string()))
        }
    });
    try_join_all(checked).await.map(drop)
}

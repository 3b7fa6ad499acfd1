//! `certificate approve` and `deny`: an UPDATE of the `approval` of each certificate signing request.
//!
//! Source: kubectl `pkg/cmd/certificates/certificates.go`. A request that has its answer already is sent again only with `--force`.

use super::account::{Account, Read};
use super::edit::Edit;
use super::expansion::Expansion;
use super::files::{self, FileFlags, Input, LabelsOf};
use super::resource::Scope;
use super::targets::{All, Stop, Words};
use super::{Before, Cause, Change, Effect, Operation, Resource};
use crate::cluster::reader::{Reader, is_path_segment};
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What};

const GROUP: &str = "certificates.k8s.io";
const PLURAL: &str = "certificatesigningrequests";
const REQUESTS: Resource = Resource::known(
    GROUP,
    "v1",
    PLURAL,
    "CertificateSigningRequest",
    Scope::Cluster,
);

/// The answer to a request. Source: `k8s.io/api/certificates/v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is signed.
    Approved,
    /// It is not.
    Denied,
}

/// What the reference page says of both.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of the `approval` of each request that has no answer yet (`--force`: of each).",
    reads: &[Read::FILES],
    exceptions: &[],
};

/// The changes of `certificate approve` or `deny`.
pub async fn expand(
    answer: Answer,
    invocation: &Invocation,
    reader: &Reader,
    input: &Input<'_>,
) -> Expansion {
    let edit = Edit::Approval {
        answer,
        force: invocation.truth("force"),
    };
    let flags = FileFlags::of(invocation);
    let words = invocation.arguments();
    let mut unknown: Vec<Unknown> = Vec::new();
    let requests: Vec<(String, Cause)> = if flags.are_given() {
        let builder = Words::read(invocation, words, All::No, reader);
        match files::find(&flags, &builder, LabelsOf::Document, reader, input).await {
            Ok(found) => {
                unknown = found.unknown;
                let objects = found.objects.into_iter();
                objects
                    .filter(|it| it.resource.is(GROUP, PLURAL))
                    .map(|it| (it.name, Cause::File))
                    .collect()
            }
            Err(Stop::Kubectl) => return Expansion::KubectlStops,
            Err(Stop::Unread { word, why }) => return Expansion::unread(What::Type(word), &why),
        }
    } else if words.is_empty() {
        return Expansion::KubectlStops;
    } else {
        let mut named = Vec::new();
        for word in words {
            let name = match word.split_once('/') {
                None => word,
                Some((kind, name)) => match reader.resolve_one(kind).await {
                    Ok(resource) if resource.is(GROUP, PLURAL) => name,
                    // kubectl finds something else there, and refuses it.
                    Ok(_) => continue,
                    Err(why) => return Expansion::unresolved(kind, why),
                },
            };
            named.push((name.to_owned(), Cause::Named));
        }
        named
    };
    let changes = requests
        .into_iter()
        .filter(|(name, _)| is_path_segment(name))
        .map(|(name, cause)| Change {
            operation: Operation::Update,
            resource: REQUESTS,
            subresource: "approval".to_owned(),
            namespace: String::new(),
            name,
            cause,
            count: 1,
            before: Before::Unread,
            effect: Effect::Edited(edit.clone()),
        })
        .collect();
    Expansion::Changes { changes, unknown }
}

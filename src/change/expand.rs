//! Each guarded verb to its family.

use super::account::Account;
use super::certificate::{self, Answer};
use super::edit::{Edit, Field};
use super::expansion::Expansion;
use super::files::Input;
use super::interest::Interest;
use super::manifest::{self, Purpose};
use super::raw::{self, write::Method};
use super::{awaited, delete, metadata, node};
use crate::cluster::reader::Reader;
use crate::kubectl::editor::Editing;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;

/// What a command asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    if invocation.writes_nothing() {
        return Expansion::nothing();
    }
    let raw = invocation.text_if_any("raw").filter(|uri| !uri.is_empty());
    let written = |purpose| manifest::expand(purpose, invocation, reader, interest, input);
    let opened = |editing| awaited::expand(editing, invocation, reader, interest, input);
    match invocation.verb() {
        Verb::Delete => delete::expand(invocation, reader, interest, input).await,
        Verb::Drain => node::drain::expand(invocation, reader).await,
        Verb::Cordon => node::expand_cordon(invocation, reader, Edit::Cordon).await,
        Verb::Uncordon => node::expand_cordon(invocation, reader, Edit::Uncordon).await,
        Verb::Taint => node::expand_taint(invocation, reader).await,
        Verb::Create if invocation.truth("edit") => opened(Editing::New).await,
        Verb::Create => match raw {
            Some(uri) => raw::write::expand(Method::Post, uri, invocation, reader, input).await,
            None => written(Purpose::Create).await,
        },
        Verb::Apply => written(Purpose::Apply).await,
        Verb::Replace => match raw {
            Some(uri) => raw::write::expand(Method::Put, uri, invocation, reader, input).await,
            None => written(Purpose::Replace).await,
        },
        Verb::Approve => certificate::expand(Answer::Approved, invocation, reader, input).await,
        Verb::Deny => certificate::expand(Answer::Denied, invocation, reader, input).await,
        Verb::SetLastApplied => written(Purpose::SetLastApplied).await,
        Verb::Reconcile => written(Purpose::Reconcile).await,
        Verb::Label => metadata::expand(Field::Labels, invocation, reader, interest, input).await,
        Verb::Annotate => {
            metadata::expand(Field::Annotations, invocation, reader, interest, input).await
        }
        Verb::Edit => opened(Editing::Live).await,
        Verb::EditLastApplied => opened(Editing::LastApplied).await,
    }
}

/// What the reference page says of each guarded verb.
#[must_use]
pub const fn account(verb: Verb) -> &'static Account {
    match verb {
        Verb::Delete => &delete::ACCOUNT,
        Verb::Drain => &node::drain::ACCOUNT,
        Verb::Cordon => &node::CORDON,
        Verb::Uncordon => &node::UNCORDON,
        Verb::Taint => &node::TAINT,
        Verb::Label | Verb::Annotate => &metadata::ACCOUNT,
        Verb::Create => &manifest::CREATE,
        Verb::Apply => &manifest::APPLY,
        Verb::Replace => &manifest::REPLACE,
        Verb::SetLastApplied => &manifest::SET_LAST_APPLIED,
        Verb::Reconcile => &manifest::RECONCILE,
        Verb::Approve | Verb::Deny => &certificate::ACCOUNT,
        Verb::Edit => &awaited::EDIT,
        Verb::EditLastApplied => &awaited::EDIT_LAST_APPLIED,
    }
}

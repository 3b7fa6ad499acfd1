//! Each guarded verb to its family.

use super::account::Account;
use super::edit::{Edit, Field};
use super::expansion::Expansion;
use super::files::Input;
use super::interest::Interest;
use super::{delete, metadata, node};
use crate::cluster::reader::Reader;
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
    match invocation.verb() {
        Verb::Delete => delete::expand(invocation, reader, interest, input).await,
        Verb::Drain => node::drain::expand(invocation, reader).await,
        Verb::Cordon => node::expand_cordon(invocation, reader, Edit::Cordon).await,
        Verb::Uncordon => node::expand_cordon(invocation, reader, Edit::Uncordon).await,
        Verb::Taint => node::expand_taint(invocation, reader).await,
        Verb::Label => metadata::expand(Field::Labels, invocation, reader, interest, input).await,
        Verb::Annotate => {
            metadata::expand(Field::Annotations, invocation, reader, interest, input).await
        }
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
    }
}

//! Each guarded verb to its family.

use super::edit::{Edit, Field};
use super::expansion::Expansion;
use super::files::Input;
use super::interest::Interest;
use super::manifest::{self, Purpose};
use super::{connect, delete, metadata, node};
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
        Verb::Create => manifest::expand(Purpose::Create, invocation, reader, input).await,
        Verb::Apply => manifest::expand(Purpose::Apply, invocation, reader, input).await,
        Verb::Replace => manifest::expand(Purpose::Replace, invocation, reader, input).await,
        Verb::Exec => connect::exec::expand(invocation, reader, interest, input).await,
        Verb::Attach => connect::attach::expand(invocation, reader, interest).await,
        Verb::Cp => connect::copy::expand(invocation, reader, interest).await,
        Verb::Debug => connect::debug::expand(invocation, reader, input).await,
        Verb::PortForward => connect::port::expand_forward(invocation, reader, interest).await,
        Verb::Proxy => connect::port::expand_proxy(invocation),
        Verb::Label => metadata::expand(Field::Labels, invocation, reader, interest, input).await,
        Verb::Annotate => {
            metadata::expand(Field::Annotations, invocation, reader, interest, input).await
        }
    }
}

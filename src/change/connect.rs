//! `exec`, `attach`, `cp`, `debug`, `port-forward` and `proxy`: connections to pods and to the API server.
//!
//! kubectl reads the pod before it connects, so the pod is a change's object as it is now ([`Before::Found`]), though admission is
//! not shown it; what is sent are the options of the connection, such as `PodExecOptions`.

pub mod attach;
mod choice;
pub mod copy;
pub mod debug;
pub mod exec;
pub mod port;
mod target;

use std::sync::Arc;

use serde_json::Value;

use super::{Before, Cause, Change, Effect, Object, Operation};
use crate::cluster::fields::{name, namespace};
use crate::cluster::known;

/// A connection to a subresource of a pod.
fn connection(subresource: &str, pod: Object, cause: Cause, options: Value) -> Change {
    Change {
        operation: Operation::Connect,
        resource: known::PODS.clone(),
        subresource: subresource.to_owned(),
        namespace: namespace(&pod).to_owned(),
        name: name(&pod).to_owned(),
        cause,
        count: 1,
        before: Before::Found(pod),
        effect: Effect::Sent(Arc::new(options)),
    }
}

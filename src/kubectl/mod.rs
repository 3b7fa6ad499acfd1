//! What kubectl is: its command line, and nothing yet about any cluster.

pub mod flags;
pub mod invocation;
pub mod kuberc;
pub mod own_flags;
pub mod plugin;

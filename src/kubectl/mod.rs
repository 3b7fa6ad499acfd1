//! What kubectl is: its command line, and nothing yet about any cluster.

pub mod flags;
pub mod helper_run;
pub mod invocation;
pub mod kuberc;
pub mod own_flags;
pub mod plugin;
pub mod stdin;

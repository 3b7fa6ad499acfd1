//! What kubectl is: its command line, and the program that runs it. Nothing here knows a cluster.

pub mod copies;
pub mod descriptor;
pub mod editor;
pub mod flags;
pub mod inputs;
pub mod invocation;
pub mod kuberc;
pub mod own_flags;
pub mod plugin;
pub mod program;
pub mod stdin;
pub mod version;

//! A real control plane and its people: what every integration test stands on.
//!
//! A test takes a plane ([`ControlPlane::shared`], or [`ControlPlane::alone`] when it changes what others
//! see), takes a user of its own from it, runs kubectl or kubectl-safe as this user ([`Run`]), and reads in
//! the audit log what the API server was really asked for ([`ControlPlane::writes`]).

mod audit;
mod binaries;
mod command;
mod control_plane;
mod etcd;
mod faulty;
mod fixture_cluster;
mod kubelet;
mod objects;
mod processes;
mod recorder;
mod relay;
mod rights;
mod screen;
mod servers;
mod signing_key;
mod terminal;
mod turns;
mod users;
mod webhook;

pub use audit::{Mark, Operation, Request, Write};
pub use binaries::{KUBERNETES_VERSION, binaries, kubectl_minor};
pub use command::{Output, Run, SAFE, exit_code, setsid};
pub use control_plane::{ControlPlane, Options};
pub use etcd::Frozen;
pub use faulty::{Fault, Faulty};
pub use recorder::{Recorder, write_program};
pub use relay::{Relay, Stand};
pub use terminal::{End, Terminal};
pub use turns::Turns;
pub use users::{Endpoint, TestUser};
pub use webhook::denying_dry_runs;

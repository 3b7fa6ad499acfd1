//! What a command in a container does: from its words to a list of [`Act`]s that the rules of the risk table can judge.
//!
//! ```text
//! words -> commands of the shell -> the programs that would run -> files, kernel parameters, namespaces
//!          lexer, syntax            follow, expansion, prefix      effect, place
//! ```
//!
//! The words are those behind `--` of `kubectl exec`, `debug` and `run`, or `command` and `args` of a container. They are read as a POSIX shell
//! (with what bash adds) would read them: quotes, variables, substitutions, here-documents, pipes, functions; through programs that run
//! other programs (`sh -c`, `env`, `xargs`, `chroot`, `nsenter`, …). A path becomes a path of the host by the container's own mounts, never by its
//! name. Which acts are dangerous is not known here: that stands in the table.
//!
//! # What a text cannot tell
//!
//! Nothing is run and no file is read, so these are out of sight, and the first three are marked:
//!
//! - **Programs in another language, or in a file**: `python -c`, `perl -e`, `./install.sh`, `source x`, what a download or `base64 -d` is piped into
//!   `sh`. [`Act::opaque`].
//! - **What a person types**: an interactive shell. [`Act::interactive`].
//! - **Values that come from outside the words**: variables of the image or the pod, the output of programs, which files a pattern matches. The word
//!   keeps its source (`$DIR`). [`Act::uncertain`].
//! - **Whether a command is reached at all**: all branches, `&&` and `||` count, and a loop over unknown items runs once.
//! - **What the files really are**: a link on the disk that leads elsewhere, `rm` that is another program, `bash` that reads `~/.bashrc` first.
//! - **Remote ends**: a daemon that is asked over a socket (`docker`, `systemctl` through a mounted bus, `curl` to an API).
//! - **Programs whose ways are not known**: their paths are only [`Use::Named`].
//!
//! A person who wants to hide something from this will. It is a seat belt for somebody who does not know what a command does to the node.

mod act;
mod effect;
mod expansion;
mod follow;
mod lexer;
mod looking;
mod options;
mod place;
mod prefix;
mod syntax;
#[cfg(test)]
mod tests;

pub use act::{Act, Namespace, PathUse, Sysctl, Use};

/// A directory of the host in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it is in the container; absolute.
    pub path: String,
    /// Where it is on the host, `subPath` included; absolute.
    pub host: String,
    /// Whether the container may only read it.
    pub read_only: bool,
}

/// What the container can reach of its host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// The hostPath volumes that the container mounts.
    pub mounts: Vec<Mount>,
    /// Whether process 1 of the host can be entered: `hostPID` with `privileged` or `CAP_SYS_ADMIN`. Then `nsenter -t 1` leads to the host, and
    /// `/proc/1/root` is its root directory. Without `hostPID`, process 1 is the container's own.
    pub enters_host: bool,
    /// The host's namespaces that the container starts in (`hostNetwork`, `hostPID`, `hostIPC`).
    pub namespaces: Vec<Namespace>,
    /// The working directory; `/` when empty.
    pub directory: String,
    /// Paths of the host that the caller's rules name. One that a pattern (`/etc/kube*`), a word that is not known (`/etc/$X`) or a whole tree (`rm -r /etc`) reaches is listed
    /// among [`Act::paths`] under its own name, so that rules need neither globs nor parents.
    pub landmarks: Vec<String>,
}

impl View {
    /// The container that `kubectl debug node/NAME` makes: the host's files at `/host`, and its network, processes and IPC.
    ///
    /// Entering process 1 takes a privileged profile (`sysadmin`) or custom container settings; it counts as possible whatever the profile is.
    /// Source: kubectl `pkg/cmd/debug/profiles.go` and `debug.go` (`generateNodeDebugPod`).
    #[must_use]
    pub fn node_debug() -> Self {
        Self {
            mounts: vec![Mount {
                path: "/host".into(),
                host: "/".into(),
                read_only: false,
            }],
            enters_host: true,
            namespaces: vec![Namespace::Net, Namespace::Pid, Namespace::Ipc],
            ..Self::default()
        }
    }
}

/// Reads the words of a command as the container would run them.
///
/// Never fails: what cannot be read is an act with [`Act::opaque`]. No words at all mean the image's own command, which in a terminal is a shell:
/// an act with [`Act::interactive`].
#[must_use]
pub fn read(words: &[impl AsRef<str>], view: &View) -> Vec<Act> {
    let mut acts = follow::follow(words.iter().map(AsRef::as_ref), view);
    for act in &mut acts {
        act.looks &= looking::looks(act, view);
    }
    acts
}

//! What a command line does, as rules read it.

use serde::Serialize;

/// One simple command, as it would be run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a name that rules ask for by itself"
)]
pub struct Act {
    /// The last part of the program's path, such as `rm` or `mkfs.ext4`; empty when there is none (`> file`) or when it is not known.
    pub program: String,
    /// The arguments after quotes, variables and braces; what is not known keeps its source, such as `$DIR`.
    pub words: Vec<String>,
    /// The command on one line, for messages.
    pub text: String,
    /// The files that it touches.
    pub paths: Vec<PathUse>,
    /// The kernel parameters that it sets.
    pub sysctls: Vec<Sysctl>,
    /// The host's namespaces that it runs in.
    pub host_namespaces: Vec<Namespace>,
    /// The host's directory that it sees as `/`; empty for the container's own files.
    pub root: String,
    /// Whether it is a shell, or another program that takes commands, with a person at its keyboard.
    pub interactive: bool,
    /// Whether it runs a program text that was not read: a script in a file, a download, Python.
    pub opaque: bool,
    /// Whether a word is not known, or how often and on which files it runs.
    pub uncertain: bool,
    /// Whether it is known to do nothing but look, or work on the container's own files (`src/shell/looking/table.rs`).
    pub looks: bool,
}

/// A file or directory, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PathUse {
    /// Absolute and without `.` and `..`, as the container sees it (as the host sees it when [`Act::host_namespaces`] has its mounts).
    pub path: String,
    /// The same on the host; empty when it is in no mount of the host.
    pub host: String,
    /// What happens.
    #[serde(rename = "use")]
    pub usage: Use,
    /// Whether it happens to everything below as well.
    pub tree: bool,
    /// Whether the mount is read-only, so that the kernel refuses what writes.
    pub read_only: bool,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// It is read, or listed.
    Read,
    /// It is made, filled, changed, or put in another's place; its owner or mode changes.
    Write,
    /// It is deleted, or moved away.
    Remove,
    /// Something is mounted on it.
    Mount,
    /// What is mounted on it is taken away.
    Unmount,
    /// It is run.
    Execute,
    /// A program whose ways are not known here names it.
    Named,
}

/// A kernel parameter and its new value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sysctl {
    /// With dots, such as `net.ipv4.ip_forward`; empty when they come from a file that is not read.
    pub key: String,
    /// Blanks are single; empty when it is not known.
    pub value: String,
}

/// A kind of namespace of the kernel.
///
/// Source: namespaces(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Namespace {
    /// The host's files (`-m`).
    Mount,
    /// The host's network (`-n`, `hostNetwork`).
    Net,
    /// The host's processes (`-p`, `hostPID`).
    Pid,
    /// The host's shared memory and queues (`-i`, `hostIPC`).
    Ipc,
    /// The host's name (`-u`).
    Uts,
    /// The host's view of control groups (`-C`).
    Cgroup,
}

impl Namespace {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Mount,
        Self::Net,
        Self::Pid,
        Self::Ipc,
        Self::Uts,
        Self::Cgroup,
    ];
}

//! `cp`: files into a container or out of it, by `tar` there.
//!
//! Source: kubectl `pkg/cmd/cp/{cp,filespec}.go`.

use std::path::Path;

use super::connection;
use super::exec::options;
use super::target::{Aim, NoPod, POD};
use crate::change::account::Account;
use crate::change::expansion::Expansion;
use crate::change::interest::Interest;
use crate::change::{Cause, Change, Operation};
use crate::cluster::fields::text;
use crate::cluster::known;
use crate::cluster::pod::{container, is_finished};
use crate::cluster::reader::Reader;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;

/// How the change of `cp` is found out.
pub const ACCOUNT: Account = Account {
    changes: "CONNECT to `exec` of the pod, for `tar` there.",
    reads: &[POD],
    exceptions: &[
        "A copy into a container connects twice: first to ask whether the destination is a directory.",
    ],
};

/// What `cp` asks the server for. A copy into a container asks first whether the destination is a directory, with a command that
/// changes nothing; both are one connection here, the one that writes.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
) -> Expansion {
    let Some(transfer) = Transfer::read(invocation) else {
        return Expansion::KubectlStops;
    };
    if !interest.in_(Operation::Connect, &known::PODS, "exec", None) {
        return Expansion::nothing();
    }
    match transfer.change(invocation, reader).await {
        Ok(change) => vec![change].into(),
        Err(none) => none.into(),
    }
}

/// What is written in a container by a copy into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Where the file or directory ends up: at the destination, or inside it if that is a directory.
    pub places: [String; 2],
    /// Whether it is a directory.
    pub is_tree: bool,
}

impl Delivery {
    /// What a command delivers; nothing when it is not a copy into a container.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Option<Self> {
        if invocation.verb() != Verb::Cp {
            return None;
        }
        match Transfer::read(invocation)? {
            Transfer::In { delivery, .. } => Some(delivery),
            Transfer::Out { .. } => None,
        }
    }
}

/// Which way the files go.
#[derive(Debug)]
enum Transfer {
    In { pod: Remote, delivery: Delivery },
    Out { pod: Remote },
}

impl Transfer {
    /// `None` where kubectl refuses the words, or there is nothing to copy.
    fn read(invocation: &Invocation) -> Option<Self> {
        let [source, destination] = invocation.arguments() else {
            return None;
        };
        match (Side::read(source)?, Side::read(destination)?) {
            (Side::Remote(pod), Side::Local(_)) => Some(Self::Out { pod }),
            (Side::Local(file), Side::Remote(pod)) => {
                let metadata = Path::new(&file).metadata().ok()?;
                let delivery = Delivery {
                    places: [pod.path.clone(), format!("{}/{}", pod.path, base(&file))],
                    is_tree: metadata.is_dir(),
                };
                Some(Self::In { pod, delivery })
            }
            _ => None,
        }
    }

    async fn change(self, invocation: &Invocation, reader: &Reader) -> Result<Change, NoPod> {
        let (remote, stdin) = match &self {
            Self::In { pod, .. } => (pod, true),
            Self::Out { pod } => (pod, false),
        };
        let namespace = match remote.namespace.as_str() {
            "" => &reader.place().namespace,
            namespace => namespace,
        };
        let aim = Aim {
            resource: known::PODS.clone(),
            namespace: namespace.to_owned(),
            name: remote.pod.clone(),
            cause: Cause::Named,
        };
        let pod = aim.object(reader).await?;
        let name = invocation.text("container").unwrap_or_default();
        let container = container(&pod, name).map(|it| text(it, "/name").to_owned());
        let container = container
            .filter(|_| !is_finished(&pod))
            .ok_or(NoPod::KubectlStops)?;
        let command = self.command(invocation);
        let options = options(&container, &command, stdin, false);
        Ok(connection("exec", pod, Cause::Named, options))
    }

    /// What runs in the container.
    fn command(&self, invocation: &Invocation) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        match self {
            Self::In { pod, .. } => {
                let directory = parent(&pod.path);
                if invocation.truth("no-preserve") {
                    let flags = ["--no-same-permissions", "--no-same-owner"];
                    words(&["tar", flags[0], flags[1], "-xmf", "-", "-C", directory])
                } else {
                    words(&["tar", "-xmf", "-", "-C", directory])
                }
            }
            Self::Out { pod } if invocation.integer("retries").unwrap_or_default() == 0 => {
                words(&["tar", "cf", "-", &pod.path])
            }
            Self::Out { pod } => {
                let path = pod.path.replace('\'', r"'\''");
                words(&["sh", "-c", &format!("tar cf - '{path}' | tail -c+0")])
            }
        }
    }
}

/// `[[NAMESPACE/]POD:]PATH`
#[derive(Debug)]
enum Side {
    Local(String),
    Remote(Remote),
}

#[derive(Debug)]
struct Remote {
    /// Empty where none is given.
    namespace: String,
    pod: String,
    path: String,
}

impl Side {
    /// `None` where kubectl refuses it.
    fn read(word: &str) -> Option<Self> {
        let Some((place, path)) = word.split_once(':') else {
            return (!word.is_empty()).then(|| Self::Local(without_slash(word).to_owned()));
        };
        let (namespace, pod) = place.split_once('/').unwrap_or(("", place));
        let is_refused = pod.is_empty() || pod.contains('/') || path.is_empty();
        (!is_refused).then(|| {
            Self::Remote(Remote {
                namespace: namespace.to_owned(),
                pod: pod.to_owned(),
                path: without_slash(path).replace('\\', "/"),
            })
        })
    }
}

fn without_slash(path: &str) -> &str {
    match path.strip_suffix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => path,
    }
}

/// Go's `path.Base`, of a path that is not empty.
fn base(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or_default()
}

/// Go's `path.Dir`, but for `.` and `..` in the middle.
fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        None => ".",
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_makes_a_side_remote() {
        let remote = |word| match Side::read(word) {
            Some(Side::Remote(it)) => Some((it.namespace, it.pod, it.path)),
            _ => None,
        };
        let is = |namespace: &str, pod: &str, path: &str| {
            Some((namespace.to_owned(), pod.to_owned(), path.to_owned()))
        };
        assert_eq!(remote("shop/web:/tmp/"), is("shop", "web", "/tmp"));
        assert_eq!(remote("web:a:b"), is("", "web", "a:b"));
        assert_eq!(remote(r"web:tmp\x"), is("", "web", "tmp/x"));
        assert!(matches!(Side::read("./a"), Some(Side::Local(_))));
        for refused in [":/tmp", "a/b/c:/tmp", "web:", "shop/:/tmp", ""] {
            assert!(Side::read(refused).is_none(), "{refused}");
        }
    }

    #[test]
    fn a_file_ends_up_at_the_destination_or_in_it() {
        assert_eq!(base("/etc/kubernetes/"), "kubernetes");
        assert_eq!(base("a"), "a");
        assert_eq!(parent("/host/etc/x"), "/host/etc");
        assert_eq!(parent("/x"), "/");
        assert_eq!(parent("x"), ".");
    }
}

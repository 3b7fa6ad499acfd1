//! Other roots and namespaces: `chroot`, `nsenter`, `unshare`, `ip netns exec`.

use crate::shell::act::Namespace;
use crate::shell::expansion::Field;
use crate::shell::follow::{Follower, Output};
use crate::shell::options::Spec;

impl Follower<'_> {
    pub(super) fn chroot(&mut self, words: &[Field]) -> Output {
        let options = Spec {
            short: "u:g:G:",
            long: &["userspec", "groups"],
        }
        .read_prefix(words);
        let Some((directory, command)) = options.operands.split_first() else {
            return Output::Unknown;
        };
        self.child(|follower| {
            follower.state.place.enter_root(directory, follower.view);
            follower.run_or_shell(command)
        })
    }

    /// `nsenter`: into the namespaces of a process, which is the host's when it is process 1 of a container that sees the host's processes.
    pub(super) fn nsenter(&mut self, words: &[Field]) -> Output {
        let options = Spec {
            short: "t:m::u::i::n::p::C::U::T::S:G:r::w::W:N:",
            long: &["target", "setuid", "setgid", "wdns"],
        }
        .read_prefix(words);
        let target = options
            .value('t', "target")
            .map(|target| target.text.clone());
        // Any other process may be the host's too: nothing here can tell.
        let is_host_target = target.is_some() && self.view.enters_host;
        let is_guess = target.as_deref().is_some_and(|target| target != "1");
        let is_all = options.has('a', "all");
        let entered: Vec<Namespace> = NSENTER
            .into_iter()
            .filter(|(_, letter, long)| {
                let file = options.value(*letter, long);
                match file {
                    Some(file) => self.is_of_process_one(file),
                    None => is_host_target && (is_all || options.has(*letter, long)),
                }
            })
            .map(|(namespace, ..)| namespace)
            .collect();
        let has_root =
            is_host_target && options.has('r', "root") && options.value('r', "root").is_none();
        self.child(|follower| {
            follower.state.is_uncertain |= is_guess;
            if entered.contains(&Namespace::Mount) || has_root {
                follower.state.place.enter_host();
            }
            if let Some(root) = options.value('r', "root") {
                follower.state.place.enter_root(root, follower.view);
            }
            if let Some(directory) = options.value('w', "wd") {
                follower.state.place.enter(directory);
            }
            follower.state.namespaces.extend(entered);
            follower.run_or_shell(&options.operands)
        })
    }

    /// Whether a file is a namespace of the host's process 1.
    pub(super) fn is_of_process_one(&self, file: &Field) -> bool {
        let located = self.state.place.locate(file, self.view, true);
        located.host.starts_with("/proc/1/ns/")
            || (self.view.enters_host && located.path.starts_with("/proc/1/ns/"))
    }

    pub(super) fn unshare(&mut self, words: &[Field]) -> Output {
        let options = Spec {
            short: "S:G:R:w:l:",
            long: &[
                "setuid",
                "setgid",
                "root",
                "wd",
                "propagation",
                "load-interp",
            ],
        }
        .read_prefix(words);
        self.child(|follower| {
            // A new mount namespace still has the same files.
            for (namespace, letter, long) in NSENTER {
                if namespace != Namespace::Mount && options.has(letter, long) {
                    follower.state.namespaces.remove(&namespace);
                }
            }
            if let Some(root) = options.value('R', "root") {
                follower.state.place.enter_root(root, follower.view);
            }
            follower.run_or_shell(&options.operands)
        })
    }

    /// `ip netns exec NAME COMMAND`
    pub(super) fn ip(&mut self, words: &[Field]) -> Option<Output> {
        let words: Vec<Field> = words
            .iter()
            .skip_while(|word| word.text.starts_with('-'))
            .cloned()
            .collect();
        match words.as_slice() {
            [object, verb, _, command @ ..]
                if "netns".starts_with(&object.text)
                    && object.text.len() > 3
                    && verb.text == "exec" =>
            {
                Some(self.child(|follower| {
                    follower.state.namespaces.remove(&Namespace::Net);
                    follower.run(command)
                }))
            }
            _ => None,
        }
    }
}

/// The namespaces, with nsenter's and unshare's options for them.
const NSENTER: [(Namespace, char, &str); 6] = [
    (Namespace::Mount, 'm', "mount"),
    (Namespace::Net, 'n', "net"),
    (Namespace::Pid, 'p', "pid"),
    (Namespace::Ipc, 'i', "ipc"),
    (Namespace::Uts, 'u', "uts"),
    (Namespace::Cgroup, 'C', "cgroup"),
];

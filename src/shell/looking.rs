//! Whether an act only looks: decided by a table of known readers, so that what is not in it is not known to be harmless.
//!
//! `cat /host/etc/fstab` looks; `frobnicate` and `ip addr flush dev eth0` do not. A command that writes may do so in the container's own files
//! (`rm -rf /tmp/x`), which the node does not have.

mod programs;
mod sed;
mod table;

use self::table::{TABLE, Ways};
use super::View;
use super::act::{Act, PathUse, Use};

/// Whether all that this act does is to look, or to work on the container's own files.
pub(super) fn looks(act: &Act, view: &View) -> bool {
    if act.opaque || act.interactive || !act.sysctls.is_empty() {
        return false;
    }
    if !act.paths.iter().all(|path| is_harmless(path, view)) {
        return false;
    }
    // A redirection alone: its files are all that it does.
    if act.program.is_empty() {
        return !act.paths.is_empty() && !act.uncertain;
    }
    let words: Vec<&str> = act.words.iter().map(String::as_str).collect();
    TABLE
        .iter()
        .filter(|(names, _)| names.split(' ').any(|name| name == act.program))
        .any(|(_, ways)| allows(ways, &words, act.uncertain))
}

/// `uncertain`: a word is not known, or words are missing behind these.
fn allows(ways: &Ways, words: &[&str], uncertain: bool) -> bool {
    match ways {
        Ways::Any => true,
        Ways::Certain => !uncertain,
        Ways::Without(options) => {
            !uncertain && !words.iter().any(|word| is_option_of(word, options))
        }
        Ways::Only(options) => {
            !uncertain
                && words
                    .iter()
                    .all(|word| is_operand(word) || is_only_of(word, options))
        }
        Ways::OnlyWithoutOperands(options) => {
            !uncertain && words.iter().all(|word| is_only_of(word, options))
        }
        Ways::Verbs(valued, phrases) => has_phrase(words, valued, phrases, uncertain),
        Ways::Check(check) => !uncertain && check(words),
    }
}

fn is_operand(word: &str) -> bool {
    word == "-" || !word.starts_with('-')
}

/// Whether a word has one of these options: `-x` also in a cluster (`-nx`), `--name` also cut short (`--na`).
fn is_option_of(word: &str, options: &str) -> bool {
    options.split(' ').any(|option| {
        if let Some(long) = option.strip_prefix("--") {
            word.strip_prefix("--").is_some_and(|said| {
                let said = said.split('=').next().unwrap_or_default();
                !said.is_empty() && long.starts_with(said)
            })
        } else if option.len() == 2 {
            !word.starts_with("--") && word.starts_with('-') && word.contains(&option[1..])
        } else {
            word == option
        }
    })
}

/// Whether a word is made of these options and nothing else; a value may be joined by `=`.
fn is_only_of(word: &str, options: &str) -> bool {
    let said = word.split('=').next().unwrap_or_default();
    let mut known = options.split(' ');
    if known.clone().any(|option| option == said) {
        return true;
    }
    let letters = word.strip_prefix('-').unwrap_or_default();
    !letters.is_empty()
        && !letters.starts_with('-')
        && letters.chars().all(|letter| {
            known
                .clone()
                .any(|option| option.len() == 2 && option.ends_with(letter))
                || letter.is_ascii_digit()
        })
        && known.next().is_some()
}

/// Whether the words, but for options, start with a phrase such as `images ls`. A phrase that ends in `$` is all there is.
fn has_phrase(words: &[&str], valued: &str, phrases: &str, uncertain: bool) -> bool {
    let mut plain: Vec<&str> = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if is_operand(word) {
            plain.push(word);
        } else if valued.split(' ').any(|option| option == *word) {
            rest.next();
        }
    }
    phrases.split(", ").any(|phrase| {
        let (phrase, is_all) = match phrase.strip_suffix('$') {
            Some(phrase) => (phrase.trim_end(), true),
            None => (phrase, false),
        };
        let parts: Vec<&str> = phrase.split_whitespace().collect();
        plain.starts_with(&parts) && (!is_all || (plain.len() == parts.len() && !uncertain))
    })
}

/// Whether what happens to a file leaves the node as it is.
fn is_harmless(used: &PathUse, view: &View) -> bool {
    // Only to open it starts the count-down to a restart.
    if used.path.starts_with("/dev/watchdog") || used.host.starts_with("/dev/watchdog") {
        return false;
    }
    match used.usage {
        Use::Read | Use::Named => true,
        Use::Mount | Use::Unmount | Use::Execute => false,
        Use::Write | Use::Remove => used.read_only || (used.host.is_empty() && is_own(used, view)),
    }
}

/// Whether a path can only lead to the container's own files.
fn is_own(used: &PathUse, view: &View) -> bool {
    let path = used.path.as_str();
    if !path.starts_with('/') || path.contains(['$', '`']) {
        return false;
    }
    // What stands before the first pattern.
    let known = match path.find(['*', '?', '[']) {
        Some(at) => &path[..path[..at].rfind('/').unwrap_or(0)],
        None => path,
    };
    let is_in = |path: &str, directory: &str| {
        path.strip_prefix(directory.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_kernel = ["/proc", "/sys", "/dev"]
        .iter()
        .any(|kernel| is_in(path, kernel) || (used.tree && is_in(kernel, known)));
    let reaches = (used.tree || known.len() < path.len())
        && (known.is_empty() || view.mounts.iter().any(|mount| is_in(&mount.path, known)));
    !is_kernel && !reaches
}

#[cfg(test)]
mod tests {
    use crate::shell::{View, read};

    fn looks(script: &str) -> bool {
        read(&["sh", "-c", script], &View::node_debug())
            .iter()
            .all(|act| act.looks)
    }

    #[test]
    fn readers_look_and_what_is_not_known_does_not() {
        for script in [
            "cat /host/etc/fstab | grep -v '^#'",
            "chroot /host crictl ps -a",
            "for i in $(crictl ps -q); do crictl inspect $i; done",
            "echo x > /tmp/y; rm -rf /tmp/y",
            "sed -n '/error/,$p' /host/var/log/messages",
            "ip -br a; ip route get 1.1.1.1",
        ] {
            assert!(looks(script), "{script}");
        }
        for script in [
            "frobnicate",
            "chroot /host crictl rm 1",
            "echo x > /host/tmp/y",
            "rm -rf /h*/etc/x",
            "sed 'w /tmp/x' /etc/fstab",
            "ip a d 10.0.0.1/24 dev eth0",
            "cat list | xargs sysctl",
            "cat /dev/watchdog",
            "LD_PRELOAD=/tmp/x.so ls",
            "PATH=/tmp ls",
        ] {
            assert!(!looks(script), "{script}");
        }
    }
}

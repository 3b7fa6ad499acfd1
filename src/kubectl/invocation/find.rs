//! Which command the words name: the first of kubectl's two passes (cobra's `Find`, `stripFlags`, `argsMinusFirstX`).
//!
//! The search is crude: it knows only the flags of the level it is at, so at the root an unknown `--all` "takes" the next word.

use std::ffi::{OsStr, OsString};

use crate::kubectl::flags::{Command, ROOT, Verb};

/// How the word that named a command is taken out of the words before the flags are parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    /// cobra 1.6 (kubectl 1.27): the first equal word, even if it is a flag's value.
    FirstEqual,
    /// cobra 1.7 (kubectl 1.28) and later: the word that was found.
    Found,
}

/// A command that kuberc adds at the root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alias<'a> {
    pub(super) name: &'a str,
    pub(super) target: &'static Command,
}

/// Where the search ended.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// The command, or `None` for an unknown first word.
    pub(super) command: Option<&'static Command>,
    /// The words that named it, by position; they are no arguments.
    pub(super) named_by: Vec<usize>,
    /// The alias of kuberc itself was found, not one of its subcommands.
    pub(super) is_alias: bool,
    /// Flags that no level knew, and that "took" a word although a newer kubectl may know them as taking none.
    pub(super) strange: Vec<&'a OsStr>,
}

/// Finds the command among `words`.
pub(super) fn find<'a>(
    words: &'a [OsString],
    removal: Removal,
    alias: Option<Alias<'_>>,
) -> Found<'a> {
    let mut found = Found {
        command: Some(&ROOT),
        named_by: Vec::new(),
        is_alias: false,
        strange: Vec::new(),
    };
    let mut command = &ROOT;
    loop {
        let Some(position) = first_name(words, command, &mut found) else {
            return found;
        };
        let word = words[position].as_encoded_bytes();
        let at_root = command == &ROOT && found.named_by.is_empty();
        let child = match alias {
            Some(alias) if at_root && alias.name.as_bytes() == word => Some((alias.target, true)),
            _ => command.child(word).map(|child| (child, false)),
        };
        let Some((child, is_alias)) = child else {
            if at_root {
                found.command = None;
            }
            return found;
        };
        let removed = match removal {
            Removal::Found => position,
            Removal::FirstEqual => (0..words.len())
                .find(|at| !found.named_by.contains(at) && words[*at] == words[position])
                .unwrap_or(position),
        };
        found.named_by.push(removed);
        found.is_alias = is_alias;
        found.command = Some(child);
        command = child;
        // `children` of an alias of `kubectl` itself are the root's, so the search goes on below it.
        if command.children.is_empty() {
            return found;
        }
    }
}

/// The position of the first word that the level takes for a command's name.
fn first_name<'a>(words: &'a [OsString], level: &Command, found: &mut Found<'a>) -> Option<usize> {
    let left: Vec<usize> = (0..words.len())
        .filter(|at| !found.named_by.contains(at))
        .collect();
    let mut next = 0;
    while let Some(&at) = left.get(next) {
        next += 1;
        let word = words[at].as_encoded_bytes();
        if word == b"--" {
            return None;
        }
        if takes_next(word, level) {
            if left.len() - next <= 1 {
                return None;
            }
            next += 1;
            if !is_known(word, level) {
                found.strange.push(&words[at]);
            }
        } else if !word.is_empty() && !word.starts_with(b"-") {
            return Some(at);
        }
    }
    None
}

/// Does the search assume that this word is a flag whose value is the next word?
fn takes_next(word: &[u8], level: &Command) -> bool {
    if word.contains(&b'=') {
        return false;
    }
    let flag = match word {
        [b'-', b'-', name @ ..] => level.flag(name),
        [b'-', letter] => level.shorthand(*letter),
        _ => return false,
    };
    flag.is_none_or(|flag| flag.alone().is_none())
}

fn is_known(flag: &[u8], level: &Command) -> bool {
    match flag {
        [b'-', b'-', name @ ..] => level.flag(name).is_some(),
        [b'-', letter] => level.shorthand(*letter).is_some(),
        _ => false,
    }
}

/// Could `words` name a guarded verb if `strange`, a flag of a newer kubectl, takes no word after all?
pub(super) fn may_hide_a_verb(words: &[OsString], strange: &OsStr) -> bool {
    words.iter().any(|word| {
        Verb::ALL.iter().any(|verb| {
            let Some(command) = verb
                .path()
                .split(' ')
                .try_fold(&ROOT, |level, name| level.child(name.as_bytes()))
            else {
                return false;
            };
            // A flag that the verb has itself is no newcomer among the global ones.
            word == command.name() && !is_known(strange.as_encoded_bytes(), command)
        })
    })
}

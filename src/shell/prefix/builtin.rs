//! Builtins that change the shell itself.

use super::joined;
use crate::shell::effect::below;
use crate::shell::expansion::Field;
use crate::shell::follow::{Follower, Output, Stdin};
use crate::shell::options::Spec;

impl Follower<'_> {
    /// A builtin that changes this shell; `None` for any other name.
    pub(in crate::shell) fn builtin(&mut self, name: &str, words: &[Field]) -> Option<Output> {
        match name {
            ":" | "true" | "false" | "exit" | "return" | "break" | "continue" | "wait"
            | "umask" | "ulimit" | "shopt" | "bg" | "fg" | "jobs" | "hash" | "popd" | "dirs" => {}
            "pwd" => {
                let directory = self.state.place.directory().map(ToOwned::to_owned);
                return Some(directory.map_or(Output::Unknown, Output::Text));
            }
            "cd" | "pushd" => {
                let directory = words
                    .iter()
                    .find(|word| !matches!(word.text.as_str(), "-P" | "-L" | "-e" | "--"));
                let directory = match directory {
                    Some(word) if word.text == "-" => self
                        .state
                        .variables
                        .get("OLDPWD")
                        .cloned()
                        .unwrap_or_else(|| Field::unknown("$OLDPWD")),
                    Some(word) => word.clone(),
                    None => self
                        .state
                        .variables
                        .get("HOME")
                        .cloned()
                        .unwrap_or_else(|| Field::unknown("~")),
                };
                let old = self
                    .state
                    .place
                    .directory()
                    .map_or_else(|| Field::unknown("$OLDPWD"), Field::new);
                self.state.variables.insert("OLDPWD".into(), old);
                self.state.place.enter(&directory);
            }
            "export" | "declare" | "local" | "readonly" | "typeset" => {
                for word in words {
                    if let Some((name, value)) = word.text.split_once('=') {
                        self.state
                            .variables
                            .insert(name.to_owned(), word.with(value));
                    }
                }
            }
            "set" => match words {
                [first, rest @ ..] if first.text == "--" => self.set_positional(rest),
                [first, ..] if !first.text.starts_with(['-', '+']) => self.set_positional(words),
                _ => {}
            },
            "shift" => {
                if self.state.positional.len() > 1 {
                    self.state.positional.remove(1);
                }
            }
            "unset" => {
                for word in words {
                    self.state.variables.remove(&word.text);
                    self.state.functions.remove(&word.text);
                }
            }
            "read" | "mapfile" | "readarray" => self.read_into(words),
            "trap" => {
                if let [action, _, ..] = words
                    && action.text != "-"
                {
                    self.evaluate(&action.clone());
                }
            }
            "eval" => {
                let script = joined(words);
                return Some(self.evaluate(&script));
            }
            _ => return None,
        }
        Some(Output::Text(String::new()))
    }

    pub(super) fn set_positional(&mut self, words: &[Field]) {
        let name = self
            .state
            .positional
            .first()
            .cloned()
            .unwrap_or_else(|| Field::new("sh"));
        self.state.positional = [&[name], words].concat();
    }

    /// `read`: the names of files that are piped in stand for all of them.
    pub(super) fn read_into(&mut self, words: &[Field]) {
        let options = Spec {
            short: "d:n:N:p:t:u:i:a:",
            long: &[],
        }
        .read(words);
        let value = match &self.state.stdin {
            Stdin::Paths(paths) => paths.first().map(below),
            _ => None,
        };
        for word in &options.operands {
            let value = value
                .clone()
                .unwrap_or_else(|| Field::unknown(format!("${}", word.text)));
            self.state.variables.insert(word.text.clone(), value);
        }
    }
}

//! One command line in the making: words in their order, flags in any.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::verbs::Form;

/// What is typed, and what it needs on disk and on standard input.
#[derive(Debug, Default)]
pub struct Line {
    pub words: Vec<String>,
    /// Files to be there first, by their path below the user's home.
    pub files: Vec<(String, String)>,
    pub stdin: Option<String>,
    /// The `KUBERC` of its environment.
    pub kuberc: Option<&'static str>,
    /// Its verb and form.
    pub turn: (&'static str, Form),
    /// What else it is made of.
    pub traits: BTreeSet<&'static str>,
}

/// How a flag takes its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Alone it means true.
    Switch,
    /// In the same word or in the next.
    Text,
    /// After `=` only.
    Joined,
}

#[derive(Debug)]
struct Flag {
    long: &'static str,
    short: Option<char>,
    value: Value,
    text: String,
}

/// The parts of a line, before they are put in an order.
#[derive(Debug, Default)]
pub struct Draft {
    pub verb: &'static str,
    pub arguments: Vec<String>,
    /// What runs in a container: words behind `--`.
    pub command: Vec<String>,
    pub line: Line,
    flags: Vec<Flag>,
}

impl Draft {
    pub fn new(verb: &'static str) -> Self {
        Self {
            verb,
            ..Self::default()
        }
    }

    pub fn mark(&mut self, what: &'static str) {
        self.line.traits.insert(what);
    }

    /// `--name`, a flag that is on or off.
    pub fn switch(&mut self, long: &'static str) {
        let short = match long {
            "all-namespaces" => Some('A'),
            "recursive" => Some('R'),
            _ => None,
        };
        self.flags.push(Flag {
            long,
            short,
            value: Value::Switch,
            text: "true".to_owned(),
        });
    }

    /// `--name=true` or `--name=false`.
    pub fn switch_to(&mut self, long: &'static str, on: bool) {
        self.flags.push(Flag {
            long,
            short: None,
            value: Value::Joined,
            text: on.to_string(),
        });
    }

    /// A flag with a value.
    pub fn text(&mut self, long: &'static str, text: impl Into<String>) {
        let short = match long {
            "namespace" => Some('n'),
            "selector" | "labels" => Some('l'),
            "filename" => Some('f'),
            "kustomize" => Some('k'),
            "output" => Some('o'),
            "patch" => Some('p'),
            "container" => Some('c'),
            _ => None,
        };
        self.flags.push(Flag {
            long,
            short,
            value: Value::Text,
            text: text.into(),
        });
    }

    /// A flag with a value whose letter means another flag here, such as `-l` of `expose`.
    pub fn named(&mut self, long: &'static str, text: impl Into<String>) {
        self.flags.push(Flag {
            long,
            short: None,
            value: Value::Text,
            text: text.into(),
        });
    }

    /// A flag that takes its value after `=` only.
    pub fn joined(&mut self, long: &'static str, text: &str) {
        self.flags.push(Flag {
            long,
            short: None,
            value: Value::Joined,
            text: text.to_owned(),
        });
    }

    /// A file that the line names.
    pub fn file(&mut self, path: String, text: String) {
        self.line.files.push((path, text));
    }

    /// Puts the flags anywhere among the words, each spelled in one of its ways.
    pub fn finish(mut self, dice: &mut Dice) -> Line {
        // Place 0 is before the verb, place 1 right after it, and so on.
        let mut places: Vec<Vec<String>> = vec![Vec::new(); self.arguments.len() + 2];
        let last = places.len() - 1;
        let is_dashed = self.command.is_empty() && !self.arguments.is_empty() && dice.percent(4);
        while !self.flags.is_empty() {
            let flag = self.flags.swap_remove(dice.below(self.flags.len()));
            let words = flag.spell(dice);
            // Before the verb kubectl takes the next word for a value, unless it knows the flag or sees a `=`.
            let leads = is_global(flag.long)
                || words[0].contains('=')
                || words[0].len() > 2 && !words[0].starts_with("--");
            let place = if leads && dice.percent(15) {
                self.line.traits.insert("flag-before-verb");
                0
            } else if is_dashed {
                1
            } else {
                1 + dice.below(last)
            };
            places[place].extend(words);
        }
        let mut words = std::mem::take(&mut places[0]);
        words.extend(self.verb.split(' ').map(str::to_owned));
        words.append(&mut places[1]);
        if is_dashed {
            words.push("--".to_owned());
            self.line.traits.insert("dash");
        }
        for (argument, flags) in self.arguments.into_iter().zip(&mut places[2..]) {
            words.push(argument);
            words.append(flags);
        }
        words = join_switches(words, dice);
        if !self.command.is_empty() {
            words.push("--".to_owned());
            words.append(&mut self.command);
        }
        self.line.words = words;
        self.line
    }
}

impl Flag {
    fn spell(&self, dice: &mut Dice) -> Vec<String> {
        let Self { text, short, .. } = self;
        let long = if dice.percent(6) {
            self.long.replace('-', "_")
        } else {
            self.long.to_owned()
        };
        match (self.value, *short) {
            (Value::Switch, Some(short)) if dice.percent(70) => vec![format!("-{short}")],
            (Value::Switch, _) if dice.percent(80) => vec![format!("--{long}")],
            (Value::Text, Some(short)) if dice.percent(60) => match dice.below(3) {
                0 => vec![format!("-{short}"), text.clone()],
                1 if !text.is_empty() => vec![format!("-{short}{text}")],
                _ => vec![format!("-{short}={text}")],
            },
            (Value::Text, _) if dice.percent(50) => vec![format!("--{long}"), text.clone()],
            _ => vec![format!("--{long}={text}")],
        }
    }
}

/// Joins a switch of one letter to a flag of one letter behind it: `-A -l x` is `-Al x`.
fn join_switches(words: Vec<String>, dice: &mut Dice) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let letters = word.len() > 1 && word.starts_with('-') && !word.starts_with("--");
        match joined.last_mut() {
            Some(before)
                if letters && matches!(before.as_str(), "-A" | "-R") && dice.percent(50) =>
            {
                before.push_str(&word[1..]);
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// The flags of every command that the drafts use.
fn is_global(long: &str) -> bool {
    matches!(
        long,
        "namespace"
            | "context"
            | "cluster"
            | "user"
            | "as"
            | "as-group"
            | "kuberc"
            | "request-timeout"
    )
}

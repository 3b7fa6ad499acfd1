//! Follows a script command by command: what would be run, where, and with which words.

mod record;
mod redirection;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

pub(super) use self::record::line;
use super::View;
use super::act::{Act, Namespace};
use super::effect;
use super::expansion::Field;
use super::lexer::DEPTH;
use super::place::Place;
use super::syntax::{self, Compound, Node, Script, Simple};

/// How many acts are listed; one more says that there are others.
const ACTS: usize = 300;

/// How many commands are followed.
const STEPS: usize = 3_000;

/// The longest script, in bytes.
const SCRIPT: usize = 64 * 1024;

/// How long an act's text may be, in characters.
const TEXT: usize = 400;

/// What a command prints.
#[derive(Clone, Debug)]
pub(super) enum Output {
    Text(String),
    /// Names of files.
    Paths(Vec<Field>),
    Unknown,
}

/// Where a command's standard input comes from.
#[derive(Clone, Debug)]
pub(super) enum Stdin {
    /// The caller of the whole: a person, or nothing.
    Terminal,
    Text(String),
    Paths(Vec<Field>),
    Unknown,
}

impl Stdin {
    /// The same as a program prints that copies it.
    pub(super) fn output(&self) -> Output {
        match self {
            Self::Text(text) => Output::Text(text.clone()),
            Self::Paths(paths) => Output::Paths(paths.clone()),
            Self::Terminal | Self::Unknown => Output::Unknown,
        }
    }
}

impl From<Output> for Stdin {
    fn from(output: Output) -> Self {
        match output {
            Output::Text(text) => Self::Text(text),
            Output::Paths(paths) => Self::Paths(paths),
            Output::Unknown => Self::Unknown,
        }
    }
}

/// What a process inherits.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) place: Place,
    pub(super) namespaces: BTreeSet<Namespace>,
    pub(super) variables: HashMap<String, Field>,
    pub(super) functions: HashMap<String, Rc<Node>>,
    /// `$0` and the positional parameters.
    pub(super) positional: Vec<Field>,
    pub(super) stdin: Stdin,
    /// Whether words are missing that only standard input knows (`xargs`), or a condition decides (`find`).
    pub(super) is_uncertain: bool,
}

/// Follows one command line.
#[derive(Debug)]
pub(super) struct Follower<'v> {
    pub(super) view: &'v View,
    pub(super) state: State,
    acts: Vec<Act>,
    steps: usize,
    depth: usize,
}

/// Follows the words of a command that no shell has touched.
pub(super) fn follow<'w>(words: impl Iterator<Item = &'w str>, view: &View) -> Vec<Act> {
    let fields: Vec<Field> = words.map(Field::new).collect();
    let mut follower = Follower {
        view,
        state: State {
            place: Place::start(view),
            namespaces: view.namespaces.iter().copied().collect(),
            variables: HashMap::new(),
            functions: HashMap::new(),
            positional: Vec::new(),
            stdin: Stdin::Terminal,
            is_uncertain: false,
        },
        acts: Vec::new(),
        steps: 0,
        depth: 0,
    };
    if fields.is_empty() {
        follower.emit(Act {
            interactive: true,
            ..Act::default()
        });
    } else {
        follower.run(&fields);
    }
    follower.acts
}

impl Follower<'_> {
    /// Follows commands, and says what they print together.
    fn script(&mut self, script: &Script) -> Output {
        let mut printed = Output::Text(String::new());
        for node in &script.0 {
            let more = self.node(node);
            printed = together(printed, more);
        }
        printed
    }

    fn node(&mut self, node: &Node) -> Output {
        match node {
            Node::Simple(simple) => self.simple(simple),
            Node::Pipeline(stages) => self.pipeline(stages),
            Node::Compound { body, redirections } => {
                let redirected = self.redirect(redirections);
                let saved = redirected
                    .stdin
                    .clone()
                    .map(|stdin| std::mem::replace(&mut self.state.stdin, stdin));
                let first = self.acts.len();
                let output = self.compound(body);
                if let Some(saved) = saved {
                    self.state.stdin = saved;
                }
                self.attach(first, &redirected, output)
            }
            Node::Function { name, body } => {
                self.state.functions.insert(name.clone(), Rc::clone(body));
                Output::Text(String::new())
            }
            Node::Unreadable(text) => {
                self.opaque(text);
                Output::Unknown
            }
        }
    }

    fn pipeline(&mut self, stages: &[Node]) -> Output {
        let saved = self.state.clone();
        let mut stdin = saved.stdin.clone();
        let mut output = Output::Unknown;
        for stage in stages {
            self.state = State {
                stdin,
                ..saved.clone()
            };
            output = self.node(stage);
            stdin = output.clone().into();
        }
        self.state = saved;
        output
    }

    fn compound(&mut self, body: &Compound) -> Output {
        match body {
            Compound::Subshell(script) => self.child(|follower| follower.script(script)),
            Compound::Parts(parts) => match parts.as_slice() {
                [only] => self.script(only),
                parts => {
                    let before = self.state.variables.clone();
                    for part in parts {
                        self.script(part);
                    }
                    self.doubt_changes(&before);
                    Output::Unknown
                }
            },
            Compound::Case { words, arms } => {
                for word in words {
                    self.value(word);
                }
                let before = self.state.variables.clone();
                for arm in arms {
                    self.script(arm);
                }
                self.doubt_changes(&before);
                Output::Unknown
            }
            Compound::For { name, words, body } => {
                let items: Vec<Field> = match words {
                    Some(words) => words.iter().flat_map(|word| self.fields(word)).collect(),
                    None => self.state.positional.iter().skip(1).cloned().collect(),
                };
                for item in items {
                    if self.is_spent() {
                        break;
                    }
                    self.state.variables.insert(name.clone(), item);
                    self.script(body);
                }
                Output::Unknown
            }
        }
    }

    /// What was assigned where it may not have run is a guess.
    fn doubt_changes(&mut self, before: &HashMap<String, Field>) {
        for (name, value) in &mut self.state.variables {
            if before.get(name) != Some(value) {
                value.certain = false;
            }
        }
    }

    /// Follows something in a process of its own.
    pub(super) fn child<T>(&mut self, follow: impl FnOnce(&mut Self) -> T) -> T {
        let saved = self.state.clone();
        let result = follow(self);
        self.state = saved;
        result
    }

    /// Follows a command substitution.
    pub(super) fn substitute(&mut self, script: &Script, source: &str) -> Output {
        let is_taking = source.starts_with('>');
        let output = self.child(|follower| {
            if is_taking {
                follower.state.stdin = Stdin::Unknown;
            }
            follower.script(script)
        });
        match output {
            // `<(…)` is the name of a pipe, not what comes out of it.
            _ if source.starts_with(['<', '>']) => Output::Unknown,
            Output::Text(text) => Output::Text(text.trim_end_matches('\n').to_owned()),
            other => other,
        }
    }

    fn simple(&mut self, simple: &Simple) -> Output {
        if self.is_spent() {
            return Output::Unknown;
        }
        let fields: Vec<Field> = simple
            .words
            .iter()
            .flat_map(|word| self.fields(word))
            .collect();
        let assigned: Vec<(String, Field)> = simple
            .assignments
            .iter()
            .map(|(name, word)| (name.clone(), self.value(word)))
            .collect();
        let redirected = self.redirect(&simple.redirections);
        let first = self.acts.len();
        if fields.is_empty() {
            self.state.variables.extend(assigned);
            return self.attach(first, &redirected, Output::Text(String::new()));
        }
        let saved: Vec<_> = assigned
            .into_iter()
            .map(|(name, value)| {
                let old = self.state.variables.insert(name.clone(), value);
                (name, old)
            })
            .collect();
        let stdin = redirected
            .stdin
            .clone()
            .map(|stdin| std::mem::replace(&mut self.state.stdin, stdin));
        let output = match self.state.functions.get(&fields[0].text).cloned() {
            Some(body) => self.call(&body, fields),
            None => self.run(&fields),
        };
        if let Some(stdin) = stdin {
            self.state.stdin = stdin;
        }
        for (name, old) in saved {
            match old {
                Some(old) => self.state.variables.insert(name, old),
                None => self.state.variables.remove(&name),
            };
        }
        self.attach(first, &redirected, output)
    }

    /// Calls a function.
    fn call(&mut self, body: &Node, mut fields: Vec<Field>) -> Output {
        if self.depth >= DEPTH {
            self.steps = STEPS;
        }
        if !self.spend(1) {
            return Output::Unknown;
        }
        std::mem::swap(&mut self.state.positional, &mut fields);
        self.depth += 1;
        let output = self.node(body);
        self.depth -= 1;
        self.state.positional = fields;
        output
    }

    /// Runs a program, a builtin or another shell with these words.
    pub(super) fn run(&mut self, fields: &[Field]) -> Output {
        let Some((program, words)) = fields.split_first() else {
            return Output::Text(String::new());
        };
        if self.depth >= DEPTH {
            self.steps = STEPS;
        }
        if !self.spend(1) {
            return Output::Unknown;
        }
        let name = program.text.rsplit('/').next().unwrap_or_default();
        let is_unknown = !program.certain && name.contains(['$', '`', '~', '<', '>', ')']);
        if is_unknown || program.glob || name.is_empty() {
            let act = self.act("", fields, &line(fields));
            let mut paths = Vec::new();
            for touch in effect::named(words).touches {
                self.use_path(&touch.field, touch.usage, touch.tree, &mut paths);
            }
            self.emit(Act {
                opaque: true,
                uncertain: true,
                paths,
                ..act
            });
            return Output::Unknown;
        }
        let name = name.to_owned();
        self.depth += 1;
        let output = self
            .builtin(&name, words)
            .or_else(|| self.prefix(&name, fields))
            .unwrap_or_else(|| self.program(&name, fields));
        self.depth -= 1;
        output
    }

    /// A program that runs nothing else.
    pub(super) fn program(&mut self, name: &str, fields: &[Field]) -> Output {
        let words = &fields[1..];
        let effects = effect::of(name, words, &self.state.stdin);
        let act = self.act(name, words, &line(fields));
        let output = effects.output.clone();
        self.finish(act, fields, effects);
        output
    }

    fn is_spent(&self) -> bool {
        self.acts.len() > ACTS || self.steps > STEPS
    }

    /// Counts work; false when there was too much, which is an act too.
    fn spend(&mut self, steps: usize) -> bool {
        if self.is_spent() {
            return false;
        }
        self.steps += steps;
        if self.steps > STEPS {
            self.opaque("…");
            return false;
        }
        true
    }

    /// Follows a script in a shell of its own.
    pub(super) fn run_script(&mut self, script: &Field, positional: Vec<Field>) -> Output {
        self.child(|follower| {
            follower.state.positional = positional;
            follower.state.functions.clear();
            follower.evaluate(script)
        })
    }

    /// Follows a script in this shell.
    pub(super) fn evaluate(&mut self, script: &Field) -> Output {
        if script.text.len() > SCRIPT {
            self.opaque(&script.text);
            return Output::Unknown;
        }
        // Long texts are read again and again only as often as short commands are.
        if !self.spend(script.text.len() / 256) {
            return Output::Unknown;
        }
        self.script(&syntax::parse(&script.text, self.depth))
    }
}

/// What two commands print, one after the other.
fn together(first: Output, second: Output) -> Output {
    match (first, second) {
        (Output::Text(first), second) if first.is_empty() => second,
        (first, Output::Text(second)) if second.is_empty() => first,
        (Output::Text(first), Output::Text(second)) if first.len() + second.len() <= SCRIPT => {
            Output::Text(first + &second)
        }
        (Output::Paths(first), Output::Paths(second)) => Output::Paths([first, second].concat()),
        _ => Output::Unknown,
    }
}

#[cfg(test)]
mod tests;

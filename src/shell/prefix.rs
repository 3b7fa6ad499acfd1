//! Builtins that change the shell itself, and programs that run another command: what they leave for it to see.
//!
//! Source: POSIX.1-2024 (special builtins), bash(1), and the manual pages of coreutils, util-linux, findutils, sudo, systemd and busybox.

use super::act::{Act, Namespace, Use};
use super::effect::below;
use super::expansion::Field;
use super::follow::{Follower, Output, Stdin, line};
use super::options::Spec;

/// A program that runs the command behind its options.
struct Prefix {
    names: &'static [&'static str],
    spec: Spec,
    /// How many operands stand before the command.
    operands: usize,
    /// Whether it starts a shell when there is no command.
    starts_shell: bool,
}

const fn prefix(
    names: &'static [&'static str],
    short: &'static str,
    long: &'static [&'static str],
    operands: usize,
) -> Prefix {
    Prefix {
        names,
        spec: Spec { short, long },
        operands,
        starts_shell: false,
    }
}

const PREFIXES: [Prefix; 18] = [
    prefix(
        &[
            "nohup",
            "setsid",
            "builtin",
            "chronic",
            "unbuffer",
            "linux64",
            "linux32",
            "catatonit",
        ],
        "",
        &[],
        0,
    ),
    prefix(&["timeout"], "k:s:", &["kill-after", "signal"], 1),
    prefix(&["nice"], "n:", &["adjustment"], 0),
    prefix(&["ionice"], "c:n:p:P:u:", &["class", "classdata", "pid"], 0),
    prefix(&["chrt"], "T:P:D:", &[], 1),
    prefix(
        &["taskset", "setarch", "numactl", "faketime"],
        "C:N:m:i:",
        &[],
        1,
    ),
    prefix(&["stdbuf"], "i:o:e:", &["input", "output", "error"], 0),
    prefix(&["time"], "f:o:", &["format", "output"], 0),
    prefix(&["exec"], "a:", &[], 0),
    prefix(&["strace", "ltrace"], "e:o:p:s:u:E:a:P:I:O:S:X:b:", &[], 0),
    prefix(&["gosu", "su-exec", "setuidgid", "chpst"], "u:", &[], 1),
    prefix(&["tini", "dumb-init"], "p:e:r:", &[], 0),
    prefix(&["cgexec"], "g:", &[], 0),
    prefix(
        &["setpriv"],
        "",
        &[
            "reuid",
            "regid",
            "groups",
            "inh-caps",
            "ambient-caps",
            "bounding-set",
            "securebits",
            "pdeathsig",
            "ruid",
            "euid",
            "rgid",
            "egid",
        ],
        0,
    ),
    prefix(&["prlimit"], "p:o:", &["pid", "output"], 0),
    prefix(
        &["systemd-run", "systemd-inhibit"],
        "p:u:M:H:E:",
        &[
            "unit",
            "property",
            "description",
            "slice",
            "uid",
            "gid",
            "nice",
            "working-directory",
            "setenv",
            "on-active",
            "on-calendar",
            "on-boot",
            "machine",
            "host",
            "what",
            "who",
            "why",
            "mode",
        ],
        0,
    ),
    Prefix {
        starts_shell: true,
        ..prefix(
            &["sudo"],
            "C:D:g:h:p:R:r:t:T:U:u:",
            &[
                "user",
                "group",
                "host",
                "prompt",
                "chdir",
                "chroot",
                "role",
                "type",
                "other-user",
                "close-from",
                "command-timeout",
            ],
            0,
        )
    },
    Prefix {
        starts_shell: true,
        ..prefix(&["doas"], "u:C:", &[], 0)
    },
];

const SHELLS: [&str; 9] = [
    "sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash", "hush",
];

impl Follower<'_> {
    /// A builtin that changes this shell; `None` for any other name.
    pub(super) fn builtin(&mut self, name: &str, words: &[Field]) -> Option<Output> {
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

    fn set_positional(&mut self, words: &[Field]) {
        let name = self
            .state
            .positional
            .first()
            .cloned()
            .unwrap_or_else(|| Field::new("sh"));
        self.state.positional = [&[name], words].concat();
    }

    /// `read`: the names of files that are piped in stand for all of them.
    fn read_into(&mut self, words: &[Field]) {
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

    /// A program that runs another command; `None` for any other name.
    pub(super) fn prefix(&mut self, name: &str, fields: &[Field]) -> Option<Output> {
        let words = &fields[1..];
        if SHELLS.contains(&name) {
            return Some(self.shell(name, fields));
        }
        match name {
            "env" => self.env(words),
            "command" => self.command(words),
            "su" | "runuser" => Some(self.switch_user(words)),
            "busybox" | "toybox" => {
                let is_applet = words
                    .first()
                    .is_some_and(|applet| !applet.text.starts_with('-'));
                is_applet.then(|| self.run(words))
            }
            "xargs" => Some(self.xargs(words)),
            "find" => Some(self.find(fields)),
            "watch" => self.watch(words),
            "script" => Some(self.typescript(words)),
            "flock" => self.flock(words),
            "chroot" => Some(self.chroot(words)),
            "nsenter" => Some(self.nsenter(words)),
            "unshare" => Some(self.unshare(words)),
            "ip" => self.ip(words),
            "." | "source" => Some(self.source(name, fields)),
            "which" | "type" => {
                let found = words.iter().find(|word| !word.text.starts_with('-'))?;
                Some(Output::Text(found.text.clone()))
            }
            _ => self.listed(name, words),
        }
    }

    fn listed(&mut self, name: &str, words: &[Field]) -> Option<Output> {
        let prefix = PREFIXES
            .iter()
            .find(|prefix| prefix.names.contains(&name))?;
        let options = prefix.spec.read_prefix(words);
        let command = options.operands.get(prefix.operands..).unwrap_or_default();
        let command = self.assign(command);
        if command.is_empty() {
            if !(prefix.starts_shell && options.has_any("is")) {
                return (name == "exec").then(|| Output::Text(String::new()));
            }
            return Some(self.child(Self::plain_shell));
        }
        // These replace or are the shell itself: what comes next sees their changes.
        if matches!(name, "exec" | "builtin" | "time") {
            return Some(self.run(&command));
        }
        Some(self.child(|follower| follower.run(&command)))
    }

    /// Takes `NAME=value` off the front of a command.
    fn assign(&mut self, words: &[Field]) -> Vec<Field> {
        let mut rest = words;
        while let Some((word, after)) = rest.split_first()
            && let Some((name, value)) = word.text.split_once('=')
            && !name.contains('/')
        {
            self.state
                .variables
                .insert(name.to_owned(), word.with(value));
            rest = after;
        }
        rest.to_vec()
    }

    fn plain_shell(&mut self) -> Output {
        self.run(&[Field::new("sh")])
    }

    /// `sh`, with a script, a file, or standard input.
    fn shell(&mut self, name: &str, fields: &[Field]) -> Output {
        let mut rest = fields[1..].iter();
        let (mut takes_script, mut takes_stdin) = (false, false);
        let mut operands: Vec<Field> = Vec::new();
        while let Some(word) = rest.next() {
            let text = word.text.as_str();
            match text {
                "--" | "-" => break,
                "--version" | "--help" => return self.program(name, fields),
                "--rcfile" | "--init-file" => drop(rest.next()),
                _ if text.starts_with("--") => {}
                _ if text.starts_with(['-', '+']) && text.len() > 1 => {
                    takes_script |= text.starts_with('-') && text.contains('c');
                    takes_stdin |= text.contains('s');
                    for _ in text.matches(['o', 'O']) {
                        rest.next();
                    }
                }
                _ => {
                    operands.push(word.clone());
                    break;
                }
            }
        }
        operands.extend(rest.cloned());
        if takes_script {
            if operands.is_empty() {
                return self.program(name, fields);
            }
            let script = operands.remove(0);
            if operands.is_empty() {
                operands.push(Field::new(name));
            }
            return self.run_script(&script, operands);
        }
        let is_stdin = |file: &Field| {
            matches!(
                file.text.as_str(),
                "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0"
            )
        };
        let words = &fields[1..];
        let act = self.act(name, words, &line(fields));
        match operands.first() {
            Some(file) if !takes_stdin && !is_stdin(file) => {
                let mut paths = Vec::new();
                self.use_path(file, Use::Execute, false, &mut paths);
                self.emit(Act {
                    opaque: true,
                    paths,
                    ..act
                });
            }
            _ => match self.state.stdin.clone() {
                Stdin::Text(script) => {
                    operands.insert(0, Field::new(name));
                    return self.run_script(&Field::new(script), operands);
                }
                Stdin::Terminal => self.emit(Act {
                    interactive: true,
                    ..act
                }),
                Stdin::Paths(_) | Stdin::Unknown => self.emit(Act {
                    opaque: true,
                    ..act
                }),
            },
        }
        Output::Unknown
    }

    /// `.` and `source`: a file that was not read.
    fn source(&mut self, name: &str, fields: &[Field]) -> Output {
        let mut paths = Vec::new();
        if let Some(file) = fields.get(1) {
            self.use_path(file, Use::Execute, false, &mut paths);
        }
        let act = self.act(name, &fields[1..], &line(fields));
        self.emit(Act {
            opaque: true,
            paths,
            ..act
        });
        Output::Unknown
    }

    fn env(&mut self, words: &[Field]) -> Option<Output> {
        let options = Spec {
            short: "u:C:S:",
            long: &["unset", "chdir", "split-string"],
        }
        .read_prefix(words);
        let split = options.value('S', "split-string").cloned();
        if options.operands.is_empty() && split.is_none() {
            return None;
        }
        Some(self.child(|follower| {
            if let Some(directory) = options.value('C', "chdir") {
                follower.state.place.enter(directory);
            }
            let command = follower.assign(&options.operands);
            match split {
                // Its own quoting is a subset of the shell's.
                Some(split) => follower.evaluate(&joined(&[&[split], command.as_slice()].concat())),
                None => follower.run(&command),
            }
        }))
    }

    /// `command`, which passes over functions; with `-v` it only looks.
    fn command(&mut self, words: &[Field]) -> Option<Output> {
        let options = Spec {
            short: "",
            long: &[],
        }
        .read_prefix(words);
        let name = options.operands.first()?;
        if options.has_any("vV") {
            return Some(Output::Text(name.text.clone()));
        }
        Some(self.run(&options.operands))
    }

    fn switch_user(&mut self, words: &[Field]) -> Output {
        let spec = Spec {
            short: "c:s:g:G:w:u:",
            long: &[
                "command",
                "shell",
                "group",
                "supp-group",
                "whitelist-environment",
                "user",
                "session-command",
            ],
        };
        let options = spec.read(words);
        let script = options
            .value('c', "command")
            .or_else(|| options.value('\0', "session-command"))
            .cloned();
        let as_user = spec.read_prefix(words);
        self.child(|follower| match script {
            Some(script) => follower.run_script(&script, vec![Field::new("sh")]),
            // `runuser -u NAME [--] COMMAND`
            None if as_user.has('u', "user") && !as_user.operands.is_empty() => {
                follower.run(&as_user.operands)
            }
            None => follower.plain_shell(),
        })
    }

    fn xargs(&mut self, words: &[Field]) -> Output {
        let options = Spec {
            short: "a:d:E:I:i::L:l::n:P:s:e::",
            long: &[
                "arg-file",
                "delimiter",
                "eof",
                "replace",
                "max-lines",
                "max-args",
                "max-procs",
                "max-chars",
            ],
        }
        .read_prefix(words);
        let mut command = options.operands.clone();
        if command.is_empty() {
            command.push(Field::new("echo"));
        }
        let items: Option<Vec<Field>> = match &self.state.stdin {
            _ if options.has('a', "arg-file") => None,
            Stdin::Text(text) => Some(
                text.split_whitespace()
                    .map(|item| Field::new(item.replace(['\'', '"', '\\'], "")))
                    .collect(),
            ),
            Stdin::Paths(paths) => Some(paths.clone()),
            Stdin::Terminal | Stdin::Unknown => None,
        };
        let mark = options
            .value('I', "replace")
            .map(|mark| mark.text.clone())
            .or_else(|| (options.has('i', "replace")).then(|| "{}".to_owned()));
        self.child(|follower| {
            follower.state.stdin = Stdin::Unknown;
            let Some(items) = items else {
                follower.state.is_uncertain = true;
                return follower.run(&command);
            };
            let Some(mark) = mark else {
                return follower.run(&[command, items].concat());
            };
            let mut output = Output::Unknown;
            for item in items {
                output = follower.run(&filled(&command, &mark, &item));
            }
            output
        })
    }

    /// `find`, whose `-exec` runs commands on what lies below its starting points.
    fn find(&mut self, fields: &[Field]) -> Output {
        let words = &fields[1..];
        let is_expression =
            |word: &Field| word.text.starts_with(['-', '(', '!', ',']) && word.certain;
        let leading = words
            .iter()
            .take_while(|word| matches!(word.text.as_str(), "-H" | "-L" | "-P"))
            .count();
        let count = words[leading..]
            .iter()
            .take_while(|word| !is_expression(word))
            .count();
        let mut starts: Vec<Field> = words[leading..leading + count].to_vec();
        if starts.is_empty() {
            starts.push(Field::new("."));
        }
        let expression = &words[leading + count..];
        let found: Vec<Field> = starts.iter().map(below).collect();

        let mut act = self.act("find", words, &line(fields));
        let deletes = expression.iter().any(|word| word.text == "-delete");
        let usage = if deletes { Use::Remove } else { Use::Read };
        act.uncertain |= deletes;
        for start in &found {
            self.use_path(start, usage, true, &mut act.paths);
        }
        for pair in expression.windows(2) {
            if matches!(
                pair[0].text.as_str(),
                "-fprint" | "-fprint0" | "-fprintf" | "-fls"
            ) {
                self.use_path(&pair[1], Use::Write, false, &mut act.paths);
            }
        }
        self.emit(act);

        let mut rest = expression;
        while let Some(at) = rest
            .iter()
            .position(|word| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir"))
        {
            rest = &rest[at + 1..];
            let end = rest
                .iter()
                .position(|word| matches!(word.text.as_str(), ";" | "+"))
                .unwrap_or(rest.len());
            let command = &rest[..end];
            rest = &rest[end..];
            for item in &found {
                let command = filled(command, "{}", item);
                self.child(|follower| {
                    follower.state.is_uncertain = true;
                    follower.run(&command);
                });
            }
        }
        Output::Paths(found)
    }

    fn watch(&mut self, words: &[Field]) -> Option<Output> {
        let options = Spec {
            short: "n:d::q:",
            long: &["interval", "equexit"],
        }
        .read_prefix(words);
        if options.operands.is_empty() {
            return None;
        }
        if options.has('x', "exec") {
            return Some(self.child(|follower| follower.run(&options.operands)));
        }
        Some(self.run_script(&joined(&options.operands), vec![Field::new("sh")]))
    }

    /// `script`, which records a shell or a command.
    fn typescript(&mut self, words: &[Field]) -> Output {
        let options = Spec {
            short: "c:E:I:O:T:B:m:o:",
            long: &[
                "command",
                "echo",
                "log-in",
                "log-out",
                "log-io",
                "log-timing",
                "output-limit",
            ],
        }
        .read(words);
        match options.value('c', "command") {
            Some(script) => self.run_script(&script.clone(), vec![Field::new("sh")]),
            None => self.child(Self::plain_shell),
        }
    }

    fn flock(&mut self, words: &[Field]) -> Option<Output> {
        let options = Spec {
            short: "w:E:",
            long: &["timeout", "wait", "conflict-exit-code"],
        }
        .read_prefix(words);
        let command = options.operands.get(1..).unwrap_or_default();
        match command {
            [] => None,
            [option, script, ..] if matches!(option.text.as_str(), "-c" | "--command") => {
                Some(self.run_script(script, vec![Field::new("sh")]))
            }
            command => Some(self.child(|follower| follower.run(command))),
        }
    }

    fn chroot(&mut self, words: &[Field]) -> Output {
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

    fn run_or_shell(&mut self, command: &[Field]) -> Output {
        if command.is_empty() {
            self.plain_shell()
        } else {
            self.run(command)
        }
    }

    /// `nsenter`: into the namespaces of a process, which is the host's when it is process 1 of a container that sees the host's processes.
    fn nsenter(&mut self, words: &[Field]) -> Output {
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
    fn is_of_process_one(&self, file: &Field) -> bool {
        let located = self.state.place.locate(file, self.view, true);
        located.host.starts_with("/proc/1/ns/")
            || (self.view.enters_host && located.path.starts_with("/proc/1/ns/"))
    }

    fn unshare(&mut self, words: &[Field]) -> Output {
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
    fn ip(&mut self, words: &[Field]) -> Option<Output> {
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

/// Words that are joined to one text, as `eval` does.
fn joined(words: &[Field]) -> Field {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    Field::new(texts.join(" "))
}

/// A command with an item in place of a mark.
fn filled(command: &[Field], mark: &str, item: &Field) -> Vec<Field> {
    command
        .iter()
        .map(|word| {
            if mark.is_empty() || !word.text.contains(mark) {
                return word.clone();
            }
            Field {
                text: word.text.replace(mark, &item.text),
                certain: word.certain && item.certain,
                glob: word.glob || item.glob,
                below: item.below,
            }
        })
        .collect()
}

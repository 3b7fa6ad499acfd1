//! Programs that run another command: what they leave for it to see.
//!
//! Source: POSIX.1-2024 (special builtins), bash(1), and the manual pages of coreutils, util-linux, findutils, sudo, systemd and busybox.

mod builtin;
mod files;
mod namespace;
mod shell;

use super::expansion::Field;
use super::follow::{Follower, Output};
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
            "pkexec",
            "coproc",
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
            "capsh" => self.capsh(words),
            _ if name.starts_with("ld-linux") || name.starts_with("ld-musl") => self.loader(words),
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
        // These do something besides: a file that they write, a unit of the node's systemd.
        if matches!(name, "strace" | "ltrace" | "systemd-run" | "cgexec")
            || (name == "time" && options.has('o', "output"))
        {
            self.program(name, &[&[Field::new(name)], words].concat());
        }
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

    /// `capsh … -- -c SCRIPT`: what follows the dashes are words of bash.
    fn capsh(&mut self, words: &[Field]) -> Option<Output> {
        let at = words
            .iter()
            .position(|word| matches!(word.text.as_str(), "--" | "=="))?;
        let shell = [&[Field::new("bash")], &words[at + 1..]].concat();
        Some(self.child(|follower| follower.run(&shell)))
    }

    /// `ld-linux-x86-64.so.2 PROGRAM`: the loader, called by name.
    fn loader(&mut self, words: &[Field]) -> Option<Output> {
        let options = Spec {
            short: "",
            long: &["library-path", "preload", "audit", "argv0", "inhibit-rpath"],
        }
        .read_prefix(words);
        if options.operands.is_empty() {
            return None;
        }
        Some(self.child(|follower| follower.run(&options.operands)))
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
        self.program("script", &[&[Field::new("script")], words].concat());
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

    fn run_or_shell(&mut self, command: &[Field]) -> Output {
        if command.is_empty() {
            self.plain_shell()
        } else {
            self.run(command)
        }
    }
}

/// Words that are joined to one text, as `eval` does.
fn joined(words: &[Field]) -> Field {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    Field::new(texts.join(" "))
}

#[cfg(test)]
mod tests;

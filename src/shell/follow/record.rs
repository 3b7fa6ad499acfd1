//! From a command to its act: paths, kernel parameters, text.

use super::{ACTS, Follower, Stdin, TEXT};
use crate::shell::act::{Act, PathUse, Sysctl, Use};
use crate::shell::effect::{Effects, single_blanks, sysctl_key};
use crate::shell::expansion::Field;
use crate::shell::place::Located;

impl Follower<'_> {
    pub(super) fn finish(&mut self, mut act: Act, fields: &[Field], effects: Effects) {
        let Effects {
            touches,
            sysctls,
            links,
            interactive,
            opaque,
            uncertain,
            ..
        } = effects;
        act.interactive = interactive;
        act.opaque = opaque;
        act.uncertain |= uncertain;
        act.sysctls = sysctls;
        let program = &fields[0];
        let mut paths = Vec::new();
        act.uncertain |= !program.certain;
        if program.certain && is_own_program(&program.text) {
            act.opaque = true;
            self.use_path(program, Use::Execute, false, &mut paths);
        }
        for touch in &touches {
            if touch.only_device && !self.may_be_device(&touch.field) {
                continue;
            }
            act.uncertain |= !self.use_path(&touch.field, touch.usage, touch.tree, &mut paths);
        }
        let value = match &self.state.stdin {
            Stdin::Text(text) => single_blanks(text),
            _ => String::new(),
        };
        act.sysctls.extend(written_sysctls(&paths, &value));
        act.paths = paths;
        for (name, target) in links {
            let name = self.state.place.locate(&name, self.view, false);
            let target = self.state.place.locate(&target, self.view, true);
            self.state.place.link(&name, &target);
        }
        self.emit(act);
    }

    /// An act of this program, here and now.
    pub(in crate::shell) fn act(&self, program: &str, words: &[Field], text: &str) -> Act {
        Act {
            program: program.to_owned(),
            words: words.iter().map(|word| word.text.clone()).collect(),
            text: shortened(text),
            host_namespaces: self.state.namespaces.iter().copied().collect(),
            root: self.state.place.root_on_host(self.view),
            uncertain: self.state.is_uncertain || words.iter().any(|word| !word.certain),
            // The rest is decided when all its files are known.
            looks: !self.has_own_environment(),
            ..Act::default()
        }
    }

    /// Whether a variable makes well-known programs run something else: `LD_PRELOAD=x ls`.
    fn has_own_environment(&self) -> bool {
        const LOADERS: [&str; 7] = [
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "LD_AUDIT",
            "BASH_ENV",
            "ENV",
            "PAGER",
            "SYSTEMD_PAGER",
        ];
        let is_loading = |name: &&str| {
            self.state
                .variables
                .get(*name)
                .is_some_and(|value| !matches!(value.text.as_str(), "" | "cat"))
        };
        // Directories of programs are called so, and `$PATH` is what it was.
        let is_usual = |part: &str| part == "$PATH" || part.ends_with("bin");
        LOADERS.iter().any(is_loading)
            || self
                .state
                .variables
                .get("PATH")
                .is_some_and(|path| !path.text.split(':').all(is_usual))
    }

    /// Something that could not be read.
    pub(in crate::shell) fn opaque(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let act = self.act("", &[], text);
        self.emit(Act {
            opaque: true,
            uncertain: true,
            ..act
        });
    }

    pub(in crate::shell) fn emit(&mut self, act: Act) {
        match self.acts.len() {
            0..ACTS => self.acts.push(act),
            ACTS => self.acts.push(Act {
                opaque: true,
                uncertain: true,
                ..self.act("", &[], "…")
            }),
            _ => {}
        }
    }

    fn may_be_device(&self, field: &Field) -> bool {
        let located = self.state.place.locate(field, self.view, true);
        !located.is_certain || is_device(&located.path) || is_device(&located.host)
    }

    /// Lists a path, and the landmarks that it reaches; says whether it is known.
    pub(in crate::shell) fn use_path(
        &self,
        field: &Field,
        usage: Use,
        is_tree: bool,
        paths: &mut Vec<PathUse>,
    ) -> bool {
        let follows = !matches!(usage, Use::Remove);
        let is_tree = is_tree || field.below;
        let mut located = self.state.place.locate(field, self.view, follows);
        let is_certain = located.is_certain;
        if usage != Use::Remove && is_no_file(&located.path) {
            return is_certain;
        }
        if usage == Use::Write && located.host.is_empty() && is_device(&located.path) {
            located.host.clone_from(&located.path);
        }
        let landmarks = self.state.place.landmarks(&located, is_tree, self.view);
        let used = |located: Located, tree: bool| PathUse {
            path: located.path,
            host: located.host,
            usage,
            tree,
            read_only: located.is_read_only,
        };
        for path in std::iter::once(used(located, is_tree)).chain(
            landmarks
                .into_iter()
                .map(|landmark| used(landmark, is_tree)),
        ) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        is_certain
    }
}

/// Writing below `/proc/sys` sets a kernel parameter.
pub(super) fn written_sysctls(paths: &[PathUse], value: &str) -> Vec<Sysctl> {
    paths
        .iter()
        .filter(|path| path.usage == Use::Write)
        .filter_map(|path| {
            let key = path
                .host
                .strip_prefix("/proc/sys/")
                .or_else(|| path.path.strip_prefix("/proc/sys/"))?;
            Some(Sysctl {
                key: sysctl_key(key),
                value: if value.contains('$') {
                    String::new()
                } else {
                    value.to_owned()
                },
            })
        })
        .collect()
}

/// Devices that keep nothing.
fn is_no_file(path: &str) -> bool {
    matches!(
        path,
        "/dev/null"
            | "/dev/zero"
            | "/dev/full"
            | "/dev/tty"
            | "/dev/stdin"
            | "/dev/stdout"
            | "/dev/stderr"
            | "/dev/random"
            | "/dev/urandom"
    ) || path.starts_with("/dev/fd/")
        || path.starts_with("/proc/self/fd/")
}

/// Whether this may be a device, which is the same thing in every container that may open it.
fn is_device(path: &str) -> bool {
    path.strip_prefix("/dev/").is_some_and(|name| {
        !["shm/", "pts/", "mqueue/", "termination-log"]
            .iter()
            .any(|own| name.starts_with(own))
    })
}

/// Whether a program is called by a path where no package puts one: a script or binary of one's own.
fn is_own_program(program: &str) -> bool {
    let Some((directory, _)) = program.rsplit_once('/') else {
        return false;
    };
    !["bin", "sbin"]
        .iter()
        .any(|name| directory.ends_with(&format!("/{name}")))
}

/// Words on one line, as one could type them.
pub(in crate::shell) fn line(fields: &[Field]) -> String {
    let words: Vec<String> = fields.iter().map(shown).collect();
    words.join(" ")
}

pub(super) fn shown(field: &Field) -> String {
    let has_blank = field.text.contains(char::is_whitespace);
    if !field.certain || field.glob {
        return if has_blank {
            format!("\"{}\"", field.text)
        } else {
            field.text.clone()
        };
    }
    shell_words::quote(&field.text).into_owned()
}

pub(super) fn shortened(text: &str) -> String {
    let text = text.trim().replace(char::is_control, " ");
    if text.chars().count() <= TEXT {
        return text;
    }
    let mut short: String = text.chars().take(TEXT).collect();
    short.push('…');
    short
}

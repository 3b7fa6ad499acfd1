//! What well-known programs do to files and kernel parameters.
//!
//! Source: the manual pages of coreutils, findutils, sed, tar, util-linux, e2fsprogs, procps, curl and wget; busybox' applets take the same words.

mod copy;
mod disk;
mod kernel;
mod language;
mod look;
mod mode;
mod print;
mod transfer;

pub(super) use kernel::{single_blanks, sysctl_key};

use self::copy::copy;
use self::disk::{disk, is_disk_tool, mount, umount};
use self::kernel::sysctl;
use self::language::{interpreter, is_interpreter, is_opaque};
use self::look::{READERS, reader};
use self::mode::mode;
use self::print::{echo, printf};
use self::transfer::{curl, tar, wget};
use super::act::{Sysctl, Use};
use super::expansion::Field;
use super::follow::{Output, Stdin};
use super::options::Spec;

/// A file that a command touches.
#[derive(Clone, Debug)]
pub(super) struct Touch {
    pub(super) field: Field,
    pub(super) usage: Use,
    pub(super) tree: bool,
    /// Whether it counts only where it leads to a device: the word may be something else than a name of a file.
    pub(super) only_device: bool,
}

/// What a command does.
#[derive(Debug)]
pub(super) struct Effects {
    pub(super) touches: Vec<Touch>,
    pub(super) sysctls: Vec<Sysctl>,
    /// Names that it makes, and what they are names of.
    pub(super) links: Vec<(Field, Field)>,
    pub(super) interactive: bool,
    pub(super) opaque: bool,
    pub(super) uncertain: bool,
    /// What it prints.
    pub(super) output: Output,
}

const PLAIN: Spec = Spec {
    short: "",
    long: &[],
};

impl Effects {
    fn none() -> Self {
        Self {
            touches: Vec::new(),
            sysctls: Vec::new(),
            links: Vec::new(),
            interactive: false,
            opaque: false,
            uncertain: false,
            output: Output::Unknown,
        }
    }

    fn touch(&mut self, field: &Field, usage: Use, tree: bool) {
        self.touches.push(Touch {
            field: field.clone(),
            usage,
            tree,
            only_device: false,
        });
    }

    /// A word that may name a device, whole or seen from the working directory, or be something else.
    fn touch_device(&mut self, field: &Field, usage: Use) {
        self.touches.push(Touch {
            field: field.clone(),
            usage,
            tree: false,
            only_device: !field.text.starts_with('/'),
        });
    }

    fn all(mut self, fields: &[Field], usage: Use, tree: bool) -> Self {
        for field in fields {
            self.touch(field, usage, tree);
        }
        self
    }
}

/// What a program does with these arguments.
pub(super) fn of(program: &str, words: &[Field], stdin: &Stdin) -> Effects {
    let none = Effects::none();
    match program {
        "rm" => {
            let options = PLAIN.read(words);
            let is_tree = options.has('r', "recursive") || options.has('R', "");
            none.all(&options.operands, Use::Remove, is_tree)
        }
        "rmdir" | "unlink" => none.all(&PLAIN.read(words).operands, Use::Remove, false),
        "touch" => none.written(words, "d:r:t:", &["date", "reference", "time"]),
        "mkdir" => none.written(words, "m:", &["mode"]),
        "truncate" => none.written(words, "s:r:", &["size", "reference"]),
        "shred" => none.written(words, "n:s:", &["iterations", "size"]),
        "fallocate" => none.written(words, "l:o:", &["length", "offset"]),
        "mkfifo" | "vi" | "vim" | "nvim" | "nano" | "ed" | "emacs" | "pico" | "mcedit" | "joe"
        | "gzip" | "gunzip" | "bzip2" | "bunzip2" | "xz" | "unxz" | "zstd" | "unzstd" => {
            none.written(words, "m:c:", &[])
        }
        "mknod" => none.all(&first(&PLAIN.read(words).operands), Use::Write, false),
        "tee" => Effects {
            output: stdin.output(),
            ..none.written(words, "", &[])
        },
        "chmod" | "chown" | "chgrp" | "chattr" | "chcon" | "setfacl" | "setfattr"
        | "restorecon" => mode(program, words),
        "mv" | "cp" | "install" | "scp" | "rsync" | "ln" => copy(program, words),
        "dd" => dd(words),
        "sed" => sed(words, stdin),
        "tar" | "bsdtar" => tar(words),
        "unzip" => {
            let options = Spec {
                short: "d:P:x:",
                long: &[],
            }
            .read(words);
            let mut effects = none.all(&first(&options.operands), Use::Read, false);
            if !options.has_any("lptvZ") {
                let here = Field::new(".");
                effects.touch(options.value('d', "").unwrap_or(&here), Use::Write, true);
            }
            effects
        }
        "cpio" | "patch" => {
            let mut effects = none.all(&PLAIN.read(words).operands, Use::Write, false);
            if program == "patch" || PLAIN.read(words).has('i', "extract") {
                effects.touch(&Field::new("."), Use::Write, true);
            }
            effects
        }
        "curl" => curl(words),
        "wget" => wget(words),
        "mount" => mount(words),
        "umount" => umount(words),
        "sysctl" => sysctl(words),
        "echo" => Effects {
            output: echo(words),
            ..none
        },
        "printf" => Effects {
            output: printf(words),
            ..none
        },
        "cat" => {
            let files = PLAIN.read(words).operands;
            let is_stdin = files.iter().all(|file| file.text == "-");
            Effects {
                output: if is_stdin {
                    stdin.output()
                } else {
                    Output::Unknown
                },
                ..none.all(&files, Use::Read, false)
            }
        }
        _ if is_disk_tool(program) => disk(program, words),
        _ if is_interpreter(program) => interpreter(program, words, stdin),
        _ if READERS.contains(&program) => reader(program, words, stdin),
        _ if is_opaque(program, words) => Effects {
            opaque: true,
            ..named(words)
        },
        _ => named(words),
    }
}

/// Files somewhere below this one.
pub(super) fn below(field: &Field) -> Field {
    Field {
        certain: false,
        below: true,
        ..field.clone()
    }
}

/// A program of which nothing is known: what looks like a path is named by it.
pub(super) fn named(words: &[Field]) -> Effects {
    let mut effects = Effects::none();
    for word in words {
        let text = match word.text.split_once('=') {
            Some((option, value)) if option.starts_with('-') => value,
            _ => word.text.as_str(),
        };
        if text.starts_with(['/', '~']) || text.starts_with("./") || text.starts_with("../") {
            effects.touch(&word.with(text), Use::Named, false);
        }
    }
    effects
}

impl Effects {
    /// All operands are written.
    fn written(self, words: &[Field], short: &'static str, long: &'static [&'static str]) -> Self {
        self.all(
            &Spec { short, long }.read(words).operands,
            Use::Write,
            false,
        )
    }
}

fn first(fields: &[Field]) -> Vec<Field> {
    fields.iter().take(1).cloned().collect()
}

fn dd(words: &[Field]) -> Effects {
    let mut effects = Effects::none();
    for word in words {
        match word.text.split_once('=') {
            Some(("of", file)) => effects.touch(&word.with(file), Use::Write, false),
            Some(("if", file)) => effects.touch(&word.with(file), Use::Read, false),
            _ => {}
        }
    }
    effects
}

fn sed(words: &[Field], stdin: &Stdin) -> Effects {
    let options = Spec {
        short: "e:f:i::l:",
        long: &["expression", "file", "line-length"],
    }
    .read(words);
    let has_script = options.has('e', "expression") || options.has('f', "file");
    let files = options
        .operands
        .get(usize::from(!has_script)..)
        .unwrap_or_default();
    let usage = if options.has('i', "in-place") {
        Use::Write
    } else {
        Use::Read
    };
    Effects {
        output: match stdin {
            Stdin::Paths(paths) if files.is_empty() => Output::Paths(paths.clone()),
            _ => Output::Unknown,
        },
        ..Effects::none().all(files, usage, false)
    }
}

#[cfg(test)]
mod tests;

//! What well-known programs do to files and kernel parameters.
//!
//! Source: the manual pages of coreutils, findutils, sed, tar, util-linux, e2fsprogs, procps, curl and wget; busybox' applets take the same words.

use super::act::{Sysctl, Use};
use super::expansion::Field;
use super::follow::{Output, Stdin};
use super::lexer::unescape;
use super::options::Spec;

/// A file that a command touches.
#[derive(Clone, Debug)]
pub(super) struct Touch {
    pub(super) field: Field,
    pub(super) usage: Use,
    pub(super) tree: bool,
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

/// Programs that only look, and pass on the names that they are given.
const READERS: [&str; 62] = [
    "ls",
    "dir",
    "stat",
    "head",
    "tail",
    "less",
    "more",
    "zcat",
    "tac",
    "nl",
    "grep",
    "egrep",
    "fgrep",
    "zgrep",
    "rg",
    "du",
    "df",
    "file",
    "wc",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "cksum",
    "readlink",
    "realpath",
    "dirname",
    "basename",
    "diff",
    "cmp",
    "comm",
    "cut",
    "tr",
    "test",
    "[",
    "[[",
    "strings",
    "xxd",
    "od",
    "hexdump",
    "jq",
    "yq",
    "tree",
    "lsof",
    "findmnt",
    "mountpoint",
    "lsblk",
    "blkid",
    "sort",
    "uniq",
    "awk",
    "gawk",
    "mawk",
    "fold",
    "rev",
    "paste",
    "join",
    "column",
    "fmt",
    "seq",
    "sleep",
    "namei",
];

fn reader(program: &str, words: &[Field], stdin: &Stdin) -> Effects {
    let options = Spec {
        short: "o:",
        long: &["output"],
    }
    .read(words);
    let is_filter = matches!(
        program,
        "grep" | "egrep" | "fgrep" | "rg" | "jq" | "yq" | "awk" | "gawk" | "mawk" | "tr" | "cut"
    );
    let files = match program {
        // The first operand is a pattern, or a program in a language of its own.
        _ if is_filter => options.operands.get(1..).unwrap_or_default(),
        "test" | "[" | "[[" | "seq" | "sleep" => &[],
        _ => options.operands.as_slice(),
    };
    let mut effects = Effects::none().all(files, Use::Read, false);
    if program == "sort"
        && let Some(file) = options.value('o', "output")
    {
        effects.touch(file, Use::Write, false);
    }
    if program == "uniq"
        && let Some(file) = options.operands.get(1)
    {
        effects.touch(file, Use::Write, false);
    }
    if program.ends_with("awk") {
        // awk can run commands and write files; its own language is not read.
        let text: String = words.iter().map(|word| word.text.as_str()).collect();
        let writes = text.contains('"') && text.contains(['|', '>']);
        effects.opaque =
            text.contains("system") || writes || options.has('f', "file") || options.has('i', "");
    }
    let lists_files = program == "ls" || options.has('l', "files-with-matches");
    effects.output = match stdin {
        Stdin::Paths(paths) if files.is_empty() => Output::Paths(paths.clone()),
        _ if matches!(
            program,
            "ls" | "grep" | "egrep" | "rg" | "realpath" | "readlink"
        ) && lists_files
            && !files.is_empty() =>
        {
            Output::Paths(files.iter().map(below).collect())
        }
        _ => Output::Unknown,
    };
    effects
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

/// Programs whose first operand says how, and the others which files.
fn mode(program: &str, words: &[Field]) -> Effects {
    // `chmod -x file` and `chattr -i file`: the mode looks like an option.
    let is_mode = |word: &Field| match program {
        "chmod" => word
            .text
            .strip_prefix('-')
            .is_some_and(|mode| mode.starts_with(|letter| "rwxXst".contains(letter))),
        "chattr" => word.text.starts_with('-') && !matches!(word.text.as_str(), "-R" | "-V" | "-f"),
        _ => false,
    };
    let has_mode = words.iter().any(is_mode);
    let rest: Vec<Field> = words
        .iter()
        .filter(|word| !is_mode(word))
        .cloned()
        .collect();
    let spec = match program {
        "setfacl" => "m:x:M:X:",
        "setfattr" => "n:v:x:",
        "chattr" => "p:v:",
        "chcon" => "t:u:r:l:",
        _ => "",
    };
    let options = Spec {
        short: spec,
        long: &["reference", "from"],
    }
    .read(&rest);
    let is_first_file = has_mode
        || program == "setfacl"
        || program == "setfattr"
        || program == "restorecon"
        || options.has('\0', "reference")
        || (program == "chcon" && options.has_any("turl"));
    let files = options
        .operands
        .get(usize::from(!is_first_file)..)
        .unwrap_or_default();
    Effects::none().all(files, Use::Write, options.has('R', "recursive"))
}

/// Programs that put files somewhere else.
fn copy(program: &str, words: &[Field]) -> Effects {
    let spec = match program {
        "install" => "t:m:o:g:S:",
        "rsync" => "e:f:B:M:T:",
        "scp" => "P:i:o:F:J:l:c:",
        _ => "t:S:",
    };
    let options = Spec {
        short: spec,
        long: &[
            "target-directory",
            "suffix",
            "mode",
            "owner",
            "group",
            "exclude",
            "include",
            "exclude-from",
            "rsh",
            "files-from",
        ],
    }
    .read(words);
    let mut effects = Effects::none();
    if program == "install" && options.has('d', "directory") {
        return effects.all(&options.operands, Use::Write, false);
    }
    let mut sources = options.operands.clone();
    let directory = options.value('t', "target-directory").cloned();
    let has_directory = directory.is_some();
    let here = Field::new(".");
    let target = match directory {
        Some(directory) => directory,
        None if program == "ln" && sources.len() == 1 => here,
        None => match sources.pop() {
            Some(target) => target,
            None => return effects,
        },
    };
    let is_remote = |field: &Field| {
        matches!(program, "scp" | "rsync")
            && field
                .text
                .split_once(':')
                .is_some_and(|(host, _)| !host.contains('/'))
    };
    let is_tree = matches!(program, "mv" | "rsync")
        || options.has('r', "recursive")
        || options.has('R', "")
        || options.has('a', "archive");
    let source_usage = match program {
        "mv" => Use::Remove,
        _ if options.has('\0', "remove-source-files") => Use::Remove,
        _ => Use::Read,
    };
    for source in sources.iter().filter(|source| !is_remote(source)) {
        effects.touch(source, source_usage, is_tree);
    }
    if is_remote(&target) {
        return effects;
    }
    let is_surely_directory = has_directory
        || sources.len() > 1
        || target.text.ends_with('/')
        || matches!(target.text.as_str(), "." | "..")
        || target.text.ends_with("/.")
        || target.text.ends_with("/..");
    // All that is in the source goes over what is in the target.
    let is_merged = is_tree
        && sources.iter().any(|source| {
            source.text.ends_with("/.") || source.text.ends_with('*') || source.text == "."
        })
        || program == "rsync";
    effects.touch(&target, Use::Write, is_merged);
    if program == "rsync"
        && [
            "delete",
            "delete-before",
            "delete-after",
            "delete-excluded",
            "del",
        ]
        .iter()
        .any(|name| options.has('\0', name))
    {
        effects.touch(&target, Use::Remove, true);
    }
    let is_file =
        options.has('T', "no-target-directory") || (program == "ln" && !is_surely_directory);
    for source in &sources {
        let name = source.text.trim_end_matches('/');
        let name = name.rsplit('/').next().unwrap_or_default();
        let is_same = target.text.rsplit('/').next() == Some(name);
        if is_file || name.is_empty() || name == "." || (is_same && !is_surely_directory) {
            continue;
        }
        effects.touch(
            &Field {
                text: format!("{}/{name}", target.text.trim_end_matches('/')),
                certain: source.certain && target.certain,
                glob: source.glob || target.glob,
                below: false,
            },
            Use::Write,
            false,
        );
    }
    if program == "ln"
        && let [source] = sources.as_slice()
    {
        effects.links.push((target, source.clone()));
    }
    effects
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

fn tar(words: &[Field]) -> Effects {
    const VALUED: &str = "fCTXbgHIKLNV";
    let mut words = words.to_vec();
    // `tar xzf FILE`: letters without a dash, their values behind them in the same order.
    if let Some(bundle) = words.first().cloned()
        && !bundle.text.starts_with('-')
    {
        words.remove(0);
        let mut read = Vec::new();
        for letter in bundle.text.chars() {
            read.push(bundle.with(format!("-{letter}")));
            if VALUED.contains(letter) && !words.is_empty() {
                read.push(words.remove(0));
            }
        }
        read.append(&mut words);
        words = read;
    }
    let options = Spec {
        short: "f:C:T:X:b:g:H:I:K:L:N:V:",
        long: &[
            "file",
            "directory",
            "files-from",
            "exclude-from",
            "exclude",
            "strip-components",
        ],
    }
    .read(&words);
    let mut effects = Effects {
        opaque: options.has('\0', "checkpoint-action") || options.has('\0', "to-command"),
        ..Effects::none()
    };
    let archive = options.value('f', "file").filter(|file| file.text != "-");
    let is_extracting = options.has('x', "extract") || options.has('\0', "get");
    if options.has('c', "create") || options.has_any("ruA") {
        if let Some(archive) = archive {
            effects.touch(archive, Use::Write, false);
        }
        let usage = if options.has('\0', "remove-files") {
            Use::Remove
        } else {
            Use::Read
        };
        effects.all(&options.operands, usage, true)
    } else {
        if let Some(archive) = archive {
            effects.touch(archive, Use::Read, false);
        }
        if is_extracting && !options.has('O', "to-stdout") {
            let directories: Vec<Field> = options.values('C', "directory").cloned().collect();
            let here = [Field::new(".")];
            let places = if directories.is_empty() {
                here.as_slice()
            } else {
                &directories
            };
            effects = effects.all(places, Use::Write, true);
            if options.has('P', "absolute-names") {
                effects.touch(&Field::new("/"), Use::Write, true);
            }
        }
        effects
    }
}

/// The last part of an address: the name that a download gets.
fn remote_name(address: &Field) -> Field {
    let path = address.text.split(['?', '#']).next().unwrap_or_default();
    address.with(path.rsplit('/').next().unwrap_or_default())
}

fn joined(directory: Option<&Field>, file: &Field) -> Field {
    match directory {
        Some(directory) if !file.text.starts_with('/') => Field {
            text: format!("{}/{}", directory.text, file.text),
            certain: directory.certain && file.certain,
            glob: false,
            below: false,
        },
        _ => file.clone(),
    }
}

fn curl(words: &[Field]) -> Effects {
    let options = Spec {
        short: "A:b:c:C:d:D:e:E:F:h:H:K:m:o:P:Q:r:t:T:u:U:w:x:X:y:Y:z:",
        long: &[
            "output",
            "output-dir",
            "header",
            "data",
            "data-binary",
            "data-raw",
            "request",
            "user",
            "cacert",
            "cert",
            "key",
            "config",
            "max-time",
            "connect-timeout",
            "retry",
            "proxy",
            "user-agent",
            "url",
            "upload-file",
            "form",
            "write-out",
            "dump-header",
            "cookie-jar",
            "resolve",
        ],
    }
    .read(words);
    let mut effects = Effects::none();
    let directory = options.value('\0', "output-dir");
    let short = options.values('o', "output").cloned();
    let mut written: Vec<Field> = short
        .chain(options.values('D', "dump-header").cloned())
        .chain(options.values('c', "cookie-jar").cloned())
        .filter(|file| file.text != "-")
        .collect();
    if options.has('O', "remote-name") || options.has('\0', "remote-name-all") {
        written.extend(options.operands.iter().map(remote_name));
    }
    for file in written {
        effects.touch(&joined(directory, &file), Use::Write, false);
    }
    if let Some(file) = options.value('T', "upload-file") {
        effects.touch(file, Use::Read, false);
    }
    effects
}

fn wget(words: &[Field]) -> Effects {
    let options = Spec {
        short: "O:P:o:a:e:i:t:T:Q:U:B:A:R:D:l:w:",
        long: &[
            "output-document",
            "directory-prefix",
            "output-file",
            "append-output",
            "timeout",
            "tries",
            "header",
            "user",
            "password",
            "post-data",
            "post-file",
        ],
    }
    .read(words);
    let mut effects = Effects::none();
    for log in options
        .values('o', "output-file")
        .chain(options.values('a', "append-output"))
    {
        effects.touch(log, Use::Write, false);
    }
    match options.value('O', "output-document") {
        Some(file) if file.text == "-" => {}
        Some(file) => effects.touch(file, Use::Write, false),
        None => {
            for address in &options.operands {
                let file = joined(
                    options.value('P', "directory-prefix"),
                    &remote_name(address),
                );
                effects.touch(&file, Use::Write, false);
            }
        }
    }
    effects
}

fn mount(words: &[Field]) -> Effects {
    let options = Spec {
        short: "t:o:L:U:O:T:N:",
        long: &[
            "types",
            "options",
            "label",
            "uuid",
            "source",
            "target",
            "namespace",
        ],
    }
    .read(words);
    let mut effects = Effects::none();
    let mut operands = options.operands.clone();
    operands.extend(options.values('\0', "target").cloned());
    let is_remount = options
        .value('o', "options")
        .is_some_and(|options| options.text.contains("remount"));
    match operands.as_slice() {
        [] if options.has('a', "all") => {
            effects.touch(&Field::new("/"), Use::Mount, true);
            effects.uncertain = true;
        }
        [] => {}
        [target] => effects.touch(target, Use::Mount, false),
        [source, target, ..] => {
            // `none`, `tmpfs` and `server:/path` are no files.
            if source.text.starts_with('/') {
                effects.touch(source, Use::Read, false);
            }
            effects.touch(target, Use::Mount, false);
            let is_bind = options.has('B', "bind")
                || options.has('R', "rbind")
                || options
                    .value('o', "options")
                    .is_some_and(|options| options.text.contains("bind"));
            if is_bind && !is_remount {
                effects.links.push((target.clone(), source.clone()));
            }
        }
    }
    effects
}

fn umount(words: &[Field]) -> Effects {
    let options = Spec {
        short: "t:O:N:",
        long: &["types", "test-opts", "namespace"],
    }
    .read(words);
    if options.has('a', "all") && options.operands.is_empty() {
        return Effects {
            uncertain: true,
            ..Effects::none().all(&[Field::new("/")], Use::Unmount, true)
        };
    }
    Effects::none().all(
        &options.operands,
        Use::Unmount,
        options.has('R', "recursive"),
    )
}

fn sysctl(words: &[Field]) -> Effects {
    let options = Spec {
        short: "p::r:f::",
        long: &["pattern"],
    }
    .read(words);
    let mut effects = Effects::none();
    let is_loading =
        options.has('p', "load") || options.has('f', "") || options.has('\0', "system");
    if is_loading {
        let files = options.values('p', "load").chain(&options.operands);
        for file in files {
            effects.touch(file, Use::Read, false);
        }
        effects.sysctls.push(Sysctl {
            key: String::new(),
            value: String::new(),
        });
        return effects;
    }
    for word in &options.operands {
        if let Some((key, value)) = word.text.split_once('=') {
            effects.sysctls.push(Sysctl {
                key: sysctl_key(key.trim()),
                value: if value.contains('$') {
                    String::new()
                } else {
                    single_blanks(value)
                },
            });
        }
    }
    effects
}

/// A key with dots: `net/ipv4/ip_forward` is written too, and then dots are part of a name.
pub(super) fn sysctl_key(key: &str) -> String {
    let key = key.trim_matches('/');
    match (key.find('/'), key.find('.')) {
        (Some(slash), Some(dot)) if dot < slash => key.to_owned(),
        _ => key.replace('/', "."),
    }
}

pub(super) fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn echo(words: &[Field]) -> Output {
    let is_option = |word: &&Field| {
        word.text.strip_prefix('-').is_some_and(|letters| {
            !letters.is_empty() && letters.chars().all(|letter| "neE".contains(letter))
        })
    };
    let count = words.iter().take_while(is_option).count();
    let (options, words) = words.split_at(count);
    if words.iter().any(|word| word.below) {
        return Output::Paths(words.to_vec());
    }
    let has = |letter: char| options.iter().any(|option| option.text.contains(letter));
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let mut text = text.join(" ");
    if has('e') {
        text = unescape(&text);
    }
    if !has('n') {
        text.push('\n');
    }
    Output::Text(text)
}

/// `printf` with `%s`, `%b` and `%%`; what it prints with other directives is not worked out.
fn printf(words: &[Field]) -> Output {
    let words = match words {
        [dashes, rest @ ..] if dashes.text == "--" => rest,
        [option, ..] if option.text == "-v" => return Output::Text(String::new()),
        all => all,
    };
    let [format, arguments @ ..] = words else {
        return Output::Text(String::new());
    };
    let format = unescape(&format.text);
    let mut arguments = arguments.iter();
    let mut text = String::new();
    loop {
        let mut takes = false;
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            if character != '%' {
                text.push(character);
                continue;
            }
            match characters.next() {
                Some('%') => text.push('%'),
                Some(directive @ ('s' | 'b' | 'd' | 'i' | 'c' | 'q')) => {
                    takes = true;
                    let argument = arguments
                        .next()
                        .map_or("", |argument| argument.text.as_str());
                    match directive {
                        'b' => text.push_str(&unescape(argument)),
                        'c' => text.extend(argument.chars().next()),
                        _ => text.push_str(argument),
                    }
                }
                _ => return Output::Unknown,
            }
        }
        // The format is used again as long as there are arguments.
        if !takes || arguments.as_slice().is_empty() {
            return Output::Text(text);
        }
    }
}

fn is_disk_tool(program: &str) -> bool {
    program.starts_with("mkfs")
        || program.starts_with("fsck")
        || matches!(
            program,
            "mke2fs"
                | "mkswap"
                | "wipefs"
                | "fdisk"
                | "sfdisk"
                | "cfdisk"
                | "gdisk"
                | "sgdisk"
                | "parted"
                | "partprobe"
                | "resize2fs"
                | "xfs_growfs"
                | "xfs_repair"
                | "tune2fs"
                | "e2fsck"
                | "e2label"
                | "debugfs"
                | "cryptsetup"
                | "pvcreate"
                | "pvremove"
                | "vgremove"
                | "lvremove"
                | "blkdiscard"
                | "blockdev"
                | "hdparm"
                | "badblocks"
                | "growpart"
                | "mkdosfs"
                | "mkntfs"
                | "swapon"
                | "losetup"
        )
}

/// Tools that work on a disk, unless their words say that they only look.
fn disk(program: &str, words: &[Field]) -> Effects {
    let options = Spec {
        short: "t:L:U:N:b:i:m:O:o:",
        long: &[],
    }
    .read(words);
    let says = |text: &str| words.iter().any(|word| word.text == text);
    let looks = match program {
        "fdisk" | "tune2fs" | "sgdisk" | "losetup" => {
            options.has('l', "list") || says("-p") || words.is_empty() || says("-a")
        }
        "sfdisk" => options.has('l', "list") || options.has('d', "dump"),
        "parted" => options.has('l', "list") || says("print") || says("p"),
        "wipefs" => {
            options.has('n', "no-act") || !options.has('a', "all") && !options.has('o', "offset")
        }
        "blockdev" => !says("--setro") && !says("--setrw"),
        "mkfs.ext4" | "mke2fs" | "mkfs.ext3" | "resize2fs" => options.has('n', ""),
        "hdparm" => options.operands.len() == words.len() || options.has_any("iIgtT"),
        "e2label" => options.operands.len() < 2,
        _ if program.starts_with("fsck") || program == "e2fsck" || program == "xfs_repair" => {
            options.has_any("nN")
        }
        _ => false,
    };
    let usage = if looks { Use::Read } else { Use::Write };
    let mut effects = Effects::none();
    for word in words
        .iter()
        .filter(|word| word.text.starts_with(['/', '$']))
    {
        effects.touch(word, usage, false);
    }
    effects
}

/// Programs that run a text in a language that is not read here.
pub(super) fn is_interpreter(program: &str) -> bool {
    let stem = program.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
    matches!(
        stem,
        "python"
            | "pypy"
            | "perl"
            | "ruby"
            | "irb"
            | "node"
            | "nodejs"
            | "deno"
            | "bun"
            | "php"
            | "lua"
            | "luajit"
            | "tclsh"
            | "expect"
            | "gdb"
            | "guile"
            | "R"
            | "Rscript"
            | "java"
            | "jshell"
            | "pwsh"
            | "fish"
            | "csh"
            | "tcsh"
            | "nu"
            | "xonsh"
    )
}

fn interpreter(program: &str, words: &[Field], stdin: &Stdin) -> Effects {
    let only_tells = words.len() == 1
        && matches!(
            words[0].text.as_str(),
            "--version" | "-V" | "-v" | "--help" | "-h"
        );
    let mut effects = Effects::none();
    if only_tells {
        return effects;
    }
    let options = Spec {
        short: "e:c:E:i::I:m:M:X:W:r:",
        long: &[],
    }
    .read_prefix(words);
    let has_program = options.has_any("ecEmr") || options.has('\0', "eval");
    let is_terminal = matches!(stdin, Stdin::Terminal);
    effects.interactive = options.operands.is_empty() && !has_program && is_terminal;
    effects.opaque = true;
    let mut operands = options.operands.iter();
    if !has_program && let Some(script) = operands.next() {
        effects.touch(script, Use::Execute, false);
    }
    // `perl -pi -e`, `ruby -i -pe`: the files are changed in place.
    let in_place = program.starts_with("perl") || program.starts_with("ruby");
    let cluster_has_i = words.iter().any(|word| {
        word.text.starts_with('-')
            && !word.text.starts_with("--")
            && word
                .text
                .chars()
                .take_while(|letter| *letter != 'e')
                .any(|letter| letter == 'i')
    });
    let usage = if in_place && cluster_has_i {
        Use::Write
    } else {
        Use::Named
    };
    for operand in operands.filter(|operand| usage == Use::Write || operand.text.starts_with('/')) {
        effects.touch(operand, usage, false);
    }
    effects
}

/// Whether the program runs commands that are in none of its words, or runs them where no path of this container leads.
fn is_opaque(program: &str, words: &[Field]) -> bool {
    let says = |texts: &[&str]| words.iter().any(|word| texts.contains(&word.text.as_str()));
    match program {
        "at" | "batch" | "parallel" | "make" | "ansible" | "ansible-playbook" | "run-parts"
        | "ssh" | "alias" | "m4" => true,
        "crontab" => !says(&["-l"]),
        "docker" | "podman" | "nerdctl" | "ctr" | "runc" | "crictl" => {
            says(&["run", "exec", "create", "runp", "build", "start"])
        }
        "nc" | "ncat" | "netcat" | "socat" => words.iter().any(|word| {
            matches!(word.text.as_str(), "-e" | "-c" | "--exec" | "--sh-exec")
                || word.text.to_ascii_lowercase().contains("exec:")
        }),
        _ => false,
    }
}

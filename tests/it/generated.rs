//! Generated files are what their sources say.
//!
//! `UPDATE_GENERATED=1 cargo test generated` writes them anew. `KUBECTL_SAFE_MEASURE=PATH` measures a kubectl first.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use self::measured::{Command, Flag, Measured};

mod measure;
mod measured;
mod risks;
mod verbs;

const TABLE: &str = "src/kubectl/flags/table.rs";

/// Names a kubectl whose flags are measured before all else.
const MEASURE: &str = "KUBECTL_SAFE_MEASURE";

/// Flags whose default differs between versions, where the code knows it: `src/change/files/depth.rs`.
const CHANGED: [(&str, &str); 1] = [("annotate", "recursive")];

/// A command over all versions.
struct Merged {
    first: u8,
    last: u8,
    aliases: Vec<String>,
    flags: BTreeMap<String, Flag>,
    /// The first and the last version that has each flag.
    spans: BTreeMap<String, (u8, u8)>,
}

#[test]
fn flag_table_is_fresh() {
    if let Some(kubectl) = std::env::var_os(MEASURE) {
        let mut measured = Measured::read();
        measure::write_into(&mut measured, &kubectl);
        measured.write();
    }
    assert_fresh(TABLE, &render(&merge()));
}

/// The committed file is this text.
fn assert_fresh(path: &str, fresh: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if [MEASURE, "UPDATE_GENERATED"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
    {
        std::fs::write(&file, fresh).expect("the source tree is writable");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == fresh,
        "{path} is stale: run UPDATE_GENERATED=1 cargo test --test it generated"
    );
}

fn merge() -> (Vec<u8>, BTreeMap<String, Merged>) {
    let mut minors = Vec::new();
    let mut merged: BTreeMap<String, Merged> = BTreeMap::new();
    for (minor, now) in Measured::read().states() {
        minors.push(minor);
        for (path, command) in &now {
            let into = merged.entry(path.clone()).or_insert_with(|| Merged {
                first: minor,
                last: minor,
                aliases: command.aliases.clone(),
                flags: command.flags.clone(),
                spans: BTreeMap::new(),
            });
            assert!(
                into.last + 1 >= minor,
                "{path} went away and came back, one range cannot say that"
            );
            into.last = minor;
            for flag in command.flags.keys() {
                let (_, last) = into.spans.entry(flag.clone()).or_insert((minor, minor));
                assert!(
                    *last + 1 >= minor,
                    "{path} --{flag} went away and came back, one range cannot say that"
                );
                *last = minor;
            }
            assert_eq!(
                into.aliases, command.aliases,
                "{path} has changed its aliases"
            );
            add(
                into,
                path,
                command,
                now.keys()
                    .any(|other| other.starts_with(&format!("{path} ")) || path.is_empty()),
            );
        }
    }
    (minors, merged)
}

/// Adds a later version's flags, and refuses what no union can express.
fn add(into: &mut Merged, path: &str, later: &Command, group: bool) {
    for (name, flag) in &later.flags {
        let Some(known) = into.flags.get_mut(name) else {
            assert!(
                !(group && takes_no_word(flag)),
                "{path} --{name}: versions would find different subcommands behind it"
            );
            into.flags.insert(name.clone(), flag.clone());
            continue;
        };
        assert_eq!(
            takes_no_word(known),
            takes_no_word(flag),
            "{path} --{name} takes the next word in some versions only"
        );
        assert_eq!(
            known.alone, flag.alone,
            "{path} --{name} alone means different things"
        );
        match (known.kind.as_str(), flag.kind.as_str()) {
            (old, new) if old == new => {}
            ("string", "list") => known.kind.clone_from(&flag.kind),
            (old, new) => panic!("{path} --{name} was {old} and is {new}"),
        }
        if known.short.is_none() {
            known.short = flag.short;
        } else {
            assert!(
                flag.short.is_none() || flag.short == known.short,
                "{path} --{name} has changed its letter"
            );
        }
        assert!(
            known.default == flag.default || CHANGED.contains(&(path, name.as_str())),
            "{path} --{name} is on by default in some versions only: what that means must stand in the code"
        );
        known.default.clone_from(&flag.default);
    }
    let gone = |name: &&String| !later.flags.contains_key(*name);
    for name in into.flags.keys().filter(gone) {
        assert!(
            !(group && takes_no_word(&into.flags[name])),
            "{path} --{name}: versions would find different subcommands behind it"
        );
    }
}

fn takes_no_word(flag: &Flag) -> bool {
    flag.kind == "bool" || flag.alone.is_some()
}

fn render((minors, commands): &(Vec<u8>, BTreeMap<String, Merged>)) -> String {
    let (oldest, newest) = (minors[0], minors[minors.len() - 1]);
    let mut text = String::from(
        "// @generated by tests/it/generated.rs from tests/data/kubectl-flags.json. Do not edit.\n\n\
         //! Every command and flag of kubectl.\n\n\
         use super::Kind::{Bool, CsvList, Duration, Integer, List, Map, Text};\n\
         use super::{Command, Flag, Kind, Minor};\n\n\
         const fn long(long: &'static str, kind: Kind) -> Flag {\n    Flag { long, short: None, kind }\n}\n\n\
         const fn short(long: &'static str, short: u8, kind: Kind) -> Flag {\n    Flag { long, short: Some(short), kind }\n}\n\n\
         const ON: Kind = Bool { default: true };\n\
         const OFF: Kind = Bool { default: false };\n\
         const TEXT: Kind = Text { alone: None };\n\n\
         const fn text_or(alone: &'static str) -> Kind {\n    Text { alone: Some(alone) }\n}\n\n",
    );
    let _ = writeln!(text, "pub(super) const OLDEST: Minor = Minor({oldest});");
    let _ = writeln!(text, "pub(super) const NEWEST: Minor = Minor({newest});\n");
    text.push_str("/// The flags that every command takes.\npub static GLOBAL: &[Flag] = &[\n");
    render_flags(&mut text, &commands[""], 1);
    text.push_str("];\n\n/// `kubectl` itself, and below it all other commands.\n");
    let _ = writeln!(
        text,
        "pub static ROOT: Command = Command {{ path: \"\", aliases: &[], first: OLDEST, last: NEWEST, flags: &[], children: &["
    );
    render_children(&mut text, commands, "", (oldest, newest), 1);
    text.push_str("] };\n\n");
    render_spans(&mut text, commands, (oldest, newest));
    text
}

/// The flags that came or went while their command was there.
fn render_spans(text: &mut String, commands: &BTreeMap<String, Merged>, all: (u8, u8)) {
    text.push_str(
        "/// Command and flag, with the first and the last version that has it: where that is not all versions of the command.\n\
         pub static SPANS: &[(&str, &str, Minor, Minor)] = &[\n",
    );
    for (path, command) in commands {
        for (flag, (first, last)) in &command.spans {
            if (*first, *last) != (command.first, command.last) {
                let _ = writeln!(
                    text,
                    "    ({path:?}, {flag:?}, {}, {}),",
                    first_text(*first, all),
                    last_text(*last, all)
                );
            }
        }
    }
    text.push_str("];\n");
}

fn first_text(first: u8, all: (u8, u8)) -> String {
    if first == all.0 {
        "OLDEST".to_owned()
    } else {
        format!("Minor({first})")
    }
}

fn last_text(last: u8, all: (u8, u8)) -> String {
    if last == all.1 {
        "NEWEST".to_owned()
    } else {
        format!("Minor({last})")
    }
}

fn render_children(
    text: &mut String,
    commands: &BTreeMap<String, Merged>,
    parent: &str,
    all: (u8, u8),
    depth: usize,
) {
    let pad = "    ".repeat(depth);
    for (path, command) in commands {
        let name = if parent.is_empty() {
            Some(path.as_str())
        } else {
            path.strip_prefix(parent)
                .and_then(|rest| rest.strip_prefix(' '))
        };
        if name.is_none_or(|name| name.is_empty() || name.contains(' ')) {
            continue;
        }
        let aliases: Vec<String> = command
            .aliases
            .iter()
            .map(|alias| format!("{alias:?}"))
            .collect();
        let first = first_text(command.first, all);
        let last = last_text(command.last, all);
        let _ = writeln!(
            text,
            "{pad}Command {{ path: {path:?}, aliases: &[{}], first: {first}, last: {last}, flags: &[",
            aliases.join(", ")
        );
        render_flags(text, command, depth + 1);
        let _ = write!(text, "{pad}], children: &[");
        let start = text.len();
        render_children(text, commands, path, all, depth + 1);
        if text.len() > start {
            text.insert(start, '\n');
            text.push_str(&pad);
        }
        text.push_str("] },\n");
    }
}

fn render_flags(text: &mut String, command: &Merged, depth: usize) {
    let pad = "    ".repeat(depth);
    for (name, flag) in &command.flags {
        let kind = match (flag.kind.as_str(), &flag.alone, flag.default.as_deref()) {
            ("bool", _, Some("true")) => "ON".to_owned(),
            ("bool", ..) => "OFF".to_owned(),
            ("string", None, _) => "TEXT".to_owned(),
            ("string", Some(alone), _) => format!("text_or({alone:?})"),
            ("int", ..) => "Integer".to_owned(),
            ("duration", ..) => "Duration".to_owned(),
            ("list", ..) => "List".to_owned(),
            ("csv-list", ..) => "CsvList".to_owned(),
            ("map", ..) => "Map".to_owned(),
            (kind, ..) => panic!("--{name} is of the unknown kind {kind}"),
        };
        let _ = match flag.short {
            Some(short) => writeln!(text, "{pad}short({name:?}, b'{short}', {kind}),"),
            None => writeln!(text, "{pad}long({name:?}, {kind}),"),
        };
    }
}

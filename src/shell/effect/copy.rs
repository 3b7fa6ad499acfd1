//! Programs that put files somewhere else: `mv`, `cp`, `ln`, `install`, `rsync`, `scp`.

use super::Effects;
use crate::shell::act::Use;
use crate::shell::expansion::Field;
use crate::shell::options::{Options, Spec};

/// Programs that put files somewhere else.
pub(super) fn copy(program: &str, words: &[Field]) -> Effects {
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
    put(
        &mut effects,
        &Move {
            program,
            options: &options,
            sources: &sources,
            target: &target,
            has_directory,
            is_tree,
        },
    );
    effects
}

/// Files on their way to a target.
struct Move<'a> {
    program: &'a str,
    options: &'a Options,
    sources: &'a [Field],
    target: &'a Field,
    /// Whether the target was given as a directory.
    has_directory: bool,
    is_tree: bool,
}

/// What happens at the target.
fn put(effects: &mut Effects, moved: &Move<'_>) {
    let &Move {
        program,
        options,
        sources,
        target,
        has_directory,
        is_tree,
    } = moved;
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
    effects.touch(target, Use::Write, is_merged);
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
        effects.touch(target, Use::Remove, true);
    }
    // A name with an ending is hardly a directory's, but for those such as `conf.d`.
    let last = target.text.rsplit('/').next().unwrap_or_default();
    let has_ending = last
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending != "d");
    let is_file = options.has('T', "no-target-directory")
        || (!is_surely_directory && (program == "ln" || has_ending));
    for source in sources {
        if program == "rsync" && source.text.ends_with('/') {
            continue;
        }
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
        && let [source] = sources
    {
        effects.links.push((target.clone(), source.clone()));
    }
}

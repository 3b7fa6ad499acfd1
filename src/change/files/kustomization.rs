//! The files of a kustomization: which of them are here, so that a change of one is seen, and whether any part lies elsewhere.
//!
//! What is in them is for kubectl to put together. Source: `NewLoader` of `sigs.k8s.io/kustomize/api/internal/loader`, which looks
//! for a git repository in a name before it looks for a folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

use crate::kubectl::inputs;

/// How the file may be called.
const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that name no file.
const PLAIN: [&str; 16] = [
    "apiVersion",
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "generatorOptions",
    "images",
    "kind",
    "labels",
    "metadata",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "replicas",
    "sortOptions",
    "vars",
    "imageTags",
];

/// Fields of which every name is a file, a folder or a repository.
const PARTS: [&str; 3] = ["bases", "components", "resources"];

/// Whether a kustomization has parts elsewhere, or nobody can tell. Its files here are remembered.
pub(super) fn is_remote(kustomization: &str) -> bool {
    if may_be_elsewhere(kustomization) {
        return true;
    }
    let mut folders = vec![PathBuf::from(kustomization)];
    let mut seen: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        inputs::note(&folder);
        let Ok(real) = folder.canonicalize() else {
            return true;
        };
        if seen.contains(&real) {
            continue;
        }
        seen.push(real);
        for file in FILES {
            inputs::note(&folder.join(file));
        }
        let Some(fields) = read(&folder) else {
            return true;
        };
        for (key, value) in fields {
            let key = key.as_str().unwrap_or_default();
            if PLAIN.contains(&key) {
                continue;
            }
            let mut names = Vec::new();
            texts(&value, &mut names);
            for name in names {
                let path = folder.join(file_of(name));
                inputs::note(&path);
                if may_be_elsewhere(name) || PARTS.contains(&key) && !path.exists() {
                    return true;
                }
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
    }
    false
}

/// The one file of a kustomization; none where kubectl may read another, or read it otherwise.
fn read(folder: &Path) -> Option<serde_yaml::Mapping> {
    let mut files = FILES.iter().map(|file| folder.join(file));
    let file = files.find(|file| file.exists())?;
    let text = fs::read_to_string(file).ok()?;
    // With a tag or a merge key Go may read another value.
    if ["!!", "!<", "%TAG", "<<"]
        .iter()
        .any(|it| text.contains(it))
    {
        return None;
    }
    serde_yaml::from_str(&text).ok()
}

/// Whether kustomize may take a name for a URL or a repository, whatever lies here under that name.
fn may_be_elsewhere(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["://", "@", "git::", "github.com", "?ref="]
        .iter()
        .any(|mark| name.contains(mark))
}

/// The file that a generator names: `key=file`.
fn file_of(name: &str) -> &str {
    name.rsplit_once('=').map_or(name, |(_, file)| file)
}

fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Sequence(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Mapping(fields) => fields.values().for_each(|value| texts(value, found)),
        Value::Tagged(tagged) => texts(&tagged.value, found),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_elsewhere_is_seen_at_any_depth() {
        for (own, base, expected) in [
            ("resources: [a.yaml, base]", "resources: [b.yaml]", false),
            (
                "resources: [a.yaml]\nimages: [{name: a, newName: x/a@sha256}]",
                "",
                false,
            ),
            (
                "commonAnnotations: {at: https://x}\nresources: [a.yaml]",
                "",
                false,
            ),
            (
                "configMapGenerator: [{name: a, files: [key=a.yaml]}]",
                "",
                false,
            ),
            (
                "patches: [{patch: '[{op: remove, path: /spec}]'}]",
                "",
                false,
            ),
            ("resources: [https://x/a.yaml]", "", true),
            ("resources: [base]", "resources: [git@x:a/b]", true),
            ("bases: [github.com/a/b]", "", true),
            ("resources: [nowhere]", "", true),
            ("patches: [{path: https://x/a.yaml}]", "", true),
            (
                "configMapGenerator: [{name: a, files: [key=https://x]}]",
                "",
                true,
            ),
            ("openapi: {path: HTTPS://x}", "", true),
            ("components: ['file:///a/b?ref=c']", "", true),
            ("resources: [a.yaml", "", true),
            ("resources: [!!binary YQ==]", "", true),
            ("resources: []\nresources: [base]", "", true),
        ] {
            let root = tempfile::tempdir().expect("a temporary folder");
            fs::create_dir(root.path().join("base")).expect("a folder");
            for (name, text) in [
                ("kustomization.yaml", own),
                ("a.yaml", ""),
                ("base/Kustomization", base),
                ("base/b.yaml", ""),
            ] {
                fs::write(root.path().join(name), text).expect("a file");
            }
            let folder = root.path().display().to_string();
            assert_eq!(is_remote(&folder), expected, "{own}\n{base}");
        }
        assert!(is_remote("/nowhere/at/all"));
        assert!(is_remote("https://example.com/a//b?ref=c"));
    }
}

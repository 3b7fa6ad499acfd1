//! Which files are meant, in kubectl's order.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::document::Document;
use super::{Depth, FileFlags, Input, glob, helper, stream};
use crate::error::system_words;
use crate::kubectl::inputs::{self, NotRead};
use crate::unknown::{Unknown, What, Why};

/// One stream of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `-f -`.
    Stdin,
    /// A file, as kubectl would name it.
    File(PathBuf),
    /// `-f http://…`.
    Url(String),
    /// `-k`.
    Kustomization(String),
}

/// Whether kubectl takes these for a single resource: one file, however many objects are in it, but never standard input.
/// Source: `singleItemImplied` in `visitByPaths`.
pub(super) fn are_single(sources: &[Source]) -> bool {
    matches!(sources, [source] if *source != Source::Stdin)
}

/// All sources; `None` when kubectl stops before it opens the first.
pub(super) fn find(flags: &FileFlags<'_>) -> Option<Vec<Source>> {
    let mut sources = Vec::new();
    for name in flags.filenames {
        if name == "-" {
            if sources.contains(&Source::Stdin) {
                return None;
            }
            sources.push(Source::Stdin);
        } else if name.starts_with("http://") || name.starts_with("https://") {
            sources.push(Source::Url(name.clone()));
        } else {
            for path in expand(name)? {
                walk(&path, flags.depth, &mut sources)?;
            }
            // A folder without manifests, when nothing came before it.
            if sources.is_empty() {
                return None;
            }
        }
    }
    if !flags.kustomize.is_empty() {
        sources.push(Source::Kustomization(flags.kustomize.to_owned()));
    }
    Some(sources)
}

/// The path itself when it is there, else what it matches as a pattern.
fn expand(name: &str) -> Option<Vec<PathBuf>> {
    if fs::metadata(name).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        inputs::note(Path::new(name));
        return glob::find(name).filter(|paths| !paths.is_empty());
    }
    Some(vec![PathBuf::from(name)])
}

/// Go's `filepath.Walk`: lexical, and links to folders are not followed. `None` when it fails.
fn walk(path: &Path, depth: Depth, sources: &mut Vec<Source>) -> Option<()> {
    // kubectl stats what is named, and lstats what it walks.
    fs::metadata(path).ok()?;
    if fs::symlink_metadata(path).ok()?.is_dir() {
        walk_folder(path, depth, sources)
    } else {
        sources.push(Source::File(path.to_owned()));
        Some(())
    }
}

fn walk_folder(folder: &Path, depth: Depth, sources: &mut Vec<Source>) -> Option<()> {
    inputs::note(folder);
    let mut names: Vec<_> = fs::read_dir(folder)
        .ok()?
        .map(|entry| entry.map(|it| it.file_name()))
        .collect::<Result<_, _>>()
        .ok()?;
    names.sort_unstable();
    for name in names {
        let path = folder.join(name);
        if fs::symlink_metadata(&path).ok()?.is_dir() {
            if depth == Depth::Deep {
                walk_folder(&path, depth, sources)?;
            }
        } else if is_manifest(path.as_os_str().as_encoded_bytes()) {
            sources.push(Source::File(path));
        }
    }
    Some(())
}

/// Go's `filepath.Ext` is one of `.json`, `.yaml`, `.yml`; a file called `.yaml` has that extension too.
fn is_manifest(path: &[u8]) -> bool {
    // Names are bytes: `\xe9t\xe9.yaml` is a manifest too.
    [".json", ".yaml", ".yml"]
        .iter()
        .any(|extension| path.ends_with(extension.as_bytes()))
}

impl Source {
    /// Its documents, as far as kubectl would read them; where kubectl itself has to, within this time.
    pub(super) fn read(
        &self,
        input: &Input<'_>,
        patience: Duration,
    ) -> Result<Vec<Document>, Unknown> {
        match self {
            Self::Url(_) | Self::Kustomization(_) => helper::read(self, input, patience),
            Self::Stdin => match input.stdin.read() {
                Ok(bytes) => stream::read(&bytes)
                    .or_else(|stream::Uncertain| helper::read(self, input, patience)),
                Err(error) => Err(self.unknown(Why::System(system_words(&error)))),
            },
            Self::File(path) => self.read_file(path, input, patience),
        }
    }

    fn read_file(
        &self,
        path: &Path,
        input: &Input<'_>,
        patience: Duration,
    ) -> Result<Vec<Document>, Unknown> {
        if names_stdin(path) {
            return Self::Stdin.read(input, patience);
        }
        match read_once(path, input) {
            Ok(Some(bytes)) => stream::read(&bytes)
                .or_else(|stream::Uncertain| helper::read(self, input, patience)),
            // kubectl cannot open it either, says so, and goes on with the next file.
            Ok(None) => Ok(vec![Document::Refused]),
            Err(why) => Err(self.unknown(why)),
        }
    }

    /// Says that this source could not be read.
    pub(super) fn unknown(&self, why: impl Into<Why>) -> Unknown {
        let what = match self {
            Self::Stdin => What::Stdin,
            Self::File(path) => What::File(path.display().to_string()),
            Self::Url(url) => What::Url(url.clone()),
            Self::Kustomization(folder) => What::Kustomization(folder.clone()),
        };
        Unknown::new(what, why)
    }
}

/// A file's bytes; none when kubectl cannot open it either.
pub(super) fn read_once(path: &Path, input: &Input<'_>) -> Result<Option<Vec<u8>>, Why> {
    if names_stdin(path) {
        let read = input.stdin.read();
        return read
            .map(Some)
            .map_err(|error| Why::System(system_words(&error)));
    }
    match inputs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(NotRead::ReadOnce) => Err(Why::ReadOnce),
        Err(NotRead::Failed(_)) => Ok(None),
    }
}

/// The names under which the copy of standard input will be found again after it was put back.
fn names_stdin(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]
        .iter()
        .any(|name| path == Path::new(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubectl::program::PATIENCE;

    fn names(flags: &FileFlags<'_>, root: &Path) -> Option<Vec<String>> {
        let name = |source: Source| match source {
            Source::File(path) => path
                .strip_prefix(root)
                .unwrap_or(&path)
                .display()
                .to_string(),
            other => format!("{other:?}"),
        };
        find(flags).map(|sources| sources.into_iter().map(name).collect())
    }

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary folder");
        for file in [
            "b.yaml",
            "a.json",
            "c.yml",
            "note.txt",
            "sub/d.yaml",
            "B.YAML",
            "empty/x.txt",
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, "").expect("a file");
        }
        root
    }

    #[test]
    fn walks_folders_in_lexical_order() {
        let root = tree();
        let at = |name: &str| root.path().join(name).display().to_string();
        let of = |filenames: &[String], depth| {
            names(
                &FileFlags {
                    filenames,
                    kustomize: "",
                    depth,
                },
                root.path(),
            )
        };
        let list =
            |names: &[&str]| Some(names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            of(&[at("")], Depth::Flat),
            list(&["a.json", "b.yaml", "c.yml"])
        );
        assert_eq!(
            of(&[at("")], Depth::Deep),
            list(&["a.json", "b.yaml", "c.yml", "sub/d.yaml"])
        );
        assert_eq!(
            of(&[at("note.txt"), at("*.y*ml")], Depth::Flat),
            list(&["note.txt", "b.yaml", "c.yml"])
        );
        assert_eq!(of(&[at("missing.yaml")], Depth::Flat), None);
        assert_eq!(of(&[at("empty")], Depth::Flat), None);
        assert_eq!(
            of(&[at("a.json"), at("empty")], Depth::Flat),
            list(&["a.json"])
        );
        assert_eq!(of(&["-".to_owned(), "-".to_owned()], Depth::Flat), None);
        assert_eq!(
            of(&["-".to_owned(), "https://x/y".to_owned()], Depth::Flat),
            list(&["Stdin", "Url(\"https://x/y\")"])
        );
    }

    #[test]
    fn does_not_follow_a_link_to_a_folder() {
        let root = tree();
        let link = root.path().join("link");
        std::os::unix::fs::symlink(root.path().join("sub"), &link).expect("a link");
        let mut sources = Vec::new();
        walk(&link, true, &mut sources).expect("it is there");
        // kubectl opens it as a file and fails; nothing is read from it.
        assert_eq!(sources, [Source::File(link.clone())]);
        let stdin = crate::kubectl::stdin::Stdin::default();
        assert_eq!(
            sources[0].read(
                &Input {
                    stdin: &stdin,
                    kubectl: None
                },
                PATIENCE
            ),
            Ok(vec![Document::Refused])
        );
    }

    #[test]
    fn one_file_is_a_single_resource_and_a_stream_is_not() {
        let file = || Source::File("a.yaml".into());
        assert!(are_single(&[file()]));
        assert!(are_single(&[Source::Kustomization("k".to_owned())]));
        assert!(!are_single(&[Source::Stdin]));
        assert!(!are_single(&[file(), file()]));
    }
}

//! How deep kubectl goes into folders.

use std::path::Path;

use super::{FileFlags, Input};
use crate::kubectl::flags::{Minor, Verb};
use crate::kubectl::invocation::Invocation;
use crate::kubectl::version;

/// Whether a folder is read with the folders below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Its own files alone.
    Flat,
    /// `-R`.
    Deep,
    /// `annotate` without `-R`: `Flat` up to kubectl 1.36, `Deep` from 1.37 on, and then refused beside `-k` too.
    ByVersion,
}

/// The first kubectl whose `annotate` has `-R` on by default.
const DEEP: Minor = Minor(37);

impl Depth {
    pub(super) fn of(invocation: &Invocation) -> Self {
        if invocation.verb() == Verb::Annotate && !invocation.is_set("recursive") {
            Self::ByVersion
        } else if invocation.truth_if_any("recursive") {
            Self::Deep
        } else {
            Self::Flat
        }
    }

    /// Never `ByVersion`: kubectl is asked for its version where it matters. Where that is not known, what it may read counts.
    pub(super) fn settle(self, flags: &FileFlags<'_>, input: &Input<'_>) -> Self {
        let is_file = |name: &String| Path::new(name).is_file() || name == "-";
        if self != Self::ByVersion
            || flags.kustomize.is_empty() && flags.filenames.iter().all(is_file)
        {
            return self.or_flat();
        }
        match input.kubectl.map(version::ask) {
            Some(Ok(minor)) if minor < DEEP => Self::Flat,
            Some(Ok(_)) => Self::Deep,
            _ if flags.kustomize.is_empty() => Self::Deep,
            _ => Self::Flat,
        }
    }

    fn or_flat(self) -> Self {
        match self {
            Self::Deep => Self::Deep,
            Self::Flat | Self::ByVersion => Self::Flat,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::kubectl::program::Program;
    use crate::kubectl::stdin::Stdin;

    /// What `annotate` without `-R` does with a kubectl of this version, or with none.
    fn settle(minor: Option<u8>, flags: &FileFlags<'_>) -> Depth {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("stand-in");
        let kubectl = minor.map(|minor| {
            let answer =
                format!("#!/bin/sh\necho '{{\"clientVersion\": {{\"minor\": \"{minor}\"}}}}'\n");
            fs::write(&path, answer).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its owner may");
            Program::at(path)
        });
        let stdin = Stdin::default();
        let input = Input {
            stdin: &stdin,
            kubectl: kubectl.as_ref(),
        };
        flags.depth.settle(flags, &input)
    }

    #[test]
    fn annotate_goes_as_deep_as_its_version_does() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = folder.path().display().to_string();
        let filenames = [folder.clone()];
        let of_folder = FileFlags {
            filenames: &filenames,
            kustomize: "",
            depth: Depth::ByVersion,
        };
        let of_base = FileFlags {
            filenames: &[],
            kustomize: &folder,
            depth: Depth::ByVersion,
        };
        for (minor, deep_folder, deep_base) in [
            (Some(36), Depth::Flat, Depth::Flat),
            (Some(37), Depth::Deep, Depth::Deep),
            // What is not known must hide nothing.
            (None, Depth::Deep, Depth::Flat),
        ] {
            assert_eq!(settle(minor, &of_folder), deep_folder, "{minor:?}");
            assert_eq!(settle(minor, &of_base), deep_base, "{minor:?}");
        }
        // kubectl is not asked where it makes no difference.
        let filenames = ["-".to_owned()];
        let of_stdin = FileFlags {
            filenames: &filenames,
            ..of_folder
        };
        assert_eq!(settle(Some(37), &of_stdin), Depth::Flat);
    }
}

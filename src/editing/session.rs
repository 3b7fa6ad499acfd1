//! The folder of one edit, through which the process that runs kubectl and the one that kubectl runs as its editor know each other.
//!
//! It is the person's alone, lives as long as kubectl, and holds: the `editor` (a link to this program), the `order` (what was
//! typed), the `original` (the first text that kubectl wrote) and the `refusal`, if there was one.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::keep::private_folder;
use crate::cli::OwnFlags;
use crate::environment;
use crate::error::Kind;
use crate::kubectl::editor;
use crate::plan::Place;

const EDITOR: &str = "editor";
const ORDER: &str = "order";
const ORIGINAL: &str = "original";
const REFUSAL: &str = "refusal";

/// An edit, on the side that runs kubectl.
#[derive(Debug)]
pub(super) struct Session {
    folder: TempDir,
}

/// What was typed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// The words after `kubectl`.
    pub(super) words: Vec<OsString>,
    /// Our own flags.
    pub(super) flags: OwnFlags,
    /// Where kubectl acts: it read the kubeconfig when it was started, and does not read it again.
    pub(super) place: Place,
    /// The person's `KUBE_EDITOR`, which ours has taken the place of.
    pub(super) kube_editor: Option<OsString>,
}

/// An edit, on the side that kubectl runs.
#[derive(Debug)]
pub(super) struct Sitting {
    folder: PathBuf,
    /// What was typed.
    pub(super) order: Order,
    /// Locked while we are here.
    _lock: File,
}

impl Session {
    pub(super) fn begin(words: &[OsString], flags: &OwnFlags, place: &Place) -> io::Result<Self> {
        let folder = private_folder("kubectl-safe-edit-")?;
        symlink(std::env::current_exe()?, folder.path().join(EDITOR))?;
        let order = Order {
            words: words.to_vec(),
            flags: flags.clone(),
            place: place.clone(),
            kube_editor: std::env::var_os(environment::KUBE_EDITOR),
        };
        fs::write(folder.path().join(ORDER), serde_json::to_vec(&order)?)?;
        Ok(Self { folder })
    }

    /// What kubectl has to be started with.
    pub(super) fn variables(&self) -> [(&'static str, OsString); 2] {
        let folder = self.folder.path();
        [
            (environment::EDIT, folder.into()),
            (
                environment::KUBE_EDITOR,
                editor::line_for(&folder.join(EDITOR)),
            ),
        ]
    }

    /// After kubectl: how a text was refused, if one was. Waits for the editor, should kubectl have died before it.
    pub(super) fn end(self) -> io::Result<Option<Kind>> {
        File::open(self.folder.path().join(ORDER))?.lock()?;
        match fs::read(self.folder.path().join(REFUSAL)) {
            Ok(kind) => Ok(Some(serde_json::from_slice(&kind)?)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(why),
        }
    }
}

impl Sitting {
    /// The edit that `called_as` is the editor of. The variable alone decides nothing: it may be left over from anywhere.
    pub(super) fn join(called_as: &OsStr) -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os(environment::EDIT)?);
        if !folder.is_absolute() || folder.join(EDITOR) != Path::new(called_as) {
            return None;
        }
        let lock = File::open(folder.join(ORDER)).ok()?;
        lock.lock().ok()?;
        let order = serde_json::from_reader(&lock).ok()?;
        Some(Self {
            folder,
            order,
            _lock: lock,
        })
    }

    /// The text that kubectl wrote for the whole edit: `given` the first time, and remembered.
    pub(super) fn original(&self, given: &[u8]) -> io::Result<Vec<u8>> {
        let path = self.folder.join(ORIGINAL);
        match fs::read(&path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => {
                fs::write(path, given)?;
                Ok(given.to_vec())
            }
            original => original,
        }
    }

    /// Leaves word of a refusal.
    pub(super) fn refuse(&self, kind: Kind) -> io::Result<()> {
        fs::write(self.folder.join(REFUSAL), serde_json::to_vec(&kind)?)
    }
}

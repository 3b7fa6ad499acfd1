//! What is remembered between commands, below `~/.cache/kubectl-safe`, for our eyes alone. Nothing depends on it but time.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;

use crate::environment;

/// What was remembered under this name; nothing when it cannot be read.
#[must_use]
pub fn recall(name: &str) -> Option<Vec<u8>> {
    fs::read(folder()?.join(name)).ok()
}

/// Remembers it: written beside its place and moved there.
///
/// # Errors
/// When there is no home, or it cannot be written.
pub fn remember(name: &str, content: &[u8]) -> io::Result<()> {
    let folder = folder().ok_or(io::ErrorKind::NotFound)?;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(content)?;
    file.persist(folder.join(name))?;
    Ok(())
}

fn folder() -> Option<PathBuf> {
    let home = std::env::var_os(environment::HOME).filter(|home| !home.is_empty())?;
    Some(PathBuf::from(home).join(".cache/kubectl-safe"))
}

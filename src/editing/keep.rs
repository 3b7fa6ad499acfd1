//! A person's text that kubectl did not get, and folders that are theirs alone.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

/// Writes a text into a folder of its own, whole or not at all, under the name of `file`.
///
/// In the temporary folder, where kubectl leaves its own copies of edits.
pub(super) fn keep(file: &Path, text: &[u8]) -> io::Result<PathBuf> {
    let folder = private_folder("kubectl-safe-kept-")?;
    // 0600, as mkstemp(3) makes it.
    let mut copy = NamedTempFile::new_in(folder.path())?;
    copy.write_all(text)?;
    copy.as_file().sync_all()?;
    let path = folder
        .path()
        .join(file.file_name().unwrap_or_else(|| OsStr::new("text")));
    copy.persist(&path)?;
    let _kept = folder.keep();
    Ok(path)
}

/// A new temporary folder, by its absolute path, that nobody else may look into.
pub(super) fn private_folder(prefix: &str) -> io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(std::path::absolute(std::env::temp_dir())?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_its_owner_reads_what_is_kept() {
        let path = keep(Path::new("/nowhere/kubectl-edit-1.yaml"), b"a: \xff\r\n").expect("room");
        let folder = path.parent().expect("a folder");
        let mode = |path: &Path| {
            fs::metadata(path)
                .expect("it is there")
                .permissions()
                .mode()
        };
        assert_eq!(path.file_name(), Some(OsStr::new("kubectl-edit-1.yaml")));
        assert_eq!(fs::read(&path).expect("readable"), b"a: \xff\r\n");
        assert_eq!((mode(folder) & 0o777, mode(&path) & 0o777), (0o700, 0o600));
        assert_eq!(fs::read_dir(folder).expect("a folder").count(), 1);
        fs::remove_dir_all(folder).expect("ours");
    }
}

//! Piped standard input: read once, kept, and given to kubectl byte for byte.

use std::fs::File;
use std::io::{self, Seek};
use std::sync::{Arc, OnceLock};

use super::descriptor;
use crate::limit;

/// What was piped in. Nothing is read before somebody asks, so a command that does not need it leaves it to kubectl.
///
/// The copy lies in a file without a name: it takes any size, and no crash leaves it behind.
#[derive(Clone, Debug, Default)]
pub struct Stdin {
    /// The same for all clones.
    copy: Arc<OnceLock<File>>,
}

impl Stdin {
    /// All of it, unless it is too long. The first call waits for its end.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        limit::read_copy(self.copy()?)
    }

    /// The copy, at its start, as a file for a child's fd 0. All such files share one position: use one at a time.
    pub fn open(&self) -> io::Result<File> {
        let mut file = self.copy()?.try_clone()?;
        file.rewind()?;
        Ok(file)
    }

    /// The copy, as [`Self::open`] gives it, if anything was read.
    #[must_use]
    pub fn replayed(&self) -> Option<io::Result<File>> {
        match self.copy.get() {
            Some(_) => Some(self.open()),
            // A kubeconfig or a certificate was read from `/dev/stdin`.
            None => descriptor::kept(0),
        }
    }

    /// Puts the copy in the place of fd 0, at its start, if anything was read. Call it right before `execve`.
    pub fn replay(&self) -> io::Result<()> {
        if self.copy.get().is_some() {
            rustix::stdio::dup2_stdin(self.open()?)?;
        }
        Ok(())
    }

    fn copy(&self) -> io::Result<&File> {
        if let Some(file) = self.copy.get() {
            return Ok(file);
        }
        let file = descriptor::keep_stdin()?;
        Ok(self.copy.get_or_init(|| file))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write};

    use super::*;

    fn piped(bytes: Vec<u8>) -> Stdin {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        let feeder =
            std::thread::spawn(move || writer.write_all(&bytes).expect("room in the pipe"));
        let stdin = Stdin::default();
        stdin
            .copy
            .set(
                descriptor::copy_of(reader.into())
                    .and_then(|copy| copy.open())
                    .expect("a temporary file"),
            )
            .expect("set once");
        feeder.join().expect("the feeder ends");
        stdin
    }

    #[test]
    fn keeps_every_byte_of_more_than_a_pipe_holds() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        let stdin = piped(bytes.clone());
        assert!(stdin.read().expect("readable") == bytes);
        assert!(stdin.read().expect("readable again") == bytes);
    }

    #[test]
    fn hands_out_files_at_their_start() {
        let stdin = piped(b"kind: Pod\0\xff\r\n".to_vec());
        let mut first = String::new();
        stdin
            .open()
            .expect("open")
            .take(4)
            .read_to_string(&mut first)
            .expect("text");
        let mut second = Vec::new();
        stdin
            .open()
            .expect("open")
            .read_to_end(&mut second)
            .expect("bytes");
        assert_eq!(
            (first.as_str(), second.as_slice()),
            ("kind", b"kind: Pod\0\xff\r\n".as_slice())
        );
    }

    #[test]
    fn leaves_alone_what_was_never_read() {
        let stdin = Stdin::default();
        stdin.replay().expect("nothing to do");
        assert!(stdin.copy.get().is_none());
    }
}

//! How much of one input is read: whoever writes it decides neither how much memory nor how much time a look takes.
//!
//! An API server takes objects of 3 MiB, and a manifest of 5,000 documents has 20 MB. What is larger, nested deeper, or made of
//! more values is not read; it is unread, and a person is asked. What these limits do not catch, the look's time does (`clock.rs`).

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The longest input: a file, standard input, an answer of the server, what a program prints.
pub const BYTES: usize = 32 << 20;

/// The deepest nesting of YAML's brackets. Our parsers end at 128 levels, but libyaml needs a time that grows with the square of
/// the depth before it says so (25 seconds for 100,000 brackets).
pub const DEPTH: usize = 1000;

/// The most values of a document or an answer. A parser takes up to 400 bytes for one: `[0],` is two of them, in four bytes.
pub const VALUES: usize = 400_000;

/// What is too much of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// It is longer than [`BYTES`].
    Bytes,
    /// It is nested deeper than [`DEPTH`].
    Depth,
    /// It has more values than so many.
    Values(usize),
}

impl std::error::Error for Excess {}

impl Excess {
    /// What was too much, where that is why something could not be read.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl From<Excess> for io::Error {
    fn from(excess: Excess) -> Self {
        Self::new(io::ErrorKind::FileTooLarge, excess)
    }
}

/// All of it.
///
/// # Errors
/// When it cannot be read, or is longer than [`BYTES`] ([`Excess::of`]).
pub fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > BYTES {
        return Err(Excess::Bytes.into());
    }
    Ok(bytes)
}

/// All of a file.
///
/// # Errors
/// As [`read`].
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // Without reading any of it, where the system knows.
    if file.metadata()?.len() > BYTES as u64 {
        return Err(Excess::Bytes.into());
    }
    read(file)
}

/// All of a regular file of our own, wherever others that share its position stand.
///
/// # Errors
/// As [`read`].
pub fn read_copy(copy: &File) -> io::Result<Vec<u8>> {
    let length = usize::try_from(copy.metadata()?.len()).unwrap_or(usize::MAX);
    if length > BYTES {
        return Err(Excess::Bytes.into());
    }
    let mut bytes = vec![0; length];
    copy.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// Refuses text that is too deep or too much for our parser of YAML, by what stands between its values.
///
/// Only brackets that may open a collection count for the depth: those behind white space, another bracket, or a character of
/// YAML's own. Brackets in prose are mostly closed again; a text that hides its depth in quotes is left to the look's time.
///
/// # Errors
/// [`Excess::Depth`] and [`Excess::Values`].
pub fn check_yaml(text: &[u8], values: usize) -> Result<(), Excess> {
    let mut depth = 0_usize;
    let mut may_open = true;
    let mut weight = Weight::up_to(values);
    for byte in text {
        match byte {
            b'[' | b'{' if may_open => {
                depth += 1;
                if depth > DEPTH {
                    return Err(Excess::Depth);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => may_open = byte.is_ascii_whitespace() || b",:-?\0".contains(byte),
        }
        match byte {
            b'[' | b'{' => weight.add(2)?,
            b',' | b':' | b'\n' => weight.add(1)?,
            _ => {}
        }
    }
    Ok(())
}

/// Refuses JSON that would take too much memory as values. Its depth is limited by the parser.
///
/// # Errors
/// [`Excess::Values`].
pub fn check_json(text: &[u8]) -> Result<(), Excess> {
    let mut weight = Weight::up_to(VALUES);
    for byte in text {
        match byte {
            // A collection has room for four values from the first on.
            b'[' | b'{' => weight.add(3)?,
            b',' => weight.add(1)?,
            _ => {}
        }
    }
    Ok(())
}

/// Values counted against a limit.
struct Weight {
    limit: usize,
    left: usize,
}

impl Weight {
    fn up_to(limit: usize) -> Self {
        Self { limit, left: limit }
    }

    fn add(&mut self, values: usize) -> Result<(), Excess> {
        let left = self.left.checked_sub(values);
        self.left = left.ok_or(Excess::Values(self.limit))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_limit_is_read() {
        let error = read(io::repeat(b'x')).expect_err("it does not end");
        assert_eq!(Excess::of(&error), Some(Excess::Bytes));
        let just = read(io::repeat(b'x').take(BYTES as u64)).expect("it is as long as can be");
        assert_eq!(just.len(), BYTES);
        let error = read_file(Path::new("/nowhere")).expect_err("there is no such file");
        assert_eq!(Excess::of(&error), None);
    }

    #[test]
    fn a_long_file_is_not_read_at_all() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let hole = file.as_file().set_len(BYTES as u64 + 1);
        hole.expect("a hole as long");
        let error = read_file(file.path()).expect_err("it is too long");
        assert_eq!(Excess::of(&error), Some(Excess::Bytes));
        let error = read_copy(file.as_file()).expect_err("it is too long");
        assert_eq!(Excess::of(&error), Some(Excess::Bytes));
    }

    #[test]
    fn brackets_that_open_collections_count() {
        let deep = |opening: &str, closing: &str, depth: usize| {
            let text = opening.repeat(depth) + &closing.repeat(depth);
            check_yaml(text.as_bytes(), VALUES)
        };
        for (opening, closing) in [
            ("[", "]"),
            ("{\"a\":", "}"),
            ("{a: ", "}"),
            ("[a, ", "]"),
            ("&a [", "]"),
            ("- [\n", "]"),
        ] {
            assert_eq!(deep(opening, closing, DEPTH), Ok(()), "{opening}");
            let deeper = deep(opening, closing, DEPTH + 1);
            assert_eq!(deeper, Err(Excess::Depth), "{opening}");
        }
    }

    #[test]
    fn what_stands_side_by_side_or_in_words_is_not_deep() {
        for flat in [
            "- [a, {b: c}]\n",
            "\u{1b}[0m x[0 f(){ ",
            "{\"a\":\"b\"}\n---\n",
        ] {
            let text = flat.repeat(DEPTH + 1);
            assert_eq!(check_yaml(text.as_bytes(), VALUES), Ok(()), "{flat}");
        }
    }

    #[test]
    fn many_small_values_are_too_much_and_one_long_value_is_not() {
        let too_many = Err(Excess::Values(VALUES));
        for part in ["0,", "[],", "{},", "\"a,\"", "[[0],"] {
            let text = part.repeat(VALUES + 1);
            assert_eq!(check_json(text.as_bytes()), too_many, "{part}");
            assert_eq!(check_json("x".repeat(text.len()).as_bytes()), Ok(()));
        }
        for part in ["a: b\n", "-\n", "a,"] {
            let text = part.repeat(VALUES + 1);
            assert_eq!(check_yaml(text.as_bytes(), VALUES), too_many, "{part}");
            let fewer = part.repeat(VALUES / 2);
            assert_eq!(check_yaml(fewer.as_bytes(), VALUES), Ok(()), "{part}");
        }
    }
}

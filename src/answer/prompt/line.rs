//! The line that a person types: bytes to keys, keys to a text and what the terminal shows of it.
//!
//! Only the end of the line is edited: a `y`, a name, a reason. Ctrl-D is a no at once, whatever was typed before.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use crate::answer::escape::is_visible;

/// What a byte brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The line goes on.
    More,
    /// Enter.
    Entered,
    /// Ctrl-D.
    Ended,
    /// Ctrl-C.
    Interrupted,
}

/// Where the bytes are inside something longer than one byte.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Inside {
    Nothing,
    /// The begun character.
    Character(Vec<u8>),
    /// Behind Escape.
    Escape,
    /// Behind Escape and `[` or `O`, up to a final byte.
    Sequence,
}

/// A line in the making.
#[derive(Debug)]
pub(super) struct TypedLine {
    text: Vec<char>,
    inside: Inside,
    /// Columns of the terminal, and where the text begins.
    columns: usize,
    start: usize,
    /// What the terminal must still be sent.
    shown: String,
}

impl TypedLine {
    /// An empty line behind a prompt of so many columns.
    pub(super) fn behind(prompt: usize, columns: usize) -> Self {
        Self {
            text: Vec::new(),
            inside: Inside::Nothing,
            columns: columns.max(2),
            start: prompt,
            shown: String::new(),
        }
    }

    pub(super) fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// What the terminal must be sent for the bytes that were taken since it was last asked.
    pub(super) fn take_shown(&mut self) -> String {
        std::mem::take(&mut self.shown)
    }

    pub(super) fn take(&mut self, byte: u8) -> Step {
        match std::mem::replace(&mut self.inside, Inside::Nothing) {
            Inside::Character(mut bytes) if matches!(byte, 0x80..=0xbf) => {
                bytes.push(byte);
                self.take_character(bytes);
            }
            // A begun character without an end is dropped.
            Inside::Nothing | Inside::Character(_) => return self.take_key(byte),
            Inside::Escape if matches!(byte, b'[' | b'O') => self.inside = Inside::Sequence,
            // Alt and a key, or a key behind Escape.
            Inside::Escape => {}
            Inside::Sequence if matches!(byte, 0x40..=0x7e) => {}
            Inside::Sequence => self.inside = Inside::Sequence,
        }
        Step::More
    }

    fn take_key(&mut self, byte: u8) -> Step {
        match byte {
            0x03 => return Step::Interrupted,
            0x04 => return Step::Ended,
            b'\r' | b'\n' => return Step::Entered,
            0x08 | 0x7f => self.erase(),
            // Ctrl-U.
            0x15 => {
                while !self.text.is_empty() {
                    self.erase();
                }
            }
            0x1b => self.inside = Inside::Escape,
            0x00..=0x1f => {}
            _ => self.take_character(vec![byte]),
        }
        Step::More
    }

    /// Takes a character when it is whole; what is no UTF-8 is dropped.
    fn take_character(&mut self, bytes: Vec<u8>) {
        match std::str::from_utf8(&bytes) {
            Ok(text) => text.chars().for_each(|character| self.write(character)),
            Err(error) if error.error_len().is_none() => self.inside = Inside::Character(bytes),
            Err(_) => {}
        }
    }

    /// A character without a column of its own cannot be seen, so it is not taken.
    fn write(&mut self, character: char) {
        if !is_visible(character) {
            return;
        }
        self.text.push(character);
        self.shown.push(character);
        // A terminal that is full waits for the next character; so the cursor's place is never in doubt.
        if self.place().1 == 0 {
            self.shown.push_str("\r\n");
        }
    }

    fn erase(&mut self) {
        let (row, _) = self.place();
        if self.text.pop().is_none() {
            return;
        }
        let (above, column) = self.place();
        if above < row {
            self.shown.push_str("\r\x1b[K\x1b[1A");
        }
        self.shown.push('\r');
        if column > 0 {
            // Writing to a String cannot fail.
            let _ = write!(self.shown, "\x1b[{column}C");
        }
        self.shown.push_str("\x1b[K");
    }

    /// Row and column behind the text, from the prompt's row on.
    fn place(&self) -> (usize, usize) {
        let mut place = (0, self.start);
        for character in &self.text {
            let width = character.width().unwrap_or_default();
            if place.1 + width > self.columns {
                place = (place.0 + 1, 0);
            }
            place.1 += width;
            if place.1 == self.columns {
                place = (place.0 + 1, 0);
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> (String, Step) {
        let mut line = TypedLine::behind(10, 80);
        let steps: Vec<Step> = bytes.iter().map(|byte| line.take(*byte)).collect();
        (line.text(), *steps.last().expect("a key was pressed"))
    }

    #[test]
    fn keys_make_a_line() {
        for (bytes, text, step) in [
            (&b"yes\r"[..], "yes", Step::Entered),
            (b"yes\n", "yes", Step::Entered),
            (b"ye\x7f\x08no\r", "no", Step::Entered),
            (b"\x7f\x7fy\r", "y", Step::Entered),
            (b"abc\x15d\r", "d", Step::Entered),
            (b"y\x04", "y", Step::Ended),
            (b"\x03", "", Step::Interrupted),
            // Arrows, a function key, Alt-b, a tab: no text.
            (
                b"a\x1b[D\x1b[1;5C\x1bOP\x1bb\x1b[15~\tb\r",
                "ab",
                Step::Entered,
            ),
            ("节点だ\x7f\r".as_bytes(), "节点", Step::Entered),
            // Half a character, and what no one can see.
            (b"a\xe8\x8ab\r", "ab", Step::Entered),
            ("a\u{202e}\u{200b}b\r".as_bytes(), "ab", Step::Entered),
        ] {
            assert_eq!(typed(bytes), (text.to_owned(), step), "{bytes:?}");
        }
    }

    /// What a terminal of six columns shows below a prompt of four.
    fn screen(keys: &str) -> Vec<String> {
        let mut line = TypedLine::behind(4, 6);
        for byte in keys.bytes() {
            line.take(byte);
        }
        let mut rows = vec![vec!['>'; 4]];
        let (mut row, mut column) = (0, 4);
        let shown = line.take_shown();
        let mut left = shown.as_str();
        while let Some(character) = left.chars().next() {
            let mut length = character.len_utf8();
            if let Some(sequence) = left.strip_prefix("\x1b[") {
                let end = sequence.find(char::is_alphabetic).expect("it has an end");
                length = 3 + end;
                let count = sequence[..end].parse().unwrap_or(1);
                match &sequence[end..=end] {
                    "A" => row -= count,
                    "C" => column += count,
                    "K" => rows[row].truncate(column),
                    other => panic!("{other}"),
                }
            } else if character == '\r' {
                column = 0;
            } else if character == '\n' {
                row += 1;
                rows.resize(rows.len().max(row + 1), Vec::new());
            } else {
                let width = character.width().unwrap_or_default();
                if column + width > 6 {
                    (row, column) = (row + 1, 0);
                    rows.resize(rows.len().max(row + 1), Vec::new());
                }
                rows[row].resize(column, ' ');
                rows[row].push(character);
                rows[row].resize(column + width, ' ');
                column += width;
            }
            left = &left[length..];
        }
        let lines = rows.iter().map(|row| row.iter().collect::<String>());
        lines.map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn the_screen_shows_it_over_several_rows() {
        assert_eq!(screen("a"), [">>>>a"]);
        assert_eq!(screen("ab"), [">>>>ab", ""]);
        assert_eq!(screen("abcdefghi"), [">>>>ab", "cdefgh", "i"]);
        assert_eq!(screen("abc\x7f\x7fx"), [">>>>ax", ""]);
        assert_eq!(screen("abcdefghi\x15z"), [">>>>z", "", ""]);
        // A wide character has no place in the last column.
        assert_eq!(screen("a节b"), [">>>>a", "节 b"]);
        assert_eq!(screen("a节\x7fb"), [">>>>ab", ""]);
    }
}

//! What a person sees: the bytes that a terminal was sent, as it would show them.

use unicode_width::UnicodeWidthChar as _;

/// A terminal's screen with all that has scrolled off it.
///
/// It knows only what our program and kubectl have reason to send. Anything else (a title, a colour that was never
/// switched off, a cursor that jumps) is an error of the program: the sequence is shown as `<ESC...>`.
#[derive(Debug)]
pub struct Screen {
    columns: usize,
    /// One `char` per column; the second column of a wide character is `\0`.
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Bytes that are not a whole character or sequence yet.
    rest: Vec<u8>,
    pub cursor_is_visible: bool,
    /// Whether anything was ever coloured.
    pub is_coloured: bool,
    /// Sequences that no terminal should have been sent.
    pub strange: Vec<String>,
}

impl Screen {
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            lines: vec![Vec::new()],
            row: 0,
            column: 0,
            rest: Vec::new(),
            cursor_is_visible: true,
            is_coloured: false,
            strange: Vec::new(),
        }
    }

    /// Shows more bytes.
    pub fn show(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let rest = std::mem::take(&mut self.rest);
        let text = match std::str::from_utf8(&rest) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                let (whole, begun) = rest.split_at(error.valid_up_to());
                self.rest = begun.to_vec();
                std::str::from_utf8(whole).expect("it is valid up to here")
            }
            Err(error) => panic!("a terminal was sent no UTF-8: {error}: {rest:?}"),
        };
        let mut left = text;
        while let Some(character) = left.chars().next() {
            if character == '\u{1b}' {
                let Some(length) = sequence_length(left) else {
                    // Its end comes later.
                    let mut begun = left.as_bytes().to_vec();
                    begun.append(&mut self.rest);
                    self.rest = begun;
                    return;
                };
                self.obey(&left[..length]);
                left = &left[length..];
            } else {
                self.put(character);
                left = &left[character.len_utf8()..];
            }
        }
    }

    /// All lines, without blanks at their ends and without empty lines at the end.
    pub fn text(&self) -> String {
        let line = |line: &Vec<char>| {
            let text: String = line.iter().filter(|cell| **cell != '\0').collect();
            text.trim_end().to_owned()
        };
        let lines: Vec<String> = self.lines.iter().map(line).collect();
        lines.join("\n").trim_end().to_owned()
    }

    fn put(&mut self, character: char) {
        match character {
            '\r' => self.column = 0,
            '\n' => self.go_down(),
            '\u{8}' => self.column = self.column.saturating_sub(1),
            '\u{7}' => self.strange.push("<BEL>".to_owned()),
            _ => {
                let Some(width @ 1..) = character.width() else {
                    self.strange.push(character.escape_unicode().to_string());
                    return;
                };
                if self.column + width > self.columns {
                    self.column = 0;
                    self.go_down();
                }
                self.write(character);
                for _ in 1..width {
                    self.write('\0');
                }
            }
        }
    }

    fn write(&mut self, cell: char) {
        let line = &mut self.lines[self.row];
        if line.len() <= self.column {
            line.resize(self.column + 1, ' ');
        }
        line[self.column] = cell;
        self.column += 1;
    }

    fn go_down(&mut self) {
        self.row += 1;
        if self.lines.len() <= self.row {
            self.lines.push(Vec::new());
        }
    }

    /// Does what an escape sequence says.
    fn obey(&mut self, sequence: &str) {
        let body = sequence.strip_prefix("\u{1b}[").unwrap_or_default();
        let count = |end: char| -> Option<usize> {
            let number = body.strip_suffix(end)?;
            if number.is_empty() {
                Some(1)
            } else {
                number.parse().ok()
            }
        };
        if let Some(styles) = body.strip_suffix('m') {
            self.is_coloured |= !matches!(styles, "" | "0");
        } else if body == "K" || body == "0K" {
            self.lines[self.row].truncate(self.column);
        } else if body == "2K" {
            self.lines[self.row].clear();
        } else if let Some(up) = count('A') {
            self.row = self.row.saturating_sub(up);
        } else if let Some(down) = count('B') {
            // Unlike a new line it never scrolls.
            self.row = (self.row + down).min(self.lines.len() - 1);
        } else if let Some(left) = count('D') {
            self.column = self.column.saturating_sub(left);
        } else if let Some(right) = count('C') {
            self.column += right;
        } else if body == "?25l" || body == "?25h" {
            self.cursor_is_visible = body == "?25h";
        } else {
            self.strange.push(sequence.escape_unicode().to_string());
        }
    }
}

/// How long the escape sequence at the start is; `None` when it is not whole yet.
fn sequence_length(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    let (at, introducer) = characters.next()?;
    if introducer != '[' {
        return Some(at + introducer.len_utf8());
    }
    characters
        .find(|(_, character)| ('@'..='~').contains(character))
        .map(|(at, end)| at + end.len_utf8())
}

#[test]
fn a_screen_shows_what_a_terminal_would() {
    let mut screen = Screen::new(6);
    screen.show(b"\x1b[31mred\x1b[0m\r\nlooking\r\x1b[K\x1b[1A\x1b[2Kab\r\n");
    screen.show("节点".as_bytes().split_at(4).0);
    screen.show("节点".as_bytes().split_at(4).1);
    screen.show(b"xyz\x1b]0;");
    assert_eq!(screen.text(), "ab\nlookin\n节点xy\nz0;");
    assert!(screen.is_coloured);
    assert_eq!(screen.strange, [r"\u{1b}\u{5d}"]);
}

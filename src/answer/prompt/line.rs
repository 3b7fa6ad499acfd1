//! One line, read key by key as a shell's prompt takes it: typed, erased, entered, or not given at all.

use std::io;

use console::{Key, Term};
use unicode_width::UnicodeWidthStr as _;

use crate::answer::escape::escape;

/// Ctrl-D, which console passes on as the character that the key makes.
const END_OF_INPUT: char = '\u{4}';

/// Reads what is typed behind the cursor, up to Enter. `None` is Ctrl-D: nothing was entered, whatever stands there.
///
/// # Errors
///
/// [`io::ErrorKind::Interrupted`] for Ctrl-C; any other when the terminal is gone.
pub(super) fn read(terminal: &Term) -> io::Result<Option<String>> {
    let mut line = String::new();
    loop {
        match terminal.read_key()? {
            Key::Enter => {
                terminal.write_line("")?;
                return Ok(Some(line));
            }
            Key::Char(END_OF_INPUT) => {
                terminal.write_line("")?;
                return Ok(None);
            }
            Key::Backspace => {
                if let Some(erased) = line.pop() {
                    terminal.clear_chars(shown(erased).width())?;
                }
            }
            Key::Char(character) if !character.is_control() => {
                line.push(character);
                terminal.write_str(&shown(character))?;
            }
            _ => (),
        }
    }
}

/// What cannot be seen, or would turn the line around, is shown as its number: it is part of the answer.
fn shown(character: char) -> String {
    escape(character.encode_utf8(&mut [0; 4]))
}

//! Text from a cluster, a server or a command line, made safe for a terminal.
//!
//! Names are validated by a real API server, but not by a hostile one, nor in a snapshot file; labels, annotations
//! and error texts are free. An escape sequence could repaint the question; a bidi control or an invisible
//! character could make one name look like another.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use super::secret::mask;

/// How many characters of one value are shown: more than a name can have (253), less than a screen.
const LIMIT: usize = 300;

/// The text on one line, without anything that a terminal would obey or hide, cut after 300 characters.
#[must_use]
pub fn escape(text: &str) -> String {
    escape_within(text, LIMIT)
}

/// The same without the cut: for commands to copy.
#[must_use]
pub fn escape_whole(text: &str) -> String {
    escape_within(text, usize::MAX)
}

/// The text in the double quotes of YAML, with every character escaped that a terminal would obey or hide.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            _ if is_visible(character) => quoted.push(character),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\U{:08x}", u32::from(character));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Without secrets too: every text of a server, of kubectl and of the system passes here on its way to a person.
fn escape_within(text: &str, limit: usize) -> String {
    let text = &*mask(text);
    let mut shown = String::with_capacity(text.len().min(limit));
    let mut rest = text.chars();
    for character in rest.by_ref().take(limit) {
        push(&mut shown, character);
    }
    let hidden = rest.count();
    if hidden > 0 {
        // Writing to a String cannot fail.
        let _ = write!(shown, "... ({hidden} more characters)");
    }
    shown
}

fn push(shown: &mut String, character: char) {
    match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        _ if is_visible(character) => shown.push(character),
        _ => shown.extend(character.escape_unicode()),
    }
}

/// Whether a character takes a column of its own. Control characters have no width; bidi controls, joiners,
/// fillers, tags, variation selectors and combining marks have width 0.
pub(super) fn is_visible(character: char) -> bool {
    // Line and paragraph separators and interlinear annotation have width 1 in the tables, yet some terminals
    // break the line, or show nothing.
    !matches!(character, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
        && character.width().is_some_and(|columns| columns > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in [
            "cn-hangzhou.192.168.0.36",
            "命名空间",
            "ノード",
            "a b",
            "\\d+",
        ] {
            assert_eq!(escape(name), name);
        }
    }

    #[test]
    fn escape_sequences_are_shown_not_obeyed() {
        assert_eq!(escape("a\u{1b}[2Jb\u{7}"), "a\\u{1b}[2Jb\\u{7}");
        assert_eq!(escape("\u{9b}31m\u{7f}"), "\\u{9b}31m\\u{7f}");
        assert_eq!(escape("one\ntwo\r\tthree"), "one\\ntwo\\r\\tthree");
    }

    #[test]
    fn invisible_and_reordering_characters_are_shown() {
        for character in [
            '\u{ad}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0041}',
        ] {
            assert_eq!(
                escape(&character.to_string()),
                character.escape_unicode().to_string(),
                "U+{:04X}",
                u32::from(character)
            );
        }
    }

    #[test]
    fn an_overlong_value_is_cut_and_says_so() {
        let shown = escape(&"x".repeat(10_000_000));
        assert_eq!(
            shown,
            format!("{}... (9999700 more characters)", "x".repeat(300))
        );
    }

    proptest! {
        #[test]
        fn nothing_that_a_terminal_obeys_is_left(text in any::<String>()) {
            prop_assert!(escape(&text).chars().all(is_visible));
        }
    }
}

//! Lines for a terminal: width, wrapping, colour.

use console::{Style, Term};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The narrowest and the widest that texts are set. Wider than 80 columns, lines are hard to read.
const WIDTHS: (usize, usize) = (40, 80);

/// What texts are written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Columns per line.
    pub width: usize,
    /// Whether escape sequences for colour may be used.
    pub colours: bool,
}

impl Paper {
    /// Standard error. No colours when it is no terminal, or `NO_COLOR` is set, or the terminal is dumb.
    #[must_use]
    pub fn stderr() -> Self {
        Self::of(&Term::stderr(), console::colors_enabled_stderr())
    }

    /// Standard output, for our own subcommands.
    #[must_use]
    pub fn stdout() -> Self {
        Self::of(&Term::stdout(), console::colors_enabled())
    }

    /// A terminal of the given kind.
    #[must_use]
    pub fn of(terminal: &Term, colours: bool) -> Self {
        let (narrowest, widest) = WIDTHS;
        let width = terminal
            .size_checked()
            .map_or(widest, |(_, columns)| usize::from(columns));
        Self {
            width: width.clamp(narrowest, widest),
            colours,
        }
    }

    /// The text in a style, or plain.
    #[must_use]
    pub fn paint(self, text: &str, style: &Style) -> String {
        style
            .clone()
            .force_styling(self.colours)
            .apply_to(text)
            .to_string()
    }
}

/// Lines, as they grow.
#[derive(Debug)]
pub struct Page {
    paper: Paper,
    text: String,
}

impl Page {
    /// An empty page.
    #[must_use]
    pub const fn new(paper: Paper) -> Self {
        Self {
            paper,
            text: String::new(),
        }
    }

    /// An empty line, unless the page is empty or already ends in one.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A wrapped paragraph. Lines after the first are indented by two more columns.
    pub fn paragraph(&mut self, indent: usize, text: &str) {
        self.wrapped(indent, indent + 2, text, None);
    }

    /// A wrapped heading in a style.
    pub fn heading(&mut self, indent: usize, text: &str, style: &Style) {
        self.wrapped(indent, indent, text, Some(style));
    }

    fn wrapped(&mut self, first: usize, following: usize, text: &str, style: Option<&Style>) {
        let width = self.paper.width;
        for (number, line) in wrap(
            text,
            width.saturating_sub(first),
            width.saturating_sub(following),
        )
        .iter()
        .enumerate()
        {
            let indent = if number == 0 { first } else { following };
            let line = style.map_or_else(|| line.clone(), |style| self.paper.paint(line, style));
            self.line(indent, &line);
        }
    }

    /// A paragraph whose words are never broken, however long, such as an address to be opened.
    pub fn whole_words(&mut self, indent: usize, text: &str) {
        let (mut line, mut indented) = (String::new(), indent);
        for word in text.split(' ') {
            let is_full = indented + line.width() + 1 + word.width() > self.paper.width;
            if !line.is_empty() && is_full {
                self.line(indented, &std::mem::take(&mut line));
                indented = indent + 2;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(indented, &line);
    }

    /// Short items side by side, as many as fit on a line.
    pub fn items(&mut self, items: &[String]) {
        const BETWEEN: &str = "   ";
        let mut rest = items;
        while !rest.is_empty() {
            let mut width = 0;
            let fits = |item: &&String| {
                width += item.width() + BETWEEN.len();
                width - BETWEEN.len() <= self.paper.width
            };
            match rest.iter().take_while(fits).count() {
                // Alone too long for a line.
                0 => {
                    self.paragraph(0, &rest[0]);
                    rest = &rest[1..];
                }
                count => {
                    self.line(0, &rest[..count].join(BETWEEN));
                    rest = &rest[count..];
                }
            }
        }
    }

    /// A line that is never broken: a command to copy, a row of a table.
    pub fn line(&mut self, indent: usize, text: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Everything, each line ended.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

/// The text in lines of at most `first` columns, then `following` columns.
///
/// Lines break at spaces and between wide characters, never before closing punctuation or after opening
/// punctuation. A word that is longer than a line is broken where the line ends.
#[must_use]
pub fn wrap(text: &str, first: usize, following: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut room = first.max(2);
    for piece in pieces(text) {
        let glue = if piece.after_space && !line.is_empty() {
            " "
        } else {
            ""
        };
        if line.width() + glue.len() + piece.text.width() <= room {
            line.push_str(glue);
            line.push_str(piece.text);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            room = following.max(2);
        }
        for character in piece.text.chars() {
            if line.width() + character.width().unwrap_or(0) > room {
                lines.push(std::mem::take(&mut line));
                room = following.max(2);
            }
            line.push(character);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// What stays together on a line.
struct Piece<'a> {
    text: &'a str,
    after_space: bool,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut after_space = false;
    let mut previous: Option<char> = None;
    for (at, character) in text.char_indices() {
        let ends = character == ' ' || previous.is_some_and(|left| may_break(left, character));
        if ends && start < at {
            pieces.push(Piece {
                text: &text[start..at],
                after_space,
            });
            after_space = false;
        }
        if ends {
            start = at;
        }
        if character == ' ' {
            after_space = true;
            start = at + 1;
            previous = None;
        } else {
            previous = Some(character);
        }
    }
    if start < text.len() {
        pieces.push(Piece {
            text: &text[start..],
            after_space,
        });
    }
    pieces
}

/// Whether a line may break between two characters that have no space between them.
fn may_break(left: char, right: char) -> bool {
    let wide = |character: char| character.width() == Some(2);
    (wide(left) || wide(right)) && !OPENING.contains(left) && !CLOSING.contains(right)
}

/// Never at the end of a line.
const OPENING: &str = "（「『【《〈［｛([{\"";
/// Never at the start of a line (Chinese and Japanese typesetting).
const CLOSING: &str =
    "，。、；：？！）」』】》〉］｝・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.;:?!)]}\"";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn english_breaks_at_spaces() {
        assert_eq!(
            wrap("one two three four", 9, 9),
            ["one two", "three", "four"]
        );
    }

    #[test]
    fn chinese_and_japanese_break_between_characters_but_not_before_punctuation() {
        assert_eq!(
            wrap("节点池数量异常，无法恢复。", 14, 14),
            ["节点池数量异", "常，无法恢复。"]
        );
        assert_eq!(
            wrap("クラスターのノード。", 8, 8),
            ["クラス", "ターの", "ノード。"]
        );
    }

    #[test]
    fn latin_words_inside_chinese_stay_whole() {
        assert_eq!(
            wrap("重启Deployment以恢复", 12, 12),
            ["重启", "Deployment以", "恢复"]
        );
    }

    #[test]
    fn a_word_longer_than_a_line_is_broken() {
        assert_eq!(wrap("a abcdefgh", 4, 4), ["a", "abcd", "efgh"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(text in "[a-c 节点，。「」ノー]{0,80}", width in 10_usize..40) {
            let lines = wrap(&text, width, width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{line:?}");
            }
            let plain = |text: &str| text.replace(' ', "");
            prop_assert_eq!(plain(&lines.concat()), plain(&text));
        }
    }
}

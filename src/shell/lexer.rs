//! Words of the shell, with their quotes and expansions still apart.
//!
//! Source: POSIX.1-2024, Shell Command Language, 2.2 to 2.6; `$'…'`, `<(…)`, `<<<` and `&>` as in bash. Where shells differ,
//! what runs more is read: a name that dash would take literally is the one a person meant.

mod dollar;
mod escape;

pub(super) use escape::unescape;

use std::cell::Cell;
use std::rc::Rc;

use super::syntax::{self, Script};

/// How deep quotes, substitutions and compound commands may nest.
pub(super) const DEPTH: usize = 40;

/// How many pieces are read of one script, those that are read twice included.
const PIECES: usize = 200_000;

/// A text that no shell would run, or that is nested too deep to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// A piece of a word.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// Characters; quoted ones are neither globs nor split.
    Literal { text: String, quoted: bool },
    /// `$name`, `${name}` or `${name:-word}`.
    Parameter {
        name: String,
        fallback: Option<Fallback>,
        quoted: bool,
        source: String,
    },
    /// `$(…)`, `` `…` ``, `<(…)` and `>(…)`.
    Commands {
        script: Script,
        quoted: bool,
        source: String,
    },
    /// An expansion whose value is not worked out, with the words inside that are expanded all the same.
    Unknown { inner: Word, source: String },
}

/// What `${name-word}` and its relatives mean.
#[derive(Clone, Debug)]
pub(super) struct Fallback {
    /// Whether the word stands for a value that is there (`+`), not for one that is missing (`-`, `=`).
    pub(super) if_set: bool,
    pub(super) word: Word,
}

/// One word, as its pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Word(pub(super) Vec<Part>);

impl Word {
    /// The word's text when it is one bare name: what may be a keyword, a function's name, or an assignment's left side.
    pub(super) fn bare(&self) -> Option<&str> {
        match self.0.as_slice() {
            [
                Part::Literal {
                    text,
                    quoted: false,
                },
            ] => Some(text),
            _ => None,
        }
    }

    fn push(&mut self, character: char, is_quoted: bool) {
        if let Some(Part::Literal { text, quoted }) = self.0.last_mut()
            && *quoted == is_quoted
        {
            text.push(character);
            return;
        }
        self.0.push(Part::Literal {
            text: character.into(),
            quoted: is_quoted,
        });
    }

    fn push_quoted(&mut self, text: String) {
        self.0.push(Part::Literal { text, quoted: true });
    }
}

/// Operators, the longest first.
const OPERATORS: [&str; 24] = [
    "&>>", "<<<", "<<-", ";;&", "&&", "||", ";;", ";&", "|&", "&>", "<<", "<&", "<>", ">>", ">&",
    ">|", ";", "&", "|", "(", ")", "<", ">", "\n",
];

/// A cursor over a script.
#[derive(Debug)]
pub(super) struct Lexer {
    text: Vec<char>,
    at: usize,
    depth: usize,
    /// Shared with the scripts inside, since `$((` is tried as a number first and as commands then.
    left: Rc<Cell<usize>>,
    /// Here-documents that begin after the next newline.
    pub(super) pending: Vec<syntax::HereDocument>,
}

impl Lexer {
    pub(super) fn new(text: &str, depth: usize) -> Self {
        Self {
            text: text
                .chars()
                .filter(|&character| character != '\0')
                .collect(),
            at: 0,
            depth,
            left: Rc::new(Cell::new(PIECES)),
            pending: Vec::new(),
        }
    }

    /// A cursor over a text inside this one.
    fn inside(&self, text: &str) -> Self {
        Self {
            left: Rc::clone(&self.left),
            ..Self::new(text, self.depth)
        }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn rest(&self, from: usize) -> String {
        self.text[from.min(self.text.len())..].iter().collect()
    }

    fn source(&self, from: usize) -> String {
        self.text[from..self.at].iter().collect()
    }

    fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += 1;
        Some(character)
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(ahead, character)| self.peek_at(ahead) == Some(character))
    }

    /// Goes back to a place that was passed.
    pub(super) fn rewind(&mut self, position: usize) {
        self.at = position;
    }

    /// Counts a piece; [`Broken`] when there were too many.
    fn count(&self) -> Result<(), Broken> {
        self.left.set(self.left.get().checked_sub(1).ok_or(Broken)?);
        Ok(())
    }

    /// Goes one level deeper; [`Broken`] when that is too deep.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        self.count()?;
        if self.depth >= DEPTH {
            return Err(Broken);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Passes blanks, joined lines and a comment.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.at += 1,
                Some('\\') if self.peek_at(1) == Some('\n') => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|character| character != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// The operator here, if one is.
    pub(super) fn operator(&self) -> Option<&'static str> {
        if self.is_process_substitution() {
            return None;
        }
        OPERATORS
            .into_iter()
            .find(|operator| self.starts_with(operator))
    }

    /// Passes this operator, and the here-documents that follow a newline.
    pub(super) fn take(&mut self, operator: &str) -> bool {
        if self.operator() != Some(operator) {
            return false;
        }
        self.at += operator.chars().count();
        if operator == "\n" {
            self.read_here_documents();
        }
        true
    }

    fn is_process_substitution(&self) -> bool {
        matches!(self.peek(), Some('<' | '>')) && self.peek_at(1) == Some('(')
    }

    /// The bare name here, up to a blank or an operator, without passing it: what may be a keyword.
    pub(super) fn keyword(&self) -> Option<String> {
        let name: String = self.text[self.at.min(self.text.len())..]
            .iter()
            .take(9)
            .take_while(|character| character.is_ascii_lowercase() || "!{}[]".contains(**character))
            .collect();
        let ends = self
            .peek_at(name.chars().count())
            .is_none_or(|character| " \t\n;&|()<>".contains(character));
        (ends && !name.is_empty()).then_some(name)
    }

    pub(super) fn skip(&mut self, characters: usize) {
        self.at = (self.at + characters).min(self.text.len());
    }

    /// The number of a file descriptor that stands right before a redirection.
    pub(super) fn descriptor(&mut self) -> Option<String> {
        let digits: String = self.text[self.at.min(self.text.len())..]
            .iter()
            .take_while(|character| character.is_ascii_digit())
            .collect();
        let follows = self.peek_at(digits.len());
        let is_substitution = self.peek_at(digits.len() + 1) == Some('(');
        if digits.is_empty() || !matches!(follows, Some('<' | '>')) || is_substitution {
            return None;
        }
        self.at += digits.len();
        Some(digits)
    }

    /// The word here; `None` before an operator and at the end.
    pub(super) fn word(&mut self) -> Result<Option<Word>, Broken> {
        self.skip_blanks();
        let mut word = Word::default();
        let start = self.at;
        while let Some(character) = self.peek() {
            match character {
                ' ' | '\t' => break,
                _ if self.is_process_substitution() => {
                    let part = self.substitution(2, false)?;
                    word.0.push(part);
                }
                _ if self.operator().is_some() => break,
                _ => self.piece(&mut word)?,
            }
        }
        Ok((self.at > start).then_some(word))
    }

    /// The next unquoted piece, quotes and expansions included.
    fn piece(&mut self, word: &mut Word) -> Result<(), Broken> {
        self.count()?;
        let Some(character) = self.peek() else {
            return Ok(());
        };
        match character {
            '\\' => {
                self.at += 1;
                match self.next() {
                    Some('\n') => {}
                    Some(escaped) => word.push(escaped, true),
                    None => word.push('\\', true),
                }
            }
            '\'' => {
                self.at += 1;
                let text = self.until_quote()?;
                word.push_quoted(text);
            }
            '"' => {
                self.at += 1;
                self.double_quoted(word)?;
            }
            '`' => {
                let part = self.backticks(false)?;
                word.0.push(part);
            }
            '$' => match self.peek_at(1) {
                Some('\'') => {
                    self.at += 2;
                    let text = self.ansi_quoted()?;
                    word.push_quoted(text);
                }
                Some('"') => {
                    self.at += 2;
                    self.double_quoted(word)?;
                }
                _ => {
                    let part = self.dollar(false)?;
                    word.0.push(part);
                }
            },
            other => {
                self.at += 1;
                word.push(other, false);
            }
        }
        Ok(())
    }

    /// Up to the closing single quote.
    fn until_quote(&mut self) -> Result<String, Broken> {
        let mut text = String::new();
        loop {
            match self.next().ok_or(Broken)? {
                '\'' => return Ok(text),
                character => text.push(character),
            }
        }
    }

    /// Up to the closing double quote.
    fn double_quoted(&mut self, word: &mut Word) -> Result<(), Broken> {
        let mut inside = Word::default();
        self.nested(|lexer| {
            while lexer.peek().ok_or(Broken)? != '"' {
                lexer.quoted_piece(&mut inside)?;
            }
            lexer.at += 1;
            Ok(())
        })?;
        // `""` is an argument; `"$@"` may be none.
        if inside.0.is_empty() {
            inside.push_quoted(String::new());
        }
        word.0.append(&mut inside.0);
        Ok(())
    }

    /// The next piece between double quotes, or in a here-document.
    fn quoted_piece(&mut self, word: &mut Word) -> Result<(), Broken> {
        self.count()?;
        match self.peek() {
            Some('\\') => {
                self.at += 1;
                match self.next() {
                    Some('\n') => {}
                    Some(escaped @ ('$' | '`' | '"' | '\\')) => word.push(escaped, true),
                    Some(other) => {
                        word.push('\\', true);
                        word.push(other, true);
                    }
                    None => word.push('\\', true),
                }
            }
            Some('$') => {
                let part = self.dollar(true)?;
                word.0.push(part);
            }
            Some('`') => {
                let part = self.backticks(true)?;
                word.0.push(part);
            }
            Some(other) => {
                self.at += 1;
                word.push(other, true);
            }
            None => {}
        }
        Ok(())
    }

    /// After `$'`, up to the closing quote.
    fn ansi_quoted(&mut self) -> Result<String, Broken> {
        let mut raw = String::new();
        loop {
            match self.next().ok_or(Broken)? {
                '\'' => return Ok(unescape(&raw)),
                '\\' => {
                    raw.push('\\');
                    raw.push(self.next().ok_or(Broken)?);
                }
                character => raw.push(character),
            }
        }
    }

    /// Reads the bodies of the here-documents that were announced on the line before.
    fn read_here_documents(&mut self) {
        for document in std::mem::take(&mut self.pending) {
            let mut body = String::new();
            while !self.is_at_end() {
                let mut line = String::new();
                while let Some(character) = self.next()
                    && character != '\n'
                {
                    line.push(character);
                }
                if document.strips_tabs {
                    line = line.trim_start_matches('\t').to_owned();
                }
                if line == document.delimiter {
                    break;
                }
                body.push_str(&line);
                body.push('\n');
            }
            // Only a second body for one announcement could be refused, and each is read once.
            drop(document.body.set(if document.is_literal {
                literal(body)
            } else {
                here_text(self.inside(&body))
            }));
        }
    }
}

/// A word that is exactly this text.
pub(super) fn literal(text: String) -> Word {
    Word(vec![Part::Literal { text, quoted: true }])
}

/// The body of a here-document, whose expansions happen.
fn here_text(mut lexer: Lexer) -> Word {
    let mut word = Word::default();
    while !lexer.is_at_end() {
        let start = lexer.at;
        if lexer.peek() == Some('\\') && lexer.peek_at(1) == Some('"') {
            lexer.at += 1;
            word.push('\\', true);
        }
        if lexer.quoted_piece(&mut word).is_err() {
            word.0.push(Part::Unknown {
                inner: Word::default(),
                source: lexer.rest(start),
            });
            break;
        }
    }
    word
}

#[cfg(test)]
mod tests;

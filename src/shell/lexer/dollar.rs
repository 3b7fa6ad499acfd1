//! Expansions: what follows a `$`, and backticks.

use super::{Broken, Fallback, Lexer, Part, Word};
use crate::shell::syntax;

impl Lexer {
    /// What follows a `$`.
    pub(super) fn dollar(&mut self, quoted: bool) -> Result<Part, Broken> {
        let start = self.at;
        match self.peek_at(1) {
            Some('(') if self.peek_at(2) == Some('(') => {
                self.at += 3;
                self.arithmetic(start).or_else(|Broken| {
                    self.at = start;
                    self.substitution(2, quoted)
                })
            }
            Some('(') => self.substitution(2, quoted),
            Some('{') => {
                self.at += 2;
                self.nested(|lexer| lexer.braced(start, quoted))
            }
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                self.at += 1;
                let name = self.name();
                Ok(self.parameter(name, quoted, start))
            }
            Some(special) if special.is_ascii_digit() || "@*#?-$!".contains(special) => {
                self.at += 2;
                Ok(self.parameter(special.to_string(), quoted, start))
            }
            _ => {
                self.at += 1;
                Ok(Part::Literal {
                    text: "$".into(),
                    quoted: true,
                })
            }
        }
    }

    pub(super) fn parameter(&self, name: String, quoted: bool, start: usize) -> Part {
        Part::Parameter {
            name,
            fallback: None,
            quoted,
            source: self.source(start),
        }
    }

    pub(super) fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(character) = self.peek()
            && (character.is_ascii_alphanumeric() || character == '_')
        {
            name.push(character);
            self.at += 1;
        }
        name
    }

    /// After `${`.
    pub(super) fn braced(&mut self, start: usize, quoted: bool) -> Result<Part, Broken> {
        let mut name = self.name();
        if name.is_empty()
            && let Some(special) = self.peek()
            && "@*?-$".contains(special)
        {
            name.push(special);
            self.at += 1;
        }
        if self.peek() == Some('}') && !name.is_empty() {
            self.at += 1;
            return Ok(self.parameter(name, quoted, start));
        }
        if self.peek() == Some(':') && matches!(self.peek_at(1), Some('-' | '=' | '+' | '?')) {
            self.at += 1;
        }
        let operator = self.next().ok_or(Broken)?;
        let word = self.braced_word(quoted)?;
        Ok(match operator {
            '-' | '=' | '+' if !name.is_empty() => Part::Parameter {
                name,
                fallback: Some(Fallback {
                    if_set: operator == '+',
                    word,
                }),
                quoted,
                source: self.source(start),
            },
            _ => Part::Unknown {
                inner: word,
                source: self.source(start),
            },
        })
    }

    /// Up to the closing brace.
    pub(super) fn braced_word(&mut self, quoted: bool) -> Result<Word, Broken> {
        let mut word = Word::default();
        while self.peek().ok_or(Broken)? != '}' {
            if quoted {
                self.quoted_piece(&mut word)?;
            } else {
                self.piece(&mut word)?;
            }
        }
        self.at += 1;
        Ok(word)
    }

    /// After `$((` or `((`: what runs inside is read, the number is not.
    pub(in crate::shell) fn arithmetic(&mut self, start: usize) -> Result<Part, Broken> {
        self.nested(|lexer| {
            let mut inner = Word::default();
            let mut open = 0_usize;
            loop {
                match lexer.peek().ok_or(Broken)? {
                    ')' if open == 0 => break,
                    ')' => open -= 1,
                    '(' => open += 1,
                    _ => {}
                }
                lexer.quoted_piece(&mut inner)?;
            }
            lexer.at += 1;
            if lexer.next() != Some(')') {
                return Err(Broken);
            }
            Ok(Part::Unknown {
                inner,
                source: lexer.source(start),
            })
        })
    }

    /// Commands up to their closing parenthesis; `opening` characters stand before them.
    pub(super) fn substitution(&mut self, opening: usize, quoted: bool) -> Result<Part, Broken> {
        let start = self.at;
        self.at += opening;
        let script = self.nested(|lexer| syntax::script(lexer, &[")"]))?;
        if !self.take(")") {
            return Err(Broken);
        }
        Ok(Part::Commands {
            script,
            quoted,
            source: self.source(start),
        })
    }

    /// Commands between backticks, where a backslash protects `$`, a backtick and itself.
    pub(super) fn backticks(&mut self, quoted: bool) -> Result<Part, Broken> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.next().ok_or(Broken)? {
                '`' => break,
                '\\' => match self.next().ok_or(Broken)? {
                    escaped @ ('$' | '`' | '\\') => text.push(escaped),
                    '"' if quoted => text.push('"'),
                    other => text.extend(['\\', other]),
                },
                character => text.push(character),
            }
        }
        let script = self.nested(|lexer| Ok(syntax::lines(lexer.inside(&text))))?;
        Ok(Part::Commands {
            script,
            quoted,
            source: self.source(start),
        })
    }
}

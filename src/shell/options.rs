//! Options and operands of a program, told apart as getopt(3) does.

use super::expansion::Field;

/// What stands behind a program's name.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    flags: Vec<(String, Option<Field>)>,
    pub(super) operands: Vec<Field>,
}

/// Whether an option has a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// Only in the same word.
    Maybe,
    Value,
}

/// How a program's options are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spec {
    /// As getopt's `optstring`: a letter with `:` has a value, with `::` only one in the same word. Letters without may be left out.
    pub(super) short: &'static str,
    /// The names of long options whose value may be the next word.
    pub(super) long: &'static [&'static str],
}

impl Spec {
    fn takes(&self, letter: char) -> Takes {
        let Some((_, rest)) = self.short.split_once(letter) else {
            return Takes::Nothing;
        };
        if rest.starts_with("::") {
            Takes::Maybe
        } else if rest.starts_with(':') {
            Takes::Value
        } else {
            Takes::Nothing
        }
    }

    /// Reads all words: operands may stand between options, as GNU programs allow.
    pub(super) fn read(&self, words: &[Field]) -> Options {
        self.parse(words, false)
    }

    /// Reads up to the first operand, which with all that follows is another command.
    pub(super) fn read_prefix(&self, words: &[Field]) -> Options {
        self.parse(words, true)
    }

    fn parse(&self, words: &[Field], stops: bool) -> Options {
        let mut options = Options::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = word.text.as_str();
            if text == "--" {
                break;
            }
            if let Some(long) = text.strip_prefix("--") {
                let (name, mut value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(word.with(value))),
                    None => (long, None),
                };
                if value.is_none() && self.long.contains(&name) {
                    value = words.next().cloned();
                }
                options.flags.push((name.to_owned(), value));
            } else if text.len() > 1 && text.starts_with('-') {
                for (at, letter) in text.char_indices().skip(1) {
                    let takes = self.takes(letter);
                    let rest = &text[at + letter.len_utf8()..];
                    let value = match (takes, rest) {
                        (Takes::Nothing, _) | (Takes::Maybe, "") => None,
                        (Takes::Value, "") => words.next().cloned(),
                        (Takes::Maybe | Takes::Value, _) => Some(word.with(rest)),
                    };
                    options.flags.push((letter.to_string(), value));
                    if takes != Takes::Nothing {
                        break;
                    }
                }
            } else {
                options.operands.push(word.clone());
                if stops {
                    break;
                }
            }
        }
        options.operands.extend(words.cloned());
        options
    }
}

/// A long option may be cut short: `--rec` is `--recursive`.
fn is_named(name: &str, short: char, long: &str) -> bool {
    let mut letters = name.chars();
    if letters.next() == Some(short) && letters.next().is_none() {
        return true;
    }
    name.len() > 1 && long.starts_with(name)
}

impl Options {
    /// Whether an option is there, by its letter or its long name.
    pub(super) fn has(&self, short: char, long: &str) -> bool {
        self.flags
            .iter()
            .any(|(name, _)| is_named(name, short, long))
    }

    /// Whether one of these letters is there.
    pub(super) fn has_any(&self, letters: &str) -> bool {
        letters.chars().any(|letter| self.has(letter, ""))
    }

    /// The last value of an option.
    pub(super) fn value(&self, short: char, long: &str) -> Option<&Field> {
        self.values(short, long).last()
    }

    /// All values of an option.
    pub(super) fn values(&self, short: char, long: &str) -> impl Iterator<Item = &Field> {
        self.flags
            .iter()
            .filter(move |(name, _)| is_named(name, short, long))
            .filter_map(|(_, value)| value.as_ref())
    }
}

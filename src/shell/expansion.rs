//! From words to arguments: braces, tildes, variables, substitutions, field splitting.
//!
//! Source: POSIX.1-2024, Shell Command Language, 2.6; braces as in bash. File names are not looked up: globs stay.

use super::follow::{Follower, Output};
use super::lexer::{Fallback, Part, Word};

/// The longest argument that is followed, in bytes.
const LENGTH: usize = 16 * 1024;

/// How many words one word may become through braces.
const BRACES: usize = 256;

/// The longest word in which braces are looked for, in characters.
const BRACED: usize = 1024;

/// One argument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// Its text; what is not known keeps its source.
    pub(super) text: String,
    /// Whether all of it is known.
    pub(super) certain: bool,
    /// Whether it is a pattern for file names.
    pub(super) glob: bool,
    /// Whether it stands for files somewhere below this path, as find's `{}` does.
    pub(super) below: bool,
}

impl Field {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            certain: true,
            ..Self::default()
        }
    }

    /// Something that is not known, and how it is written.
    pub(super) fn unknown(source: impl Into<String>) -> Self {
        Self {
            text: source.into(),
            ..Self::default()
        }
    }

    /// The same with another text.
    pub(super) fn with(&self, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..self.clone()
        }
    }

    fn append(&mut self, other: &Self) {
        if self.text.len() + other.text.len() > LENGTH {
            self.certain = false;
            return;
        }
        self.text.push_str(&other.text);
        self.certain &= other.certain;
        self.glob |= other.glob;
        self.below |= other.below;
    }
}

/// Whether a text can stand for file names; `[` alone is a program.
pub(super) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?']) || (text.contains('[') && text.contains(']'))
}

/// A character, or an expansion, of a word.
#[derive(Clone, Copy, Debug)]
enum Atom<'w> {
    Plain(char),
    Quoted(char),
    /// `''`: nothing, but it makes an argument.
    Nothing,
    Part(&'w Part),
}

/// Arguments while they are put together.
#[derive(Debug, Default)]
struct Fields {
    done: Vec<Field>,
    open: Option<Field>,
}

impl Fields {
    fn open(&mut self) -> &mut Field {
        self.open.get_or_insert_with(|| Field::new(""))
    }

    fn close(&mut self) {
        self.done.extend(self.open.take().map(|field| Field {
            glob: field.glob && is_glob(&field.text),
            ..field
        }));
    }

    /// Adds a value that is split at these characters.
    fn split(&mut self, value: &Field, separators: &str) {
        let mut pieces = value.text.split(|character| separators.contains(character));
        let first = pieces.next().unwrap_or_default();
        self.piece(value, first);
        for piece in pieces {
            self.close();
            self.piece(value, piece);
        }
    }

    fn piece(&mut self, value: &Field, piece: &str) {
        if !piece.is_empty() {
            let glob = value.glob || is_glob(piece);
            self.open().append(&Field {
                glob,
                ..value.with(piece)
            });
        }
    }
}

impl Follower<'_> {
    /// The arguments that a word becomes.
    pub(super) fn fields(&mut self, word: &Word) -> Vec<Field> {
        let atoms = atoms(word);
        let mut left = BRACES;
        let words = if atoms.len() > BRACED {
            None
        } else {
            braces(&atoms, &mut left)
        };
        let is_known = words.is_some();
        let mut fields = Fields::default();
        for atoms in words.unwrap_or_else(|| vec![atoms]) {
            self.expand(&atoms, &mut fields);
            fields.close();
        }
        if !is_known {
            for field in &mut fields.done {
                field.certain = false;
            }
        }
        fields.done
    }

    /// The one value that a word has where it is not split: in an assignment, a redirection, a here-document.
    pub(super) fn value(&mut self, word: &Word) -> Field {
        let mut value = Field::new("");
        for part in &word.0 {
            match part {
                Part::Literal { text, .. } if value.text.is_empty() && text.starts_with('~') => {
                    let tilde = self.tilde(text);
                    value.append(&tilde);
                }
                Part::Literal { text, .. } => value.append(&Field::new(text.as_str())),
                Part::Parameter {
                    name,
                    fallback,
                    source,
                    ..
                } => {
                    let parameter = self.parameter(name, fallback.as_ref(), source);
                    value.append(&parameter);
                }
                Part::Commands { script, source, .. } => match self.substitute(script, source) {
                    Output::Text(text) => value.append(&Field::new(text)),
                    Output::Paths(paths) => paths.iter().for_each(|path| value.append(path)),
                    Output::Unknown => value.append(&Field::unknown(source.as_str())),
                },
                Part::Unknown { inner, source } => {
                    self.value(inner);
                    value.append(&Field::unknown(source.as_str()));
                }
            }
        }
        value
    }

    fn expand(&mut self, atoms: &[Atom<'_>], fields: &mut Fields) {
        if let [Atom::Plain('~'), rest @ ..] = atoms
            && matches!(rest.first(), None | Some(Atom::Plain('/')))
        {
            let home = self.tilde("~");
            fields.open().append(&home);
            return self.expand(rest, fields);
        }
        for atom in atoms {
            match *atom {
                Atom::Plain(character) => {
                    let field = fields.open();
                    field.text.push(character);
                    field.glob |= matches!(character, '*' | '?' | '[');
                }
                Atom::Quoted(character) => fields.open().text.push(character),
                Atom::Nothing => drop(fields.open()),
                Atom::Part(part) => self.expand_part(part, fields),
            }
        }
    }

    fn expand_part(&mut self, part: &Part, fields: &mut Fields) {
        match part {
            // Atoms already.
            Part::Literal { .. } => {}
            Part::Parameter {
                name,
                fallback: None,
                quoted: true,
                ..
            } if name == "@" => {
                let mut rest = self.state.positional.iter().skip(1);
                if let Some(first) = rest.next() {
                    fields.open().append(first);
                }
                for field in rest {
                    fields.close();
                    fields.open().append(field);
                }
            }
            Part::Parameter {
                name,
                fallback,
                quoted,
                source,
            } => {
                let value = self.parameter(name, fallback.as_ref(), source);
                if *quoted {
                    fields.open().append(&value);
                } else {
                    let separators = self.separators();
                    fields.split(&value, &separators);
                }
            }
            Part::Commands {
                script,
                quoted,
                source,
            } => match self.substitute(script, source) {
                Output::Text(text) if *quoted => fields.open().append(&Field::new(text)),
                Output::Text(text) => {
                    let separators = self.separators();
                    fields.split(&Field::new(text), &separators);
                }
                Output::Paths(paths) => {
                    for path in paths {
                        fields.open().append(&path);
                        fields.close();
                    }
                }
                Output::Unknown => fields.open().append(&Field::unknown(source.as_str())),
            },
            Part::Unknown { inner, source } => {
                self.value(inner);
                fields.open().append(&Field::unknown(source.as_str()));
            }
        }
    }

    fn separators(&self) -> String {
        self.state
            .variables
            .get("IFS")
            .filter(|separators| separators.certain)
            .map_or_else(|| " \t\n".to_owned(), |separators| separators.text.clone())
    }

    fn tilde(&self, text: &str) -> Field {
        match self.state.variables.get("HOME") {
            Some(home) if text == "~" || text.starts_with("~/") => {
                home.with(format!("{}{}", home.text, &text[1..]))
            }
            _ => Field::unknown(text),
        }
    }

    fn parameter(&mut self, name: &str, fallback: Option<&Fallback>, source: &str) -> Field {
        let known = self.lookup(name);
        let Some(Fallback { if_set, word }) = fallback else {
            return known.unwrap_or_else(|| Field::unknown(source));
        };
        let is_set = known.as_ref().map(|known| !known.text.is_empty());
        match (is_set, if_set) {
            (Some(true), false) => known.unwrap_or_default(),
            (Some(false), true) => Field::new(""),
            (Some(_), _) => self.value(word),
            // Set outside or not: the word is as good a guess as any, and a guess.
            (None, _) => {
                let guess = self.value(word);
                if guess.text.is_empty() {
                    return Field::unknown(source);
                }
                Field {
                    certain: false,
                    ..guess
                }
            }
        }
    }

    fn lookup(&self, name: &str) -> Option<Field> {
        let positional = &self.state.positional;
        match name {
            "@" | "*" => {
                let mut all = Field::new("");
                for (count, field) in positional.iter().skip(1).enumerate() {
                    if count > 0 {
                        all.append(&Field::new(" "));
                    }
                    all.append(field);
                }
                Some(all)
            }
            "#" => Some(Field::new(positional.len().saturating_sub(1).to_string())),
            "IFS" => Some(Field::new(self.separators())),
            "PWD" => self.state.place.directory().map(Field::new),
            _ if name.starts_with(|first: char| first.is_ascii_digit()) => {
                let position: usize = name.parse().ok()?;
                Some(
                    positional
                        .get(position)
                        .cloned()
                        .unwrap_or_else(|| Field::new("")),
                )
            }
            _ => self.state.variables.get(name).cloned(),
        }
    }
}

fn atoms(word: &Word) -> Vec<Atom<'_>> {
    let mut atoms = Vec::new();
    for part in &word.0 {
        match part {
            Part::Literal { text, quoted: true } if text.is_empty() => atoms.push(Atom::Nothing),
            Part::Literal { text, quoted: true } => atoms.extend(text.chars().map(Atom::Quoted)),
            Part::Literal {
                text,
                quoted: false,
            } => atoms.extend(text.chars().map(Atom::Plain)),
            other => atoms.push(Atom::Part(other)),
        }
    }
    atoms
}

/// The words that braces make of one; `None` when they are more than `left`.
fn braces<'w>(atoms: &[Atom<'w>], left: &mut usize) -> Option<Vec<Vec<Atom<'w>>>> {
    for (open, atom) in atoms.iter().enumerate() {
        if !matches!(atom, Atom::Plain('{')) {
            continue;
        }
        let Some((close, items)) = group(atoms, open) else {
            continue;
        };
        let tails = braces(&atoms[close + 1..], left)?;
        let mut words = Vec::new();
        for item in items {
            for middle in braces(&item, left)? {
                for tail in &tails {
                    *left = left.checked_sub(1)?;
                    words.push([&atoms[..open], &middle, tail].concat());
                }
            }
        }
        return Some(words);
    }
    Some(vec![atoms.to_vec()])
}

/// Where the group that opens here closes, and its alternatives; `None` when it is no group.
fn group<'w>(atoms: &[Atom<'w>], open: usize) -> Option<(usize, Vec<Vec<Atom<'w>>>)> {
    let mut depth = 0_usize;
    let mut items = Vec::new();
    let mut start = open + 1;
    for (at, atom) in atoms.iter().enumerate().skip(open) {
        match atom {
            Atom::Plain('{') => depth += 1,
            Atom::Plain(',') if depth == 1 => {
                items.push(atoms[start..at].to_vec());
                start = at + 1;
            }
            Atom::Plain('}') => {
                depth -= 1;
                if depth > 0 {
                    continue;
                }
                if items.is_empty() {
                    return Some((at, range(&atoms[start..at])?));
                }
                items.push(atoms[start..at].to_vec());
                return Some((at, items));
            }
            _ => {}
        }
    }
    None
}

/// `1..3` and `a..c`.
fn range<'w>(atoms: &[Atom<'w>]) -> Option<Vec<Vec<Atom<'w>>>> {
    let text: Option<String> = atoms
        .iter()
        .map(|atom| match atom {
            Atom::Plain(character) => Some(*character),
            _ => None,
        })
        .collect();
    let (low, high) = text.as_deref()?.split_once("..")?;
    let plain = |text: String| text.chars().map(Atom::Plain).collect();
    if let (Ok(low), Ok(high)) = (low.parse::<i64>(), high.parse::<i64>()) {
        let count = high.checked_sub(low)?.checked_abs()?;
        // One more than fits, so that the caller sees that it is too much.
        let most = i64::try_from(BRACES + 1).ok()?;
        let numbers =
            (low.min(high)..=low.max(high)).take(usize::try_from(count.min(most)).ok()? + 1);
        return Some(numbers.map(|number| plain(number.to_string())).collect());
    }
    let mut ends = (low.chars(), high.chars());
    let (first, last) = (ends.0.next()?, ends.1.next()?);
    if ends.0.next().is_some() || ends.1.next().is_some() || !first.is_ascii() || !last.is_ascii() {
        return None;
    }
    Some(
        (first.min(last)..=first.max(last))
            .map(|letter| vec![Atom::Plain(letter)])
            .collect(),
    )
}

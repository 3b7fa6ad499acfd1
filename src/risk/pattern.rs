//! Regular expressions that mean the same to Rust's `regex` and to Go's RE2, which the API server uses.

use regex::Regex;

/// Sequences that the two read differently, and what to write instead.
const SPLIT: [(&str, &str); 15] = [
    ("\\w", "write [0-9A-Za-z_]: Rust's \\w is Unicode"),
    ("\\W", "write [^0-9A-Za-z_]: Rust's \\W is Unicode"),
    ("\\d", "write [0-9]: Rust's \\d is Unicode"),
    ("\\D", "write [^0-9]: Rust's \\D is Unicode"),
    ("\\s", "write [ \\t\\n]: Rust's \\s is Unicode"),
    ("\\S", "write [^ \\t\\n]: Rust's \\S is Unicode"),
    ("\\b", "name the characters around: Rust's \\b is Unicode"),
    ("\\B", "name the characters around: Rust's \\B is Unicode"),
    ("\\Q", "escape each character: Rust has no \\Q"),
    ("&&", "it is an intersection of classes in Rust"),
    ("--", "it is a difference of classes in Rust"),
    ("~~", "it is a difference of classes in Rust"),
    ("++", "a possessive quantifier means something else to each"),
    ("*+", "a possessive quantifier means something else to each"),
    ("?+", "a possessive quantifier means something else to each"),
];

/// RE2 refuses more.
const REPEATS: u32 = 1000;

/// Why a pattern cannot be used, if so.
#[must_use]
pub fn flaw(pattern: &str) -> Option<String> {
    let said = SPLIT
        .iter()
        .find(|(sequence, _)| pattern.contains(sequence))
        .map(|(sequence, advice)| format!("\"{sequence}\": {advice}"));
    said.or_else(|| {
        nested_class(pattern)
            .then(|| "\"[\" inside a class: it nests in Rust; write \\[".to_owned())
    })
    .or_else(|| verbose(pattern).then(|| "the flag x is not known to RE2".to_owned()))
    .or_else(|| brace(pattern))
    .or_else(|| {
        Regex::new(pattern)
            .is_err()
            .then(|| "it is not a valid regular expression".to_owned())
    })
}

/// Whether an unescaped `[` stands in a class; `[:alpha:]` is the same to both.
fn nested_class(pattern: &str) -> bool {
    let mut inside = false;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '[' if inside && characters.peek() == Some(&':') => {
                // To the end of `[:alpha:]`, whose own `]` does not close the class.
                while characters.next().is_some_and(|passed| passed != ']') {}
            }
            '[' if inside => return true,
            '[' => {
                inside = true;
                // A `]` in first place is a plain character.
                characters.next_if_eq(&'^');
                characters.next_if_eq(&']');
            }
            ']' => inside = false,
            _ => {}
        }
    }
    false
}

/// Whether a group sets the flag `x`, as in `(?x)` and `(?ix:…)`.
fn verbose(pattern: &str) -> bool {
    pattern.split("(?").skip(1).any(|group| {
        group
            .chars()
            .take_while(|character| character.is_ascii_alphabetic() || *character == '-')
            .any(|flag| flag == 'x')
            && !group.starts_with('P')
    })
}

/// A `{` that is no repetition, or one that RE2 refuses.
fn brace(pattern: &str) -> Option<String> {
    let mut rest = pattern;
    while let Some(start) = rest.find('{') {
        let before = &rest[..start];
        let named = ["\\p", "\\P", "\\x"]
            .iter()
            .any(|escape| before.ends_with(escape));
        let (inside, after) = rest[start + 1..]
            .split_once('}')
            .unwrap_or((&rest[start + 1..], ""));
        let counts =
            |count: &str| count.is_empty() || count.parse::<u32>().is_ok_and(|n| n <= REPEATS);
        let repeats = inside.starts_with(|first: char| first.is_ascii_digit())
            && inside.split(',').count() <= 2
            && inside.split(',').all(counts);
        if !named && !before.ends_with('\\') && !repeats {
            return Some(format!(
                "\"{{\" that is no repetition up to {REPEATS}: write \\{{"
            ));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_engines_read_alike_passes() {
        for pattern in [
            "^(alicloud://)?[a-z0-9-]+[.]i-[0-9a-z]+$",
            "(?i)a{2,3}b{4}c{5,}",
            "(?P<x>a)(?:b)(?i:c)",
            "[[:alpha:]_]+\\p{L}\\x{10FFFF}",
            "[]a]|[^]b]|[\\]c]",
            "a\\{b\\}",
        ] {
            assert_eq!(flaw(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_they_read_differently_is_refused() {
        for pattern in [
            "\\w+", "\\d", "a\\b", "[a&&b]", "[a--b]", "[[a]b]", "a{", "{x}", "a{1001}",
            "a{2,3,4}", "(?x)a b", "(?ix:a)", "a++", "\\Qa", "(", "a(?=b)",
        ] {
            assert!(flaw(pattern).is_some(), "{pattern}");
        }
    }
}

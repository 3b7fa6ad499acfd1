//! Go's `filepath.Glob`, which kubectl tries for names that are not there.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::kubectl::inputs;

/// The paths that match, folder by folder in lexical order; `None` for a pattern that Go refuses.
pub(super) fn find(pattern: &str) -> Option<Vec<PathBuf>> {
    matches(pattern, "")?;
    let root = if pattern.starts_with('/') { "/" } else { "" };
    let mut found = vec![PathBuf::from(root)];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for folder in &found {
            descend(folder, part, &mut next)?;
        }
        found = next;
    }
    Some(found)
}

fn descend(folder: &Path, part: &str, next: &mut Vec<PathBuf>) -> Option<()> {
    if !part.contains(['*', '?', '[', '\\']) {
        let path = folder.join(part);
        if fs::symlink_metadata(&path).is_ok() {
            next.push(path);
        }
        return Some(());
    }
    let place = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    inputs::note(place);
    let mut names: Vec<OsString> = fs::read_dir(place)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .collect();
    names.sort_unstable();
    for name in names {
        if matches(part, &letters(&name))? {
            next.push(folder.join(name));
        }
    }
    Some(())
}

/// A file's name as Go sees it: a byte that is no text is one letter, U+FFFD.
fn letters(name: &OsStr) -> String {
    let mut letters = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        letters.push_str(chunk.valid());
        letters.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    letters
}

/// Go's `path.Match` of one name; `None` for a bad pattern.
fn matches(pattern: &str, name: &str) -> Option<bool> {
    let Some(first) = pattern.chars().next() else {
        return Some(name.is_empty());
    };
    let rest = &pattern[first.len_utf8()..];
    let after = |name: &str| {
        name.chars()
            .next()
            .map(|it| (it, name[it.len_utf8()..].to_owned()))
    };
    match first {
        '*' => {
            let rest = rest.trim_start_matches('*');
            let mut any = matches(rest, name)?;
            for (at, it) in name.char_indices() {
                if any || it == '/' {
                    break;
                }
                any = matches(rest, &name[at + it.len_utf8()..])?;
            }
            Some(any)
        }
        '[' => {
            let (class, rest) = read_class(rest)?;
            // Go looks for errors in the rest of the pattern also when nothing can match any more.
            match after(name) {
                Some((it, name)) if class.holds(it) => matches(rest, &name),
                _ => matches(rest, "").map(|_| false),
            }
        }
        _ => {
            let (wanted, rest) = if first == '\\' {
                (
                    rest.chars().next()?,
                    &rest[rest.chars().next()?.len_utf8()..],
                )
            } else {
                (first, rest)
            };
            match after(name) {
                Some((it, name)) if first == '?' && it != '/' || first != '?' && it == wanted => {
                    matches(rest, &name)
                }
                _ => matches(rest, "").map(|_| false),
            }
        }
    }
}

/// `[a-z]`, `[^a]`.
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn holds(&self, it: char) -> bool {
        self.ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&it))
            != self.negated
    }
}

/// What follows `[`, up to its `]`.
fn read_class(text: &str) -> Option<(Class, &str)> {
    let negated = text.starts_with('^');
    let mut rest = text.strip_prefix('^').unwrap_or(text);
    let mut ranges = Vec::new();
    loop {
        if let Some(rest) = rest.strip_prefix(']').filter(|_| !ranges.is_empty()) {
            return Some((Class { negated, ranges }, rest));
        }
        let (low, after) = read_member(rest)?;
        let (high, after) = match after.strip_prefix('-') {
            Some(after) => read_member(after)?,
            None => (low, after),
        };
        ranges.push((low, high));
        rest = after;
    }
}

fn read_member(text: &str) -> Option<(char, &str)> {
    let text = text.strip_prefix('\\').unwrap_or(text);
    let it = text.chars().next().filter(|it| !matches!(it, '-' | ']'))?;
    Some((it, &text[it.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn matches_as_go_does() {
        for (pattern, name, expected) in [
            ("*", "a.yaml", Some(true)),
            ("*.yaml", ".yaml", Some(true)),
            ("*.yaml", "a.yml", Some(false)),
            ("a?c", "abc", Some(true)),
            ("a?c", "ac", Some(false)),
            ("a[b-d]e", "ace", Some(true)),
            ("a[^b-d]e", "ace", Some(false)),
            ("a\\*", "a*", Some(true)),
            ("a\\*", "ab", Some(false)),
            ("[", "a", None),
            ("a[", "x", None),
            ("[]a]", "a", None),
            ("a*b*c", "aXbYc", Some(true)),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}

//! Where a path leads: from a word to a path of the container, and to the host.

use std::sync::LazyLock;

use super::expansion::Field;
use super::{Mount, View};
use crate::path::clean;

/// How many links are followed, as the kernel does.
const LINKS: usize = 40;

/// What a pattern below `/dev` may mean: the names that Linux gives to the first disk and to another one. A device is the same in every
/// container that may open it.
const DISKS: [&str; 8] = [
    "/dev/vda",
    "/dev/vdb",
    "/dev/sda",
    "/dev/sdb",
    "/dev/xvda",
    "/dev/xvdb",
    "/dev/nvme0n1",
    "/dev/nvme1n1",
];

/// What a process sees as its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Whether these are the host's files, or the container's.
    is_host: bool,
    /// The directory that is `/`; empty for the whole.
    root: String,
    /// The working directory, below the root.
    directory: Directory,
    /// Names that this script made: `ln -s` and `mount --bind`, both whole paths of the same side.
    links: Vec<(String, String)>,
}

/// A working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Directory {
    path: String,
    is_certain: bool,
}

/// A path, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Located {
    /// As the container sees it, or the host once its mount namespace was entered.
    pub(super) path: String,
    /// On the host; empty when it is not there.
    pub(super) host: String,
    pub(super) is_read_only: bool,
    pub(super) is_certain: bool,
    /// Whether `*`, `?` and `[` stand for other characters.
    is_pattern: bool,
}

impl Place {
    pub(super) fn start(view: &View) -> Self {
        let path = clean(&view.directory);
        Self {
            is_host: false,
            root: String::new(),
            directory: Directory {
                path,
                is_certain: true,
            },
            links: Vec::new(),
        }
    }

    /// `nsenter` into the host's mount namespace.
    pub(super) fn enter_host(&mut self) {
        *self = Self {
            is_host: true,
            root: String::new(),
            directory: Directory {
                path: "/".into(),
                is_certain: true,
            },
            links: Vec::new(),
        };
    }

    /// `chroot`
    pub(super) fn enter_root(&mut self, directory: &Field, view: &View) {
        let located = self.locate(directory, view, true);
        located
            .path
            .trim_end_matches('/')
            .clone_into(&mut self.root);
        self.directory = Directory {
            path: "/".into(),
            is_certain: located.is_certain,
        };
    }

    /// `cd`
    pub(super) fn enter(&mut self, directory: &Field) {
        self.directory = self.below_root(directory);
    }

    /// The working directory, if it is known.
    pub(super) fn directory(&self) -> Option<&str> {
        self.directory
            .is_certain
            .then_some(self.directory.path.as_str())
    }

    /// Remembers that `name` is another name of `target`.
    pub(super) fn link(&mut self, name: &Located, target: &Located) {
        if name.is_certain && target.is_certain && name.path != target.path {
            self.links.push((name.path.clone(), target.path.clone()));
        }
    }

    /// The host's directory that is `/` here.
    pub(super) fn root_on_host(&self, view: &View) -> String {
        if self.is_host {
            return clean(&self.root);
        }
        if self.root.is_empty() {
            return String::new();
        }
        view.to_host(&self.root)
            .map_or_else(String::new, |(host, _)| host)
    }

    /// The path that a word names; `follows` is false when a link is meant itself, as in `rm`.
    pub(super) fn locate(&self, field: &Field, view: &View, follows: bool) -> Located {
        let below = self.below_root(field);
        let path = if is_unknown_head(&below.path) {
            below.path
        } else {
            let whole = clean(&format!("{}{}", self.root, below.path));
            let whole = self.follow(whole, follows);
            if view.enters_host && !self.is_host {
                through_process(&whole)
            } else {
                whole
            }
        };
        let (host, is_read_only) = if is_unknown_head(&path) {
            (String::new(), false)
        } else if self.is_host {
            (path.clone(), false)
        } else {
            view.to_host(&path).unwrap_or_default()
        };
        Located {
            path,
            host,
            is_read_only,
            is_certain: below.is_certain,
            is_pattern: field.glob || !below.is_certain,
        }
    }

    fn below_root(&self, field: &Field) -> Directory {
        let text = field.text.as_str();
        let is_absolute = text.starts_with('/');
        let path = if !field.certain && is_unknown_head(text) {
            text.to_owned()
        } else if is_absolute {
            clean(text)
        } else if is_unknown_head(&self.directory.path) {
            format!("{}/{text}", self.directory.path)
        } else {
            clean(&format!("{}/{text}", self.directory.path))
        };
        Directory {
            path,
            is_certain: field.certain && (is_absolute || self.directory.is_certain),
        }
    }

    fn follow(&self, mut path: String, follows_last: bool) -> String {
        for _ in 0..LINKS {
            let Some(next) = self.links.iter().rev().find_map(|(name, target)| {
                let rest = path.strip_prefix(name.as_str())?;
                let is_below = rest.starts_with('/');
                (is_below || (follows_last && rest.is_empty()))
                    .then(|| clean(&format!("{target}{rest}")))
            }) else {
                break;
            };
            path = next;
        }
        path
    }

    /// The landmarks that a path reaches as a pattern, or through what is below it.
    pub(super) fn landmarks(&self, located: &Located, is_tree: bool, view: &View) -> Vec<Located> {
        if is_unknown_head(&located.path) || !(located.is_pattern || is_tree) {
            return Vec::new();
        }
        let pattern = if located.is_certain {
            located.path.clone()
        } else {
            as_pattern(&located.path)
        };
        let mut marks: Vec<String> = view.landmarks.iter().map(|it| clean(it)).collect();
        let mut found = Vec::new();
        // What is done to all files below a directory is done to a device's name, not to the disk.
        if !is_tree {
            marks.extend(DISKS.map(str::to_owned));
            found.extend(DISKS.map(|disk| (disk.to_owned(), disk.to_owned(), false)));
        }
        if self.is_host {
            found.extend(marks.iter().map(|host| (host.clone(), host.clone(), false)));
        } else {
            found.extend(view.inside(&marks));
        }
        let parts = split(&pattern);
        let mut landmarks: Vec<Located> = Vec::new();
        for (path, host, is_read_only) in found {
            let Some(beyond) = reach(&parts, located.is_pattern, is_tree, &split(&path)) else {
                continue;
            };
            let onward = |start: &str| clean(&format!("{start}/{beyond}"));
            let (path, host) = (onward(&path), onward(&host));
            // Two mounts may lead to the same place.
            let is_known = host == located.host || landmarks.iter().any(|known| known.host == host);
            if !is_known {
                landmarks.push(Located {
                    path,
                    host,
                    is_read_only,
                    is_certain: false,
                    is_pattern: false,
                });
            }
        }
        landmarks
    }
}

impl View {
    /// The host's path, and whether the mount is read-only.
    fn to_host(&self, path: &str) -> Option<(String, bool)> {
        let (mount, rest) = self
            .all_mounts()
            .filter_map(|mount| Some((mount, below(path, &clean(&mount.path))?)))
            .min_by_key(|(_, rest)| rest.len())?;
        Some((clean(&format!("{}/{rest}", mount.host)), mount.read_only))
    }

    /// Where paths of the host are in the container: its path, the host's, whether it is read-only.
    fn inside(&self, marks: &[String]) -> Vec<(String, String, bool)> {
        let mut inside = Vec::new();
        for landmark in marks {
            for mount in self.all_mounts() {
                let (path, host) = (clean(&mount.path), clean(&mount.host));
                if let Some(rest) = below(landmark, &host) {
                    let path = clean(&format!("{path}/{rest}"));
                    inside.push((path, landmark.clone(), mount.read_only));
                } else if below(&host, landmark).is_some() {
                    inside.push((path, host, mount.read_only));
                }
            }
        }
        inside
    }

    /// The mounts, and the host's root directory as its process 1 has it.
    fn all_mounts(&self) -> impl Iterator<Item = &Mount> {
        static PROCESS_ONE: LazyLock<Mount> = LazyLock::new(|| Mount {
            path: "/proc/1/root".into(),
            host: "/".into(),
            read_only: false,
        });
        self.mounts
            .iter()
            .chain(self.enters_host.then(|| &*PROCESS_ONE))
    }
}

/// What follows when `path` is `directory` or below it: empty, or a path that starts with a slash.
fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(directory.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// `/proc/N/root` and `/proc/N/cwd` lead to the host, as those of process 1 do: nothing here can tell whose process N is.
fn through_process(path: &str) -> String {
    let Some(rest) = path.strip_prefix("/proc/") else {
        return path.to_owned();
    };
    let mut parts = rest.split('/');
    let number = parts.next().unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let mut what = parts.next();
    if what == Some("task") {
        parts.next();
        what = parts.next();
    }
    if !is_number || !matches!(what, Some("root" | "cwd")) {
        return path.to_owned();
    }
    let below: Vec<&str> = parts.collect();
    clean(&format!("/proc/1/root/{}", below.join("/")))
}

/// Whether the text starts with something that is not known, so that nobody can say where it leads.
fn is_unknown_head(path: &str) -> bool {
    path.starts_with(['$', '`', '~', '<', '>'])
}

/// The path with `*` for every expansion that is not known.
fn as_pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '$' => {
                pattern.push('*');
                let closing = match characters.peek() {
                    Some('{') => Some('}'),
                    Some('(') => Some(')'),
                    _ => None,
                };
                if let Some(closing) = closing {
                    // To the last one: what is inside may have its own.
                    let rest: String = characters.clone().collect();
                    let passed = rest.rfind(closing).map_or(rest.as_str(), |at| &rest[..=at]);
                    for _ in passed.chars() {
                        characters.next();
                    }
                } else {
                    while characters
                        .next_if(|next| next.is_ascii_alphanumeric() || "_@*?#!-".contains(*next))
                        .is_some()
                    {}
                }
            }
            '`' => {
                pattern.push('*');
                while characters.next().is_some_and(|next| next != '`') {}
            }
            other => pattern.push(other),
        }
    }
    pattern
}

fn split(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// What of the pattern lies below the path: `Some("")` when it matches the path, or (with `is_tree`) a directory above it.
fn reach(pattern: &[&str], is_pattern: bool, is_tree: bool, path: &[&str]) -> Option<String> {
    let fits = pattern
        .iter()
        .zip(path)
        .all(|(pattern, part)| pattern == part || (is_pattern && matches(pattern, part)));
    let is_far_enough = is_tree || pattern.len() >= path.len();
    (fits && is_far_enough).then(|| pattern.get(path.len()..).unwrap_or_default().join("/"))
}

/// Whether a file name matches a glob: `*`, `?`, `[…]`; a leading dot needs its own.
fn matches(glob: &str, name: &str) -> bool {
    if name.starts_with('.') && !glob.starts_with(['.', '[']) {
        return false;
    }
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    // Back to the last star whenever something does not fit.
    let (mut at, mut to) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        if glob.get(at) == Some(&'*') {
            star = Some((at, to));
            at += 1;
            continue;
        }
        if to == name.len() && at == glob.len() {
            return true;
        }
        match name
            .get(to)
            .and_then(|&character| one(&glob, at, character))
        {
            Some(next) => {
                at = next;
                to += 1;
            }
            None => match star {
                Some((place, eaten)) if eaten < name.len() => {
                    star = Some((place, eaten + 1));
                    at = place + 1;
                    to = eaten + 1;
                }
                _ => return false,
            },
        }
    }
}

/// Where the glob goes on when its next item fits this character.
fn one(glob: &[char], at: usize, character: char) -> Option<usize> {
    match *glob.get(at)? {
        '?' => Some(at + 1),
        '[' => {
            let mut to = at + 1;
            let is_negated = matches!(glob.get(to), Some('!' | '^'));
            to += usize::from(is_negated);
            let first = to;
            let mut is_in = false;
            loop {
                let &low = glob.get(to)?;
                if low == ']' && to > first {
                    break;
                }
                let is_range = glob.get(to + 1) == Some(&'-')
                    && glob.get(to + 2).is_some_and(|&end| end != ']');
                let high = if is_range { glob[to + 2] } else { low };
                is_in |= (low..=high).contains(&character);
                to += if is_range { 3 } else { 1 };
            }
            (is_in != is_negated).then_some(to + 1)
        }
        plain => (plain == character).then_some(at + 1),
    }
}

#[cfg(test)]
mod tests;

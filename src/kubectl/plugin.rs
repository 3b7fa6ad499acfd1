//! Which executable kubectl runs for words that name none of its commands (`pkg/cmd/plugin.go`, `HandlePluginCommand`).

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use rustix::fs::Access;

use super::flags::{Command, ROOT};
use crate::environment;

/// A plugin that kubectl runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    /// The words that name it, as typed.
    pub name: Vec<OsString>,
    /// The executable.
    pub path: PathBuf,
}

impl Plugin {
    /// The plugin that kubectl runs for these words, which name none of its own commands; none when there is none on the PATH.
    #[must_use]
    pub fn find(words: &[OsString]) -> Option<Self> {
        Self::find_longer_than(0, words)
    }

    /// A plugin below `create`, the only command of kubectl's own that has some.
    #[must_use]
    pub fn find_below_create(words: &[OsString]) -> Option<Self> {
        let [create, word, ..] = words else {
            return None;
        };
        let is_builtin = |command: &Command| command.child(word.as_bytes()).is_some();
        let may_be = create == "create" && !ROOT.child(b"create").is_some_and(is_builtin);
        may_be.then(|| Self::find_longer_than(1, words)).flatten()
    }

    fn find_longer_than(count: usize, words: &[OsString]) -> Option<Self> {
        let names = candidates(words);
        let most = names.len();
        let places = names
            .into_iter()
            .enumerate()
            .take(most.saturating_sub(count));
        places.into_iter().find_map(|(shorter, name)| {
            Some(Self {
                path: look_up(&name)?,
                name: words[..most - shorter].to_vec(),
            })
        })
    }

    /// Whether a list of names, as `KUBECTL_SAFE_ASK_PLUGINS` has it, holds this plugin, called with these words.
    ///
    /// An entry may go on behind the plugin's name with words of its own: `minio delete`.
    #[must_use]
    pub fn is_in(&self, list: &OsStr, words: &[OsString]) -> bool {
        // To kubectl, both name the same file.
        let file_name = |byte: u8| if byte == b'-' { b'_' } else { byte };
        let spelled = |word: &[u8]| word.iter().copied().map(file_name).collect::<Vec<_>>();
        let name: Vec<_> = self
            .name
            .iter()
            .map(|word| spelled(word.as_bytes()))
            .collect();
        list.as_bytes().split(|byte| *byte == b',').any(|entry| {
            let parts = entry
                .split(u8::is_ascii_whitespace)
                .filter(|word| !word.is_empty());
            let entry: Vec<_> = parts.map(spelled).collect();
            let Some(more) = entry.strip_prefix(name.as_slice()) else {
                return entry == [b"*"];
            };
            // We do not know which of its flags take a word, so others may stand between.
            let mut typed = words.iter().skip(name.len());
            more.iter()
                .all(|word| typed.any(|typed| spelled(typed.as_bytes()) == *word))
        })
    }

    /// Its words, as typed.
    #[must_use]
    pub fn words(&self) -> String {
        let words = self.name.iter().map(|word| word.to_string_lossy());
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Go's `exec.LookPath`: below each folder of the PATH, or, for a name with a slash, from the working directory.
fn look_up(name: &OsStr) -> Option<PathBuf> {
    let executable = |path: PathBuf| {
        let may_run = rustix::fs::access(&path, Access::EXEC_OK).is_ok();
        (may_run && !path.is_dir()).then_some(path)
    };
    if name.as_bytes().contains(&b'/') {
        return executable(PathBuf::from(name));
    }
    let path = std::env::var_os(environment::PATH)?;
    std::env::split_paths(&path).find_map(|folder| executable(folder.join(name)))
}

/// The names of the plugins that kubectl looks for, best first; the first that is on the PATH runs.
///
/// All words before the first flag make the name, then one fewer, and so on. None when a flag comes first: kubectl refuses that.
fn candidates(words: &[OsString]) -> Vec<OsString> {
    let mut name = b"kubectl".to_vec();
    let mut names = Vec::new();
    for word in words.iter().map(|word| word.as_bytes()) {
        if word.starts_with(b"-") {
            break;
        }
        name.push(b'-');
        name.extend(
            word.iter()
                .map(|&byte| if byte == b'-' { b'_' } else { byte }),
        );
        names.push(OsString::from_vec(name.clone()));
    }
    names.reverse();
    names
}

/// Would kubectl look for a plugin at all? Never for `help` and the words of shell completion.
#[must_use]
pub fn may_run(words: &[OsString]) -> bool {
    let first = words.iter().find(|word| !word.as_bytes().starts_with(b"-"));
    let reserved = first.is_some_and(|word| {
        matches!(
            word.as_bytes(),
            b"help" | b"__complete" | b"__completeNoDesc"
        )
    });
    !reserved
        && words
            .first()
            .is_some_and(|word| !word.as_bytes().starts_with(b"-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &str) -> Vec<String> {
        let words: Vec<OsString> = words.split(' ').map(Into::into).collect();
        candidates(&words)
            .into_iter()
            .map(|name| name.into_string().expect("made of text"))
            .collect()
    }

    #[test]
    fn longest_name_comes_first() {
        assert_eq!(
            names("foo bar-x baz -n q"),
            ["kubectl-foo-bar_x-baz", "kubectl-foo-bar_x", "kubectl-foo"]
        );
        assert_eq!(names("./foo"), ["kubectl-./foo"]);
    }

    #[test]
    fn a_list_names_plugins_as_they_are_typed() {
        let plugin = |words: &str| Plugin {
            name: words.split(' ').map(Into::into).collect(),
            path: PathBuf::new(),
        };
        let typed = |list: &str, name: &str, line: &str| {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            plugin(name).is_in(list.as_ref(), &words)
        };
        assert!(typed("minio delete", "minio", "minio delete x"));
        assert!(typed("minio delete", "minio", "minio -n a delete x"));
        assert!(typed(
            "a,minio tenant delete",
            "minio",
            "minio tenant delete"
        ));
        assert!(!typed("minio delete", "minio", "minio list"));
        assert!(!typed("minio delete", "minio", "minio"));
        assert!(!typed("delete", "minio", "minio delete"));
        for (list, words, is_in) in [
            ("foo", "foo", true),
            ("bar, foo ", "foo", true),
            ("foo bar", "foo bar", true),
            ("foo-bar", "foo_bar", true),
            ("*", "foo", true),
            ("foo", "foo bar", false),
            ("foo bar", "foo", false),
            ("fo", "foo", false),
            ("fo*", "foo", false),
            ("", "foo", false),
            (",", "foo", false),
        ] {
            assert_eq!(typed(list, words, words), is_in, "{list:?} {words}");
        }
    }

    #[test]
    fn a_flag_before_the_name_is_refused() {
        assert!(names("-n x foo").is_empty());
        assert!(!may_run(&["-n".into(), "x".into()]));
        assert!(!may_run(&["help".into()]) && !may_run(&["__complete".into()]));
        assert!(may_run(&["foo".into()]));
    }
}

//! Which executables kubectl would run for an unknown first word (`pkg/cmd/plugin.go`, `HandlePluginCommand`).

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// The names of the plugins that kubectl looks for, best first; the first that is on the PATH runs.
///
/// All words before the first flag make the name, then one fewer, and so on. None when a flag comes first: kubectl refuses that.
#[must_use]
pub fn candidates(words: &[OsString]) -> Vec<OsString> {
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
    fn a_flag_before_the_name_is_refused() {
        assert!(names("-n x foo").is_empty());
        assert!(!may_run(&["-n".into(), "x".into()]));
        assert!(!may_run(&["help".into()]) && !may_run(&["__complete".into()]));
        assert!(may_run(&["foo".into()]));
    }
}

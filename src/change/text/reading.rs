//! A text as kubectl reads it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek, Write};

use serde_json::Value;

use crate::change::Object;
use crate::error::system_words;
use crate::kubectl::program::{PATIENCE, Program, Reach};
use crate::unknown::Why;

/// The objects of a text, lists taken apart; none of a text that kubectl refuses.
///
/// kubectl itself reads them, because what YAML means is for its parser to say. `patch --local` prints each object of its input
/// unchanged and asks no server; its reader is the one behind the editor. Seen with kubectl 1.33 and 1.36.
///
/// # Errors
/// When kubectl cannot be run, or does not end.
pub fn read(text: &[u8], kubectl: &Program) -> Result<Vec<Object>, Why> {
    let words = [
        "patch",
        "--local",
        "--type=merge",
        "--patch={}",
        "--output=json",
        "--filename=-",
    ]
    .map(OsString::from);
    let input = as_file(text).map_err(|why| Why::System(system_words(&why)))?;
    let printed = kubectl.capture(&words, Some(input), Reach::Local(PATIENCE))?;
    if !printed.is_complete {
        // Any other end, such as Go's when memory runs out, says nothing about the text.
        let stderr = String::from_utf8_lossy(&printed.stderr);
        let refuses = stderr.lines().any(|line| line.starts_with("error: "));
        return if refuses {
            Ok(Vec::new())
        } else {
            Err(Why::KubectlFailed(printed.complaint()))
        };
    }
    serde_json::Deserializer::from_slice(&printed.stdout)
        .into_iter::<Value>()
        .map(|object| object.map(without_nulls).map(Object::new))
        .collect::<Result<_, _>>()
        .map_err(|_| Why::KubectlUnclear)
}

/// To the server a key with `null` is a key that is not there, and a patch with it takes the key away.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

fn as_file(text: &[u8]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(text)?;
    file.rewind()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;

    /// Reads with a program that stands in for kubectl.
    fn read_with(script: &str) -> Result<Vec<Object>, Why> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("kubectl");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its owner may");
        read(b"a: b", &Program::at(path))
    }

    #[test]
    fn only_kubectls_own_refusal_is_a_text_without_objects() {
        let refused = read_with("echo 'error: no objects passed to patch' >&2; exit 1");
        assert_eq!(refused.map(|objects| objects.len()), Ok(0));
        for fault in [
            "exit 2",
            "echo 'fatal error: out of memory' >&2; exit 2",
            "kill -9 $$",
            "echo '{'",
        ] {
            assert!(read_with(fault).is_err(), "{fault}");
        }
    }

    #[test]
    fn null_is_no_value() {
        let value = json!({"a": null, "b": [{"c": null}, null], "d": {"e": null}});
        assert_eq!(without_nulls(value), json!({"b": [{}, null], "d": {}}));
    }
}

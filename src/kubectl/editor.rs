//! The commands that open an editor, and the editor as kubectl chooses and starts it.
//!
//! Source: kubectl `pkg/cmd/util/editor/{editor,editoptions}.go`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::Command;

use super::flags::Verb;
use super::invocation::Invocation;

/// What an editor is opened for. kubectl's `EditMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editing {
    /// `edit`: objects as they are, all of them in one text.
    Live,
    /// `apply edit-last-applied`: what `apply` was last given, of all objects in one text.
    LastApplied,
    /// `create --edit`: objects before they are made, each in a text of its own.
    New,
}

impl Editing {
    /// Which of them a command is, if any.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Option<Self> {
        match invocation.verb() {
            Verb::Edit => Some(Self::Live),
            Verb::EditLastApplied => Some(Self::LastApplied),
            Verb::Create if invocation.truth("edit") => Some(Self::New),
            _ => None,
        }
    }
}

/// A person's editor: a command line, which kubectl splits by rules of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    line: OsString,
    shell: OsString,
}

impl Editor {
    /// The first of `KUBE_EDITOR` and `EDITOR` that is not empty, else `vi`; and `SHELL`, else `/bin/bash`.
    #[must_use]
    pub fn choose(
        kube_editor: Option<OsString>,
        editor: Option<OsString>,
        shell: Option<OsString>,
    ) -> Self {
        let given = |value: &OsString| !value.is_empty();
        Self {
            line: kube_editor
                .filter(given)
                .or_else(|| editor.filter(given))
                .unwrap_or_else(|| "vi".into()),
            shell: shell.filter(given).unwrap_or_else(|| "/bin/bash".into()),
        }
    }

    /// The command line, as the person has set it.
    #[must_use]
    pub fn line(&self) -> &OsStr {
        &self.line
    }

    /// The editor on a file: a line without spaces is a program, one without quotes is split at its spaces, anything else is the
    /// shell's.
    #[must_use]
    pub fn command(&self, file: &Path) -> Command {
        let line = self.line.as_bytes();
        let has_quotes = line.iter().any(|byte| b"\"'\\".contains(byte));
        if line.contains(&b' ') && has_quotes {
            let mut command = Command::new(&self.shell);
            command.arg("-c").arg(with_file(line, file));
            return command;
        }
        let mut words = line.split(|byte| *byte == b' ').map(OsStr::from_bytes);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).arg(file);
        command
    }
}

/// The shell's line with the file's path at its end, in double quotes as Go's `%q` makes them.
fn with_file(line: &[u8], file: &Path) -> OsString {
    let mut line = [line, b" \""].concat();
    for byte in file.as_os_str().as_bytes() {
        if b"\"\\".contains(byte) {
            line.push(b'\\');
        }
        line.push(*byte);
    }
    line.push(b'"');
    OsString::from_vec(line)
}

/// A value of `KUBE_EDITOR` that starts the program at this path, whatever characters are in it.
#[must_use]
pub fn line_for(program: &Path) -> OsString {
    let path = program.as_os_str().as_bytes();
    if !path.contains(&b' ') {
        return program.into();
    }
    // With the quotes it is the shell's.
    let mut line = vec![b'\''];
    for byte in path {
        match byte {
            b'\'' => line.extend(br"'\''"),
            byte => line.push(*byte),
        }
    }
    line.push(b'\'');
    OsString::from_vec(line)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn editor(line: &str) -> Editor {
        Editor::choose(Some(line.into()), None, Some("/bin/sh".into()))
    }

    fn words(command: &Command) -> Vec<String> {
        std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn the_first_that_is_set_is_the_editor() {
        let choose = |kube: Option<&str>, editor: Option<&str>| {
            Editor::choose(kube.map(Into::into), editor.map(Into::into), None).line
        };
        assert_eq!(choose(Some("nano"), Some("emacs")), "nano");
        assert_eq!(choose(Some(""), Some("emacs")), "emacs");
        assert_eq!(choose(None, None), "vi");
    }

    #[test]
    fn a_line_is_split_as_kubectl_splits_it() {
        let file = Path::new("/tmp/a.yaml");
        let cases: [(&str, &[&str]); 4] = [
            ("vi", &["vi", "/tmp/a.yaml"]),
            ("code  --wait", &["code", "", "--wait", "/tmp/a.yaml"]),
            ("/a'b/vi", &["/a'b/vi", "/tmp/a.yaml"]),
            (
                "vi -c 'set ft=yaml'",
                &["/bin/sh", "-c", "vi -c 'set ft=yaml' \"/tmp/a.yaml\""],
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(words(&editor(line).command(file)), expected, "{line}");
        }
    }

    #[test]
    fn a_program_is_started_from_any_folder() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["plain", "a b", "a'b", "a 'b\" $c"] {
            let inner = folder.path().join(name);
            fs::create_dir(&inner).expect("a folder");
            let program = inner.join("editor");
            fs::write(&program, "#!/bin/sh\necho edited >\"$1\"\n").expect("a file");
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
            // Without a `$`: kubectl's own quotes would not hold it.
            let file = folder
                .path()
                .join(format!("text of {}", name.replace(" $c", "")));
            let line = line_for(&program);
            let status = Editor::choose(Some(line), None, Some("/bin/sh".into()))
                .command(&file)
                .status();
            assert!(status.is_ok_and(|status| status.success()), "{name}");
            assert_eq!(fs::read_to_string(file).ok().as_deref(), Some("edited\n"));
        }
    }
}

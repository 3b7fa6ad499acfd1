//! kubectl reads what we cannot: `annotate --local` prints every object of its files and asks no server.
//!
//! It goes through the same reader as `delete -f`, so what it refuses (a broken document, a name that is a number) the real run
//! refuses too. Seen with kubectl 1.36: lists come flattened, namespaces as written, earlier documents also when a later one is broken.

use std::ffi::OsString;
use std::time::Duration;

use super::Input;
use super::document::Document;
use super::source::Source;
use super::stream;
use crate::error::system_words;
use crate::kubectl::program::Reach;
use crate::unknown::{Unknown, Why};

/// The documents of a source, as kubectl reads them. A URL may never answer, so it may take only so long.
pub(super) fn read(
    source: &Source,
    input: &Input<'_>,
    patience: Duration,
) -> Result<Vec<Document>, Unknown> {
    let Some(kubectl) = input.kubectl else {
        return Err(source.unknown(Why::OnlyKubectl));
    };
    let mut words: Vec<OsString> = [
        "annotate",
        "--local",
        "--overwrite",
        "--output=json",
        // On by default from kubectl 1.37 on, and refused beside `-k`.
        "--recursive=false",
    ]
    .map(OsString::from)
    .to_vec();
    let mut stdin = None;
    match source {
        Source::Stdin => {
            stdin = Some(
                input
                    .stdin
                    .open()
                    .map_err(|error| source.unknown(Why::System(system_words(&error))))?,
            );
            words.push("--filename=-".into());
        }
        Source::File(path) => words.extend(["--filename".into(), path.clone().into_os_string()]),
        Source::Url(url) => words.extend(["--filename".into(), url.into()]),
        Source::Kustomization(folder) => words.extend(["--kustomize".into(), folder.into()]),
    }
    // Without a change kubectl prints nothing.
    words.push("kubectl-safe/read=".into());
    let output = kubectl
        .capture(&words, stdin, Reach::Local(patience))
        .map_err(|why| source.unknown(why))?;
    // A file is the same a moment later; a download or a build may then go better.
    let may_go_better = match source {
        Source::Url(_) => true,
        Source::Kustomization(_) => !is_broken_on_disk(&String::from_utf8_lossy(&output.stderr)),
        Source::Stdin | Source::File(_) => false,
    };
    if !output.is_complete && may_go_better {
        return Err(source.unknown(Why::KubectlFailed(output.complaint())));
    }
    let mut documents = stream::read(&output.stdout)
        .map_err(|stream::Uncertain| source.unknown(Why::KubectlUnclear))?;
    // `annotate` refuses what `delete` takes, such as a label of a list's item that is a number.
    if !output.is_complete {
        documents.push(Document::Refused);
    }
    Ok(documents)
}

/// Whether what kubectl says of a kustomization is about a file that is missing or broken, and about nothing that it downloads.
fn is_broken_on_disk(said: &str) -> bool {
    const ON_DISK: [&str; 3] = [
        "no such file or directory",
        "MalformedYAMLError",
        "unable to find one of 'kustomization.yaml'",
    ];
    const ELSEWHERE: [&str; 4] = ["http", "git", "dial", "exit status"];
    let names = |parts: &[&str]| parts.iter().any(|part| said.contains(part));
    names(&ON_DISK) && !names(&ELSEWHERE)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;
    use crate::kubectl::program::{PATIENCE, Program};
    use crate::kubectl::stdin::Stdin;
    use crate::unknown::What;

    /// A program that stands in for kubectl, to see how it is called.
    fn program(folder: &Path, script: &str) -> Program {
        let path = folder.join("kubectl");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its owner may");
        Program::at(path)
    }

    fn read_with(script: &str, source: &Source) -> Result<Vec<Document>, Unknown> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let kubectl = program(folder.path(), script);
        let stdin = Stdin::default();
        let input = Input {
            stdin: &stdin,
            kubectl: Some(&kubectl),
        };
        read(source, &input, PATIENCE)
    }

    #[test]
    fn asks_kubectl_without_cluster_or_preferences() {
        let script = r#"printf '{"kind":"%s","metadata":{"name":"%s"}}' "$*" "$KUBECONFIG,$KUBERC,${KUBECTL_SAFE_PASS_THROUGH:+pass}""#;
        let source = Source::File("a b.yaml".into());
        let documents = read_with(script, &source).expect("an answer");
        let [Document::Object(identity)] = documents.as_slice() else {
            panic!("{documents:?}");
        };
        assert_eq!(
            identity.kind,
            "annotate --local --overwrite --output=json --recursive=false --filename a b.yaml kubectl-safe/read="
        );
        assert_eq!(identity.name, "/dev/null,off,pass");
    }

    #[test]
    fn takes_what_came_before_a_broken_document_but_not_of_a_download() {
        let script = r#"echo '{"kind":"Pod"}'; exit 1"#;
        let file = Source::File("a.yaml".into());
        assert_eq!(
            read_with(script, &file).map(|it| it.last().cloned()),
            Ok(Some(Document::Refused))
        );
        let folder = Source::Kustomization("folder".to_owned());
        let said = |said: &str| read_with(&format!("echo \"{said}\" >&2; exit 1"), &folder);
        assert_eq!(
            said("error: lstat /a/b.yaml: no such file or directory"),
            Ok(vec![Document::Refused])
        );
        for elsewhere in [
            "lstat /a/github.com: no such file or directory: failed to run git fetch",
            "error: out of memory",
        ] {
            said(elsewhere).expect_err("it may go better next time");
        }
        let url = Source::Url("https://example.com/a.yaml".to_owned());
        let unknown = read_with(script, &url).expect_err("it may go better next time");
        assert_eq!(
            unknown.what,
            What::Url("https://example.com/a.yaml".to_owned())
        );
    }
}

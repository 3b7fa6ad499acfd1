//! Standard input: streamed to kubectl, or read once and given to it byte for byte.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::process::Stdio;

use super::Home;
use crate::support::{ControlPlane, Recorder, Run};

#[test]
fn unguarded_words_stream_it() {
    let home = Home::new();
    symlink("/bin/cat", home.folder("bin").join("kubectl")).expect("a link can be made");
    // `cat -`, an unknown command: each line comes back before the next one is sent.
    let mut child = home
        .safe(&["bin"])
        .args(["-"])
        .command()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it was piped");
    let mut stdout = BufReader::new(child.stdout.take().expect("it was piped"));
    for line in ["one\n", "two\n"] {
        stdin.write_all(line.as_bytes()).expect("it reads");
        let mut echo = String::new();
        stdout.read_line(&mut echo).expect("it writes");
        assert_eq!(echo, line);
    }
    drop(stdin);
    assert!(child.wait().expect("it can be awaited").success());
}

#[test]
fn a_guarded_command_without_a_file_leaves_it_alone() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    let run = home
        .safe(&["bin"])
        .line("delete node x --safe-confirm=x")
        .stdin("for kubectl\n");
    assert_eq!(run.run().code, Recorder::CODE);
    assert_eq!(kubectl.stdin(), b"for kubectl\n");
}

/// A namespace's manifest, followed by as much as the test wants: deleting it asks for its name.
fn manifest(name: &str, rest: &str) -> Vec<u8> {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n{rest}").into_bytes()
}

#[test]
fn a_piped_manifest_is_judged_and_replayed_byte_for_byte() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply("{apiVersion: v1, kind: Secret, metadata: {name: kept, namespace: piped}}");
    let kubectl = Recorder::put(user.home.join("recorder"));
    let megabytes = "# a comment of forty bytes, without end\n".repeat(80_000);
    let crlf = String::from_utf8(manifest("piped", "# end"))
        .expect("it is text")
        .replace('\n', "\r\n");
    for (what, bytes) in [
        ("small", manifest("piped", "")),
        ("3 MB", manifest("piped", &megabytes)),
        ("CRLF", crlf.into_bytes()),
        ("documents", manifest("piped", "---\n---\n# nothing\n...\n")),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf".as_slice(), &manifest("piped", "")].concat(),
        ),
    ] {
        let mark = plane.mark();
        let run = Run::safe(&user)
            .env("KUBECTL_SAFE_KUBECTL", &kubectl.path)
            .line("delete -f -")
            .stdin(bytes.clone());
        let refused = run.run();
        assert_eq!(refused.code, 77, "{what}: {refused:?}");
        assert!(
            refused.stderr.contains("--safe-confirm=piped"),
            "{what}: {refused:?}"
        );
        assert_eq!(kubectl.words(), None, "{what}");

        let ran = run.args(["--safe-confirm=piped"]).run();
        assert_eq!(ran.code, Recorder::CODE, "{what}: {ran:?}");
        assert_eq!(
            kubectl.words(),
            Some(vec!["delete".into(), "-f".into(), "-".into()])
        );
        assert!(kubectl.stdin() == bytes, "{what}: other bytes");
        kubectl.forget();
        assert!(plane.writes(&user, mark).is_empty());
    }
}

#[test]
fn a_piped_manifest_reaches_the_real_kubectl() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: gone, namespace: piped-through}}",
    );
    let mark = plane.mark();
    let output = Run::safe(&user)
        .line("delete -f -")
        .stdin(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: gone, namespace: piped-through}}",
        )
        .run();
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
    assert_eq!(
        output.stdout,
        "configmap \"gone\" deleted from piped-through namespace\n"
    );
    let writes: Vec<_> = plane
        .writes(&user, mark)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(writes, ["DELETE v1 configmaps piped-through/gone"]);
}

//! Files, flags and streams of this machine.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::{Guarded, assert_clear};
use crate::support::{Recorder, Run, SAFE, exit_code, setsid};

const SOMEWHERE: &str = "Could not be read: the cluster that this command acts in";

#[test]
fn a_broken_kubeconfig() {
    let guarded = Guarded::new();
    for (text, why) in [
        ("{", "cannot be read"),
        ("- a\n- list\n", "cannot be read"),
        (
            "contexts: 7\ncurrent-context: x\n",
            "kubectl may read otherwise",
        ),
        (
            "users: [{name: u, user: {token: [s3cr3t]}}]\n",
            "cannot be read",
        ),
        ("\u{0}\u{1}\u{2}", "kubectl may read otherwise"),
    ] {
        fs::write(&guarded.user.kubeconfig, text).expect("the home can be written");
        let run = guarded.safe("delete namespace default");
        let output = guarded.assert_stops(
            &run,
            75,
            &[
                SOMEWHERE,
                &guarded.user.kubeconfig.display().to_string(),
                why,
            ],
        );
        assert!(!output.stderr.contains("s3cr3t"), "{output:?}");
    }
}

#[test]
fn an_unreadable_kubeconfig_is_kubectls_to_say() {
    let guarded = Guarded::new();
    let mark = guarded.plane.mark();
    // A folder is unreadable for everybody, root included.
    fs::remove_file(&guarded.user.kubeconfig).expect("it is there");
    fs::create_dir(&guarded.user.kubeconfig).expect("the home can be written");
    let line = "delete namespace default";
    let output = Run::safe(&guarded.user).line(line).run();
    assert_eq!(output, Run::kubectl(&guarded.user).line(line).run());
    assert_eq!(output.code, 1, "{output:?}");
    assert!(guarded.plane.requests(&guarded.user, mark).is_empty());
}

#[test]
fn a_missing_context_is_kubectls_to_say() {
    let guarded = Guarded::new();
    let line = "delete namespace default --context=none";
    let output = Run::safe(&guarded.user).line(line).run();
    assert_eq!(output, Run::kubectl(&guarded.user).line(line).run());
    assert_eq!(output.code, 1, "{output:?}");
}

#[test]
fn a_broken_kuberc() {
    let guarded = Guarded::new();
    let kuberc = guarded.user.home.join(".kube/kuberc");
    fs::create_dir_all(guarded.user.home.join(".kube")).expect("the home can be written");
    for text in [
        "{",
        "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ndefaults: 7\n",
        "a: &a [*a]\n",
    ] {
        fs::write(&kuberc, text).expect("the home can be written");
        let run = guarded.safe("delete pod harmless");
        guarded.assert_unread(
            &run,
            "--safe-yes",
            &[
                "what this command line means to kubectl",
                "the kubectl preferences in",
                "kuberc are not understood",
            ],
        );
        // Words that no preference can turn into a deletion are not held up.
        assert_eq!(guarded.safe("get pods").run().code, Recorder::CODE);
        guarded.kubectl.forget();
    }
    fs::remove_file(&kuberc).expect("it is there");
    fs::create_dir(&kuberc).expect("the home can be written");
    guarded.assert_unread(
        &guarded.safe("delete pod harmless"),
        "--safe-yes",
        &["kuberc cannot be read"],
    );
}

#[test]
fn our_own_flags_are_wrong() {
    let guarded = Guarded::new();
    for (flags, sentence) in [
        ("--safe-yess", "kubectl-safe: unknown flag --safe-yess"),
        ("--safe-", "kubectl-safe: unknown flag --safe-"),
        (
            "--safe-yes=maybe",
            "kubectl-safe: --safe-yes is true or false",
        ),
        (
            "--safe-confirm",
            "kubectl-safe: --safe-confirm needs a value",
        ),
        (
            "--safe-timeout=soon",
            "kubectl-safe: --safe-timeout=soon is no duration",
        ),
        (
            "--safe-timeout=0",
            "kubectl-safe: --safe-timeout=0 is no duration",
        ),
        (
            "--safe-timeout=-1s",
            "kubectl-safe: --safe-timeout=-1s is no duration",
        ),
        (
            "--safe-override=x",
            "kubectl-safe: --safe-override needs --safe-reason=TEXT beside it",
        ),
        (
            "--safe-reason=x",
            "kubectl-safe: --safe-reason belongs beside --safe-override=RULE",
        ),
    ] {
        // A typo in front of harmless words is a typo all the same.
        for words in ["delete namespace default", "get pods"] {
            guarded.assert_stops(&guarded.safe(words).args([flags]), 64, &[sentence]);
        }
    }
    guarded.assert_stops(
        &guarded.safe("get pods").args(["--safe-\u{1b}[2J\n"]),
        64,
        &["unknown flag --safe-\\u{1b}[2J"],
    );
    for line in [
        "plan -o xml delete node x",
        "plan --snapshot",
        "risks nothing-like-this",
        "risks a b",
        "demo x",
    ] {
        guarded.assert_stops(&guarded.safe(line), 64, &["kubectl-safe: "]);
    }
}

#[test]
fn a_snapshot_that_is_none() {
    let guarded = Guarded::new();
    let path = guarded.user.home.join("snapshot.yaml");
    let run = || guarded.safe("plan --snapshot snapshot.yaml delete node x");
    guarded.assert_stops(
        &run(),
        64,
        &["the snapshot snapshot.yaml: No such file or directory"],
    );
    for (text, why) in [
        ("{", ""),
        ("just words", ""),
        ("a: b", ""),
        ("{kind: Node, metadata: {name: x}}", "apiVersion"),
        ("{apiVersion: v1, metadata: {name: x}}", "kind"),
        ("{apiVersion: v1, kind: Node}", "name"),
        ("\u{0}", ""),
    ] {
        fs::write(&path, text).expect("the home can be written");
        guarded.assert_stops(&run(), 64, &["the snapshot snapshot.yaml: ", why]);
    }
    fs::write(&path, b"\xff\xfe").expect("the home can be written");
    guarded.assert_stops(&run(), 64, &["the snapshot snapshot.yaml: ", "UTF-8"]);
}

#[test]
fn a_snapshot_that_lacks_a_kind() {
    let guarded = Guarded::new();
    fs::write(
        guarded.user.home.join("snapshot.yaml"),
        "{apiVersion: v1, kind: Node, metadata: {name: x}}",
    )
    .expect("it can be written");
    let output = guarded
        .safe("plan --snapshot snapshot.yaml delete widgets y")
        .run();
    // kubectl will say that there is no such type; a snapshot cannot know.
    assert!([0, 75].contains(&output.code), "{output:?}");
    assert_clear(&output, &guarded.user, &[]);
    let output = guarded
        .safe("plan -o json --snapshot snapshot.yaml delete node x")
        .run();
    assert_eq!(output.code, 77, "{output:?}");
}

#[test]
fn closed_streams() {
    let guarded = Guarded::new();
    for (closed, line) in [
        ("<&-", "delete -f -"),
        ("<&-", "delete namespace default"),
        (">&-", "delete namespace default"),
        ("2>&-", "delete namespace default"),
        ("<&- >&- 2>&-", "delete namespace default"),
        (">&-", "plan delete namespace default"),
    ] {
        let mark = guarded.plane.mark();
        let script = format!("exec \"$0\" {line} {closed}");
        let mut command = Command::new(setsid());
        command
            .args(["/bin/sh", "-c", &script, SAFE])
            .env_clear()
            .current_dir(&guarded.user.home);
        command
            .env("HOME", &guarded.user.home)
            .env("KUBECONFIG", &guarded.user.kubeconfig);
        command
            .env("PATH", &guarded.user.path)
            .env("KUBECTL_SAFE_KUBECTL", &guarded.kubectl.path);
        let output = command.output().expect("setsid can be started");
        // Nothing is no manifest; but this kubectl, which only writes down that it was called, proves nothing.
        let code = if line == "delete -f -" { 75 } else { 77 };
        assert_eq!(
            exit_code(output.status),
            code,
            "{line} {closed}: {output:?}"
        );
        assert!(guarded.plane.writes(&guarded.user, mark).is_empty());
        guarded.kubectl.forget();
    }
}

#[test]
fn a_question_whose_reader_has_gone() {
    let guarded = Guarded::new();
    let output = Command::new(setsid())
        .args([
            "/bin/sh",
            "-c",
            "{ \"$0\" plan delete namespace default; echo $? >&2; } | :",
            SAFE,
        ])
        .env_clear()
        .env("HOME", &guarded.user.home)
        .env("KUBECONFIG", &guarded.user.kubeconfig)
        .env("PATH", &guarded.user.path)
        .output()
        .expect("setsid can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "77\n");
}

#[test]
fn a_kubectl_that_is_gone_when_it_is_needed() {
    let guarded = Guarded::new();
    fs::set_permissions(&guarded.kubectl.path, fs::Permissions::from_mode(0o644))
        .expect("it is ours");
    let run = guarded.safe("delete namespace none");
    guarded.assert_stops(
        &run,
        69,
        &["KUBECTL_SAFE_KUBECTL names", "is no executable file"],
    );
    let run = guarded
        .safe("delete namespace none")
        .env("KUBECTL_SAFE_KUBECTL", SAFE);
    guarded.assert_stops(&run, 69, &["is kubectl-safe itself"]);
}

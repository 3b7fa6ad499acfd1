//! The credential plugin: run once by us, never given our standard input, and free to call kubectl.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::json;

use super::{Config, reached, service};
use crate::support::{ControlPlane, Recorder, Run, SAFE, Terminal, TestUser, write_program};

/// A plugin that gives the user's token, and notes each call: whose it was, and what it could read.
struct Plugin {
    path: PathBuf,
    calls: PathBuf,
}

impl Plugin {
    fn put(
        plane: &ControlPlane,
        user: &TestUser,
        namespace: &str,
        mode: &str,
        script: &str,
    ) -> Self {
        let (path, calls) = (user.home.join("plugin"), user.home.join("calls"));
        let credential = json!({
            "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
            "status": {"token": user.token},
        });
        write_program(
            &path,
            &format!(
                "read -r line; pass=${{KUBECTL_SAFE_PASS_THROUGH:+1}}; echo \"${{pass:-kubectl}} [$line]\" >> '{}'
                 {script}
                 echo '{credential}'",
                calls.display()
            ),
        );
        let exec = json!({
            "apiVersion": "client.authentication.k8s.io/v1", "command": path, "interactiveMode": mode,
        });
        let endpoint = plane.endpoint();
        Config::default()
            .cluster("c", &endpoint.url, &endpoint.ca)
            .user("u", &json!({"exec": exec}))
            .context("x", "c", "u", namespace)
            .current("x")
            .write(&user.kubeconfig);
        Self { path, calls }
    }

    /// The calls since it was last asked: ours begin with `1`.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(&self.calls).unwrap_or_default();
        let _ = fs::remove_file(&self.calls);
        calls.lines().map(str::to_owned).collect()
    }
}

#[test]
fn a_guarded_command_runs_it_once() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let plugin = Plugin::put(plane, &user, "plugged", "IfAvailable", "");
    service(plane, "plugged");
    reached(plane, &user, &Run::safe(&user).line("delete service web"));
    assert_once(&plugin.calls());
    // However many requests are needed: resolving a short name, the object, the facts.
    let output = Run::safe(&user)
        .line("plan delete svc,ns,deploy x y z")
        .run();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(plugin.calls(), ["1 []"]);
}

#[test]
fn a_question_that_was_answered_runs_it_once() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let plugin = Plugin::put(plane, &user, "plugged-asked", "Never", "");
    service(plane, "plugged-asked");
    let mark = plane.mark();
    // The cluster is looked at before the question and behind the answer.
    let run = Run::safe(&user).line("delete namespace plugged-asked --wait=false");
    let terminal = Terminal::open(&run);
    terminal.wait_for("Type plugged-asked to confirm:");
    assert_eq!(plugin.calls(), ["1 []"]);
    terminal.press("plugged-asked\r");
    let end = terminal.end();
    assert_eq!(end.code, 0, "{}", end.text);
    let looks = plane
        .requests(&user, mark)
        .iter()
        .filter(|request| request.verb == "get" && request.target.name == "plugged-asked")
        .count();
    assert_eq!(looks, 2, "it was looked at again");
    let calls = plugin.calls();
    assert!(calls.iter().all(|call| call == "kubectl []"), "{calls:?}");
}

#[test]
fn an_unguarded_command_does_not_run_it() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let plugin = Plugin::put(plane, &user, "plugged-not", "IfAvailable", "");
    for line in ["get services", "delete service web --dry-run=client"] {
        Run::safe(&user).line(line).run();
        let calls = plugin.calls();
        assert!(
            calls.iter().all(|call| call == "kubectl []"),
            "{line}: {calls:?}"
        );
    }
}

#[test]
fn it_never_reads_our_standard_input() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let plugin = Plugin::put(plane, &user, "plugged-pipe", "IfAvailable", "");
    service(plane, "plugged-pipe");
    let manifest = "{apiVersion: v1, kind: Service, metadata: {name: web}}\n";
    let run = Run::safe(&user).line("delete -f -").stdin(manifest);
    assert_eq!(reached(plane, &user, &run).namespace, "plugged-pipe");
    assert_once(&plugin.calls());
    // Nor where kubectl alone would read it.
    let output = Run::safe(&user)
        .line("delete service none")
        .stdin("secret\n")
        .run();
    assert_eq!(output.code, 1, "{output:?}");
    assert_once(&plugin.calls());
}

/// Once by us, and with nothing to read for anybody.
#[track_caller]
fn assert_once(calls: &[String]) {
    assert_eq!(calls[0], "1 []", "{calls:?}");
    // kubectl may run it again for its second client.
    assert!(
        calls[1..].iter().all(|call| call == "kubectl []"),
        "{calls:?}"
    );
}

#[test]
fn one_that_insists_on_a_terminal_or_fails_is_something_unread() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let mark = plane.mark();
    let plugin = Plugin::put(plane, &user, "plugged-always", "Always", "");
    let output = Run::safe(&user).line("delete service web").run();
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (75, ""),
        "{output:?}"
    );
    assert!(
        output
            .said()
            .contains("plugin needs a terminal on standard input"),
        "{output:?}"
    );
    assert!(plugin.calls().is_empty());

    for (more, why) in [
        ("exit 3", "failed (exit status: 3)"),
        (
            "echo secret-token; exit 0",
            "printed no usable ExecCredential",
        ),
    ] {
        let plugin = Plugin::put(plane, &user, "plugged-broken", "Never", more);
        let output = Run::safe(&user).line("delete service web").run();
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (75, ""),
            "{output:?}"
        );
        let sentence = format!("the credential plugin {} {why}", plugin.path.display());
        assert!(output.said().contains(&sentence), "{output:?}");
        assert!(!output.stderr.contains("secret-token"), "{output:?}");
        assert_eq!(plugin.calls(), ["1 []"]);
    }
    assert!(plane.requests(&user, mark).is_empty());
}

#[test]
fn it_may_call_a_kubectl_that_is_us() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let (shims, real) = (user.home.join("shims"), user.home.join("real"));
    for folder in [&shims, &real] {
        fs::create_dir_all(folder).expect("the home can be written");
    }
    symlink(SAFE, shims.join("kubectl")).expect("a link can be made");
    let recorder = Recorder::put(real.join("kubectl"));
    // A guarded word, which would run the plugin again, and again.
    let call = format!(
        "PATH='{}:{}' kubectl delete node inner >/dev/null </dev/null",
        shims.display(),
        real.display()
    );
    let plugin = Plugin::put(plane, &user, "plugged-shim", "Never", &call);
    let output = Run::safe(&user).line("plan delete service web").run();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(plugin.calls(), ["1 []"]);
    assert_eq!(
        recorder.words(),
        Some(["delete", "node", "inner"].map(Into::into).into())
    );
}

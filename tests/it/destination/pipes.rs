//! What is judged is what kubectl gets: files that can be read once are replayed, and files that change are looked at again.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Config, reached, service};
use crate::support::{ControlPlane, Run, SAFE, TestUser, write_program};

/// Ways to give a file's content: how the file is named, and what the shell puts behind the command.
const WAYS: [(&str, &str); 6] = [
    ("$FILE", ""),
    ("<(/bin/cat $FILE)", ""),
    ("/dev/fd/3", "3< <(/bin/cat $FILE)"),
    ("/proc/self/fd/17", "17< <(/bin/cat $FILE)"),
    ("/dev/stdin", "< <(/bin/cat $FILE)"),
    ("link-to-stdin", "< <(/bin/cat $FILE)"),
];

/// A line of bash, where `$SAFE` is the guarded kubectl and `$FILE` this file.
fn bash(user: &TestUser, file: &Path, line: &str) -> Run {
    let _ = std::os::unix::fs::symlink("/dev/stdin", user.home.join("link-to-stdin"));
    Run::as_user(Path::new("/bin/bash"), user)
        .env("SAFE", SAFE)
        .env("FILE", file)
        .args(["-c", line])
}

#[test]
fn every_file_that_leads_to_a_cluster_may_be_a_pipe() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let endpoint = plane.endpoint();
    let whole = user.home.join("whole");
    user.write_kubeconfig(&whole, "test", Some("by-pipe"))
        .expect("it can be written");
    let token = user.home.join("token");
    fs::write(&token, &user.token).expect("it can be written");
    let without_authority = Config::default()
        .cluster("c", &endpoint.url, Path::new(""))
        .user("u", &json!({"token": user.token}))
        .context("x", "c", "u", "by-pipe")
        .current("x")
        .write(user.home.join("without-authority"));
    for (name, behind) in WAYS {
        for (file, line) in [
            (
                &whole,
                format!(
                    "KUBECONFIG=/nowhere $SAFE delete service web --kubeconfig {name} {behind}"
                ),
            ),
            (
                &whole,
                format!("KUBECONFIG=/nowhere:{name} exec $SAFE delete service web {behind}"),
            ),
            (
                &endpoint.ca,
                format!(
                    "KUBECONFIG={} $SAFE delete service web --certificate-authority {name} {behind}",
                    without_authority.display()
                ),
            ),
        ] {
            // A variable's value is no place for a process substitution.
            let line = match line.split_once("KUBECONFIG=/nowhere:<(/bin/cat $FILE)") {
                Some((_, rest)) => {
                    format!(
                        "show() {{ KUBECONFIG=/nowhere:$1 $SAFE delete service web; }}; show <(/bin/cat $FILE) #{rest}"
                    )
                }
                None => line,
            };
            service(plane, "by-pipe");
            let run = bash(&user, file, &line);
            assert_eq!(reached(plane, &user, &run).namespace, "by-pipe", "{line}");
        }
    }
}

#[test]
fn every_file_that_a_command_reads_may_be_a_pipe() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: there, namespace: read-once}}");
    let manifest = user.home.join("manifest");
    let text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: there, namespace: read-once}, data: {a: b}}";
    fs::write(&manifest, text).expect("it can be written");
    let patch = user.home.join("patch");
    fs::write(&patch, r#"{"data": {"c": "d"}}"#).expect("it can be written");
    let raw = user.home.join("raw");
    let object = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "there", "namespace": "read-once"},
    });
    fs::write(&raw, object.to_string()).expect("it can be written");
    let kuberc = user.home.join("kuberc");
    let preferences = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n";
    fs::write(&kuberc, preferences).expect("it can be written");
    let at = "/api/v1/namespaces/read-once/configmaps";
    for (name, behind) in WAYS {
        for (file, words) in [
            (
                &patch,
                "patch configmap there -n read-once --patch-file NAME".to_owned(),
            ),
            (&manifest, "replace -f NAME".to_owned()),
            (&manifest, "delete -f NAME".to_owned()),
            (&manifest, "create -f NAME".to_owned()),
            (
                &manifest,
                "apply --server-side --force-conflicts -f NAME".to_owned(),
            ),
            (&raw, format!("replace --raw {at}/there -f NAME")),
            (
                &manifest,
                "create configmap made -n read-once --from-file=key=NAME".to_owned(),
            ),
            (
                &kuberc,
                "delete configmap made -n read-once --kuberc=NAME".to_owned(),
            ),
        ] {
            // In bash a process substitution stands at the beginning of a word.
            let words = if name.starts_with("<(") && words.contains("=NAME") {
                format!(
                    "show() {{ $SAFE {}; }}; show {name}",
                    words.replace("NAME", "$1")
                )
            } else {
                format!("$SAFE {} {behind}", words.replace("NAME", name))
            };
            let mark = plane.mark();
            let output = bash(&user, file, &words).run();
            assert_eq!(
                (output.code, output.stderr.as_str()),
                (0, ""),
                "{words}: {output:?}"
            );
            let writes: Vec<_> = plane
                .writes(&user, mark)
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(writes.len(), 1, "{words}: {writes:?}");
            if words.contains("--from-file") {
                let made = Run::kubectl(&user)
                    .line("get configmap made -n read-once -o jsonpath={.data.key}")
                    .run();
                assert_eq!(made.stdout, text, "{words}");
            }
        }
    }
}

#[test]
fn a_fifo_by_its_name_asks_and_keeps_what_is_in_it() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    for words in [
        "delete configmap x --kubeconfig fifo",
        "delete configmap x --certificate-authority fifo",
        "replace --raw /api/v1/namespaces/default/configmaps/x -f fifo",
        "delete -f fifo",
        "patch configmap x --patch-file fifo",
    ] {
        let line = format!(
            "exec 2>&1; [ -p fifo ] || /usr/bin/mkfifo fifo; (printf kept > fifo) & $SAFE {words}; echo \"code $?\"; /bin/cat fifo"
        );
        let output = bash(&user, Path::new(""), &line).run();
        let said = output
            .stdout
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(said.contains("can be read only once"), "{words}: {said}");
        assert!(said.ends_with("code 75 kept"), "{words}: {said}");
    }
}

#[test]
fn a_file_that_changes_during_the_look_is_looked_at_again() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply("{apiVersion: v1, kind: Secret, metadata: {name: kept, namespace: changed-for}}");
    let write = |name: &str, text: &str| {
        fs::write(user.home.join(name), text).expect("it can be written");
    };
    let object = |kind: &str, name: &str| {
        format!("{{apiVersion: v1, kind: {kind}, metadata: {{name: {name}}}}}")
    };
    // A credential plugin is the last that runs before a request: by then the files are read.
    let plugin = user.home.join("plugin");
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"token": user.token},
    });
    write_program(
        &plugin,
        &format!(
            "/bin/mv other {} 2> /dev/null\necho '{credential}'",
            "at/it.yaml"
        ),
    );
    let endpoint = plane.endpoint();
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": plugin, "interactiveMode": "Never",
    });
    Config::default()
        .cluster("c", &endpoint.url, &endpoint.ca)
        .user("u", &json!({"exec": exec}))
        .context("x", "c", "u", "default")
        .current("x")
        .write(&user.kubeconfig);
    fs::create_dir_all(user.home.join("at")).expect("it can be written");
    for (first, words) in [
        (Some("at/it.yaml"), "delete -f at/it.yaml"),
        (Some("at/it.yaml"), "delete -f at"),
        (None, "delete -f at"),
        (Some("at/it.yaml"), "delete -k at"),
    ] {
        if words.contains("-k") {
            write("at/kustomization.yaml", "resources: [it.yaml]\n");
        }
        let _ = fs::remove_file(user.home.join("at/it.yaml"));
        write("at/first.yaml", &object("Service", "nothing-here"));
        if let Some(path) = first {
            write(path, &object("Service", "nothing-here"));
        }
        write("other", &object("Namespace", "changed-for"));
        let mark = plane.mark();
        let output = Run::safe(&user).line(words).run();
        assert_eq!(output.code, 77, "{words}: {output:?}");
        assert!(
            output.stderr.contains("--safe-confirm=changed-for"),
            "{words}: {output:?}"
        );
        assert!(plane.writes(&user, mark).is_empty(), "{words}");
    }
}

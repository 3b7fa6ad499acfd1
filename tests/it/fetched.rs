//! What lies elsewhere is fetched once, and kubectl gets what was judged: URLs, and kustomizations with remote parts.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::{ControlPlane, Mark, Output, Run, TestUser, Turns, binaries, write_program};

/// A `ConfigMap`, with data that `create` and `apply` send.
fn config_map(namespace: &str, name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: {namespace}}}\ndata: {{of: {name}}}\n"
    )
}

/// A server whose second answer is about the namespace itself.
fn two_faced(namespace: &str, name: &str) -> Turns {
    let other = format!("{{apiVersion: v1, kind: Namespace, metadata: {{name: {namespace}}}}}");
    Turns::start(&[("200 OK", config_map(namespace, name)), ("200 OK", other)])
}

fn writes(plane: &ControlPlane, user: &TestUser, mark: Mark) -> Vec<String> {
    let writes = plane.writes(user, mark);
    let sent = writes.iter().filter(|write| !write.dry_run);
    sent.map(ToString::to_string).collect()
}

/// Runs a line, which is to fetch once and to write what came then.
fn assert_fetched_once(plane: &ControlPlane, user: &TestUser, server: &Turns, line: &str) {
    let mark = plane.mark();
    let output = Run::safe(user).line(line).run();
    assert_eq!(output.code, 0, "{line}: {output:?}");
    assert_eq!(server.seen(), ["GET /it.yaml"], "{line}");
    let writes = writes(plane, user, mark);
    assert!(!writes.is_empty(), "{line}");
    assert!(
        writes.iter().all(|write| write.contains("configmaps")),
        "{line}: {writes:?}"
    );
}

#[test]
fn a_url_is_fetched_once_and_what_was_judged_runs() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let space = "fetched-once";
    plane.apply(&config_map(space, "it"));
    plane.apply(&config_map(space, "beside"));
    fs::write(user.home.join("beside.yaml"), config_map(space, "beside")).expect("it is ours");
    for line in [
        "apply -f URL",
        "apply --server-side --force-conflicts -f URL",
        "replace -f URL",
        "label -f URL a=b --overwrite",
        "annotate -fURL a=b --overwrite",
        "patch --filename=URL -p {\"data\":{\"a\":\"b\"}}",
        "apply --filename URL --validate=false",
        "delete -f beside.yaml,URL",
        "create -f=URL -f beside.yaml",
        "replace --force -f URL",
        // It notes what was applied.
        "apply -Rf URL",
        "delete --wait=false -f URL",
    ] {
        let server = two_faced(space, "it");
        let line = line.replace("URL", &format!("{}/it.yaml", server.url));
        assert_fetched_once(plane, &user, &server, &line);
    }
}

#[test]
fn what_a_person_agreed_to_is_what_was_fetched() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply("{apiVersion: v1, kind: Secret, metadata: {name: kept, namespace: agreed-to}}");
    plane.apply(&config_map("kept-for-all", "it"));
    let space =
        |name: &str| format!("{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}");
    let server = || {
        Turns::start(&[
            ("200 OK", space("agreed-to")),
            ("200 OK", space("kept-for-all")),
        ])
    };
    let refused = server();
    let line = format!("delete --wait=false -f {}/it.yaml", refused.url);
    let mark = plane.mark();
    let output = Run::safe(&user).line(&line).run();
    assert_eq!(output.code, 77, "{output:?}");
    assert!(
        output.stderr.contains("--safe-confirm=agreed-to"),
        "{output:?}"
    );
    assert_eq!(writes(plane, &user, mark), [""; 0]);
    let agreed = server();
    let line = format!(
        "delete --wait=false -f {}/it.yaml --safe-confirm=agreed-to",
        agreed.url
    );
    let output = Run::safe(&user).line(&line).run();
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(output.stdout.trim(), "namespace \"agreed-to\" deleted");
    assert_eq!(agreed.seen().len(), 1);
}

#[test]
fn a_url_is_asked_for_as_kubectl_asks() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let space = "fetched-alike";
    plane.apply(&config_map(space, "it"));
    for (answers, path) in [
        (vec!["200 OK"], "/a%2Fb//c/d?x=1&y=a%20b+c&x=%2F#end"),
        (vec!["500 No", "503 No", "200 OK"], "/it.yaml"),
        (
            vec!["302 There\r\nLocation: /there?a=b", "200 OK"],
            "/it.yaml",
        ),
    ] {
        let answers: Vec<_> = answers
            .into_iter()
            .map(|it| (it, config_map(space, "it")))
            .collect();
        let seen = |by: fn(&TestUser) -> Run| {
            let server = Turns::start(&answers);
            let line = format!("apply -f {}{path}", server.url);
            let output = by(&user).line(&line).run();
            assert_eq!(output.code, 0, "{path}: {output:?}");
            server.seen()
        };
        assert_eq!(seen(Run::safe), seen(Run::kubectl), "{path}");
    }
}

#[test]
fn a_harmless_command_is_left_as_it_is() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let space = "fetched-harmless";
    plane.apply(&config_map(space, "it"));
    for line in [
        "get -o name -f URL",
        "delete --dry-run=client -f URL",
        "label --local a=b -o name -f URL",
    ] {
        let server = Turns::start(&[("200 OK", config_map(space, "it"))]);
        let line = line.replace("URL", &server.url);
        let output = Run::safe(&user).line(&line).run();
        assert_eq!(server.seen().len(), 1, "{line}");
        assert_eq!(output, Run::kubectl(&user).line(&line).run(), "{line}");
    }
}

#[test]
fn a_url_that_no_copy_can_stand_in_for_is_asked_about() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let server = two_faced("fetched-alias", "it");
    let preferences = format!(
        "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\naliases: [{{name: zap, command: delete, prependArgs: [--filename={}]}}]\n",
        server.url
    );
    fs::create_dir_all(user.home.join(".kube")).expect("it is ours");
    fs::write(user.home.join(".kube/kuberc"), preferences).expect("it is ours");
    let output = Run::safe(&user).line("zap").run();
    assert_eq!(output.code, 75, "{output:?}");
    assert!(
        output.said().contains("can be read only once"),
        "{output:?}"
    );
    assert_eq!(server.seen(), [""; 0]);
}

#[test]
fn a_page_that_is_no_manifest_is_refused_by_kubectl() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let server = Turns::start(&[
        ("200 OK", "<html>log in</html>".to_owned()),
        ("200 OK", config_map("default", "x")),
    ]);
    let mark = plane.mark();
    let output = Run::safe(&user)
        .line(&format!("apply -f {}", server.url))
        .run();
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(writes(plane, &user, mark), [""; 0]);
    assert_eq!(server.seen().len(), 1);
}

/// A kustomization in the user's home with this resource.
fn kustomization(user: &TestUser, resource: &str) {
    let folder = user.home.join("kustomized");
    fs::create_dir_all(&folder).expect("it is ours");
    fs::write(
        folder.join("kustomization.yaml"),
        format!("resources: ['{resource}']\n"),
    )
    .expect("it is ours");
}

#[test]
fn a_kustomization_with_remote_parts_is_built_once() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let space = "fetched-kustomized";
    plane.apply(&config_map(space, "it"));
    for line in [
        "apply -k kustomized",
        "apply --server-side --force-conflicts --kustomize=kustomized",
        "annotate --kustomize kustomized a=b --overwrite",
        "delete --wait=false -kkustomized",
    ] {
        let server = two_faced(space, "it");
        kustomization(&user, &format!("{}/it.yaml", server.url));
        assert_fetched_once(plane, &user, &server, line);
    }
}

/// Runs a line with git on the PATH, and says how often it was asked to fetch.
fn with_git(user: &TestUser, program: &Path, line: &str) -> (Output, usize) {
    let log = user.home.join("fetches");
    let _ = fs::remove_file(&log);
    let output = Run::as_user(program, user)
        .env("PATH", user.home.join("with-git"))
        .line(line)
        .run();
    (
        output,
        fs::read_to_string(&log).unwrap_or_default().lines().count(),
    )
}

#[test]
fn a_kustomization_in_a_repository_is_fetched_once() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let space = "fetched-git";
    plane.apply(&config_map(space, "it"));
    let git = which::which("git").expect("the tests need git");
    let programs = user.home.join("with-git");
    fs::create_dir_all(&programs).expect("it is ours");
    symlink(&binaries().kubectl, programs.join("kubectl")).expect("it is ours");
    write_program(
        &programs.join("git"),
        &format!(
            "[ \"$1\" = fetch ] && echo >> '{}'\nPATH=/usr/bin:/bin exec '{}' -c protocol.file.allow=always \"$@\"",
            user.home.join("fetches").display(),
            git.display()
        ),
    );
    let repository = user.home.join("repository");
    fs::create_dir_all(repository.join("base")).expect("it is ours");
    fs::write(
        repository.join("base/kustomization.yaml"),
        "resources: [it.yaml]\n",
    )
    .expect("it is ours");
    fs::write(repository.join("base/it.yaml"), config_map(space, "it")).expect("it is ours");
    for words in [
        "init -q -b main",
        "add .",
        "-c user.name=a -c user.email=a@b commit -q -m a",
    ] {
        let done = Command::new(&git)
            .args(words.split(' '))
            .current_dir(&repository)
            .status();
        assert!(done.expect("git can be started").success());
    }
    let remote = format!("file://{}//base?ref=main", repository.display());
    kustomization(&user, &remote);
    for line in [
        "apply -k kustomized".to_owned(),
        format!("apply -k {remote}"),
    ] {
        // What it changes, it changes the first time.
        with_git(&user, &binaries().kubectl, &line);
        let (plain, once) = with_git(&user, &binaries().kubectl, &line);
        assert_eq!(plain.code, 0, "{line}: {plain:?}");
        let (guarded, fetched) = with_git(&user, Path::new(crate::support::SAFE), &line);
        assert_eq!(guarded, plain, "{line}");
        assert_eq!((fetched, once), (1, 1), "{line}");
    }
}

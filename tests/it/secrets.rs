//! Secrets are planted wherever a command can carry one, and looked for in all that is left of it: what we print, files, and the words of
//! the programs that we start.
//!
//! One place keeps them: a helper run of kubectl has the person's own words, such as `--token`, because only with them it does what the
//! command would do. What stands in a file, in the environment or in a kubeconfig is in no word of any program.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use self::Place::{Elsewhere, Words};
use memchr::memmem;

use crate::support::{ControlPlane, Output, Run, TestUser, binaries, write_program};

/// Stands for the secret in what follows.
const MARK: &str = "%S%";

/// Where a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the words that the person typed.
    Words,
    /// In a file, the environment or standard input.
    Elsewhere,
}

/// A command that carries a secret.
#[derive(Debug)]
struct Plant {
    place: Place,
    words: Vec<String>,
    files: Vec<(&'static str, String)>,
    env: Vec<(&'static str, String)>,
    stdin: Option<String>,
}

fn plant(place: Place, words: &[&str]) -> Plant {
    Plant {
        place,
        words: words.iter().map(|&word| word.to_owned()).collect(),
        files: Vec::new(),
        env: Vec::new(),
        stdin: None,
    }
}

impl Plant {
    fn file(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.files.push((name, text.into()));
        self
    }

    fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    fn stdin(mut self, text: &str) -> Self {
        self.stdin = Some(text.to_owned());
        self
    }
}

/// Each place for a secret, with [`MARK`] for it. A namespace with something in it is what most of them delete: that is asked about.
fn plants(user: &TestUser) -> Vec<Plant> {
    let config: Value =
        serde_json::from_slice(&fs::read(&user.kubeconfig).expect("the user has one"))
            .expect("it is JSON");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut config = config.clone();
        change(&mut config);
        config.to_string()
    };
    let as_user = |fields: Value| with(&|config| config["users"][0]["user"] = fields.clone());
    let kubeconfig = |text: String| {
        plant(
            Elsewhere,
            &["delete", "ns", "secrets", "--kubeconfig=config"],
        )
        .file("config", text)
    };
    let plugin = |fields: Value| {
        let mut exec = json!({
            "apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh", "interactiveMode": "Never",
        });
        for (key, value) in fields.as_object().into_iter().flatten() {
            exec[key] = value.clone();
        }
        as_user(json!({ "exec": exec }))
    };
    let secret = "{apiVersion: v1, kind: Secret, metadata: {name: creds, namespace: secrets}, stringData: {k: %S%}}";
    let delete = |more: &[&str]| plant(Words, &[&["delete", "ns", "secrets"][..], more].concat());
    let exec = |more: &[&str]| {
        plant(
            Words,
            &[&["exec", "-n", "secrets", "strong", "--"][..], more].concat(),
        )
    };
    let kuberc = |text: &str, words: &[&str]| {
        plant(Elsewhere, words).env("KUBERC", "kuberc").file(
            "kuberc",
            format!("apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n{text}\n"),
        )
    };
    vec![
        delete(&["--server", "https://me:%S%@127.0.0.1:1"]),
        delete(&["-shttps://me:%S%@127.0.0.1:1"]),
        delete(&["--token=%S%"]),
        delete(&["--token", "%S%"]),
        delete(&["--username=me", "--password=%S%"]),
        delete(&["--username", "me", "--password", "%S%"]),
        plant(Words, &["create", "secret", "generic", "new", "-n", "secrets", "--from-literal=k=%S%"]),
        plant(Words, &["create", "secret", "docker-registry", "new", "-n", "secrets", "--docker-username=me", "--docker-password", "%S%"]),
        plant(Words, &["set", "env", "pod/strong", "-n", "secrets", "K=%S%"]),
        plant(Words, &["set", "env", "pod/strong", "-n", "secrets", "-Re", "K=%S%"]),
        plant(Words, &["run", "new", "-n", "secrets", "--image=a", "--privileged", "--env=K=%S%", "--", "chroot", "/host"]),
        plant(Words, &["run", "new", "-n", "secrets", "--image=a", "--overrides", r#"{"spec":{"hostPID":true,"containers":[{"name":"new","image":"a","env":[{"name":"K","value":"%S%"}]}]}}"#]),
        plant(Words, &["patch", "secret", "creds", "-n", "secrets", "-p", r#"{"stringData":{"k":"%S%"},"metadata":{"finalizers":null}}"#]),
        plant(Words, &["patch", "secret", "creds", "-n", "secrets", r#"-Rp{"stringData":{"k":"%S%"},"metadata":{"finalizers":null}}"#]),
        plant(Words, &["patch", "secret", "creds", "-n", "secrets", "-p", r#"{"stringData":{"k":"%S%""#]),
        plant(Words, &["patch", "secret", "creds", "-n", "secrets", "-p", r#"{"data":{"k":"%S%"},"metadata":{"finalizers":null}}"#]),
        plant(Words, &["apply", "-f", "http://127.0.0.1:1/a.yaml?token=%S%"]),
        plant(Words, &["delete", "-f", "http://127.0.0.1:1/a.yaml?X-Amz-Signature=%S%&X-Amz-Expires=60"]),
        plant(Words, &["delete", "-f", "http://me:%S%@127.0.0.1:1/a.yaml"]),
        exec(&["mysql", "-uroot", "-p%S%", "-e", "drop database a"]),
        exec(&["env", "DB_PASSWORD=%S%", "run-it"]),
        exec(&["curl", "-H", "Authorization: Bearer %S%", "http://a"]),
        exec(&["curl", "-u", "me:%S%", "http://a"]),
        exec(&["sh", "-c", "PGPASSWORD=%S% psql -c 'drop table a'"]),
        exec(&["redis-cli", "-a", "%S%", "flushall"]),
        plant(Elsewhere, &["delete", "-f", "secret.yaml"]).file("secret.yaml", secret),
        plant(Elsewhere, &["replace", "--force", "-f", "secret.yaml"]).file("secret.yaml", secret),
        plant(Elsewhere, &["apply", "-f", "-"]).stdin(&secret.replace("namespace: secrets", "namespace: secrets, finalizers: []")),
        plant(Elsewhere, &["apply", "-f", "a.yaml"]).file("a.yaml", "kind: Secret\nstringData: {password: *%S%}\n"),
        plant(Elsewhere, &["apply", "-f", "a.yaml"]).file("a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: creds, namespace: secrets, generation: %S%}\n"),
        plant(Elsewhere, &["apply", "-f", "a.json"]).file("a.json", r#"{"apiVersion":"v1","kind":"Secret","data":{"k":"%S%" "#),
        plant(Elsewhere, &["apply", "-f", "a.yaml"]).file("a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: creds, namespace: secrets}\ndata: {k: %S%}\n"),
        kubeconfig(with(&|config| config["clusters"][0]["cluster"]["server"] = json!("https://me:%S%@127.0.0.1:1"))),
        kubeconfig(with(&|config| config["clusters"][0]["cluster"]["proxy-url"] = json!("http://me:%S%@127.0.0.1:1"))),
        kubeconfig(as_user(json!({"token": "%S%"}))),
        kubeconfig(as_user(json!({"username": "me", "password": "%S%"}))),
        kubeconfig(as_user(json!({"client-certificate-data": "Uw==", "client-key-data": STANDARD.encode(MARK)}))),
        kubeconfig(as_user(json!({"client-key-data": "%S%!", "client-certificate-data": "!"}))),
        kubeconfig(plugin(json!({"args": ["-c", "echo '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%S%\"'"]}))),
        kubeconfig(plugin(json!({"args": ["-c", "echo %S%"]}))),
        kubeconfig(plugin(json!({"args": ["-c", "exit 1"], "env": [{"name": "K", "value": "%S%"}]}))),
        kubeconfig("users:\n- name: a\n  user: {token: *%S%}\n".to_owned()),
        kubeconfig("users:\n- name: a\n  user: {token: [%S%}\n".to_owned()),
        kubeconfig("users: %S%\n".to_owned()),
        plant(Elsewhere, &["delete", "ns", "secrets"])
            .env("HTTPS_PROXY", "http://me:%S%@127.0.0.1:1")
            .env("NO_PROXY", ""),
        kuberc("aliases:\n- {name: zap, command: delete, options: [{name: token, default: %S%}]}", &["zap", "ns", "secrets"]),
        kuberc("defaults:\n- {command: delete, options: [{name: token, default: %S%}]}", &["delete", "ns", "secrets"]),
        kuberc(
            "aliases:\n- {name: fix, command: patch, prependArgs: [secret]}",
            &["fix", "creds", "-n", "secrets", "--patch-file=patch.yaml"],
        )
        .file("patch.yaml", "stringData: {k: %S%}\nmetadata: {finalizers: null}\n"),
        kuberc("aliases:\n- {name: zap, command: delete, options: [{name: token, default: *%S%}]}", &["delete", "ns", "secrets"]),
    ]
}

/// A secret that stands nowhere else.
fn secret(number: usize) -> String {
    format!("hunter2x{number:02}zq")
}

#[test]
fn no_secret_is_left_anywhere() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(
        "{apiVersion: v1, kind: Pod, metadata: {name: strong, namespace: secrets}, spec: {hostPID: true, nodeName: none, containers: [{name: main, image: a, securityContext: {privileged: true}}]}}",
    );
    plane.apply(
        r#"{apiVersion: v1, kind: Secret, metadata: {name: creds, namespace: secrets, finalizers: [a.example.com/b], annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"k":"hunter2x99zq"}}'}}, stringData: {k: hunter2x99zq}}"#,
    );
    let calls = user.home.join("calls");
    let kubectl = user.home.join("recorder/kubectl");
    fs::create_dir_all(kubectl.parent().expect("it has one")).expect("the home can be written");
    write_program(
        &kubectl,
        &format!(
            "printf '%s\\0' \"$@\" >> '{}'\nexec '{}' \"$@\"",
            calls.display(),
            binaries().kubectl.display()
        ),
    );
    let plants = plants(&user);
    assert!(plants.len() >= 30, "only {} secrets", plants.len());
    let ways: [&[&str]; 4] = [
        &[],
        &["plan", "-o", "json", "--"],
        &["plan", "-o", "yaml", "--"],
        &["plan", "--"],
    ];
    let mut found = Vec::new();
    for (number, plant) in plants.iter().enumerate() {
        let folder = user.home.join(format!("plant-{number}"));
        // YAML and text go through the same masks as JSON.
        let ways = if number % 8 == 0 {
            &ways[..]
        } else {
            &ways[..2]
        };
        for how in ways {
            let _ = fs::remove_file(&calls);
            let output = run(&user, &kubectl, &folder, plant, &secret(number), how);
            let called = fs::read(&calls).unwrap_or_default();
            let called = match plant.place {
                Words => String::new(),
                Elsewhere => String::from_utf8_lossy(&called).into_owned(),
            };
            // Once kubectl runs, what is said is its own; exit codes from 64 on are ours.
            let is_kubectls = how.is_empty() && output.code < 64;
            let stderr = if is_kubectls { "" } else { &output.stderr };
            // Without `plan`, standard output is kubectl's.
            let stdout = if how.is_empty() { "" } else { &output.stdout };
            let places = [("stderr", stderr), ("plan", stdout), ("argv", &*called)];
            let secrets = [secret(number), STANDARD.encode(secret(number)), secret(99)];
            let is_in = |text: &[u8]| {
                let mut secrets = secrets.iter();
                secrets.any(|it| memmem::find(text, it.as_bytes()).is_some())
            };
            let mut left: Vec<String> = places
                .iter()
                .filter(|(_, text)| is_in(text.as_bytes()))
                .map(|(place, text)| format!("{place}: {text}"))
                .collect();
            left.extend(files_with(&user.home, &folder, &is_in));
            if !left.is_empty() {
                found.push(format!(
                    "{number} {how:?} {:?}:\n  {}",
                    plant.words,
                    left.join("\n  ")
                ));
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} found:\n{}",
        found.len(),
        found.join("\n")
    );
}

fn run(
    user: &TestUser,
    kubectl: &Path,
    folder: &Path,
    plant: &Plant,
    secret: &str,
    how: &[&str],
) -> Output {
    let fill = |text: &str| {
        // In data that is encoded the mark is encoded too.
        text.replace(&STANDARD.encode(MARK), &STANDARD.encode(secret))
            .replace(MARK, secret)
    };
    fs::create_dir_all(folder.join("tmp")).expect("the home can be written");
    for (name, text) in &plant.files {
        fs::write(folder.join(name), fill(text)).expect("the home can be written");
    }
    let in_folder = |word: &str| {
        let is_file = plant.files.iter().any(|(name, _)| word.ends_with(name));
        let (flag, name) = word
            .split_once('=')
            .map_or(("", word), |(flag, name)| (flag, name));
        match (is_file, flag) {
            (true, "") => folder.join(name).display().to_string(),
            (true, flag) => format!("{flag}={}", folder.join(name).display()),
            (false, _) => fill(word),
        }
    };
    let mut run = Run::safe(user)
        .args(how)
        .args(plant.words.iter().map(|word| in_folder(word)))
        .env("KUBECTL_SAFE_KUBECTL", kubectl)
        .env("TMPDIR", folder.join("tmp"));
    for (name, value) in &plant.env {
        run = run.env(name, in_folder(value));
    }
    if let Some(stdin) = &plant.stdin {
        run = run.stdin(fill(stdin));
    }
    run.run()
}

/// The files below the home with a secret in them, but for those that it was planted in.
fn files_with(home: &Path, planted: &Path, is_in: &impl Fn(&[u8]) -> bool) -> Vec<String> {
    let mut open: Vec<PathBuf> = vec![home.to_owned(), planted.join("tmp")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_own = path
                .file_name()
                .and_then(OsStr::to_str)
                .is_some_and(|name| name.starts_with("plant-") || ["calls", "bin"].contains(&name));
            if path.is_dir() && !is_own {
                open.push(path);
            } else if path.is_file() && !is_own && is_in(&fs::read(&path).unwrap_or_default()) {
                found.push(format!("file {}", path.display()));
            }
        }
    }
    found
}

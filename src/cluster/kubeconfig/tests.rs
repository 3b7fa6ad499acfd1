use std::fs;

use super::*;

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file in a temporary folder");
    path
}

#[test]
fn the_first_file_keeps_a_name_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = write(
        folder.path(),
        "first",
        "clusters: [{name: a, cluster: {server: 'https://one'}}]\nusers:\n- name: u\n  user: {token: t1}\n",
    );
    let second = write(
        folder.path(),
        "second",
        "current-context: two\n\
         clusters: [{name: a, cluster: {server: 'https://two', tls-server-name: x}}, {name: b, cluster: {server: 'https://b'}}]\n\
         users: [{name: u, user: {username: name, password: p}}]\n\
         contexts: [{name: two, context: {cluster: a, user: u}}]\n",
    );
    let missing = folder.path().join("missing");
    let merged = Kubeconfig::merge([first, missing, second]).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(merged.clusters["a"].server, "https://one");
    assert_eq!(merged.clusters["a"].tls_server_name, "");
    assert_eq!(merged.clusters["b"].server, "https://b");
    assert_eq!(
        (
            merged.users["u"].token.as_str(),
            merged.users["u"].username.as_str()
        ),
        ("t1", "")
    );
    assert_eq!(merged.current_context, "two");
}

#[test]
fn relative_paths_mean_the_folder_of_their_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = write(
        folder.path(),
        "config",
        "clusters: [{name: a, cluster: {certificate-authority: ca.pem}}]\n\
         users:\n- {name: u, user: {client-certificate: /abs/c.pem, tokenFile: t, exec: {command: ./bin/login}}}\n\
         - {name: v, user: {exec: {command: login}}}\n",
    );
    let config = Kubeconfig::read(&path).unwrap_or_else(|why| panic!("{why}"));
    let inside = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    assert_eq!(config.clusters["a"].certificate_authority, inside("ca.pem"));
    assert_eq!(config.users["u"].client_certificate, "/abs/c.pem");
    assert_eq!(config.users["u"].token_file, inside("t"));
    assert_eq!(
        config.users["u"]
            .exec
            .as_ref()
            .map(|exec| exec.command.clone()),
        Some(inside("./bin/login"))
    );
    assert_eq!(
        config.users["v"]
            .exec
            .as_ref()
            .map(|exec| exec.command.as_str()),
        Some("login")
    );
}

#[test]
fn nulls_and_empty_files_are_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let empty = write(folder.path(), "empty", "");
    let nulls = write(
        folder.path(),
        "nulls",
        "clusters: null\nusers:\n- name: u\n  user: null\ncurrent-context: ~\n",
    );
    let merged = Kubeconfig::merge([empty, nulls]).unwrap_or_else(|why| panic!("{why}"));
    assert!(merged.clusters.is_empty() && merged.current_context.is_empty());
    assert!(merged.users.contains_key("u"));
}

#[test]
fn what_is_broken_is_said_without_the_text() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for text in [
        "users: [{name: u, user: {token: [s3cret]}}]",
        "users: [\n s3cret: {",
        "clusters: [{name: a}, {name: a}]",
        "- s3cret",
        "s3cret",
    ] {
        let path = write(folder.path(), "config", text);
        match Kubeconfig::read(&path) {
            Err(DestinationError::Unusable(why)) => {
                let why = why.to_string();
                assert!(why.contains("config") && !why.contains("s3cret"), "{why}");
            }
            _ => panic!("{text} was read"),
        }
    }
    let missing = Kubeconfig::read(&folder.path().join("missing"));
    assert!(matches!(missing, Err(DestinationError::KubectlStops(_))));
}

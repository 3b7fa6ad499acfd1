//! Several kubeconfig files.

use std::env::join_paths;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Config, reached, service};
use crate::support::{ControlPlane, Faulty, Run};

#[test]
fn missing_files_of_the_list_are_passed_over() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    service(plane, "default-of-files");
    user.write_kubeconfig(&user.kubeconfig, "test", Some("default-of-files"))
        .expect("it can be written");
    let list = join_paths([
        Path::new("/nowhere/config"),
        Path::new(""),
        &user.kubeconfig,
        Path::new("/nowhere/either"),
    ]);
    let run = Run::safe(&user)
        .env("KUBECONFIG", list.expect("no path has a colon"))
        .line("delete service web");
    assert_eq!(reached(plane, &user, &run).namespace, "default-of-files");
}

#[test]
fn the_usual_file_is_read_when_the_variable_is_empty() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    service(plane, "usual-file");
    fs::create_dir_all(user.home.join(".kube")).expect("the home can be written");
    user.write_kubeconfig(&user.home.join(".kube/config"), "test", Some("usual-file"))
        .expect("it can be written");
    let run = Run::safe(&user)
        .env("KUBECONFIG", "")
        .line("delete service web");
    assert_eq!(reached(plane, &user, &run).namespace, "usual-file");
}

#[test]
fn a_context_takes_its_cluster_and_user_from_other_files_and_the_first_name_wins() {
    let plane = ControlPlane::shared();
    let (user, other) = (plane.user(), plane.user());
    service(plane, "merged");
    let endpoint = plane.endpoint();
    let nowhere = Faulty::refusing_url();
    let first = Config::default()
        .context("here", "real", "me", "merged")
        .write(user.home.join("first"));
    let second = Config::default()
        .user("me", &json!({"token": user.token}))
        .context("here", "wrong", "wrong", "wrong")
        .current("here")
        .write(user.home.join("second"));
    // The authority is looked for beside its own file.
    fs::create_dir_all(user.home.join("certs")).expect("the home can be written");
    fs::copy(&endpoint.ca, user.home.join("certs/ca.crt")).expect("it can be copied");
    let third = Config::default()
        .cluster("real", &endpoint.url, Path::new("ca.crt"))
        .user("me", &json!({"token": other.token}))
        .write(user.home.join("certs/third"));
    let fourth = Config::default()
        .cluster("real", &nowhere, Path::new(""))
        .current("wrong")
        .write(user.home.join("fourth"));
    let list = join_paths([first, second, third, fourth]).expect("no path has a colon");
    let run = Run::safe(&user)
        .env("KUBECONFIG", list)
        .line("delete service web");
    assert_eq!(reached(plane, &user, &run).namespace, "merged");
}

#[test]
fn the_flag_names_one_file_alone() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    service(plane, "flag-file");
    let named = user.home.join("named:config");
    user.write_kubeconfig(&named, "test", Some("flag-file"))
        .expect("it can be written");
    let run = Run::safe(&user)
        .env("KUBECONFIG", "/nowhere")
        .line("delete service web --kubeconfig named:config");
    assert_eq!(reached(plane, &user, &run).namespace, "flag-file");
}

#[test]
fn a_token_file_goes_before_a_written_token() {
    let plane = ControlPlane::shared();
    let (user, other) = (plane.user(), plane.user());
    service(plane, "token-file");
    fs::write(user.home.join("token"), format!("{}\n", user.token))
        .expect("the home can be written");
    let endpoint = plane.endpoint();
    Config::default()
        .cluster("c", &endpoint.url, &endpoint.ca)
        .user("u", &json!({"token": other.token, "tokenFile": "token"}))
        .context("x", "c", "u", "token-file")
        .current("x")
        .write(&user.kubeconfig);
    assert_eq!(
        reached(plane, &user, &Run::safe(&user).line("delete service web")).namespace,
        "token-file"
    );
}

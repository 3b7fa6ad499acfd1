//! Who the user is.

use std::fs;

use serde_json::{Value, json};

use super::certificates::signed;
use super::front::{self, Front};
use super::pem;
use super::set_up::{SetUp, Way, World};
use crate::support::write_program;

pub fn all(world: &World) -> Vec<SetUp> {
    let token = &world.user.token;
    fs::write(world.user.home.join("token"), format!("{token}\n"))
        .expect("the home can be written");
    let text = |name: &str| String::from_utf8(pem(name)).expect("PEM is text");
    let with = |name: &str, user: Value| SetUp::new(name, Way::Own).user(user);
    let basic = |front: &Front| json!({"server": front.url, "tls-server-name": front::NAME});
    let (user, password) = front::LOGIN;
    vec![
        with("token", json!({"token": token})),
        with("token file", json!({"tokenFile": "token"})),
        with(
            "plugin for a token",
            plugin(world, "login-token", "v1", &json!({"token": token})),
        ),
        with(
            "plugin of v1beta1",
            plugin(world, "login-beta", "v1beta1", &json!({"token": token})),
        ),
        with(
            "plugin for a certificate",
            certificate_plugin(world, "p256", &text),
        ),
        SetUp::new("plugin for a P-521 certificate", Way::Kubectl)
            .user(certificate_plugin(world, "p521", &text)),
        with("basic", json!({"username": user, "password": password}))
            .cluster(&signed("server-ca.crt"))
            .cluster(&basic(&world.old_front)),
        with("basic by flags", json!({"token": ""}))
            .cluster(&signed("server-ca.crt"))
            .cluster(&basic(&world.new_front))
            .flag(format!("--username={user}"))
            .flag(format!("--password={password}")),
        with("token by flag", json!({"token": "wrong"})).flag(format!("--token={token}")),
        with("acting as another", json!({"token": token}))
            .flag("--as=clerk")
            .flag("--as-group=testers")
            .flag("--as-uid=7"),
        with(
            "acting as another by kubeconfig",
            json!({
                "token": token, "as": "clerk", "as-groups": ["testers"], "as-user-extra": {"floor": ["2", "3"]},
            }),
        ),
    ]
}

fn certificate_plugin(world: &World, kind: &str, text: &impl Fn(&str) -> String) -> Value {
    let status = json!({
        "clientCertificateData": text(&format!("client-{kind}.crt")),
        "clientKeyData": text(&format!("client-{kind}.key")),
    });
    plugin(world, &format!("login-{kind}"), "v1", &status)
}

/// A user whose credentials come from a program.
fn plugin(world: &World, name: &str, version: &str, status: &Value) -> Value {
    let api_version = format!("client.authentication.k8s.io/{version}");
    let credential = json!({"apiVersion": api_version, "kind": "ExecCredential", "status": status});
    let path = world.user.home.join(name);
    write_program(&path, &format!("printf '%s' '{credential}'"));
    json!({"exec": {"apiVersion": api_version, "command": format!("./{name}"), "interactiveMode": "Never"}})
}

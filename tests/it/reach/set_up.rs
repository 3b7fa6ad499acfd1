//! A way to a server: a kubeconfig, flags and variables.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::version::{TLS12, TLS13};
use serde_json::{Value, json};

use super::front::Front;
use super::tunnel::Tunnel;
use super::{pem, pem_file};
use crate::support::{ControlPlane, Options, Relay, Run, Stand, TestUser};

/// How the guard reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By its own client.
    Own,
    /// By `kubectl get --raw`.
    Kubectl,
}

/// One of the ways in which people come to their server.
pub struct SetUp {
    pub name: String,
    /// How the guard is to read there.
    pub way: Way,
    /// Beside what leads to the test's server.
    cluster: Value,
    /// In the place of the user's token.
    user: Option<Value>,
    /// The kubeconfig as it is written, made of JSON.
    text: fn(&Value) -> Vec<u8>,
    flags: Vec<String>,
    env: Vec<(&'static str, String)>,
}

impl SetUp {
    pub fn new(name: impl Into<String>, way: Way) -> Self {
        Self {
            name: name.into(),
            way,
            cluster: json!({}),
            user: None,
            text: |config| config.to_string().into_bytes(),
            flags: Vec::new(),
            env: Vec::new(),
        }
    }

    /// Keys of the cluster; a null takes one away.
    pub fn cluster(mut self, keys: &Value) -> Self {
        for (key, value) in keys.as_object().into_iter().flatten() {
            self.cluster[key] = value.clone();
        }
        self
    }

    pub fn user(mut self, user: Value) -> Self {
        self.user = Some(user);
        self
    }

    pub fn text(mut self, text: fn(&Value) -> Vec<u8>) -> Self {
        self.text = text;
        self
    }

    pub fn flag(mut self, flag: impl Into<String>) -> Self {
        self.flags.push(flag.into());
        self
    }

    pub fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }
}

/// The server, and what stands before it.
pub struct World {
    pub plane: ControlPlane,
    pub user: TestUser,
    /// Without and with a password.
    pub tunnel: Tunnel,
    pub guarded_tunnel: Tunnel,
    /// TLS 1.2 alone, no protocol named.
    pub old_front: Front,
    /// TLS 1.3, `http/1.1`.
    pub new_front: Front,
    _relay: Relay,
}

impl World {
    pub fn start() -> Self {
        let kinds = [
            "p256", "p384", "p521", "rsa1024", "rsa2048", "rsa4096", "ed25519", "chain", "own",
            "named", "v1", "wild",
        ];
        let file = |name: String| pem_file(&name).display().to_string();
        let mut flags = vec![format!("--client-ca-file={}", file("client-ca.crt".into()))];
        flags.extend(kinds.map(|kind| {
            let pair = format!(
                "{},{}",
                file(format!("server-{kind}.crt")),
                file(format!("server-{kind}.key"))
            );
            format!("--tls-sni-cert-key={pair}:{kind}.test,x.{kind}.test")
        }));
        let plane = ControlPlane::start_with(&Options { controllers: &[] }, &flags);
        let user = plane.user();
        assert_eq!(
            user.name, "user-000",
            "the client certificates are of this user"
        );
        let nothing = Stand {
            path: "/nowhere".into(),
            status: 404,
            body: String::new(),
        };
        let relay = Relay::start(&user, nothing);
        Self {
            old_front: Front::start(&[&TLS12], &[], &relay.url),
            new_front: Front::start(&[&TLS13], &[b"http/1.1"], &relay.url),
            tunnel: Tunnel::start(false),
            guarded_tunnel: Tunnel::start(true),
            _relay: relay,
            plane,
            user,
        }
    }

    /// The port of the server.
    pub fn port(&self) -> &str {
        let url = &self.plane.endpoint().url;
        url.rsplit_once(':').expect("it has a port").1
    }

    /// The certificates that sign the server's.
    pub fn ca(&self) -> String {
        self.plane.endpoint().ca.display().to_string()
    }

    /// Whether anything did since it was last asked.
    pub fn went_through_a_proxy(&self) -> bool {
        self.tunnel.dug() + self.guarded_tunnel.dug() > 0
    }

    /// A command there, its flags behind its words.
    pub fn run(&self, run: Run, line: &str, set_up: &SetUp) -> Run {
        let mut cluster =
            json!({"server": self.plane.endpoint().url, "certificate-authority": self.ca()});
        for (key, value) in set_up.cluster.as_object().into_iter().flatten() {
            cluster[key] = value.clone();
        }
        let user = set_up
            .user
            .clone()
            .unwrap_or_else(|| json!({"token": self.user.token}));
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "reach"}}],
        });
        fs::write(&self.user.kubeconfig, (set_up.text)(&config)).expect("the home can be written");
        let run = set_up
            .env
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value));
        run.line(line).args(&set_up.flags)
    }
}

/// A file of `tests/data/tls` as the value of a `…-data` key.
pub fn data(name: &str) -> Value {
    BASE64.encode(pem(name)).into()
}

//! Proxies, waiting, and what kube's own client would have done otherwise.

use std::io::{Read as _, Write as _, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Config, reached, service};
use crate::support::{ControlPlane, Endpoint, Fault, Faulty, Run, TestUser, kubectl_minor};

/// An HTTP proxy that knows CONNECT, and takes every name for this machine.
struct Proxy {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                thread::spawn(move || tunnel(client, &log));
            }
        });
        Self { address, asked }
    }

    /// How many connections were asked for since, and whether all were to this name.
    fn connections_to(&self, name: &str) -> usize {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner));
        assert!(
            asked
                .iter()
                .all(|line| line.starts_with(&format!("CONNECT {name}:"))),
            "{asked:?}"
        );
        asked.len()
    }
}

fn tunnel(mut client: TcpStream, log: &Mutex<Vec<String>>) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(head.lines().next()?.to_owned());
    let port: u16 = head.split(' ').nth(1)?.rsplit_once(':')?.1.parse().ok()?;
    let mut server = TcpStream::connect(("127.0.0.1", port)).ok()?;
    client
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .ok()?;
    let (mut up, mut down) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || {
        let _ = copy(&mut up, &mut down);
        let _ = down.shutdown(Shutdown::Write);
    });
    let _ = copy(&mut server, &mut client);
    let _ = client.shutdown(Shutdown::Write);
    Some(())
}

/// The real server under a name that only the proxy knows.
fn name_server(user: &TestUser, endpoint: &Endpoint, namespace: &str) {
    let server = endpoint.url.replace("127.0.0.1", "api.kubectl-safe.test");
    let mut config = Config::default()
        .cluster("c", &server, &endpoint.ca)
        .user("u", &json!({"token": user.token}))
        .context("x", "c", "u", namespace)
        .current("x");
    config.clusters[0]["cluster"]["tls-server-name"] = "kubernetes".into();
    config.write(&user.kubeconfig);
}

#[test]
fn the_proxy_of_the_environment() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let proxy = Proxy::start();
    name_server(&user, plane.endpoint(), "proxied");
    let url = format!("http://{}", proxy.address);
    for (name, value, none) in [
        ("HTTPS_PROXY", url.as_str(), ""),
        ("https_proxy", url.as_str(), "elsewhere.test"),
        // Without a scheme.
        ("HTTPS_PROXY", proxy.address.as_str(), ""),
        // The exceptions are about the server, not about the proxy.
        ("HTTPS_PROXY", url.as_str(), "127.0.0.1,localhost"),
    ] {
        service(plane, "proxied");
        let run = Run::safe(&user)
            .env(name, value)
            .env("NO_PROXY", none)
            .line("delete service web");
        reached(plane, &user, &run);
        assert!(
            proxy.connections_to("api.kubectl-safe.test") >= 2,
            "{name}={value} NO_PROXY={none}"
        );
    }
}

#[test]
fn an_excepted_server_is_reached_directly() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let proxy = Proxy::start();
    // This machine is never proxied.
    service(plane, "direct");
    let run = Run::safe(&user)
        .env("HTTPS_PROXY", &proxy.address)
        .line("delete service web -n direct");
    reached(plane, &user, &run);
    assert_eq!(proxy.connections_to(""), 0);
    // Without the proxy nobody knows the name.
    name_server(&user, plane.endpoint(), "direct");
    for none in ["kubectl-safe.test", "*"] {
        let run = Run::safe(&user)
            .env("HTTPS_PROXY", &proxy.address)
            .env("NO_PROXY", none)
            .line("delete service web");
        let output = run.run();
        assert_eq!(output.code, 75, "{output:?}");
        assert_eq!(proxy.connections_to(""), 0);
    }
}

/// A Service in this namespace, and a kubeconfig that leads there through a proxy.
fn by_proxy(plane: &ControlPlane, user: &TestUser, proxy: &Proxy, namespace: &str) {
    let endpoint = plane.endpoint();
    let mut config = Config::default()
        .cluster("c", &endpoint.url, &endpoint.ca)
        .user("u", &json!({"token": user.token}))
        .context("x", "c", "u", namespace)
        .current("x");
    config.clusters[0]["cluster"]["proxy-url"] = format!("http://{}", proxy.address).into();
    config.write(&user.kubeconfig);
    service(plane, namespace);
}

#[test]
fn the_proxy_of_the_kubeconfig_goes_first() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let (proxy, other) = (Proxy::start(), Proxy::start());
    by_proxy(plane, &user, &proxy, "proxied-by-config");
    let run = Run::safe(&user)
        .env("HTTPS_PROXY", &other.address)
        .env("NO_PROXY", "*")
        .line("delete service web");
    reached(plane, &user, &run);
    assert!(proxy.connections_to("127.0.0.1") >= 2);
    assert_eq!(other.connections_to(""), 0);
}

/// `--proxy-url`, which kubectl has from 1.37 on, goes before both; an older kubectl refuses it.
#[test]
fn the_proxy_of_the_flag_goes_first_of_all() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let (proxy, other) = (Proxy::start(), Proxy::start());
    by_proxy(plane, &user, &other, "proxied-by-flag");
    let flag = format!("--proxy-url=http://{}", proxy.address);
    let run = Run::safe(&user)
        .env("HTTPS_PROXY", &other.address)
        .args([&flag])
        .line("delete service web");
    if kubectl_minor() < 37 {
        let plain = Run::kubectl(&user).args([&flag]).line("delete service web");
        assert_ne!(plain.run().code, 0);
        assert_eq!(run.run(), plain.run());
        assert_eq!(proxy.connections_to(""), 0);
    } else {
        reached(plane, &user, &run);
        assert!(proxy.connections_to("127.0.0.1") >= 2);
    }
    assert_eq!(other.connections_to(""), 0);
}

#[test]
fn the_variables_of_kubes_own_client_and_of_pods_mean_nothing_beside_a_kubeconfig() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    service(plane, "inferred");
    let elsewhere = Faulty::start(Fault::Resets);
    let run = Run::safe(&user)
        .env("KUBE_RS_DEBUG_IMPERSONATE_USER", "boss")
        .env("KUBE_RS_DEBUG_IMPERSONATE_GROUP", "system:masters")
        .env("KUBE_RS_DEBUG_OVERRIDE_URL", &elsewhere.url)
        .env("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        .env(
            "KUBERNETES_SERVICE_PORT",
            elsewhere.url.rsplit_once(':').expect("it has a port").1,
        )
        .env("KUBERNETES_MASTER", &elsewhere.url)
        .line("delete service web -n inferred");
    assert!(reached(plane, &user, &run).impersonated.is_null());
}

#[test]
fn the_server_of_the_environment_is_asked_without_a_kubeconfig() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let missing = || Faulty::start(Fault::status(404, "NotFound", "services \"web\" not found"));
    let (ours, kubectls) = (missing(), missing());
    let line = "delete service web";
    let plain = |run: Run, server: &Faulty| {
        run.env("KUBECONFIG", "")
            .env("KUBERNETES_MASTER", &server.url)
            .line(line)
            .run()
    };
    let safe = plain(Run::safe(&user), &ours);
    let kubectl = plain(Run::kubectl(&user), &kubectls);
    assert_eq!((safe.code, kubectl.code), (1, 1), "{safe:?}");
    // One read of ours, then all that kubectl asks.
    let seen = ours.seen();
    assert_eq!(seen[0], "GET /api/v1/namespaces/default/services/web");
    assert_eq!(seen[1..], kubectls.seen());
}

#[test]
fn nothing_is_tried_again() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    for code in [429, 500, 503, 504] {
        let server = Faulty::start(Fault::status(code, "X", "not now"));
        let started = Instant::now();
        let run = Run::safe(&user)
            .env("KUBECONFIG", "")
            .env("KUBERNETES_MASTER", &server.url);
        let output = run.line("delete service web").run();
        assert_eq!(output.code, 75, "{output:?}");
        assert!(
            output
                .said()
                .contains(&format!("the server answered {code}: not now")),
            "{output:?}"
        );
        let seen = server.seen();
        let services: Vec<_> = seen
            .iter()
            .filter(|line| line.ends_with("/services/web"))
            .collect();
        assert_eq!(services.len(), 1, "{seen:?}");
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn a_server_that_accepts_no_connection_is_left_after_three_seconds() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    // A handshake that never comes is no connection either.
    let server = Faulty::start(Fault::Hangs);
    let server = server.url.replace("http:", "https:");
    let started = Instant::now();
    let output = Run::safe(&user)
        .line("delete service web --insecure-skip-tls-verify --token=x -s")
        .args([server])
        .run();
    assert_eq!(output.code, 75, "{output:?}");
    assert!(
        output.said().contains("no connection within 3 seconds"),
        "{output:?}"
    );
    let took = started.elapsed();
    assert!(
        (Duration::from_secs(3)..Duration::from_secs(6)).contains(&took),
        "{took:?}"
    );
}

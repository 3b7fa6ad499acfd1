//! Kinds of certificates and keys, of clients and of servers.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::set_up::{SetUp, Way, World, data};
use super::{pem, pem_file};

pub fn of_clients(world: &World) -> Vec<SetUp> {
    let by = |way, certificate: &str, key: &str| {
        SetUp::new(format!("client certificate {certificate}, key {key}"), way).user(json!({
            "client-certificate-data": data(&format!("client-{certificate}.crt")),
            "client-key-data": data(&format!("client-{key}.key")),
        }))
    };
    let own = |certificate: &str, key: &str| by(Way::Own, certificate, key);
    // Notes before the blocks, and the line ends of another system.
    let noted = |name: &str| {
        let text = String::from_utf8(pem(name)).expect("PEM is text");
        BASE64.encode(format!("Bag Attributes\n    localKeyID: 01\n{text}").replace('\n', "\r\n"))
    };
    vec![
        own("p256", "p256"),
        own("p256", "p256.sec1"),
        own("p256", "p256.parameters"),
        own("p384", "p384"),
        by(Way::Kubectl, "p521", "p521"),
        by(Way::Kubectl, "rsa1024", "rsa1024"),
        own("rsa2048", "rsa2048"),
        own("rsa2048", "rsa2048.pkcs1"),
        own("rsa4096", "rsa4096"),
        own("ed25519", "ed25519"),
        own("chain", "chain"),
        own("v1-p256", "v1-p256"),
        own("v1-rsa2048", "v1-rsa2048"),
        SetUp::new("client certificate with notes and CRLF", Way::Own).user(json!({
            "client-certificate-data": noted("client-p256.crt"),
            "client-key-data": noted("client-p256.key"),
        })),
        SetUp::new("client certificate by file", Way::Own).user(json!({
            "client-certificate": pem_file("client-p256.crt"), "client-key": pem_file("client-p256.key"),
        })),
        SetUp::new("client certificate by flags", Way::Own)
            .user(json!({}))
            .flag(format!("--client-certificate={}", pem_file("client-p384.crt").display()))
            .flag(format!("--client-key={}", pem_file("client-p384.key").display())),
        SetUp::new("client certificate and token", Way::Own).user(json!({
            "token": world.user.token,
            "client-certificate-data": data("client-p256.crt"), "client-key-data": data("client-p256.key"),
        })),
    ]
}

pub fn of_servers(world: &World) -> Vec<SetUp> {
    let known = |way, kind: &str, authority: &str| {
        SetUp::new(format!("server certificate {kind}"), way)
            .cluster(&signed(authority))
            .cluster(&json!({"tls-server-name": format!("{kind}.test")}))
    };
    let unknown = |way, name: &str| {
        SetUp::new(format!("server certificate {name}, not verified"), way).cluster(&json!({
            "certificate-authority": null, "insecure-skip-tls-verify": true, "tls-server-name": name,
        }))
    };
    let by = |way, kind| known(way, kind, "server-ca.crt");
    let bundle = |name: &str, way, before: &[u8]| {
        let text = [before, &fs::read(world.ca()).expect("it is there")].concat();
        SetUp::new(name, way).cluster(&json!({
            "certificate-authority": null, "certificate-authority-data": BASE64.encode(text),
        }))
    };
    let broken = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgI=\n-----END CERTIFICATE-----\n";
    let roots = [pem("client-ca.crt"), pem("server-ca.crt")].concat();
    vec![
        by(Way::Own, "p256"),
        by(Way::Own, "p384"),
        by(Way::Kubectl, "p521"),
        by(Way::Kubectl, "rsa1024"),
        by(Way::Own, "rsa2048"),
        by(Way::Own, "rsa4096"),
        by(Way::Own, "ed25519"),
        by(Way::Own, "chain"),
        known(Way::Kubectl, "own", "server-own.crt"),
        by(Way::Own, "wild").cluster(&json!({"tls-server-name": "x.wild.test"})),
        unknown(Way::Own, "named.test"),
        unknown(Way::Own, "v1.test"),
        unknown(Way::Own, "own.test"),
        unknown(Way::Own, "p521.test"),
        bundle("authority by data", Way::Own, b""),
        bundle("authority in a bundle", Way::Own, &roots),
        bundle(
            "authority behind notes",
            Way::Own,
            b"# Our authority\nsubject=CN=x\n",
        ),
        bundle(
            "authority behind a broken certificate",
            Way::Kubectl,
            broken.as_bytes(),
        ),
        SetUp::new("authority of the system", Way::Own)
            .cluster(&json!({"certificate-authority": null}))
            .env("SSL_CERT_FILE", world.ca()),
    ]
}

/// The keys of a cluster whose server this authority knows.
pub fn signed(authority: &str) -> Value {
    json!({"certificate-authority": pem_file(authority)})
}

//! URLs of servers, what stands before them, and flags in their place.

use serde_json::json;

use super::certificates::signed;
use super::front::{self, Front};
use super::pem_file;
use super::set_up::{SetUp, Way, World};

pub fn all(world: &World) -> Vec<SetUp> {
    let url = &world.plane.endpoint().url;
    let port = world.port();
    let at =
        |name: &str, way, server: String| SetUp::new(name, way).cluster(&json!({"server": server}));
    let fronted = |name: &str, front: &Front, path: &str| {
        SetUp::new(name, Way::Own)
            .cluster(&signed("server-ca.crt"))
            .cluster(
                &json!({"server": format!("{}{path}", front.url), "tls-server-name": front::NAME}),
            )
    };
    vec![
        at("URL with a slash", Way::Own, format!("{url}/")),
        at("URL with slashes", Way::Own, format!("{url}//")),
        at(
            "URL with a query",
            Way::Kubectl,
            format!("{url}/?cluster=a"),
        ),
        at(
            "host and name in upper case",
            Way::Own,
            format!("https://LOCALHOST:{port}"),
        )
        .cluster(&json!({"tls-server-name": "KUBERNETES"})),
        at(
            "scheme in upper case",
            Way::Own,
            format!("HTTPS://127.0.0.1:{port}"),
        ),
        fronted("URL with a path", &world.new_front, front::PATH),
        fronted(
            "URL with a path and a slash",
            &world.new_front,
            &format!("{}/", front::PATH),
        ),
        fronted("TLS 1.2 alone", &world.old_front, ""),
        fronted("HTTP/1.1 alone", &world.new_front, ""),
        at("--server", Way::Own, "https://127.0.0.1:1".into()).flag(format!("--server={url}")),
        SetUp::new("--certificate-authority", Way::Own)
            .cluster(&signed("client-ca.crt"))
            .flag(format!("--certificate-authority={}", world.ca())),
        SetUp::new("--insecure-skip-tls-verify", Way::Own)
            .cluster(&signed("client-ca.crt"))
            .flag("--insecure-skip-tls-verify"),
        SetUp::new("--tls-server-name", Way::Own)
            .flag(format!(
                "--certificate-authority={}",
                pem_file("server-ca.crt").display()
            ))
            .flag("--tls-server-name=rsa2048.test"),
        SetUp::new("--disable-compression", Way::Own).flag("--disable-compression"),
        SetUp::new("disable-compression", Way::Own).cluster(&json!({"disable-compression": true})),
        SetUp::new("--request-timeout=0", Way::Own).flag("--request-timeout=0"),
        SetUp::new("--request-timeout=20s", Way::Own).flag("--request-timeout=20s"),
        SetUp::new("--request-timeout=-1s", Way::Kubectl).flag("--request-timeout=-1s"),
    ]
}

//! Through proxies: by the kubeconfig and by variables, CONNECT and SOCKS.

use serde_json::json;

use super::set_up::{SetUp, Way, World};
use super::tunnel::LOGIN;

pub fn all(world: &World) -> Vec<SetUp> {
    let open = &world.tunnel.address;
    let login = format!(
        "{}:{}@",
        LOGIN.0,
        LOGIN.1.replace(':', "%3A").replace('@', "%40")
    );
    let guarded = format!("{login}{}", world.guarded_tunnel.address);
    // A name that only the proxy knows. Nobody goes through the proxy of a variable to this machine.
    let far = |name: String, way| {
        SetUp::new(name, way).cluster(&json!({
            "server": format!("https://api.reach.test:{}", world.port()), "tls-server-name": "kubernetes",
        }))
    };
    let mut all = Vec::new();
    for (scheme, address, way) in [
        ("http", open, Way::Own),
        ("http", &guarded, Way::Own),
        ("socks5", open, Way::Own),
        ("socks5", &guarded, Way::Kubectl),
        ("socks5h", open, Way::Kubectl),
        ("socks5h", &guarded, Way::Kubectl),
    ] {
        let kind = if address == open {
            scheme.to_owned()
        } else {
            format!("{scheme} with a password")
        };
        let proxy = format!("{scheme}://{address}");
        // kubectl knows it from variables alone.
        if scheme != "socks5h" {
            let name = format!("proxy of the kubeconfig, {kind}");
            all.push(far(name, way).cluster(&json!({"proxy-url": proxy})));
        }
        all.push(far(format!("proxy of a variable, {kind}"), way).env("HTTPS_PROXY", proxy));
    }
    all.extend([
        far("proxy of a variable, no scheme".into(), Way::Own).env("HTTPS_PROXY", open),
        far("proxy of a variable in lower case".into(), Way::Own).env("https_proxy", format!("http://{open}")),
        far("proxy of the kubeconfig before a variable".into(), Way::Own)
            .cluster(&json!({"proxy-url": format!("http://{open}")}))
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .env("NO_PROXY", "*"),
        far("IPv6 address through a proxy".into(), Way::Own)
            .cluster(&json!({
                "server": format!("https://[2001:db8::1]:{}", world.port()), "proxy-url": format!("http://{open}"),
            })),
        SetUp::new("this machine is never proxied", Way::Own).env("HTTPS_PROXY", "http://127.0.0.1:1"),
        SetUp::new("NO_PROXY", Way::Own)
            .cluster(&json!({"server": format!("https://localhost:{}", world.port()), "tls-server-name": "kubernetes"}))
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .env("NO_PROXY", "localhost"),
        far("a server certificate P-521 through a proxy".into(), Way::Kubectl)
            .cluster(&super::certificates::signed("server-ca.crt"))
            .cluster(&json!({"tls-server-name": "p521.test", "proxy-url": format!("http://{open}")})),
    ]);
    all
}

//! A server that ends TLS in front of the real one, as load balancers and gateways do: HTTP/1.1 alone, one request for each
//! connection.

use std::io::{self, Read as _, Write as _, copy};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::pem;

/// The server's certificate is for this name.
pub const NAME: &str = "p256.test";
/// The path under which the API is.
pub const PATH: &str = "/k8s/clusters/c-m-1";
/// Who comes in by user name and password.
pub const LOGIN: (&str, &str) = ("basil", "p4ssword");

/// The server. Its threads end with the test process.
pub struct Front {
    /// `https://127.0.0.1:…`
    pub url: String,
}

impl Front {
    /// In front of a server of plain HTTP that has credentials of its own.
    pub fn start(
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&[u8]],
        behind: &str,
    ) -> Self {
        let config = Arc::new(tls(versions, protocols));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("https://{}", listener.local_addr().expect("it is bound"));
        let behind = behind.trim_start_matches("http://").to_owned();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (config, behind) = (Arc::clone(&config), behind.clone());
                // What breaks off here is seen at both ends.
                thread::spawn(move || serve(client, config, &behind));
            }
        });
        Self { url }
    }
}

/// The server's side of TLS, in these versions and for these protocols above it.
pub fn tls(versions: &[&'static SupportedProtocolVersion], protocols: &[&[u8]]) -> ServerConfig {
    let chain = CertificateDer::from_pem_slice(&pem("server-p256.crt")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&pem("server-p256.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("the provider has these versions")
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .expect("the key is the certificate's");
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config
}

fn serve(client: TcpStream, config: Arc<ServerConfig>, behind: &str) -> io::Result<()> {
    let session = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut client = StreamOwned::new(session, client);
    let mut head = Vec::new();
    let mut next = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut next)?;
        head.push(next[0]);
    }
    let head = String::from_utf8_lossy(&head);
    let (first, rest) = head.split_once("\r\n").unwrap_or_default();
    let first = first.replacen(PATH, "", 1);
    let login = BASE64.encode(format!("{}:{}", LOGIN.0, LOGIN.1));
    let is_login = |line: &&str| {
        let (name, value) = line.split_once(": ").unwrap_or_default();
        name.eq_ignore_ascii_case("authorization") && value == format!("Basic {login}")
    };
    let rest: Vec<&str> = rest.split("\r\n").filter(|line| !is_login(line)).collect();
    let mut server = TcpStream::connect(behind)?;
    write!(server, "{first}\r\n{}", rest.join("\r\n"))?;
    copy(&mut server, &mut client)?;
    client.conn.send_close_notify();
    client.flush()
}

//! An admission webhook on this machine that denies every dry run, and lets the real request through.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::{fs, thread};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::control_plane::ControlPlane;

/// How it is reached, as `clientConfig` of a webhook says it. It serves with the API server's own certificate.
pub fn denying_dry_runs(plane: &ControlPlane) -> Value {
    let authority = &plane.endpoint().ca;
    let certificates = fs::read(authority).expect("the API server wrote it");
    let key = fs::read(authority.with_extension("key")).expect("the API server wrote it");
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&certificates)
        .collect::<Result<_, _>>()
        .expect("they are certificates");
    let key = PrivateKeyDer::from_pem_slice(&key).expect("it is a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("they belong together");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("https://{}/", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            // A connection that breaks off is one that the API server opens anew.
            thread::spawn(move || serve(client, config));
        }
    });
    json!({"url": url, "caBundle": BASE64.encode(certificates)})
}

/// Reviews one after the other, for as long as the API server keeps the connection.
fn serve(client: TcpStream, config: Arc<ServerConfig>) -> io::Result<()> {
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut client = BufReader::new(StreamOwned::new(connection, client));
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if client.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        client.read_exact(&mut body)?;
        let answer = review(&serde_json::from_slice(&body)?).to_string();
        write!(
            client.get_mut(),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
            answer.len()
        )?;
        client.get_mut().flush()?;
    }
}

fn review(asked: &Value) -> Value {
    let request = &asked["request"];
    let is_dry_run = request["dryRun"] == true;
    let mut response = json!({"uid": request["uid"], "allowed": !is_dry_run});
    if is_dry_run {
        response["status"] = json!({"code": 422, "reason": "Invalid", "message": "not today"});
    }
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
}

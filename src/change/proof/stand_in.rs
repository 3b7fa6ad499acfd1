//! A server on this machine that kubectl takes for the cluster. It passes on what only reads, and refuses everything else.
//!
//! `exec done -- sh` ends in kubectl's own error, because the pod has completed; kubectl sees that from what it reads before its first
//! write. Such a command is run against this server: it sees the pod as it is, and can change nothing. The server's URL has a path that
//! nobody else can guess, so that no other program of this machine reads the cluster by way of us. (kubectl sends no token without TLS.)

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::StatusCode;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedSender;

use crate::cluster::Unread;
use crate::cluster::reader::Response;
use crate::kubectl::program::{Captured, Program, Reach};

/// A request longer than this is none of kubectl's.
const LONGEST_HEAD: usize = 64 << 10;

/// How many header lines a request may have.
const MOST_HEADERS: usize = 64;

/// For whoever connects and asks for nothing.
const IDLE: Duration = Duration::from_secs(1);

/// Parts of an object that are more than data, although they may be asked for with GET.
const CONNECTIONS: &[&str] = &["attach", "exec", "portforward", "proxy"];

/// What kubectl wants to read, and who waits for the answer.
pub(super) struct Question {
    /// Path and query.
    pub url: String,
    /// As kubectl accepts the answer.
    pub accept: String,
    /// Nothing when the cluster gave no answer.
    pub answer: mpsc::Sender<Option<Response>>,
}

/// What came of a run.
pub(super) struct Outcome {
    pub captured: Result<Captured, Unread>,
    /// Whether every request of kubectl's was one that only reads, and was answered by the cluster.
    pub has_only_read: bool,
}

/// How far a run reaches, made of its kubeconfig and its time: [`Reach::Nowhere`] or [`Reach::NowhereAsTyped`].
pub(super) type ToReach = fn(PathBuf, Duration) -> Reach;

/// Runs words against a server that knows nothing (without `cluster`), or that reads the cluster by way of `cluster`.
///
/// # Errors
/// When this machine gives no port, no file or no random number.
pub(super) fn run(
    words: &[OsString],
    kubectl: &Program,
    (reach, patience): (ToReach, Duration),
    namespace: &str,
    cluster: Option<UnboundedSender<Question>>,
) -> io::Result<Outcome> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let server = listener.local_addr()?;
    let path = secret_path()?;
    // 0700, as tempfile makes folders.
    let folder = TempDir::new()?;
    let kubeconfig = folder.path().join("config");
    std::fs::write(&kubeconfig, content(server, &path, namespace))?;
    let has_ended = AtomicBool::new(false);
    let was_refused = AtomicBool::new(false);
    let captured = thread::scope(|scope| {
        let (path, has_ended, was_refused) = (&path, &has_ended, &was_refused);
        let (woken_by, ourselves) = mpsc::channel();
        scope.spawn(move || {
            let mut own = None;
            while let Ok((visitor, from)) = listener.accept() {
                if has_ended.load(Ordering::SeqCst) {
                    match *own.get_or_insert_with(|| ourselves.recv().ok()) {
                        // It stood in line before us: kubectl wanted something, and ended without an answer.
                        Some(own) if own != from => {
                            was_refused.store(true, Ordering::SeqCst);
                            continue;
                        }
                        _ => break,
                    }
                }
                let cluster = cluster.clone();
                scope.spawn(move || {
                    if !serve(visitor, path, cluster.as_ref()) {
                        was_refused.store(true, Ordering::SeqCst);
                    }
                });
            }
        });
        let captured = kubectl.capture(words, None, reach(kubeconfig, patience));
        has_ended.store(true, Ordering::SeqCst);
        // Wakes the listener.
        if let Ok(own) = TcpStream::connect(server).and_then(|own| own.local_addr()) {
            // It listens until it has heard it.
            let _ = woken_by.send(own);
        } else {
            drop(woken_by);
            was_refused.store(true, Ordering::SeqCst);
        }
        captured
    });
    Ok(Outcome {
        captured,
        has_only_read: !was_refused.into_inner(),
    })
}

/// A path that nobody can guess.
fn secret_path() -> io::Result<String> {
    let bytes: [u8; 32] = ring::rand::generate(&ring::rand::SystemRandom::new())
        .map_err(|_| io::Error::other("the system gives no random number"))?
        .expose();
    Ok(format!("/{}", BASE64.encode(bytes)))
}

/// A kubeconfig. JSON is YAML.
fn content(server: SocketAddr, path: &str, namespace: &str) -> String {
    serde_json::json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "nowhere",
        "clusters": [{"name": "nowhere", "cluster": {"server": format!("http://{server}{path}")}}],
        "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "namespace": namespace}}],
    })
    .to_string()
}

/// Answers one request; whether it only reads, and the cluster gave the answer.
fn serve(mut visitor: TcpStream, path: &str, cluster: Option<&UnboundedSender<Question>>) -> bool {
    let Some(response) = read(&mut visitor, path, cluster) else {
        // A refusal that kubectl takes for the answer; a connection that is only cut it would try again for seconds. Whether it
        // arrives changes nothing: kubectl has asked for something, and that is all there is to know.
        let refusal = Response {
            status: StatusCode::FORBIDDEN,
            content_type: String::new(),
            body: Vec::new(),
        };
        let _ = reply(&mut visitor, &refusal);
        return false;
    };
    // A server in trouble may answer the real request in another way.
    let is_final =
        !response.status.is_server_error() && response.status != StatusCode::TOO_MANY_REQUESTS;
    reply(&mut visitor, &response).is_ok() && is_final
}

/// What the cluster says to a request that only reads.
fn read(
    visitor: &mut TcpStream,
    path: &str,
    cluster: Option<&UnboundedSender<Question>>,
) -> Option<Response> {
    let request = head(visitor)?;
    let (url, accept) = what_it_reads(&request, path)?;
    let (answer, heard) = mpsc::channel();
    let question = Question {
        url,
        accept,
        answer,
    };
    cluster?.send(question).ok()?;
    heard.recv().ok()?
}

/// The request up to its empty line.
fn head(visitor: &mut TcpStream) -> Option<Vec<u8>> {
    visitor.set_read_timeout(Some(IDLE)).ok()?;
    let mut head = Vec::new();
    let mut part = [0; 4096];
    while memchr::memmem::find(&head, b"\r\n\r\n").is_none() {
        let read = visitor.read(&mut part).ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&part[..read]);
        if head.len() > LONGEST_HEAD {
            return None;
        }
    }
    Some(head)
}

/// URL and accepted types of a request that only reads, and that our own run sends.
fn what_it_reads(head: &[u8], path: &str) -> Option<(String, String)> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    request
        .parse(head)
        .ok()
        .filter(httparse::Status::is_complete)?;
    let header = |name: &str| {
        let found = request
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| String::from_utf8_lossy(header.value).into_owned())
    };
    let url = request.path?.strip_prefix(path)?;
    let is_read = request.method == Some("GET") && header("upgrade").is_none() && is_data(url);
    is_read.then(|| (url.to_owned(), header("accept").unwrap_or_default()))
}

/// Whether a URL names data that has an end: no connection, and nothing that is followed.
fn is_data(url: &str) -> bool {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let is_plain = path.starts_with('/') && !path.contains('%');
    let connects = path.split('/').any(|part| CONNECTIONS.contains(&part));
    let is_followed = query
        .split('&')
        .any(|pair| pair.starts_with("watch=") || pair.starts_with("follow="));
    is_plain && !connects && !is_followed
}

fn reply(visitor: &mut TcpStream, response: &Response) -> io::Result<()> {
    let Response {
        status,
        content_type,
        body,
    } = response;
    let length = body.len();
    write!(
        visitor,
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    visitor.write_all(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &str = "Accept: application/json\r\n";

    fn asked(method: &str, url: &str, headers: &str) -> Option<(String, String)> {
        let head = format!("{method} {url} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        what_it_reads(head.as_bytes(), "/secret")
    }

    #[test]
    fn what_reads_is_passed_on() {
        for url in [
            "/api",
            "/api/v1/namespaces/a/pods/b",
            "/apis/apps/v1/deployments?limit=500",
        ] {
            let expected = Some((url.to_owned(), "application/json".to_owned()));
            assert_eq!(asked("GET", &format!("/secret{url}"), HEADERS), expected);
        }
    }

    #[test]
    fn what_could_change_something_is_refused() {
        for (method, url) in [
            ("POST", "/secret/api/v1/namespaces/a/pods"),
            ("DELETE", "/secret/api/v1/namespaces/a/pods/b"),
            ("PATCH", "/secret/api/v1/namespaces/a/pods/b"),
            ("GET", "/secret/api/v1/namespaces/a/pods/b/exec?command=ls"),
            ("GET", "/secret/api/v1/namespaces/a/pods/b/proxy/shutdown"),
            ("GET", "/secret/api/v1/namespaces/a/pods/b/%65xec"),
            ("GET", "/secret/api/v1/pods?watch=true"),
            ("GET", "/secrethttp://elsewhere/api"),
        ] {
            assert_eq!(asked(method, url, HEADERS), None, "{method} {url}");
        }
        let upgrade = format!("{HEADERS}Upgrade: websocket\r\n");
        assert_eq!(asked("GET", "/secret/api/v1/pods", &upgrade), None);
    }

    #[test]
    fn strangers_are_refused() {
        assert_eq!(asked("GET", "/api", HEADERS), None);
        assert_eq!(asked("GET", "/guess/api", HEADERS), None);
    }
}

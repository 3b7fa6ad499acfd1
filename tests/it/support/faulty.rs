//! A server on the loopback device that answers as no good API server does, and remembers what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::json;

/// What it does with every request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Accepts, and says nothing for a long time.
    Hangs,
    /// Ends the connection with a reset, in the middle of the request.
    Resets,
    /// A complete answer: status, content type, body.
    Answers(u16, &'static str, String),
    /// The beginning of an answer of which more was promised; then the connection ends.
    HalfAnswers(String),
    /// An answer with these headers, whose body is this again and again.
    Endless(&'static str, Vec<u8>),
}

impl Fault {
    /// An answer as the API server's own errors are.
    pub fn status(code: u16, reason: &str, message: &str) -> Self {
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": code,
        });
        Self::Answers(code, "application/json", status.to_string())
    }
}

/// The server. Its threads end with the test process.
pub struct Faulty {
    /// `http://127.0.0.1:…`
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Faulty {
    pub fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (fault, log) = (fault.clone(), Arc::clone(&log));
                thread::spawn(move || serve(connection, &fault, &log));
            }
        });
        Self { url, seen }
    }

    /// A URL where nobody listens.
    pub fn refusing_url() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        format!("http://{}", listener.local_addr().expect("it is bound"))
    }

    /// The requests so far, such as `GET /api/v1/nodes/x`.
    pub fn seen(&self) -> Vec<String> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn serve(mut connection: TcpStream, fault: &Fault, log: &Mutex<Vec<String>>) {
    let mut first = [0];
    if matches!(fault, Fault::Resets) {
        // What is left unread makes the end of the connection a reset.
        let _ = connection.read(&mut first);
        return;
    }
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read(&mut first) {
            Ok(1) => head.push(first[0]),
            _ => return,
        }
    }
    let line = String::from_utf8_lossy(&head);
    let line = line
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end_matches(" HTTP/1.1");
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(line.to_owned());
    let answer = match fault {
        Fault::Endless(headers, body) => {
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n");
            let mut sent = connection.write_all(head.as_bytes());
            while sent.is_ok() {
                sent = connection.write_all(body);
            }
            return;
        }
        Fault::Hangs | Fault::Resets => {
            thread::sleep(Duration::from_secs(300));
            return;
        }
        Fault::Answers(status, kind, body) => format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
        Fault::HalfAnswers(half) => format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{half}",
            half.len() * 2
        ),
    };
    let _ = connection.write_all(answer.as_bytes());
}

//! A web server that answers otherwise each time, and remembers what it was asked.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The server. Its thread ends with the test process.
pub struct Turns {
    /// `http://127.0.0.1:…`
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Turns {
    /// With a status and a body for the first request, the second, … and the last for all others.
    pub fn start(answers: &[(&'static str, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answers) = (Arc::clone(&seen), answers.to_vec());
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // Who goes away before the answer has none.
                let _ = serve(&connection, &answers, &log);
            }
        });
        Self { url, seen }
    }

    /// The requests so far, such as `GET /a.yaml`.
    pub fn seen(&self) -> Vec<String> {
        let seen = self.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(
    mut connection: &TcpStream,
    answers: &[(&str, String)],
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(connection);
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, body) = &answers[log.len().min(answers.len() - 1)];
    log.push(request.trim_end().trim_end_matches(" HTTP/1.1").to_owned());
    write!(
        connection,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

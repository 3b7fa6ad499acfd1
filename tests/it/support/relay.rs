//! A server in front of the real one that answers one path by itself.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;

use super::command::Run;
use super::users::TestUser;

/// Everything but the path goes on, by way of `kubectl proxy`, to the server of this user.
pub struct Relay {
    /// `http://127.0.0.1:…`
    pub url: String,
    proxy: Child,
}

/// What the path is answered with.
#[derive(Debug, Clone)]
pub struct Stand {
    pub path: String,
    pub status: u16,
    pub body: String,
}

impl Relay {
    pub fn start(user: &TestUser, stand: Stand) -> Self {
        let mut proxy = Run::kubectl(user)
            .line("proxy --port=0")
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("kubectl can be started");
        let mut said = String::new();
        let stdout = proxy.stdout.take().expect("it is piped");
        BufReader::new(stdout)
            .read_line(&mut said)
            .expect("it says where it listens");
        let behind = said
            .trim()
            .strip_prefix("Starting to serve on ")
            .unwrap_or_else(|| panic!("{said}"))
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (stand, behind) = (stand.clone(), behind.clone());
                // What breaks off here is seen at both ends.
                thread::spawn(move || serve(client, &stand, &behind));
            }
        });
        Self { url, proxy }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

/// One request; both ends are told that there is no second.
fn serve(mut client: TcpStream, stand: &Stand, behind: &str) -> io::Result<()> {
    let mut head = Vec::new();
    let mut next = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut next)?;
        head.push(next[0]);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or_default();
    if path.split('?').next() == Some(&stand.path) {
        let Stand { status, body, .. } = stand;
        return write!(
            client,
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    }
    let mut server = TcpStream::connect(behind)?;
    let (first, rest) = head.split_once("\r\n").unwrap_or_default();
    write!(server, "{first}\r\nConnection: close\r\n{rest}")?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || io::copy(&mut from, &mut to));
    io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

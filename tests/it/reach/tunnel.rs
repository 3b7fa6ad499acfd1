//! A proxy that speaks both CONNECT and SOCKS 5, takes every name for this machine, and may want a password.

use std::io::{self, Read as _, Write as _, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The password's user and the password, of those that want one.
pub const LOGIN: (&str, &str) = ("walter", "s3cret:@");

/// The proxy. Its threads end with the test process.
pub struct Tunnel {
    /// `127.0.0.1:…`
    pub address: String,
    dug: Arc<AtomicUsize>,
}

impl Tunnel {
    pub fn start(wants_password: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let dug = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&dug);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                // What breaks off here is seen at both ends.
                thread::spawn(move || serve(client, wants_password, &count));
            }
        });
        Self { address, dug }
    }

    /// How many connections went through since it was last asked.
    pub fn dug(&self) -> usize {
        self.dug.swap(0, Ordering::SeqCst)
    }
}

fn serve(mut client: TcpStream, wants_password: bool, dug: &AtomicUsize) -> io::Result<()> {
    let first = byte(&mut client)?;
    let port = if first == 5 {
        greet(&mut client, wants_password)?
    } else {
        connect(&mut client, first, wants_password)?
    };
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    if first == 5 {
        client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    } else {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    }
    dug.fetch_add(1, Ordering::SeqCst);
    let (mut up, mut down) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = copy(&mut up, &mut down);
        let _ = down.shutdown(Shutdown::Write);
    });
    copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Write)
}

/// SOCKS 5 (RFC 1928, RFC 1929) behind its first byte; the port that is asked for.
fn greet(client: &mut TcpStream, wants_password: bool) -> io::Result<u16> {
    let method = 2 * u8::from(wants_password);
    let methods = text(client)?;
    if !methods.contains(&method) {
        client.write_all(&[5, 0xff])?;
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    client.write_all(&[5, method])?;
    if wants_password {
        byte(client)?;
        let said = (text(client)?, text(client)?);
        let is_right = said == (LOGIN.0.into(), LOGIN.1.into());
        client.write_all(&[1, u8::from(!is_right)])?;
        if !is_right {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    let mut request = [0; 4];
    client.read_exact(&mut request)?;
    match request[3] {
        1 => client.read_exact(&mut [0; 4])?,
        4 => client.read_exact(&mut [0; 16])?,
        _ => drop(text(client)?),
    }
    Ok(u16::from_be_bytes([byte(client)?, byte(client)?]))
}

/// `CONNECT HOST:PORT` behind its first byte.
fn connect(client: &mut TcpStream, first: u8, wants_password: bool) -> io::Result<u16> {
    let mut head = vec![first];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(byte(client)?);
    }
    let head = String::from_utf8_lossy(&head);
    let login = BASE64.encode(format!("{}:{}", LOGIN.0, LOGIN.1));
    let is_known = head.lines().any(|line| {
        line.split_once(": ").is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("proxy-authorization") && value == format!("Basic {login}")
        })
    });
    if wants_password && !is_known {
        client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")?;
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let target = head.split(' ').nth(1).unwrap_or_default();
    let port = target.rsplit_once(':').map(|(_, port)| port.parse());
    match port {
        Some(Ok(port)) => Ok(port),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn byte(client: &mut TcpStream) -> io::Result<u8> {
    let mut byte = [0];
    client.read_exact(&mut byte)?;
    Ok(byte[0])
}

/// A text behind its length.
fn text(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut text = vec![0; usize::from(byte(client)?)];
    client.read_exact(&mut text)?;
    Ok(text)
}

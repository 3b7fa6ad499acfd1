//! A TCP proxy that is far away.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Listens on the loopback device, and passes everything on after half a round trip each way. The first bytes of a
/// connection wait for the round trip of its handshake, too, which the loopback device itself does at once.
pub fn put_between(server: SocketAddr, round_trip: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(server) else {
                continue;
            };
            let handshaken = Instant::now() + round_trip;
            for (from, to) in [(&near, &far), (&far, &near)] {
                // Both ends of a socket that has just been opened can be duplicated.
                if let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) {
                    pass_on(from, to, handshaken, round_trip / 2);
                }
            }
        }
    });
    address
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, handshaken: Instant, delay: Duration) {
    let _ = to.set_nodelay(true);
    let (sent, arriving) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        for (due, bytes) in arriving {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let due = Instant::now().max(handshaken) + delay;
            if sent.send((due, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    });
}

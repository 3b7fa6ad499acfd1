//! An HTTP/2 server that goes away, or refuses a stream, before it answers: the GET is made once more, as by kubectl.

use std::io::{self, Read as _, Write as _, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::version::TLS13;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::front::tls;
use crate::support::{ControlPlane, Run, TestUser};

const PREFACE: usize = 24;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;

/// What becomes of the first connections; all later ones lead to the real server.
#[derive(Debug, Clone, Copy)]
enum Departure {
    /// The whole connection ends, with no stream answered.
    GoAway,
    /// The stream is refused, and the connection ends.
    Refused,
}

struct Leaving {
    url: String,
    /// How many came.
    came: Arc<AtomicUsize>,
}

impl Leaving {
    fn start(departure: Departure, times: usize, behind: &str) -> Self {
        let config = Arc::new(tls(&[&TLS13], &[b"h2"]));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("https://{}", listener.local_addr().expect("it is bound"));
        let behind = behind.trim_start_matches("https://").to_owned();
        let came = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&came);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let leaves = count.fetch_add(1, Ordering::SeqCst) < times;
                let (config, behind) = (Arc::clone(&config), behind.clone());
                // What breaks off here is seen at both ends.
                thread::spawn(move || {
                    if leaves {
                        leave(client, config, departure)
                    } else {
                        pass(client, &behind)
                    }
                });
            }
        });
        Self { url, came }
    }
}

/// Reads to the first request, and ends it.
fn leave(client: TcpStream, config: Arc<ServerConfig>, departure: Departure) -> io::Result<()> {
    let session = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut client = StreamOwned::new(session, client);
    client.read_exact(&mut [0; PREFACE])?;
    client.write_all(&frame(SETTINGS, 0, &[]))?;
    loop {
        let mut head = [0; 9];
        client.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut body = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        client.read_exact(&mut body)?;
        if head[3] == HEADERS {
            break;
        }
    }
    // The last stream that was looked at, and no error.
    let ended = match departure {
        Departure::GoAway => frame(GO_AWAY, 0, &[0; 8]),
        Departure::Refused => [
            frame(RESET, 1, &[0, 0, 0, 7]),
            frame(GO_AWAY, 0, &[0, 0, 0, 1, 0, 0, 0, 0]),
        ]
        .concat(),
    };
    client.write_all(&ended)?;
    client.conn.send_close_notify();
    client.flush()?;
    // What it still says is read, so that the end is no reset.
    copy(&mut client, &mut io::sink()).map(drop)
}

fn frame(kind: u8, stream: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a small frame");
    let head = [
        &length.to_be_bytes()[1..],
        &[kind, 0],
        &stream.to_be_bytes(),
    ];
    [head.concat(), body.to_vec()].concat()
}

fn pass(mut client: TcpStream, behind: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(behind)?;
    let (mut up, mut down) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || copy(&mut up, &mut down));
    copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

/// A plan for a Service that is there, and how many connections it made.
fn plan(
    plane: &ControlPlane,
    user: &TestUser,
    departure: Departure,
    times: usize,
) -> (Value, usize) {
    let server = Leaving::start(departure, times, &plane.endpoint().url);
    let config = json!({
        "clusters": [{"name": "c", "cluster": {"server": server.url, "insecure-skip-tls-verify": true}}],
        "users": [{"name": "u", "user": {"token": user.token}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}], "current-context": "x",
    });
    std::fs::write(&user.kubeconfig, config.to_string()).expect("the home can be written");
    let output = Run::safe(user)
        .line("plan -o json -- delete service web -n departure")
        .run();
    let plan =
        serde_json::from_str(&output.stdout).unwrap_or_else(|_| format!("{output:?}").into());
    (plan, server.came.load(Ordering::SeqCst))
}

#[test]
fn a_server_that_goes_away_is_asked_once_more() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply("{apiVersion: v1, kind: Service, metadata: {name: web, namespace: departure}, spec: {ports: [{port: 80}]}}");
    let (plain, came) = plan(plane, &user, Departure::GoAway, 0);
    assert_eq!(came, 1, "{plain}");
    for departure in [Departure::GoAway, Departure::Refused] {
        let (seen, came) = plan(plane, &user, departure, 1);
        assert_eq!(seen["changes"], plain["changes"], "{departure:?}: {seen}");
        assert_eq!(seen["findings"], plain["findings"], "{departure:?}: {seen}");
        assert_eq!(came, 2, "{departure:?}");
        // Once, and not for ever.
        let (seen, came) = plan(plane, &user, departure, 9);
        assert_ne!(seen["unknown"], plain["unknown"], "{departure:?}: {seen}");
        assert_eq!(came, 2, "{departure:?}");
    }
}

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc as Shared, Mutex};
use std::thread;

use serde_json::json;

use crate::change::resource::Scope;
use crate::cluster::destination::{CONNECT_TIMEOUT, Connection as Flags};
use crate::cluster::discovery::Unresolved;
use crate::cluster::environment::Environment;
use crate::cluster::reader::Reader;

use super::*;

static NODES: Resource = Resource::known("", "v1", "nodes", "Node", Scope::Cluster);
static PODS: Resource = Resource::known("", "v1", "pods", "Pod", Scope::Namespaced);
static LEASES: Resource = Resource::known(
    "coordination.k8s.io",
    "v1",
    "leases",
    "Lease",
    Scope::Namespaced,
);

/// An HTTP server that gives fixed answers and remembers what it was asked.
struct Server {
    port: u16,
    heard: Shared<Mutex<Vec<Heard>>>,
    most_at_once: Shared<AtomicUsize>,
}

/// A request: its URL and headers.
#[derive(Clone)]
struct Heard {
    url: String,
    headers: BTreeMap<String, String>,
}

/// What a server does with a request.
enum Reply {
    /// Status and body.
    Say(u16, String),
    /// Half of the body that the header promises.
    Half,
    /// Nothing, for longer than anybody waits.
    Hang,
    /// Closes the connection.
    Reset,
}

impl Server {
    fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let server = Self {
            port: listener.local_addr().expect("a bound listener").port(),
            heard: Shared::default(),
            most_at_once: Shared::default(),
        };
        let (reply, heard, most) = (
            Shared::new(reply),
            server.heard.clone(),
            server.most_at_once.clone(),
        );
        let at_once = Shared::new(AtomicUsize::new(0));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (reply, heard, most, at_once) =
                    (reply.clone(), heard.clone(), most.clone(), at_once.clone());
                thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
                    while let Some(request) = Heard::read(&mut reader) {
                        most.fetch_max(
                            at_once.fetch_add(1, Ordering::SeqCst) + 1,
                            Ordering::SeqCst,
                        );
                        heard
                            .lock()
                            .expect("no panic while held")
                            .push(request.clone());
                        let goes_on = reply(&request.url).send(&stream);
                        at_once.fetch_sub(1, Ordering::SeqCst);
                        if !goes_on {
                            break;
                        }
                    }
                });
            }
        });
        server
    }

    fn saying(status: u16, body: &'static str) -> Self {
        Self::start(move |_| Reply::Say(status, body.to_owned()))
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no panic while held").clone()
    }

    fn urls(&self) -> Vec<String> {
        self.heard().into_iter().map(|heard| heard.url).collect()
    }

    fn reader(&self, timeout: Duration) -> Reader {
        self.reader_with(&Flags::default(), timeout)
    }

    fn reader_with(&self, flags: &Flags, timeout: Duration) -> Reader {
        let flags = Flags {
            server: format!("http://127.0.0.1:{}", self.port),
            ..flags.clone()
        };
        let environment =
            Environment::read(|name| (name == "KUBECONFIG").then(|| "/no/such/file".into()));
        let destination =
            Destination::find(&flags, &environment, None).unwrap_or_else(|why| panic!("{why}"));
        Reader::live(destination, look(timeout))
    }
}

impl Heard {
    fn read(stream: &mut impl std::io::BufRead) -> Option<Self> {
        let mut lines = stream
            .lines()
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty());
        let url = lines.next()?.split(' ').nth(1)?.to_owned();
        let headers = lines
            .filter_map(|line| {
                let (name, value) = line.split_once(": ")?;
                Some((name.to_lowercase(), value.to_owned()))
            })
            .collect();
        Some(Self { url, headers })
    }
}

impl Reply {
    /// Whether the connection can be used again.
    fn send(&self, mut stream: &TcpStream) -> bool {
        let (status, body, promised) = match self {
            Self::Say(status, body) => (*status, body.as_str(), body.len()),
            Self::Half => (200, "{\"kind\":\"No", 100),
            Self::Hang => {
                // Until the client gives up.
                let _ = stream.read(&mut [0]);
                return false;
            }
            Self::Reset => return false,
        };
        let head = format!("HTTP/1.1 {status} Some\r\nContent-Length: {promised}\r\n\r\n");
        let sent = stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body.as_bytes()));
        sent.is_ok() && promised == body.len()
    }
}

fn look(timeout: Duration) -> Look {
    Look {
        timeout,
        plugins: PluginPolicy::AllowAll,
        stdin: StandardInput::Unavailable,
    }
}

const PATIENT: Duration = Duration::from_secs(20);

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

#[test]
fn the_same_question_is_asked_once() {
    let server =
        Server::start(|_| Reply::Say(200, r#"{"kind":"Node","metadata":{"name":"n"}}"#.into()));
    let reader = server.reader(PATIENT);
    run(async {
        let (first, second) = futures::join!(
            reader.get(&NODES, "", "n"),
            reader.get(&NODES, "ignored", "n")
        );
        assert_eq!(first, second);
        assert_eq!(first.expect("readable").expect("there")["kind"], "Node");
        reader.get(&NODES, "", "n").await.expect("readable");
        assert_eq!(reader.requests(), 1);
        let again = reader.again();
        again.get(&NODES, "", "n").await.expect("readable");
        assert_eq!((again.requests(), reader.requests()), (1, 1));
    });
    assert_eq!(server.urls(), ["/api/v1/nodes/n"; 2]);
}

#[test]
fn the_server_hears_who_asks() {
    let server = Server::saying(404, "404 page not found\n");
    let flags = Flags {
        act_as: "boss".into(),
        act_as_groups: vec!["g".into(), "h".into()],
        ..Flags::default()
    };
    let reader = server.reader_with(&flags, PATIENT);
    assert_eq!(run(reader.get(&PODS, "ns", "p")), Ok(None));
    let headers = &server.heard()[0].headers;
    assert_eq!(
        headers["user-agent"],
        concat!("kubectl-safe/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(headers["impersonate-user"], "boss");
    assert!(headers.contains_key("impersonate-group"));
    assert_eq!(server.urls(), ["/api/v1/namespaces/ns/pods/p"]);
}

#[test]
fn names_that_kubectl_refuses_are_not_sent() {
    let server = Server::saying(200, "{}");
    let reader = server.reader(PATIENT);
    run(async {
        for (namespace, name) in [
            ("ns", "a/b"),
            ("ns", ".."),
            ("ns", "a%2e"),
            ("ns", ""),
            ("", "p"),
            ("../x", "p"),
        ] {
            assert!(
                matches!(
                    reader.get(&PODS, namespace, name).await,
                    Err(Unread::Other(_))
                ),
                "{namespace}/{name}"
            );
        }
    });
    assert_eq!(server.urls(), [""; 0]);
}

#[test]
fn a_list_is_read_page_by_page() {
    let server = Server::start(|url| {
        let (items, token) = match url.split_once("continue=") {
            None => (json!([{"metadata": {"name": "a"}}]), "t=1"),
            Some((_, "t%3D1")) => (json!([{"metadata": {"name": "b"}}]), "t2"),
            Some(_) => (json!(null), ""),
        };
        let list = json!({"kind": "PodList", "metadata": {"continue": token}, "items": items});
        Reply::Say(200, list.to_string())
    });
    let reader = server.reader(PATIENT);
    let selection = Selection {
        labels: "app=web".into(),
        fields: String::new(),
    };
    let pods = run(reader.list(&PODS, "", &selection, Detail::Metadata)).expect("readable");
    let said: Vec<_> = pods
        .iter()
        .map(|pod| (&pod["kind"], &pod["apiVersion"], &pod["metadata"]["name"]))
        .collect();
    assert_eq!(
        said,
        [
            (&json!("Pod"), &json!("v1"), &json!("a")),
            (&json!("Pod"), &json!("v1"), &json!("b"))
        ]
    );
    let first = "/api/v1/pods?limit=500&labelSelector=app%3Dweb";
    assert_eq!(
        server.urls(),
        [
            first.to_owned(),
            format!("{first}&continue=t%3D1"),
            format!("{first}&continue=t2")
        ]
    );
    assert!(server.heard()[0].headers["accept"].contains("PartialObjectMetadataList"));
}

#[test]
fn a_count_is_one_request_where_the_server_says_the_rest() {
    let server = Server::start(|url| {
        let one = json!([{"metadata": {"name": "a"}}]);
        let metadata = match url {
            "/api/v1/namespaces/big/pods?limit=1" => {
                json!({"continue": "t", "remainingItemCount": 39_999})
            }
            "/api/v1/namespaces/old/pods?limit=1" => json!({"continue": "t"}),
            _ => json!({}),
        };
        Reply::Say(
            200,
            json!({"kind": "List", "metadata": metadata, "items": one}).to_string(),
        )
    });
    let reader = server.reader(PATIENT);
    run(async {
        assert_eq!(reader.count(&PODS, "big").await, Ok(40_000));
        assert_eq!(reader.count(&PODS, "small").await, Ok(1));
        assert_eq!(reader.requests(), 2);
        assert_eq!(reader.count(&PODS, "old").await, Ok(1));
    });
    assert_eq!(
        server.urls().last().map(String::as_str),
        Some("/api/v1/namespaces/old/pods?limit=500")
    );
}

#[test]
fn no_more_than_32_at_once() {
    let server = Server::start(|_| {
        thread::sleep(Duration::from_millis(20));
        Reply::Say(
            200,
            json!({"kind": "List", "metadata": {}, "items": []}).to_string(),
        )
    });
    let reader = server.reader(PATIENT);
    let names: Vec<String> = (0..100).map(|number| format!("ns-{number}")).collect();
    let counts = run(join_all(names.iter().map(|name| reader.count(&PODS, name))));
    assert!(counts.iter().all(|count| *count == Ok(0)));
    let most = server.most_at_once.load(Ordering::SeqCst);
    assert!((2..=IN_FLIGHT).contains(&most), "{most}");
}

#[test]
fn what_a_type_that_is_not_served_has() {
    let server = Server::saying(404, "404 page not found\n");
    let reader = server.reader(PATIENT);
    run(async {
        assert_eq!(reader.get(&NODES, "", "n").await, Ok(None));
        assert_eq!(reader.count(&LEASES, "").await, Ok(0));
        let all = reader
            .list(&LEASES, "", &Selection::default(), Detail::Full)
            .await;
        assert_eq!(all.map(|all| all.len()), Ok(0));
    });
}

#[test]
fn every_way_not_to_answer() {
    let get = |server: &Server| run(server.reader(PATIENT).get(&NODES, "", "n"));
    let html = get(&Server::saying(200, "<html>log in</html>"));
    assert!(matches!(html, Err(Unread::Unintelligible(_))), "{html:?}");
    let half = get(&Server::start(|_| Reply::Half));
    assert!(matches!(half, Err(Unread::Unintelligible(_))), "{half:?}");
    let other = get(&Server::saying(
        200,
        r#"{"kind":"Node","metadata":{"name":"other"}}"#,
    ));
    assert!(matches!(other, Err(Unread::Unintelligible(_))), "{other:?}");
    let reset = get(&Server::start(|_| Reply::Reset));
    assert!(matches!(reset, Err(Unread::Unreachable(_))), "{reset:?}");
    let closed = Server {
        port: 1,
        heard: Shared::default(),
        most_at_once: Shared::default(),
    };
    let refused = get(&closed);
    assert!(
        matches!(&refused, Err(Unread::Unreachable(why)) if why.contains("refused")),
        "{refused:?}"
    );
    let list = Server::saying(200, r#"{"kind":"NodeList","metadata":{}}"#);
    let list = run(list
        .reader(PATIENT)
        .list(&NODES, "", &Selection::default(), Detail::Full));
    assert!(matches!(list, Err(Unread::Unintelligible(_))), "{list:?}");
}

#[test]
fn a_busy_server_is_not_asked_again() {
    let server = Server::saying(429, r#"{"kind":"Status","message":"too many"}"#);
    let answer = run(server.reader(PATIENT).get(&NODES, "", "n"));
    assert_eq!(
        answer,
        Err(Unread::Refused {
            status: 429,
            message: "too many".into()
        })
    );
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn the_whole_look_ends_in_time() {
    let server = Server::start(|_| Reply::Hang);
    let start = std::time::Instant::now();
    let reader = server.reader(Duration::from_secs(1));
    run(async {
        assert_eq!(
            reader.get(&NODES, "", "n").await,
            Err(Unread::TimedOut(Duration::from_secs(1)))
        );
        // The time is over for all that comes after it, too.
        assert_eq!(
            reader.get(&NODES, "", "m").await,
            Err(Unread::TimedOut(Duration::from_secs(1)))
        );
    });
    assert!(start.elapsed() < Duration::from_secs(2));

    let hurried = Flags {
        request_timeout: "1".into(),
        ..Flags::default()
    };
    let answer = run(server.reader_with(&hurried, PATIENT).get(&NODES, "", "n"));
    assert_eq!(answer, Err(Unread::TimedOut(Duration::from_secs(1))));
}

#[test]
fn words_of_core_cost_nothing_and_the_rest_two_requests() {
    let server = Server::start(|url| match url {
        "/api" => Reply::Say(
            200,
            json!({"kind": "APIGroupDiscoveryList", "items": []}).to_string(),
        ),
        "/apis" => {
            let lease = json!({"resource": "leases", "responseKind": {"kind": "Lease"}, "scope": "Namespaced",
                "singularResource": "lease", "verbs": ["list"]});
            let group = json!({"metadata": {"name": "coordination.k8s.io"},
                "versions": [{"version": "v1", "resources": [lease]}]});
            Reply::Say(
                200,
                json!({"kind": "APIGroupDiscoveryList", "items": [group]}).to_string(),
            )
        }
        "/version" => Reply::Say(200, json!({"major": "1", "minor": "28+"}).to_string()),
        other => panic!("{other}"),
    });
    let reader = server.reader(PATIENT);
    run(async {
        assert_eq!(reader.resolve("no").await, Ok(vec![NODES.clone()]));
        assert_eq!(reader.resolve_one("Pod").await, Ok(PODS.clone()));
        assert_eq!(reader.requests(), 0);
        assert_eq!(
            reader.resolve("lease.coordination").await,
            Ok(vec![LEASES.clone()])
        );
        assert_eq!(
            reader.resolve_one("nope").await,
            Err(Unresolved::NoSuchType("nope".into()))
        );
        assert_eq!(reader.served().await.expect("readable").len(), 1);
        assert_eq!(reader.requests(), 2);
        assert_eq!(reader.server_minor().await, Ok(28));
    });
}

#[test]
fn an_older_server_is_asked_group_by_group() {
    let server = Server::start(|url| match url {
        "/api" => Reply::Say(
            200,
            json!({"kind": "APIVersions", "versions": ["v1"]}).to_string(),
        ),
        "/api/v1" => {
            let pods = json!({"name": "pods", "singularName": "", "kind": "Pod", "namespaced": true, "verbs": ["list"]});
            Reply::Say(
                200,
                json!({"kind": "APIResourceList", "resources": [pods]}).to_string(),
            )
        }
        "/apis" => {
            let group = |name: &str| json!({"name": name, "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}});
            let groups = [group("coordination.k8s.io"), group("metrics.k8s.io")];
            Reply::Say(
                200,
                json!({"kind": "APIGroupList", "groups": groups}).to_string(),
            )
        }
        "/apis/coordination.k8s.io/v1" => {
            let leases = json!({"name": "leases", "singularName": "lease", "kind": "Lease", "namespaced": true, "verbs": ["list"]});
            Reply::Say(
                200,
                json!({"kind": "APIResourceList", "resources": [leases]}).to_string(),
            )
        }
        _ => Reply::Say(503, "service unavailable".into()),
    });
    let reader = server.reader(PATIENT);
    run(async {
        let resources: Vec<String> = reader
            .served()
            .await
            .expect("readable")
            .iter()
            .map(|served| served.resource.to_string())
            .collect();
        assert_eq!(resources, ["pods", "leases.coordination.k8s.io"]);
        assert_eq!(reader.requests(), 5);
    });
}

#[test]
fn forbidden_discovery_is_not_an_unknown_type() {
    let server = Server::saying(403, r#"{"kind":"Status","message":"no discovery for you"}"#);
    let answer = run(server.reader(PATIENT).resolve("leases"));
    let forbidden = Unread::Forbidden("no discovery for you".into());
    assert_eq!(answer, Err(Unresolved::Unread(forbidden)));
}

#[test]
fn the_plugin_runs_at_the_first_request_and_its_failure_is_an_answer() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let kubeconfig = folder.path().join("config");
    let text = "current-context: x\n\
        clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1', insecure-skip-tls-verify: true}}]\n\
        users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: [-c, 'echo x>>runs; exit 7']}}}]\n\
        contexts: [{name: x, context: {cluster: c, user: u}}]\n"
        .replace("runs", &folder.path().join("runs").display().to_string());
    fs::write(&kubeconfig, text).expect("a file in a temporary folder");
    let flags = Flags {
        kubeconfig: kubeconfig.display().to_string(),
        ..Flags::default()
    };
    let destination = Destination::find(&flags, &Environment::read(|_| None), None)
        .unwrap_or_else(|why| panic!("{why}"));
    let reader = Reader::live(destination, look(PATIENT));
    run(async {
        assert_eq!(reader.resolve("node").await, Ok(vec![NODES.clone()]));
        assert!(!folder.path().join("runs").exists());
        for name in ["n", "m"] {
            match reader.get(&NODES, "", name).await {
                Err(Unread::Plugin(why)) => {
                    let why = why.to_string();
                    assert!(why.contains("credential plugin sh failed"), "{why}");
                }
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(
        fs::read_to_string(folder.path().join("runs")).expect("what it wrote"),
        "x\n"
    );
}

#[test]
fn who_accepts_and_says_nothing_is_not_waited_for() {
    // The system accepts for it; a TLS handshake never comes.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("a bound listener").port();
    let flags = Flags {
        server: format!("https://127.0.0.1:{port}"),
        token: "t".into(),
        ..Flags::default()
    };
    let environment =
        Environment::read(|name| (name == "KUBECONFIG").then(|| "/no/such/file".into()));
    let destination =
        Destination::find(&flags, &environment, None).unwrap_or_else(|why| panic!("{why}"));
    let answer = run(Reader::live(destination, look(PATIENT)).get(&NODES, "", "n"));
    let late = Unread::NoConnection(CONNECT_TIMEOUT);
    assert_eq!(answer, Err(late));
}

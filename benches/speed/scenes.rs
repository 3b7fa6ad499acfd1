//! What is measured, and how.

use std::ffi::OsStr;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::Figure;
use crate::crowd::Writer;
use crate::distance;
use crate::stopwatch::{Runs, Stopwatch, Surroundings};
use crate::support::{ControlPlane, Run, TestUser, binaries};

pub const SAFE: &str = env!("CARGO_BIN_EXE_kubectl-safe");
const MEBIBYTE: f64 = 1024.0 * 1024.0;
/// A process starts in a millisecond, and the machine has other things to do: only many runs have a true minimum.
const STARTS: u32 = 400;
/// Ways to a server and back.
const LOOKS: u32 = 40;
/// `ConfigMap`s, and as many `Pod`s.
const CROWD: usize = 20_000;
/// With the 33 of Kubernetes itself, 133 namespaced kinds.
const MORE_KINDS: usize = 100;
const ROUND_TRIP: Duration = Duration::from_millis(30);
/// A verdict other than allow: the exit code of `plan`.
const REFUSED: u64 = 77;

/// A node of a node pool, and one that was joined by hand.
const NODES: &str = "
apiVersion: v1
kind: Node
metadata:
  name: cn-hangzhou.10.1.0.7
  labels: {alibabacloud.com/nodepool-id: np0123456789abcdef, ack.aliyun.com: c0123456789abcdef0123456789abcdef}
spec: {providerID: cn-hangzhou.i-bp1234567890}
---
apiVersion: v1
kind: Node
metadata: {name: worker-1}
";

/// The programs, and a server to ask.
pub struct Bench {
    pub watch: Stopwatch,
    pub plane: &'static ControlPlane,
    pub user: TestUser,
    pub folder: PathBuf,
}

impl Bench {
    pub fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
        let plane = ControlPlane::shared();
        plane.apply(NODES);
        Self {
            watch: Stopwatch::new(&folder),
            user: plane.user(),
            plane,
            folder,
        }
    }

    pub fn release_binary(_: &Self) -> Vec<Figure> {
        let size = fs::metadata(SAFE)
            .expect("cargo has built the program")
            .len();
        vec![megabytes("size of the program", size, 8.0)]
    }

    /// Against the stub alone. The stub takes kubectl's place, for kubectl takes fifty times as long.
    pub fn unguarded_words(&self) -> Vec<Figure> {
        let surroundings = self.without_cluster("https://127.0.0.1:1");
        let lines = [
            "get pods -n web -o yaml",
            "delete pod web-0 --dry-run=server",
            "__complete get pods w",
        ];
        lines
            .into_iter()
            .flat_map(|line| {
                let [stub, safe] = self.beside_stub(line, &surroundings);
                vec![
                    milliseconds(
                        &format!("`{line}`: over the stub, minimum"),
                        over(safe.min(), stub.min()),
                        1.0,
                    ),
                    milliseconds(
                        &format!("`{line}`: over the stub, median"),
                        over(safe.median(), stub.median()),
                        1.0,
                    ),
                    times(
                        &format!("`{line}`: times the stub, minimum"),
                        ratio(safe.min(), stub.min()),
                        2.6,
                    ),
                    times(
                        &format!("`{line}`: times the stub, median"),
                        ratio(safe.median(), stub.median()),
                        2.6,
                    ),
                    mebibytes(&format!("`{line}`: peak memory"), safe.peak, 5.0),
                ]
            })
            .collect()
    }

    /// A port that nobody may knock at takes the API server's place.
    pub fn words_that_no_rule_looks_at(&self) -> Vec<Figure> {
        let (address, knocks) = listen();
        let surroundings = self.without_cluster(&format!("https://{address}"));
        let lines = [
            "delete pod web-0",
            "delete pod/web-0 pod/web-1 -n shop",
            "label pod web-0 team=shop",
            "annotate pod web-0 example.com/owner=shop",
        ];
        lines
            .into_iter()
            .flat_map(|line| {
                let before = knocks.load(Ordering::SeqCst);
                let [stub, safe] = self.beside_stub(line, &surroundings);
                let asked = knocks.load(Ordering::SeqCst) - before;
                vec![
                    count(&format!("`{line}`: connections"), asked, 0),
                    milliseconds(
                        &format!("`{line}`: over the stub, minimum"),
                        over(safe.min(), stub.min()),
                        2.0,
                    ),
                ]
            })
            .collect()
    }

    /// Against `kubectl get node`.
    pub fn one_node(&self) -> Vec<Figure> {
        let surroundings = self.with_cluster(&self.user.kubeconfig);
        let mut figures = Vec::new();
        for (node, which) in [
            ("cn-hangzhou.10.1.0.7", "node of a pool"),
            ("worker-1", "other node"),
        ] {
            let kubectl = words(&binaries().kubectl, ["get", "node", node, "-o", "json"]);
            let safe = words(Path::new(SAFE), ["plan", "delete", "node", node]);
            let [kubectl, safe] =
                self.watch
                    .time(LOOKS, &surroundings, [0, REFUSED], [&kubectl, &safe]);
            let mark = self.plane.mark();
            self.plan(&format!("delete node {node}"));
            let requests = self.plane.requests(&self.user, mark).len();
            figures.push(times(
                &format!("`plan delete node` ({which}): of `kubectl get node`, minimum"),
                ratio(safe.min(), kubectl.min()),
                0.30,
            ));
            figures.push(times(
                &format!("`plan delete node` ({which}): of `kubectl get node`, median"),
                ratio(safe.median(), kubectl.median()),
                0.30,
            ));
            figures.push(count(
                &format!("`plan delete node` ({which}): requests"),
                requests,
                2,
            ));
        }
        figures
    }

    /// Against a verdict on one object.
    pub fn full_namespace(&self) -> Vec<Figure> {
        let writer = Writer::new(self.plane, &self.user);
        writer.fill("crowd", CROWD);
        self.expect_exact();
        let mut figures = self.count_beside_one("33 kinds");
        writer.define(MORE_KINDS);
        self.expect_exact();
        figures.extend(self.count_beside_one("133 kinds"));
        figures.extend(self.count_from_afar());
        figures
    }

    fn expect_exact(&self) {
        let plan = self.plan("delete namespace crowd");
        let counted = plan["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|finding| finding["facts"]["namespace"]["objects"].as_u64());
        assert_eq!(counted, Some(2 * CROWD as u64), "{plan}");
    }

    fn count_beside_one(&self, kinds: &str) -> Vec<Figure> {
        let surroundings = self.with_cluster(&self.user.kubeconfig);
        let one = words(Path::new(SAFE), ["plan", "delete", "node", "worker-1"]);
        let all = words(Path::new(SAFE), ["plan", "delete", "namespace", "crowd"]);
        let [one, all] = self
            .watch
            .time(LOOKS, &surroundings, [REFUSED; 2], [&one, &all]);
        let line = |what: &str| format!("40,000 objects of {kinds} counted: {what}");
        vec![
            milliseconds(
                &line("over one object, minimum"),
                over(all.min(), one.min()),
                50.0,
            ),
            milliseconds(
                &line("over one object, median"),
                over(all.median(), one.median()),
                50.0,
            ),
            mebibytes(&line("peak memory"), all.peak, 20.0),
        ]
    }

    fn count_from_afar(&self) -> Vec<Figure> {
        let url = &self.plane.endpoint().url;
        let server: SocketAddr = url
            .trim_start_matches("https://")
            .parse()
            .expect("the server listens on an address");
        let far = distance::put_between(server, ROUND_TRIP);
        let near = fs::read_to_string(&self.user.kubeconfig).expect("the kubeconfig is there");
        let kubeconfig = self.folder.join("far.kubeconfig");
        fs::write(
            &kubeconfig,
            near.replace(url.as_str(), &format!("https://{far}")),
        )
        .expect("the target folder can be written");
        let surroundings = self.with_cluster(&kubeconfig);
        let all = words(Path::new(SAFE), ["plan", "delete", "namespace", "crowd"]);
        let [all] = self.watch.time(LOOKS / 2, &surroundings, [REFUSED], [&all]);
        let line = |what: &str| format!("40,000 objects of 133 kinds, 30 ms away: {what}");
        vec![
            milliseconds(&line("minimum"), all.min(), 400.0),
            milliseconds(&line("median"), all.median(), 400.0),
        ]
    }

    /// The stub, and kubectl-safe in front of the stub.
    fn beside_stub(&self, line: &str, surroundings: &Surroundings) -> [Runs; 2] {
        let stub = words(&self.watch.stub, line.split(' '));
        let safe = words(Path::new(SAFE), line.split(' '));
        self.watch
            .time(STARTS, surroundings, [0; 2], [&stub, &safe])
    }

    pub fn plan(&self, line: &str) -> Value {
        let output = Run::safe(&self.user).line("plan -o json").line(line).run();
        serde_json::from_str(&output.stdout)
            .unwrap_or_else(|why| panic!("{line}: {why}: {output:?}"))
    }

    /// The stub as kubectl, and a server that is not one.
    fn without_cluster(&self, server: &str) -> Surroundings {
        let kubeconfig = self.folder.join("nowhere.kubeconfig");
        let text = fs::read_to_string(&self.user.kubeconfig).expect("the kubeconfig is there");
        fs::write(
            &kubeconfig,
            text.replace(&self.plane.endpoint().url, server),
        )
        .expect("the target folder can be written");
        let stub = self.watch.stub.parent().unwrap_or(&self.folder);
        self.surroundings(&kubeconfig, stub)
    }

    pub fn with_cluster(&self, kubeconfig: &Path) -> Surroundings {
        self.surroundings(kubeconfig, &self.user.path)
    }

    /// The stub as kubectl, and the real server.
    pub fn with_stub_and_cluster(&self) -> Surroundings {
        let stub = self.watch.stub.parent().unwrap_or(&self.folder);
        self.surroundings(&self.user.kubeconfig, stub)
    }

    fn surroundings(&self, kubeconfig: &Path, path: &Path) -> Surroundings {
        Surroundings(vec![
            ("HOME", self.user.home.clone().into()),
            ("KUBECONFIG", kubeconfig.into()),
            ("PATH", path.into()),
            ("LANG", "C".into()),
        ])
    }
}

/// A port, and how often it was connected to.
fn listen() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let knocks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&knocks);
    thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, knocks)
}

pub fn words<'a>(program: &'a Path, line: impl IntoIterator<Item = &'a str>) -> Vec<&'a OsStr> {
    [program.as_os_str()]
        .into_iter()
        .chain(line.into_iter().map(OsStr::new))
        .collect()
}

pub fn over(long: Duration, short: Duration) -> Duration {
    long.saturating_sub(short)
}

pub fn ratio(long: Duration, short: Duration) -> f64 {
    long.as_secs_f64() / short.as_secs_f64()
}

pub fn milliseconds(what: &str, measured: Duration, bar: f64) -> Figure {
    Figure {
        what: what.to_owned(),
        measured: measured.as_secs_f64() * 1e3,
        bar,
        unit: "ms",
    }
}

pub fn times(what: &str, measured: f64, bar: f64) -> Figure {
    Figure {
        what: what.to_owned(),
        measured,
        bar,
        unit: "x",
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes and counts here are small"
)]
fn mebibytes(what: &str, bytes: u64, bar: f64) -> Figure {
    Figure {
        what: what.to_owned(),
        measured: bytes as f64 / MEBIBYTE,
        bar,
        unit: "MiB",
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes and counts here are small"
)]
fn megabytes(what: &str, bytes: u64, bar: f64) -> Figure {
    Figure {
        what: what.to_owned(),
        measured: bytes as f64 / 1e6,
        bar,
        unit: "MB",
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes and counts here are small"
)]
pub fn count(what: &str, measured: usize, bar: usize) -> Figure {
    Figure {
        what: what.to_owned(),
        measured: measured as f64,
        bar: bar as f64,
        unit: "",
    }
}

//! `tests/rows.yaml` on the real control plane: the dangerous command is stopped, consent lets it pass, and its
//! harmless twin is kubectl's alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kubectl_safe::risk::table::Table;
use kubectl_safe::risk::verdict::Severity;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{ControlPlane, Frozen, Options, Output, Run, TestUser};
use crate::trial::lines;

/// One entry of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    row: String,
    #[serde(default = "ack")]
    cluster: String,
    dangerous: String,
    rule: String,
    severity: Severity,
    consent: Option<String>,
    harmless: String,
    /// Files that the words name, in the folder that they run in.
    #[serde(default)]
    files: BTreeMap<String, String>,
}

fn ack() -> String {
    "ack".to_owned()
}

fn in_tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn rows() -> Vec<Entry> {
    let text = fs::read_to_string(in_tree("tests/rows.yaml")).expect("the table is in the tree");
    serde_yaml::from_str(&text).unwrap_or_else(|why| panic!("tests/rows.yaml: {why}"))
}

/// A 1.25 server cannot be run here.
const SNAPSHOT: &str = "old";

#[test]
fn the_table_shows_every_rule() {
    let rows = rows();
    let shown: BTreeSet<(&str, &str)> = rows
        .iter()
        .map(|row| (row.row.as_str(), row.rule.as_str()))
        .collect();
    let table = Table::builtin();
    let rules: BTreeSet<(&str, &str)> = table
        .rules()
        .map(|rule| (rule.row.as_str(), rule.id.as_str()))
        .collect();
    assert_eq!(shown, rules);
}

/// Rules that one verb alone reaches, and why.
const ONE_VERB: &[(&str, &str)] = &[
    (
        "namespace-finalize",
        "a PUT is the one way to finalize, and only `replace --raw` sends it",
    ),
    (
        "node-delete-edge",
        "in a snapshot nobody can rehearse what `replace --force` makes anew",
    ),
    ("node-drain-many", "about `drain`"),
    ("node-drain-master", "about `drain`"),
    (
        "pod-connect-nas-directory",
        "only `exec` takes words for a container with its volumes",
    ),
    (
        "pod-delete-force-disk",
        "`replace --force` leaves a pod one second",
    ),
    ("pod-delete-last-backends", "about a selector or `--all`"),
    (
        "psp-delete-preset",
        "shown on a snapshot, where `replace --force` has no dry run and is incomplete",
    ),
    ("pod-evict-critical", "about `drain`"),
    ("pod-evict-last-backend", "about `drain`"),
    ("pod-evict-local-data", "about `drain`"),
    ("pod-evict-past-budget", "about `drain`"),
    ("pod-evict-short-grace", "about `drain`"),
    ("pod-evict-unmanaged", "about `drain`"),
    ("proxy-open", "about `proxy`"),
];

#[test]
fn every_rule_is_reached_by_two_verbs() {
    let rows = rows();
    let mut verbs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        let verb = row.dangerous.split(' ').next().unwrap_or_default();
        verbs.entry(&row.rule).or_default().insert(verb);
    }
    let alone: BTreeSet<&str> = verbs
        .iter()
        .filter_map(|(rule, verbs)| (verbs.len() < 2).then_some(*rule))
        .collect();
    assert_eq!(alone, ONE_VERB.iter().map(|(rule, _)| *rule).collect());
}

/// Rows about what an ACK cluster has besides nodes. They have a plane of their own, to be ready sooner.
const BESIDES_NODES: [char; 6] = ['A', 'L', 'N', 'O', 'S', 'U'];

#[test]
fn rows_of_an_ack_cluster_s_nodes() {
    let plane = Plane::start();
    plane.control.load("ack");
    plane.try_all(|row| row.cluster == "ack" && !row.row.starts_with(BESIDES_NODES));
}

#[test]
fn rows_of_an_ack_cluster_besides_nodes() {
    let plane = Plane::start();
    plane.control.load("ack");
    plane.try_all(|row| row.cluster == "ack" && row.row.starts_with(BESIDES_NODES));
}

#[test]
fn rows_of_other_clusters() {
    let plane = Plane::start();
    let mut empty = plane.control.freeze();
    for cluster in ["dedicated", "registered", "serverless", "plain"] {
        plane.control.load(cluster);
        plane.try_all(|row| row.cluster == cluster);
        plane.control.thaw(&mut empty);
    }
}

#[test]
fn rows_of_an_old_cluster() {
    let plane = Plane::start();
    let old = in_tree("src/fixtures/old.yaml");
    // PodSecurityPolicy was removed in 1.26; what is left of it there protects nothing.
    let later = plane.user.home.join("later.yaml");
    let text = fs::read_to_string(&old).expect("the fixture is in the tree");
    let text = text.replace("serverVersion: '1.25'", "serverVersion: '1.26'");
    fs::write(&later, text).expect("the home can be written");
    let plan = |snapshot: &Path, words: &str| {
        let plan = Run::safe(&plane.user)
            .args(["plan", "-o", "json", "--snapshot"])
            .args([snapshot])
            .args(split(words));
        plan.run()
    };
    for row in rows().iter().filter(|row| row.cluster == SNAPSHOT) {
        plane.lay_out(row);
        let said = plan(&old, &row.dangerous);
        assert_eq!(wrong_with_plan(row, &said), None);
        if row.row == "O2" {
            let said = plan(&later, &row.dangerous);
            assert_eq!(verdict(&said), "allow", "{}: {said:?}", row.dangerous);
        }
        let said = plan(&old, &row.harmless);
        assert_eq!(
            (said.code, verdict(&said).as_str()),
            (0, "allow"),
            "{}: {said:?}",
            row.harmless
        );
    }
}

fn split(line: &str) -> Vec<String> {
    shell_words::split(line).unwrap_or_else(|why| panic!("{line}: {why}"))
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|why| panic!("{why}: {output:?}"))
}

fn verdict(output: &Output) -> String {
    json(output)["verdict"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The severity as plans write it.
fn word(severity: Severity) -> String {
    let word = serde_json::to_value(severity).expect("a severity is a word");
    word.as_str().unwrap_or_default().to_owned()
}

/// What is wrong with `plan -o json` of a row's dangerous command.
fn wrong_with_plan(row: &Entry, said: &Output) -> Option<String> {
    let plan = json(said);
    let severity = word(row.severity);
    let is_found = plan["findings"].as_array().is_some_and(|findings| {
        findings
            .iter()
            .any(|finding| finding["rule"] == *row.rule && finding["row"] == *row.row)
    });
    let code = if row.severity == Severity::Notice {
        0
    } else {
        77
    };
    let is_right =
        is_found && plan["verdict"] == *severity && plan["complete"] == true && said.code == code;
    (!is_right).then(|| {
        let found: Vec<_> = plan["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|finding| (&finding["rule"], &finding["severity"]))
            .collect();
        format!(
            "the plan of {:?} says {} with {}, not {severity} by {}: {found:?} {}",
            row.dangerous, plan["verdict"], said.code, row.rule, plan["unknown"]
        )
    })
}

/// A control plane without controllers, for one fixture cluster after the other.
struct Plane {
    control: ControlPlane,
    user: TestUser,
}

/// What a command did, with all that can be seen of it from outside.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    stdout: Vec<String>,
    stderr: Vec<String>,
    code: i32,
    writes: Vec<String>,
}

impl Plane {
    fn start() -> Self {
        // Controllers would go on with what a command has begun, which a thaw takes back.
        let control = ControlPlane::start(&Options { controllers: &[] });
        let user = control.user();
        Self { control, user }
    }

    /// Writes a row's files.
    fn lay_out(&self, row: &Entry) {
        for (name, content) in &row.files {
            fs::write(self.user.home.join(name), content).expect("the home can be written");
        }
    }

    /// Tries these rows, each on the cluster as it is now, and says all that is wrong.
    fn try_all(&self, is_tried: impl Fn(&Entry) -> bool) {
        let mut cluster = self.control.freeze();
        let wrong: Vec<String> = rows()
            .iter()
            .filter(|row| is_tried(row))
            .flat_map(|row| {
                self.lay_out(row);
                let plan = Run::safe(&self.user).args(["plan", "-o", "json"]);
                let planned = wrong_with_plan(row, &plan.args(split(&row.dangerous)).run());
                let answered = match (row.severity, &row.consent) {
                    (Severity::Notice, _) => self.notice(row, &mut cluster),
                    (_, Some(consent)) => self.question(row, consent, &mut cluster),
                    (_, None) => self.refusal(row, &mut cluster),
                };
                let passed = self.pass(row, &mut cluster);
                [planned, answered, passed]
                    .into_iter()
                    .flatten()
                    .map(|why| format!("{} {}: {why}", row.row, row.rule))
                    .collect::<Vec<_>>()
            })
            .collect();
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }

    /// A notice is one line more on standard error.
    fn notice(&self, row: &Entry, cluster: &mut Frozen) -> Option<String> {
        let words = unawaited(&row.dangerous);
        let plain = self.seen(&Run::kubectl(&self.user).args(&words), cluster);
        let mut noticed = self.seen(&Run::safe(&self.user).args(&words), cluster);
        let lines = noticed.stderr.len();
        noticed.stderr.retain(|line| plain.stderr.contains(line));
        (noticed != plain || lines != plain.stderr.len() + 1)
            .then(|| format!("a notice is one line, then kubectl:\n  {plain:?}\n  {noticed:?}"))
    }

    /// Without a terminal nothing runs; with consent kubectl runs, and nothing else is said.
    fn question(&self, row: &Entry, consent: &str, cluster: &mut Frozen) -> Option<String> {
        let words = unawaited(&row.dangerous);
        let refused = self.refused(row, &words, cluster);
        let plain = self.seen(&Run::kubectl(&self.user).args(&words), cluster);
        let agreed = Run::safe(&self.user).args(split(consent)).args(&words);
        let agreed = self.seen(&agreed, cluster);
        let differs = agreed != plain || plain.writes.is_empty();
        refused.or_else(|| {
            differs.then(|| format!("{consent} is not kubectl alone:\n  {plain:?}\n  {agreed:?}"))
        })
    }

    /// Whatever is said, nothing runs.
    fn refusal(&self, row: &Entry, cluster: &mut Frozen) -> Option<String> {
        let words = unawaited(&row.dangerous);
        let name = words.last().map_or("", String::as_str);
        let flags = [
            "--safe-yes".to_owned(),
            format!("--safe-confirm={name}"),
            format!("--safe-override={}", row.rule),
            "--safe-reason=because".to_owned(),
        ];
        let insistent = [&flags[..], &words[..]].concat();
        self.refused(row, &words, cluster)
            .or_else(|| self.refused(row, &insistent, cluster))
    }

    fn refused(&self, row: &Entry, words: &[String], cluster: &mut Frozen) -> Option<String> {
        let seen = self.seen(&Run::safe(&self.user).args(words), cluster);
        let is_refused = seen.code == 77 && seen.writes.is_empty() && seen.stdout.is_empty();
        let is_explained = seen
            .stderr
            .iter()
            .any(|line| line.contains(&format!("[{}]", row.rule)));
        (!is_refused || !is_explained).then(|| format!("{words:?} is not refused for it: {seen:?}"))
    }

    /// The harmless twin is kubectl's alone.
    fn pass(&self, row: &Entry, cluster: &mut Frozen) -> Option<String> {
        let words = unawaited(&row.harmless);
        let plain = self.seen(&Run::kubectl(&self.user).args(&words), cluster);
        let guarded = self.seen(&Run::safe(&self.user).args(&words), cluster);
        (guarded != plain)
            .then(|| format!("{words:?} is not kubectl alone:\n  {plain:?}\n  {guarded:?}"))
    }

    /// Runs a command, and puts the cluster back.
    fn seen(&self, run: &Run, cluster: &mut Frozen) -> Seen {
        let mark = self.control.mark();
        let output = run.run();
        let mut writes: Vec<String> = self
            .control
            .writes(&self.user, mark)
            .iter()
            .filter(|write| !write.dry_run)
            .map(|write| format!("{} {}", unrandom(&write.to_string()), write.code))
            .collect();
        writes.sort();
        // kubectl connects in one way, and when that is refused in another.
        writes.dedup();
        let seen = Seen {
            stdout: lines(&unrandom(&output.stdout)),
            stderr: lines(&unrandom(&output.stderr)),
            code: output.code,
            writes,
        };
        self.control.thaw(cluster);
        seen
    }
}

/// Without the five letters that `debug` puts behind the name of a node's pod.
fn unrandom(text: &str) -> String {
    let parts: Vec<&str> = text.split("node-debugger-").collect();
    let rest = parts[1..].iter().map(|part| {
        let end = part.find(char::is_whitespace).unwrap_or(part.len());
        part[..end].rsplit_once('-').map_or_else(
            || (*part).to_owned(),
            |(node, _)| format!("{node}-{}", &part[end..]),
        )
    });
    std::iter::once(parts[0].to_owned())
        .chain(rest)
        .collect::<Vec<_>>()
        .join("node-debugger-")
}

/// No controller ends what has a finalizer, so no delete waits for it. But the API server itself ends definitions,
/// and must be done before the cluster is put back.
fn unawaited(line: &str) -> Vec<String> {
    let mut words = split(line);
    if words[0] == "delete" && !["--raw", "crd"].contains(&words[1].as_str()) {
        words.push("--wait=false".to_owned());
    }
    words
}

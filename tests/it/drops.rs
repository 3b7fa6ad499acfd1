//! Rules drop out early only to save work: every line is judged with and without, and both find the same.
//!
//! Both looks are made by the library, in processes of this test's own program: no switch of the shipped one turns the early drops off.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

use kubectl_safe::change::interest::Audience;
use kubectl_safe::cli::OwnFlags;
use kubectl_safe::own::plan::plan_of_cluster;
use kubectl_safe::plan::Plan;
use kubectl_safe::risk::finding::Ground;
use kubectl_safe::risk::table::Drops;
use serde::{Deserialize, Serialize};

use crate::random;
use crate::support::{Run, TestUser};
use crate::trial::{Stage, Typed, read};

/// The file with the lines that a process judges; their verdicts come beside it.
const LINES: &str = "DROPS_LINES";

/// Judges every line. Each takes two looks, most with a dry run: all of them take many minutes.
const ALL: &str = "KUBECTL_SAFE_TEST_ALL_DROPS";
/// Otherwise one of so many random lines,
const ONE_OF: usize = 16;
/// and of those in the lists.
const ONE_LISTED_OF: usize = 4;

fn step(usual: usize) -> usize {
    if env::var_os(ALL).is_some() { 1 } else { usual }
}

/// How many lines one process judges.
const AT_ONCE: usize = 8;

/// One line for a judge.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    words: Vec<String>,
    /// Where it runs.
    folder: PathBuf,
    stdin: Option<String>,
    env: BTreeMap<String, String>,
}

/// What a look found.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Verdict {
    /// The rules that hold, with what they hold for.
    found: BTreeSet<String>,
    /// What could not be read, for whom.
    unread: BTreeSet<String>,
}

/// The verdicts with and without early drops.
#[derive(Debug, Serialize, Deserialize)]
struct Pair {
    early: Verdict,
    late: Verdict,
}

impl Verdict {
    fn of(plan: &Plan) -> Self {
        let mut verdict = Self {
            found: BTreeSet::new(),
            unread: BTreeSet::new(),
        };
        for finding in &plan.findings {
            let change = &plan.changes[finding.change];
            let text = format!(
                "{} {:?}: {:?} {} {}/{}",
                finding.rule.id,
                finding.severity,
                change.operation,
                change.resource.plural,
                change.namespace,
                change.name
            );
            match &finding.ground {
                Ground::Holds => verdict.found.insert(text),
                Ground::Unread(_) | Ground::Unjudged(_) => verdict.unread.insert(text),
            };
        }
        let unknown = plan.unknown.iter();
        verdict
            .unread
            .extend(unknown.map(|it| format!("{:?} {:?}", it.what, it.severity)));
        verdict
    }
}

#[test]
#[ignore = "the judge of the other tests here, in a process of its own"]
fn judge() {
    let path = env::var_os(LINES).expect("the other tests name the file");
    let text = fs::read_to_string(&path).expect("it is written");
    let lines: Vec<Line> = serde_json::from_str(&text).expect("it is JSON");
    let flags = [("safe-timeout".to_owned(), Some("60s".to_owned()))];
    let flags = OwnFlags::read(&flags).expect("it is a flag");
    let look = |line: &Line, drops| {
        env::set_current_dir(&line.folder).expect("it is there");
        let words: Vec<OsString> = line.words.iter().map(OsString::from).collect();
        let plan = plan_of_cluster(&words, &flags, Audience::Rules, drops);
        Verdict::of(&plan.unwrap_or_else(|why| panic!("{:?}: {why:?}", line.words)))
    };
    let pairs: Vec<Pair> = lines
        .iter()
        .map(|line| Pair {
            early: look(line, Drops::Early),
            late: look(line, Drops::Late),
        })
        .collect();
    let pairs = serde_json::to_string(&pairs).expect("it is text");
    fs::write(Path::new(&path).with_extension("out"), pairs).expect("the folder can be written");
}

/// Judges lines as a user: those that need an input of their own each in a process of its own, the others many in one.
fn judge_all(user: &TestUser, lines: &[Line]) -> Vec<Pair> {
    let is_plain = |line: &Line| line.stdin.is_none() && line.env.is_empty();
    let (plain, own): (Vec<usize>, Vec<usize>) =
        (0..lines.len()).partition(|number| is_plain(&lines[*number]));
    let batches: Vec<&[usize]> = own.chunks(1).chain(plain.chunks(AT_ONCE)).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut pairs = Vec::new();
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let asked: Vec<&Line> = batch.iter().map(|number| &lines[*number]).collect();
            pairs.extend(
                batch
                    .iter()
                    .copied()
                    .zip(judge_in_a_process(user, batch[0], &asked)),
            );
        }
        pairs
    };
    let mut pairs: Vec<(usize, Pair)> = thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut pairs = work();
        pairs.extend(other.join().expect("a judge panics in its own process"));
        pairs
    });
    pairs.sort_by_key(|(number, _)| *number);
    pairs.into_iter().map(|(_, pair)| pair).collect()
}

fn judge_in_a_process(user: &TestUser, number: usize, lines: &[&Line]) -> Vec<Pair> {
    let path = user.home.join(format!("drops-{number}.json"));
    let text = serde_json::to_string(lines).expect("it is text");
    fs::write(&path, text).expect("the home can be written");
    let program = env::current_exe().expect("a test has a program");
    let mut run = Run::as_user(&program, user)
        .line("--exact drops::judge --ignored --nocapture --test-threads=1")
        .env(LINES, &path);
    for (name, value) in &lines[0].env {
        run = run.env(name, value);
    }
    if let Some(stdin) = &lines[0].stdin {
        run = run.stdin(stdin.as_str());
    }
    let output = run.run();
    let verdicts = fs::read_to_string(path.with_extension("out"))
        .unwrap_or_else(|why| panic!("{why}: {output:?}"));
    serde_json::from_str(&verdicts).expect("it is JSON")
}

/// What differs. What only the patient look could not read, the other did not need.
fn differences(lines: &[Line], pairs: &[Pair]) -> Vec<String> {
    assert_eq!(lines.len(), pairs.len());
    lines
        .iter()
        .zip(pairs)
        .filter(|(_, Pair { early, late })| {
            let may_hold: BTreeSet<&String> = late.found.union(&late.unread).collect();
            let is_blind = !late.unread.is_empty();
            let is_same = early.found == late.found && early.unread == late.unread;
            let is_covered = early.found.iter().all(|it| may_hold.contains(it))
                && late.found.is_subset(&early.found);
            !(is_same || is_blind && is_covered)
        })
        .map(|(line, pair)| format!("{:?}\n  {pair:#?}", line.words))
        .collect()
}

fn assert_same(lines: &[Line], pairs: &[Pair]) {
    let wrong = differences(lines, pairs);
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        lines.len(),
        wrong.join("\n")
    );
    let blind = pairs.iter().filter(|it| !it.late.unread.is_empty()).count();
    assert!(blind * 4 < lines.len() + 20, "{blind} lines show nothing");
}

/// An entry of any list of command lines.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Words(String),
    Row {
        #[serde(default = "ack")]
        cluster: String,
        dangerous: String,
        harmless: String,
        #[serde(default)]
        files: BTreeMap<String, String>,
    },
    Typed {
        #[serde(default = "ack")]
        cluster: String,
        #[serde(flatten)]
        typed: Typed,
    },
}

fn ack() -> String {
    "ack".to_owned()
}

impl Entry {
    /// Its cluster and its lines. Scripts run programs of their own, so no library can judge them.
    fn lines(self) -> Vec<(String, Typed)> {
        match self {
            Self::Words(words) => vec![(ack(), typed(words, BTreeMap::new()))],
            Self::Row {
                cluster,
                dangerous,
                harmless,
                files,
            } => [dangerous, harmless]
                .map(|words| (cluster.clone(), typed(words, files.clone())))
                .into(),
            Self::Typed { typed, .. } if typed.script.is_some() => Vec::new(),
            Self::Typed { cluster, typed } => vec![(cluster, typed)],
        }
    }
}

fn typed(words: String, files: BTreeMap<String, String>) -> Typed {
    Typed {
        words,
        files,
        ..Typed::default()
    }
}

#[test]
fn early_drops_change_no_verdict_of_the_lists() {
    let mut by_cluster: BTreeMap<String, Vec<Typed>> = BTreeMap::new();
    for list in ["rows", "bypasses", "everyday"] {
        let entries: Vec<Entry> = read(&format!("tests/{list}.yaml"));
        for (cluster, typed) in entries.into_iter().flat_map(Entry::lines) {
            // A 1.25 server cannot be run here.
            if cluster != "old" {
                by_cluster.entry(cluster).or_default().push(typed);
            }
        }
    }
    for (cluster, list) in by_cluster {
        let stage = Stage::with(&cluster);
        let line = |(number, typed): (usize, &Typed)| {
            let folder = stage.user.home.join(format!("line-{number}"));
            fs::create_dir_all(&folder).expect("the home can be written");
            stage.write_files(typed, &folder);
            let words = stage.fill_in(&typed.words, &folder);
            Line {
                words: shell_words::split(&words).unwrap_or_else(|why| panic!("{words}: {why}")),
                stdin: typed.stdin.as_ref().map(|it| stage.fill_in(it, &folder)),
                env: typed
                    .env
                    .iter()
                    .map(|(name, value)| (name.clone(), stage.fill_in(value, &folder)))
                    .collect(),
                folder,
            }
        };
        let lines = list.iter().enumerate().step_by(step(ONE_LISTED_OF));
        let lines: Vec<Line> = lines.map(line).collect();
        assert_same(&lines, &judge_all(&stage.user, &lines));
    }
}

#[test]
fn early_drops_change_no_verdict_of_random_lines() {
    let (plane, user, lines) = random::lay_out(21);
    let lines: Vec<Line> = lines
        .into_iter()
        .map(|line| Line {
            words: line.words,
            folder: user.home.clone(),
            stdin: line.stdin,
            env: line
                .kuberc
                .map(|it| {
                    (
                        "KUBERC".to_owned(),
                        user.home.join(it).display().to_string(),
                    )
                })
                .into_iter()
                .collect(),
        })
        .collect();
    assert!(lines.len() >= 2000, "only {} lines", lines.len());
    let lines: Vec<Line> = lines.into_iter().step_by(step(ONE_OF)).collect();
    assert_same(&lines, &judge_all(&user, &lines));
    drop(plane);
}

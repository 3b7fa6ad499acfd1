//! Every flag of every verb, read as what it is.
//!
//! A reader that takes a list for a text ends in a panic, and only where it is reached: `--prune-whitelist` beside `--prune`. So each
//! verb is expanded with each of its flags, in each form, and with each two of them.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::expand;
use super::files::Input;
use super::interest::{Audience, Interest};
use crate::cluster::destination::Connection;
use crate::cluster::reader::Reader;
use crate::cluster::reader::snapshot::Snapshot;
use crate::kubectl::flags::{Command, Flag, GLOBAL, Kind, ROOT, Verb};
use crate::kubectl::invocation::{Reading, read};
use crate::kubectl::kuberc::World;
use crate::kubectl::stdin::Stdin;
use crate::plan::Place;
use crate::risk::table::Table;

const CLUSTER: &str = "
{apiVersion: v1, kind: Node, metadata: {name: n1}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: map, namespace: shop, labels: {app: web}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: main, image: one}]}, status: {phase: Running}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: one}]}}}}
";

const FILE: &str =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: map, namespace: shop, labels: {app: web}}}";

/// Words that lead a verb as far as it goes here, `FILE` for a manifest.
fn lines(verb: Verb) -> &'static [&'static str] {
    match verb {
        Verb::Delete => &["configmaps map", "pods", "-f FILE"],
        Verb::Drain | Verb::Cordon | Verb::Uncordon => &["n1"],
        Verb::Taint => &["node n1 a=b:NoSchedule"],
        Verb::Label | Verb::Annotate => &["configmap map a=b", "a=b -f FILE"],
        Verb::Apply => &["-f FILE", "-f FILE -l app=web"],
        Verb::Create | Verb::Replace | Verb::SetLastApplied | Verb::Reconcile => &["-f FILE"],
        Verb::Approve | Verb::Deny => &["request"],
        Verb::Exec => &["web-1 -- ls", "deploy/web -- ls"],
        Verb::Attach | Verb::Debug => &["web-1", "deploy/web"],
        Verb::Cp => &["web-1:/a b", "b web-1:/a"],
        Verb::PortForward => &["web-1 80", "service/web 80"],
        Verb::Proxy => &[""],
        Verb::Patch => &["configmap map -p {}", "-f FILE -p {}"],
        Verb::SetImage => &["deployment/web main=two"],
        Verb::SetEnv => &["deployment/web A=b"],
        Verb::SetSelector => &["service web a=b"],
        Verb::SetServiceAccount => &["deployment web one"],
        Verb::SetSubject => &["clusterrolebinding one"],
        Verb::Scale
        | Verb::SetResources
        | Verb::RolloutRestart
        | Verb::RolloutUndo
        | Verb::RolloutPause
        | Verb::RolloutResume
        | Verb::Autoscale
        | Verb::Expose => &["deployment/web"],
        Verb::Edit | Verb::EditLastApplied => &["configmap/map", "-f FILE"],
        _ => &["one"],
    }
}

/// A flag in its forms; the first is one that the verb may go on with.
fn forms(flag: &Flag, file: &str) -> Vec<String> {
    let name = flag.long;
    let values: &[&str] = match flag.kind {
        Kind::Bool { .. } => &["true", "false"],
        Kind::Integer => &["1", "-1"],
        Kind::Duration => &["1s"],
        Kind::List => &["a=b", "core/v1/ConfigMap"],
        Kind::CsvList if name == "filename" => &[file],
        Kind::CsvList => &["a,b"],
        Kind::Map => &["a=b,c=d"],
        Kind::Text { .. } if name == "raw" => &["/api/v1/namespaces/shop/configmaps/map"],
        Kind::Text { .. } if name == "namespace" => &["shop"],
        Kind::Text { .. } if name == "selector" => &["app=web", ""],
        Kind::Text { .. } if name == "output" => &["name"],
        Kind::Text { alone: Some(alone) } => &[alone, "none", "false"],
        Kind::Text { .. } => &["main", "", "{}"],
    };
    let joined = values.iter().map(|value| format!("--{name}={value}"));
    let alone = flag.alone().map(|_| format!("--{name}"));
    joined.chain(alone).collect()
}

fn command(verb: Verb) -> &'static Command {
    let mut words = verb.path().split(' ');
    words
        .try_fold(&ROOT, |command, word| command.child(word.as_bytes()))
        .expect("it is in the table")
}

#[test]
fn every_flag_is_read_as_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("map.yaml");
    std::fs::write(&file, FILE).expect("a file");
    let file = file.display().to_string();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let place = Place {
        namespace: "shop".to_owned(),
        server: "https://10.0.0.1:6443".to_owned(),
        ..Place::default()
    };
    let reader = Reader::snapshot(Snapshot::parse(CLUSTER).expect("a snapshot"), place);
    let table = Table::parse(&[]).expect("a table");
    let interest = Interest::new(&table, Audience::Plan);
    let stdin = Stdin::default();
    let input = Input {
        stdin: &stdin,
        kubectl: None,
    };
    let (mut read_lines, mut wrong) = (0_usize, Vec::new());
    let mut try_line = |verb: Verb, line: &str, flags: &[&String]| {
        let line = line.replace("FILE", &file);
        let path = verb.path().split(' ').map(OsString::from);
        let flags = flags.iter().map(|&flag| OsString::from(flag));
        let words: Vec<OsString> = path
            .chain(flags)
            .chain(line.split_whitespace().map(OsString::from))
            .collect();
        let Reading::Guarded(invocation) = read(&words, None, || vec![World::Nothing]) else {
            return;
        };
        read_lines += 1;
        let tried = catch_unwind(AssertUnwindSafe(|| {
            let _ = Connection::from(&*invocation);
            runtime.block_on(expand::expand(&invocation, &reader, &interest, &input));
        }));
        if tried.is_err() {
            wrong.push(format!("{words:?}"));
        }
    };
    for &verb in Verb::ALL {
        let own: Vec<Vec<String>> = command(verb)
            .flags
            .iter()
            .map(|flag| forms(flag, &file))
            .collect();
        for line in lines(verb) {
            let global = GLOBAL.iter().map(|flag| forms(flag, &file));
            for form in own.iter().cloned().chain(global).flatten() {
                try_line(verb, line, &[&form]);
            }
            for (at, one) in own.iter().enumerate() {
                for other in &own[at + 1..] {
                    try_line(verb, line, &[&one[0], &other[0]]);
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} panic:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(read_lines > 5_000, "only {read_lines} lines");
}

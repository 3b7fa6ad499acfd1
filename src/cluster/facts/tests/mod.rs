//! Every fact over small snapshots, with the traps of real clusters.

mod backend;
mod destination;
mod drain;
mod host;
mod namespace;
mod node;
mod pod;
mod sharing;
mod storage;
mod terway;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Drain, FACTS, Scene, find};
use crate::change::connect::copy::Delivery;
use crate::change::resource::{Resource, Scope};
use crate::change::{Before, Cause, Change, DeleteOptions, Effect, Operation};
use crate::cluster::reader::Reader;
use crate::cluster::reader::snapshot::Snapshot;
use crate::cluster::{Unread, known};
use crate::plan::Place;

/// A cluster, some of whose resources may be forbidden to read, and a command.
struct Setting {
    reader: Reader,
    changes: Vec<Change>,
    drain: Option<Drain>,
    delivery: Option<Delivery>,
}

impl Setting {
    /// The objects of a YAML list.
    fn of(objects: &str) -> Self {
        Self::hiding(&[], objects)
    }

    fn hiding(unreadable: &[&str], objects: &str) -> Self {
        let objects: Value = serde_yaml::from_str(objects).expect("the test's objects are YAML");
        let server = json!({"serverVersion": "1.36", "unreadable": unreadable});
        let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
        let snapshot = Snapshot::parse(&format!("{server}\n---\n{list}"))
            .expect("the test's objects are complete");
        let place = Place {
            server: "https://203.0.113.1:6443".to_owned(),
            ..Place::default()
        };
        Self {
            reader: Reader::snapshot(snapshot, place),
            changes: vec![],
            drain: None,
            delivery: None,
        }
    }

    fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    fn draining(mut self, drain: Drain) -> Self {
        self.drain = Some(drain);
        self
    }

    fn delivering(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    /// The fact for the first change.
    fn find(&self, name: &str) -> Result<Value, Unread> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let scene = Scene::new(&self.reader, &self.changes, self.drain.as_ref())
            .delivering(self.delivery.as_ref());
        runtime.block_on(find(name, 0, &scene))
    }

    #[track_caller]
    fn shows(&self, name: &str, value: Value) {
        assert_eq!(self.find(name), Ok(value), "fact {name}");
    }

    #[track_caller]
    fn is_unread(&self, name: &str) {
        assert!(
            matches!(self.find(name), Err(Unread::NotInSnapshot(_))),
            "{:?}",
            self.find(name)
        );
    }
}

fn change(operation: Operation, resource: &Resource, path: &str, effect: Effect) -> Change {
    let (namespace, name) = path.split_once('/').unwrap_or(("", path));
    Change {
        operation,
        resource: resource.clone(),
        subresource: String::new(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        cause: Cause::Named,
        count: 1,
        before: Before::Unread,
        effect,
    }
}

/// The delete of `NAME` or `NAMESPACE/NAME`.
fn delete(resource: &Resource, path: &str) -> Change {
    change(
        Operation::Delete,
        resource,
        path,
        Effect::Gone(DeleteOptions::default()),
    )
}

fn orphan(resource: &Resource, path: &str) -> Change {
    let options = DeleteOptions {
        grace_period: None,
        propagation: Some("Orphan"),
    };
    change(Operation::Delete, resource, path, Effect::Gone(options))
}

fn evict(path: &str) -> Change {
    let sent = Effect::Sent(Arc::new(json!({"kind": "Eviction"})));
    Change {
        subresource: "eviction".to_owned(),
        ..change(Operation::Create, &known::PODS, path, sent)
    }
}

/// An update of a node to this YAML.
fn update(node: &str) -> Change {
    let node: Value = serde_yaml::from_str(node).expect("the test's node is YAML");
    let name = node["metadata"]["name"]
        .as_str()
        .expect("the test's node has a name")
        .to_owned();
    change(
        Operation::Update,
        &known::NODES,
        &name,
        Effect::Sent(Arc::new(node)),
    )
}

fn custom(
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    scope: Scope,
) -> Resource {
    Resource::known(group, version, plural, kind, scope)
}

#[test]
fn names_are_sorted_and_documented() {
    assert!(FACTS.is_sorted_by(|a, b| a.name < b.name));
    assert!(
        FACTS
            .iter()
            .all(|fact| !fact.doc.is_empty() && !fact.requests.is_empty())
    );
}

#[test]
fn an_unknown_name_is_no_fact() {
    let setting = Setting::of("[]").with(delete(&known::PODS, "shop/a"));
    assert!(matches!(setting.find("poool"), Err(Unread::Other(_))));
}

#[test]
fn facts_about_a_missing_object_are_null() {
    let setting = Setting::of("[]").with(delete(&known::NODES, "n1"));
    for fact in [
        "pool",
        "schedulableAfter",
        "pod",
        "volume",
        "claims",
        "namespace",
        "instances",
        "albUsers",
    ] {
        setting.shows(fact, Value::Null);
    }
}

#[test]
fn facts_about_a_hidden_object_are_unread() {
    let setting = Setting::hiding(&["nodes"], "[]").with(delete(&known::NODES, "n1"));
    for fact in [
        "pool",
        "schedulableAfter",
        "pod",
        "volume",
        "claims",
        "namespace",
        "instances",
        "albUsers",
        "lostBackends",
        "virtualPods",
        "ack",
    ] {
        setting.is_unread(fact);
    }
}

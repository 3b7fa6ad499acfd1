//! Plans made by hand, for the tests of this room.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::act::redirect::{Redirect, RedirectNode, redirects};
use crate::change::resource::Scope;
use crate::change::{Before, Cause, Change, DeleteOptions, Effect, Operation, Resource};
use crate::plan::{AckIdentity, Place, Plan};
use crate::risk::finding::{Finding, Ground};
use crate::risk::rule::{Cluster, Fixture, Fixtures, Match, RedirectKind, Rule, Text};
use crate::risk::verdict::{Severity, Verdict};
use crate::unknown::{Unknown, What, Why};

pub(super) const NODES: Resource = Resource::known("", "v1", "nodes", "Node", Scope::Cluster);
pub(super) const PODS: Resource = Resource::known("", "v1", "pods", "Pod", Scope::Namespaced);
pub(super) const POOL: &str = "np0123456789abcdef0123456789abcdef";

/// A plan in the making.
#[derive(Clone)]
pub(super) struct Draft(Plan);

impl Draft {
    pub(super) fn new(changes: Vec<Change>) -> Self {
        let words = ["delete", "node", "a"].map(str::to_owned).to_vec();
        Self(Plan {
            words,
            destination: Place {
                context: "prod".into(),
                cluster: "kubernetes".into(),
                server: "https://203.0.113.7:6443".into(),
                user: "kubernetes-admin".into(),
                namespace: "default".into(),
            },
            ack: ack(),
            changes,
            unknown: Vec::new(),
            findings: Vec::new(),
            verdict: Verdict::Allow,
        })
    }

    pub(super) fn finding(mut self, rule: Rule, change: usize) -> Self {
        self.0.findings.push(Finding {
            severity: rule.severity,
            rule: Arc::new(rule),
            change,
            ground: Ground::Holds,
            message: None,
            facts: BTreeMap::new(),
        });
        self
    }

    /// Something about the last finding.
    fn last(mut self, edit: impl FnOnce(&mut Finding)) -> Self {
        edit(
            self.0
                .findings
                .last_mut()
                .expect("a finding was added before"),
        );
        self
    }

    pub(super) fn message(self, message: &str) -> Self {
        self.last(|finding| finding.message = Some(message.into()))
    }

    pub(super) fn ground(self, ground: Ground) -> Self {
        self.last(|finding| finding.ground = ground)
    }

    pub(super) fn facts(self, name: &str, value: Value) -> Self {
        self.last(|finding| {
            finding.facts.insert(name.into(), value);
        })
    }

    pub(super) fn unknown(mut self, what: What, why: impl Into<Why>) -> Self {
        self.0.unknown.push(Unknown::new(what, why));
        self
    }

    pub(super) fn place(mut self, edit: impl FnOnce(&mut Place)) -> Self {
        edit(&mut self.0.destination);
        self
    }

    pub(super) fn plan(mut self) -> Plan {
        let strictest = self
            .0
            .findings
            .iter()
            .map(|finding| Verdict::from(finding.severity))
            .max();
        let unread = (!self.0.unknown.is_empty()).then_some(Verdict::Confirm);
        self.0.verdict = strictest.max(unread).unwrap_or(Verdict::Allow);
        self.0
    }
}

pub(super) fn ack() -> AckIdentity {
    AckIdentity {
        cluster_id: "c0123456789abcdef0123456789abcdef".into(),
        region_id: "cn-hangzhou".into(),
        kind: "managed".into(),
    }
}

pub(super) fn change(
    operation: Operation,
    resource: Resource,
    namespace: &str,
    name: &str,
) -> Change {
    Change {
        operation,
        resource,
        subresource: String::new(),
        namespace: namespace.into(),
        name: name.into(),
        cause: Cause::Named,
        count: 1,
        before: Before::Unread,
        effect: Effect::Gone(DeleteOptions::default()),
    }
}

pub(super) fn node(name: &str) -> Change {
    change(Operation::Delete, NODES, "", name)
}

pub(super) fn pod(namespace: &str, name: &str) -> Change {
    change(Operation::Delete, PODS, namespace, name)
}

pub(super) fn pool_redirect(node: &str) -> Redirect {
    let node = RedirectNode {
        name: node.into(),
        kind: RedirectKind::NodePool,
        instance_id: Some("i-bp1".into()),
        pool: Some(POOL.into()),
        auto_scaled: false,
        desired_size: None,
    };
    redirects(&[node], &ack()).remove(0)
}

pub(super) fn deny(id: &str, break_glass: bool) -> Rule {
    Rule {
        break_glass,
        ..rule(id, Severity::Deny)
    }
}

/// A rule with a right path for its nodes.
pub(super) fn redirecting(id: &str, kind: RedirectKind) -> Rule {
    Rule {
        redirect: Some(kind),
        ..rule(id, Severity::Redirect)
    }
}

pub(super) fn rule(id: &str, severity: Severity) -> Rule {
    Rule {
        id: id.into(),
        row: "P2".into(),
        source: "container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations"
            .into(),
        severity,
        cluster: Cluster::Any,
        matches: Match {
            operations: vec![Operation::Delete],
            groups: vec![String::new()],
            resources: vec!["nodes".into()],
            namespaces: Vec::new(),
            names: Vec::new(),
            causes: Vec::new(),
            flags: Vec::new(),
        },
        variables: BTreeMap::new(),
        when: None,
        client: None,
        message: None,
        title: text(
            "Delete a Node object with kubectl",
            "用kubectl删除Node对象",
            "kubectl での Node オブジェクト削除",
        ),
        impact: text(
            "The node pool's count no longer matches the machines that are there.",
            "节点池显示的节点数量与实际数量不符。",
            "ノードプールの台数が実際と一致しなくなります。",
        ),
        recovery: text(
            "Remove the node through its node pool next time.",
            "今后请通过节点池移除节点。",
            "今後はノードプールからノードを外してください。",
        ),
        instead: None,
        redirect: None,
        break_glass: false,
        fixtures: Fixtures {
            hit: vec![Fixture::Words(
                "delete node cn-hangzhou.192.168.0.36".into(),
            )],
            miss: vec![Fixture::On {
                on: "plain".into(),
                words: "delete node worker-1".into(),
            }],
        },
    }
}

fn text(en: &str, zh: &str, ja: &str) -> Text {
    Text {
        en: en.into(),
        zh: zh.into(),
        ja: ja.into(),
    }
}

//! The right path for removing nodes from an ACK cluster: calls of its node-pool API, filled in and ready to run.
//!
//! Only what was read is filled in; everything else is a placeholder, never a guess. The forms are those of the
//! `aliyun` command line's ROA mode for product CS, version 2015-12-15 (`aliyun cs METHOD /path`): the parameters of
//! `RemoveNodePoolNodes` go into the query, those of the other calls into the body.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::cluster::{ack, fields};
use crate::plan::{AckIdentity, Plan};
use crate::risk::finding::{Finding, Ground};
use crate::risk::rule::RedirectKind;

/// Stands for the cluster's id.
pub const CLUSTER_ID: &str = "<CLUSTER_ID>";
/// Stands for the cluster's region.
pub const REGION_ID: &str = "<REGION_ID>";
/// Stands for the node pool's id.
pub const NODE_POOL_ID: &str = "<NODE_POOL_ID>";

/// A node that somebody wanted to delete, as far as its object tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectNode {
    /// The Node object's name.
    pub name: String,
    /// Which right path its rule offers.
    pub kind: RedirectKind,
    /// `i-…`, or a Lingjun or edge instance's id.
    pub instance_id: Option<String>,
    /// `np` and 32 hexadecimal digits.
    pub pool: Option<String>,
    /// The pool scales itself, so its size must not be set by hand (row P4).
    pub auto_scaled: bool,
    /// The pool's desired node count, when the node-pool API was asked. Never a count of Node objects.
    pub desired_size: Option<u64>,
}

/// The right path for some nodes: of one pool, or of none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redirect {
    /// Which call removes the nodes.
    pub kind: RedirectKind,
    /// The Node objects' names, in the command's order.
    pub nodes: Vec<String>,
    /// The pool's id; absent for free nodes, and when it was not read.
    pub pool: Option<String>,
    /// The pool scales itself.
    pub auto_scaled: bool,
    /// Removes exactly these nodes.
    pub remove: Call,
    /// Makes the pool smaller by as many nodes; absent for free nodes and pools that scale themselves.
    pub shrink: Option<Shrink>,
    /// What has to be looked up before the calls can be run.
    pub missing: Vec<Missing>,
}

/// Lowers a pool's desired node count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shrink {
    /// Shows `scaling_group.desired_size`.
    pub read: Call,
    /// Sets it.
    pub write: Call,
    /// The value that `write` sets; absent when the current one is not known.
    pub desired_size: Option<u64>,
    /// What stands in `write` for the value when it is not known.
    pub placeholder: String,
    /// By how much.
    pub by: u64,
}

/// A value that was not read, and the call that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    /// As it stands in the calls.
    pub placeholder: String,
    /// What it stands for.
    pub value: MissingValue,
    /// Shows it.
    pub lookup: Call,
}

/// What a placeholder stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MissingValue {
    /// The cluster's id.
    ClusterId,
    /// The cluster's region.
    RegionId,
    /// The node pool's id.
    PoolId,
    /// The instance of this node.
    InstanceOf(String),
}

/// A command line of `aliyun`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call(Vec<String>);

impl Call {
    fn new(method: &str, path: &str) -> Self {
        Self(["aliyun", "cs", method, path].map(str::to_owned).to_vec())
    }

    fn flag(mut self, name: &str, value: &str) -> Self {
        self.0.extend([name.to_owned(), value.to_owned()]);
        self
    }

    fn body(self, body: &str) -> Self {
        self.flag("--header", "Content-Type=application/json")
            .flag("--body", body)
    }

    /// The words, as a program would be given them.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// The words as a POSIX shell takes them. Placeholders come out quoted, so that `<` opens no file.
    #[must_use]
    pub fn shell(&self) -> String {
        shell_words::join(&self.0)
    }
}

impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shell())
    }
}

/// The right paths for the nodes that a plan's findings would rather see removed that way.
#[must_use]
pub fn redirects_of(plan: &Plan) -> Vec<Redirect> {
    let node = |finding: &Finding| {
        let node = plan.changes.get(finding.change)?.old()?;
        Some(RedirectNode {
            name: fields::name(node).to_owned(),
            kind: finding
                .rule
                .redirect
                .filter(|_| finding.ground == Ground::Holds)?,
            instance_id: ack::instance_id(node).map(str::to_owned),
            pool: ack::pool_id(node).map(str::to_owned),
            auto_scaled: ack::is_auto_scaled(node),
            desired_size: None,
        })
    };
    let nodes: Vec<RedirectNode> = plan.findings.iter().filter_map(node).collect();
    redirects(&nodes, &plan.ack)
}

/// One redirect per pool, and one for all nodes without a pool, in the order of their first nodes.
#[must_use]
pub fn redirects(nodes: &[RedirectNode], ack: &AckIdentity) -> Vec<Redirect> {
    let cluster = Cluster::new(ack);
    let mut groups: Vec<(&RedirectNode, Vec<&RedirectNode>)> = Vec::new();
    for node in nodes {
        let same_path = |first: &RedirectNode| match node.kind {
            RedirectKind::NodePool => first.kind == node.kind && first.pool == node.pool,
            RedirectKind::FreeNode => first.kind == node.kind,
        };
        match groups.iter_mut().find(|(first, _)| same_path(first)) {
            Some((_, members)) => members.push(node),
            None => groups.push((node, vec![node])),
        }
    }
    groups
        .into_iter()
        .map(|(first, members)| match first.kind {
            RedirectKind::NodePool => cluster.pool_redirect(first.pool.as_deref(), &members),
            RedirectKind::FreeNode => cluster.free_redirect(&members),
        })
        .collect()
}

/// The cluster's id and region, or what stands for them.
struct Cluster {
    id: String,
    region: String,
}

impl Cluster {
    fn new(ack: &AckIdentity) -> Self {
        let or = |value: &str, placeholder: &str| {
            if value.is_empty() { placeholder } else { value }.to_owned()
        };
        Self {
            id: or(&ack.cluster_id, CLUSTER_ID),
            region: or(&ack.region_id, REGION_ID),
        }
    }

    fn call(&self, method: &str, path: &str) -> Call {
        Call::new(method, &format!("/clusters/{}{path}", self.id)).flag("--region", &self.region)
    }

    fn missing(&self) -> Vec<Missing> {
        let clusters = Call::new("GET", "/api/v1/clusters");
        let mut missing = Vec::new();
        if self.id == CLUSTER_ID {
            missing.push(Missing {
                placeholder: CLUSTER_ID.to_owned(),
                value: MissingValue::ClusterId,
                lookup: clusters.clone(),
            });
        }
        if self.region == REGION_ID {
            missing.push(Missing {
                placeholder: REGION_ID.to_owned(),
                value: MissingValue::RegionId,
                lookup: clusters,
            });
        }
        missing
    }

    fn pool_redirect(&self, pool: Option<&str>, members: &[&RedirectNode]) -> Redirect {
        let mut missing = self.missing();
        if pool.is_none() {
            missing.push(Missing {
                placeholder: NODE_POOL_ID.to_owned(),
                value: MissingValue::PoolId,
                lookup: self.call("GET", "/nodepools"),
            });
        }
        let pool_path = format!("/nodepools/{}", pool.unwrap_or(NODE_POOL_ID));
        let instances = self.instances(pool, members, &mut missing);
        let auto_scaled = members.iter().any(|node| node.auto_scaled);
        Redirect {
            kind: RedirectKind::NodePool,
            nodes: names(members),
            pool: pool.map(str::to_owned),
            auto_scaled,
            remove: self
                .call("DELETE", &format!("{pool_path}/nodes"))
                .flag("--instance_ids", &Value::from(instances).to_string())
                .flag("--drain_node", "true")
                .flag("--release_node", "false"),
            shrink: (!auto_scaled).then(|| self.shrink(&pool_path, members)),
            missing,
        }
    }

    /// The instances' ids; what is not known becomes a placeholder, numbered when there are several.
    fn instances(
        &self,
        pool: Option<&str>,
        members: &[&RedirectNode],
        missing: &mut Vec<Missing>,
    ) -> Vec<String> {
        let unknown = members
            .iter()
            .filter(|node| node.instance_id.is_none())
            .count();
        let mut number = 0;
        members
            .iter()
            .map(|node| {
                node.instance_id.clone().unwrap_or_else(|| {
                    number += 1;
                    let placeholder = if unknown == 1 {
                        "<INSTANCE_ID>".to_owned()
                    } else {
                        format!("<INSTANCE_ID_{number}>")
                    };
                    let list = self.call("GET", "/nodes").flag("--pageSize", "100");
                    missing.push(Missing {
                        placeholder: placeholder.clone(),
                        value: MissingValue::InstanceOf(node.name.clone()),
                        lookup: match pool {
                            Some(pool) => list.flag("--nodepool_id", pool),
                            None => list,
                        },
                    });
                    placeholder
                })
            })
            .collect()
    }

    fn shrink(&self, pool_path: &str, members: &[&RedirectNode]) -> Shrink {
        // Counts are of nodes in one command line.
        let by = u64::try_from(members.len()).unwrap_or(u64::MAX);
        let placeholder = format!("<DESIRED_SIZE_MINUS_{by}>");
        let desired_size = members
            .iter()
            .find_map(|node| node.desired_size)
            .and_then(|current| current.checked_sub(by));
        let body = match desired_size {
            Some(size) => json!({"scaling_group": {"desired_size": size}}).to_string(),
            None => format!(r#"{{"scaling_group":{{"desired_size":{placeholder}}}}}"#),
        };
        Shrink {
            read: self.call("GET", pool_path),
            write: self.call("PUT", pool_path).body(&body),
            desired_size,
            placeholder,
            by,
        }
    }

    fn free_redirect(&self, members: &[&RedirectNode]) -> Redirect {
        let nodes = names(members);
        let body = json!({"nodes": nodes, "drain_node": true, "release_node": false});
        Redirect {
            kind: RedirectKind::FreeNode,
            nodes,
            pool: None,
            auto_scaled: false,
            remove: self.call("POST", "/nodes").body(&body.to_string()),
            shrink: None,
            missing: self.missing(),
        }
    }
}

fn names(members: &[&RedirectNode]) -> Vec<String> {
    members.iter().map(|node| node.name.clone()).collect()
}

#[cfg(test)]
mod tests;

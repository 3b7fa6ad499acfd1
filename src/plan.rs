//! Everything that is known about a command before it runs.

use crate::change::Change;
use crate::risk::finding::Finding;
use crate::risk::verdict::Verdict;
use crate::unknown::Unknown;

/// Invocation, destination, changes, findings, verdict.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The words after `kubectl`, without our own flags.
    pub words: Vec<String>,
    /// Where the command acts.
    pub destination: Place,
    /// What was read of the cluster's identity at Alibaba Cloud.
    pub ack: AckIdentity,
    /// The requests that kubectl would send, in its order, and what the server does afterwards.
    pub changes: Vec<Change>,
    /// What could not be read, and why. A plan is complete when this is empty.
    pub unknown: Vec<Unknown>,
    /// What speaks against it, strictest first.
    pub findings: Vec<Finding>,
    /// The strictest finding.
    pub verdict: Verdict,
}

impl Plan {
    /// The plan of a command of which nothing could be found out.
    #[must_use]
    pub fn unread(words: Vec<String>, unknown: Unknown) -> Self {
        Self {
            words,
            destination: Place::default(),
            ack: AckIdentity::default(),
            changes: Vec::new(),
            unknown: vec![unknown],
            findings: Vec::new(),
            verdict: Verdict::Confirm,
        }
    }

    /// Whether everything was read that had to be.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unknown.is_empty()
    }
}

/// Where a command acts, as a person would name it. Holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The kubeconfig context; empty when none is used.
    pub context: String,
    /// The kubeconfig cluster's name.
    pub cluster: String,
    /// The server's URL.
    pub server: String,
    /// The kubeconfig user's name, or who is impersonated.
    pub user: String,
    /// The namespace that words without one act in.
    pub namespace: String,
}

/// The cluster's identity at Alibaba Cloud; empty strings for what was not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AckIdentity {
    /// `c` and 32 hexadecimal digits.
    pub cluster_id: String,
    /// Such as `cn-hangzhou`.
    pub region_id: String,
    /// `managed`, `dedicated`, `serverless`, `registered`, `edge`, or empty.
    pub kind: String,
}

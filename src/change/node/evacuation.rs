//! kubectl's filter: which pods of a node a drain makes go.
//!
//! Source: `k8s.io/kubectl/pkg/drain/filters.go` and `drain.go`.

use std::collections::BTreeSet;

use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use crate::change::Object;
use crate::cluster::fields::{controller, name, namespace, text};
use crate::cluster::pod::{has_empty_dir, is_daemon_sets, is_finished, is_mirror};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, known};
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;

/// The flags of `kubectl drain` that decide which pods go, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one of kubectl's flags"
)]
pub struct Drain {
    /// `--force`
    pub force: bool,
    /// `--ignore-daemonsets`
    pub ignore_daemon_sets: bool,
    /// `--delete-emptydir-data`, or its old name `--delete-local-data`
    pub delete_empty_dir_data: bool,
    /// `--disable-eviction`
    pub disable_eviction: bool,
    /// `--grace-period`; absent when it is negative, for then the pod's own holds.
    pub grace_period: Option<i64>,
    /// `--pod-selector`
    pub pod_selector: String,
    /// `--skip-wait-for-delete-timeout`, in seconds; 0 skips no pod.
    pub skip_wait_for_delete: i64,
}

impl Drain {
    /// The flags of a `drain`; absent for every other verb.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Option<Self> {
        (invocation.verb() == Verb::Drain).then(|| Self {
            force: invocation.truth("force"),
            ignore_daemon_sets: invocation.truth("ignore-daemonsets"),
            delete_empty_dir_data: invocation.truth("delete-emptydir-data")
                || invocation.truth("delete-local-data"),
            disable_eviction: invocation.truth("disable-eviction"),
            grace_period: invocation
                .integer("grace-period")
                .filter(|seconds| *seconds >= 0),
            pod_selector: invocation
                .text("pod-selector")
                .unwrap_or_default()
                .to_owned(),
            skip_wait_for_delete: invocation
                .integer("skip-wait-for-delete-timeout")
                .unwrap_or(0),
        })
    }
}

/// What a drain does about one pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Goes,
    Stays,
    /// kubectl stops: no pod of this node goes.
    Blocks,
}

/// A pod, and what the filter knows about it besides the flags.
pub struct Candidate {
    /// The pod.
    pub pod: Object,
    /// The pod's controller is a `DaemonSet` that exists no more.
    orphaned: bool,
    /// For how many seconds the pod has been ending.
    ending: i64,
}

impl Candidate {
    /// Whether it would stay, or hold up the drain, if these were the flags.
    #[must_use]
    pub fn stays(&self, drain: &Drain) -> bool {
        self.fate(drain) != Fate::Goes
    }

    fn fate(&self, drain: &Drain) -> Fate {
        let pod = self.pod.as_ref();
        if drain.skip_wait_for_delete > 0 && self.ending > drain.skip_wait_for_delete {
            return Fate::Stays;
        }
        let finished = is_finished(pod);
        if is_daemon_sets(pod) && !finished {
            if !self.orphaned {
                return if drain.ignore_daemon_sets {
                    Fate::Stays
                } else {
                    Fate::Blocks
                };
            }
            if !drain.force {
                return Fate::Blocks;
            }
        }
        if is_mirror(pod) {
            return Fate::Stays;
        }
        let kept_by_data = has_empty_dir(pod) && !drain.delete_empty_dir_data;
        let kept_by_owner = controller(pod).is_none() && !drain.force;
        if !finished && (kept_by_data || kept_by_owner) {
            Fate::Blocks
        } else {
            Fate::Goes
        }
    }
}

/// The pods that leave a node by this drain; none when kubectl would stop at one of them.
pub async fn leaving(reader: &Reader, drain: &Drain, node: &str) -> Result<Vec<Candidate>, Unread> {
    let selection = Selection {
        labels: drain.pod_selector.clone(),
        fields: format!("spec.nodeName={node}"),
    };
    let pods = reader
        .list(&known::PODS, "", &selection, Detail::Full)
        .await?;
    let sets = daemon_sets(reader, &pods).await?;
    let mut going = Vec::new();
    for pod in pods.iter() {
        let owner = controller(pod).map_or("", |owner| text(owner, "/name"));
        let candidate = Candidate {
            pod: pod.clone(),
            orphaned: is_daemon_sets(pod)
                && !sets.contains(&(namespace(pod).to_owned(), owner.to_owned())),
            ending: ending_for(pod),
        };
        match candidate.fate(drain) {
            Fate::Goes => going.push(candidate),
            Fate::Stays => {}
            Fate::Blocks => return Ok(Vec::new()),
        }
    }
    Ok(going)
}

/// The `DaemonSets` that exist, when one of the pods has to know.
async fn daemon_sets(
    reader: &Reader,
    pods: &[Object],
) -> Result<BTreeSet<(String, String)>, Unread> {
    if !pods
        .iter()
        .any(|pod| is_daemon_sets(pod) && !is_finished(pod))
    {
        return Ok(BTreeSet::new());
    }
    let sets = reader
        .list(
            &known::DAEMON_SETS,
            "",
            &Selection::default(),
            Detail::Metadata,
        )
        .await?;
    Ok(sets
        .iter()
        .map(|set| (namespace(set).to_owned(), name(set).to_owned()))
        .collect())
}

fn ending_for(pod: &Value) -> i64 {
    text(pod, "/metadata/deletionTimestamp")
        .parse::<Timestamp>()
        .map_or(0, |since| Timestamp::now().as_second() - since.as_second())
}

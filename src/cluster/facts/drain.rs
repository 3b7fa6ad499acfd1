//! Which pods a drain makes go, and which of them only because of a flag.
//!
//! Source: `k8s.io/kubectl/pkg/drain/filters.go` and `drain.go`.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use super::pod::{has_empty_dir, is_critical, is_daemon_sets, is_finished, is_mirror, protects};
use super::{Scene, all, on_node};
use crate::change::{Change, Object};
use crate::cluster::fields::{controller, name, namespace, path, text};
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, known};
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;

/// Seconds that a pod has to end by itself when it does not say.
const DEFAULT_GRACE: i64 = 30;

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

/// What the filter knows about a pod besides the flags.
struct Candidate {
    pod: Object,
    /// The pod's controller is a `DaemonSet` that exists no more.
    orphaned: bool,
    /// For how many seconds the pod has been ending.
    ending: i64,
}

impl Candidate {
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

pub(super) async fn drain(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let Some(drain) = scene.drain else {
        return Ok(Value::Null);
    };
    // A node that is cordoned already is not updated: then its evictions are all that is left to ask.
    let node = if change.resource.is("", "pods") {
        let Some(pod) = scene.subject(change).await? else {
            return Ok(Value::Null);
        };
        text(&pod, "/spec/nodeName").to_owned()
    } else {
        change.name.clone()
    };
    let going = candidates_that_go(scene.reader, drain, &node).await?;
    let only_by = |without: &Drain| -> Vec<String> {
        going
            .iter()
            .filter(|it| it.fate(without) != Fate::Goes)
            .map(|it| path(&it.pod))
            .collect()
    };
    let pods: Vec<&Object> = going.iter().map(|it| &it.pod).collect();
    let (bypassed, critical) = futures::try_join!(
        bypassed_budgets(scene.reader, drain, &pods),
        all(pods.iter().map(|pod| async move {
            Ok(is_critical(scene.reader, pod).await?.then(|| path(pod)))
        })),
    )?;
    let short: Vec<String> = pods
        .iter()
        .filter(|pod| {
            !is_finished(pod)
                && drain
                    .grace_period
                    .is_some_and(|grace| grace < own_grace(pod))
        })
        .map(|pod| path(pod))
        .collect();
    Ok(json!({
        "pods": pods.len(),
        "unmanaged": only_by(&Drain { force: false, ..drain.clone() }),
        "localData": only_by(&Drain { delete_empty_dir_data: false, ..drain.clone() }),
        "bypassedBudgets": bypassed,
        "shortGrace": short,
        "critical": critical.into_iter().flatten().collect::<Vec<_>>(),
    }))
}

/// The pods that leave a node by this drain; none when kubectl would stop at one of them.
pub(super) async fn leaving(
    reader: &Reader,
    drain: &Drain,
    node: &str,
) -> Result<Vec<Object>, Unread> {
    let going = candidates_that_go(reader, drain, node).await?;
    Ok(going.into_iter().map(|it| it.pod).collect())
}

async fn candidates_that_go(
    reader: &Reader,
    drain: &Drain,
    node: &str,
) -> Result<Vec<Candidate>, Unread> {
    let selection = Selection {
        labels: drain.pod_selector.clone(),
        ..on_node(node)
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
    let Ok(since) = text(pod, "/metadata/deletionTimestamp").parse::<Timestamp>() else {
        return 0;
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs());
    i64::try_from(now).unwrap_or(i64::MAX) - since.as_second()
}

fn own_grace(pod: &Value) -> i64 {
    pod.pointer("/spec/terminationGracePeriodSeconds")
        .and_then(Value::as_i64)
        .unwrap_or(DEFAULT_GRACE)
}

/// The budgets that would have refused at least one eviction, had there been evictions.
/// Source: the API server's eviction of pods that are pending, finished or ending asks no budget.
async fn bypassed_budgets(
    reader: &Reader,
    drain: &Drain,
    going: &[&Object],
) -> Result<Vec<String>, Unread> {
    let asking: Vec<&Value> = going
        .iter()
        .map(|pod| -> &Value { pod })
        .filter(|pod: &&Value| {
            !is_finished(pod)
                && text(pod, "/status/phase") != "Pending"
                && text(pod, "/metadata/deletionTimestamp").is_empty()
        })
        .collect();
    if !drain.disable_eviction || asking.is_empty() {
        return Ok(Vec::new());
    }
    let budgets = reader
        .list(
            &known::POD_DISRUPTION_BUDGETS,
            "",
            &Selection::default(),
            Detail::Full,
        )
        .await?;
    let refuses = |budget: &Value| {
        let allowed = budget
            .pointer("/status/disruptionsAllowed")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let asked = asking.iter().filter(|pod| protects(budget, pod)).count();
        u64::try_from(asked).unwrap_or(u64::MAX) > allowed
    };
    Ok(budgets
        .iter()
        .filter(|budget| refuses(budget))
        .map(|budget| path(budget))
        .collect())
}

//! Which pods go only because of one of a drain's flags.

use serde_json::{Value, json};

use super::pod::{is_critical, protects};
use super::{Scene, all};
use crate::change::node::evacuation::{Drain, leaving};
use crate::change::{Change, Object};
use crate::cluster::fields::{path, text};
use crate::cluster::pod::is_finished;
use crate::cluster::reader::{Detail, Reader, Selection};
use crate::cluster::{Unread, known};

/// Seconds that a pod has to end by itself when it does not say.
const DEFAULT_GRACE: i64 = 30;

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
    let going = leaving(scene.reader, drain, &node).await?;
    let only_by = |without: &Drain| -> Vec<String> {
        going
            .iter()
            .filter(|it| it.stays(without))
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

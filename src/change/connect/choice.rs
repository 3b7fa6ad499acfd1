//! Which of a workload's pods kubectl connects to.
//!
//! Source: kubectl `pkg/util/podutils` `ActivePods`, of which `pkg/polymorphichelpers` takes the last one.

use std::cmp::Reverse;

use serde_json::Value;

use crate::change::Object;
use crate::cluster::fields::{items, text};

/// The pod that kubectl takes. Of several that are alike in all that it compares, it takes any; this is the first.
pub(super) fn choose(pods: &[Object]) -> Option<&Object> {
    let mut chosen: Option<&Object> = None;
    for pod in pods {
        if chosen.is_none_or(|best| rank(best) < rank(pod)) {
            chosen = Some(pod);
        }
    }
    chosen
}

/// How much a pod is worth to its workload: the more, the later it would be given up.
fn rank(pod: &Value) -> impl Ord {
    let deletion = text(pod, "/metadata/deletionTimestamp");
    let ready = ready_condition(pod);
    (
        !text(pod, "/spec/nodeName").is_empty(),
        match text(pod, "/status/phase") {
            "Running" => 2,
            "Unknown" => 1,
            _ => 0,
        },
        ready.is_some(),
        deletion.is_empty(),
        deletion.to_owned(),
        ready.map(age),
        restarts(pod),
        age(text(pod, "/metadata/creationTimestamp")),
    )
}

/// Older is more; an absent time is the least. Kubernetes writes times in UTC, to the second.
fn age(time: &str) -> Option<Reverse<String>> {
    (!time.is_empty()).then(|| Reverse(time.to_owned()))
}

/// Since when the pod is ready; empty when that is not said.
fn ready_condition(pod: &Value) -> Option<&str> {
    items(pod, "/status/conditions")
        .iter()
        .find(|condition| text(condition, "/type") == "Ready")
        .filter(|condition| text(condition, "/status") == "True")
        .map(|condition| text(condition, "/lastTransitionTime"))
}

/// Fewer restarts are more: of the containers, then of the sidecars.
fn restarts(pod: &Value) -> Reverse<(i64, i64)> {
    let most = |field: &str, counts: &dyn Fn(&str) -> bool| {
        items(pod, field)
            .iter()
            .filter(|status| counts(text(status, "/name")))
            .filter_map(|status| status["restartCount"].as_i64())
            .max()
            .unwrap_or_default()
    };
    let is_sidecar = |name: &str| {
        items(pod, "/spec/initContainers").iter().any(|container| {
            text(container, "/name") == name && text(container, "/restartPolicy") == "Always"
        })
    };
    Reverse((
        most("/status/containerStatuses", &|_| true),
        most("/status/initContainerStatuses", &is_sidecar),
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn chosen(pods: &Value) -> String {
        let pods: Vec<Object> = pods
            .as_array()
            .expect("a list")
            .iter()
            .cloned()
            .map(Arc::new)
            .collect();
        let chosen = choose(&pods).expect("there are pods");
        text(chosen, "/metadata/name").to_owned()
    }

    fn running(name: &str, ready_since: &str, restarts: i64) -> Value {
        let ready = !ready_since.is_empty();
        json!({
            "metadata": {"name": name, "creationTimestamp": "2026-03-01T00:00:00Z"},
            "spec": {"nodeName": "a"},
            "status": {
                "phase": "Running",
                "conditions": [{
                    "type": "Ready",
                    "status": if ready { "True" } else { "False" },
                    "lastTransitionTime": ready_since,
                }],
                "containerStatuses": [{"name": "main", "restartCount": restarts}],
            },
        })
    }

    #[test]
    fn the_pod_that_has_been_ready_for_longest_is_taken() {
        let early = running("early", "2026-03-02T00:00:00Z", 3);
        let late = running("late", "2026-03-03T00:00:00Z", 0);
        let unready = running("unready", "", 0);
        assert_eq!(chosen(&json!([unready, late, early])), "early");
    }

    #[test]
    fn a_pod_on_a_node_comes_before_one_without() {
        let pending =
            json!({"metadata": {"name": "pending"}, "spec": {}, "status": {"phase": "Running"}});
        let placed = json!({"metadata": {"name": "placed"}, "spec": {"nodeName": "a"}, "status": {"phase": "Pending"}});
        assert_eq!(chosen(&json!([pending, placed])), "placed");
    }

    #[test]
    fn restarts_and_age_decide_between_equals() {
        let since = "2026-03-02T00:00:00Z";
        let calm = running("calm", since, 0);
        let restless = running("restless", since, 2);
        assert_eq!(chosen(&json!([restless, calm])), "calm");
        let mut older = running("older", since, 0);
        older["metadata"]["creationTimestamp"] = json!("2026-02-01T00:00:00Z");
        assert_eq!(chosen(&json!([calm, older])), "older");
        let mut leaving = running("leaving", since, 0);
        leaving["metadata"]["deletionTimestamp"] = json!("2026-03-04T00:00:00Z");
        assert_eq!(chosen(&json!([leaving, restless])), "restless");
        assert_eq!(chosen(&json!([calm, running("twin", since, 0)])), "calm");
    }
}

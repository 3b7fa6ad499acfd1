//! What the first server-side `apply` removes of an object that was applied on the client's side before.
//!
//! kubectl sends the object, takes over the fields that the client-side apply owned, and sends it again: what only the earlier apply had
//! said goes then. A dry run stores nothing between the two, so its answer still has these fields. Source: kubectl
//! `pkg/cmd/apply/apply.go`, `migrateToSSAIfNecessary` and what follows it.

use serde_json::{Map, Value};

use super::is_about;
use super::run::Rehearsal;
use crate::change::draft::{Draft, Rehearsed};
use crate::change::{Change, Effect, Object};
use crate::cluster::Unread;

/// Where kubectl notes what a client-side apply said.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Takes out of the answers what goes in the second request, or makes them unread where that cannot be told.
pub(super) async fn rehearse(rehearsal: &Rehearsal<'_>, changes: &mut [Change]) {
    let mut written = None;
    for change in changes {
        let Effect::Drafted(Draft {
            rehearsal: Rehearsed::Answered(answer),
            ..
        }) = &change.effect
        else {
            continue;
        };
        let applied = match change.read(rehearsal.reader).await {
            Ok(live) => live.and_then(|live| last_applied(&live)),
            Err(why) => {
                set(change, Rehearsed::Hidden(why));
                continue;
            }
        };
        let Some(applied) = applied else { continue };
        if written.is_none() {
            written = Some(rehearsal.written().await);
        }
        let becomes = match &written {
            Some(Ok(written)) => without_dropped(change, answer, &applied, written),
            Some(Err(why)) => Rehearsed::Hidden(why.clone()),
            None => Rehearsed::Hidden(Unread::NotShown),
        };
        set(change, becomes);
    }
}

fn set(change: &mut Change, becomes: Rehearsed) {
    if let Effect::Drafted(draft) = &mut change.effect {
        draft.rehearsal = becomes;
    }
}

/// What the earlier apply said; null where that cannot be read.
fn last_applied(live: &Value) -> Option<Value> {
    let text = live["metadata"]["annotations"][LAST_APPLIED].as_str()?;
    Some(serde_json::from_str(text).unwrap_or_default())
}

fn without_dropped(
    change: &Change,
    answer: &Object,
    applied: &Value,
    written: &[Object],
) -> Rehearsed {
    let written = written.iter().find(|object| is_about(change, object));
    let mut object = Value::clone(answer);
    let is_told = match (applied, written.map(|it| &**it), &mut object) {
        (Value::Object(applied), Some(Value::Object(written)), Value::Object(object)) => {
            let mut applied = applied.clone();
            // An apply leaves it to its own subresource, where there is one.
            applied.remove("status");
            drop_from(object, &applied, written)
        }
        _ => false,
    };
    if is_told {
        Rehearsed::Answered(object.into())
    } else {
        Rehearsed::Hidden(Unread::NotShown)
    }
}

/// Removes what was applied and is written no more, and nothing that others wrote beside it; whether that could be told: of a list
/// that is not the same everywhere it cannot.
fn drop_from(
    object: &mut Map<String, Value>,
    applied: &Map<String, Value>,
    written: &Map<String, Value>,
) -> bool {
    let nothing = Map::new();
    applied.iter().all(|(key, before)| {
        // To the server null is as good as nothing.
        let now = written.get(key).filter(|now| !now.is_null());
        let Some(inside) = object.get_mut(key) else {
            return true;
        };
        match (before, now, inside) {
            (Value::Object(before), None, Value::Object(inside)) => {
                drop_from(inside, before, &nothing)
            }
            (Value::Object(before), Some(Value::Object(now)), Value::Object(inside)) => {
                drop_from(inside, before, now)
            }
            (Value::Array(before), now, inside) => match now {
                Some(now) => now.as_array() == Some(before),
                None if inside.as_array() == Some(before) => object.remove(key).is_some(),
                None => false,
            },
            (_, None, _) => object.remove(key).is_some(),
            (_, Some(_), _) => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn dropped(object: Value, applied: Value, written: Value) -> Option<Value> {
        let (Value::Object(mut object), Value::Object(applied), Value::Object(written)) =
            (object, applied, written)
        else {
            panic!("they are objects")
        };
        drop_from(&mut object, &applied, &written).then_some(Value::Object(object))
    }

    #[test]
    fn what_is_said_no_more_goes_and_what_others_said_stays() {
        let object = json!({"metadata": {"annotations": {"a": "1", "b": "2"}}, "spec": {"x": 1}});
        let applied = json!({"metadata": {"annotations": {"a": "1"}}, "spec": {"x": 1}});
        let written = json!({"metadata": {"annotations": {}}, "spec": {"x": 2}});
        let left = json!({"metadata": {"annotations": {"b": "2"}}, "spec": {"x": 1}});
        assert_eq!(dropped(object, applied, written), Some(left));
    }

    #[test]
    fn lists_that_differ_are_not_told() {
        let object = json!({"spec": {"ports": [1, 2]}});
        let applied = json!({"spec": {"ports": [1, 2]}});
        let shorter = json!({"spec": {"ports": [1]}});
        assert_eq!(dropped(object.clone(), applied.clone(), shorter), None);
        assert_eq!(
            dropped(object.clone(), applied.clone(), applied),
            Some(object)
        );
    }

    #[test]
    fn a_map_that_is_left_out_whole_loses_what_was_applied_alone() {
        let object = json!({"metadata": {"annotations": {"a": "1", "b": "2"}}, "data": {"k": "v"}});
        let applied = json!({"metadata": {"annotations": {"a": "1"}}, "data": {"k": "v"}});
        let left = json!({"metadata": {"annotations": {"b": "2"}}, "data": {}});
        for written in [
            json!({"metadata": {}}),
            json!({"metadata": {"annotations": null}, "data": null}),
        ] {
            let became = dropped(object.clone(), applied.clone(), written);
            assert_eq!(became, Some(left.clone()));
        }
    }

    #[test]
    fn a_list_that_is_left_out_goes_where_nobody_else_wrote_into_it() {
        let applied = json!({"spec": {"ports": [1]}});
        let written = json!({"spec": {}});
        let gone = dropped(applied.clone(), applied.clone(), written.clone());
        assert_eq!(gone, Some(json!({"spec": {}})));
        let shared = json!({"spec": {"ports": [1, 2]}});
        assert_eq!(dropped(shared, applied, written), None);
    }
}

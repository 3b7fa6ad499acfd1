//! `create`, `apply` and `replace`: objects as they are, changed, new, or such as the server refuses.

use serde_json::{Value, json};

use super::aim::Aim;
use super::dice::Dice;
use super::inventory::Thing;
use super::line::Draft;
use super::{files, flags, raw};

pub fn write(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    if aim.form == "raw" {
        return raw::write_body(draft, aim, dice);
    }
    let is_forced = draft.verb == "replace" && dice.percent(20);
    let mut namespace = false;
    files::write_with(aim, draft, dice, &mut |draft, dice| {
        // What is in a namespace that the same files bring.
        if namespace {
            namespace = false;
            return json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "first", "namespace": "fresh"}});
        }
        if matches!(draft.verb, "create" | "apply") && dice.percent(6) {
            draft.mark("new-namespace");
            namespace = true;
            return json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "fresh"}});
        }
        object(aim, is_forced, draft, dice)
    });
    match draft.verb {
        "create" if dice.percent(10) => draft.switch("save-config"),
        "apply" => apply(draft, dice),
        "replace" if is_forced => {
            draft.mark("force");
            draft.switch("force");
            if dice.percent(50) {
                draft.text("grace-period", "0");
            }
            draft.text("timeout", "5s");
        }
        _ => {}
    }
    if draft.verb != "apply set-last-applied" && dice.percent(8) {
        draft.joined(
            "validate",
            dice.pick(&["false", "warn", "strict", "ignore"]),
        );
    }
    if draft.verb == "apply set-last-applied" && dice.percent(75) {
        draft.switch("create-annotation");
    }
    if dice.percent(8) {
        flags::output(draft, dice);
    }
    flags::dry_run(draft, dice);
}

fn apply(draft: &mut Draft, dice: &mut Dice) {
    if dice.percent(30) {
        draft.mark("server-side");
        draft.switch("server-side");
        if dice.percent(50) {
            draft.switch("force-conflicts");
        }
        if dice.percent(20) {
            draft.text("field-manager", "somebody");
        }
        return;
    }
    if dice.percent(18) {
        draft.mark("overwrite-off");
        draft.switch_to("overwrite", false);
    }
    if dice.percent(10) {
        draft.mark("force");
        draft.switch("force");
        draft.text("timeout", "5s");
    }
    if dice.percent(18) {
        draft.mark("prune");
        draft.switch("prune");
        if !draft.line.traits.contains("file-labels") {
            draft.switch("all");
        }
        if dice.percent(50) {
            let kinds: &[&str] = &["core/v1/ConfigMap", "apps/v1/Deployment", "core/v1/Secret"];
            draft.text("prune-allowlist", dice.pick(kinds));
        }
    }
}

/// What can be written again: a definition cannot change its name, and what has a finalizer is never gone here.
pub fn is_appliable(thing: &Thing) -> bool {
    !matches!(
        thing.of.kind,
        "CustomResourceDefinition" | "Pod" | "Namespace"
    )
}

fn is_quick(thing: &Thing) -> bool {
    is_appliable(thing) && !thing.of.kind.starts_with("PersistentVolume")
}

/// Kinds of the fixture that are written in another way than the server shows them.
const RESPELLED: &[&str] = &["Secret", "PersistentVolumeClaim"];

fn object(aim: &Aim, is_forced: bool, draft: &mut Draft, dice: &mut Dice) -> Value {
    let thing = loop {
        let thing = if draft.verb == "apply" && dice.percent(10) {
            draft.mark("respelled");
            aim.inventory.of_kinds(RESPELLED, dice)
        } else {
            aim.inventory.any(dice)
        };
        if !is_forced || is_quick(thing) {
            break thing;
        }
    };
    let mut object = thing.object.clone();
    let is_new = thing.of.kind != "CustomResourceDefinition"
        && dice.percent(match draft.verb {
            "create" => 75,
            "apply" => 20,
            // It stops when one is not there.
            "apply set-last-applied" => 3,
            _ => 10,
        });
    if is_new {
        draft.mark("new");
        object["metadata"]["name"] = json!(dice.pick(&["new-a", "new-b"]));
        if draft.verb == "create" && aim.form != "kustomize" && dice.percent(14) {
            draft.mark("generated");
            object["metadata"] = json!({"generateName": "made-", "namespace": thing.namespace});
            if thing.namespace.is_empty() {
                object["metadata"] = json!({"generateName": "made-"});
            }
        }
    } else if dice.percent(40) {
        draft.mark("changed");
        change(&mut object, thing, draft, dice);
    } else {
        draft.mark("unchanged");
    }
    if !thing.namespace.is_empty() {
        match dice.below(40) {
            0 => object["metadata"]["namespace"] = json!("not-there"),
            1..4 => {
                object["metadata"]
                    .as_object_mut()
                    .expect("it is a map")
                    .remove("namespace");
            }
            _ => {}
        }
    }
    object
}

/// Another label, other data, something immutable, or something that is no such object.
fn change(object: &mut Value, thing: &Thing, draft: &mut Draft, dice: &mut Dice) {
    match dice.below(10) {
        0 => {
            draft.mark("invalid");
            object["metadata"]["labels"] = json!({"team": "not a label!"});
        }
        1 => {
            draft.mark("invalid");
            object["spec"] =
                json!({"selector": {"matchLabels": {"app": "other"}}, "nonsense": true});
        }
        2 => object["metadata"]["resourceVersion"] = json!("1"),
        3 | 4 if thing.of.kind == "ConfigMap" => object["data"] = json!({"key": "value"}),
        3 | 4 if thing.of.kind == "Deployment" => object["spec"]["replicas"] = json!(dice.below(4)),
        5 => {
            object["metadata"]["annotations"] = json!({"note": dice.pick(&["new", "old"])});
        }
        6 => {
            object["metadata"]
                .as_object_mut()
                .expect("it is a map")
                .remove("labels");
        }
        _ => object["metadata"]["labels"]["color"] = json!(dice.pick(&["red", "blue"])),
    }
}

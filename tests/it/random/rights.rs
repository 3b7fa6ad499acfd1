//! `auth reconcile` and the answers to certificate requests.

use serde_json::{Value, json};

use super::aim::Aim;
use super::dice::Dice;
use super::files;
use super::flags;
use super::line::Draft;

const GROUP: &str = "rbac.authorization.k8s.io";

pub fn write(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    if draft.verb == "auth reconcile" {
        files::write_with(aim, draft, dice, &mut |draft, dice| grant(draft, dice));
        for flag in ["remove-extra-permissions", "remove-extra-subjects"] {
            if dice.percent(35) {
                draft.switch(flag);
            }
        }
        if dice.percent(8) {
            draft.mark("dry-run");
            draft.joined("dry-run", dice.pick(&["client", "none"]));
        }
        return;
    }
    for name in dice.several(&["csr-1", "csr-2", "csr-3"], 3) {
        let word = match aim.form {
            "pairs" => format!(
                "{}/{name}",
                dice.pick(&["csr", "certificatesigningrequests"])
            ),
            _ => name.to_owned(),
        };
        draft.arguments.push(word);
    }
    if dice.percent(15) {
        draft.mark("missing");
        let word = if aim.form == "pairs" {
            "csr/not-there"
        } else {
            "not-there"
        };
        draft.arguments.push(word.to_owned());
    }
    if dice.percent(30) {
        draft.mark("force");
        draft.switch("force");
    }
    if dice.percent(15) {
        flags::output(draft, dice);
    }
}

/// A role or a binding: as it is, with more or less in it, new, or of another role.
fn grant(draft: &mut Draft, dice: &mut Dice) -> Value {
    let rules = |dice: &mut Dice| {
        let verbs = dice.several(&["get", "list", "watch", "update"], 3);
        dice.pick(
            &[
                json!([]),
                json!([{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}]),
            ]
            .each_ref(),
        )
        .clone()
    };
    let subject = |name: &str| json!({"kind": "User", "apiGroup": GROUP, "name": name});
    let api_version = format!("{GROUP}/v1");
    let is_new = dice.percent(25);
    let name = |old: &str| {
        if is_new {
            "brand-new".to_owned()
        } else {
            old.to_owned()
        }
    };
    if is_new {
        draft.mark("new");
    }
    match dice.below(4) {
        0 => json!({"apiVersion": api_version, "kind": "Role", "rules": rules(dice),
            "metadata": {"name": name("reader"), "namespace": dice.pick(&["jobs", "jobs", "fresh"])}}),
        1 => json!({"apiVersion": api_version, "kind": "ClusterRole", "rules": rules(dice),
            "metadata": {"name": name(dice.pick(&["demo-pods", "demo-own"]))}}),
        2 => {
            let role = dice.pick(&["reader", "reader", "other"]);
            json!({"apiVersion": api_version, "kind": "RoleBinding",
                "metadata": {"name": name("readers"), "namespace": "jobs"},
                "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": role},
                "subjects": [subject(dice.pick(&["jane", "joe"]))]})
        }
        _ => json!({"apiVersion": api_version, "kind": "ClusterRoleBinding",
            "metadata": {"name": name("demo-pods")},
            "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": dice.pick(&["demo-pods", "view"])},
            "subjects": [subject("jane")]}),
    }
}

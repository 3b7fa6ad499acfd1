//! `patch`: bodies of all three types, in words and in files, of which some change nothing or are refused.

use serde_json::{Value, json};

use super::say;
use crate::random::aim::Aim;
use crate::random::dice::Dice;
use crate::random::flags;
use crate::random::line::Draft;

pub fn patch(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let kinds: &[&str] = &[
        "Deployment",
        "ConfigMap",
        "Pod",
        "Service",
        "Node",
        "Widget",
        "StatefulSet",
        "Namespace",
        "Secret",
    ];
    let kinds = [dice.pick(kinds)];
    say(draft, aim, dice, &kinds);
    let labels = json!({"metadata": {"labels": {"color": dice.pick(&[Some("red"), None])}}});
    let bodies: &[(&str, Value)] = &[
        ("strategic", labels.clone()),
        ("merge", labels),
        (
            "merge",
            json!({"metadata": {"annotations": {"note": "old"}}}),
        ),
        (
            "merge",
            json!({"metadata": {"finalizers": ["demo.example.com/hold"]}}),
        ),
        ("merge", json!({})),
        (
            "merge",
            json!({"kind": "Nonsense", "metadata": {"name": "other"}}),
        ),
        (
            "json",
            json!([{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}]),
        ),
        (
            "json",
            json!([{"op": "test", "path": "/metadata/name", "value": "other"}]),
        ),
        (
            "json",
            json!([{"op": "remove", "path": "/metadata/nothing"}]),
        ),
        (
            "strategic",
            json!({"spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "main", "image": "nginx:2"}]}}}}),
        ),
        ("strategic", json!({"spec": {"nonsense": 1}})),
    ];
    let (kind, body) = &bodies[dice.below(bodies.len())];
    // Without `--type` it is strategic, which no custom object knows.
    if *kind != "strategic" || dice.percent(30) {
        draft.mark(match *kind {
            "json" => "patch-json",
            "merge" => "patch-merge",
            _ => "patch-strategic",
        });
        draft.text("type", *kind);
    }
    let text = if dice.percent(30) {
        serde_yaml::to_string(body).expect("JSON is YAML")
    } else {
        body.to_string()
    };
    if dice.percent(25) {
        draft.mark("patch-file");
        let path = format!("lines/{}/patch.yaml", aim.number);
        draft.text("patch-file", path.clone());
        draft.file(path, text);
    } else {
        draft.text("patch", text);
    }
    if kinds[0] == "Deployment" && dice.percent(50) {
        draft.mark("subresource");
        draft.text("subresource", dice.pick(&["status", "scale"]));
    }
    if dice.percent(5) {
        draft.switch("record");
    }
    flags::dry_run(draft, dice);
}

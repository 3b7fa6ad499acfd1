//! Verbs that change a part of an object: `patch`, `set`, `scale`, `autoscale`, `expose` and `rollout`.

mod patch;

use serde_json::{Value, json};

use self::patch::patch;
use super::aim::{self, Aim};
use super::dice::Dice;
use super::inventory::Thing;
use super::line::Draft;
use super::{files, flags};

/// Kinds with a template for Pods.
const TEMPLATES: &[&str] = &["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"];

pub fn write(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    match draft.verb {
        "patch" => patch(draft, aim, dice),
        "scale" => scale(draft, aim, dice),
        "autoscale" => autoscale(draft, aim, dice),
        "expose" => expose(draft, aim, dice),
        verb if verb.starts_with("set ") => set(draft, aim, dice),
        _ => rollout(draft, aim, dice),
    }
    if dice.percent(10) {
        flags::output(draft, dice);
    }
}

/// Says objects of these kinds. `true` where they are all in one namespace that was named.
fn say(draft: &mut Draft, aim: &Aim, dice: &mut Dice, kinds: &[&str]) {
    let thing = aim.inventory.of_kinds(kinds, dice);
    match aim.form {
        "file" => {
            return files::write_with(aim, draft, dice, &mut |_, dice| {
                named(aim.inventory.of_kinds(kinds, dice))
            });
        }
        "pairs" => {
            for count in 0..=dice.below(2) {
                let other = match count {
                    0 => thing,
                    _ => aim.inventory.of_kinds(kinds, dice),
                };
                // Seldom from elsewhere: it is missing then.
                if other.namespace == thing.namespace || dice.percent(30) {
                    let pair = format!("{}/{}", dice.pick(other.of.words), other.name);
                    draft.arguments.push(pair);
                }
            }
            if dice.percent(8) {
                draft.mark("missing");
                let pair = format!("{}/not-there", dice.pick(thing.of.words));
                draft.arguments.push(pair);
            }
        }
        form => {
            draft.arguments.push(dice.pick(thing.of.words).to_owned());
            match form {
                "names" => {
                    let names = aim.inventory.names(thing.of, &thing.namespace);
                    draft.arguments.append(&mut dice.several(&names, 2));
                    if dice.percent(15) {
                        draft.mark("missing");
                        draft.arguments.push("not-there".to_owned());
                    }
                }
                "labels" => draft.text("selector", aim::labels(thing, dice)),
                "all" => draft.switch("all"),
                // The type alone: everything of it.
                _ => {}
            }
        }
    }
    aim::place(&thing.namespace, draft, dice);
}

/// An object as a file names it.
fn named(thing: &Thing) -> Value {
    let mut object = thing.object.clone();
    if thing.namespace.is_empty() {
        return object;
    }
    object["metadata"]["namespace"] = json!(thing.namespace);
    object
}

fn scale(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    say(
        draft,
        aim,
        dice,
        &["Deployment", "ReplicaSet", "StatefulSet"],
    );
    draft.text("replicas", dice.pick(&["0", "1", "2", "3", "5"]));
    if dice.percent(20) {
        draft.mark("precondition");
        draft.text("current-replicas", dice.pick(&["0", "2", "3", "-1"]));
    }
    if dice.percent(8) {
        draft.mark("precondition");
        draft.text("resource-version", "1");
    }
    if dice.percent(12) {
        draft.mark("record");
        draft.switch("record");
    }
    flags::dry_run(draft, dice);
}

fn autoscale(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    say(
        draft,
        aim,
        dice,
        &["Deployment", "ReplicaSet", "StatefulSet"],
    );
    draft.text("max", dice.pick(&["3", "5", "5", "0"]));
    if dice.percent(50) {
        draft.text("min", dice.pick(&["1", "2"]));
    }
    if dice.percent(40) {
        draft.text("cpu-percent", "80");
    }
    if dice.percent(40) {
        draft.text("name", dice.pick(&["made", "made-too", "front"]));
    }
    flags::dry_run(draft, dice);
}

fn expose(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    say(
        draft,
        aim,
        dice,
        &["Deployment", "ReplicaSet", "Service", "Pod"],
    );
    if dice.percent(90) {
        draft.text("port", dice.pick(&["80", "8080"]));
    }
    if dice.percent(75) {
        draft.text("name", dice.pick(&["made", "made-too", "front"]));
    }
    if dice.percent(30) {
        draft.text(
            "type",
            dice.pick(&["LoadBalancer", "NodePort", "ClusterIP"]),
        );
    }
    if dice.percent(20) {
        draft.text("labels", "team=red");
    }
    if dice.percent(15) {
        draft.named("selector", "app=other");
    }
    if dice.percent(10) {
        draft.text(
            "overrides",
            r#"{"apiVersion":"v1","metadata":{"annotations":{"note":"x"}}}"#,
        );
    }
    flags::dry_run(draft, dice);
}

fn set(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let kinds: &[&str] = match draft.verb {
        "set selector" => &["Service"],
        "set subject" => &["RoleBinding", "ClusterRoleBinding"],
        _ => TEMPLATES,
    };
    if draft.verb == "set subject" {
        // The only ones there are.
        let (word, namespace) = dice.pick(&[
            ("rolebinding/readers", "jobs"),
            ("clusterrolebinding/demo-pods", ""),
        ]);
        draft.arguments.push(word.to_owned());
        aim::place(namespace, draft, dice);
    } else {
        say(draft, aim, dice, kinds);
    }
    let change: &[&str] = match draft.verb {
        "set image" => &[
            "main=nginx:2",
            "main=nginx:3",
            "main=nginx:4",
            "*=nginx:2",
            "main=nginx",
            "other=nginx",
        ],
        "set env" => &[
            "A=b",
            "A=b B=c",
            "A=c",
            "A-",
            "--from=configmap/settings",
            "-e A=c",
        ],
        "set resources" => &[
            "--limits=cpu=1",
            "--requests=memory=64Mi",
            "--limits=cpu=0",
            "--limits=cpu=1 -c=other",
        ],
        "set selector" => &["app=front", "app=other,team=red", "app=front,stage=test"],
        "set serviceaccount" => &["robot", "default"],
        _ => &[
            "--user=joe",
            "--group=ops",
            "--serviceaccount=jobs:robot",
            "--user=jane",
        ],
    };
    draft
        .arguments
        .extend(dice.pick(change).split(' ').map(str::to_owned));
    if draft.verb == "set env" {
        if dice.percent(12) {
            draft.mark("list-only");
            draft.switch("list");
        }
        if dice.percent(15) {
            draft.switch_to("overwrite", false);
        }
    }
    if draft.verb != "set subject" && dice.percent(8) {
        draft.mark("local");
        draft.switch("local");
    }
    flags::dry_run(draft, dice);
}

fn rollout(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let kinds: &[&str] = match draft.verb {
        "rollout restart" => &["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"],
        "rollout undo" => &["Deployment", "Deployment", "StatefulSet"],
        _ => &["Deployment"],
    };
    say(draft, aim, dice, kinds);
    if draft.verb == "rollout undo" {
        if dice.percent(50) {
            draft.mark("to-revision");
            draft.text("to-revision", dice.pick(&["0", "1", "2", "3", "9"]));
        }
        flags::dry_run(draft, dice);
    }
}

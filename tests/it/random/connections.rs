//! Into Pods: `exec`, `attach`, `cp`, `port-forward` and `debug`. No kubelet answers here; that they ask is what counts.

use super::aim::{self, Aim};
use super::dice::Dice;
use super::line::Draft;

pub fn write(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    match draft.verb {
        "exec" => {
            target(draft, aim, dice);
            if dice.percent(30) {
                draft.text("container", dice.pick(&["main", "main", "other"]));
            }
            if dice.percent(25) {
                draft.switch("stdin");
            }
            draft.command = dice
                .pick(&[
                    &["true"][..],
                    &["sh", "-c", "ls /"],
                    &["env", "A=b", "--", "date"],
                ])
                .iter()
                .map(|word| (*word).to_owned())
                .collect();
        }
        "attach" => {
            target(draft, aim, dice);
            if dice.percent(30) {
                draft.text("container", "main");
            }
        }
        "port-forward" => {
            target(draft, aim, dice);
            draft.arguments.push(":80".to_owned());
        }
        "cp" => copy(draft, aim, dice),
        _ => debug(draft, aim, dice),
    }
    if matches!(draft.verb, "exec" | "attach" | "port-forward") {
        draft.text("pod-running-timeout", "1s");
    }
}

/// A Pod by its name, or through what it belongs to.
fn target(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let (word, namespace) = match aim.form {
        "workload" => {
            let (word, namespace) = dice.pick(&[
                ("deploy/front", "web"),
                ("deployment/front", "web"),
                ("rs/front-1", "web"),
                ("svc/front", "web"),
                ("sts/store", "db"),
                ("ds/agent", "jobs"),
                ("job/import", "jobs"),
            ]);
            (word.to_owned(), namespace)
        }
        form => {
            let pod = aim.inventory.of_kinds(&["Pod"], dice);
            let name = if dice.percent(8) {
                draft.mark("missing");
                "not-there"
            } else {
                pod.name.as_str()
            };
            let word = if form == "pairs" {
                format!("{}/{name}", dice.pick(pod.of.words))
            } else {
                name.to_owned()
            };
            (word, pod.namespace.as_str())
        }
    };
    draft.arguments.push(word);
    aim::place(namespace, draft, dice);
}

fn copy(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let pod = aim.inventory.of_kinds(&["Pod"], dice);
    let is_placed = dice.percent(70);
    let remote = if is_placed {
        format!("{}/{}:/tmp/x", pod.namespace, pod.name)
    } else {
        format!("{}:/tmp/x", pod.name)
    };
    let file = format!("lines/{}/x.txt", aim.number);
    draft.file(file.clone(), "x".to_owned());
    let words = if aim.form == "to" {
        [file, remote]
    } else {
        [remote, format!("{file}.copy")]
    };
    draft.arguments.extend(words);
    if !is_placed {
        aim::place(&pod.namespace, draft, dice);
    }
    if dice.percent(25) {
        draft.text("container", "main");
    }
    if dice.percent(20) {
        draft.switch("no-preserve");
    }
}

fn debug(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    if aim.form == "node" {
        draft.arguments.push(format!(
            "node/{}",
            dice.pick(&["n1", "n2", "n5", "not-there"])
        ));
        aim::place("web", draft, dice);
    } else {
        let pod = aim.inventory.of_kinds(&["Pod"], dice);
        draft.arguments.push(pod.name.clone());
        aim::place(&pod.namespace, draft, dice);
    }
    draft.text("image", "busybox");
    match aim.form {
        "copy" => {
            draft.text("copy-to", dice.pick(&["copied", "front-a"]));
            if dice.percent(40) {
                draft.mark("debug-replace");
                draft.switch("replace");
            }
            if dice.percent(30) {
                draft.switch("same-node");
            }
        }
        "pod" => {
            if dice.percent(40) {
                draft.text("container", "dbg");
            }
            if dice.percent(30) {
                draft.text("target", "main");
            }
        }
        _ => {}
    }
    if dice.percent(40) {
        let profiles = ["general", "sysadmin", "netadmin", "restricted", "legacy"];
        draft.text("profile", dice.pick(&profiles));
    }
    if dice.percent(20) {
        draft.switch_to("attach", false);
    }
}

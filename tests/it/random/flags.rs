//! Each verb's own flags.

use super::aim::Aim;
use super::dice::Dice;
use super::line::Draft;

pub fn delete(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let quick = aim.objects(draft, dice);
    if dice.percent(30) {
        draft.mark("cascade");
        draft.joined(
            "cascade",
            dice.pick(&["background", "foreground", "orphan", "true", "false"]),
        );
    }
    match dice.below(12) {
        0 => {
            draft.mark("now");
            draft.switch("now");
        }
        1 | 2 => {
            draft.mark("force");
            draft.switch("force");
            if dice.percent(60) {
                draft.text("grace-period", dice.pick(&["0", "0", "-1", "5"]));
            }
        }
        3 => {
            draft.mark("grace-period");
            draft.text("grace-period", dice.pick(&["0", "1", "30"]));
        }
        _ => {}
    }
    if dice.percent(15) {
        draft.switch("ignore-not-found");
    }
    if dice.percent(10) {
        draft.text("output", dice.pick(&["name", "name", "json"]));
    }
    // Nothing that ends slowly may be waited for: no controller runs here.
    if !quick || draft.line.traits.contains("cascade") || dice.percent(60) {
        draft.switch_to("wait", false);
    }
    dry_run(draft, dice);
}

pub fn edit(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    const SETS: &[&str] = &[
        "color=red",
        "color=blue",
        "team=red",
        "app=front",
        "example.com/role=x",
        "stage=",
        "note=new",
    ];
    const REMOVES: &[&str] = &[
        "color-",
        "team-",
        "app-",
        "stage-",
        "example.com/role-",
        "note-",
    ];
    const NOTES: &[&str] = &[
        "note=a=b c",
        "note=old",
        "example.com/text={\"a\": 1}",
        "color=a,b",
    ];
    aim.objects(draft, dice);
    let list = dice.percent(8);
    if list {
        draft.mark("list-only");
        draft.switch("list");
    }
    if !list || dice.percent(40) {
        let mut pairs = dice.several(SETS, 2);
        if dice.percent(40) {
            pairs.extend(dice.several(REMOVES, 2));
        }
        if draft.verb == "annotate" && dice.percent(40) {
            pairs.push(dice.pick(NOTES));
        }
        if dice.percent(20) {
            pairs = dice.several(REMOVES, 3);
        }
        draft.arguments.extend(pairs.into_iter().map(str::to_owned));
    }
    if dice.percent(70) {
        draft.mark("overwrite");
        draft.switch("overwrite");
    }
    if dice.percent(6) {
        draft.mark("overwrite-off");
        draft.switch_to("overwrite", false);
    }
    if dice.percent(6) {
        draft.mark("local");
        draft.switch("local");
    }
    if dice.percent(5) {
        draft.mark("resource-version");
        draft.text("resource-version", "1");
    }
    if dice.percent(8) {
        draft.text("output", dice.pick(&["name", "json", "yaml"]));
    }
    if dice.percent(5) {
        draft.mark("record");
        draft.switch("record");
    }
    if dice.percent(8) {
        draft.text("field-manager", "somebody");
    }
    dry_run(draft, dice);
}

pub fn drain(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    aim.nodes(draft, dice);
    for (flag, chance) in [
        ("force", 60),
        ("ignore-daemonsets", 70),
        ("delete-emptydir-data", 65),
        ("disable-eviction", 25),
    ] {
        if dice.percent(chance) {
            draft.mark(flag);
            draft.switch(flag);
        }
    }
    if dice.percent(20) {
        draft.mark("grace-period");
        draft.text("grace-period", dice.pick(&["0", "-1", "1"]));
    }
    if dice.percent(30) {
        draft.mark("pod-selector");
        draft.text(
            "pod-selector",
            dice.pick(&[
                "app=front",
                "app!=agent",
                "app in (store,front)",
                "!team",
                "app notin (mirror)",
            ]),
        );
    }
    if dice.percent(15) {
        draft.text("chunk-size", dice.pick(&["0", "1", "2"]));
    }
    if dice.percent(15) {
        draft.text("skip-wait-for-delete-timeout", dice.pick(&["1", "60"]));
    }
    // A budget, or a Pod that nobody ends, would hold it for ever.
    draft.text("timeout", "2s");
    dry_run(draft, dice);
}

pub fn taint(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    const TAINTS: &[&str] = &[
        "dedicated=gpu:NoSchedule",
        "dedicated=web:NoSchedule",
        "dedicated:NoExecute",
        "maintenance:NoSchedule",
        "maintenance=yes:PreferNoSchedule",
        "fresh=1:NoExecute",
        "fresh:PreferNoSchedule",
    ];
    const REMOVES: &[&str] = &[
        "dedicated-",
        "dedicated:NoSchedule-",
        "maintenance-",
        "maintenance:NoExecute-",
        "fresh-",
    ];
    draft
        .arguments
        .push(dice.pick(&["node", "nodes", "no", "Nodes"]).to_owned());
    aim.nodes(draft, dice);
    let mut taints = dice.several(TAINTS, 2);
    if dice.percent(30) {
        taints = dice.several(REMOVES, 2);
    } else if dice.percent(15) {
        taints.push(dice.pick(REMOVES));
    }
    draft
        .arguments
        .extend(taints.into_iter().map(str::to_owned));
    if dice.percent(50) {
        draft.mark("overwrite");
        draft.switch("overwrite");
    }
    if dice.percent(10) {
        draft.text("output", dice.pick(&["name", "json"]));
    }
    dry_run(draft, dice);
}

pub fn output(draft: &mut Draft, dice: &mut Dice) {
    draft.text("output", dice.pick(&["name", "json", "yaml"]));
}

pub fn dry_run(draft: &mut Draft, dice: &mut Dice) {
    if dice.percent(7) {
        draft.mark("dry-run");
        draft.joined(
            "dry-run",
            dice.pick(&["client", "server", "none", "client", "server"]),
        );
    }
}

//! Each verb's own flags and words, over the objects that [`super::aim`] finds.

use super::aim::{self, Aim};
use super::dice::Dice;
use super::inventory::Inventory;
use super::line::{Draft, Line};
use super::raw;

/// What a line is about: the way in which it says its objects.
pub type Form = &'static str;

/// Every verb with its forms; the weight is how often the verb's turn comes.
pub const VERBS: &[(&str, usize, &[Form])] = &[
    (
        "delete",
        9,
        &[
            "names",
            "pairs",
            "product",
            "types",
            "category",
            "labels",
            "fields",
            "all",
            "everywhere",
            "file",
            "folder",
            "list",
            "stdin",
            "json",
            "kustomize",
            "raw-object",
            "raw-collection",
            "raw-odd",
        ],
    ),
    ("label", 4, OBJECTS),
    ("annotate", 4, OBJECTS),
    ("drain", 3, &["names", "pairs", "labels"]),
    ("cordon", 2, &["names", "pairs", "labels"]),
    ("uncordon", 2, &["names", "pairs", "labels"]),
    ("taint", 3, &["names", "labels", "all"]),
];

const OBJECTS: &[Form] = &[
    "names",
    "pairs",
    "product",
    "types",
    "labels",
    "fields",
    "all",
    "everywhere",
    "file",
    "folder",
    "list",
    "stdin",
    "json",
    "kustomize",
];

/// A line of this verb in this form. `number` makes the paths of its files its own.
pub fn line(
    verb: &'static str,
    form: Form,
    number: usize,
    inventory: &Inventory,
    dice: &mut Dice,
) -> Line {
    let mut draft = Draft::new(verb);
    draft.mark(form);
    let aim = Aim {
        form,
        number,
        inventory,
    };
    match verb {
        "delete" if form.starts_with("raw") => raw::write(&mut draft, &aim, dice),
        "delete" => delete(&mut draft, &aim, dice),
        "label" | "annotate" => edit(&mut draft, &aim, dice),
        "drain" => drain(&mut draft, &aim, dice),
        "taint" => taint(&mut draft, &aim, dice),
        _ => {
            aim.nodes(&mut draft, dice);
            dry_run(&mut draft, dice);
        }
    }
    surroundings(&mut draft, dice);
    draft.finish(dice)
}

fn delete(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
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

fn edit(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    aim.objects(draft, dice);
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
    if dice.percent(55) {
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

fn drain(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
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
    if dice.percent(20) {
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

fn taint(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
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

fn dry_run(draft: &mut Draft, dice: &mut Dice) {
    if dice.percent(7) {
        draft.mark("dry-run");
        draft.joined(
            "dry-run",
            dice.pick(&["client", "server", "none", "client", "server"]),
        );
    }
}

/// What any line can have: another place, another person, preferences.
fn surroundings(draft: &mut Draft, dice: &mut Dice) {
    aim::context(draft, dice);
    if dice.percent(5) {
        draft.mark("as");
        if dice.percent(50) {
            draft.text("as", "somebody");
            draft.text("as-group", "testers");
        } else {
            draft.text("as", "nobody");
            draft.text("as-group", "viewers");
        }
    }
    if dice.percent(6) {
        draft.mark("kuberc-defaults");
        draft.line.kuberc = Some("kuberc/defaults");
    } else if dice.percent(6) && draft.line.traits.iter().all(|it| !it.starts_with("raw")) {
        let alias = match draft.verb {
            "delete" => Some("zap"),
            "label" => Some("tag"),
            "drain" => Some("evacuate"),
            "cordon" => Some("close"),
            _ => None,
        };
        if let Some(alias) = alias {
            draft.mark("kuberc-alias");
            draft.verb = alias;
            draft.line.kuberc = Some("kuberc/aliases");
        }
    }
}

/// The preferences that lines may have, by their paths below the user's home.
pub const PREFERENCES: &[(&str, &str)] = &[
    ("kuberc/defaults", "
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- {command: delete, options: [{name: namespace, default: db}, {name: wait, default: 'false'}]}
- {command: label, options: [{name: overwrite, default: 'true'}, {name: namespace, default: web}]}
- {command: annotate, options: [{name: dry-run, default: client}]}
- {command: drain, options: [{name: ignore-daemonsets, default: 'true'}, {name: force, default: 'true'}]}
- {command: cordon, options: [{name: selector, default: pool=front}]}
- {command: taint, options: [{name: all, default: 'true'}]}
"),
    ("kuberc/aliases", "
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
aliases:
- {name: zap, command: delete, options: [{name: wait, default: 'false'}, {name: cascade, default: orphan}]}
- {name: tag, command: label, appendArgs: [alias=yes], options: [{name: overwrite, default: 'true'}]}
- {name: evacuate, command: drain, prependArgs: [n5], options: [{name: force, default: 'true'}, {name: timeout, default: 2s}]}
- {name: close, command: cordon, appendArgs: [n2]}
"),
];

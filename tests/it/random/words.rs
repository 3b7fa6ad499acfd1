//! New objects by words alone: `create SUBCOMMAND` and `run`.

use super::aim::{self, Aim};
use super::dice::Dice;
use super::flags;
use super::line::Draft;

/// The subcommands of `create`, each with ways to end it. `NAME` is a name.
const WAYS: &[(&str, &[&str])] = &[
    (
        "configmap",
        &[
            "NAME --from-literal=a=b",
            "NAME --from-literal=a=b --append-hash",
            "NAME",
        ],
    ),
    (
        "secret generic",
        &["NAME --from-literal=a=b", "NAME --type=demo.example.com/x"],
    ),
    (
        "secret docker-registry",
        &["NAME --docker-server=r.example.com --docker-username=u --docker-password=p"],
    ),
    (
        "deployment",
        &[
            "NAME --image=nginx",
            "NAME --image=nginx --replicas=2 --port=80",
            "NAME --image=nginx -- sleep 1",
        ],
    ),
    (
        "job",
        &[
            "NAME --image=nginx",
            "NAME --from=cronjob/nightly",
            "NAME --image=nginx -- date -u",
        ],
    ),
    ("cronjob", &["NAME --image=nginx --schedule=0_3_*_*_*"]),
    (
        "service clusterip",
        &["NAME --tcp=80:8080", "NAME --clusterip=None"],
    ),
    ("service nodeport", &["NAME --tcp=80"]),
    ("service loadbalancer", &["NAME --tcp=80"]),
    (
        "service externalname",
        &["NAME --external-name=x.example.com"],
    ),
    ("serviceaccount", &["NAME"]),
    (
        "role",
        &[
            "NAME --verb=get --resource=pods",
            "NAME --verb=get,list --resource=pods --resource-name=x",
        ],
    ),
    (
        "rolebinding",
        &[
            "NAME --role=reader --user=joe",
            "NAME --clusterrole=view --serviceaccount=jobs:robot",
        ],
    ),
    (
        "clusterrole",
        &[
            "NAME --verb=get --resource=nodes",
            "NAME --verb=get --non-resource-url=/x",
        ],
    ),
    (
        "clusterrolebinding",
        &["NAME --clusterrole=view --group=ops"],
    ),
    (
        "ingress",
        &[
            "NAME --rule=x.example.com/*=front:80",
            "NAME --class=nginx --default-backend=front:80",
        ],
    ),
    (
        "poddisruptionbudget",
        &["NAME --selector=app=x --min-available=1"],
    ),
    ("priorityclass", &["NAME --value=100"]),
    ("quota", &["NAME --hard=pods=5"]),
    ("namespace", &["NAME"]),
    ("token", &["robot", "robot --duration=10m"]),
];

/// Names that are free, and names that some kinds have already.
const NAMES: &[&str] = &["made", "made", "made-too", "front", "settings", "reader"];

pub fn create(draft: &mut Draft, dice: &mut Dice) {
    let (what, ways) = WAYS
        .iter()
        .find(|(what, _)| draft.verb.strip_prefix("create ") == Some(what))
        .expect("each verb has its ways");
    say(draft, dice.pick(ways), dice);
    let namespace = if *what == "job" || *what == "token" {
        "jobs"
    } else {
        "web"
    };
    aim::place(namespace, draft, dice);
    if *what != "token" {
        if dice.percent(10) {
            draft.switch("save-config");
        }
        if dice.percent(10) {
            flags::output(draft, dice);
        }
        flags::dry_run(draft, dice);
    }
}

/// The words of a way, with a name in the place of `NAME`.
fn say(draft: &mut Draft, way: &str, dice: &mut Dice) {
    let (words, command) = way.split_once(" -- ").unwrap_or((way, ""));
    let name = dice.pick(NAMES);
    draft.arguments.extend(
        words
            .split(' ')
            .map(|word| word.replace("NAME", name).replace('_', " ")),
    );
    if !command.is_empty() {
        draft.command = command.split(' ').map(str::to_owned).collect();
    }
}

pub fn run(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let way = match aim.form {
        "plain" => "NAME --image=nginx",
        "expose" => "NAME --image=nginx --expose --port=80",
        "overrides" => {
            r#"NAME --image=nginx --overrides={"apiVersion":"v1","spec":{"hostNetwork":true}}"#
        }
        "command" => "NAME --image=nginx --command -- sh -c true",
        // It waits for its Pod to run, and takes it away again.
        _ => "NAME --image=nginx --rm --attach --restart=Never",
    };
    say(draft, way, dice);
    aim::place("web", draft, dice);
    if dice.percent(25) {
        draft.text("labels", "team=red");
    }
    if dice.percent(20) && aim.form != "rm" {
        draft.text("restart", dice.pick(&["Never", "OnFailure", "Always"]));
    }
    if aim.form != "rm" {
        flags::dry_run(draft, dice);
    }
}

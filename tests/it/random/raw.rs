//! `delete --raw`: paths of objects, of collections, and odd ones.

use serde_json::json;

use super::aim::Aim;
use super::dice::Dice;
use super::inventory::Thing;
use super::line::Draft;

pub fn write(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let thing = aim.inventory.any(dice);
    let path = match aim.form {
        "raw-object" => format!(
            "{}/{}",
            collection(thing),
            if dice.percent(10) {
                "not-there"
            } else {
                &thing.name
            }
        ),
        "raw-collection" => {
            let query: &[&str] = &[
                "?labelSelector=team%3Dred",
                "?labelSelector=app+in+(front,store)",
                "?fieldSelector=metadata.name%3Dsettings",
                "?labelSelector=!team&limit=500",
                "?labelSelector=team=red&propagationPolicy=Orphan",
                "?labelSelector=none",
                "",
            ];
            format!("{}{}", collection(thing), dice.pick(query))
        }
        _ => odd(thing, dice),
    };
    draft.text("raw", path);
    // All of these are ignored.
    if dice.percent(20) {
        draft.mark("dry-run");
        draft.joined("dry-run", dice.pick(&["client", "server"]));
    }
    if dice.percent(20) {
        draft.text("namespace", "web");
    }
    if dice.percent(15) {
        draft
            .arguments
            .extend(["pod".to_owned(), "front-a".to_owned()]);
    }
    if dice.percent(30) {
        let body = format!("lines/{}/options.json", aim.number);
        let options: &[&str] = &[
            r#"{"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}"#,
            r#"{"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Orphan"}"#,
            r#"{"apiVersion": "v1", "kind": "DeleteOptions", "dryRun": ["All"]}"#,
            "{}",
        ];
        let options = dice.pick(options).to_owned();
        draft.mark("raw-body");
        if dice.percent(50) {
            draft.text("filename", "-");
            draft.line.stdin = Some(options);
        } else {
            draft.text("filename", body.clone());
            draft.file(body, options);
        }
    }
}

/// `create --raw` and `replace --raw`: the body is sent as it is.
pub fn write_body(draft: &mut Draft, aim: &Aim, dice: &mut Dice) {
    let thing = loop {
        let thing = aim.inventory.any(dice);
        if thing.of.kind != "CustomResourceDefinition" {
            break thing;
        }
    };
    let mut body = thing.object.clone();
    let path = if draft.verb == "create" {
        match dice.below(9) {
            0 => {
                body = json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "front-a", "namespace": "web"}});
                "/api/v1/namespaces/web/pods/front-a/eviction".to_owned()
            }
            1 => {
                body = json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "waiting"},
                    "target": {"apiVersion": "v1", "kind": "Node", "name": "n1"}});
                "/api/v1/namespaces/jobs/pods/waiting/binding".to_owned()
            }
            2 => {
                body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": ["x"]}});
                "/api/v1/namespaces/jobs/serviceaccounts/robot/token".to_owned()
            }
            3 | 4 => {
                draft.mark("odd");
                draft.mark("raw-odd");
                body["metadata"]["name"] = json!("new-a");
                format!("{}//./x/..?fieldManager=me", collection(thing))
            }
            _ => {
                body["metadata"]["name"] = json!(dice.pick(&["new-a", "new-a", &thing.name]));
                collection(thing)
            }
        }
    } else {
        body["metadata"]["labels"]["color"] = json!(dice.pick(&["red", "blue"]));
        if dice.percent(25) {
            draft.mark("odd");
            body["metadata"]["name"] = json!("other");
        }
        format!("{}/{}", collection(thing), thing.name)
    };
    draft.text("raw", path);
    let body = body.to_string();
    if dice.percent(50) {
        draft.text("filename", "-");
        draft.line.stdin = Some(body);
    } else {
        let file = format!("lines/{}/body.json", aim.number);
        draft.text("filename", file.clone());
        draft.file(file, body);
    }
    // Both are ignored.
    if dice.percent(15) {
        draft.mark("dry-run");
        draft.joined("dry-run", dice.pick(&["client", "server"]));
    }
    if dice.percent(15) {
        draft.text("namespace", "web");
    }
}

fn root(thing: &Thing) -> String {
    let version = thing.of.api_version;
    if version.contains('/') {
        format!("/apis/{version}")
    } else {
        format!("/api/{version}")
    }
}

fn collection(thing: &Thing) -> String {
    let plural = thing.of.plural;
    match thing.namespace.as_str() {
        "" => format!("{}/{plural}", root(thing)),
        namespace => format!("{}/namespaces/{namespace}/{plural}", root(thing)),
    }
}

/// Paths that are written in an odd way, or that lead nowhere.
fn odd(thing: &Thing, dice: &mut Dice) -> String {
    let (collection, name) = (collection(thing), &thing.name);
    match dice.below(14) {
        0 => format!("{collection}//{name}"),
        1 => format!("{collection}/./{name}"),
        2 => format!("{collection}/x/../{name}"),
        3 => format!("{collection}/{name}/"),
        4 => format!("/{collection}/{name}"),
        5 => format!("{collection}/{name}?gracePeriodSeconds=0"),
        6 => format!("{collection}/{name}?dryRun=All"),
        7 => format!("{collection}/{name}?propagationPolicy=Foreground&pretty=true"),
        8 => format!("{collection}/{name}#part"),
        9 => format!("{collection}/{name}/status"),
        10 => format!(
            "{}/%6{:x}{}",
            collection,
            name.as_bytes()[0] & 0xf,
            &name[1..]
        ),
        11 => format!("{}/nothings/{name}", root(thing)),
        12 => format!("{}/{name}", collection.trim_start_matches('/')),
        _ => format!("{}/namespaces/web/{}/{name}", root(thing), thing.of.plural),
    }
}

//! Objects in files: YAML and JSON, alone and in lists, in folders, piped in, and through kustomize.

use serde_json::{Value, json};

use super::aim::Aim;
use super::dice::Dice;
use super::inventory::Thing;
use super::line::Draft;

/// Files that name objects, for the verbs to which only their names matter.
pub fn write(aim: &Aim, draft: &mut Draft, dice: &mut Dice) {
    write_with(aim, draft, dice, &mut |draft, dice| {
        object(aim.inventory.any(dice), draft, dice)
    });
}

/// Makes one object more for the files of a line.
pub type Make<'a> = dyn FnMut(&mut Draft, &mut Dice) -> Value + 'a;

/// Files of these objects, in the form that is aimed at.
#[expect(clippy::too_many_lines, reason = "one form after the other")]
pub fn write_with(aim: &Aim, draft: &mut Draft, dice: &mut Dice, make: &mut Make) {
    let folder = format!("lines/{}", aim.number);
    let mut objects: Vec<Value> = Vec::new();
    for _ in 0..=dice.below(4) {
        let object = make(draft, dice);
        if NAMES_ONLY.contains(&draft.verb) || objects.iter().all(|other| !is_same(other, &object))
        {
            objects.push(object);
        }
    }
    match aim.form {
        "file" => {
            let path = format!("{folder}/objects.{}", dice.pick(&["yaml", "yml", "txt"]));
            draft.file(path.clone(), yaml(&objects, dice));
            // Several names in one flag, and a pattern that kubectl itself resolves.
            if dice.percent(40) {
                let more = format!("{folder}/more.yaml");
                let extra = make(draft, dice);
                if !NAMES_ONLY.contains(&draft.verb)
                    && objects.iter().any(|other| is_same(other, &extra))
                {
                    return draft.text("filename", path);
                }
                draft.file(more.clone(), yaml(&[extra], dice));
                if dice.percent(50) {
                    draft.text("filename", format!("{path},{more}"));
                } else {
                    draft.text("filename", more);
                    draft.text("filename", path);
                }
            } else if dice.percent(35) {
                draft.mark("glob");
                draft.text("filename", format!("{folder}/obj*"));
            } else {
                draft.text("filename", path);
            }
        }
        "folder" if !NAMES_ONLY.contains(&draft.verb) => {
            for (number, object) in objects.drain(..).enumerate() {
                let sub = dice.pick(&["", "", "sub/"]);
                draft.file(
                    format!("{folder}/{sub}{number}.yaml"),
                    yaml(&[object], dice),
                );
            }
            draft.text("filename", folder);
            draft.mark("recursive");
            draft.switch("recursive");
        }
        "folder" => {
            let mut rest = objects.clone();
            for (number, object) in objects.drain(..).enumerate() {
                let sub = dice.pick(&["", "", "sub/", "sub/deep/"]);
                let end = dice.pick(&["yaml", "json", "yml", "txt"]);
                let text = if end == "json" {
                    object.to_string()
                } else {
                    yaml(&[object], dice)
                };
                draft.file(format!("{folder}/{sub}{number}.{end}"), text);
            }
            draft.file(
                format!("{folder}/z.yaml"),
                yaml(&rest.split_off(rest.len() - 1), dice),
            );
            draft.text("filename", folder);
            if dice.percent(60) {
                draft.mark("recursive");
                draft.switch("recursive");
            }
        }
        "list" => {
            let path = format!("{folder}/list.yaml");
            let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
            let text = if dice.percent(50) {
                list.to_string()
            } else {
                yaml(&[list], dice)
            };
            draft.file(path.clone(), text);
            draft.text("filename", path);
        }
        "json" => {
            let path = format!("{folder}/objects.json");
            let texts: Vec<String> = objects.iter().map(|object| format!("{object:#}")).collect();
            draft.file(path.clone(), texts.join(dice.pick(&["\n", "", " "])));
            draft.text("filename", path);
        }
        "stdin" => {
            draft.text("filename", "-");
            let json = dice.percent(30);
            let text = if json {
                objects.iter().map(ToString::to_string).collect()
            } else {
                yaml(&objects, dice)
            };
            draft.line.stdin = Some(text);
        }
        "broken" => {
            let resource = dice.pick(&["objects.yaml", "nothing.yaml"]);
            let kustomization = json!({"resources": [resource]});
            draft.file(
                format!("{folder}/kustomization.yaml"),
                kustomization.to_string(),
            );
            draft.file(format!("{folder}/objects.yaml"), "kind: [".to_owned());
            draft.text("kustomize", folder);
        }
        _ => {
            // kustomize refuses an object that is named twice.
            objects.truncate(1);
            let mut kustomization = json!({"resources": ["objects.yaml"]});
            // What is called otherwise is missing, for the verbs that only look for it.
            let seldom = NAMES_ONLY.contains(&draft.verb);
            if dice.percent(if seldom { 20 } else { 40 }) {
                kustomization["namespace"] = json!("web");
            }
            if dice.percent(if seldom { 15 } else { 30 }) {
                kustomization["nameSuffix"] = json!("-x");
            }
            draft.file(
                format!("{folder}/kustomization.yaml"),
                kustomization.to_string(),
            );
            draft.file(format!("{folder}/objects.yaml"), yaml(&objects, dice));
            draft.text("kustomize", folder);
        }
    }
    if FILTERS.contains(&draft.verb) && dice.percent(15) {
        draft.mark("file-labels");
        draft.text("selector", dice.pick(&["team=red", "team", "!team"]));
    }
    match dice.below(10) {
        0 => draft.text("namespace", "web"),
        1 => {
            draft.mark("context");
            draft.text("context", "db");
        }
        _ => {}
    }
}

/// The verbs to which only the names in files matter.
const NAMES_ONLY: &[&str] = &["delete", "label", "annotate"];

/// Whether both say the same object: what becomes of it then depends on both.
fn is_same(one: &Value, other: &Value) -> bool {
    let key = |object: &Value| {
        let metadata = &object["metadata"];
        [&object["kind"], &metadata["namespace"], &metadata["name"]].map(Value::clone)
    };
    key(one) == key(other)
}

/// The verbs whose `-l` filters what the files say.
const FILTERS: &[&str] = &["delete", "label", "annotate", "create", "apply"];

/// An object as a file would say it; what it holds matters to no verb but for its labels.
fn object(thing: &Thing, draft: &mut Draft, dice: &mut Dice) -> Value {
    let mut metadata = json!({"name": thing.name});
    if dice.percent(12) {
        draft.mark("missing");
        metadata["name"] = json!("not-there");
    }
    if !thing.namespace.is_empty() && dice.percent(85) {
        metadata["namespace"] = json!(thing.namespace);
    }
    if dice.percent(40) {
        metadata["labels"] = json!({"team": dice.pick(&["red", "blue"])});
    }
    json!({"apiVersion": thing.of.api_version, "kind": thing.of.kind, "metadata": metadata})
}

fn yaml(objects: &[Value], dice: &mut Dice) -> String {
    let documents = objects.iter().map(|object| {
        let text = serde_yaml::to_string(object).expect("JSON is YAML");
        match dice.below(4) {
            0 => format!("# a comment\n{text}"),
            1 => format!("{text}---\n# nothing\n"),
            _ => text,
        }
    });
    documents.collect::<Vec<_>>().join("---\n")
}

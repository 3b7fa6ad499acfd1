//! Which objects a line means, and how it says so.

use super::dice::Dice;
use super::files;
use super::inventory::{Inventory, TYPES, Thing, Type};
use super::line::Draft;
use super::verbs::Form;

/// The way to say the objects.
pub struct Aim<'a> {
    pub form: Form,
    /// The line's number, for the paths of its files.
    pub number: usize,
    pub inventory: &'a Inventory,
}

const LABELS: &[&str] = &[
    "app=front",
    "team=red",
    "team==blue",
    "stage",
    "!team",
    "app!=front",
    "app in (front,store)",
    "team notin (red)",
    "app=front,team=red",
    "nothing=here",
    "team",
];
const NODE_LABELS: &[&str] = &[
    "pool=front",
    "zone=a",
    "pool in (back,spare)",
    "pool,zone!=b",
    "pool=none",
    "!pool",
];
/// What is there in every namespace and so must not always be the target of everything.
const MISSING: &str = "not-there";

impl Aim<'_> {
    /// Says objects of any type. Whether all of them can be gone at once.
    pub fn objects(&self, draft: &mut Draft, dice: &mut Dice) -> bool {
        let thing = self.inventory.any(dice);
        match self.form {
            "file" | "folder" | "list" | "stdin" | "json" | "kustomize" => {
                files::write(self, draft, dice);
                return false;
            }
            "names" => {
                draft.arguments.push(spell(thing.of, dice));
                self.names_of(thing, draft, dice);
            }
            "pairs" => {
                for _ in 0..=dice.below(3) {
                    let other = self.inventory.neighbour(thing, dice);
                    draft
                        .arguments
                        .push(format!("{}/{}", spell(other.of, dice), other.name));
                }
                if dice.percent(15) {
                    draft.mark("missing");
                    draft
                        .arguments
                        .push(format!("{}/{MISSING}", spell(thing.of, dice)));
                }
                place(&thing.namespace, draft, dice);
                return false;
            }
            "product" => {
                let other = self.inventory.neighbour(thing, dice);
                draft.arguments.push(format!(
                    "{},{}",
                    spell(thing.of, dice),
                    spell(other.of, dice)
                ));
                draft.arguments.push(thing.name.clone());
                if dice.percent(50) {
                    draft.arguments.push(other.name.clone());
                }
                place(&thing.namespace, draft, dice);
                return false;
            }
            "category" => {
                let types = ["all", "demo", "all,cm", "demo,secrets", "demo,widgets"];
                draft.arguments.push(dice.pick(&types).to_owned());
                self.select(draft, LABELS, dice);
                place(dice.pick(&["web", "db", "jobs", "empty"]), draft, dice);
                return false;
            }
            "types" => {
                let types: Vec<String> = (0..2 + dice.below(2))
                    .map(|_| spell(self.some_type(dice), dice))
                    .collect();
                draft.arguments.push(types.join(","));
                self.select(draft, LABELS, dice);
                place(dice.pick(&["web", "db", "jobs", "empty"]), draft, dice);
                return false;
            }
            "fields" => {
                draft.arguments.push(spell(thing.of, dice));
                let fields: &[&str] = match thing.of.kind {
                    "Pod" => &[
                        "spec.nodeName=n1",
                        "status.phase=Running",
                        "metadata.namespace=web",
                        "spec.nodeName!=n2",
                    ],
                    "Secret" => &["type=Opaque", "type!=Opaque"],
                    "Node" => &["spec.unschedulable=true"],
                    "Namespace" => &["status.phase=Active,metadata.name!=default"],
                    _ => &[],
                };
                let named = format!("metadata.name={}", thing.name);
                let others = format!("metadata.name!={}", thing.name);
                let mut all: Vec<&str> = fields.to_vec();
                all.extend([named.as_str(), others.as_str()]);
                let field = dice.pick(&all).to_owned();
                draft.text("field-selector", field);
                if dice.percent(25) {
                    draft.text("selector", dice.pick(LABELS));
                }
                place(&thing.namespace, draft, dice);
            }
            "everywhere" => {
                draft.arguments.push(spell(self.some_type(dice), dice));
                self.select(draft, LABELS, dice);
                draft.switch("all-namespaces");
                if dice.percent(10) {
                    draft.text("namespace", "web");
                }
            }
            "labels" => {
                draft.arguments.push(spell(thing.of, dice));
                draft.text("selector", dice.pick(LABELS));
                place(&thing.namespace, draft, dice);
            }
            "all" => {
                draft.arguments.push(spell(thing.of, dice));
                draft.switch("all");
                place(&thing.namespace, draft, dice);
            }
            form => unreachable!("{form} says no objects"),
        }
        thing.of.quick && self.form != "everywhere"
    }

    /// Says nodes, for the verbs that take nothing else.
    pub fn nodes(&self, draft: &mut Draft, dice: &mut Dice) {
        match self.form {
            "labels" => draft.text("selector", dice.pick(NODE_LABELS)),
            "all" => draft.switch("all"),
            form => {
                let node = TYPES
                    .iter()
                    .find(|it| it.kind == "Node")
                    .expect("it is in the list");
                for name in dice.several(&self.inventory.names(node, ""), 3) {
                    let pair = form == "pairs";
                    let word = if pair {
                        format!("{}/{name}", spell(node, dice))
                    } else {
                        name
                    };
                    draft.arguments.push(word);
                }
                if dice.percent(10) {
                    draft.mark("missing");
                    draft.arguments.push(MISSING.to_owned());
                }
            }
        }
    }

    fn names_of(&self, thing: &Thing, draft: &mut Draft, dice: &mut Dice) {
        let mut names = dice.several(&self.inventory.names(thing.of, &thing.namespace), 3);
        if dice.percent(15) {
            draft.mark("missing");
            let at = dice.below(names.len() + 1);
            names.insert(at, MISSING.to_owned());
        }
        draft.arguments.append(&mut names);
        place(&thing.namespace, draft, dice);
    }

    /// A selector, or everything.
    fn select(&self, draft: &mut Draft, labels: &[&str], dice: &mut Dice) {
        if dice.percent(60) {
            draft.text("selector", dice.pick(labels));
        } else {
            draft.switch("all");
        }
    }

    /// Not a CRD: without it, its type would be gone for a moment after the cluster was put back.
    fn some_type(&self, dice: &mut Dice) -> &'static Type {
        loop {
            let of = &TYPES[dice.below(TYPES.len())];
            if of.kind != "CustomResourceDefinition" {
                return of;
            }
        }
    }
}

fn spell(of: &Type, dice: &mut Dice) -> String {
    dice.pick(of.words).to_owned()
}

/// The namespace, by its flag or by a context that has it; sometimes one too many, sometimes none.
pub fn place(namespace: &str, draft: &mut Draft, dice: &mut Dice) {
    let named = matches!(namespace, "web" | "db");
    match dice.below(20) {
        0..5 if named => {
            draft.mark("context");
            draft.text("context", namespace.to_owned());
        }
        0 => {}
        1 => draft.text("namespace", "empty"),
        2 if !namespace.is_empty() => {
            draft.mark("context");
            draft.text("context", "db");
            draft.text("namespace", namespace);
        }
        _ if namespace.is_empty() => {}
        _ => draft.text("namespace", namespace),
    }
}

/// Words that change nothing about where the line goes.
pub fn context(draft: &mut Draft, dice: &mut Dice) {
    if dice.percent(4) {
        draft.text("cluster", "test");
    }
    if dice.percent(4) {
        draft.text("request-timeout", "60s");
    }
}

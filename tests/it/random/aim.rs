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
    "zone=b",
    "pool!=front",
    "pool in (back,spare)",
    "pool,zone!=b",
    "pool=none",
    "!pool",
];
/// A name that no object has.
const MISSING: &str = "not-there";

impl Aim<'_> {
    /// Says objects of any type. Whether all of them can be gone at once.
    pub fn objects(&self, draft: &mut Draft, dice: &mut Dice) -> bool {
        let thing = self.inventory.any(dice);
        match self.form {
            "names" => {
                draft.arguments.push(spell(thing.of, dice));
                self.names_of(thing, draft, dice);
                thing.of.quick
            }
            "fields" | "labels" | "all" => {
                draft.arguments.push(spell(thing.of, dice));
                match self.form {
                    "fields" => select_fields(thing, draft, dice),
                    "labels" => draft.text("selector", labels(thing, dice)),
                    _ => draft.switch("all"),
                }
                place(&thing.namespace, draft, dice);
                thing.of.quick
            }
            form => {
                match form {
                    "pairs" => self.pairs(thing, draft, dice),
                    "product" => self.product(thing, draft, dice),
                    "category" | "types" | "everywhere" => self.types(draft, dice),
                    _ => files::write(self, draft, dice),
                }
                false
            }
        }
    }

    /// `TYPE NAME NAME`.
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

    /// `TYPE/NAME TYPE/NAME`.
    fn pairs(&self, thing: &Thing, draft: &mut Draft, dice: &mut Dice) {
        for _ in 0..=dice.below(3) {
            let other = self.inventory.neighbour(thing, dice);
            let pair = format!("{}/{}", spell(other.of, dice), other.name);
            draft.arguments.push(pair);
        }
        if dice.percent(15) {
            draft.mark("missing");
            let pair = format!("{}/{MISSING}", spell(thing.of, dice));
            draft.arguments.push(pair);
        }
        place(&thing.namespace, draft, dice);
    }

    /// `TYPE,TYPE NAME NAME`.
    fn product(&self, thing: &Thing, draft: &mut Draft, dice: &mut Dice) {
        let other = self.inventory.neighbour(thing, dice);
        let types = format!("{},{}", spell(thing.of, dice), spell(other.of, dice));
        draft.arguments.extend([types, thing.name.clone()]);
        if dice.percent(50) {
            draft.arguments.push(other.name.clone());
        }
        place(&thing.namespace, draft, dice);
    }

    /// Types and categories without names, in one namespace or in all.
    fn types(&self, draft: &mut Draft, dice: &mut Dice) {
        let types = match self.form {
            "category" => dice
                .pick(&["all", "demo", "all,cm", "demo,secrets", "demo,widgets"])
                .to_owned(),
            "types" => {
                let types: Vec<String> = (0..2 + dice.below(2))
                    .map(|_| spell(some_type(dice), dice))
                    .collect();
                types.join(",")
            }
            _ => spell(some_type(dice), dice),
        };
        draft.arguments.push(types);
        if dice.percent(60) {
            draft.text("selector", dice.pick(LABELS));
        } else {
            draft.switch("all");
        }
        if self.form == "everywhere" {
            draft.switch("all-namespaces");
            if dice.percent(10) {
                draft.text("namespace", "web");
            }
        } else {
            place(dice.pick(&["web", "db", "jobs"]), draft, dice);
        }
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
}

/// `-l`, with a label that this one has or with any.
pub fn labels(thing: &Thing, dice: &mut Dice) -> String {
    match thing.object["metadata"]["labels"]["app"].as_str() {
        Some(app) if dice.percent(50) => format!("app={app}"),
        _ => dice.pick(LABELS).to_owned(),
    }
}

/// `--field-selector`, with what the type knows; with `-l` sometimes.
fn select_fields(thing: &Thing, draft: &mut Draft, dice: &mut Dice) {
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
    let fields = [fields, &[&named, &others]].concat();
    draft.text("field-selector", dice.pick(&fields));
    if dice.percent(25) {
        draft.text("selector", dice.pick(LABELS));
    }
}

/// A type but that of CRDs: a line that takes all of a type would take its own types too.
fn some_type(dice: &mut Dice) -> &'static Type {
    loop {
        let of = &TYPES[dice.below(TYPES.len())];
        if of.kind != "CustomResourceDefinition" {
            return of;
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

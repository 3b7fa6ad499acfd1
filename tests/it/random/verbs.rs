//! Every verb and every form of it, in lines.

mod families;

pub use self::families::{CONNECTION_VERBS, FILE_VERBS, Family, Form, OBJECT_VERBS, PART_VERBS};

use super::aim::Aim;
use super::dice::Dice;
use super::inventory::Inventory;
use super::line::{Draft, Line};
use super::{connections, flags, manifests, raw, rights, surroundings, words, workloads};

fn family_of_parts(verb: &str) -> bool {
    PART_VERBS.verbs.iter().any(|(of, ..)| *of == verb)
}

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
    draft.line.turn = (verb, form);
    let aim = Aim {
        form,
        number,
        inventory,
    };
    match verb {
        "create" | "apply" | "apply set-last-applied" | "replace" => {
            manifests::write(&mut draft, &aim, dice);
        }
        "run" => words::run(&mut draft, &aim, dice),
        verb if verb.starts_with("create ") => words::create(&mut draft, dice),
        "exec" | "attach" | "port-forward" | "cp" | "debug" => {
            connections::write(&mut draft, &aim, dice);
        }
        verb if family_of_parts(verb) => workloads::write(&mut draft, &aim, dice),
        "auth reconcile" | "certificate approve" | "certificate deny" => {
            rights::write(&mut draft, &aim, dice);
        }
        "delete" if form.starts_with("raw") => raw::write(&mut draft, &aim, dice),
        "delete" => flags::delete(&mut draft, &aim, dice),
        "label" | "annotate" => flags::edit(&mut draft, &aim, dice),
        "drain" => flags::drain(&mut draft, &aim, dice),
        "taint" => flags::taint(&mut draft, &aim, dice),
        _ => {
            aim.nodes(&mut draft, dice);
            flags::dry_run(&mut draft, dice);
        }
    }
    surroundings::add(&mut draft, dice);
    draft.finish(dice)
}

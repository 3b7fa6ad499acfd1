//! Every verb and every form of it, in lines.

use super::aim::Aim;
use super::dice::Dice;
use super::inventory::Inventory;
use super::line::{Draft, Line};
use super::{flags, raw, surroundings};

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
    draft.line.turn = (verb, form);
    let aim = Aim {
        form,
        number,
        inventory,
    };
    match verb {
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

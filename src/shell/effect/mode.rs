//! Programs that change whose a file is and who may do what with it: `chmod`, `chown`, `chattr` and their like.

use super::Effects;
use crate::shell::act::Use;
use crate::shell::expansion::Field;
use crate::shell::options::Spec;

/// The first operand says how, the others which files.
pub(super) fn mode(program: &str, words: &[Field]) -> Effects {
    // `chmod -x file` and `chattr -i file`: the mode looks like an option.
    let is_mode = |word: &Field| match program {
        "chmod" => word
            .text
            .strip_prefix('-')
            .is_some_and(|mode| mode.starts_with(|letter| "rwxXst".contains(letter))),
        "chattr" => word.text.starts_with('-') && !matches!(word.text.as_str(), "-R" | "-V" | "-f"),
        _ => false,
    };
    let has_mode = words.iter().any(is_mode);
    let rest: Vec<Field> = words
        .iter()
        .filter(|word| !is_mode(word))
        .cloned()
        .collect();
    let spec = match program {
        "setfacl" => "m:x:M:X:",
        "setfattr" => "n:v:x:",
        "chattr" => "p:v:",
        "chcon" => "t:u:r:l:",
        _ => "",
    };
    let options = Spec {
        short: spec,
        long: &["reference", "from"],
    }
    .read(&rest);
    let is_first_file = has_mode
        || program == "setfacl"
        || program == "setfattr"
        || program == "restorecon"
        || options.has('\0', "reference")
        || (program == "chcon" && options.has_any("turl"));
    let files = options
        .operands
        .get(usize::from(!is_first_file)..)
        .unwrap_or_default();
    Effects::none().all(files, Use::Write, options.has('R', "recursive"))
}

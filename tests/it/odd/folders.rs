//! Folders and patterns over files with odd names.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{dice, named, planned};
use crate::random::dice::Dice;
use crate::support::ControlPlane;

/// So many files in so many folders.
const FOLDERS: usize = 12;
const FILES: usize = 90;

#[test]
fn what_kubectl_reads_under_odd_names_is_listed_or_asked() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let mut dice = dice(10);
    let (mut runs, mut complete, mut found, mut wrong) = (0, 0, 0, Vec::new());
    for number in 0..FOLDERS {
        let root = format!("names-{number}");
        let count = fill(&user.home.join(&root), &mut dice);
        for words in [
            vec!["-f".to_owned(), root.clone()],
            vec!["-Rf".to_owned(), root.clone()],
            vec!["-f".to_owned(), format!("{root}/{}", dice.pick(PATTERNS))],
            vec![
                "-R".to_owned(),
                "-f".to_owned(),
                format!("{root}/{}", dice.pick(PATTERNS)),
            ],
        ] {
            let named = named(&user, &words);
            let (listed, is_complete) = planned(&user, &words);
            runs += 1;
            complete += usize::from(is_complete);
            found += named.len();
            if is_complete && named != listed {
                let missing: Vec<_> = named.difference(&listed).collect();
                let more: Vec<_> = listed.difference(&named).collect();
                wrong.push(format!(
                    "{words:?} of {count}: without {missing:?}, with {more:?}"
                ));
            }
        }
    }
    writeln!(
        io::stderr(),
        "{} names, {runs} runs, {found} objects, {complete} plans complete",
        FOLDERS * FILES
    )
    .expect("it is open");
    assert!(found > FOLDERS * FILES / 2, "only {found} objects");
    assert!(complete * 2 > runs, "{complete} of {runs} are complete");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

const PATTERNS: &[&str] = &[
    "*.yaml",
    "*.y*ml",
    "*",
    "*/*.json",
    "[a-m]*",
    "[^a-m]*",
    "?*.yml",
    "*\\.yaml",
    ".*",
    "*/*",
    "*[!-~].yaml",
    "**/*.yaml",
];

/// A folder with files, folders and links under random names. How many files.
fn fill(root: &Path, dice: &mut Dice) -> usize {
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    fs::create_dir_all(root).expect("it is ours");
    let mut made = 0;
    while made < FILES {
        let folder = folders[dice.below(folders.len())].clone();
        let path = folder.join(file_name(dice));
        if fs::symlink_metadata(&path).is_ok() {
            continue;
        }
        let text = format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: n-{made}}}}}");
        match dice.below(20) {
            0 if folders.len() < 8 => {
                fs::create_dir(&path).expect("it is ours");
                folders.push(path);
                continue;
            }
            1 => {
                let target = root.with_file_name(format!("{made}.target"));
                fs::write(&target, text).expect("it is ours");
                symlink(target, path).expect("it is ours");
            }
            // A link to a folder ends kubectl's walk with an error when it is called like a file.
            2 if !has_extension(&path) => symlink(root, path).expect("it is ours"),
            _ => fs::write(path, text).expect("it is ours"),
        }
        made += 1;
    }
    made
}

fn has_extension(path: &Path) -> bool {
    let name = path.as_os_str().as_encoded_bytes();
    [".json", ".yaml", ".yml"]
        .iter()
        .any(|it| name.ends_with(it.as_bytes()))
}

fn file_name(dice: &mut Dice) -> OsString {
    let mut name = Vec::new();
    for _ in 0..dice.below(6) {
        match dice.below(8) {
            0 => name.push(u8::try_from(128 + dice.below(128)).expect("a byte")),
            1 => name.push(dice.pick(b"\n\t \\*?[]^-,{}~'\"$%=:;|<>&!#()\r\x01\x7f")),
            2 => name.extend_from_slice("é".as_bytes()),
            3 => name.extend_from_slice("\u{202e}名".as_bytes()),
            4 => name.push(b'.'),
            _ => name.push(u8::try_from(97 + dice.below(26)).expect("a byte")),
        }
    }
    let extension = dice.pick(&[
        ".yaml",
        ".yaml",
        ".yaml",
        ".yml",
        ".json",
        ".YAML",
        ".yml~",
        ".yaml.bak",
        ".txt",
        "",
        ".Json",
        ".yaml ",
        ".y\u{e0}ml",
    ]);
    name.extend_from_slice(extension.as_bytes());
    // No name, or one that is a folder's own.
    if name.iter().all(|byte| *byte == b'.') {
        name.extend_from_slice(b"x.yaml");
    }
    OsString::from_vec(name)
}

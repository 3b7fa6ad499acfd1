//! Random kubeconfigs: wherever we read one by ourselves, we read what kubectl reads. All others kubectl reads for us.

mod tree;
mod view;
mod write;

use std::env::join_paths;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use kubectl_safe::cluster::destination::DestinationError;
use kubectl_safe::cluster::kubeconfig::Kubeconfig;
use serde_json::Value;

use crate::random::dice::Dice;
use crate::support::{Output, Run, binaries};

/// So many that we read by ourselves are compared.
const COMPARED: usize = 1000;
/// So many that kubectl reads for us are compared, too.
const LED: usize = 100;

/// What came of them.
#[derive(Debug, Default)]
struct Count {
    /// Read by us, and as kubectl reads them.
    alike: AtomicUsize,
    /// Read by us, refused by kubectl.
    refused: AtomicUsize,
    /// Left to kubectl.
    left: AtomicUsize,
}

#[test]
fn random_kubeconfigs_lead_where_kubectl_goes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (next, count, wrong) = (
        AtomicUsize::new(0),
        Count::default(),
        Mutex::new(Vec::new()),
    );
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while count.alike.load(Ordering::Relaxed) + count.refused.load(Ordering::Relaxed)
                    < COMPARED
                {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if let Err(why) = compare(folder.path(), seed, &count) {
                        let _ = writeln!(io::stderr(), "seed {seed}: {why}");
                        wrong.lock().expect("no thread panics").push(seed);
                    }
                }
            });
        }
    });
    let _ = writeln!(io::stderr(), "{} kubeconfigs: {count:?}", next.into_inner());
    let wrong = wrong.into_inner().expect("no thread panics");
    assert!(wrong.is_empty(), "of these seeds lead elsewhere: {wrong:?}");
    // Else it would be a test of what every tool writes.
    let left = count.left.into_inner();
    assert!(left >= COMPARED / 4, "{left} were left to kubectl");
    assert!(count.alike.into_inner() >= COMPARED * 3 / 4);
}

/// One to three files, read by us and by kubectl.
fn compare(folder: &Path, seed: usize, count: &Count) -> Result<(), String> {
    let mut dice = Dice::new(u64::try_from(seed).expect("a usize fits into 64 bits"));
    let home = folder.join(seed.to_string());
    let files: Vec<PathBuf> = (0..dice.pick(&[1, 1, 1, 1, 2, 3]))
        .map(|number| home.join(format!("{number}/config")))
        .collect();
    let mut texts = Vec::new();
    for file in &files {
        let text = write::file(&mut dice);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a temporary folder");
        fs::write(file, &text).expect("a temporary folder");
        texts.push(format!("{:?}", String::from_utf8_lossy(&text)));
    }
    let by_flag = files.len() == 1 && dice.percent(30);
    let ours = if by_flag {
        Kubeconfig::read(&files[0])
    } else {
        Kubeconfig::merge(files.clone())
    };
    let result = match ours {
        Ok(ours) => {
            let said = kubectl(&home, &files, by_flag);
            if said.code == 0 {
                count.alike.fetch_add(1, Ordering::Relaxed);
                same(&view::of(&ours), &said, &home)
            } else {
                count.refused.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
        }
        Err(DestinationError::Unusable(_)) => {
            let number = count.left.fetch_add(1, Ordering::Relaxed);
            let only = (files.len() == 1).then(|| files[0].as_path());
            let said = (number < LED).then(|| kubectl(&home, &files, by_flag));
            match said.filter(|said| said.code == 0) {
                Some(said) => match Kubeconfig::of_kubectl(said.stdout.as_bytes(), only) {
                    Some(led) => same(&view::of(&led), &said, &home),
                    // A path that may be one of another file: unread, and asked.
                    None if only.is_none() => Ok(()),
                    None => Err("what kubectl says of it is not understood".to_owned()),
                },
                None => Ok(()),
            }
        }
        Err(DestinationError::KubectlStops(why)) => match kubectl(&home, &files, by_flag) {
            said if said.code == 0 => Err(format!("{why}, but kubectl reads it")),
            _ => Ok(()),
        },
    };
    let _ = fs::remove_dir_all(&home);
    result.map_err(|why| format!("{why}\n{}", texts.join("\n")))
}

fn kubectl(home: &Path, files: &[PathBuf], by_flag: bool) -> Output {
    let run = Run::program(&binaries().kubectl, home)
        .line("config view --raw -o json")
        .env("GOGC", "off");
    if by_flag {
        run.args(["--kubeconfig"]).args([&files[0]]).run()
    } else {
        let list = join_paths(files).expect("no path has a colon");
        run.env("KUBECONFIG", list).run()
    }
}

/// `config view` leaves a path as it is written; we make it one beside its file.
fn same(ours: &Value, said: &Output, home: &Path) -> Result<(), String> {
    let theirs: Value =
        serde_json::from_str(&said.stdout).map_err(|why| format!("{why}: {said:?}"))?;
    let theirs = view::of_kubectl(&theirs).to_string();
    let ours = (0..3).fold(ours.to_string(), |text, number| {
        text.replace(&format!("\"{}/{number}/", home.display()), "\"")
    });
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("ours    {ours}\nkubectl {theirs}"))
    }
}

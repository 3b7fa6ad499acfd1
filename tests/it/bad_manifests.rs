//! Files in odd forms, broken and huge, through the verbs that read them.
//!
//! What kubectl reads in them is judged as if it stood there plainly, and what it refuses it refuses by itself.

mod admission;
mod companions;
mod conflicts;
mod dry_runs;
mod edits;
mod forms;
mod names;
mod patches;
mod sizes;
mod sources;
mod written;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use crate::everyday::same;
use crate::trial::{By, Seen, Stage, Typed};

/// What an annotation says that a rule minds, and one that none does: key and value.
const MINDED: (&str, &str) = ("control.kubernetes.io/of", "web");
const UNMINDED: (&str, &str) = ("example.com/of", "web");
/// The rule. It is about any object, by the keys that a file says.
const RULE: &str = "annotation-write-reserved";

/// One of the two clusters that these tests share: that which is free. Two, because most of a command's time is spent waiting.
fn stage() -> MutexGuard<'static, Stage> {
    static STAGES: [OnceLock<Mutex<Stage>>; 2] = [const { OnceLock::new() }; 2];
    let [one, other] = STAGES.each_ref();
    let started = |stage: &'static OnceLock<Mutex<Stage>>| {
        stage.get_or_init(|| Mutex::new(Stage::with("ack")))
    };
    // What a command changes is put back before anybody judges its end, so a test that fails poisons nothing.
    match started(one).try_lock() {
        Ok(stage) => stage,
        Err(TryLockError::Poisoned(stage)) => stage.into_inner(),
        Err(TryLockError::WouldBlock) => {
            let stage = started(other).lock();
            stage.unwrap_or_else(PoisonError::into_inner)
        }
    }
}

/// A command line with its files.
fn typed(words: &str, files: &[(&str, &str)]) -> Typed {
    let own = |&(name, text): &(&str, &str)| (name.to_owned(), text.to_owned());
    Typed {
        words: words.to_owned(),
        files: files.iter().map(own).collect(),
        ..Typed::default()
    }
}

/// A `ConfigMap` in `shop` with this annotation.
fn config_map(name: &str, (key, value): (&str, &str)) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop, annotations: {{{key}: {value}}}}}\n"
    )
}

/// How a command line has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// As with plain kubectl, which writes something.
    Written,
    /// As with plain kubectl, which writes nothing and says why.
    Refused,
    /// At this rule, where plain kubectl would write.
    Stopped(&'static str),
}

/// What went wrong in one test.
#[derive(Debug, Default)]
struct Report(Vec<String>);

impl Report {
    /// Runs a command line without us and with us.
    fn check(&mut self, stage: &mut Stage, what: &str, typed: &Typed, end: End) {
        let plain = stage.see(typed, By::Kubectl);
        let writes = plain.writes.iter().any(|write| is_accepted(write));
        if writes == (end == End::Refused) || end == End::Refused && plain.code == 0 {
            self.add(what, typed, &format!("kubectl alone: {plain:?}"));
        }
        let guarded = stage.see(typed, By::Safe);
        let is_right = match end {
            End::Written | End::Refused => same(&plain, &guarded, &plain),
            End::Stopped(rule) => stops(&guarded, 77, &[&format!("[{rule}]")]),
        };
        if !is_right {
            let why = format!("not {end:?}: {guarded:?}\n  kubectl alone: {plain:?}");
            self.add(what, typed, &why);
        }
    }

    /// Runs one with us only, where another has shown that kubectl would write.
    fn check_stopped(
        &mut self,
        stage: &mut Stage,
        what: &str,
        typed: &Typed,
        code: i32,
        says: &[&str],
    ) {
        let guarded = stage.see(typed, By::Safe);
        if !stops(&guarded, code, says) {
            self.add(what, typed, &format!("not stopped: {guarded:?}"));
        }
    }

    fn add(&mut self, what: &str, typed: &Typed, why: &str) {
        self.0
            .push(format!("{what}: kubectl {}\n  {why}", typed.line()));
    }

    /// The end of a test.
    #[track_caller]
    fn close(self) {
        assert!(
            self.0.is_empty(),
            "{} wrong:\n{}",
            self.0.len(),
            self.0.join("\n")
        );
    }
}

/// A request that changed something: it ends with its code.
fn is_accepted(write: &str) -> bool {
    write
        .rsplit(' ')
        .next()
        .is_some_and(|code| code.starts_with('2'))
}

/// Whether nothing was run, and a person is told why.
fn stops(seen: &Seen, code: i32, parts: &[&str]) -> bool {
    // Sorted, but each is whole: nothing here is longer than a line.
    let said = seen.stderr.join("\n");
    seen.code == code
        && seen.stdout.is_empty()
        && seen.writes.is_empty()
        && said.contains("Nothing was changed.")
        && parts.iter().all(|part| said.contains(part))
}

//! Files of many documents, and of many bytes.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use super::{End, MINDED, RULE, Report, UNMINDED, config_map, stage, typed};
use crate::support::{Output, Recorder, Run};
use crate::trial::Stage;

const MANY: usize = 5_000;
/// More than a debug build needs on a busy machine, and less than a person waits for.
const PATIENCE: Duration = Duration::from_secs(40);

/// So many objects; the last has this annotation.
fn many(count: usize, last: (&str, &str)) -> String {
    let documents = (1..=count).map(|number| {
        let pair = if number == count { last } else { UNMINDED };
        config_map(&format!("many-{number}"), pair)
    });
    documents.collect::<Vec<_>>().join("---\n")
}

/// Twenty megabytes in one object, of which the server takes three, and what stands behind it.
fn huge(behind: &str) -> String {
    let line = "x".repeat(1_000);
    let mut text = config_map("huge", UNMINDED) + "data:\n";
    for number in 0..20_000 {
        writeln!(text, "  key{number}: {line}").expect("memory");
    }
    text + "---\n" + behind
}

/// The look at a command line alone: where kubectl would run, a program only writes down that it did.
fn look(stage: &Stage, line: &str) -> Output {
    let kubectl = Recorder::put(stage.user.home.join("recorder"));
    let run = Run::safe(&stage.user).env("KUBECTL_SAFE_KUBECTL", &kubectl.path);
    within(PATIENCE, || run.line(line).run())
}

#[test]
fn thousands_of_documents_are_looked_at_in_seconds() {
    let stage = &mut *stage();
    let file = stage.user.home.join("many.yaml");
    fs::write(&file, many(MANY, UNMINDED)).expect("the home can be written");
    // Without optimization our parser alone may need more than the usual time.
    for line in [
        "create --safe-timeout=40s -f many.yaml",
        "apply --safe-timeout=40s -f many.yaml",
    ] {
        let output = look(stage, line);
        assert_eq!(
            (output.code, output.stderr.as_str()),
            (Recorder::CODE, ""),
            "{line}"
        );
    }
    fs::remove_file(file).expect("it is there");
}

#[test]
fn one_of_hundreds_is_found() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (pair, end) in [(MINDED, End::Stopped(RULE)), (UNMINDED, End::Written)] {
        let line = typed("apply -f it.yaml", &[("it.yaml", &many(300, pair))]);
        report.check(stage, "300 documents", &line, end);
    }
    report.close();
}

#[test]
fn twenty_megabytes_are_the_servers_to_refuse() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let line = |words: &str, behind: &str| {
        typed(
            // Without optimization our parser alone needs more than the usual time.
            &format!("{words} --safe-timeout=40s -f it.yaml"),
            &[("it.yaml", &huge(behind))],
        )
    };
    within(2 * PATIENCE, || {
        let harmless = line("create", &config_map("made", UNMINDED));
        report.check(stage, "20 MB", &harmless, End::Written);
    });
    within(2 * PATIENCE, || {
        // kubectl reads it four times, and the usual time is for once or twice on a busy machine.
        let minded = line("apply", &config_map("made", MINDED));
        report.check_stopped(stage, "20 MB", &minded, 77, &[RULE]);
    });
    report.close();
}

fn within<T>(patience: Duration, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    let took = started.elapsed();
    assert!(took < patience, "{took:?}");
    done
}

//! Folders with a broken file in them, and URLs that answer nothing of use.

use std::time::{Duration, Instant};

use super::{End, MINDED, RULE, Report, UNMINDED, config_map, stage, typed};
use crate::support::{Fault, Faulty};
use crate::trial::{By, Typed};

/// A file of the folder; `None` for the object that the test is about.
type File = (&'static str, Option<&'static str>);

/// What lies in a folder, and whether kubectl gets to the object in it.
const FOLDERS: &[(&str, &[File], bool)] = &[
    (
        "a broken file first",
        &[("at/a.yaml", Some("kind: [\n")), ("at/b.yaml", None)],
        true,
    ),
    (
        "a broken file last",
        &[("at/a.yaml", None), ("at/b.json", Some("{\"kind\": "))],
        true,
    ),
    (
        "an object without a kind first",
        &[
            ("at/a.yaml", Some("apiVersion: v1\nmetadata: {name: x}\n")),
            ("at/b.yml", None),
        ],
        true,
    ),
    (
        "an empty file",
        &[("at/a.yaml", Some("")), ("at/b.yaml", None)],
        true,
    ),
    (
        "a text that is no manifest",
        &[("at/a.txt", Some("kind: [\n")), ("at/b.yaml", None)],
        true,
    ),
    (
        "a file deeper than it looks",
        &[("at/a.yaml", Some("")), ("at/in/b.yaml", None)],
        false,
    ),
    ("nothing but texts", &[("at/a.txt", None)], false),
];

#[test]
fn a_broken_file_hides_nothing_in_its_folder() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let verbs = ["apply -f at", "create -f at", "apply --server-side -f at"];
    for (number, &(what, files, is_reached)) in FOLDERS.iter().enumerate() {
        let line = |words: &str, pair| {
            let own = config_map("made", pair);
            let text = |file: &File| (file.0, file.1.unwrap_or(&own).to_owned());
            let files: Vec<(&str, String)> = files.iter().map(text).collect();
            let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0, it.1.as_str())).collect();
            typed(words, &files)
        };
        let verb = verbs[number % verbs.len()];
        if is_reached {
            report.check(stage, what, &line(verb, MINDED), End::Stopped(RULE));
            report.check(stage, what, &line(verb, UNMINDED), End::Written);
        } else {
            report.check(stage, what, &line(verb, MINDED), End::Refused);
        }
    }
    let deep: &[(&str, &str)] = &[
        ("at/a/b.yaml", "kind: [\n"),
        ("at/b/c/d.yaml", &config_map("made", MINDED)),
        ("at/e.json", &config_map("shop-settings", UNMINDED)),
    ];
    report.check(
        stage,
        "-R",
        &typed("apply -Rf at", deep),
        End::Stopped(RULE),
    );
    let missing = typed(
        "apply -f at -f not-there.yaml",
        &[("at/a.yaml", &config_map("made", MINDED))],
    );
    report.check(stage, "a file that is not there", &missing, End::Refused);
    report.close();
}

#[test]
fn what_lies_behind_a_url_is_judged() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (pair, end) in [(MINDED, End::Stopped(RULE)), (UNMINDED, End::Written)] {
        let line = typed(
            "apply -f $FILES/it.yaml",
            &[("it.yaml", &config_map("made", pair))],
        );
        report.check(stage, "a URL", &line, end);
    }
    report.close();
}

/// kubectl refuses these too, but what it would get a moment later nobody knows.
/// A page that is no manifest was fetched, and is kubectl's to refuse: `fetched.rs`.
#[test]
fn a_url_without_a_manifest_is_asked_about() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let answers = [
        (
            Fault::Answers(500, "text/plain", "oops".to_owned()),
            "InternalError",
        ),
        (
            Fault::Answers(404, "text/plain", "none".to_owned()),
            "NotFound",
        ),
        (
            Fault::HalfAnswers(config_map("made", UNMINDED)),
            "unexpected EOF",
        ),
    ];
    for (fault, why) in answers {
        let server = Faulty::start(fault);
        let url = format!("{}/it.yaml", server.url);
        let says = [
            "Could not be read: the objects behind",
            &url,
            "kubectl could not read it",
            why,
        ];
        let line = |words: &str| typed(&format!("{words} -f {url}"), &[]);
        report.check_stopped(stage, why, &line("apply"), 75, &says);
        // With consent it is kubectl's to say.
        let plain = stage.see(&line("apply"), By::Kubectl);
        let guarded = stage.see(&line("apply --safe-confirm=apply"), By::Safe);
        assert_eq!(guarded, plain, "{why}");
        assert_eq!((plain.code, &plain.writes), (1, &Vec::new()), "{plain:?}");
    }
    report.close();
}

#[test]
fn a_url_that_never_answers_is_given_up() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let server = Faulty::start(Fault::Hangs);
    let url = &server.url;
    for verb in [
        "apply",
        "create",
        "replace",
        "label a=b",
        "set env A=B",
        "scale --replicas=0",
    ] {
        // All of them in the time of one.
        let words = format!("{verb} -f it.yaml -f {url}/a.yaml -f {url}/b.yaml --safe-timeout=1s");
        let line = typed(&words, &[("it.yaml", &config_map("made", UNMINDED))]);
        let started = Instant::now();
        let says = ["/a.yaml", "/b.yaml", "no answer within 1 second"];
        report.check_stopped(stage, "a URL that hangs", &line, 75, &says);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(6), "{verb}: {took:?}");
    }
    report.close();
}

/// A pipe can be read once: a dry run would take from kubectl what is in it.
#[test]
fn a_pipe_beside_a_file_keeps_what_is_in_it() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let file = config_map("made", MINDED);
    let piped = config_map("piped", UNMINDED);
    let piping = |then: &str| Typed {
        script: Some(format!(
            "mkfifo pipe; (exec > /dev/null 2>&1; cat piped.txt > pipe) & {then}"
        )),
        ..typed("", &[("it.yaml", &file), ("piped.txt", &piped)])
    };
    // What is left in the pipe comes behind the question.
    let asked = piping("kubectl apply -f it.yaml -f pipe; code=$?; cat pipe >&2; exit $code");
    let says = [RULE, "the objects in pipe", "name: piped"];
    report.check_stopped(stage, "a pipe", &asked, 75, &says);
    let consented = piping("timeout 30 kubectl apply -f it.yaml -f pipe --safe-confirm=apply");
    let seen = stage.see(&consented, By::Safe);
    if seen.code != 0 || seen.writes.len() != 2 {
        report.add("a pipe", &consented, &format!("{seen:?}"));
    }
    report.close();
}

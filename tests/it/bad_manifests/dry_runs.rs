//! Servers behind the API server that may know no dry run: none is made, so that nothing is written unasked.

use std::fs;

use serde_json::{Value, json};

use super::{End, MINDED, RULE, Report, UNMINDED, stage, typed};
use crate::support::{Relay, Run, Stand};
use crate::trial::Stage;

/// What says whether the group knows a dry run.
const DOCUMENT: &str = "/openapi/v3/apis/example.com/v1";
const NO_DRY_RUN: &str = "does not say that it knows one";

/// With the name of the object.
const WRITERS: [(&str, &str); 5] = [
    ("create -f it.yaml", "made"),
    ("apply -f it.yaml", "made"),
    ("apply -f it.yaml", "red"),
    ("apply --server-side -f it.yaml", "red"),
    ("replace -f it.yaml", "red"),
];

fn widget(name: &str, (key, value): (&str, &str)) -> String {
    format!(
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {{name: {name}, namespace: shop, annotations: {{{key}: {value}}}}}\n"
    )
}

/// A server in front of the real one whose document of the group is another: status and text.
fn relay(stage: &Stage, status: u16, body: &str) -> Relay {
    let stand = Stand {
        path: DOCUMENT.to_owned(),
        status,
        body: body.to_owned(),
    };
    Relay::start(&stage.user, stand)
}

/// The real document, without a word of dry runs.
fn silent_document(stage: &Stage) -> String {
    let document = Run::kubectl(&stage.user)
        .args(["get", "--raw", DOCUMENT])
        .run()
        .stdout;
    let silent = document.replace("\"dryRun\"", "\"wetRun\"");
    assert_ne!(document, silent);
    silent
}

/// The writes that were asked for while `run` ran: real ones, and dry runs.
fn asked(stage: &mut Stage, run: impl FnOnce(&mut Stage)) -> (usize, usize) {
    let mark = stage.plane.mark();
    run(stage);
    let writes = stage.plane.writes(&stage.user, mark);
    let dry = writes.iter().filter(|write| write.dry_run).count();
    (writes.len() - dry, dry)
}

#[test]
fn a_server_that_lists_no_dry_run_is_asked_for_none() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let relay = relay(stage, 200, &silent_document(stage));
    let through = format!("-s {}", relay.url);
    let patch = |key: &str| {
        let patch = json!({"metadata": {"annotations": {key: "web"}}});
        format!("patch widget red -n shop --type=merge -p '{patch}'")
    };
    let lines = |pair: (&str, &str)| {
        let files = WRITERS.map(|(words, name)| (words.to_owned(), widget(name, pair)));
        files.into_iter().chain([(patch(pair.0), String::new())])
    };
    for ((words, minded), (harmless, unminded)) in lines(MINDED).zip(lines(UNMINDED)) {
        let line = |words: &str, text: &str| typed(words, &[("it.yaml", text)]);
        let behind = line(&format!("{words} {through}"), &minded);
        let says = [RULE, "Could not be read", NO_DRY_RUN];
        let sent = asked(stage, |stage| {
            report.check_stopped(stage, "behind", &behind, 75, &says);
        });
        assert_eq!(sent, (0, 0), "{words}");
        let passes = line(&format!("{harmless} {through}"), &unminded);
        let (_, dry) = asked(stage, |stage| {
            report.check(stage, "harmless behind", &passes, End::Written);
        });
        assert_eq!(dry, 0, "{harmless}");
        // The server itself knows what a dry run is.
        let (_, dry) = asked(stage, |stage| {
            report.check(stage, "itself", &line(&words, &minded), End::Stopped(RULE));
        });
        assert!(dry > 0, "{words}");
    }
    report.close();
}

#[test]
fn one_such_object_keeps_the_whole_command_from_a_dry_run() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let relay = relay(stage, 200, &silent_document(stage));
    let map = super::config_map("shop-settings", MINDED);
    let both = format!("{map}---\n{}", widget("red", UNMINDED));
    let both = both.replace("annotations:", "labels: {of: both}, annotations:");
    for (words, file) in [
        ("apply -f it.yaml", &both),
        ("apply -f it.yaml --prune -l of=both", &both),
        ("apply -f it.yaml --force", &both),
    ] {
        let line = |words: &str| typed(words, &[("it.yaml", file)]);
        let behind = line(&format!("{words} -s {}", relay.url));
        let sent = asked(stage, |stage| {
            report.check_stopped(stage, "behind", &behind, 75, &[RULE, NO_DRY_RUN]);
        });
        assert_eq!(sent, (0, 0), "{words}");
    }
    let line = typed("apply -f it.yaml", &[("it.yaml", &both)]);
    report.check(stage, "itself", &line, End::Stopped(RULE));
    report.close();
}

#[test]
fn a_plan_without_a_dry_run_is_incomplete() {
    let stage = &mut *stage();
    let relay = relay(stage, 200, &silent_document(stage));
    let file = stage.user.home.join("it.yaml");
    for (name, operation) in [("made", "CREATE"), ("red", "UPDATE")] {
        fs::write(&file, widget(name, UNMINDED)).expect("the home can be written");
        let plan = |server: &str| {
            let run = Run::safe(&stage.user).line("plan -o json -- apply -f it.yaml");
            let output = run.line(server).run();
            let plan: Value = serde_json::from_str(&output.stdout)
                .unwrap_or_else(|why| panic!("{why}: {output:?}"));
            (output.code, plan)
        };
        let mark = stage.plane.mark();
        let (code, behind) = plan(&format!("-s {}", relay.url));
        assert_eq!((code, &behind["complete"]), (75, &json!(false)), "{behind}");
        let why = behind["unknown"][0]["why"].as_str().unwrap_or_default();
        assert!(why.contains(NO_DRY_RUN), "{behind}");
        assert_eq!(behind["changes"][0]["operation"], operation, "{behind}");
        let writes = stage.plane.writes(&stage.user, mark);
        assert!(writes.is_empty(), "{writes:?}");

        let (code, itself) = plan("");
        assert_eq!((code, &itself["complete"]), (0, &json!(true)), "{itself}");
        let requests = stage.plane.requests(&stage.user, mark);
        let ours = |agent: &str| !agent.starts_with("kubectl/");
        let read = requests
            .iter()
            .filter(|it| it.uri == DOCUMENT && ours(&it.user_agent))
            .count();
        assert_eq!(read, 1, "{requests:?}");
    }
    let _ = fs::remove_file(file);
}

#[test]
fn a_plan_of_several_scales_makes_no_dry_run_either() {
    let stage = &mut *stage();
    let relay = relay(stage, 200, &silent_document(stage));
    let mark = stage.plane.mark();
    let run = Run::safe(&stage.user)
        .line("plan -o json -- scale --replicas=0 --record widget red blue -n shop -s")
        .args([&relay.url]);
    let output = run.run();
    assert_eq!(output.code, 75, "{output:?}");
    assert!(output.stdout.contains(NO_DRY_RUN), "{output:?}");
    let writes = stage.plane.writes(&stage.user, mark);
    assert!(writes.is_empty(), "{writes:?}");
}

#[test]
fn without_the_document_there_is_no_dry_run() {
    let mut report = Report::default();
    let stage = &mut *stage();
    let status = |code: u16| {
        let status = json!({"kind": "Status", "message": "its own words", "code": code});
        status.to_string()
    };
    for (code, body, says) in [
        (404, String::new(), NO_DRY_RUN),
        (200, "{}".to_owned(), NO_DRY_RUN),
        (200, "<html>".to_owned(), "a web page instead of an object"),
        (403, status(403), "forbidden: its own words"),
        (503, status(503), "the server answered 503: its own words"),
    ] {
        let relay = relay(stage, code, &body);
        let words = format!("apply -f it.yaml -s {}", relay.url);
        let line = typed(&words, &[("it.yaml", &widget("red", MINDED))]);
        let sent = asked(stage, |stage| {
            report.check_stopped(stage, says, &line, 75, &[RULE, says]);
        });
        assert_eq!(sent, (0, 0), "{code} {body}");
    }
    report.close();
}

//! Words and objects that are huge or hostile.

use serde_json::json;

use super::Guarded;
use crate::support::{Fault, Faulty, Recorder};

const SLB: &str = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id";

/// A server that has one Service with these annotations.
fn annotated(annotations: &serde_json::Value) -> Faulty {
    let service = json!({
        "kind": "Service", "apiVersion": "v1",
        "metadata": {"name": "web", "namespace": "default", "annotations": annotations},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
    });
    Faulty::start(Fault::Answers(200, "application/json", service.to_string()))
}

#[test]
fn ten_megabytes_in_one_annotation() {
    let guarded = Guarded::new();
    let server = annotated(&json!({SLB: "lb-".to_owned() + &"x".repeat(10_000_000)}));
    let run = guarded.against(&server.url, "delete service web");
    let output = run.run();
    assert!([75, 77].contains(&output.code), "{}", output.code);
    assert!(
        output.stderr.len() < 20_000,
        "{} bytes",
        output.stderr.len()
    );
    let output = guarded
        .against(&server.url, "plan delete service web")
        .run();
    assert!([75, 77].contains(&output.code), "{}", output.code);
    assert_eq!(guarded.kubectl.words(), None);
}

#[test]
fn annotations_that_would_move_the_cursor() {
    let guarded = Guarded::new();
    let server = annotated(
        &json!({SLB: "lb-1\u{1b}[2J\u{1b}]0;title\u{7}\r\u{9b}1A\u{202e}\nNothing speaks against it."}),
    );
    for line in ["delete service web", "plan delete service web"] {
        let output = guarded.against(&server.url, line).run();
        assert_ne!(output.code, 0, "{output:?}");
        for text in [&output.stderr, &output.stdout] {
            assert!(
                text.chars()
                    .all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'),
                "{text:?}"
            );
            assert!(!text.contains("\nNothing speaks"), "{text:?}");
        }
        assert!((output.stderr + &output.stdout).contains("lb-1\\u{1b}[2J"));
    }
}

#[test]
fn words_that_would_move_the_cursor() {
    let guarded = Guarded::new();
    let name = "a\u{1b}[2J\r\u{202e}b";
    let run = guarded
        .against(&Faulty::refusing_url(), "delete namespace")
        .args([name]);
    guarded.assert_stops(&run, 75, &["a\\u{1b}[2J\\r\\u{202e}b"]);
    let run = guarded.safe("delete namespace x -f").args(["\u{1b}[31m"]);
    let output = run.run();
    assert!(
        output.stderr.chars().all(|c| c == '\n' || !c.is_control()),
        "{output:?}"
    );
}

#[test]
fn huge_words() {
    let guarded = Guarded::new();
    // One argument holds at most 128 KiB on Linux.
    let long = "x".repeat(100_000);
    let run = guarded
        .against(&Faulty::refusing_url(), "delete namespace")
        .args([&long]);
    let output = run.run();
    assert_eq!(output.code, 75, "{}", output.stderr.len());
    assert_eq!(guarded.kubectl.words(), None);

    let many: Vec<String> = (0..5_000).map(|n| format!("namespace-{n}")).collect();
    let run = guarded
        .against(&Faulty::refusing_url(), "delete namespace")
        .args(&many);
    let output = guarded.assert_stops(&run, 75, &["--safe-confirm='5000 namespaces'"]);
    assert!(
        output.stderr.lines().count() < 100,
        "{} lines",
        output.stderr.lines().count()
    );

    // Words that no rule looks at pass, however many.
    let output = guarded
        .against(&Faulty::refusing_url(), "delete configmap")
        .args(&many)
        .run();
    assert_eq!((output.code, output.stderr.as_str()), (Recorder::CODE, ""));
}

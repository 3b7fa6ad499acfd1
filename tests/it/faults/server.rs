//! Servers that do not answer, or answer what cannot be relied on.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Guarded, assert_server_unread};
use crate::support::{ControlPlane, Fault, Faulty, Run};

const UNREAD: &str = "Could not be read: namespace \"prod\"";

#[test]
fn refuses() {
    let guarded = Guarded::new();
    let url = Faulty::refusing_url();
    let run = guarded.against(&url, "delete namespace prod");
    guarded.assert_unread(
        &run,
        "--safe-confirm=prod",
        &[UNREAD, "cannot connect: Connection refused", &url],
    );
}

#[test]
fn hangs() {
    let guarded = Guarded::new();
    let server = Faulty::start(Fault::Hangs);
    for (timeout, least, sentence) in [
        ("1s", 1000, "no answer within 1 second"),
        ("200ms", 200, "no answer within 0.2 seconds"),
    ] {
        let started = Instant::now();
        let run = guarded
            .against(&server.url, "delete namespace prod")
            .args([format!("--safe-timeout={timeout}")]);
        guarded.assert_stops(&run, 75, &[UNREAD, sentence]);
        let took = started.elapsed();
        let least = Duration::from_millis(least);
        assert!(
            (least..least + Duration::from_secs(2)).contains(&took),
            "{timeout}: {took:?}"
        );
    }
    // The person's own limit for each request counts as well.
    let run = guarded.against(&server.url, "delete namespace prod --request-timeout=1s");
    guarded.assert_unread(&run, "--safe-confirm=prod", &["no answer within 1 second"]);
}

#[test]
fn the_whole_look_is_bounded_however_much_is_asked() {
    let guarded = Guarded::new();
    let server = Faulty::start(Fault::Hangs);
    let started = Instant::now();
    let run = guarded.against(
        &server.url,
        "delete node,namespace,widgets.example.com a b c d e f g h i j k l --safe-timeout=1s",
    );
    guarded.assert_stops(&run, 75, &["no answer within 1 second"]);
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn resets() {
    assert_server_unread(Fault::Resets, &[UNREAD, "cannot connect: "]);
}

#[test]
fn answers_a_web_page() {
    let page = "<html><body>Please log in to <b>the portal</b></body></html>".to_owned();
    for status in [200, 302, 404, 502] {
        let fault = Fault::Answers(status, "text/html", page.clone());
        assert_server_unread(
            fault,
            &[
                UNREAD,
                "the server's answer could not be read",
                "a web page instead of an object",
            ],
        );
    }
}

#[test]
fn answers_half() {
    let half = r#"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"#.to_owned();
    assert_server_unread(
        Fault::HalfAnswers(half.clone()),
        &[
            UNREAD,
            "the server's answer could not be read: it broke off",
        ],
    );
    let complete = Fault::Answers(200, "application/json", half);
    assert_server_unread(complete, &[UNREAD, "broken or unexpected JSON"]);
    assert_server_unread(
        Fault::Answers(200, "application/json", String::new()),
        &["an empty answer"],
    );
}

#[test]
fn answers_another_object() {
    let other =
        json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "other"}}).to_string();
    assert_server_unread(
        Fault::Answers(200, "application/json", other),
        &["another object than was asked for"],
    );
}

#[test]
fn answers_with_an_error() {
    let fault = |code| Fault::status(code, "X", "the server's \u{1b}[31mown\u{1b}[0m words");
    let own = "the server's \\u{1b}[31mown\\u{1b}[0m words";
    assert_server_unread(
        fault(401),
        &[
            UNREAD,
            "the server did not accept the credentials (401 Unauthorized)",
        ],
    );
    assert_server_unread(fault(403), &[UNREAD, &format!("forbidden: {own}")]);
    for code in [429, 500, 503] {
        assert_server_unread(
            fault(code),
            &[UNREAD, &format!("the server answered {code}: {own}")],
        );
    }
    assert_server_unread(
        Fault::Answers(503, "text/plain", "starting\n".to_owned()),
        &["the server answered 503: starting"],
    );
}

#[test]
fn knows_no_such_object() {
    // 404 is an answer: there is nothing to lose, and kubectl says so itself.
    let guarded = Guarded::new();
    let server = Faulty::start(Fault::status(
        404,
        "NotFound",
        "namespaces \"prod\" not found",
    ));
    let output = guarded.against(&server.url, "delete namespace prod").run();
    assert_eq!(
        (output.code, output.stderr.as_str()),
        (crate::support::Recorder::CODE, "")
    );
}

#[test]
fn the_real_server_forbids() {
    let guarded = Guarded::of(ControlPlane::shared().nobody());
    let run = guarded.safe("delete namespace default");
    let forbidden = format!(
        "forbidden: namespaces \"default\" is forbidden: User \"{}\"",
        guarded.user.name
    );
    guarded.assert_unread(
        &run,
        "--safe-confirm=default",
        &["Could not be read: namespace \"default\"", &forbidden],
    );
    // The same with the real kubectl: it is asked for consent, and then the server refuses.
    let output = Run::safe(&guarded.user)
        .line("delete namespace default --safe-confirm=default")
        .run();
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stderr.contains("Error from server (Forbidden)"),
        "{output:?}"
    );
}

#[test]
fn the_real_server_does_not_know_the_token() {
    let guarded = Guarded::new();
    let run = guarded.safe("delete namespace default --token=a-wrong-secret");
    guarded.assert_unread(&run, "--safe-confirm=default", &["401 Unauthorized"]);
    assert!(!run.run().stderr.contains("a-wrong-secret"));
}

#[test]
fn the_certificate_is_signed_by_nobody_we_know() {
    let guarded = Guarded::new();
    // A certificate, but not this server's: the one that signs for another plane would do as well.
    let other = guarded.user.home.join("other.crt");
    fs::write(&other, include_str!("../../data/other-ca.crt")).expect("the home can be written");
    let run = guarded
        .safe("delete namespace default --certificate-authority")
        .args([&other]);
    guarded.assert_unread(
        &run,
        "--safe-confirm=default",
        &["cannot connect: the server's certificate is signed by nobody who is trusted"],
    );

    fs::write(&other, "no certificate").expect("the home can be written");
    guarded.assert_stops(
        &run,
        75,
        &["the certificate authority of the kubeconfig holds no certificate"],
    );
}

#[test]
fn speaks_no_tls() {
    let guarded = Guarded::new();
    let server = Faulty::start(Fault::Answers(200, "text/plain", String::new()));
    let run = guarded
        .safe("delete namespace default --insecure-skip-tls-verify -s")
        .args([server.url.replace("http:", "https:")]);
    guarded.assert_stops(&run, 75, &["cannot connect: "]);
}

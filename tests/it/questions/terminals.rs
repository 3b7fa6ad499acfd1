//! Terminals in all their states: gone, interrupted, typed at too early, with pipes and files around them.

use std::fs;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::{
    CREATED, KEPT, NODE, REUSE, REUSING, ack, assert_clean, copy, fixture, safe, service_is_there,
};
use crate::support::{Run, Terminal, TestUser};

/// A command that asks y/N, and what it asks about.
fn deletion(user: &TestUser, name: &str) -> Run {
    copy(KEPT, name, |_| ());
    safe(user, "en", &format!("delete service {name} -n shop"))
}

#[test]
fn control_c_ends_in_130_and_leaves_the_terminal_as_it_was() {
    let user = ack().user();
    let mark = ack().mark();
    // The shell goes on: only the question was interrupted.
    let terminal = Terminal::shell(
        &deletion(&user, "interrupted"),
        r#""$@"; echo "exit code $?""#,
    );
    terminal.wait_for("[y/N]");
    terminal.press("ye\u{3}");
    let end = terminal.end();
    assert_clean(&end);
    let last: Vec<_> = end.text.lines().rev().take(3).collect();
    assert_eq!(
        last,
        [
            "exit code 130",
            "Cancelled. Nothing was changed.",
            "Continue? [y/N] ye"
        ]
    );
    assert!(ack().writes(&user, mark).is_empty());
}

/// Where y/N is asked, where a name is to be typed, and where a reason follows: what has been typed there, the key, and how it ends.
#[test]
fn control_d_is_a_no_and_control_c_an_end_at_every_question() {
    let user = ack().user();
    let mark = ack().mark();
    copy(KEPT, "left", |_| ());
    copy(CREATED, "left-named", |_| ());
    copy(REUSING, "left-reason", |_| ());
    let annotate = format!("annotate service left-reason -n pay {REUSE}-");
    for (line, prompt) in [
        ("delete service left -n shop", "Continue? [y/N]"),
        (
            "delete service left-named -n shop",
            "Type left-named to confirm:",
        ),
        (annotate.as_str(), "Reason:"),
    ] {
        for (typed, key, code) in [
            ("", "\u{4}", 77),
            ("", "\u{3}", 130),
            ("left-named", "\u{3}", 130),
        ] {
            let terminal = Terminal::open(&safe(&user, "en", line));
            if prompt == "Reason:" {
                terminal.wait_for("Type left-reason to override");
                terminal.press("left-reason\r");
            }
            terminal.wait_for(prompt);
            terminal.press(&format!("{typed}{key}"));
            let end = terminal.end();
            assert_clean(&end);
            assert_eq!(end.code, code, "{}", end.text);
            let last: Vec<_> = end.text.lines().rev().take(2).collect();
            let asked = format!("{prompt} {typed}");
            assert_eq!(last, ["Cancelled. Nothing was changed.", asked.trim_end()]);
        }
    }
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn sigterm_leaves_the_terminal_as_it_was() {
    let user = ack().user();
    let mark = ack().mark();
    let terminal = Terminal::open(&deletion(&user, "signalled"));
    terminal.wait_for("[y/N]");
    terminal.press("y");
    terminal.wait_for("[y/N] y");
    assert!(!terminal.is_cooked());
    terminal.signal(Signal::TERM);
    let end = terminal.end();
    assert_clean(&end);
    assert_eq!(end.code, 128 + 15, "{}", end.text);
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn other_signals_leave_the_terminal_as_it_was_too() {
    let user = ack().user();
    let mark = ack().mark();
    let run = deletion(&user, "signalled-too");
    for (signal, number) in [(Signal::HUP, 1), (Signal::QUIT, 3), (Signal::USR1, 10)] {
        let terminal = Terminal::open(&run);
        terminal.wait_for("[y/N]");
        terminal.press("y");
        terminal.wait_for("[y/N] y");
        terminal.signal(signal);
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 128 + number, "{}", end.text);
    }
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn what_was_taken_back_is_no_answer() {
    let user = ack().user();
    let mark = ack().mark();
    let run = deletion(&user, "taken-back");
    for keys in ["y\u{15}\r", "y\u{7f}\r", "yes\u{17}\r"] {
        let terminal = Terminal::open(&run);
        terminal.wait_for("[y/N]");
        terminal.press(keys);
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 77, "{}", end.text);
    }
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn control_z_stops_and_fg_asks_again() {
    let user = ack().user();
    let mark = ack().mark();
    let terminal = Terminal::shell(
        &deletion(&user, "stopped"),
        r#"set -m; "$@"; echo "stopped as $?"; fg; echo "exit code $?""#,
    );
    terminal.wait_for("[y/N]");
    terminal.press("y\u{1a}");
    terminal.wait_for("stopped as 148");
    terminal.wait_for("[y/N]");
    std::thread::sleep(Duration::from_millis(500));
    terminal.press("\r");
    let end = terminal.end();
    assert_clean(&end);
    assert!(end.text.contains("exit code 77"), "{}", end.text);
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn a_closed_window_runs_nothing() {
    let user = ack().user();
    let mark = ack().mark();
    let terminal = Terminal::open(&deletion(&user, "hung-up"));
    terminal.wait_for("[y/N]");
    terminal.press("y");
    assert_eq!(terminal.hang_up(), 128 + 1, "SIGHUP ends it");

    let terminal = Terminal::shell(
        &deletion(&user, "hung-up-nohup"),
        r#"trap "" HUP; exec "$@""#,
    );
    terminal.wait_for("[y/N]");
    terminal.press("y");
    assert_eq!(
        terminal.hang_up(),
        77,
        "without the signal, the lost terminal is a no"
    );
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn what_was_typed_before_the_question_is_no_answer() {
    let user = ack().user();
    let mark = ack().mark();
    // The shell takes the first line; the second waits before our program even starts.
    let terminal = Terminal::shell(&deletion(&user, "ahead"), r#"read -r line; exec "$@""#);
    terminal.press("go\ry\r");
    terminal.wait_for("[y/N]");
    terminal.press("\r");
    let end = terminal.end();
    assert_eq!(end.code, 77, "{}", end.text);
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn a_piped_manifest_leaves_the_question_to_the_terminal() {
    let user = ack().user();
    copy(KEPT, "piped", |_| ());
    let mut manifest = fixture(KEPT);
    manifest["metadata"]["name"] = "piped".into();
    let run = safe(&user, "en", "delete -f -").env("MANIFEST", manifest.to_string());
    for (answer, code) in [("n\r", 77), ("y\r", 0)] {
        let terminal = Terminal::shell(&run, r#"printf "%s" "$MANIFEST" | "$@""#);
        terminal.wait_for("[y/N]");
        assert!(service_is_there("shop", "piped"));
        terminal.press(answer);
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, code, "{}", end.text);
    }
    assert!(!service_is_there("shop", "piped"));
}

#[test]
fn with_standard_error_in_a_file_the_question_is_on_the_terminal() {
    let user = ack().user();
    let run = deletion(&user, "redirected");
    let terminal = Terminal::shell(&run, r#"exec "$@" >output 2>errors"#);
    terminal.wait_for("Continue? [y/N]");
    terminal.press("\r");
    let end = terminal.end();
    assert_clean(&end);
    assert_eq!(end.code, 77, "{}", end.text);
    assert!(end.text.contains("Impact:"), "{}", end.text);
    let read = |name| fs::read_to_string(user.home.join(name)).expect("the shell made it");
    assert_eq!(read("errors"), "Cancelled. Nothing was changed.\n");
    assert_eq!(read("output"), "");
}

#[test]
fn no_color_is_obeyed() {
    let user = ack().user();
    let run = deletion(&user, "plain");
    for (run, is_coloured) in [
        (run, true),
        (deletion(&user, "plain-2").env("NO_COLOR", "1"), false),
    ] {
        let terminal = Terminal::open(&run);
        terminal.wait_for("[y/N]");
        terminal.press("\r");
        assert_eq!(terminal.end().is_coloured, is_coloured);
    }
}

/// A way to the API server on which every connection waits first. Its threads end with the test process.
fn slow_way() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("https://{}", listener.local_addr().expect("it is bound"));
    let server = ack()
        .endpoint()
        .url
        .trim_start_matches("https://")
        .to_owned();
    let forward = |from: &TcpStream, to: &TcpStream| {
        let (mut from, mut to) = (
            from.try_clone().expect("a socket can be cloned"),
            to.try_clone().expect("a socket can be cloned"),
        );
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    };
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            thread::sleep(Duration::from_millis(1500));
            let far = TcpStream::connect(&server).expect("the API server listens");
            forward(&near, &far);
            forward(&far, &near);
        }
    });
    url
}

#[test]
fn a_slow_look_is_announced_and_the_line_taken_back() {
    const LOOKING: &str = "kubectl-safe: looking at the cluster ...";
    let user = ack().user();
    let run = deletion(&user, "slow").args(["--server", &slow_way()]);
    let terminal = Terminal::open(&run);
    terminal.wait_for(LOOKING);
    terminal.wait_for("[y/N]");
    assert!(!terminal.text().contains(LOOKING), "{}", terminal.text());
    assert!(
        terminal.text().starts_with("To be deleted:"),
        "{}",
        terminal.text()
    );
    // The second look, after the answer, goes over the same connection.
    terminal.press("y\r");
    let end = terminal.end();
    assert_clean(&end);
    assert_eq!(end.code, 0, "{}", end.text);

    // Where nothing is asked, kubectl's own words are all that is left.
    let run = safe(&user, "en", &format!("uncordon {NODE}")).args(["--server", &slow_way()]);
    let terminal = Terminal::open(&run);
    terminal.wait_for(LOOKING);
    let end = terminal.end();
    assert_eq!(end.text, format!("node/{NODE} already uncordoned"));

    // A file is told nothing.
    let terminal = Terminal::shell(&run, r#"exec "$@" 2>errors"#);
    assert_eq!(
        terminal.end().text,
        format!("node/{NODE} already uncordoned")
    );
    let errors = fs::read_to_string(user.home.join("errors")).expect("the shell made it");
    assert_eq!(errors, "");
}

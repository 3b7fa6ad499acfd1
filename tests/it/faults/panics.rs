//! A panic: nothing runs, the shell is told, the terminal is put back.

use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use kubectl_safe::answer::voice;

use crate::support::{Run, Terminal};

/// The child is this test again, so that the process that ends has the product's own hook and nothing else.
const CHILD: &str = "KUBECTL_SAFE_TEST_PANIC";

#[test]
fn ends_in_70_and_shows_the_cursor() {
    if env::var_os(CHILD).is_some() {
        std::panic::set_hook(Box::new(voice::report_panic));
        // As in a question that hides it.
        let mut stdout = std::io::stdout();
        write!(stdout, "\u{1b}[?25l").expect("stdout is open");
        stdout.flush().expect("stdout is open");
        // Also in a thread whose panic somebody would catch.
        let secret = Arc::new("a-secret-in-the-message");
        let _ = std::thread::spawn(move || panic!("{secret}")).join();
        writeln!(std::io::stdout(), "kubectl would run now").expect("stdout is open");
        return;
    }
    let name = "faults::panics::ends_in_70_and_shows_the_cursor";
    let child = |command: &mut Command| {
        command
            .args([name, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .stdin(Stdio::null())
            .output()
            .expect("this program can be started")
    };
    let ourselves = env::current_exe().expect("this program has a path");
    let output = child(Command::new("setsid").arg("--wait").arg(&ourselves));
    assert_eq!(output.status.code(), Some(70), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("kubectl-safe: internal error"), "{said}");
    assert!(said.contains("Nothing was run."), "{said}");
    assert!(!said.contains("a-secret"), "{said}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("kubectl would run"));

    let home = env::temp_dir();
    let run = Run::program(&ourselves, &home).args([name, "--exact", "--nocapture"]);
    let end = Terminal::open(&run.env(CHILD, "1")).end();
    assert_eq!(end.code, 70, "{}", end.text);
    assert!(end.text.contains("Nothing was run."), "{}", end.text);
    assert!(end.cursor_is_visible, "{}", end.text);
}

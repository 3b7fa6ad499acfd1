//! Commands run as a user alone would run them, and leave nothing behind.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Value, json};

use crate::support::{ControlPlane, Options, Run, Terminal};

#[test]
fn commands_have_no_terminal_and_only_the_users_environment() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    // A credential plugin is a program that the real kubectl starts in its own session and environment.
    let seen = user.home.join("seen");
    let plugin = user.home.join("plugin.sh");
    let script = format!(
        "exec >{}
         read -r _ _ _ _ _ session _ </proc/$$/stat; echo session=$session
         (: </dev/tty) 2>/dev/null && echo terminal
         /usr/bin/env
         exit 1",
        seen.display()
    );
    fs::write(&plugin, script).expect("the home can be written");
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh",
        "args": [plugin], "interactiveMode": "Never",
    });
    let mut config: Value =
        serde_json::from_slice(&fs::read(&user.kubeconfig).expect("it is there"))
            .expect("it is JSON");
    config["users"][0]["user"] = json!({"exec": exec});
    fs::write(&user.kubeconfig, config.to_string()).expect("the home can be written");

    assert_eq!(Run::kubectl(&user).line("get pods").run().code, 1);
    let seen = fs::read_to_string(seen).expect("the plugin ran");
    // Our own session may have begun outside this container, where it has no number: 0, which getsid cannot say.
    let stat = fs::read_to_string("/proc/self/stat").expect("this process is running");
    let after_name = stat
        .rsplit_once(')')
        .expect("the program's name is in brackets")
        .1;
    let ours = after_name
        .split_whitespace()
        .nth(3)
        .expect("the fourth is the session");
    assert!(seen.starts_with("session="), "{seen}");
    assert!(!seen.starts_with(&format!("session={ours}\n")), "{seen}");
    assert!(!seen.lines().any(|line| line == "terminal"), "{seen}");
    assert!(
        seen.contains(&format!("HOME={}", user.home.display())),
        "{seen}"
    );
    assert!(!seen.contains("CARGO"), "{seen}");
}

#[test]
fn a_pty_gives_a_terminal() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    plane.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: asked, namespace: harness-pty}}",
    );
    let mark = plane.mark();
    let delete = Run::kubectl(&user).line("delete configmap asked -n harness-pty --interactive");
    let terminal = Terminal::open(&delete);
    terminal.wait_for("(y/N)");
    terminal.press("n\r");
    let end = terminal.end();
    assert!(end.text.contains("deletion is cancelled"), "{end:?}");

    let writes = plane.writes(&user, mark);
    assert!(writes.iter().all(|write| write.dry_run), "{writes:?}");
    assert!(
        plane
            .object("v1", "ConfigMap", "harness-pty", "asked")
            .is_some()
    );
}

#[test]
fn our_own_binary_runs() {
    let user = ControlPlane::shared().user();
    let output = Run::safe(&user).line("version --client").run();
    assert_eq!(output.code, 0, "{output:?}");
}

/// Waits until a control plane is gone: its port and its folder, which goes last.
fn assert_gone(url: &str, home: &Path) {
    let address = url.trim_start_matches("https://");
    let started = Instant::now();
    while home.exists() || TcpStream::connect(address).is_ok() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{url} or {} is left",
            home.display()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_dropped_plane_is_gone() {
    let plane = ControlPlane::start(&Options { controllers: &[] });
    let (url, home) = (plane.endpoint().url.clone(), plane.user().home);
    assert!(home.exists());
    drop(plane);
    assert_gone(&url, &home);
}

#[test]
fn nothing_outlives_a_killed_test_process() {
    let mut other = Command::new(env::current_exe().expect("a test has a program"))
        .args([
            "--exact",
            "harness::commands::waits_to_be_killed",
            "--ignored",
            "--nocapture",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let output = BufReader::new(other.stdout.take().expect("it is piped"));
    let plane = output
        .lines()
        .map(|line| line.expect("it is text"))
        .find_map(|line| {
            let (url, home) = line.strip_prefix("plane ")?.split_once(' ')?;
            Some((url.to_owned(), PathBuf::from(home)))
        });
    let (url, home) = plane.expect("it says where its plane is");
    assert!(TcpStream::connect(url.trim_start_matches("https://")).is_ok());
    other.kill().expect("it runs until now");
    other.wait().expect("it was killed");
    assert_gone(&url, &home);
}

#[test]
#[ignore = "the other process of nothing_outlives_a_killed_test_process"]
fn waits_to_be_killed() {
    let plane = ControlPlane::start(&Options::default());
    let (url, home) = (&plane.endpoint().url, plane.user().home);
    writeln!(io::stdout(), "\nplane {url} {}", home.display()).expect("its stdout is open");
    thread::sleep(Duration::from_secs(30));
}

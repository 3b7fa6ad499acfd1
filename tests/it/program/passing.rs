//! Everything that is kubectl's arrives at kubectl: words, environment, descriptors, signals; and its end is ours.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kubectl_safe::kubectl::program::pass::Pass;
use rustix::process::{Pid, Signal, kill_process};

use super::{Home, assert_refused};
use crate::support::{Recorder, SAFE, exit_code, write_program};

#[test]
fn words_arrive_byte_for_byte() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    let words: Vec<OsString> = vec![
        "get".into(),
        "pods".into(),
        "".into(),
        " two  words ".into(),
        "'single' \"double\" $HOME `id` \\ *".into(),
        "line\nbreak\t\u{1b}[31m".into(),
        OsString::from_vec(b"\xff\xfe not UTF-8".to_vec()),
        "节点".into(),
        "-l=a in (b,c),!d".into(),
        "--".into(),
        "--safe-yes".into(),
        "--".into(),
    ];
    let output = home.safe(&["bin"]).args(&words).run();
    assert_eq!(
        (output.code, output.stdout.as_str(), output.stderr.as_str()),
        (Recorder::CODE, "kubectl speaking\n", "")
    );
    assert_eq!(kubectl.words(), Some(words));
}

#[test]
fn only_our_flags_are_taken_out_and_only_where_a_flag_stands() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    for (line, rest) in [
        ("--safe-yes get pods", "get pods"),
        ("get --safe-yes pods --safe-timeout=5s", "get pods"),
        ("get pods -n --safe-yes", "get pods -n --safe-yes"),
        (
            "get pods -n --safe-yes --safe-yes",
            "get pods -n --safe-yes",
        ),
        (
            "exec p --safe-yes -- sh --safe-yes",
            "exec p -- sh --safe-yes",
        ),
        ("get pods --safely", "get pods --safely"),
        ("get pods -safe-yes", "get pods -safe-yes"),
        ("__complete get --safe-", "__complete get --safe-"),
    ] {
        let output = home.safe(&["bin"]).line(line).run();
        assert_eq!(output.code, Recorder::CODE, "{line}: {output:?}");
        assert_eq!(
            kubectl.words(),
            Some(rest.split(' ').map(Into::into).collect()),
            "{line}"
        );
    }
}

#[test]
fn argv_0_is_kubectls_path_and_the_environment_is_untouched() {
    let home = Home::new();
    // A script does not see its argv[0] as it was given; /bin/cat shows its own.
    let cat = home.folder("bin").join("kubectl");
    symlink("/bin/cat", &cat).expect("a link can be made");
    let run = home
        .safe(&["bin"])
        .env("KUBECTL_SAFE_KUBECTL", &cat)
        .env("EMPTY", "")
        .env("A_B", "ü\u{1}");
    let output = run.args(["/proc/self/cmdline"]).run();
    assert_eq!(
        output.stdout,
        format!("{}\0/proc/self/cmdline\0", cat.display())
    );

    let kubectl = home.recorder("other");
    let seen = |program: &Path, line: &str| {
        let run = home
            .run(program, &["other"])
            .env("EMPTY", "")
            .env("A_B", "ü\u{1}")
            .env("KUBECONFIG", "/nowhere");
        let output = run.line(line).run();
        assert_eq!(output.code, Recorder::CODE, "{line}: {output:?}");
        let mut environment = kubectl.environment();
        // What ends a loop through a kubectl that leads back to us.
        environment.retain(|variable| !variable.starts_with("KUBECTL_SAFE_ROUNDS="));
        (environment, kubectl.descriptors())
    };
    let direct = seen(&kubectl.path, "get pods");
    assert!(direct.0.contains(&"EMPTY=".to_owned()), "{direct:?}");
    assert_eq!(seen(SAFE.as_ref(), "get pods"), direct);
    // The same after a look at the cluster, which failed and was consented to.
    assert_eq!(
        seen(SAFE.as_ref(), "delete node x --safe-confirm=x"),
        direct
    );
}

#[test]
fn kubectls_end_is_ours() {
    let home = Home::new();
    let kubectl = home.folder("bin").join("kubectl");
    for (script, code) in [
        ("exit 0", 0),
        ("exit 1", 1),
        ("exit 77", 77),
        ("exit 255", 255),
        ("kill -TERM $$", 143),
        ("kill -KILL $$", 137),
    ] {
        write_program(&kubectl, script);
        let output = home.safe(&["bin"]).line("get pods").run();
        assert_eq!(
            (output.code, output.stderr.as_str()),
            (code, ""),
            "{script}"
        );
    }
}

#[test]
fn signals_reach_kubectl() {
    let home = Home::new();
    let ready = home.path().join("ready");
    let kubectl = home.folder("bin").join("kubectl");
    write_program(
        &kubectl,
        &format!(
            "trap 'exit 9' USR1; echo $$ > '{}'; while :; do /bin/sleep 0.02; done",
            ready.display()
        ),
    );
    for (signal, code) in [(Signal::USR1, 9), (Signal::INT, 130), (Signal::TERM, 143)] {
        let _ = fs::remove_file(&ready);
        let mut child = home
            .safe(&["bin"])
            .line("logs -f pod")
            .command()
            .stdin(Stdio::null())
            .spawn()
            .expect("it starts");
        wait_until(|| fs::read_to_string(&ready).is_ok_and(|text| text.ends_with('\n')));
        // kubectl is this process, no child of it.
        assert_eq!(
            fs::read_to_string(&ready).expect("it is there").trim(),
            child.id().to_string()
        );
        kill_process(Pid::from_child(&child), signal).expect("it runs");
        assert_eq!(exit_code(child.wait().expect("it can be awaited")), code);
    }
}

#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let home = Home::new();
    let kubectl = home.folder("bin").join("kubectl");
    write_program(&kubectl, "kill -HUP $$; kill -INT $$; echo survived");
    // As `nohup` does.
    let output = Command::new("/bin/sh")
        .args(["-c", "trap '' HUP INT; exec \"$0\" get pods", SAFE])
        .env_clear()
        .env("PATH", home.folder("bin"))
        .output()
        .expect("a shell can be started");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "survived\n");
}

#[test]
fn unguarded_words_touch_neither_kubeconfig_nor_kuberc() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    // Whoever opens one of these waits for ever.
    for trap in ["config", "kuberc"] {
        let path = home.folder(".kube").join(trap);
        let made = Command::new("/usr/bin/mkfifo").arg(path).status();
        assert!(made.expect("mkfifo can be started").success());
    }
    let config = home.path().join(".kube/config");
    for line in [
        "get pods -A",
        "logs x -f",
        "top pod x",
        "rollout status deployment/x",
        "config view",
        "__complete delete node ",
        "completion zsh",
        "version",
        "options",
        "",
    ] {
        let run = home.safe(&["bin"]).env("KUBECONFIG", &config).line(line);
        assert_eq!(run.run().code, Recorder::CODE, "{line}");
        assert_eq!(
            kubectl.words(),
            Some(line.split_whitespace().map(Into::into).collect())
        );
    }
}

#[test]
fn words_that_write_nothing_need_no_cluster() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    let config = home.folder(".kube").join("config");
    let made = Command::new("/usr/bin/mkfifo").arg(&config).status();
    assert!(made.expect("mkfifo can be started").success());
    for line in [
        "delete node x --dry-run=client",
        "drain x --dry-run=server",
        "drain -l a=b --dry-run=client",
        "label nodes --all --list",
        "annotate -f x.yaml --local a=b",
        "delete --help",
        "apply --help",
    ] {
        assert_eq!(
            home.safe(&["bin"]).line(line).run().code,
            Recorder::CODE,
            "{line}"
        );
        assert_eq!(
            kubectl.words(),
            Some(line.split(' ').map(Into::into).collect())
        );
    }
}

#[test]
fn children_that_read_for_us_pass_through_once() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    for line in ["delete node x", "safe delete node x --safe-yes"] {
        let mut unused = std::process::Command::new("true");
        let given = Pass::give(&mut unused).expect("a temporary folder");
        let (_, pass) = unused.get_envs().next().expect("one variable");
        let run = home
            .safe(&["bin"])
            .env("KUBECTL_SAFE_PASS_THROUGH", pass.expect("with a value"))
            .line(line);
        assert_eq!(run.run().code, Recorder::CODE);
        // Not one word is looked at.
        assert_eq!(
            kubectl.words(),
            Some(line.split(' ').map(Into::into).collect())
        );
        let variables = fs::read(home.path().join("bin/kubectl.notes.env")).expect("its notes");
        let variables = String::from_utf8_lossy(&variables).into_owned();
        assert!(!variables.contains("KUBECTL_SAFE_PASS_THROUGH"));
        fs::remove_file(home.path().join("bin/kubectl.notes")).expect("its notes");
        // Used, and then without its giver.
        let again = run.clone().line("delete node x");
        assert_refused(&again.run(), 75, &[]);
        drop(given);
        assert_refused(&again.run(), 75, &[]);
        assert_eq!(kubectl.words(), None);
    }
}

#[test]
fn what_a_plugin_leaves_behind_lets_nothing_pass() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    let left = home.path().join("kubectl-safe-pass-left");
    fs::write(&left, "").expect("the home can be written");
    for value in ["".into(), "1".into(), "/dev/null".into(), left] {
        let run = home
            .safe(&["bin"])
            .env("KUBECTL_SAFE_PASS_THROUGH", value)
            .line("delete node x");
        assert_refused(&run.run(), 75, &[]);
    }
    assert_eq!(kubectl.words(), None);
}

fn wait_until(mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

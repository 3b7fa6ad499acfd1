//! As a plugin, behind an alias, and as a PATH shim.

use std::os::unix::fs::symlink;

use super::{Home, assert_refused};
use crate::support::{Output, Recorder, Run, SAFE, binaries};

/// The first line of `kubectl safe risks`, as words of ours would print it.
#[track_caller]
fn assert_ours(output: &Output) {
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("P2"), "no risk table: {output:?}");
}

/// A folder with the real kubectl and, beside it, kubectl-safe as its plugin.
fn plugin_home() -> Home {
    let home = Home::new();
    let bin = home.folder("bin");
    symlink(&binaries().kubectl, bin.join("kubectl")).expect("a link can be made");
    symlink(SAFE, bin.join("kubectl-safe")).expect("a link can be made");
    home
}

#[test]
fn kubectl_runs_us_as_its_plugin() {
    let home = plugin_home();
    let kubectl = |line: &str| {
        home.run(&home.path().join("bin/kubectl"), &["bin"])
            .line(line)
    };
    assert_ours(&kubectl("safe risks").run());

    // kubectl's words come back to kubectl: `version` prints its own version.
    let version = kubectl("safe version --client").run();
    assert_eq!(version, kubectl("version --client").run());
    assert_eq!(version.code, 0, "{version:?}");

    // Its usage errors and exit codes are its own.
    let wrong = kubectl("safe get --no-such-flag").run();
    assert_eq!(wrong, kubectl("get --no-such-flag").run());
    assert_ne!(wrong.code, 0);
}

#[test]
fn the_alias_may_say_safe_once_more() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    // alias kubectl=kubectl-safe
    assert_ours(&home.safe(&["bin"]).line("risks").run());
    assert_ours(&home.safe(&["bin"]).line("safe risks").run());
    assert_eq!(kubectl.words(), None);

    home.safe(&["bin"]).line("safe get pods").run();
    assert_eq!(kubectl.words(), Some(vec!["get".into(), "pods".into()]));
    // Only the first word is our name.
    home.safe(&["bin"]).line("get safe").run();
    assert_eq!(kubectl.words(), Some(vec!["get".into(), "safe".into()]));
}

/// `kubectl` is us, in front of the real one.
fn shim(home: &Home) -> Run {
    let shim = home.folder("shim").join("kubectl");
    let _ = symlink(SAFE, &shim);
    home.run(&shim, &["shim", "bin"])
}

#[test]
fn a_shim_keeps_our_words_behind_safe() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    assert_ours(&shim(&home).line("safe risks").run());
    assert_eq!(kubectl.words(), None);
    for word in ["risks", "demo", "plan"] {
        let output = shim(&home).args([word]).run();
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (Recorder::CODE, "kubectl speaking\n"),
            "{output:?}"
        );
        assert_eq!(kubectl.words(), Some(vec![word.into()]));
    }
    assert_eq!(kubectl.called_as(), Some(kubectl.path.clone()));
}

#[test]
fn a_shim_guards_as_well() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    for line in ["delete node x", "safe delete node x"] {
        let output = shim(&home).line(line).env("KUBECONFIG", "/nowhere").run();
        // Nothing listens where kubectl would go without a kubeconfig.
        assert_refused(&output, 75, &["localhost:8080", "--safe-confirm"]);
    }
    assert_eq!(kubectl.words(), None);
}

#[test]
fn our_help_is_ours_and_all_other_help_is_kubectls() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    let help = home.safe(&["bin"]).line("delete node x --safe-help").run();
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Exit codes:"), "{help:?}");
    assert_eq!(kubectl.words(), None);
    for line in [
        "",
        "help",
        "--help",
        "-h",
        "delete --help",
        "version",
        "completion bash",
    ] {
        let output = home.safe(&["bin"]).line(line).run();
        assert_eq!(output.code, Recorder::CODE, "{line}: {output:?}");
        let words: Vec<_> = line.split_whitespace().map(Into::into).collect();
        assert_eq!(kubectl.words(), Some(words));
    }
}

//! Plugins of kubectl: they pass, unless the person wants to be asked; and those with the name of one of our words.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::{Home, assert_refused};
use crate::support::{Run, SAFE, Terminal, binaries, write_program};

/// A home with the real kubectl, us, and these plugins, which say their names and arguments.
fn home(plugins: &[&str]) -> Home {
    let home = Home::new();
    let bin = home.folder("bin");
    symlink(&binaries().kubectl, bin.join("kubectl")).expect("a link can be made");
    symlink(SAFE, bin.join("kubectl-safe")).expect("a link can be made");
    for plugin in plugins {
        write_program(&bin.join(plugin), &format!("echo {plugin} \"$@\""));
    }
    home
}

fn safe(home: &Home, line: &str) -> Run {
    home.safe(&["bin"]).line(line)
}

#[test]
fn the_plugin_that_is_asked_about_is_the_one_that_kubectl_runs() {
    let home = home(&[
        "kubectl-foo",
        "kubectl-foo-bar_x",
        "kubectl-get",
        "kubectl-create-thing",
        "kubectl-minio",
    ]);
    // No folder, and nothing that cannot be executed.
    fs::create_dir(home.path().join("bin/kubectl-folder")).expect("the home can be written");
    fs::write(home.path().join("bin/kubectl-text"), "").expect("the home can be written");
    for (list, line, asked) in [
        ("foo", "foo a -b", Some("foo")),
        ("foo", "foo bar-x a", None),
        ("other,foo bar-x", "foo bar-x a", Some("foo bar-x")),
        ("*", "foo bar a", Some("foo")),
        ("other", "foo", None),
        ("", "foo", None),
        // kubectl's own commands win, and what is no plugin is an error of kubectl's.
        ("*", "get --help", None),
        ("*", "folder", None),
        ("*", "text", None),
        ("*", "nowhere", None),
        ("*", "-n x foo", None),
        ("create thing", "create thing a", Some("create thing")),
        ("*", "create configmap --help", None),
        ("*", "create --help", None),
        ("minio delete", "minio delete", Some("minio")),
        ("minio delete", "minio tenant delete a", Some("minio")),
        ("minio delete", "minio -n x delete a", Some("minio")),
        ("minio delete", "minio tenant list", None),
        ("minio delete,foo", "minio list", None),
    ] {
        let run = safe(&home, line).env("KUBECTL_SAFE_ASK_PLUGINS", list);
        let plain = home.run(&binaries().kubectl, &["bin"]).line(line).run();
        let output = run.run();
        let Some(name) = asked else {
            assert_eq!(output, plain, "{list:?} {line}");
            continue;
        };
        assert_refused(&output, 77, &[&format!("\"kubectl {name}\""), "--safe-yes"]);
        let agreed = run.clone().args(["--safe-yes"]).run();
        // Our own flags are taken out wherever kubectl would see a flag.
        assert_eq!(agreed, plain, "{list:?} {line}");
        let planned = safe(&home, &format!("plan {line}")).env("KUBECTL_SAFE_ASK_PLUGINS", list);
        assert_eq!(planned.run().code, 75, "what it does is in no plan");
    }
}

#[test]
fn a_plugin_below_create_is_not_taken_for_create() {
    let home = home(&["kubectl-create-thing"]);
    for line in [
        "create thing a",
        "create thing -f nowhere.yaml",
        "create thing --brand-new --namespace=x",
        // No plugin: an error of kubectl's.
        "create nothing a",
    ] {
        let plain = home.run(&binaries().kubectl, &["bin"]).line(line).run();
        assert_eq!(safe(&home, line).run(), plain, "{line}");
    }
}

#[test]
fn an_alias_beats_a_plugin() {
    let home = home(&["kubectl-foo"]);
    preferences(
        &home,
        "aliases: [{name: foo, command: version, options: [{name: client, default: \"true\"}]}]",
    );
    let run = safe(&home, "foo").env("KUBECTL_SAFE_ASK_PLUGINS", "foo");
    let plain = home
        .run(&binaries().kubectl, &["bin"])
        .line("version --client")
        .run();
    assert_eq!(run.run(), plain);
}

#[test]
fn a_person_is_asked_in_their_language() {
    let home = home(&["kubectl-foo"]);
    for (language, sentence) in [
        ("en", "runs the plugin"),
        ("zh", "将运行插件"),
        ("ja", "はプラグイン"),
    ] {
        for (key, code) in [("n", 77), ("y", 0), ("\u{3}", 130)] {
            let run = safe(&home, "foo a")
                .env("KUBECTL_SAFE_ASK_PLUGINS", "foo")
                .env("KUBECTL_SAFE_LANG", language);
            let terminal = Terminal::open(&run);
            terminal.wait_for("[y/N]");
            assert!(terminal.text().contains(sentence), "{}", terminal.text());
            terminal.press(&format!("{key}\r"));
            let end = terminal.end();
            assert_eq!(end.code, code, "{}", end.text);
            assert_eq!(
                end.text.contains("kubectl-foo a"),
                code == 0,
                "{}",
                end.text
            );
        }
    }
}

/// Puts the person's kubectl preferences.
fn preferences(home: &Home, text: &str) {
    let folder = home.folder(".kube");
    let text = format!("apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n{text}\n");
    fs::write(folder.join("kuberc"), text).expect("the home can be written");
}

#[test]
fn a_namesake_of_our_own_word_is_pointed_out_once() {
    let home = home(&["kubectl-risks", "kubectl-plan-get"]);
    let said = |line: &str| {
        let output = safe(&home, line).run();
        assert_eq!(output.code, 0, "{output:?}");
        output.stderr
    };
    let path = |name: &str| home.path().join("bin").join(name).display().to_string();
    let first = said("risks");
    assert!(first.contains(&path("kubectl-risks")), "{first}");
    assert_eq!(first.lines().count(), 1, "{first}");
    assert_eq!(said("risks"), "");
    // Under each name there is another plugin, or none.
    assert_eq!(said("plan version"), "");
    assert!(said("plan get pods").contains(&path("kubectl-plan-get")));
    assert_eq!(said("plan get pods"), "");
    let cache = home.path().join(".cache/kubectl-safe");
    let mode = |path| {
        fs::metadata(path)
            .expect("it was written")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(cache.clone()), 0o700);
    assert_eq!(mode(cache.join("namesake-risks")), 0o600);

    preferences(&home, "aliases: [{name: risks, command: get}]");
    assert!(said("risks").contains("alias"), "another one than before");
    assert_eq!(said("risks"), "");
    // Without a place to remember it, it is said again.
    let forgetful = safe(&home, "risks").env("HOME", "/dev/null");
    for _ in 0..2 {
        assert!(forgetful.run().stderr.contains(&path("kubectl-risks")));
    }
}

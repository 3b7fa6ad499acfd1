//! What no rule minds: as if we were not there.

use std::fs;
use std::os::unix::fs::symlink;

use super::{CUT, Desk, LABEL, has_balancer, live, masked, service};
use crate::questions::ack;
use crate::support::{Run, SAFE, write_program};
use crate::trial::By;

#[test]
fn a_harmless_edit_is_kubectls() {
    let mut seen = Vec::new();
    for (name, by) in [("plain-edit", By::Kubectl), ("guarded-edit", By::Safe)] {
        let desk = Desk::new(LABEL);
        service(name);
        let line = format!("edit service {name} -n pay --output-patch");
        let (output, writes) = desk.writes(|| desk.run(by, &line).run());
        assert_eq!(output.code, 0, "{output:?}");
        assert_eq!(writes, [format!("UPDATE v1 services pay/{name}")]);
        assert_eq!(live(name)["metadata"]["labels"]["example.com/owner"], "web");
        assert_eq!(desk.left(), [""; 0]);
        seen.push(masked(&output, &desk.temporary, name));
    }
    assert_eq!(seen[0], seen[1]);
}

/// Editors that end badly or leave something that kubectl does not take.
const STRANGE: [(&str, &str); 7] = [
    ("nothing", "true"),
    ("failure", "exit 3"),
    ("deletion", "rm \"$1\""),
    ("emptiness", ": >\"$1\""),
    ("comments", "echo '# nothing' >\"$1\""),
    ("garbage", "head -c 3000 /dev/urandom >\"$1\""),
    (
        "another-name",
        "sed -i 's/^  name: .*/  name: another/' \"$1\"",
    ),
];

#[test]
fn strange_editors_end_as_under_kubectl() {
    for (name, script) in STRANGE {
        let mut seen = Vec::new();
        for (by, whose) in [(By::Kubectl, "plain"), (By::Safe, "guarded")] {
            // The second text of garbage is the first, so that kubectl gives up.
            let desk = Desk::new(&format!("mkdir opened 2>/dev/null || exit 0\n{script}"));
            let service_name = format!("strange-{name}-{whose}");
            service(&service_name);
            let line = format!("edit service {service_name} -n pay");
            let (output, writes) = desk.writes(|| desk.run(by, &line).run());
            assert_eq!(writes, [""; 0], "{name}: {output:?}");
            assert_eq!(desk.kept(), None, "{name}: {output:?}");
            seen.push((output.code, output.stdout.clone(), desk.left()));
        }
        assert_eq!(seen[0], seen[1], "{name}");
    }
}

#[test]
fn an_editor_that_is_not_there_is_named() {
    let desk = Desk::new("true");
    service("no-editor");
    let run = Run::safe(&desk.user)
        .line("edit service no-editor -n pay")
        .env("EDITOR", "no-such-editor --wait");
    let (output, writes) = desk.writes(|| run.run());
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(writes, [""; 0]);
    assert!(
        output
            .stderr
            .contains("cannot run the editor \"no-such-editor --wait\""),
        "{output:?}"
    );
}

#[test]
fn garbage_that_is_mended_is_written() {
    let script = format!(
        "if mkdir first 2>/dev/null; then echo 'a: [' >>\"$1\"; else sed -i '/^a: /d' \"$1\"\n{LABEL}; fi"
    );
    let desk = Desk::new(&script);
    service("mended");
    let (output, writes) = desk.writes(|| desk.safe("edit service mended -n pay").run());
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(writes, ["UPDATE v1 services pay/mended"]);
}

#[test]
fn what_the_server_finds_invalid_is_edited_again() {
    let mut seen = Vec::new();
    for (name, by) in [
        ("invalid-plain", By::Kubectl),
        ("invalid-guarded", By::Safe),
    ] {
        let script = "if mkdir first 2>/dev/null; then sed -i 's/internalTrafficPolicy: Cluster/internalTrafficPolicy: No/' \"$1\"; \
            else sed -i 's/internalTrafficPolicy: No/internalTrafficPolicy: Local/' \"$1\"; fi";
        let desk = Desk::new(script);
        service(name);
        let line = format!("edit service {name} -n pay");
        let (output, writes) = desk.writes(|| desk.run(by, &line).run());
        assert_eq!(output.code, 0, "{output:?}");
        assert_eq!(writes.len(), 2, "{writes:?}");
        assert_eq!(live(name)["spec"]["internalTrafficPolicy"], "Local");
        seen.push(masked(&output, &desk.temporary, name));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn an_editors_line_is_split_as_kubectl_splits_it() {
    let desk = Desk::new(
        "printf '%s\\n' \"$@\" >words\nshift 2\nsed -i 's/^  labels:/&\\n    example.com\\/a: b/' \"$1\"",
    );
    for (number, (line, words)) in [
        ("EDIT one two", ["one", "two"]),
        (
            "EDIT 'one two' \"three 'four'\"",
            ["one two", "three 'four'"],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("split-{number}");
        service(&name);
        let editor = line.replace("EDIT", &desk.editor.to_string_lossy());
        let run = desk
            .safe(&format!("edit service {name} -n pay"))
            .env("EDITOR", "false")
            .env("KUBE_EDITOR", editor)
            .env("SHELL", "/bin/sh");
        let output = run.run();
        assert_eq!(output.code, 0, "{output:?}");
        let seen = fs::read_to_string(desk.user.home.join("words")).expect("the editor ran");
        assert!(
            seen.starts_with(&format!("{}\n", words.join("\n"))),
            "{seen}"
        );
    }
}

#[test]
fn folders_may_have_any_name() {
    for (number, folder) in ["a b", "a'b", "a 'b' \"c\""].into_iter().enumerate() {
        let desk = Desk::at(ack().user(), folder, CUT);
        let name = format!("folder-{number}");
        service(&name);
        let program = desk.temporary.join("kubectl safe's");
        fs::copy(SAFE, &program).expect("room");
        let run = Run::as_user(&program, &desk.user).line(&format!("edit service {name} -n pay"));
        let output = desk.sit(run).env("SHELL", "/bin/sh").run();
        assert_eq!(output.code, 77, "{folder}: {output:?}");
        assert!(has_balancer(&name), "{folder}");
        assert!(desk.kept().is_some(), "{folder}");
    }
}

#[test]
fn the_editor_has_the_persons_environment() {
    let desk = Desk::new("env >variables");
    service("environment");
    let variables = |run: Run| {
        let output = run.run();
        assert_eq!(output.code, 0, "{output:?}");
        let text = fs::read_to_string(desk.user.home.join("variables")).expect("the editor ran");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        // The shell's own, and what ends a loop through a kubectl that leads back to us.
        lines.retain(|line| !line.starts_with("_=") && !line.starts_with("KUBECTL_SAFE_ROUNDS="));
        lines.sort();
        lines
    };
    let line = "edit service environment -n pay";
    assert_eq!(variables(desk.safe(line)), variables(desk.kubectl(line)));
    let kube_editor = |run: Run| run.env("KUBE_EDITOR", &desk.editor);
    assert_eq!(
        variables(kube_editor(desk.safe(line))),
        variables(kube_editor(desk.kubectl(line)))
    );
}

#[test]
fn a_variable_left_behind_changes_nothing() {
    let desk = Desk::new(CUT);
    service("left-behind");
    let folder = desk.user.home.join("old");
    fs::create_dir(&folder).expect("a user's home is empty");
    symlink(SAFE, folder.join("editor")).expect("a link");
    fs::write(folder.join("order"), "{\"words\":[],\"flags\":{}}").expect("room");
    let stale = |run: Run| run.env("KUBECTL_SAFE_EDIT", &folder);
    let output = stale(desk.safe("edit service left-behind -n pay")).run();
    assert_eq!(output.code, 77, "{output:?}");
    let output = stale(desk.safe("version")).run();
    assert!(output.stdout.contains("Server Version"), "{output:?}");
    assert!(has_balancer("left-behind"));
}

#[test]
fn a_shim_called_kubectl_guards_its_editor_too() {
    let desk = Desk::new(CUT);
    service("shim");
    let folder = desk.user.home.join("shim");
    fs::create_dir(&folder).expect("a user's home is empty");
    symlink(SAFE, folder.join("kubectl")).expect("a link");
    let path = format!("{}:{}", folder.display(), desk.user.path.display());
    let run = Run::as_user(&folder.join("kubectl"), &desk.user).line("edit service shim -n pay");
    let output = desk.sit(run).env("PATH", path).run();
    assert_eq!(output.code, 77, "{output:?}");
    assert!(has_balancer("shim"));
}

#[test]
fn a_plan_lists_what_will_be_opened() {
    let desk = Desk::new("true");
    service("planned");
    let output = desk
        .safe("plan -o json edit service planned missing -n pay --subresource=status")
        .run();
    assert_eq!(output.code, 75, "{output:?}");
    let plan: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(plan["complete"], false);
    assert_eq!(plan["unknown"][0]["what"], "an editor's text");
    assert_eq!(plan["findings"].as_array().map(Vec::len), Some(0));
    let changes: Vec<String> = plan["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| {
            let text = |key: &str| change[key].as_str().expect("a text").to_owned();
            format!(
                "{} {}/{} {}",
                text("operation"),
                text("resource"),
                text("subresource"),
                text("name")
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            "UPDATE services/status planned",
            "UPDATE services/status missing"
        ]
    );
}

#[test]
fn a_credential_plugin_of_the_child_is_no_editor() {
    // A program that kubectl starts with our variable in its environment, and that calls us with one word.
    let desk = Desk::new(CUT);
    service("plugin");
    let probe = desk.user.home.join("probe.sh");
    write_program(
        &probe,
        &format!(
            "{SAFE} version >probed 2>&1\nexec {} \"$1\"",
            desk.editor.display()
        ),
    );
    let run = desk
        .safe("edit service plugin -n pay")
        .env("KUBE_EDITOR", &probe);
    let output = run.run();
    assert_eq!(output.code, 77, "{output:?}");
    let probed = fs::read_to_string(desk.user.home.join("probed")).expect("it ran");
    assert!(probed.contains("Server Version"), "{probed}");
}

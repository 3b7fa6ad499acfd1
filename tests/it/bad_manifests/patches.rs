//! Patches that do not apply: kubectl or the server says so, and nothing that stands in them counts.

use super::{End, RULE, Report, stage, typed};
use crate::support::Run;

/// Words after `patch configmap shop-settings -n shop`. Each would set what a rule minds, were it not for its fault.
const FAULTY: &[(&str, &str)] = &[
    (
        "a test that fails",
        r#"--type=json -p '[{"op":"test","path":"/data/region","value":"x"},{"op":"add","path":"/metadata/annotations","value":{"control.kubernetes.io/of":"web"}}]'"#,
    ),
    (
        "a path that is not there",
        r#"--type=json -p '[{"op":"replace","path":"/metadata/annotations/control.kubernetes.io~1of","value":"web"}]'"#,
    ),
    (
        "a parent that is not there",
        r#"--type=json -p '[{"op":"add","path":"/none/control.kubernetes.io~1of","value":"web"}]'"#,
    ),
    (
        "an unknown operation",
        r#"--type=json -p '[{"op":"put","path":"/metadata/annotations","value":{"control.kubernetes.io/of":"web"}}]'"#,
    ),
    (
        "a JSON patch that is no list",
        r#"--type=json -p '{"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
    (
        "a merge patch that is a list",
        r#"--type=merge -p '[{"op":"add","path":"/metadata/annotations","value":{"control.kubernetes.io/of":"web"}}]'"#,
    ),
    (
        "broken YAML",
        "-p 'metadata: {annotations: {control.kubernetes.io/of: web}'",
    ),
    ("tabs for indentation", "--patch-file it.yaml"),
    ("a word", "-p control.kubernetes.io/of"),
    ("nothing", "-p ''"),
    (
        "a value of another type",
        r#"-p '{"metadata":{"annotations":{"control.kubernetes.io/of":["web"]}}}'"#,
    ),
    (
        "an unknown field, strictly",
        r#"--validate=strict -p '{"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
    (
        "another version than there is",
        r#"-p '{"metadata":{"resourceVersion":"1","annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
    (
        "another name",
        r#"--type=merge -p '{"metadata":{"name":"other","annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
    (
        "an unknown type",
        r#"--type=yaml -p '{"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
    ("a file that is not there", "--patch-file not-there.yaml"),
    (
        "two patches",
        r#"--patch-file it.yaml -p '{"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
    (
        "a subresource that is not there",
        r#"--subresource=scale -p '{"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
];

/// The same without the fault, in forms that a reader could miss.
const ODD: &[(&str, &str)] = &[
    (
        "a test that holds",
        r#"--type=json -p '[{"op":"test","path":"/data/region","value":"cn-hangzhou"},{"op":"add","path":"/metadata/annotations","value":{"control.kubernetes.io/of":"web"}}]'"#,
    ),
    (
        "keys twice",
        r#"--type=json -p '[{"op":"test","op":"add","path":"/data/x","path":"/metadata/annotations","value":{},"value":{"control.kubernetes.io/of":"web"}}]'"#,
    ),
    (
        "escapes in a path",
        r#"--type=json -p '[{"op":"add","path":"/metadata/annotations","value":{}},{"op":"add","path":"/metadata/annotations/control.kubernetes.io~1of","value":"web"}]'"#,
    ),
    (
        "escapes in a key",
        r#"-p '{"metadata":{"annotations":{"control.kubernetes.io\u002fof":"web"}}}'"#,
    ),
    (
        "a key twice",
        r#"--type=merge -p '{"metadata":{},"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}}'"#,
    ),
    ("a file with a byte order mark", "--patch-file mark.yaml"),
    ("a file of UTF-16", "--patch-file it.utf16"),
    ("anchors", "--patch-file anchors.yaml"),
    ("a second document", "--patch-file two.yaml"),
];

const TABS: &str = "metadata:\n\tannotations:\n\t\tcontrol.kubernetes.io/of: web\n";
const ANCHORS: &str = "metadata: {annotations: &it {control.kubernetes.io/of: web}, labels: *it}\n";
const PLAIN: &str = "metadata:\n  annotations:\n    control.kubernetes.io/of: web\n";

#[test]
fn a_patch_that_does_not_apply_is_the_servers_to_refuse() {
    check(FAULTY, End::Refused);
}

#[test]
fn a_patch_is_judged_in_every_form() {
    check(ODD, End::Stopped(RULE));
}

fn check(lines: &[(&str, &str)], end: End) {
    let mut report = Report::default();
    let stage = &mut *stage();
    let files = [
        ("it.yaml", TABS),
        ("it.utf16", PLAIN),
        ("mark.yaml", &format!("\u{feff}{PLAIN}")),
        ("anchors.yaml", ANCHORS),
        ("two.yaml", &format!("---\n{PLAIN}---\nmetadata: {{}}\n")),
    ];
    for (what, words) in lines {
        let words = format!("patch configmap shop-settings -n shop {words}");
        report.check(stage, what, &typed(&words, &files), end);
    }
    report.close();
}

/// The server writes no line about a body that is no JSON: its audit log holds JSON.
#[test]
fn a_patch_that_is_no_json_changes_nothing() {
    let stage = &mut *stage();
    let user = stage.plane.user();
    let map = || {
        stage
            .plane
            .object("v1", "ConfigMap", "shop", "shop-settings")
    };
    let before = map();
    let broken = r#"{"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}"#;
    for kind in ["strategic", "merge", "json"] {
        let line = format!("patch configmap shop-settings -n shop --type={kind} -p");
        let plain = Run::kubectl(&user).line(&line).args([broken]).run();
        let guarded = Run::safe(&user).line(&line).args([broken]).run();
        assert_eq!(guarded, plain, "{kind}");
        assert_eq!(plain.code, 1, "{kind}: {plain:?}");
    }
    assert_eq!(map(), before);
}

/// The server gives no reason with this one, so it could be a passing fault.
#[test]
fn an_error_without_a_reason_is_asked_about() {
    let mut report = Report::default();
    let patch = r#"{"metadata":{"$patch":"put","annotations":{"control.kubernetes.io/of":"web"}}}"#;
    let line = typed(
        &format!("patch configmap shop-settings -n shop -p '{patch}'"),
        &[],
    );
    let says = [RULE, "unknown patch type"];
    report.check_stopped(&mut stage(), "an unknown directive", &line, 75, &says);
    report.close();
}

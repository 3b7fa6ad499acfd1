//! One object in every odd form, through the verbs that read files.
//!
//! Every form goes through one verb of each kind, in turn: what reads a file is the same for all, and each verb meets several forms.

use super::written::{PAIRS, PLAIN, Pair, REFUSED, WHOLES, Whole, indent};
use super::{End, MINDED, RULE, Report, UNMINDED, stage, typed};

/// The verbs that write what the file says, with the object that they are for.
const WRITERS: [(&str, &str); 4] = [
    ("create -f", "made"),
    ("apply -f", "shop-settings"),
    ("apply --server-side -f", "shop-settings"),
    ("replace -f", "shop-settings"),
];

fn config_map(name: &str, pair: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: {name}\n    namespace: shop\n    annotations:\n        {}",
        indent(pair, 8)
    )
}

/// Every form of a pair, and those of a file, so many at a step; numbered.
fn forms(step: usize) -> impl Iterator<Item = (usize, &'static str, Pair, Whole)> {
    let as_is: Whole = ("it.yaml", str::to_owned);
    let pairs = PAIRS.iter().map(move |&(form, pair)| (form, pair, as_is));
    let wholes = WHOLES.iter().step_by(step);
    let wholes = wholes.map(|&(form, whole)| (form, PLAIN.1, whole));
    let numbered = pairs.chain(wholes).enumerate();
    numbered.map(|(number, (form, pair, whole))| (number, form, pair, whole))
}

#[test]
fn what_a_file_says_is_judged_in_every_form() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (number, form, pair, (file, whole)) in forms(1) {
        let line = |turn: usize, (key, value): (&str, &str)| {
            let (verb, name) = WRITERS[turn % WRITERS.len()];
            let text = whole(&config_map(name, &pair(key, value)));
            typed(&format!("{verb} {file}"), &[(file, &text)])
        };
        report.check(stage, form, &line(number, MINDED), End::Stopped(RULE));
        // kubectl reads the form, as has just been seen.
        if number % 3 == 0 {
            report.check(stage, form, &line(number / 3, UNMINDED), End::Written);
        }
    }
    report.close();
}

#[test]
fn what_kubectl_does_not_read_it_refuses_itself() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (turn, (form, (file, whole))) in REFUSED.iter().enumerate() {
        let (verb, name) = WRITERS[turn % 4];
        let text = whole(&config_map(name, &PLAIN.1(MINDED.0, MINDED.1)));
        report.check(
            stage,
            form,
            &typed(&format!("{verb} {file}"), &[(file, &text)]),
            End::Refused,
        );
    }
    report.close();
}

/// The verbs that only take from the file which object is meant: what they do to one that a rule minds, which one that is,
/// the rule, and what they do that none minds.
const POINTERS: [(&str, &str, &str, &str); 4] = [
    (
        "label --overwrite node.kubernetes.io/exclude-from-external-load-balancers=true -f",
        "v1 Node cn-hangzhou.10.20.1.41",
        "node-label-exclude-balancer",
        "label example.com/rack=3 -f",
    ),
    (
        "set env GREETING=hello -f",
        "apps/v1 Deployment kube-system/coredns",
        "component-update",
        "annotate example.com/of=web -f",
    ),
    (
        "scale --replicas=0 -f",
        "apps/v1 Deployment kube-system/coredns",
        "component-update",
        "annotate example.com/of=web -f",
    ),
    (
        r#"patch -p {"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}} -f"#,
        "v1 ConfigMap shop/shop-settings",
        RULE,
        r#"patch -p {"metadata":{"annotations":{"example.com/of":"web"}}} -f"#,
    ),
];

/// The name is written in this form.
fn pointer(object: &str, pair: Pair) -> String {
    let mut words = object.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (api_version, kind, place) = (word(), word(), word());
    let (namespace, name) = place.split_once('/').unwrap_or(("", place));
    let namespace = if namespace.is_empty() {
        String::new()
    } else {
        format!("    namespace: {namespace}\n")
    };
    let name = indent(&pair("name", name), 4);
    format!("apiVersion: {api_version}\nkind: {kind}\nmetadata:\n{namespace}    {name}")
}

#[test]
fn the_object_that_a_file_names_is_found_in_every_form() {
    let mut report = Report::default();
    let stage = &mut *stage();
    // How a file is read does not depend on what is looked for in it.
    for (number, form, pair, (file, whole)) in forms(2) {
        let (minded, object, rule, unminded) = POINTERS[number % POINTERS.len()];
        let text = whole(&pointer(object, pair));
        let line = |words: &str| {
            let words = shell_words::join(words.split(' ').chain([file]));
            typed(&words, &[(file, &text)])
        };
        report.check(stage, form, &line(minded), End::Stopped(rule));
        if number / 4 % 2 == 0 && number < 12 {
            report.check(stage, form, &line(unminded), End::Written);
        }
    }
    report.close();
}

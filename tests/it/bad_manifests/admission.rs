//! Dry runs that are denied, and dry runs that are not to be had.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{End, MINDED, RULE, Report, UNMINDED, stage, typed};
use crate::support::{Run, denying_dry_runs};
use crate::trial::Stage;

/// Denies `ConfigMaps` of the namespace `ruled` that have a key `forbidden`.
const POLICY: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: forbidden}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ruled}}
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [configmaps]}]
  validations: [{expression: \"!has(object.data) || !('forbidden' in object.data)\", message: the team forbids it}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: forbidden}
spec: {policyName: forbidden, validationActions: [Deny]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: it, namespace: ruled}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: it, namespace: noted}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: it, namespace: two-faced}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: probe, namespace: ruled}
";

/// Sees both at work.
fn rule(stage: &mut Stage) {
    stage.plane.apply(POLICY);
    // A webhook with side effects, from the time when the server still took one: it refuses every dry run in the namespace
    // `noted`. Real requests pass, because nobody listens and its failures are ignored.
    let webhook = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "notes", "uid": "6d1f2d5c-6c0f-4a1b-9a53-0d8a5ed8c2f1", "generation": 1},
        "webhooks": [{
            "name": "notes.example.com",
            "clientConfig": {"url": "https://127.0.0.1:1/"},
            "admissionReviewVersions": ["v1"], "sideEffects": "Some", "failurePolicy": "Ignore", "matchPolicy": "Equivalent",
            "timeoutSeconds": 1, "objectSelector": {},
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "noted"}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                       "resources": ["configmaps"], "scope": "*"}],
        }],
    });
    stage
        .plane
        .store("validatingwebhookconfigurations/notes", &webhook);
    let webhook = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "two-faced"},
        "webhooks": [{
            "name": "two-faced.example.com", "clientConfig": denying_dry_runs(&stage.plane),
            "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": "Fail",
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "two-faced"}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                       "resources": ["configmaps"]}],
        }],
    });
    stage.plane.apply(&webhook.to_string());
    let started = Instant::now();
    for line in [
        "create configmap probe2 -n ruled --from-literal=forbidden=x --dry-run=server",
        "create configmap probe2 -n noted --dry-run=server",
        "create configmap probe2 -n two-faced --dry-run=server",
    ] {
        while Run::kubectl(&stage.user).line(line).run().code == 0 {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "{line} is not refused"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }
    stage.settle();
}

/// With the name of the object.
const WRITERS: [(&str, &str); 5] = [
    ("create -f it.yaml", "made"),
    ("apply -f it.yaml", "made"),
    ("apply -f it.yaml", "it"),
    ("apply --server-side -f it.yaml", "it"),
    ("replace -f it.yaml", "it"),
];

fn config_map(name: &str, namespace: &str, (key, value): (&str, &str), data: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: {namespace}, annotations: {{{key}: {value}}}}}\ndata: {{{data}: x}}\n"
    )
}

#[test]
fn admission_has_the_last_word() {
    let mut report = Report::default();
    let stage = &mut *stage();
    rule(stage);
    denies(stage, &mut report);
    knows_no_dry_run(stage, &mut report);
    denies_dry_runs_alone(stage, &mut report);
    report.close();
}

/// What the server denies in a dry run it denies for real, in its own words.
fn denies(stage: &mut Stage, report: &mut Report) {
    for (words, name) in WRITERS {
        let line = |pair, data| {
            typed(
                words,
                &[("it.yaml", &config_map(name, "ruled", pair, data))],
            )
        };
        report.check(stage, "denied", &line(MINDED, "forbidden"), End::Refused);
        report.check(
            stage,
            "denied",
            &line(MINDED, "allowed"),
            End::Stopped(RULE),
        );
    }
    let one = config_map("made", "ruled", UNMINDED, "forbidden");
    let other = config_map("it", "ruled", MINDED, "allowed");
    for two in [format!("{one}---\n{other}"), format!("{other}---\n{one}")] {
        let line = typed("apply -f it.yaml", &[("it.yaml", &two)]);
        report.check(stage, "one of two denied", &line, End::Stopped(RULE));
    }
    let patch = r#"-p '{"metadata":{"annotations":{"control.kubernetes.io/of":"web"}},"data":{"forbidden":"x"}}'"#;
    let line = typed(&format!("patch configmap it -n ruled {patch}"), &[]);
    report.check(stage, "a patch denied", &line, End::Refused);
}

/// Without a dry run there is nothing to judge but what a rule looks at: that is asked about, and all else passes.
fn knows_no_dry_run(stage: &mut Stage, report: &mut Report) {
    let says = [RULE, "Could not be read", "\"notes.example.com\""];
    for (words, name) in WRITERS {
        let line = |pair| typed(words, &[("it.yaml", &config_map(name, "noted", pair, "a"))]);
        report.check_stopped(stage, "no dry run", &line(MINDED), 75, &says);
        report.check(stage, "no dry run", &line(UNMINDED), End::Written);
    }
    let patch = |key: &str| {
        let patch = json!({"metadata": {"annotations": {key: "web"}}});
        typed(&format!("patch configmap it -n noted -p '{patch}'"), &[])
    };
    report.check_stopped(stage, "no dry run", &patch(MINDED.0), 75, &says);
    report.check(stage, "no dry run", &patch(UNMINDED.0), End::Written);
    // What the words say needs no dry run.
    let line = |(key, value)| {
        typed(
            &format!("annotate configmap it -n noted {key}={value}"),
            &[],
        )
    };
    report.check(stage, "words", &line(MINDED), End::Stopped(RULE));
    report.check(stage, "words", &line(UNMINDED), End::Written);
}

/// A webhook that denies dry runs with 422 lets the real request through.
fn denies_dry_runs_alone(stage: &mut Stage, report: &mut Report) {
    let says = [RULE, "Could not be read", "\"two-faced.example.com\""];
    for (words, name) in WRITERS {
        let line = |pair| {
            typed(
                words,
                &[("it.yaml", &config_map(name, "two-faced", pair, "a"))],
            )
        };
        report.check_stopped(stage, "two-faced", &line(MINDED), 75, &says);
        report.check(stage, "two-faced", &line(UNMINDED), End::Written);
    }
    let patch = json!({"metadata": {"annotations": {MINDED.0: "web"}}});
    let line = typed(
        &format!("patch configmap it -n two-faced -p '{patch}'"),
        &[],
    );
    report.check_stopped(stage, "two-faced", &line, 75, &says);
}

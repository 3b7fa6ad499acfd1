use serde_json::json;

use super::*;
use crate::answer::fixture::{Draft, node, pod, pool_redirect, rule};
use crate::cluster::Unread;
use crate::risk::rule::RedirectKind;
use crate::unknown::What;

fn redirecting() -> crate::risk::rule::Rule {
    let mut rule = rule("node-delete-pool", Severity::Redirect);
    rule.redirect = Some(RedirectKind::NodePool);
    rule
}

#[test]
fn the_document_has_the_documented_fields_in_the_documented_order() {
    let plan = Draft::new(vec![node("a")]).finding(redirecting(), 0).plan();
    let redirects = [pool_redirect("a")];
    insta::assert_snapshot!(Document::new(&plan, &redirects, Language::English).json(), @r#"
    {
      "apiVersion": "kubectl-safe/v1alpha1",
      "kind": "Plan",
      "words": [
        "delete",
        "node",
        "a"
      ],
      "destination": {
        "context": "prod",
        "cluster": "kubernetes",
        "server": "https://203.0.113.7:6443",
        "user": "kubernetes-admin",
        "namespace": "default"
      },
      "ack": {
        "clusterId": "c0123456789abcdef0123456789abcdef",
        "regionId": "cn-hangzhou",
        "kind": "managed"
      },
      "changes": [
        {
          "operation": "DELETE",
          "group": "",
          "version": "v1",
          "resource": "nodes",
          "subresource": "",
          "namespace": "",
          "name": "a",
          "cause": "named",
          "count": 1
        }
      ],
      "complete": true,
      "unknown": [],
      "findings": [
        {
          "rule": "node-delete-pool",
          "row": "P2",
          "severity": "redirect",
          "change": 0,
          "title": "Delete a Node object with kubectl",
          "impact": "The node pool's count no longer matches the machines that are there.",
          "recovery": "Remove the node through its node pool next time.",
          "source": "container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations",
          "facts": {},
          "redirect": {
            "kind": "node-pool",
            "nodes": [
              "a"
            ],
            "pool": "np0123456789abcdef0123456789abcdef",
            "autoScaled": false,
            "remove": "aliyun cs DELETE /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef/nodes --region cn-hangzhou --instance_ids '[\"i-bp1\"]' --drain_node true --release_node false",
            "shrink": {
              "read": "aliyun cs GET /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou",
              "write": "aliyun cs PUT /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou --header 'Content-Type=application/json' --body '{\"scaling_group\":{\"desired_size\":<DESIRED_SIZE_MINUS_1>}}'",
              "desiredSize": null,
              "placeholder": "<DESIRED_SIZE_MINUS_1>",
              "by": 1
            },
            "missing": []
          },
          "instead": null,
          "message": null,
          "unjudged": null
        }
      ],
      "verdict": "redirect",
      "digest": "sha256:3f762832556153282fb6eb0a8e949074fca6fe14a6b1cc00778aa9e08cc55614"
    }
    "#);
}

#[test]
fn yaml_says_the_same() {
    let plan = Draft::new(vec![node("a"), pod("shop", "b")])
        .finding(rule("r", Severity::Confirm), 1)
        .plan();
    let document = Document::new(&plan, &[], Language::Japanese);
    let from_yaml: Value = serde_yaml::from_str(&document.yaml()).expect("our own YAML");
    let from_json: Value = serde_json::from_str(&document.json()).expect("our own JSON");
    assert_eq!(from_yaml, from_json);
}

#[test]
fn an_unread_thing_makes_the_plan_incomplete() {
    let plan = Draft::new(vec![node("a")])
        .unknown(What::PodsOn("a".to_owned()), Unread::Unauthorized)
        .plan();
    let document: Value =
        serde_json::from_str(&Document::new(&plan, &[], Language::Japanese).json())
            .expect("our own JSON");
    assert_eq!(document["complete"], json!(false));
    assert_eq!(
        document["unknown"],
        json!([{
            "what": "the pods on node \"a\"",
            "why": "the server did not accept the credentials (401 Unauthorized)",
            "severity": "confirm"
        }])
    );
}

#[test]
fn the_digest_depends_on_content_alone() {
    let draft = |facts: Value| {
        Draft::new(vec![node("a")])
            .finding(rule("r", Severity::Confirm), 0)
            .facts("pool", facts)
            .plan()
    };
    let plan = draft(json!({"id": "np1", "nodes": 3}));
    assert_eq!(
        digest_of(&plan),
        digest_of(&draft(json!({"nodes": 3, "id": "np1"})))
    );
    assert_ne!(
        digest_of(&plan),
        digest_of(&draft(json!({"id": "np1", "nodes": 2})))
    );
    assert_eq!(
        Document::new(&plan, &[], Language::English).digest,
        Document::new(&plan, &[], Language::Chinese).digest
    );
    assert!(
        digest_of(&plan)
            .strip_prefix("sha256:")
            .is_some_and(|hex| hex.len() == 64)
    );
}

#[test]
fn an_object_that_came_back_is_another_one() {
    let with = |uid: &str| {
        let mut plan = Draft::new(vec![node("a")]).plan();
        plan.changes[0].before =
            Before::Found(json!({"metadata": {"name": "a", "uid": uid}}).into());
        digest_of(&plan)
    };
    assert_eq!(with("1"), with("1"));
    assert_ne!(with("1"), with("2"));
}

#[test]
fn no_format_shows_a_secret_or_what_a_terminal_obeys() {
    let hostile = "x\u{9b}31m\u{7f}\u{202e}\u{e0041}\"\\: y\nz";
    let mut plan = Draft::new(vec![node("a")])
        .finding(rule("r", Severity::Confirm), 0)
        .facts(
            "label",
            json!({hostile: hostile, "url": "https://u:planted@h/?sig=planted"}),
        )
        .plan();
    plan.words.push("--token=planted".to_owned());
    plan.destination.server = "https://u:planted@h".to_owned();
    let document = Document::new(&plan, &[], Language::English);
    let (json, yaml) = (document.json(), document.yaml());
    for text in [&json, &yaml] {
        assert!(!text.contains("planted"), "{text}");
        assert!(text.contains("--token=***"), "{text}");
        assert!(
            text.chars().all(|it| it == '\n' || is_visible(it)),
            "{text:?}"
        );
    }
    let read: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read["findings"][0]["facts"]["label"][hostile], hostile);
    let read_yaml: Value = serde_yaml::from_str(&yaml).expect("YAML");
    assert_eq!(read, read_yaml);
}

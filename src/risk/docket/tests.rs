//! Judging, stage by stage.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::change::{Before, DeleteOptions, Effect, Operation, Resource};
use crate::risk::sample::{NODES, PODS, delete, found, node_rule, rule, table, try_table};
use crate::risk::verdict::{Severity, Verdict};
use crate::unknown::{Unknown, What};

fn open(table: &Table, changes: &[Change]) -> Docket {
    Docket::open(table, &Words::default(), changes)
}

fn node(labels: &Value) -> Value {
    json!({ "metadata": { "name": "a", "labels": labels }, "spec": {} })
}

/// Judges one delete of this node with one rule that needs no facts.
fn judge(rule: &str, object: Value) -> Vec<Finding> {
    let change = delete(NODES, "", "a");
    let mut docket = open(&table(&[rule.to_owned()]), std::slice::from_ref(&change));
    docket.hear(&[found(&change, object)]);
    assert_eq!(docket.facts_needed(), []);
    docket.close()
}

fn facts<const N: usize>(
    facts: [(&'static str, Value); N],
) -> BTreeMap<(usize, &'static str), Result<Value, Unread>> {
    facts
        .into_iter()
        .map(|(name, value)| ((0, name), Ok(value)))
        .collect()
}

#[test]
fn a_change_that_no_rule_looks_at_needs_nothing() {
    let table = table(&[node_rule("n", "severity: deny")]);
    let docket = open(&table, &[delete(PODS, "default", "p")]);
    assert!(docket.objects_needed().is_empty());
    assert!(docket.close().is_empty());
}

#[test]
fn words_drop_a_rule_before_anything_is_read() {
    let table = table(&[node_rule(
        "n",
        "severity: deny\nwhen: oldObject.spec.x == 1\nclient: {words: \"invocation.flags[?'force'].orValue(false)\"}",
    )]);
    let changes = [delete(NODES, "", "a")];
    assert!(open(&table, &changes).objects_needed().is_empty());
    let forced = Words {
        verb: "delete".to_owned(),
        flags: BTreeMap::from([("force".to_owned(), json!(true))]),
    };
    assert_eq!(
        Docket::open(&table, &forced, &changes).objects_needed(),
        [0]
    );
}

#[test]
fn a_condition_that_the_request_decides_reads_nothing() {
    let undecided = "severity: deny\nwhen: oldObject.spec.x == 1 && request.name == 'a'";
    let table = table(&[node_rule("n", undecided)]);
    let changes = [delete(NODES, "", "b"), delete(NODES, "", "a")];
    assert_eq!(open(&table, &changes).objects_needed(), [1]);
}

#[test]
fn client_conditions_that_need_nothing_drop_a_rule_too() {
    let table = table(&[node_rule(
        "n",
        "severity: deny\nwhen: oldObject.spec.x == 1\nclient: {when: facts.serverless && change.siblings > 1}",
    )]);
    assert!(
        open(&table, &[delete(NODES, "", "a")])
            .objects_needed()
            .is_empty()
    );
    let two = [delete(NODES, "", "a"), delete(NODES, "", "b")];
    assert_eq!(open(&table, &two).objects_needed(), [0, 1]);
}

#[test]
fn what_is_not_there_hits_no_rule() {
    let table = table(&[node_rule("n", "severity: deny")]);
    let change = delete(NODES, "", "a");
    let mut docket = open(&table, std::slice::from_ref(&change));
    assert_eq!(docket.objects_needed(), [0]);
    docket.hear(&[Change {
        before: Before::Missing,
        ..change.clone()
    }]);
    assert!(docket.close().is_empty());
    let mut docket = open(&table, std::slice::from_ref(&change));
    docket.hear(&[found(&change, node(&json!({})))]);
    assert_eq!(Verdict::of(&docket.close()), Verdict::Deny);
}

#[test]
fn a_collection_is_judged_by_its_members() {
    let table = table(&[node_rule("n", "severity: deny")]);
    let collection = delete(NODES, "", "");
    assert!(open(&table, &[collection]).objects_needed().is_empty());
}

#[test]
fn an_object_that_cannot_be_read_leaves_a_doubt() {
    let table = table(&[
        node_rule(
            "confirmed",
            "severity: confirm\nwhen: oldObject.spec.x == 1",
        ),
        node_rule("denied", "severity: deny\nwhen: oldObject.spec.x == 1"),
        node_rule("certain", "severity: notice\nwhen: request.name == 'a'"),
    ]);
    let change = delete(NODES, "", "a");
    let mut docket = open(&table, std::slice::from_ref(&change));
    let why = Unread::Forbidden("nodes is forbidden".to_owned());
    docket.hear(&[Change {
        before: Before::Hidden(why.clone()),
        ..change
    }]);
    let findings = docket.close();
    let told: Vec<_> = findings
        .iter()
        .map(|f| (f.rule.id.as_str(), f.severity, f.ground.clone()))
        .collect();
    let unread = Ground::Unread(Unknown::new(delete(NODES, "", "a").subject(), why));
    assert_eq!(
        told,
        [
            ("denied", Severity::TypeName, unread.clone()),
            ("confirmed", Severity::Confirm, unread),
            ("certain", Severity::Notice, Ground::Holds),
        ]
    );
}

#[test]
fn an_object_that_nobody_read_counts_as_unread() {
    let table = table(&[node_rule(
        "n",
        "severity: confirm\nwhen: oldObject.spec.x == 1",
    )]);
    let changes = [delete(NODES, "", "a")];
    let mut docket = open(&table, &changes);
    docket.hear(&changes);
    assert!(docket.objects_needed().is_empty());
    assert!(matches!(docket.close()[0].ground, Ground::Unread(_)));
    // Nor does a docket that is closed too early let anything pass.
    assert!(matches!(
        open(&table, &changes).close()[0].ground,
        Ground::Unread(_)
    ));
}

#[test]
fn facts_are_asked_for_one_stage_after_the_other_and_ack_after_the_conditions() {
    let table = table(&[node_rule(
        "n",
        "severity: confirm\ncluster: ack\nclient:\n  when: facts.pool.nodes > 1\n  unless: facts.registered\n  severity: \"facts.pool.nodes > 5 ? 'deny' : 'allow'\"",
    )]);
    let change = delete(NODES, "", "a");
    let read = found(&change, node(&json!({})));
    let mut docket = open(&table, std::slice::from_ref(&change));
    assert_eq!(docket.facts_needed(), [], "the object comes first");
    docket.hear(std::slice::from_ref(&read));
    assert_eq!(docket.facts_needed(), [(0, vec!["pool"])]);
    docket.hear_facts(facts([("pool", json!({ "nodes": 9 }))]));
    assert_eq!(docket.facts_needed(), [(0, vec!["ack"])]);
    docket.hear_facts(facts([("ack", json!(true))]));
    assert_eq!(docket.facts_needed(), [(0, vec!["registered"])]);
    docket.hear_facts(facts([("registered", json!(false))]));
    assert_eq!(docket.facts_needed(), []);
    let findings = docket.close();
    assert_eq!(findings[0].severity, Severity::Deny);
    assert_eq!(findings[0].ground, Ground::Holds);
    let used: Vec<_> = findings[0].facts.keys().map(String::as_str).collect();
    assert_eq!(used, ["ack", "pool", "registered"]);

    // Each of them can end it.
    for ends in [
        vec![facts([("pool", json!({ "nodes": 1 }))])],
        vec![
            facts([("pool", json!({ "nodes": 9 }))]),
            facts([("ack", json!(false))]),
        ],
        vec![
            facts([("pool", json!({ "nodes": 9 }))]),
            facts([("ack", json!(true))]),
            facts([("registered", json!(true))]),
        ],
        // The severity is known to be `allow` as soon as the pool is.
        vec![facts([("pool", json!({ "nodes": 2 }))])],
    ] {
        let mut docket = open(&table, std::slice::from_ref(&change));
        docket.hear(std::slice::from_ref(&read));
        for wave in ends {
            assert_ne!(docket.facts_needed(), []);
            docket.hear_facts(wave);
        }
        assert_eq!(docket.facts_needed(), []);
        assert!(docket.close().is_empty());
    }
}

#[test]
fn facts_that_do_not_come_leave_a_doubt() {
    let table = table(&[node_rule(
        "n",
        "severity: redirect\nredirect: node-pool\ncluster: ack",
    )]);
    let change = found(&delete(NODES, "", "a"), node(&json!({})));
    let late = Unread::TimedOut(std::time::Duration::from_secs(10));
    let refused = BTreeMap::from([((0, "ack"), Err(late.clone()))]);
    for (answer, why) in [(refused, late), (BTreeMap::new(), Unread::NotAsked)] {
        let mut docket = open(&table, std::slice::from_ref(&change));
        assert_eq!(docket.facts_needed(), [(0, vec!["ack"])]);
        docket.hear_facts(answer);
        assert_eq!(docket.facts_needed(), []);
        let findings = docket.close();
        let unknown = Unknown::new(What::Fact("ack"), why);
        assert_eq!(findings[0].ground, Ground::Unread(unknown));
        assert_eq!(findings[0].severity, Severity::TypeName);
    }
}

#[test]
fn a_condition_that_fails_says_so_without_the_objects_values() {
    for (when, fault) in [
        ("oldObject.spec.password == 'x'", "no such key: password"),
        (
            "oldObject.metadata.name + 1 == 2",
            "the values do not fit the expression",
        ),
        (
            "oldObject.metadata.name",
            "the condition gives neither true nor false",
        ),
        ("int(oldObject.metadata.name) == 1", "int() failed"),
    ] {
        let findings = judge(
            &node_rule("n", &format!("severity: deny\nwhen: \"{when}\"")),
            json!({ "metadata": { "name": "hunter2" }, "spec": {} }),
        );
        assert_eq!(
            findings[0].ground,
            Ground::Unjudged(fault.to_owned()),
            "{when}"
        );
        assert_eq!(findings[0].severity, Severity::TypeName);
    }
}

#[test]
fn a_hostile_condition_ends_at_the_deadline() {
    let slow = "[1,2,3,4,5,6,7,8,9,0].map(i, list).all(l, l.all(a, l.all(b, a >= 0 && b >= 0)))";
    let table = table(&[
        node_rule(
            "slow",
            &format!(
                "severity: deny\nlet: {{list: oldObject.spec.list}}\nwhen: \"{}\"",
                slow.replace("list)", "variables.list)")
            ),
        ),
        node_rule(
            "after",
            "severity: confirm\nwhen: oldObject.spec.other == 1",
        ),
    ]);
    let list: Vec<usize> = (0..120).collect();
    let change = found(
        &delete(NODES, "", "a"),
        json!({ "spec": { "list": list, "other": 2 } }),
    );
    let chamber = Chamber::with_deadline(Duration::from_millis(20));
    let findings = Docket::open_in(chamber, &table, &Words::default(), &[change]).close();
    let told: Vec<_> = findings
        .iter()
        .map(|f| (f.rule.id.as_str(), f.severity))
        .collect();
    assert_eq!(
        told,
        [("slow", Severity::TypeName), ("after", Severity::Confirm)]
    );
    assert!(
        findings
            .iter()
            .all(|f| matches!(f.ground, Ground::Unjudged(_)))
    );
}

#[test]
fn findings_come_strictest_first_then_in_the_order_of_the_changes() {
    let table = table(&[
        node_rule("mild", "severity: notice"),
        node_rule(
            "strict",
            "severity: type-name\nwhen: request.name != 'b'\nmessage: \"'node ' + oldObject.metadata.name\"",
        ),
    ]);
    let changes: Vec<_> = ["a", "b", "c"]
        .map(|name| {
            found(
                &delete(NODES, "", name),
                json!({ "metadata": { "name": name } }),
            )
        })
        .into();
    let findings = open(&table, &changes).close();
    let told: Vec<_> = findings
        .iter()
        .map(|f| (f.rule.id.as_str(), f.change, f.message.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("strict", 0, Some("node a")),
            ("strict", 2, Some("node c")),
            ("mild", 0, None),
            ("mild", 1, None),
            ("mild", 2, None),
        ]
    );
    assert_eq!(Verdict::of(&findings), Verdict::TypeName);
    assert_eq!(Verdict::of(&[]), Verdict::Allow);
}

#[test]
fn a_message_that_fails_leaves_the_finding() {
    let findings = judge(
        &node_rule("n", "severity: deny\nmessage: oldObject.spec.nothing"),
        node(&json!({})),
    );
    assert_eq!(findings[0].message, None);
    assert_eq!(findings[0].ground, Ground::Holds);
}

#[test]
fn a_severity_word_that_is_none_cannot_be_judged() {
    let findings = judge(
        &node_rule("n", "severity: deny\nclient: {severity: \"'maybe'\"}"),
        node(&json!({})),
    );
    assert!(matches!(findings[0].ground, Ground::Unjudged(_)));
}

#[test]
fn variables_are_lazy_and_a_rules_own_come_first() {
    let variables =
        "broken: oldObject.nothing.at.all\npool: \"'shared'\"\nshown: \"'pool ' + variables.pool\"";
    let own = node_rule(
        "own",
        "severity: notice\nlet: {pool: \"'own'\"}\nwhen: oldObject != null || variables.broken\nmessage: variables.shown",
    );
    let shared = node_rule("shared", "severity: notice\nmessage: variables.shown");
    let table = try_table(variables, &[own, shared]).unwrap();
    let change = found(&delete(NODES, "", "a"), node(&json!({})));
    let findings = open(&table, &[change]).close();
    let told: Vec<_> = findings
        .iter()
        .map(|f| f.message.as_deref().unwrap())
        .collect();
    assert_eq!(told, ["pool own", "pool shared"]);
    assert!(findings.iter().all(|f| f.ground == Ground::Holds));
}

#[test]
fn a_failing_variable_is_named() {
    let findings = judge(
        &node_rule(
            "n",
            "severity: deny\nlet: {pool: oldObject.spec.pool}\nwhen: variables.pool == 'x'",
        ),
        node(&json!({})),
    );
    let fault = "in variable \"pool\": no such key: pool".to_owned();
    assert_eq!(findings[0].ground, Ground::Unjudged(fault));
}

#[test]
fn integers_are_ints_and_maps_are_walked_in_order() {
    let keys: serde_json::Map<String, Value> = ["z", "b", "q", "a", "m", "k"]
        .map(|k| (k.to_owned(), json!("x")))
        .into_iter()
        .collect();
    let object = json!({ "metadata": { "labels": keys }, "spec": { "replicas": 3, "big": 9_007_199_254_740_993_i64, "half": 0.5 } });
    for when in [
        "oldObject.spec.replicas + 1 == 4 && -oldObject.spec.replicas == -3",
        "type(oldObject.spec.replicas) == int && oldObject.spec.replicas in [1.0, 3.0]",
        "oldObject.spec.big == 9007199254740993 && oldObject.spec.half < 1",
        "oldObject.metadata.labels.map(k, k).join('') == 'abkmqz'",
        "oldObject.metadata.labels.filter(k, k != 'a').map(k, k).join('') == 'bkmqz'",
        "variables.copy.map(k, k).join('') == 'abkmqz' && variables.copy == oldObject.metadata.labels",
        "oldObject.?status.orValue({}) == {} && {} == oldObject.?status.orValue({}) && {'replicas': 3} != oldObject.spec",
        "{'x': oldObject.metadata.labels}.x.size() == 6 && 'a' in oldObject.metadata.labels",
        "oldObject.metadata.?labels[?'b'].orValue('') == 'x' && !oldObject.metadata.?labels[?'c'].hasValue()",
    ] {
        let rule = node_rule(
            "n",
            &format!("severity: deny\nlet: {{copy: oldObject.metadata.labels}}\nwhen: \"{when}\""),
        );
        let findings = judge(&rule, object.clone());
        assert_eq!(
            findings.first().map(|f| &f.ground),
            Some(&Ground::Holds),
            "{when}"
        );
    }
}

/// How often an empty map literal on the left meets an object's own map on the right.
#[test]
fn an_empty_literal_equals_an_empty_map_of_the_object() {
    let rule = node_rule(
        "n",
        "severity: deny\nwhen: \"{} == oldObject.metadata.labels && oldObject.metadata.labels == {}\"",
    );
    assert_eq!(judge(&rule, node(&json!({})))[0].ground, Ground::Holds);
    assert!(judge(&rule, node(&json!({ "a": "b" }))).is_empty());
}

#[test]
fn regular_expressions_work_as_on_the_server() {
    let object = json!({ "spec": { "text": "\"a\":\"1\",\"b\":\"2\"" } });
    for when in [
        "oldObject.spec.text.matches('b.:') && matches(oldObject.spec.text, '^.a')",
        "oldObject.spec.text.find('[0-9]') == '1' && oldObject.spec.text.find('x') == ''",
        "oldObject.spec.text.findAll('[0-9]') == ['1', '2'] && oldObject.spec.text.findAll('[0-9]', 1) == ['1']",
        "oldObject.spec.text.findAll('[0-9]', -1).size() == 2",
    ] {
        let findings = judge(
            &node_rule("n", &format!("severity: deny\nwhen: >-\n  {when}")),
            object.clone(),
        );
        assert_eq!(
            findings.first().map(|f| &f.ground),
            Some(&Ground::Holds),
            "{when}"
        );
    }
}

/// Admission leaves empty parts of a request out, and a rule that forgets it fails instead of passing.
#[test]
fn a_request_is_what_admission_shows() {
    let namespaces = Resource::known(
        "",
        "v1",
        "namespaces",
        "Namespace",
        crate::change::resource::Scope::Cluster,
    );
    let every = "match: {operations: ['DELETE', 'CREATE'], groups: ['*'], resources: ['*/*']}\nseverity: notice";
    let table = table(&[
        rule(
            "shown",
            &format!(
                "{every}\nmessage: \"[request.operation, request.kind.kind, request.kind.group, request.?subResource.orValue('-'), request.?name.orValue('-'), request.?namespace.orValue('-'), string(object == null), string(oldObject == null), string(namespaceObject == null), string(request.options.?gracePeriodSeconds.orValue(-1)), string(request.dryRun)].join(' ')\""
            ),
        ),
        rule("naive", &format!("{every}\nwhen: request.namespace == ''")),
    ]);
    let eviction =
        json!({ "apiVersion": "policy/v1", "kind": "Eviction", "metadata": { "name": "p" } });
    let changes = [
        found(&delete(NODES, "", "a"), json!({})),
        found(&delete(namespaces, "", "team"), json!({})),
        Change {
            effect: Effect::Gone(DeleteOptions {
                grace_period: Some(0),
                propagation: None,
            }),
            ..found(&delete(PODS, "default", "p"), json!({}))
        },
        Change {
            operation: Operation::Create,
            subresource: "eviction".to_owned(),
            effect: Effect::Sent(Arc::new(eviction)),
            ..delete(PODS, "default", "p")
        },
        Change {
            operation: Operation::Create,
            effect: Effect::Sent(Arc::new(
                json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "generateName": "x-" } }),
            )),
            ..delete(PODS, "default", "")
        },
    ];
    let docket = open(&table, &changes);
    assert!(docket.objects_needed().is_empty());
    let findings = docket.close();
    let mut shown: Vec<_> = findings
        .iter()
        .filter_map(|f| Some((f.change, f.message.as_deref()?)))
        .collect();
    shown.sort_unstable();
    assert_eq!(
        shown,
        [
            (0, "DELETE Node  - a - true false true -1 false"),
            (1, "DELETE Namespace  - team team true false true -1 false"),
            (2, "DELETE Pod  - p default true false true 0 false"),
            (
                3,
                "CREATE Eviction policy eviction p default false true true -1 false"
            ),
            (4, "CREATE Pod  - - default false true true -1 false"),
        ]
    );
    let naive: Vec<_> = findings
        .iter()
        .filter(|f| f.rule.id == "naive")
        .map(|f| (f.change, &f.ground))
        .collect();
    assert_eq!(
        naive,
        [(0, &Ground::Unjudged("no such key: namespace".to_owned()))]
    );
}

/// The server leaves `replicas` out of a Scale when it is 0, which is when it matters.
#[test]
fn a_scale_without_replicas_is_seen_with_an_optional_only() {
    let deployments = Resource::known(
        "apps",
        "v1",
        "deployments",
        "Deployment",
        crate::change::resource::Scope::Namespaced,
    );
    let scaled = "match: {operations: [UPDATE], groups: [apps], resources: [deployments/scale]}\nseverity: confirm";
    let table = table(&[
        rule(
            "careful",
            &format!("{scaled}\nwhen: object.spec.?replicas.orValue(0) == 0"),
        ),
        rule(
            "naive",
            &format!("{scaled}\nwhen: object.spec.replicas == 0"),
        ),
    ]);
    let change = Change {
        operation: Operation::Update,
        subresource: "scale".to_owned(),
        effect: Effect::Sent(Arc::new(
            json!({ "apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {} }),
        )),
        ..delete(deployments, "default", "web")
    };
    let findings = open(
        &table,
        &[found(&change, json!({ "spec": { "replicas": 2 } }))],
    )
    .close();
    let told: Vec<_> = findings
        .iter()
        .map(|f| (f.rule.id.as_str(), &f.ground))
        .collect();
    let fault = Ground::Unjudged("no such key: replicas".to_owned());
    assert_eq!(told, [("careful", &Ground::Holds), ("naive", &fault)]);
}

#[test]
fn what_the_client_knows_of_a_change() {
    let table = table(&[rule(
        "pods",
        "match: {operations: [DELETE], groups: [''], resources: [pods]}\nseverity: notice\nclient:\n  words: \"change.cause == 'named' && change.name == 'p' && change.namespace == 'default' && change.resource == 'pods' && change.group == '' && change.siblings == 2 && change.sets == {} && change.removes == [] && change.field == '' && change.gracePeriod == 1 && change.?propagation.orValue('') == '' && invocation.verb == 'delete' && invocation.flags['grace-period'] == 1\"",
    )]);
    let quick = DeleteOptions {
        grace_period: Some(1),
        propagation: None,
    };
    let changes = ["p", "q"].map(|name| Change {
        effect: Effect::Gone(quick.clone()),
        ..delete(PODS, "default", name)
    });
    let words = Words {
        verb: "delete".to_owned(),
        flags: BTreeMap::from([("grace-period".to_owned(), json!(1))]),
    };
    assert_eq!(Docket::open(&table, &words, &changes).objects_needed(), [0]);
}

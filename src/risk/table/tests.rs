//! Loading, checking and asking the table.

use std::fs;
use std::path::Path;

use cel::common::ast::IdedExpr;

use super::*;
use crate::change::resource::Scope;
use crate::risk::condition::environment;
use crate::risk::sample::{NODES, PODS, delete, node_rule, rule, table, try_table};

/// The folder's files, as a person wrote them.
fn sources() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/risk/table");
    let mut sources: Vec<_> = fs::read_dir(folder)
        .expect("the folder is part of the source")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .map(|path| {
            let name = path.file_name().expect("a file has a name");
            let text = fs::read_to_string(&path).expect("the rules are text");
            (name.to_string_lossy().into_owned(), text)
        })
        .collect();
    sources.sort();
    sources
}

fn told(variables: &str, rules: &[String]) -> String {
    match try_table(variables, rules) {
        Ok(_) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_built_in_table_passes_its_own_lint() {
    let sources = sources();
    let sources: Vec<_> = sources
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let parsed = Table::parse(&sources).unwrap_or_else(|error| panic!("{error}"));
    let builtin = Table::builtin();
    let told = |table: &Table| {
        serde_json::to_value(table.rules().map(|r| (**r).clone()).collect::<Vec<_>>())
    };
    assert_eq!(told(&parsed).unwrap(), told(&builtin).unwrap());
    assert!(parsed.variables.keys().eq(builtin.variables.keys()));
}

#[test]
fn every_source_is_a_page() {
    for rule in Table::builtin().rules() {
        let (first, _) = rule.source.split_once('/').unwrap_or_default();
        let is_page =
            first.contains('.') || ["ack", "container-service-for-kubernetes"].contains(&first);
        assert!(is_page, "{}: {}", rule.id, rule.source);
    }
}

#[test]
fn both_parsers_of_cel_read_every_expression_alike() {
    let table = Table::builtin();
    let of_rules = table.rules().flat_map(|rule| {
        let client = rule.client.clone().unwrap_or_default();
        let conditions = [
            rule.when.clone(),
            rule.message.clone(),
            client.words,
            client.when,
            client.unless,
            client.severity,
        ];
        let conditions = conditions.into_iter().flatten();
        conditions.chain(rule.variables.values().cloned())
    });
    let sources: Vec<String> = of_rules.collect();
    assert!(sources.len() > table.rules().count());
    // The numbers of the nodes are the parser's own.
    let numbers = regex::Regex::new("id: [0-9]+").unwrap();
    let tree = move |ast: &IdedExpr| numbers.replace_all(&format!("{ast:?}"), "").into_owned();
    let answers = Chamber::with_deadline(LINT_DEADLINE).ask(sources, move |source| {
        let first = environment().parser().parse(&source).map(|ast| tree(&ast));
        let expression = Expression::new(&source);
        (first.ok(), expression.compiled().ok().map(&tree), source)
    });
    for answer in answers {
        let (first, second, source) = answer.expect("a parser that ends");
        assert!(first.is_some(), "{source}");
        assert_eq!(first, second, "{source}");
    }
}

#[test]
fn errors_in_the_yaml_name_file_line_and_rule() {
    let fine = node_rule("fine", "severity: deny");
    for (bad, said) in [
        (
            node_rule("bad", "severity: deny\nwhem: 'true'"),
            "rules.yaml:15: rule bad: unknown field `whem`, expected one of `id`",
        ),
        (
            node_rule("bad", "severity: sever"),
            "rules.yaml:14: rule bad: severity: unknown variant `sever`, expected one of `notice`",
        ),
        (
            node_rule("bad", "match: 1"),
            "rules.yaml:11: rule bad: duplicate field `match`",
        ),
        (
            "- id: bad\n  row: X1\n".to_owned(),
            "rules.yaml:11: rule bad: missing field `source`",
        ),
        (
            "- id: bad\n  when: a: b\n".to_owned(),
            "rules.yaml:12: rule bad: mapping values are not allowed",
        ),
    ] {
        let told = told("{}", &[fine.clone(), bad]);
        assert!(told.starts_with(said), "{told}");
    }
    assert!(told("{a: [1]}", &[]).starts_with("variables.yaml:1: a: invalid type"));
}

#[test]
fn errors_in_a_rule_name_file_line_rule_and_key() {
    for (keys, said) in [
        ("severity: redirect", "redirect: severity redirect needs it"),
        (
            "severity: confirm\nbreakGlass: true",
            "breakGlass: only a deny can be broken",
        ),
        (
            "severity: deny\nwhen: objekt.x == 1",
            "when: unknown name \"objekt\"; here it may be object, oldObject",
        ),
        (
            "severity: deny\nwhen: facts.pod.daemonSet",
            "when: unknown name \"facts\"",
        ),
        (
            "severity: deny\nwhen: change.siblings > 1",
            "when: unknown name \"change\"",
        ),
        (
            "severity: deny\nmessage: invocation.verb",
            "message: unknown name \"invocation\"",
        ),
        (
            "severity: deny\nlet: {x: facts.pod.name}",
            "let.x: unknown name \"facts\"",
        ),
        (
            "severity: deny\nclient: {words: oldObject.x}",
            "client.words: unknown name \"oldObject\"",
        ),
        (
            "severity: deny\nclient: {when: facts.pol.id == ''}",
            "client.when: there is no fact \"pol\"; facts are ack,",
        ),
        (
            "severity: deny\nclient: {when: has(facts.pool)}",
            "client.when: \"facts\" must be followed by a name",
        ),
        (
            "severity: deny\nwhen: variables.size() > 0",
            "when: \"variables\" must be followed by a name",
        ),
        (
            "severity: deny\nwhen: variables.x",
            "when: variables.x is not defined",
        ),
        (
            "severity: deny\nlet: {x: variables.y, y: variables.x}",
            "x: refers to itself through other variables",
        ),
        (
            "severity: deny\nlet: {x-y: '1'}",
            "x-y: a variable's name must be camelCase",
        ),
        (
            "severity: deny\nwhen: oldObject.items.sort() == []",
            "when: sort() is not in the portable subset",
        ),
        (
            "severity: deny\nwhen: now() > 1",
            "when: now() is not in the portable subset",
        ),
        (
            "severity: deny\nwhen: has(object.metadata)",
            "when: has(object.…) fails where object is null",
        ),
        (
            "severity: deny\nwhen: oldObject.a.matches('[0-9]\\\\w')",
            "when: regular expression: \"\\w\": write",
        ),
        (
            "severity: deny\nwhen: oldObject.a.matches(oldObject.b)",
            "when: regular expression: it must be a literal",
        ),
        ("severity: deny\nwhen: 1 +", "when: line 1, column 4: "),
    ] {
        let told = told(
            "{}",
            &[node_rule("fine", "severity: deny"), node_rule("bad", keys)],
        );
        let said = format!("rules.yaml:11: rule bad: {said}");
        assert!(told.starts_with(&said), "{told}\n{said}");
    }
    let twice = told(
        "{}",
        &[
            node_rule("a", "severity: deny"),
            node_rule("a", "severity: deny"),
        ],
    );
    assert_eq!(twice, "rules.yaml:11: rule a: id: another rule has it too");
    let snake = told("{}", &[node_rule("a_b", "severity: deny")]);
    assert_eq!(snake, "rules.yaml:1: rule a_b: id: must be kebab-case");
    let shared = told("{x: has(oldObject.spec)}", &[]);
    assert!(
        shared.starts_with("variables.yaml: x: has(oldObject.…) fails"),
        "{shared}"
    );
}

#[test]
fn has_is_refused_only_where_the_object_may_be_null() {
    let fine = node_rule(
        "a",
        "severity: deny\nwhen: has(oldObject.spec) && has(oldObject.spec.x)",
    );
    assert_eq!(told("{}", &[fine]), "nothing");
    let looped = node_rule(
        "a",
        "severity: deny\nwhen: oldObject.items.all(object, has(object.x))",
    );
    assert_eq!(told("{}", &[looped]), "nothing");
}

#[test]
fn texts_fit_and_agree() {
    let rule = |from: &str, to: &str| node_rule("a", "severity: deny").replace(from, to);
    for (rule, said) in [
        (
            rule("标题", &"标".repeat(31)),
            "title.zh: is 62 columns wide; at most 60 are allowed",
        ),
        (rule("影響。", "' '"), "impact.ja: is empty"),
        (
            rule("恢复。", "'恢复{pool}。'"),
            "recovery.zh: has other placeholders than en",
        ),
        (
            rule("Impact.", "\"a\\nb\""),
            "impact.en: has more than one line",
        ),
        (
            rule("hit: [delete node a]", "hit: []"),
            "fixtures: needs a hit and a miss, or neither",
        ),
        (rule("source: page", "source: ''"), "source: is empty"),
    ] {
        assert_eq!(told("{}", &[rule]), format!("rules.yaml:1: rule a: {said}"));
    }
}

#[test]
fn rules_are_found_by_operation_resource_namespace_and_name() {
    let table = table(&[rule(
        "r",
        "match: {operations: [DELETE], groups: ['', '*.cilium.io'], resources: [pods, pods/eviction, '*/status'], namespaces: [kube-system], names: ['coredns-*', x]}\nseverity: deny",
    )]);
    let cilium = Resource {
        group: "a.cilium.io".into(),
        ..PODS
    };
    let other = Resource {
        group: "notcilium.io".into(),
        ..PODS
    };
    let found = |change: &Change| table.candidates(change, &BTreeMap::new()).count() == 1;
    assert!(found(&delete(PODS, "kube-system", "coredns-1")));
    assert!(found(&delete(cilium.clone(), "kube-system", "x")));
    assert!(!found(&delete(other, "kube-system", "x")));
    assert!(!found(&delete(PODS, "default", "x")));
    assert!(!found(&delete(PODS, "kube-system", "y")));
    assert!(!found(&delete(PODS, "kube-system", "")));
    assert!(!found(&delete(NODES, "", "x")));
    let part = |subresource: &str| Change {
        subresource: subresource.to_owned(),
        ..delete(PODS, "kube-system", "x")
    };
    assert!(found(&part("eviction")) && found(&part("status")) && !found(&part("exec")));
    let could = |operation, subresource, namespace| {
        table.could_look_at(operation, &PODS, subresource, namespace)
    };
    assert!(could(Operation::Delete, "", None));
    assert!(could(Operation::Delete, "", Some("kube-system")));
    assert!(!could(Operation::Delete, "", Some("default")));
    assert!(!could(Operation::Update, "", None));
    assert!(!could(Operation::Delete, "exec", None));
}

#[test]
fn a_namespace_is_in_itself() {
    let namespaces = Resource::known("", "v1", "namespaces", "Namespace", Scope::Cluster);
    let table = table(&[rule(
        "r",
        "match: {operations: [DELETE], groups: [''], resources: [namespaces], namespaces: [kube-system]}\nseverity: deny",
    )]);
    assert_eq!(
        table
            .candidates(
                &delete(namespaces.clone(), "", "kube-system"),
                &BTreeMap::new()
            )
            .count(),
        1
    );
    assert_eq!(
        table
            .candidates(&delete(namespaces.clone(), "", "team"), &BTreeMap::new())
            .count(),
        0
    );
    assert!(table.could_look_at(Operation::Delete, &namespaces, "", Some("")));
}

#[test]
fn what_is_not_known_is_as_strict_as_the_strictest_rule_about_it_in_doubt() {
    let table = Table::builtin();
    let widgets = Resource::known("example.com", "v1", "widgets", "Widget", Scope::Cluster);
    for (operation, resource, expected) in [
        (Operation::Delete, Some(&NODES), Severity::TypeName),
        (Operation::Update, Some(&NODES), Severity::TypeName),
        (Operation::Update, Some(&widgets), Severity::Confirm),
        (Operation::Connect, Some(&widgets), Severity::Confirm),
        (Operation::Delete, None, Severity::TypeName),
    ] {
        let found = table.in_doubt(operation, resource, "", None);
        assert_eq!(found, expected, "{operation:?} {resource:?}");
    }
}

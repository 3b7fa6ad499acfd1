//! `delete` over a snapshot: words in, requests out.

use std::ffi::OsString;
use std::fs;

use super::expansion::Expansion;
use super::files::Input;
use super::interest::{Audience, Interest};
use super::{Before, Cause, Change, Effect, expand};
use crate::cluster::reader::Reader;
use crate::cluster::reader::snapshot::Snapshot;
use crate::kubectl::invocation::{Invocation, Reading, read};
use crate::kubectl::kuberc::World;
use crate::kubectl::stdin::Stdin;
use crate::plan::Place;
use crate::risk::table::Table;

const CLUSTER: &str = "
{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {pool: a}}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2, labels: {pool: b}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {type: LoadBalancer}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}, ownerReferences: [{uid: rs}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: alone, namespace: shop, labels: {app: web}}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-x, namespace: shop, uid: rs, labels: {app: web}, ownerReferences: [{uid: deploy}]}, spec: {selector: {matchLabels: {app: web}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, uid: deploy}, spec: {selector: {matchLabels: {app: web}}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: default}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, categories: [all], shortNames: [wd]}
  versions: [{name: v1, served: true, storage: true}]
---
{apiVersion: example.com/v1, kind: Widget, metadata: {name: w1, namespace: shop}}
---
{apiVersion: example.com/v1, kind: Widget, metadata: {name: w2, namespace: default}}
";

/// One rule that looks at nodes and Services.
const RULES: &str = "
- id: sample
  row: X0
  source: none
  severity: confirm
  match: {operations: [DELETE], groups: [''], resources: [nodes, services]}
  title: &text {en: a, zh: a, ja: a}
  impact: *text
  recovery: *text
  fixtures: {hit: [delete node n1], miss: [delete pod x]}
";

fn invocation(words: &[&str]) -> Invocation {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    match read(&words, None, || vec![World::Nothing]) {
        Reading::Guarded(invocation) => *invocation,
        other => panic!("{words:?}: {other:?}"),
    }
}

/// `Pod shop/web-1 named`, with `*` for an object that was read and `xN` for a number.
fn tell(change: &Change) -> String {
    let part = if change.subresource.is_empty() {
        ""
    } else {
        "/"
    };
    let cause = match change.cause {
        Cause::Named => "named",
        Cause::Selected => "selected",
        Cause::File => "file",
        Cause::Raw => "raw",
        Cause::Evicted => "evicted",
        Cause::Pruned => "pruned",
        Cause::Cascaded | Cause::Collected => "cascaded",
    };
    let read = if matches!(change.before, Before::Found(_)) {
        " *"
    } else {
        ""
    };
    let many = if change.count > 1 {
        format!(" x{}", change.count)
    } else {
        String::new()
    };
    let Change {
        resource,
        namespace,
        name,
        subresource,
        ..
    } = change;
    format!("{resource} {namespace}/{name}{part}{subresource} {cause}{read}{many}")
}

fn expansion(words: &[&str], audience: Audience) -> Expansion {
    let invocation = invocation(words);
    let namespace = invocation
        .text("namespace")
        .filter(|it| !it.is_empty())
        .unwrap_or("default")
        .to_owned();
    let place = Place {
        namespace,
        server: "https://10.0.0.1:6443".to_owned(),
        ..Place::default()
    };
    let reader = Reader::snapshot(Snapshot::parse(CLUSTER).expect("a snapshot"), place);
    let table = Table::parse(&[("sample.yaml", RULES)]).expect("a table");
    let interest = Interest::new(&table, audience);
    let stdin = Stdin::default();
    let input = Input {
        stdin: &stdin,
        kubectl: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(expand::expand(&invocation, &reader, &interest, &input))
}

fn requests(words: &str, audience: Audience) -> Vec<String> {
    let words: Vec<&str> = words.split(' ').collect();
    match expansion(&words, audience) {
        Expansion::Changes { changes, unknown } => {
            let unknown = unknown.iter().map(|it| {
                if it.is_unproved() {
                    "? stops".to_owned()
                } else {
                    format!("? {}", it.what)
                }
            });
            changes.iter().map(tell).chain(unknown).collect()
        }
        Expansion::KubectlStops => vec!["stops".to_owned()],
    }
}

fn plan(words: &str) -> Vec<String> {
    requests(words, Audience::Plan)
}

fn check(cases: &[(&str, &[&str])]) {
    for (words, expected) in cases {
        assert_eq!(plan(words), *expected, "kubectl {words}");
    }
}

#[test]
fn names_need_no_read() {
    check(&[
        (
            "delete node n1 gone",
            &["nodes /n1 named", "nodes /gone named"],
        ),
        (
            "delete -n shop po/alone svc/web",
            &["pods shop/alone named", "services shop/web named"],
        ),
        (
            "delete cm,secret a b",
            &[
                "configmaps default/a named",
                "configmaps default/b named",
                "secrets default/a named",
                "secrets default/b named",
            ],
        ),
        (
            "delete pods,pod,po x",
            &[
                "pods default/x named",
                "pods default/x named",
                "pods default/x named",
            ],
        ),
        ("delete pods,pods x", &["pods default/x named"]),
        (
            "delete cm a a",
            &["configmaps default/a named", "configmaps default/a named"],
        ),
        (
            "delete widgets.v1.example.com w",
            &["widgets.example.com default/w named"],
        ),
        ("delete wd/w", &["widgets.example.com default/w named"]),
        ("delete node -A n1", &["nodes /n1 named"]),
        ("delete node n% ok", &["nodes /ok named"]),
        ("delete -n a/b pod x", &[]),
    ]);
}

#[test]
fn kubectl_refuses_these_words_itself() {
    for words in [
        "delete",
        "delete pods",
        "delete pods/",
        "delete pods/a b",
        "delete pods/a/b",
        "delete nothing x",
        "delete pods,nothing x",
        "delete pods, x",
        "delete all x",
        "delete all,cm x",
        "delete pod/a nothing/b",
        "delete pods -A x",
        "delete pods x --all",
        "delete pods x -l a=b",
        "delete pods/x -l a=b",
        "delete pods --all -l a=b",
        "delete pods --all --field-selector a=b",
        "delete --all",
        "delete -l a=b",
        "delete pod x --force --grace-period=3",
        "delete pod x --now --grace-period=3",
        "delete pod x --now --force",
        "delete pod x -o yaml",
        "delete -f missing.yaml",
        "delete -f missing.yaml pod x",
        "delete -k . -f x.yaml",
        "delete -f https://a/b -f - -f -",
        "delete --raw nodes/n1",
        "delete --raw /api/v1/nodes/n1 -i",
        "delete --raw /api/v1/nodes/n1 -o name",
        "delete --raw /api/v1/nodes/n1 -f a -f b",
        "delete --raw /api/v1/nodes/n1 -f https://a/b",
        "delete --raw /api/v1/nodes/n1 -f missing.json",
        "delete --raw /api/v1/nodes/n1 -R",
    ] {
        assert_eq!(plan(words), ["stops"], "kubectl {words}");
    }
}

#[test]
fn selectors_list() {
    check(&[
        ("delete node -l pool=a", &["nodes /n1 selected *"]),
        (
            "delete no --all",
            &["nodes /n1 selected *", "nodes /n2 selected *"],
        ),
        (
            "delete node --field-selector metadata.name=n2",
            &["nodes /n2 selected *"],
        ),
        (
            "delete pod -n shop -l app=web",
            &["pods shop/web-1 selected", "pods shop/alone selected"],
        ),
        ("delete pod --all", &[]),
        ("delete svc,svc -A --all", &["services shop/web selected *"]),
        ("delete svc -A -n shop --all", &[]),
        (
            "delete node -A -n shop -l pool=b",
            &["nodes /n2 selected *"],
        ),
        (
            "delete wd --all",
            &["widgets.example.com default/w2 selected"],
        ),
        ("delete all --all -l= -n shop", &["stops"]),
    ]);
    // Nobody looks at pods here, so they are not even listed.
    assert_eq!(
        requests("delete pod,svc -n shop --all", Audience::Rules),
        ["services shop/web selected *"]
    );
}

#[test]
fn a_category_is_all_of_its_types() {
    assert_eq!(
        plan("delete all --all -n shop --cascade=orphan"),
        [
            "pods shop/web-1 selected",
            "pods shop/alone selected",
            "services shop/web selected *",
            "deployments.apps shop/web selected",
            "replicasets.apps shop/web-x selected",
            "widgets.example.com shop/w1 selected",
        ]
    );
}

#[test]
fn a_dry_run_deletes_nothing_but_raw_ignores_it() {
    check(&[
        ("delete node n1 --dry-run=client", &[]),
        ("delete node n1 --dry-run=server", &[]),
        (
            "delete node n1 --dry-run=server --dry-run=none",
            &["nodes /n1 named"],
        ),
        (
            "delete --dry-run=server --raw /api/v1/nodes/n1",
            &["nodes /n1 raw"],
        ),
        ("delete --raw /api/v1/nodes/n1?dryRun=All", &[]),
    ]);
}

#[test]
fn raw_paths() {
    check(&[
        (
            "delete pod x -n y --raw /api/v1/./nodes//n1",
            &["nodes /n1 raw"],
        ),
        (
            "delete --raw /api/v1/nodes?labelSelector=pool%3Da",
            &["nodes / raw", "nodes /n1 cascaded *"],
        ),
        (
            "delete --raw /api/v1/nodes",
            &[
                "nodes / raw",
                "nodes /n1 cascaded *",
                "nodes /n2 cascaded *",
            ],
        ),
        (
            "delete --raw /api/v1/namespaces/shop/services/web/status",
            &["services shop/web/status raw"],
        ),
        (
            "delete --raw /api/v1/namespaces/shop/finalize",
            &["namespaces /shop/finalize raw"],
        ),
        (
            "delete --raw /apis/example.com/v1/namespaces/shop/widgets/w1",
            &["widgets.example.com shop/w1 raw"],
        ),
        ("delete --raw /apis/example.com/v1/widgets/w1", &[]),
        ("delete --raw /api/v1/pods", &[]),
        ("delete --raw /apis/none/v1/things/x", &["? stops"]),
        ("delete --raw /metrics", &["? what DELETE /metrics does"]),
        (
            "delete --raw /api/v1/nodes/n1/proxy/x",
            &["? what a DELETE does behind the proxy of nodes n1"],
        ),
    ]);
}

#[test]
fn options_follow_the_flags() {
    let options = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        match expansion(&words, Audience::Rules) {
            Expansion::Changes { changes, .. } => match &changes[0].effect {
                Effect::Gone(options) => (options.grace_period, options.propagation),
                other => panic!("{other:?}"),
            },
            Expansion::KubectlStops => panic!("{words:?} stops"),
        }
    };
    for (words, expected) in [
        ("delete pod x", (None, Some("Background"))),
        ("delete pod x --now", (Some(1), Some("Background"))),
        (
            "delete pod x --grace-period=0",
            (Some(1), Some("Background")),
        ),
        (
            "delete pod x --grace-period=0 --force",
            (Some(0), Some("Background")),
        ),
        (
            "delete pod x --grace-period=-7 --force",
            (Some(0), Some("Background")),
        ),
        (
            "delete pod x --grace-period=30",
            (Some(30), Some("Background")),
        ),
        (
            "delete pod x --cascade=foreground",
            (None, Some("Foreground")),
        ),
        ("delete pod x --cascade=false", (None, Some("Orphan"))),
        (
            "delete --raw /api/v1/nodes/n?gracePeriodSeconds=0&propagationPolicy=Orphan",
            (Some(0), Some("Orphan")),
        ),
    ] {
        assert_eq!(options(words), expected, "{words}");
    }
}

#[test]
fn the_server_goes_on_where_kubectl_ends() {
    check(&[
        (
            "delete ns shop",
            &[
                "namespaces /shop named",
                "pods shop/ cascaded x2",
                "services shop/web cascaded *",
                "deployments.apps shop/ cascaded",
                "replicasets.apps shop/ cascaded",
                "widgets.example.com shop/ cascaded",
            ],
        ),
        (
            "delete crd widgets.example.com",
            &[
                "customresourcedefinitions.apiextensions.k8s.io /widgets.example.com named",
                "widgets.example.com / cascaded x2",
            ],
        ),
        (
            "delete deploy web -n shop",
            &[
                "deployments.apps shop/web named",
                "replicasets.apps shop/ cascaded",
                "pods shop/ cascaded",
            ],
        ),
        (
            "delete deploy web -n shop --cascade=orphan",
            &["deployments.apps shop/web named"],
        ),
        (
            "delete deploy gone -n shop",
            &["deployments.apps shop/gone named"],
        ),
    ]);
    assert_eq!(
        requests("delete ns shop", Audience::Rules),
        ["namespaces /shop named", "services shop/web cascaded *"]
    );
    assert_eq!(
        requests("delete deploy web -n shop", Audience::Rules),
        ["deployments.apps shop/web named"]
    );
}

#[test]
fn files_name_objects() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let good = write(
        "good.yaml",
        "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {pool: a}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d, namespace: shop}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: e-}\n",
    );
    let kinds = write(
        "kinds.json",
        r#"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}{"apiVersion":"example.com/v2","kind":"Widget","metadata":{"name":"v2"}}
        {"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}},{"apiVersion":"none/v1","kind":"Odd"}]}
        {"apiVersion":"example.com/v1","kind":"WidgetList","items":[{"metadata":{"name":"listed"}}]}{"apiVersion":"v1","kind":"OddList","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"q"}}]}"#,
    );
    // Each seen with kubectl 1.36.3 against a real API server.
    let lists = write(
        "lists.yaml",
        "kind: ConfigMap\nmetadata: {name: noversion}\n---\n\
         apiVersion: v1\nkind: configmap\nmetadata: {name: lower}\n---\n\
         apiVersion: apps/v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: applist}}]\n---\n\
         kind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: nolistversion}}]\n---\n\
         apiVersion: none/v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: nonelist}}]\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {name: outer}\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: inner}}]\n---\n\
         apiVersion: v1\nkind: configmapList\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: lowerlist}}]\n---\n\
         apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: bare}}, {metadata: {name: odd, annotations: {a: true}}}]\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"a%b\"}\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nolabel, labels: {a: null}}\n",
    );
    let doubtful = write(
        "doubtful.yaml",
        "apiVersion: v1\nkind: Node\nmetadata: {name: yes}\n",
    );
    check_files(&good, &kinds, &doubtful, &lists);
}

fn check_files(good: &str, kinds: &str, doubtful: &str, lists: &str) {
    check(&[
        (
            &format!("delete -f {good}"),
            &[
                "nodes /n1 file",
                "configmaps default/c file",
                "configmaps shop/d file",
            ],
        ),
        (
            &format!("delete -f {good} -n shop"),
            &[
                "nodes /n1 file",
                "configmaps shop/c file",
                "configmaps shop/d file",
            ],
        ),
        (
            &format!("delete -f {good} -n other"),
            &["nodes /n1 file", "configmaps other/c file", "? stops"],
        ),
        (
            &format!("delete -f {good} -A"),
            &["nodes /n1 file", "configmaps shop/d file", "? stops"],
        ),
        (
            &format!("delete -f {good} -A -n shop"),
            &["nodes /n1 file", "? stops"],
        ),
        (&format!("delete -f {good} -l pool=a"), &["nodes /n1 file"]),
        (
            &format!("delete -f {good} --all"),
            &[
                "nodes /n1 file",
                "configmaps default/c file",
                "configmaps shop/d file",
            ],
        ),
        (&format!("delete -f {good} --dry-run=client"), &[]),
        (&format!("delete -f {good} pod x"), &["stops"]),
        (&format!("delete -f {good} -f missing.yaml"), &["stops"]),
        (
            &format!("delete -f {kinds}"),
            &[
                "widgets.example.com default/w file",
                "pods default/p file",
                "widgets.example.com default/listed file",
                "? stops",
            ],
        ),
        (
            &format!("delete -f {doubtful}"),
            &[&format!("? the objects in {doubtful}")],
        ),
        (
            &format!("delete -f {lists}"),
            &[
                "configmaps default/lower file",
                "configmaps default/applist file",
                "configmaps default/nolistversion file",
                "configmaps default/inner file",
                "configmaps default/bare file",
                "configmaps default/odd file",
                "configmaps default/nolabel file",
                "? stops",
            ],
        ),
    ]);
}

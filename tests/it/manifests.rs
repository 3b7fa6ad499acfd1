//! Verbs of files, certificates and `--raw`: what a plan lists is what the real kubectl then asks for.

use std::fs;

use serde_json::json;

use crate::random::line::Line;
use crate::random::oracle::{compare, describe, plan, send};
use crate::support::{ControlPlane, Options};

const CLUSTER: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: away}
---
apiVersion: v1
kind: Service
metadata:
  name: front
  namespace: shop
  labels: {app: shop}
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}
spec: {selector: {app: front}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: old
  namespace: shop
  labels: {app: shop}
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: kept
  namespace: shop
  labels: {app: shop}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: main, image: one}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
";

const MAP: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: new, namespace: shop, labels: {app: shop}}
data: {a: b}
";
const MAPS: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: new, namespace: shop, labels: {app: shop}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: old, namespace: shop, labels: {app: shop}}
data: {a: c}
";
const GENERATED: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {generateName: new-, namespace: shop}
";
const JOB: &str = "
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec:
  template:
    spec: {restartPolicy: Never, containers: [{name: main, image: two}]}
";
const NAMESPACE_AND_MAP: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: fresh}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: first, namespace: fresh}
";
const ROLES: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: writer, namespace: shop}
rules: [{apiGroups: [''], resources: [pods], verbs: [update]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
";
const SAME_ROLE: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
";
const BROKEN: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: new, namespace: shop}
dta: {a: b}
";

const LINES: &[(&str, &str)] = &[
    ("create -f it.yaml", MAP),
    ("create -f it.yaml", MAPS),
    ("create -f it.yaml", GENERATED),
    ("create -f it.yaml", NAMESPACE_AND_MAP),
    ("create -f it.yaml", BROKEN),
    ("apply -f it.yaml", MAPS),
    ("apply -f it.yaml", NAMESPACE_AND_MAP),
    ("apply -f it.yaml --server-side --force-conflicts", MAPS),
    ("apply -f it.yaml -l app=other", MAPS),
    ("apply -f it.yaml --prune -l app=shop", MAP),
    (
        "apply -f it.yaml --prune -l app=shop --prune-allowlist core/v1/Service",
        MAP,
    ),
    ("apply -f it.yaml --prune --all -n away", MAP),
    ("apply -f it.yaml --prune --all", MAP),
    ("apply -f it.yaml", JOB),
    ("apply -f it.yaml --force", JOB),
    ("replace -f it.yaml", MAPS),
    ("replace -f it.yaml", JOB),
    ("replace --force -f it.yaml", JOB),
    (
        "replace --force -f it.yaml --grace-period=0 --cascade=background",
        MAPS,
    ),
    (
        "apply set-last-applied -f it.yaml --create-annotation",
        MAPS,
    ),
    ("apply set-last-applied -f it.yaml", JOB),
    ("auth reconcile -f it.yaml", ROLES),
    ("auth reconcile -f it.yaml", SAME_ROLE),
    (
        "auth reconcile -f it.yaml --remove-extra-permissions",
        ROLES,
    ),
    ("certificate approve node-csr", ""),
    ("certificate deny csr/node-csr missing", ""),
    (
        "create --raw /api/v1/namespaces/shop/configmaps -f it.yaml",
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"raw"}}"#,
    ),
    (
        "create --raw /api/v1/./namespaces/shop//configmaps --dry-run=client -f it.yaml",
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"raw"}}"#,
    ),
    (
        "replace --raw /api/v1/namespaces/shop/configmaps/old -f it.yaml",
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"old"},"data":{"a":"z"}}"#,
    ),
    (
        "replace --raw /api/v1/namespaces/away/finalize -f it.yaml",
        r#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"away"},"spec":{"finalizers":[]}}"#,
    ),
];

#[test]
fn a_plan_lists_what_is_sent() {
    let plane = ControlPlane::start(&Options { controllers: &[] });
    let user = plane.user();
    plane.apply(CLUSTER);
    let request = json!({
        "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
        "metadata": {"name": "node-csr"},
        "spec": {"request": certificate_request(), "signerName": "example.com/any", "usages": ["client auth"]},
    });
    plane.apply(&request.to_string());
    let mut frozen = plane.freeze();
    let mut differences = String::new();
    for (words, content) in LINES {
        let line = Line {
            words: words.split(' ').map(str::to_owned).collect(),
            files: vec![("it.yaml".to_owned(), (*content).to_owned())],
            ..Line::default()
        };
        fs::write(user.home.join("it.yaml"), content).expect("the home can be written");
        let planned = plan(&user, &line);
        let sent = send(&plane, &user, &line, &planned);
        plane.thaw(&mut frozen);
        if let Some(difference) = compare(&line, &planned, &sent) {
            describe(&mut differences, &line, &difference, &sent);
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// The request of a node, as `openssl req` makes it, in base64 as an object carries it.
fn certificate_request() -> &'static str {
    include_str!("../data/node.csr.b64").trim()
}

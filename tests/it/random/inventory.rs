//! What the cluster holds, and every way to say it.

use serde::Deserialize as _;
use serde_json::Value;

use super::dice::Dice;

/// One type, with the words that mean it.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub plural: &'static str,
    pub words: &'static [&'static str],
    /// Whether an object can be gone at once, so that a `delete` may wait for it.
    pub quick: bool,
}

const fn plain(
    api_version: &'static str,
    kind: &'static str,
    plural: &'static str,
    words: &'static [&'static str],
) -> Type {
    Type {
        api_version,
        kind,
        plural,
        words,
        quick: false,
    }
}

const fn quick(of: Type) -> Type {
    Type { quick: true, ..of }
}

pub const TYPES: &[Type] = &[
    plain(
        "v1",
        "Pod",
        "pods",
        &["pod", "pods", "po", "Pod", "PODS", "pods.v1."],
    ),
    quick(plain(
        "v1",
        "ConfigMap",
        "configmaps",
        &[
            "cm",
            "configmap",
            "configmaps",
            "ConfigMap",
            "configmaps.v1.",
        ],
    )),
    quick(plain(
        "v1",
        "Secret",
        "secrets",
        &["secret", "secrets", "Secret"],
    )),
    quick(plain(
        "v1",
        "ServiceAccount",
        "serviceaccounts",
        &["sa", "serviceaccounts"],
    )),
    plain(
        "v1",
        "Service",
        "services",
        &["svc", "service", "services", "Services"],
    ),
    plain(
        "v1",
        "PersistentVolumeClaim",
        "persistentvolumeclaims",
        &["pvc", "persistentvolumeclaims"],
    ),
    plain(
        "apps/v1",
        "Deployment",
        "deployments",
        &[
            "deploy",
            "deployment",
            "deployments.apps",
            "deployments.v1.apps",
            "Deployment.v1.apps",
            "deploy.apps",
        ],
    ),
    plain(
        "apps/v1",
        "ReplicaSet",
        "replicasets",
        &["rs", "replicasets"],
    ),
    plain(
        "apps/v1",
        "StatefulSet",
        "statefulsets",
        &["sts", "statefulset", "StatefulSet"],
    ),
    plain(
        "apps/v1",
        "DaemonSet",
        "daemonsets",
        &["ds", "daemonsets.apps"],
    ),
    plain("batch/v1", "Job", "jobs", &["job", "jobs.batch", "Jobs"]),
    plain("batch/v1", "CronJob", "cronjobs", &["cj", "cronjob"]),
    plain(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        &[
            "hpa",
            "hpa.autoscaling",
            "horizontalpodautoscalers.v2.autoscaling",
        ],
    ),
    plain(
        "policy/v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
        &["pdb", "poddisruptionbudgets"],
    ),
    plain(
        "networking.k8s.io/v1",
        "Ingress",
        "ingresses",
        &["ing", "ingress", "ingresses", "ingresses.networking"],
    ),
    quick(plain(
        "rbac.authorization.k8s.io/v1",
        "Role",
        "roles",
        &["role", "roles.rbac.authorization.k8s.io"],
    )),
    quick(plain(
        "demo.example.com/v1",
        "Widget",
        "widgets",
        &[
            "wd",
            "widget",
            "Widgets",
            "widgets.demo",
            "widgets.v1beta1.demo.example.com",
            "widget.demo.example.com",
        ],
    )),
    quick(plain(
        "demo.example.com/v1beta1",
        "Widget",
        "widgets",
        &["widgets.v1beta1.demo.example.com"],
    )),
    plain("v1", "Node", "nodes", &["no", "node", "nodes", "Node"]),
    plain(
        "v1",
        "Namespace",
        "namespaces",
        &["ns", "namespace", "namespaces", "namespaces.v1."],
    ),
    plain(
        "v1",
        "PersistentVolume",
        "persistentvolumes",
        &["pv", "persistentvolume"],
    ),
    quick(plain(
        "storage.k8s.io/v1",
        "StorageClass",
        "storageclasses",
        &["sc", "storageclass.storage.k8s.io"],
    )),
    plain(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        &["crd", "crds", "customresourcedefinitions"],
    ),
    quick(plain(
        "demo.example.com/v1",
        "Gadget",
        "gadgets",
        &["gadget", "gadgets", "gadgets.demo.example.com"],
    )),
];

/// One object of the fixture.
#[derive(Debug)]
pub struct Thing {
    pub of: &'static Type,
    /// Empty for what is not in a namespace.
    pub namespace: String,
    pub name: String,
    /// As a file would say it.
    pub object: Value,
}

/// The objects of the fixture.
#[derive(Debug)]
pub struct Inventory(pub Vec<Thing>);

impl Inventory {
    pub fn read(yaml: &str) -> Self {
        let mut things = Vec::new();
        for document in serde_yaml::Deserializer::from_str(yaml) {
            let document = Value::deserialize(document).expect("the fixture is YAML");
            let items = document["items"].as_array().cloned();
            for mut object in items.unwrap_or_else(|| vec![document]) {
                let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
                let (api_version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
                let of = TYPES
                    .iter()
                    .find(|it| it.api_version == api_version && it.kind == kind)
                    .unwrap_or_else(|| panic!("the inventory knows no {api_version} {kind}"));
                if let Some(members) = object.as_object_mut() {
                    members.remove("status");
                }
                let metadata = &object["metadata"];
                things.push(Thing {
                    of,
                    namespace: text(&metadata["namespace"]),
                    name: text(&metadata["name"]),
                    object,
                });
            }
        }
        Self(things)
    }

    /// An object of any type; each type is as likely as the others, however few objects it has.
    pub fn any<'a>(&'a self, dice: &mut Dice) -> &'a Thing {
        let of = &TYPES[dice.below(TYPES.len())];
        let things: Vec<&Thing> = self
            .0
            .iter()
            .filter(|thing| std::ptr::eq(thing.of, of))
            .collect();
        dice.pick(&things)
    }

    /// An object of one of these kinds.
    pub fn of_kinds<'a>(&'a self, kinds: &[&str], dice: &mut Dice) -> &'a Thing {
        let kind = dice.pick(kinds);
        let things: Vec<&Thing> = self
            .0
            .iter()
            .filter(|thing| thing.of.kind == kind)
            .collect();
        dice.pick(&things)
    }

    /// The names of one type in one namespace.
    pub fn names(&self, of: &Type, namespace: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|thing| thing.of.plural == of.plural && thing.namespace == namespace)
            .map(|thing| thing.name.clone())
            .collect()
    }

    /// Another object where this one is, perhaps this one.
    pub fn neighbour<'a>(&'a self, of: &Thing, dice: &mut Dice) -> &'a Thing {
        let near: Vec<&Thing> = self
            .0
            .iter()
            .filter(|thing| thing.namespace == of.namespace)
            .collect();
        dice.pick(&near)
    }
}

//! The resources that are part of Kubernetes itself, for when no server can or need be asked.
//!
//! Source: the discovery of a kube-apiserver 1.36, in its own order (which is kubectl's order of priority).

use super::discovery::Served;
use crate::change::resource::{Resource, Scope};

/// One resource, as constants.
pub struct Builtin {
    resource: Resource,
    singular: &'static str,
    short_names: &'static [&'static str],
    categories: &'static [&'static str],
    verbs: &'static [&'static str],
}

impl Builtin {
    /// As a server would list it.
    #[must_use]
    pub fn served(&self) -> Served {
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Served {
            resource: self.resource.clone(),
            singular: self.singular.to_owned(),
            short_names: owned(self.short_names),
            categories: owned(self.categories),
            verbs: owned(self.verbs),
        }
    }
}

/// What `word` means if it is the plural, singular, kind (in any case) or short name (as written) of a core
/// `v1` resource, also as `node.` or `node.v1.`.
///
/// No request is needed for these: core `v1` comes first in kubectl's order of priority.
#[must_use]
pub fn core(word: &str) -> Option<Resource> {
    let word = word
        .strip_suffix(".v1.")
        .or_else(|| word.strip_suffix('.'))
        .unwrap_or(word);
    let lower = word.to_lowercase();
    TABLE
        .iter()
        .take_while(|builtin| builtin.resource.group.is_empty())
        .find(|builtin| {
            // The lower-cased kind of a core resource is its singular name.
            builtin.resource.plural == lower
                || builtin.singular == lower
                || builtin.short_names.contains(&word)
        })
        .map(|builtin| builtin.resource.clone())
}

/// Whether Kubernetes itself has this resource in this group.
#[must_use]
pub fn serves(group: &str, plural: &str) -> bool {
    TABLE
        .iter()
        .any(|builtin| builtin.resource.is(group, plural))
}

/// Whether Kubernetes itself serves this group in this version, and with it a dry run of every write.
#[must_use]
pub fn is_own(resource: &Resource) -> bool {
    TABLE.iter().any(|Builtin { resource: own, .. }| {
        own.group == resource.group && own.version == resource.version
    })
}

const CREATE: &[&str] = &["create"];
const READ: &[&str] = &["get", "list"];
/// The verbs of a resource whose objects are stored.
pub const OBJECT: &[&str] = &[
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];

#[allow(clippy::too_many_arguments)] // A row of the table below, column by column.
const fn row(
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    scope: Scope,
    singular: &'static str,
    short_names: &'static [&'static str],
    categories: &'static [&'static str],
    verbs: &'static [&'static str],
) -> Builtin {
    Builtin {
        resource: Resource::known(group, version, plural, kind, scope),
        singular,
        short_names,
        categories,
        verbs,
    }
}

/// Core first.
#[rustfmt::skip]
pub const TABLE: &[Builtin] = &[
    row("", "v1", "bindings", "Binding", Scope::Namespaced, "binding", &[], &[], CREATE),
    row("", "v1", "componentstatuses", "ComponentStatus", Scope::Cluster, "componentstatus", &["cs"], &[], READ),
    row("", "v1", "configmaps", "ConfigMap", Scope::Namespaced, "configmap", &["cm"], &[], OBJECT),
    row("", "v1", "endpoints", "Endpoints", Scope::Namespaced, "endpoints", &["ep"], &[], OBJECT),
    row("", "v1", "events", "Event", Scope::Namespaced, "event", &["ev"], &[], OBJECT),
    row("", "v1", "limitranges", "LimitRange", Scope::Namespaced, "limitrange", &["limits"], &[], OBJECT),
    row("", "v1", "namespaces", "Namespace", Scope::Cluster, "namespace", &["ns"], &[], OBJECT),
    row("", "v1", "nodes", "Node", Scope::Cluster, "node", &["no"], &[], OBJECT),
    row("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", Scope::Namespaced, "persistentvolumeclaim", &["pvc"], &[], OBJECT),
    row("", "v1", "persistentvolumes", "PersistentVolume", Scope::Cluster, "persistentvolume", &["pv"], &[], OBJECT),
    row("", "v1", "pods", "Pod", Scope::Namespaced, "pod", &["po"], &["all"], OBJECT),
    row("", "v1", "podtemplates", "PodTemplate", Scope::Namespaced, "podtemplate", &[], &[], OBJECT),
    row("", "v1", "replicationcontrollers", "ReplicationController", Scope::Namespaced, "replicationcontroller", &["rc"], &["all"], OBJECT),
    row("", "v1", "resourcequotas", "ResourceQuota", Scope::Namespaced, "resourcequota", &["quota"], &[], OBJECT),
    row("", "v1", "secrets", "Secret", Scope::Namespaced, "secret", &[], &[], OBJECT),
    row("", "v1", "serviceaccounts", "ServiceAccount", Scope::Namespaced, "serviceaccount", &["sa"], &[], OBJECT),
    row("", "v1", "services", "Service", Scope::Namespaced, "service", &["svc"], &["all"], OBJECT),
    row("apiregistration.k8s.io", "v1", "apiservices", "APIService", Scope::Cluster, "apiservice", &[], &["api-extensions"], OBJECT),
    row("apps", "v1", "controllerrevisions", "ControllerRevision", Scope::Namespaced, "controllerrevision", &[], &[], OBJECT),
    row("apps", "v1", "daemonsets", "DaemonSet", Scope::Namespaced, "daemonset", &["ds"], &["all"], OBJECT),
    row("apps", "v1", "deployments", "Deployment", Scope::Namespaced, "deployment", &["deploy"], &["all"], OBJECT),
    row("apps", "v1", "replicasets", "ReplicaSet", Scope::Namespaced, "replicaset", &["rs"], &["all"], OBJECT),
    row("apps", "v1", "statefulsets", "StatefulSet", Scope::Namespaced, "statefulset", &["sts"], &["all"], OBJECT),
    row("events.k8s.io", "v1", "events", "Event", Scope::Namespaced, "event", &["ev"], &[], OBJECT),
    row("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", Scope::Cluster, "selfsubjectreview", &[], &[], CREATE),
    row("authentication.k8s.io", "v1", "tokenreviews", "TokenReview", Scope::Cluster, "tokenreview", &[], &[], CREATE),
    row("authorization.k8s.io", "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", Scope::Namespaced, "localsubjectaccessreview", &[], &[], CREATE),
    row("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", Scope::Cluster, "selfsubjectaccessreview", &[], &[], CREATE),
    row("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", Scope::Cluster, "selfsubjectrulesreview", &[], &[], CREATE),
    row("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", Scope::Cluster, "subjectaccessreview", &[], &[], CREATE),
    row("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", Scope::Namespaced, "horizontalpodautoscaler", &["hpa"], &["all"], OBJECT),
    row("autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler", Scope::Namespaced, "horizontalpodautoscaler", &["hpa"], &["all"], OBJECT),
    row("batch", "v1", "cronjobs", "CronJob", Scope::Namespaced, "cronjob", &["cj"], &["all"], OBJECT),
    row("batch", "v1", "jobs", "Job", Scope::Namespaced, "job", &[], &["all"], OBJECT),
    row("certificates.k8s.io", "v1", "certificatesigningrequests", "CertificateSigningRequest", Scope::Cluster, "certificatesigningrequest", &["csr"], &[], OBJECT),
    row("networking.k8s.io", "v1", "ingressclasses", "IngressClass", Scope::Cluster, "ingressclass", &[], &[], OBJECT),
    row("networking.k8s.io", "v1", "ingresses", "Ingress", Scope::Namespaced, "ingress", &["ing"], &[], OBJECT),
    row("networking.k8s.io", "v1", "ipaddresses", "IPAddress", Scope::Cluster, "ipaddress", &["ip"], &[], OBJECT),
    row("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", Scope::Namespaced, "networkpolicy", &["netpol"], &[], OBJECT),
    row("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", Scope::Cluster, "servicecidr", &[], &[], OBJECT),
    row("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", Scope::Namespaced, "poddisruptionbudget", &["pdb"], &[], OBJECT),
    row("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", Scope::Cluster, "clusterrolebinding", &[], &[], OBJECT),
    row("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", Scope::Cluster, "clusterrole", &[], &[], OBJECT),
    row("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", Scope::Namespaced, "rolebinding", &[], &[], OBJECT),
    row("rbac.authorization.k8s.io", "v1", "roles", "Role", Scope::Namespaced, "role", &[], &[], OBJECT),
    row("storage.k8s.io", "v1", "csidrivers", "CSIDriver", Scope::Cluster, "csidriver", &[], &[], OBJECT),
    row("storage.k8s.io", "v1", "csinodes", "CSINode", Scope::Cluster, "csinode", &[], &[], OBJECT),
    row("storage.k8s.io", "v1", "csistoragecapacities", "CSIStorageCapacity", Scope::Namespaced, "csistoragecapacity", &[], &[], OBJECT),
    row("storage.k8s.io", "v1", "storageclasses", "StorageClass", Scope::Cluster, "storageclass", &["sc"], &[], OBJECT),
    row("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", Scope::Cluster, "volumeattachment", &[], &[], OBJECT),
    row("storage.k8s.io", "v1", "volumeattributesclasses", "VolumeAttributesClass", Scope::Cluster, "volumeattributesclass", &["vac"], &[], OBJECT),
    row("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicies", "MutatingAdmissionPolicy", Scope::Cluster, "mutatingadmissionpolicy", &[], &["api-extensions"], OBJECT),
    row("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicybindings", "MutatingAdmissionPolicyBinding", Scope::Cluster, "mutatingadmissionpolicybinding", &[], &["api-extensions"], OBJECT),
    row("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", Scope::Cluster, "mutatingwebhookconfiguration", &[], &["api-extensions"], OBJECT),
    row("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy", Scope::Cluster, "validatingadmissionpolicy", &[], &["api-extensions"], OBJECT),
    row("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding", Scope::Cluster, "validatingadmissionpolicybinding", &[], &["api-extensions"], OBJECT),
    row("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", Scope::Cluster, "validatingwebhookconfiguration", &[], &["api-extensions"], OBJECT),
    row("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Scope::Cluster, "customresourcedefinition", &["crd", "crds"], &["api-extensions"], OBJECT),
    row("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", Scope::Cluster, "priorityclass", &["pc"], &[], OBJECT),
    row("coordination.k8s.io", "v1", "leases", "Lease", Scope::Namespaced, "lease", &[], &[], OBJECT),
    row("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", Scope::Cluster, "runtimeclass", &[], &[], OBJECT),
    row("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", Scope::Namespaced, "endpointslice", &[], &[], OBJECT),
    row("resource.k8s.io", "v1", "deviceclasses", "DeviceClass", Scope::Cluster, "deviceclass", &[], &[], OBJECT),
    row("resource.k8s.io", "v1", "resourceclaims", "ResourceClaim", Scope::Namespaced, "resourceclaim", &[], &[], OBJECT),
    row("resource.k8s.io", "v1", "resourceclaimtemplates", "ResourceClaimTemplate", Scope::Namespaced, "resourceclaimtemplate", &[], &[], OBJECT),
    row("resource.k8s.io", "v1", "resourceslices", "ResourceSlice", Scope::Cluster, "resourceslice", &[], &[], OBJECT),
    row("flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "FlowSchema", Scope::Cluster, "flowschema", &[], &[], OBJECT),
    row("flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations", "PriorityLevelConfiguration", Scope::Cluster, "prioritylevelconfiguration", &[], &[], OBJECT),
];

/// What servers up to 1.24 had besides: served where a snapshot has such objects.
#[rustfmt::skip]
pub const RETIRED: &[Builtin] = &[
    row("policy", "v1beta1", "podsecuritypolicies", "PodSecurityPolicy", Scope::Cluster, "podsecuritypolicy", &["psp"], &[], OBJECT),
];

#[cfg(test)]
mod tests {
    use super::core;
    use crate::change::resource::{Resource, Scope};

    fn plural(word: &str) -> Option<String> {
        core(word).map(|resource| resource.plural.into_owned())
    }

    #[test]
    fn a_core_word_needs_no_server() {
        for word in [
            "nodes",
            "node",
            "Node",
            "NODES",
            "no",
            "nodes.",
            "nodes.v1.",
            "no.v1.",
        ] {
            assert_eq!(plural(word).as_deref(), Some("nodes"), "{word}");
        }
        assert_eq!(plural("Endpoints").as_deref(), Some("endpoints"));
        assert_eq!(plural("ev").as_deref(), Some("events"));
    }

    #[test]
    fn a_group_is_kubernetes_own_in_its_own_versions_alone() {
        let is_own = |group, version| {
            super::is_own(&Resource::known(
                group,
                version,
                "widgets",
                "Widget",
                Scope::Namespaced,
            ))
        };
        assert!(is_own("", "v1") && is_own("apps", "v1") && is_own("storage.k8s.io", "v1"));
        assert!(!is_own("example.com", "v1") && !is_own("metrics.k8s.io", "v1beta1"));
        // An aggregated server can take a version of any group.
        assert!(!is_own("apps", "v9"));
    }

    #[test]
    fn short_names_are_case_sensitive_and_other_groups_are_not_core() {
        for word in [
            "NO",
            "deployments",
            "nodes.v2.",
            "nodes.metrics.k8s.io",
            "",
            ".",
        ] {
            assert_eq!(plural(word), None, "{word}");
        }
    }
}

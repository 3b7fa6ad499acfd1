//! The resources that we name ourselves: those that facts read and verbs make, in versions that every server since 1.25 serves.

use crate::change::resource::{Resource, Scope};

macro_rules! known {
    ($($name:ident = $group:literal $version:literal $plural:literal $kind:literal $scope:ident;)*) => {
        $(
            #[doc = concat!("Kind `", $kind, "`.")]
            pub static $name: Resource = Resource::known($group, $version, $plural, $kind, Scope::$scope);
        )*
    };
}

known! {
    CONFIG_MAPS = "" "v1" "configmaps" "ConfigMap" Namespaced;
    NAMESPACES = "" "v1" "namespaces" "Namespace" Cluster;
    NODES = "" "v1" "nodes" "Node" Cluster;
    PERSISTENT_VOLUMES = "" "v1" "persistentvolumes" "PersistentVolume" Cluster;
    PERSISTENT_VOLUME_CLAIMS = "" "v1" "persistentvolumeclaims" "PersistentVolumeClaim" Namespaced;
    PODS = "" "v1" "pods" "Pod" Namespaced;
    RESOURCE_QUOTAS = "" "v1" "resourcequotas" "ResourceQuota" Namespaced;
    SECRETS = "" "v1" "secrets" "Secret" Namespaced;
    SERVICE_ACCOUNTS = "" "v1" "serviceaccounts" "ServiceAccount" Namespaced;
    SERVICES = "" "v1" "services" "Service" Namespaced;
    CONTROLLER_REVISIONS = "apps" "v1" "controllerrevisions" "ControllerRevision" Namespaced;
    DAEMON_SETS = "apps" "v1" "daemonsets" "DaemonSet" Namespaced;
    DEPLOYMENTS = "apps" "v1" "deployments" "Deployment" Namespaced;
    REPLICA_SETS = "apps" "v1" "replicasets" "ReplicaSet" Namespaced;
    STATEFUL_SETS = "apps" "v1" "statefulsets" "StatefulSet" Namespaced;
    HORIZONTAL_POD_AUTOSCALERS = "autoscaling" "v2" "horizontalpodautoscalers" "HorizontalPodAutoscaler" Namespaced;
    CRON_JOBS = "batch" "v1" "cronjobs" "CronJob" Namespaced;
    JOBS = "batch" "v1" "jobs" "Job" Namespaced;
    ENDPOINT_SLICES = "discovery.k8s.io" "v1" "endpointslices" "EndpointSlice" Namespaced;
    INGRESSES = "networking.k8s.io" "v1" "ingresses" "Ingress" Namespaced;
    INGRESS_CLASSES = "networking.k8s.io" "v1" "ingressclasses" "IngressClass" Cluster;
    POD_DISRUPTION_BUDGETS = "policy" "v1" "poddisruptionbudgets" "PodDisruptionBudget" Namespaced;
    CLUSTER_ROLES = "rbac.authorization.k8s.io" "v1" "clusterroles" "ClusterRole" Cluster;
    CLUSTER_ROLE_BINDINGS = "rbac.authorization.k8s.io" "v1" "clusterrolebindings" "ClusterRoleBinding" Cluster;
    ROLES = "rbac.authorization.k8s.io" "v1" "roles" "Role" Namespaced;
    ROLE_BINDINGS = "rbac.authorization.k8s.io" "v1" "rolebindings" "RoleBinding" Namespaced;
    PRIORITY_CLASSES = "scheduling.k8s.io" "v1" "priorityclasses" "PriorityClass" Cluster;
    STORAGE_CLASSES = "storage.k8s.io" "v1" "storageclasses" "StorageClass" Cluster;
}

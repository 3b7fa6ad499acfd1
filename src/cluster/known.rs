//! The resources that we read by ourselves, in versions that every server since 1.25 serves.

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
    NODES = "" "v1" "nodes" "Node" Cluster;
    PERSISTENT_VOLUMES = "" "v1" "persistentvolumes" "PersistentVolume" Cluster;
    PERSISTENT_VOLUME_CLAIMS = "" "v1" "persistentvolumeclaims" "PersistentVolumeClaim" Namespaced;
    PODS = "" "v1" "pods" "Pod" Namespaced;
    SERVICE_ACCOUNTS = "" "v1" "serviceaccounts" "ServiceAccount" Namespaced;
    SERVICES = "" "v1" "services" "Service" Namespaced;
    DAEMON_SETS = "apps" "v1" "daemonsets" "DaemonSet" Namespaced;
    DEPLOYMENTS = "apps" "v1" "deployments" "Deployment" Namespaced;
    REPLICA_SETS = "apps" "v1" "replicasets" "ReplicaSet" Namespaced;
    STATEFUL_SETS = "apps" "v1" "statefulsets" "StatefulSet" Namespaced;
    ENDPOINT_SLICES = "discovery.k8s.io" "v1" "endpointslices" "EndpointSlice" Namespaced;
    INGRESSES = "networking.k8s.io" "v1" "ingresses" "Ingress" Namespaced;
    INGRESS_CLASSES = "networking.k8s.io" "v1" "ingressclasses" "IngressClass" Cluster;
    POD_DISRUPTION_BUDGETS = "policy" "v1" "poddisruptionbudgets" "PodDisruptionBudget" Namespaced;
    STORAGE_CLASSES = "storage.k8s.io" "v1" "storageclasses" "StorageClass" Cluster;
}

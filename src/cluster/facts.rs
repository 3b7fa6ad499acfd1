//! The named facts that rules may ask for: what only a look at other objects can tell.
//!
//! Every fact sends the fewest requests that decide it (the reader answers a repeated question from memory),
//! and is an error when anything that it needs cannot be read: nothing here guesses.

mod backend;
mod departure;
mod destination;
mod drain;
mod host;
mod ingress;
mod namespace;
mod node;
mod pod;
mod sharing;
mod storage;
mod terway;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::rc::Rc;

use futures::future::LocalBoxFuture;
use futures::lock::Mutex;
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

pub use crate::change::node::evacuation::Drain;

use super::Unread;
use super::reader::{Reader, Selection};
use crate::change::connect::copy::Delivery;
use crate::change::draft::Rehearsed;
use crate::change::{Before, Change, Effect, Object};

/// A fact that a rule may name as `facts.NAME`.
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// Its value: what it means, and its shape.
    pub doc: &'static str,
    /// The requests that it sends at most.
    pub requests: &'static str,
    find: Find,
}

type Find = for<'a> fn(&'a Scene<'a>, &'a Change) -> LocalBoxFuture<'a, Result<Value, Unread>>;

/// What a fact may look at: the cluster, and the whole command's changes.
///
/// Facts about the state after the whole command are worked out once for all its changes.
pub struct Scene<'a> {
    reader: &'a Reader,
    changes: &'a [Change],
    drain: Option<&'a Drain>,
    delivery: Option<&'a Delivery>,
    lost_backends: Once<Value>,
    open_nodes: Once<node::Open>,
}

impl<'a> Scene<'a> {
    /// Where to read, everything that the command changes, and the flags that decide which pods go when the verb
    /// is `drain`.
    #[must_use]
    pub fn new(reader: &'a Reader, changes: &'a [Change], drain: Option<&'a Drain>) -> Self {
        Self {
            reader,
            changes,
            drain,
            delivery: None,
            lost_backends: Once::default(),
            open_nodes: Once::default(),
        }
    }

    /// What the command copies into a container, which the connection does not say.
    #[must_use]
    pub fn delivering(mut self, delivery: Option<&'a Delivery>) -> Self {
        self.delivery = delivery;
        self
    }
}

/// Something that is worked out once, however many ask at the same time.
#[derive(Debug)]
struct Once<T>(Mutex<Option<Result<Rc<T>, Unread>>>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Once<T> {
    async fn get(&self, work: impl Future<Output = Result<T, Unread>>) -> Result<Rc<T>, Unread> {
        let mut known = self.0.lock().await;
        if let Some(known) = known.as_ref() {
            return known.clone();
        }
        known.insert(work.await.map(Rc::new)).clone()
    }
}

macro_rules! fact {
    ($name:literal, $find:path, $doc:literal, $requests:literal) => {
        Fact {
            name: $name,
            doc: $doc,
            requests: $requests,
            find: |scene, change| Box::pin($find(scene, change)),
        }
    };
}

/// Every fact, by name. A fact about a missing object is null.
pub const FACTS: &[Fact] = &[
    fact!(
        "ack",
        destination::ack,
        "bool: the cluster is Alibaba Cloud's. A mark on the object, the organisation of the kubeconfig's \
         certificate authority, the cluster profile, or a node's label says so.",
        "none, or ConfigMap kube-system/ack-cluster-profile, then nodes by label unless the object is a node"
    ),
    fact!(
        "albUsers",
        ingress::alb_users,
        "list of NAMESPACE/NAME: the Ingresses that use this AlbConfig or IngressClass.",
        "ingressclasses (for an AlbConfig), then ingresses of all namespaces"
    ),
    fact!(
        "claims",
        storage::claims,
        "list of {name, volume, handle, driver, reclaimPolicy}: the claims that deleting this StatefulSet deletes, \
         because its retention policy says whenDeleted: Delete, or scaling it down, because it says whenScaled: Delete.",
        "none; for a Scale its StatefulSet; or the namespace's claims, then each volume"
    ),
    fact!(
        "classParameters",
        storage::class_parameters,
        "map of strings: the parameters of the StorageClass of this claim or volume; empty where there is none.",
        "the class"
    ),
    fact!(
        "commands",
        host::commands,
        "list of {program, words, text, paths: [{path, host, use, tree, readOnly}], sysctls: [{key, value}], hostNamespaces, root, \
         interactive, opaque, uncertain}: what the command words of this connection, or the commands of the containers that this write \
         makes or changes, do; see `src/shell.rs`. use is read, write, remove, mount, unmount, execute or named; host is empty where \
         no path of the node is meant.",
        "none"
    ),
    fact!(
        "diskClaims",
        sharing::disk_claims,
        "list of {claim, handle, pods: [name]}: the claims of a disk for one node at a time that every pod of this workload \
         mounts (for a Scale or an autoscaler: of its target), and the unfinished pods that mount them now. handle is empty \
         where there is no disk yet.",
        "each claim with its volume or class; the target; then the namespace's pods if there is such a claim"
    ),
    fact!(
        "drain",
        drain::drain,
        "{pods: int, unmanaged, localData, bypassedBudgets, shortGrace, critical: lists of NAMESPACE/NAME}: the pods \
         that draining this node (or the node of this eviction) makes go; those that go only because of --force and --delete-emptydir-data; the \
         budgets that would have stopped it but for --disable-eviction; pods that get less time than they ask for; \
         pods of kube-system that are their workload's only one.",
        "the node's pods; daemonsets where it runs any; budgets with --disable-eviction; two for each kube-system workload"
    ),
    fact!(
        "eniConfig",
        terway::eni_config,
        "{locked, open, broken: lists of KEY or KEY.FIELD}: what this write changes of Terway's configuration (of another ConfigMap \
         than eni-config: of what it overrides): fields that ACK locks, other fields, and keys that are no JSON object any more.",
        "none"
    ),
    fact!(
        "host",
        host::host,
        "{powerful, kernel, network, files: bool, reasons: [text], newCriticalMounts: [path]}: what the container of this \
         connection, or the containers that this write makes, can do to their node: command its kernel, change its network, write \
         into the directories that rule it; and why. newCriticalMounts are the node's directories of the usage notes that pods may \
         write into through this change and could not before. Null for what is no pod and makes none.",
        "none: the pod was read to find its container"
    ),
    fact!(
        "instances",
        namespace::instances,
        "int: the objects that go with this CustomResourceDefinition.",
        "one count"
    ),
    fact!(
        "lostBackends",
        backend::lost_backends,
        "list of {namespace, name, id, pods: [name]}: the LoadBalancer Services that lose their last ready backend through \
         the whole command, and their ready pods that go.",
        "services; the endpoint slices of those that may be hit, 64 Services in a list; nodes where the command changes nodes; pods where it \
         deletes workloads, drains nodes or adds a NoExecute taint"
    ),
    fact!(
        "namespace",
        namespace::namespace,
        "{objects: int, empty: bool, loadBalancers: [{name, id, reused}], claims: [{name, volume, handle, driver, \
         reclaimPolicy}], albConfigs: [name], logConfigs: [name], ingresses: int}: what goes with this namespace, without \
         what Kubernetes itself puts there.",
        "discovery, one count for each namespaced kind, and the Services, claims (and their volumes), AlbConfigs and \
         AliyunLogConfigs"
    ),
    fact!(
        "nasMounts",
        host::nas_mounts,
        "list of paths: where the container of this connection sees NAS file systems.",
        "each mounted claim and its volume"
    ),
    fact!(
        "nodePods",
        node::node_pods,
        "list of {namespace, name, emptyDir, hostPath, localVolume: bool}: the pods on this node, without finished, \
         mirror and DaemonSet pods. emptyDir counts when it is on disk.",
        "the node's pods, then each claim and its volume"
    ),
    fact!(
        "onMaster",
        host::on_master,
        "bool: the pod of this connection, or the pods of this write, run on a master of a dedicated cluster.",
        "the pod's node; none where no node is named"
    ),
    fact!(
        "pod",
        pod::pod,
        "{namespace, name, controlled, daemonSet, mirror, finished, emptyDir, hostPath, localVolume: bool, disks: \
         [{claim, volume, handle, driver}], budgets: [name], critical: bool}: this pod, or the pod of this eviction.",
        "the pod unless it was read, each claim and its volume, the namespace's budgets, two for a workload of kube-system"
    ),
    fact!(
        "pool",
        node::pool,
        "{id, nodes: int, schedulable: int, autoScaled: bool}: the pool of this node as it is now; id is empty \
         where the node has none.",
        "the pool's nodes; ConfigMap kube-system/autoscaler-meta unless the node's labels decide"
    ),
    fact!(
        "reclaimBefore",
        storage::reclaim_before,
        "string: the reclaim policy of the StorageClass of this name as it is; empty where there is none.",
        "the class"
    ),
    fact!(
        "registered",
        destination::registered,
        "bool: a cluster elsewhere that is registered with ACK.",
        "none, or Deployment kube-system/ack-cluster-agent"
    ),
    fact!(
        "sameDisk",
        sharing::same_disk,
        "list of names: the other volumes with the driver and the handle of this one.",
        "all volumes"
    ),
    fact!(
        "schedulableAfter",
        node::schedulable_after,
        "{pool: int, cluster: int}: the nodes, without virtual nodes and masters, that take new pods after the whole \
         command: in this node's pool (nodes without a pool count together) and in the cluster.",
        "all nodes"
    ),
    fact!(
        "selectedPods",
        sharing::selected_pods,
        "int: the ready pods that this Service selects as it will be.",
        "the namespace's pods by label"
    ),
    fact!(
        "serverHost",
        destination::server_host,
        "string: the host of the server's URL.",
        "none"
    ),
    fact!(
        "serverMinor",
        destination::server_minor,
        "int: the server's minor version, such as 32.",
        "/version"
    ),
    fact!(
        "serverless",
        destination::serverless,
        "bool: the cluster has nodes, and all of them are virtual.",
        "all nodes"
    ),
    fact!(
        "terwayNodes",
        terway::terway_nodes,
        "list of names: the nodes whose label terway-config names this ConfigMap, so that its settings override those of \
         eni-config there.",
        "nodes by label"
    ),
    fact!(
        "virtualPods",
        node::virtual_pods,
        "int: the unfinished pods on this virtual node; for an object that is not a node, on all virtual nodes.",
        "the virtual nodes unless the object is a node; the pods of each"
    ),
    fact!(
        "volume",
        storage::volume,
        "{name, driver, handle, reclaimPolicy, attributes: map} or null: the volume of this claim or attachment, or \
         this volume.",
        "the volume unless it is the object"
    ),
];

/// The value of a fact for one change of the scene.
pub async fn find(name: &str, change: usize, scene: &Scene<'_>) -> Result<Value, Unread> {
    let (Some(fact), Some(change)) = (
        FACTS.iter().find(|fact| fact.name == name),
        scene.changes.get(change),
    ) else {
        return Err(Unread::Other(format!(
            "there is no fact \"{name}\" about this change"
        )));
    };
    (fact.find)(scene, change).await
}

impl Scene<'_> {
    /// The object that the change is about, read unless it was; absent when there is none. For an eviction, the pod.
    async fn subject(&self, change: &Change) -> Result<Option<Object>, Unread> {
        match &change.before {
            Before::Found(object) => Ok(Some(object.clone())),
            Before::Missing => Ok(None),
            Before::Hidden(why) => Err(why.clone()),
            Before::Unread if change.name.is_empty() => Ok(None),
            Before::Unread => change.read(self.reader).await,
        }
    }

    /// The object before and after an update; absent when nothing is updated.
    async fn update(&self, change: &Change) -> Result<Option<(Object, Value)>, Unread> {
        let Some(old) = self.subject(change).await? else {
            return Ok(None);
        };
        let new = match &change.effect {
            Effect::Gone(_) | Effect::Awaited | Effect::Unsent => None,
            Effect::Sent(object) => Some(object.as_ref().clone()),
            Effect::Drafted(draft) => match &draft.rehearsal {
                Rehearsed::Answered(object) => Some(object.as_ref().clone()),
                Rehearsed::Refused(_) => None,
                Rehearsed::Hidden(why) => return Err(why.clone()),
                Rehearsed::Due => return Err(Unread::NotAsked),
            },
            Effect::Edited(edit) => edit.apply(&old),
        };
        Ok(new.map(|new| (old, new)))
    }
}

/// The object after the change; absent when it goes, or when kubectl would refuse the change.
fn after(change: &Change) -> Result<Option<Object>, Unread> {
    if let Before::Hidden(why) = &change.before {
        return Err(why.clone());
    }
    match &change.effect {
        Effect::Drafted(draft) => match &draft.rehearsal {
            Rehearsed::Answered(object) => Ok(Some(object.clone())),
            Rehearsed::Refused(_) => Ok(None),
            Rehearsed::Hidden(why) => Err(why.clone()),
            Rehearsed::Due => Err(Unread::Other("it was not rehearsed".to_owned())),
        },
        _ => Ok(change.after().map(Object::new)),
    }
}

/// Waits for many reads, and gives their answers in order.
async fn all<T>(
    reads: impl IntoIterator<Item = impl Future<Output = Result<T, Unread>>>,
) -> Result<Vec<T>, Unread> {
    stream::iter(reads).buffered(64).try_collect().await
}

/// Everything with these labels.
fn labelled(labels: impl Into<String>) -> Selection {
    Selection {
        labels: labels.into(),
        fields: String::new(),
    }
}

/// The pods of one node.
fn on_node(name: &str) -> Selection {
    Selection {
        labels: String::new(),
        fields: format!("spec.nodeName={name}"),
    }
}

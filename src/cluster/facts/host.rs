//! Facts about what a change can do, and does, to nodes through containers.

use serde_json::{Value, json};

use super::{Scene, after, all};
use crate::change::connect::copy::Delivery;
use crate::change::{Change, Effect, Operation};
use crate::cluster::fields::{items, text, truth};
use crate::cluster::host::{self, Power, critical_mounts, pod_spec};
use crate::cluster::pod::{container, containers};
use crate::cluster::{Unread, ack, known};
use crate::shell::{self, Act, Namespace, View};

use super::storage;

/// The node's paths that rules name, read off their own patterns (`build.rs`): what reaches one through a pattern or a tree is told its name.
pub(super) fn landmarks() -> impl Iterator<Item = &'static str> {
    include_str!(concat!(env!("OUT_DIR"), "/landmarks.txt")).lines()
}

/// What runs through a change: containers of one pod, with the pod's spec.
struct Entry<'a> {
    /// The whole pod, or the object that makes pods.
    object: &'a Value,
    spec: &'a Value,
    containers: Vec<&'a Value>,
}

impl<'a> Entry<'a> {
    /// `after`: the object after the change. A connection reaches one container; a write, those that it adds or changes.
    fn of(change: &'a Change, after: Option<&'a Value>) -> Option<Self> {
        if let (Operation::Connect, Effect::Sent(options)) = (change.operation, &change.effect) {
            let pod = change.old()?;
            return Some(Self {
                object: pod,
                spec: pod_spec(pod)?,
                containers: vec![container(pod, text(options, "/container"))?],
            });
        }
        let object = after?;
        let spec = pod_spec(object)?;
        let former: Vec<&Value> = change
            .old()
            .and_then(|old| pod_spec(old))
            .map(|spec| containers(spec).collect())
            .unwrap_or_default();
        let containers = containers(spec).filter(|container| !former.contains(container));
        Some(Self {
            object,
            spec,
            containers: containers.collect(),
        })
    }

    fn view(&self, container: &Value) -> View {
        let power = Power::of(self.spec, container);
        let shared = [
            ("/hostPID", Namespace::Pid),
            ("/hostNetwork", Namespace::Net),
            ("/hostIPC", Namespace::Ipc),
        ];
        View {
            mounts: host::mounts(self.spec, container),
            enters_host: truth(self.spec, "/hostPID") && power.files,
            namespaces: shared
                .into_iter()
                .filter(|(field, _)| truth(self.spec, field))
                .map(|(_, namespace)| namespace)
                .collect(),
            directory: text(container, "/workingDir").to_owned(),
            landmarks: landmarks().map(str::to_owned).collect(),
        }
    }
}

pub(super) async fn host(_: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let after = after(change)?;
    let Some(entry) = Entry::of(change, after.as_deref()) else {
        return Ok(Value::Null);
    };
    let power = Power::of_all(entry.spec, entry.containers.iter().copied());
    let former = change.old().and_then(|old| pod_spec(old));
    let former = former.map(critical_mounts).unwrap_or_default();
    let gained: Vec<String> = critical_mounts(entry.spec)
        .into_iter()
        .filter(|path| !former.contains(path))
        .collect();
    Ok(json!({
        "powerful": power.is_any(),
        "kernel": power.kernel,
        "network": power.network,
        "files": power.files,
        "reasons": power.reasons,
        "newCriticalMounts": gained,
    }))
}

pub(super) async fn commands(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let after = after(change)?;
    let Some(entry) = Entry::of(change, after.as_deref()) else {
        return Ok(json!([]));
    };
    let acts: Vec<Act> = match (&change.effect, scene.delivery) {
        (Effect::Sent(_), Some(delivery)) if change.operation == Operation::Connect => {
            let view = entry.containers.first().map(|it| entry.view(it));
            delivered(delivery, &view.unwrap_or_default())
        }
        (Effect::Sent(options), _) if change.subresource == "exec" => {
            let command = strings(options, "/command");
            let read = |container: &&Value| shell::read(&command, &entry.view(container));
            entry.containers.iter().flat_map(read).collect()
        }
        _ if change.subresource == "attach" => {
            // Without a command, it is the image's own, which with a keyboard is most often a shell.
            let read = |it: &&Value| shell::read(&own_command(it), &entry.view(it));
            entry.containers.iter().flat_map(read).collect()
        }
        _ => {
            let former = former_commands(change, entry.spec);
            let read = |container: &&Value| {
                let view = entry.view(container);
                commands_of(container)
                    .into_iter()
                    .filter(|command| !former.contains(command))
                    .flat_map(move |command| shell::read(&command, &view))
                    .collect::<Vec<_>>()
            };
            entry.containers.iter().flat_map(read).collect()
        }
    };
    serde_json::to_value(acts).map_err(|why| Unread::Other(why.to_string()))
}

/// What ran before a write with the same power over the node, so that a new image alone is no news.
fn former_commands(change: &Change, spec: &Value) -> Vec<Vec<String>> {
    let power = |spec: &Value| Power::of_all(spec, containers(spec));
    let former = change.old().and_then(|old| pod_spec(old));
    former
        .filter(|former| power(former) == power(spec))
        .into_iter()
        .flat_map(|former| containers(former).flat_map(commands_of))
        .collect()
}

/// What a copy does in the container. A directory goes into the destination where that is there already, and what rules name is.
fn delivered(delivery: &Delivery, view: &View) -> Vec<Act> {
    let [place, inside] = &delivery.places;
    if delivery.is_tree {
        let merged = shell::read(&["cp", "-r", "./.", inside], view);
        let made = shell::read(&["cp", "-T", ".", place], view);
        [merged, made].concat()
    } else {
        let file = inside.rsplit('/').next().unwrap_or_default();
        shell::read(&["cp", file, place], view)
    }
}

/// What a container runs for itself; empty where that is the image's business.
fn own_command(container: &Value) -> Vec<String> {
    [strings(container, "/command"), strings(container, "/args")].concat()
}

/// All that the pod's spec has a container run.
fn commands_of(container: &Value) -> Vec<Vec<String>> {
    let hooks = [
        "/lifecycle/postStart/exec/command",
        "/lifecycle/preStop/exec/command",
        "/startupProbe/exec/command",
        "/readinessProbe/exec/command",
        "/livenessProbe/exec/command",
    ];
    hooks
        .iter()
        .map(|pointer| strings(container, pointer))
        .chain([own_command(container)])
        .filter(|command| !command.is_empty())
        .collect()
}

fn strings(object: &Value, pointer: &str) -> Vec<String> {
    items(object, pointer)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Whether the pod runs, or is bound to run, on a master that the cluster's owner keeps (a dedicated cluster's).
pub(super) async fn on_master(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let after = after(change)?;
    let Some(entry) = Entry::of(change, after.as_deref()) else {
        return Ok(json!(false));
    };
    let is_chosen = entry.spec["nodeSelector"]
        .as_object()
        .is_some_and(|labels| {
            labels.contains_key("node-role.kubernetes.io/master")
                || labels.contains_key("node-role.kubernetes.io/control-plane")
        });
    let node = match text(entry.spec, "/nodeName") {
        "" => text(entry.spec, "/nodeSelector/kubernetes.io~1hostname"),
        node => node,
    };
    if is_chosen || node.is_empty() {
        return Ok(json!(is_chosen));
    }
    let node = scene.reader.get(&known::NODES, "", node).await?;
    Ok(json!(node.is_some_and(|node| ack::is_master(&node))))
}

/// The CSI driver of NAS.
const NAS_DRIVER: &str = "nasplugin.csi.alibabacloud.com";

pub(super) async fn nas_mounts(scene: &Scene<'_>, change: &Change) -> Result<Value, Unread> {
    let after = after(change)?;
    let Some(entry) = Entry::of(change, after.as_deref()) else {
        return Ok(json!([]));
    };
    let mounts = entry.containers.iter().flat_map(|container| {
        items(container, "/volumeMounts")
            .iter()
            .map(|mount| (text(mount, "/name"), text(mount, "/mountPath")))
    });
    let mounts: Vec<(&str, &str)> = mounts.collect();
    let volumes = items(entry.spec, "/volumes").iter().filter(|volume| {
        mounts
            .iter()
            .any(|(name, _)| *name == text(volume, "/name"))
    });
    let nas = all(volumes.map(|volume| async {
        let inline = is_nas_server(text(volume, "/nfs/server"));
        let name = text(volume, "/name");
        let bound = storage::bound_volume(scene.reader, entry.object, volume).await?;
        let is_nas = inline || bound.is_some_and(|volume| is_nas(&volume));
        Ok(is_nas.then_some(name))
    }))
    .await?;
    let paths: Vec<&str> = mounts
        .into_iter()
        .filter(|(name, _)| nas.contains(&Some(name)))
        .map(|(_, path)| path)
        .collect();
    Ok(json!(paths))
}

fn is_nas(volume: &Value) -> bool {
    storage::driver(volume) == NAS_DRIVER
        || storage::driver(volume) == "alicloud/nas"
        || is_nas_server(text(volume, "/spec/nfs/server"))
}

/// Source: the mount targets of NAS are `ID.REGION.nas.aliyuncs.com`.
fn is_nas_server(server: &str) -> bool {
    server.ends_with(".nas.aliyuncs.com")
}

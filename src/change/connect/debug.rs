//! `debug`: a container to look inside a pod, a copy of a pod, or a pod that sees a node.
//!
//! Source: kubectl `pkg/cmd/debug/debug.go`. What kubectl names at random has here the name `debugger`, or for a pod none.

mod copy;
mod profile;
mod words;

use std::sync::Arc;

use serde_json::{Value, json};

use self::profile::Style;
use self::words::Words;
use super::attach::attachment;
use super::target::{Aim, NoPod, POD};
use crate::change::account::{Account, Read};
use crate::change::expansion::Expansion;
use crate::change::files::Input;
use crate::change::{Before, Cause, Change, DeleteOptions, Effect, Object, Operation};
use crate::cluster::fields::{name, namespace};
use crate::cluster::known;
use crate::cluster::reader::Reader;
use crate::kubectl::invocation::Invocation;

/// How the changes of `debug` are found out.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of `ephemeralcontainers` of each pod; with `--copy-to` CREATE of the copy, and with `--replace` DELETE of the pod; for a node CREATE of a pod. Then CONNECT to `attach`, with `-i` or `--attach`.",
    reads: &[POD, Read::TYPES, Read::FILES],
    exceptions: &[
        "The name of a node's pod is made up by kubectl: it is empty.",
        "kubectl attaches when the container runs, and not at all when it has ended before.",
        "An object that kubectl cannot go on with ends the command; what comes before it is done.",
    ],
};

/// What kubectl calls a container with five random letters behind it.
const DEBUGGER: &str = "debugger";

/// What `debug` asks the server for: of several objects, up to the first that kubectl cannot go on with.
pub async fn expand(invocation: &Invocation, reader: &Reader, input: &Input<'_>) -> Expansion {
    let Some(words) = Words::read(invocation, input) else {
        return Expansion::KubectlStops;
    };
    let aims = match Aim::read_all(words.targets, invocation, reader, input).await {
        Ok(aims) => aims,
        Err(none) => return none.into(),
    };
    let mut changes = Vec::new();
    for aim in aims {
        match words.look_at(&aim, reader).await {
            Ok(more) => changes.extend(more),
            Err(NoPod::KubectlStops) if changes.is_empty() => return Expansion::KubectlStops,
            Err(NoPod::KubectlStops | NoPod::NotThere) => break,
            Err(NoPod::Unknown(unknown)) => {
                let unknown = vec![unknown];
                return Expansion::Changes { changes, unknown };
            }
        }
    }
    changes.into()
}

impl Words<'_> {
    async fn look_at(&self, aim: &Aim, reader: &Reader) -> Result<Vec<Change>, NoPod> {
        let is_node = aim.resource.is("", "nodes");
        if !is_node && !aim.resource.is("", "pods") {
            return Err(NoPod::KubectlStops);
        }
        let object = aim.object(reader).await?;
        if is_node {
            return Ok(self.look_at_node(&object, &reader.place().namespace));
        }
        if self.copy_to.is_empty() {
            return Ok(self.look_inside(object, aim.cause));
        }
        let mut changes = self.look_at_copy(object, aim.cause)?;
        // A copy that is there already is refused, and the pod then stays.
        if self.replace
            && let Some(copy) = changes.first()
            && let Ok(Some(_)) = reader
                .get(&copy.resource, &copy.namespace, &copy.name)
                .await
        {
            changes.truncate(1);
        }
        Ok(changes)
    }

    /// A pod on the node, with its namespaces and files as the profile says.
    fn look_at_node(&self, node: &Value, namespace: &str) -> Vec<Change> {
        let container_name = self.new_name();
        let mut spec = json!({
            "containers": [self.container(container_name)],
            "nodeName": name(node),
            "restartPolicy": "Never",
            "tolerations": [{"operator": "Exists"}],
        });
        self.profile.apply(&mut spec, container_name, Style::Node);
        self.customise(&mut spec, container_name);
        let pod = Arc::new(json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "namespace": namespace,
                "labels": {"app.kubernetes.io/managed-by": "kubectl-debug"},
            },
            "spec": spec,
        }));
        let mut changes = vec![creation(&pod, Cause::Named)];
        changes.extend(self.attached(pod, container_name, Cause::Named));
        changes
    }

    /// One container more in the pod itself. It cannot be taken away again.
    fn look_inside(&self, pod: Object, cause: Cause) -> Vec<Change> {
        let container_name = self.new_name();
        let mut container = self.container(container_name);
        if !self.target.is_empty() {
            container["targetContainerName"] = json!(self.target);
        }
        let mut new = pod.as_ref().clone();
        push(&mut new["spec"]["ephemeralContainers"], container);
        self.profile
            .apply(&mut new["spec"], container_name, Style::Inside);
        self.customise(&mut new["spec"], container_name);
        let new = Arc::new(new);
        let update = Change {
            operation: Operation::Update,
            resource: known::PODS.clone(),
            subresource: "ephemeralcontainers".to_owned(),
            namespace: namespace(&pod).to_owned(),
            name: name(&pod).to_owned(),
            cause,
            count: 1,
            before: Before::Found(pod),
            effect: Effect::Sent(Arc::clone(&new)),
        };
        let mut changes = vec![update];
        changes.extend(self.attached(new, container_name, cause));
        changes
    }

    /// The session with the container, where one is wanted.
    fn attached(&self, pod: Object, container: &str, cause: Cause) -> Option<Change> {
        let is_wanted = self.attach && !container.is_empty();
        is_wanted.then(|| attachment(pod, container, cause, self.stdin))
    }

    /// What to call a container that is added.
    fn new_name(&self) -> &str {
        if self.container.is_empty() {
            DEBUGGER
        } else {
            self.container
        }
    }

    fn container(&self, name: &str) -> Value {
        let mut container = json!({"name": name, "terminationMessagePolicy": "File"});
        self.fill(&mut container);
        container
    }

    /// What the words say of the container.
    fn fill(&self, container: &mut Value) {
        if !self.arguments.is_empty() {
            if self.arguments_only {
                container["args"] = json!(self.arguments);
            } else {
                container["command"] = json!(self.arguments);
                container["args"] = Value::Null;
            }
        }
        if !self.image.is_empty() {
            container["image"] = json!(self.image);
        }
        container["stdin"] = json!(self.stdin);
        container["tty"] = json!(self.tty);
    }

    /// `--custom`: fields of a container, merged into it.
    fn customise(&self, spec: &mut Value, container: &str) {
        if !self.custom.is_null() {
            profile::edit(spec, container, |it| merge(it, &self.custom));
        }
    }
}

/// Kubernetes merges the lists of a container by key; here they grow, which shows no less.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from.iter().cloned()),
        (into, from) => *into = from.clone(),
    }
}

fn push(list: &mut Value, item: Value) {
    match list {
        Value::Array(items) => items.push(item),
        none => *none = json!([item]),
    }
}

fn creation(pod: &Object, cause: Cause) -> Change {
    Change {
        operation: Operation::Create,
        resource: known::PODS.clone(),
        subresource: String::new(),
        namespace: namespace(pod).to_owned(),
        name: name(pod).to_owned(),
        cause,
        count: 1,
        before: Before::Missing,
        effect: Effect::Sent(Arc::clone(pod)),
    }
}

fn deletion(pod: Object, cause: Cause) -> Change {
    Change {
        operation: Operation::Delete,
        resource: known::PODS.clone(),
        subresource: String::new(),
        namespace: namespace(&pod).to_owned(),
        name: name(&pod).to_owned(),
        cause,
        count: 1,
        before: Before::Found(pod),
        effect: Effect::Gone(DeleteOptions {
            grace_period: Some(0),
            propagation: None,
        }),
    }
}

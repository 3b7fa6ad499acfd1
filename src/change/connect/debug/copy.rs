//! `--copy-to`: a copy of a pod to look into.

use std::sync::Arc;

use serde_json::{Value, json};

use super::profile::{self, Style};
use super::words::Words;
use super::{creation, deletion, push};
use crate::change::connect::target::NoPod;
use crate::change::{Cause, Change, Object};
use crate::cluster::fields::{namespace, text};
use crate::cluster::pod::{containers, is_mirror};

impl Words<'_> {
    /// A copy of the pod with one container more, or another command or image; with `--replace` the pod goes.
    pub(super) fn look_at_copy(&self, pod: Object, cause: Cause) -> Result<Vec<Change>, NoPod> {
        let mut spec = pod["spec"].clone();
        if let Some(fields) = spec.as_object_mut() {
            fields.remove("ephemeralContainers");
            if !self.same_node {
                fields.remove("nodeName");
            }
            if let Some(shares) = self.shares_processes {
                fields.insert("shareProcessNamespace".to_owned(), json!(shares));
            }
        }
        let is_there = |name: &str| containers(&spec).any(|it| text(it, "/name") == name);
        let mut debugged = self.new_name();
        if is_there(self.container) {
            debugged = self.container;
        } else if !self.image.is_empty() {
            push(&mut spec["containers"], json!({"name": debugged}));
        } else if self.sets_image {
            // Nothing but images change.
            debugged = "";
        } else {
            return Err(NoPod::KubectlStops);
        }
        profile::edit(&mut spec, debugged, |container| {
            self.fill(container);
        });
        let mut copy = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": self.copy_to,
                "namespace": namespace(&pod),
                "labels": pod["metadata"]["labels"],
                "annotations": pod["metadata"]["annotations"],
            },
            "spec": spec,
        });
        if !debugged.is_empty() {
            self.keep(&mut copy);
            self.profile.apply(&mut copy["spec"], debugged, Style::Copy);
            self.customise(&mut copy["spec"], debugged);
        }
        if is_refused(&copy) {
            return Err(NoPod::KubectlStops);
        }
        let copy = Arc::new(copy);
        let mut changes = vec![creation(&copy, cause)];
        if self.replace {
            changes.push(deletion(pod, cause));
        }
        changes.extend(self.attached(copy, debugged, cause));
        Ok(changes)
    }
}

/// Whether no server takes the copy: all profiles but `legacy` share processes, and those of the host cannot be shared; `legacy`
/// copies the mark of a pod that stands for a file of its node, which no scheduler may place.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go` (`validatePodSpecSecurityContext`, `ValidatePodSpecificAnnotations`).
fn is_refused(copy: &Value) -> bool {
    let spec = &copy["spec"];
    let shares_with_host = spec["hostPID"] == true && spec["shareProcessNamespace"] == true;
    shares_with_host || is_mirror(copy) && text(spec, "/nodeName").is_empty()
}

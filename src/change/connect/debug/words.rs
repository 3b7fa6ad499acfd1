//! The words of `debug`.

use std::path::Path;

use serde_json::Value;

use super::profile::Profile;
use crate::change::files::{FileFlags, Input};
use crate::kubectl::flags::Minor;
use crate::kubectl::inputs;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::version;
use crate::limit;

/// The first kubectl whose profile is `general` where none is said; before it is `legacy`.
const GENERAL: Minor = Minor(36);

/// The most values of a custom profile, which is one container.
const VALUES: usize = 10_000;

/// What is to be looked at, and with what.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // Flags of kubectl, each on its own.
pub(super) struct Words<'a> {
    /// `NAME` or `TYPE/NAME`.
    pub(super) targets: &'a [String],
    /// What stands behind `--`.
    pub(super) arguments: &'a [String],
    pub(super) arguments_only: bool,
    pub(super) image: &'a str,
    pub(super) container: &'a str,
    pub(super) target: &'a str,
    pub(super) copy_to: &'a str,
    pub(super) replace: bool,
    pub(super) same_node: bool,
    /// Only where it is said.
    pub(super) shares_processes: Option<bool>,
    pub(super) sets_image: bool,
    pub(super) stdin: bool,
    pub(super) tty: bool,
    pub(super) attach: bool,
    pub(super) profile: Profile,
    /// Fields of the container, or null.
    pub(super) custom: Value,
    keeps: Keeps,
}

/// What a copy keeps of its pod.
#[derive(Debug)]
struct Keeps {
    labels: bool,
    annotations: bool,
    init_containers: bool,
    /// By the container's field.
    probes: [(&'static str, bool); 3],
}

impl<'a> Words<'a> {
    /// `None` where kubectl refuses the words.
    pub(super) fn read(invocation: &'a Invocation, input: &Input<'_>) -> Option<Self> {
        let text = |flag| invocation.text(flag).unwrap_or_default();
        let truth = |flag| invocation.truth(flag);
        let all = invocation.arguments();
        let (targets, arguments) = match invocation.dash() {
            Some(dash) => all.split_at(dash),
            None => (all, &[][..]),
        };
        let words = Self {
            targets,
            arguments,
            arguments_only: truth("arguments-only"),
            image: text("image"),
            container: text("container"),
            target: text("target"),
            copy_to: text("copy-to"),
            replace: truth("replace"),
            same_node: truth("same-node"),
            shares_processes: invocation
                .is_set("share-processes")
                .then(|| truth("share-processes")),
            sets_image: !invocation.list("set-image").is_empty(),
            stdin: truth("stdin"),
            tty: truth("tty"),
            attach: if invocation.is_set("attach") {
                truth("attach")
            } else {
                truth("stdin")
            },
            profile: match invocation.text("profile") {
                Some(name) => Profile::called(name)?,
                None if text("copy-to").is_empty() => Profile::General,
                None => default_of_copies(input),
            },
            custom: read_custom(text("custom"))?,
            keeps: Keeps {
                labels: truth("keep-labels"),
                annotations: truth("keep-annotations"),
                init_containers: truth("keep-init-containers"),
                probes: [
                    ("livenessProbe", truth("keep-liveness")),
                    ("readinessProbe", truth("keep-readiness")),
                    ("startupProbe", truth("keep-startup")),
                ],
            },
        };
        let names_none = targets.is_empty() && !FileFlags::of(invocation).are_given();
        let attaches_to_nothing = invocation.is_set("attach")
            && words.attach
            && words.image.is_empty()
            && words.container.is_empty();
        let is_pull_policy = matches!(
            text("image-pull-policy"),
            "" | "Always" | "IfNotPresent" | "Never"
        );
        let is_refused = names_none
            || attaches_to_nothing
            || !is_pull_policy
            || words.tty && !words.stdin
            || words.contradict();
        (!is_refused).then_some(words)
    }

    /// What goes with `--copy-to` alone, or not with it.
    fn contradict(&self) -> bool {
        let has_image = !self.image.is_empty();
        if self.copy_to.is_empty() {
            return self.replace || self.same_node || self.sets_image || !has_image;
        }
        let has_arguments = !self.arguments.is_empty();
        let is_enough = if has_arguments {
            !self.container.is_empty()
        } else {
            self.sets_image
        };
        !(has_image || is_enough) || !self.target.is_empty()
    }

    /// Takes from a copy what it does not keep. The legacy profile takes labels alone.
    pub(super) fn keep(&self, copy: &mut Value) {
        let keeps = &self.keeps;
        let is_legacy = self.profile == Profile::Legacy;
        if !keeps.labels || is_legacy {
            copy["metadata"]["labels"] = Value::Null;
        }
        if is_legacy {
            return;
        }
        if !keeps.annotations {
            copy["metadata"]["annotations"] = Value::Null;
        }
        if !keeps.init_containers {
            copy["spec"]["initContainers"] = Value::Null;
        }
        let containers = copy["spec"]["containers"].as_array_mut();
        for container in containers.into_iter().flatten() {
            let lost = keeps.probes.iter().filter(|(_, is_kept)| !is_kept);
            for (probe, _) in lost {
                container[*probe] = Value::Null;
            }
        }
    }
}

/// The profile of a copy, where none is said. `legacy` copies more, and unlike others it shares no processes: not known without
/// a kubectl, then it may.
fn default_of_copies(input: &Input<'_>) -> Profile {
    match input.kubectl.map(version::ask) {
        Some(Ok(minor)) if minor >= GENERAL => Profile::General,
        _ => Profile::Legacy,
    }
}

/// Fields of a container, in JSON or YAML, null without a file; `None` where kubectl cannot read them.
fn read_custom(file: &str) -> Option<Value> {
    if file.is_empty() {
        return Some(Value::Null);
    }
    let text = inputs::read(Path::new(file)).ok()?;
    limit::check_yaml(&text, VALUES).ok()?;
    serde_yaml::from_slice(&text).ok()
}

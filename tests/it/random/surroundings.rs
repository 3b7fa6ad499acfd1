//! What any line can have: another person, preferences, global flags.

use super::dice::Dice;
use super::line::Draft;
use crate::support::kubectl_minor;

/// What any line can have: another place, another person, preferences.
pub fn add(draft: &mut Draft, dice: &mut Dice) {
    // These two change nothing.
    if dice.percent(4) {
        draft.text("cluster", "test");
    }
    if dice.percent(4) {
        draft.text("request-timeout", "60s");
    }
    if dice.percent(5) {
        draft.mark("as");
        if dice.percent(50) {
            draft.text("as", "somebody");
            draft.text("as-group", "testers");
        } else {
            draft.mark("as-viewer");
            draft.text("as", "nobody");
            draft.text("as-group", "viewers");
        }
    }
    if !has_preferences() {
        return;
    }
    if dice.percent(6) {
        draft.mark("kuberc-defaults");
        draft.line.kuberc = Some("kuberc/defaults");
    } else if dice.percent(6) && draft.line.traits.iter().all(|it| !it.starts_with("raw")) {
        let alias = match draft.verb {
            "delete" => Some("zap"),
            "label" => Some("tag"),
            "drain" => Some("evacuate"),
            "cordon" => Some("close"),
            _ => None,
        };
        if let Some(alias) = alias {
            draft.mark("kuberc-alias");
            draft.verb = alias;
            draft.line.kuberc = Some("kuberc/aliases");
        }
    }
}

/// Whether this kubectl reads the file that `KUBERC` names.
pub fn has_preferences() -> bool {
    kubectl_minor() >= 35
}

/// The preferences that lines may have, by their paths below the user's home.
pub const PREFERENCES: &[(&str, &str)] = &[
    ("kuberc/defaults", "
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- {command: delete, options: [{name: namespace, default: db}, {name: wait, default: 'false'}]}
- {command: label, options: [{name: overwrite, default: 'true'}, {name: namespace, default: web}]}
- {command: annotate, options: [{name: dry-run, default: client}]}
- {command: drain, options: [{name: ignore-daemonsets, default: 'true'}, {name: force, default: 'true'}]}
- {command: cordon, options: [{name: selector, default: pool=front}]}
- {command: taint, options: [{name: all, default: 'true'}]}
"),
    ("kuberc/aliases", "
apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
aliases:
- {name: zap, command: delete, options: [{name: wait, default: 'false'}, {name: cascade, default: orphan}]}
- {name: tag, command: label, appendArgs: [alias=yes], options: [{name: overwrite, default: 'true'}]}
- {name: evacuate, command: drain, prependArgs: [n5], options: [{name: force, default: 'true'}, {name: timeout, default: 2s}]}
- {name: close, command: cordon, appendArgs: [n2]}
"),
];

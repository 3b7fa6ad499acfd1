//! `--overrides`: a patch of the object that kubectl is about to create.
//!
//! Source: kubectl `pkg/cmd/util/override_options.go`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::patch::{Lists, mentions_of};
use crate::kubectl::invocation::Invocation;

/// What is known of an override from its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Overrides {
    /// The keys that it may set or remove.
    pub(super) mentions: BTreeSet<String>,
    /// The name that it gives the object.
    pub(super) name: Option<String>,
}

impl Overrides {
    /// What was given with this command.
    pub(super) fn of(invocation: &Invocation) -> Self {
        let text = invocation.text("overrides").unwrap_or_default();
        if text.is_empty() {
            return Self::default();
        }
        let patch: Value = serde_json::from_str(text).unwrap_or_default();
        let operations = patch.as_array().into_iter().flatten();
        let named = operations
            .filter(|it| it["path"] == "/metadata/name" && it["op"] != "test")
            .map(|it| &it["value"])
            .next_back()
            .unwrap_or(&patch["metadata"]["name"]);
        Self {
            mentions: mentions_of(text, Lists::Merged),
            name: named.as_str().map(str::to_owned),
        }
    }
}

/// The keys of `KEY=VALUE`, as `--labels` and `--annotations` take them.
pub(super) fn keys<'a>(pairs: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = String> {
    pairs
        .into_iter()
        .filter_map(|pair| Some(pair.split_once('=')?.0.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubectl::flags::Minor;
    use crate::kubectl::invocation::{Reading, read};
    use crate::kubectl::kuberc::World;

    fn overrides(text: &str) -> Overrides {
        let words = ["run", "x", "--image=i", "--overrides", text];
        let words: Vec<_> = words.iter().map(Into::into).collect();
        let reading = read(&words, Some(Minor::NEWEST), || vec![World::Nothing]);
        let Reading::Guarded(invocation) = reading else {
            panic!("run is guarded");
        };
        Overrides::of(&invocation)
    }

    #[test]
    fn an_override_may_give_another_name() {
        for (text, name) in [
            (r#"{"spec":{"hostNetwork":true}}"#, None),
            (r#"{"metadata":{"name":"z"}}"#, Some("z")),
            (
                r#"[{"op":"replace","path":"/metadata/name","value":"z"}]"#,
                Some("z"),
            ),
            ("{", None),
        ] {
            assert_eq!(overrides(text).name.as_deref(), name, "{text}");
        }
        assert!(
            overrides(r#"{"spec":{"hostNetwork":true}}"#)
                .mentions
                .contains("hostNetwork")
        );
    }
}

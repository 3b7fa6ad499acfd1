//! From the text that a person saved in an editor to the requests that kubectl will make of it.
//!
//! Source: kubectl `pkg/cmd/util/editor/editoptions.go`: `visitToPatch`, `visitToApplyEditPatch`, `visitToCreate`.

mod reading;

use std::collections::BTreeMap;

use serde_json::Value;

use super::edit::Edit;
use super::edit::metadata::{Field, MetadataEdit};
use super::expansion::Expansion;
use super::files::FileFlags;
use super::resource::{Resource, Scope};
use super::{Before, Cause, Change, Effect, Object, Operation};
use crate::cluster::discovery::Catalog;
use crate::cluster::reader::{Reader, is_path_segment};
use crate::kubectl::editor::Editing;
use crate::kubectl::invocation::Invocation;
use crate::unknown::{What, Why};

pub use reading::read;

/// Where `apply` keeps what it was last given. Source: `k8s.io/api/core/v1` `LastAppliedConfigAnnotation`.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A text before and after a person had it.
#[derive(Clone, Debug)]
pub struct Text {
    /// What it is for.
    pub editing: Editing,
    /// The objects as kubectl first wrote them.
    pub original: Result<Vec<Object>, Why>,
    /// The objects as they were saved; none where kubectl cannot read the text and will open the editor again.
    pub saved: Result<Vec<Object>, Why>,
}

impl Text {
    /// What kubectl will ask the server for.
    pub async fn expand(&self, invocation: &Invocation, reader: &Reader) -> Expansion {
        let (original, saved) = match (&self.original, &self.saved) {
            (Ok(original), Ok(saved)) => (original, saved),
            (Err(why), _) => return Expansion::unread(What::TextBefore, why.clone()),
            (_, Err(why)) => return Expansion::unread(What::EditorsText, why.clone()),
        };
        // kubectl makes no new object of a text that was not edited.
        let is_unedited = self.editing == Editing::New && saved == original;
        if saved.is_empty() || is_unedited {
            return Expansion::nothing();
        }
        if original.is_empty() && self.editing != Editing::New {
            // kubectl wrote it from objects; without them nothing would count as changed.
            return Expansion::unread(What::TextBefore, Why::KubectlUnclear);
        }
        let catalog = match reader.catalog().await {
            Ok(catalog) => catalog,
            Err(why) => {
                return Expansion::unread(What::EditorsText, why);
            }
        };
        let edited = Edited {
            editing: self.editing,
            original,
            notes: notes(invocation),
            subresource: invocation.text_if_any("subresource").unwrap_or_default(),
            cause: if FileFlags::of(invocation).are_given() {
                Cause::File
            } else {
                Cause::Named
            },
            namespace: &reader.place().namespace,
            catalog: &catalog,
        };
        if saved.iter().any(|object| edited.is_elsewhere(object)) {
            // kubectl looks at all of them before it writes the first.
            return Expansion::nothing();
        }
        let changes = saved.iter().filter_map(|object| edited.change(object));
        Expansion::from(changes.collect::<Vec<_>>())
    }
}

/// The annotation that kubectl itself adds to every saved object: `--record`'s.
fn notes(invocation: &Invocation) -> Option<MetadataEdit> {
    let cause = invocation
        .truth_if_any("record")
        .then(|| format!("kubectl {}", invocation.words().join(" ")))?;
    Some(MetadataEdit {
        change_cause: Some(cause),
        ..annotations(BTreeMap::new())
    })
}

fn annotations(set: BTreeMap<String, String>) -> MetadataEdit {
    MetadataEdit {
        field: Field::Annotations,
        set,
        remove: Vec::new(),
        overwrite: true,
        resource_version: None,
        change_cause: None,
    }
}

struct Edited<'a> {
    editing: Editing,
    original: &'a [Object],
    notes: Option<MetadataEdit>,
    subresource: &'a str,
    cause: Cause,
    namespace: &'a str,
    catalog: &'a Catalog,
}

impl Edited<'_> {
    /// One object's request; none where it is as it was, or where kubectl refuses it.
    fn change(&self, saved: &Object) -> Option<Change> {
        let after = self.noted(saved);
        let (operation, before, effect) = match self.editing {
            Editing::New => (Operation::Create, Before::Missing, Effect::Sent(after)),
            Editing::Live => {
                let before = self.before(saved).filter(|before| **before != after)?;
                let is_same = |pointer| saved.pointer(pointer) == before.pointer(pointer);
                let identity = ["/apiVersion", "/kind", "/metadata/name"];
                if !identity.into_iter().all(is_same) {
                    return None;
                }
                let before = Before::Found(Object::clone(before));
                (Operation::Update, before, Effect::Sent(after))
            }
            Editing::LastApplied => {
                self.before(saved).filter(|before| **before != after)?;
                let set = BTreeMap::from([(LAST_APPLIED.to_owned(), after.to_string())]);
                let edit = Edit::Metadata(annotations(set));
                (Operation::Update, Before::Unread, Effect::Edited(edit))
            }
        };
        let resource = self.resource(saved)?.clone();
        let name = text(&saved["metadata"]["name"]);
        // The server may make one up for a new object.
        if !(is_path_segment(name) || name.is_empty() && operation == Operation::Create) {
            return None;
        }
        Some(Change {
            operation,
            subresource: self.subresource.to_owned(),
            namespace: match resource.scope {
                Scope::Cluster => String::new(),
                Scope::Namespaced => self.namespace.to_owned(),
            },
            name: name.to_owned(),
            resource,
            cause: self.cause,
            count: 1,
            before,
            effect,
        })
    }

    /// The object that kubectl holds a saved one against: it goes by the uid. A last-applied configuration has none, so all of them
    /// are held against the first.
    fn before(&self, saved: &Object) -> Option<&Object> {
        let uid = |object: &'_ Object| text(&object["metadata"]["uid"]).to_owned();
        let wanted = uid(saved);
        self.original
            .iter()
            .find(|original| uid(original) == wanted)
    }

    fn noted(&self, saved: &Object) -> Object {
        self.notes
            .as_ref()
            .and_then(|notes| notes.apply(saved))
            .map_or_else(|| Object::clone(saved), Object::new)
    }

    /// Whether it says that it lives in another namespace than the command's, which kubectl refuses.
    fn is_elsewhere(&self, object: &Object) -> bool {
        let namespace = text(&object["metadata"]["namespace"]);
        let is_namespaced = || {
            self.resource(object)
                .is_some_and(|resource| resource.scope == Scope::Namespaced)
        };
        !namespace.is_empty() && namespace != self.namespace && is_namespaced()
    }

    fn resource(&self, object: &Object) -> Option<&Resource> {
        self.catalog
            .kind(text(&object["apiVersion"]), text(&object["kind"]))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::cluster::discovery::Served;

    fn catalog() -> Catalog {
        let served = |group, plural, kind, scope| Served {
            resource: Resource::known(group, "v1", plural, kind, scope),
            singular: String::new(),
            short_names: Vec::new(),
            categories: Vec::new(),
            verbs: Vec::new(),
        };
        Catalog::new(vec![
            served("", "services", "Service", Scope::Namespaced),
            served("", "nodes", "Node", Scope::Cluster),
        ])
    }

    fn object(kind: &str, name: &str, uid: &str, extra: &Value) -> Object {
        let mut object =
            json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "spec": extra});
        if !uid.is_empty() {
            object["metadata"]["uid"] = uid.into();
        }
        Arc::new(object)
    }

    /// `UPDATE services shop/a` for each change.
    fn changes(editing: Editing, original: &[Object], saved: &[Object]) -> Vec<String> {
        let edited = Edited {
            editing,
            original,
            notes: None,
            subresource: "",
            cause: Cause::Named,
            namespace: "shop",
            catalog: &catalog(),
        };
        saved
            .iter()
            .filter_map(|object| edited.change(object))
            .map(|change| {
                let Change {
                    operation,
                    resource,
                    namespace,
                    name,
                    ..
                } = change;
                format!("{operation:?} {} {namespace}/{name}", resource.plural)
            })
            .collect()
    }

    #[test]
    fn only_what_was_changed_is_written() {
        let a = object("Service", "a", "1", &json!({"x": 1}));
        let b = object("Node", "b", "2", &json!({"x": 1}));
        let edited = object("Node", "b", "2", &json!({"x": 2}));
        let original = [Arc::clone(&a), b];
        assert_eq!(
            changes(Editing::Live, &original, &[a, edited]),
            ["Update nodes /b"]
        );
        assert_eq!(changes(Editing::Live, &original, &[]), [""; 0]);
    }

    #[test]
    fn an_object_is_known_by_its_uid_and_keeps_its_name() {
        let original = [object("Service", "a", "1", &json!({}))];
        for refused in [
            object("Service", "b", "1", &json!({})),
            object("Node", "a", "1", &json!({})),
            object("Service", "a", "2", &json!({"x": 2})),
            object("Service", "a", "", &json!({"x": 2})),
        ] {
            assert_eq!(
                changes(Editing::Live, &original, &[refused]),
                [""; 0],
                "kubectl refuses it"
            );
        }
    }

    #[test]
    fn a_last_applied_configuration_is_written_to_whatever_it_names() {
        let original = [object("Service", "a", "", &json!({}))];
        let renamed = object("Node", "b", "", &json!({}));
        assert_eq!(
            changes(Editing::LastApplied, &original, &[renamed]),
            ["Update nodes /b"]
        );
        let mut with_empty = Value::clone(&object("Service", "a", "", &json!({"x": 2})));
        with_empty["metadata"]["uid"] = "".into();
        assert_eq!(
            changes(Editing::LastApplied, &original, &[Arc::new(with_empty)]),
            ["Update services shop/a"]
        );
    }

    #[test]
    fn a_new_object_may_be_without_a_name() {
        let saved = [object("Service", "", "", &json!({}))];
        assert_eq!(
            changes(Editing::New, &[], &saved),
            ["Create services shop/"]
        );
        assert_eq!(
            changes(Editing::New, &[], &[object("Foo", "a", "", &json!({}))]),
            [""; 0]
        );
    }
}

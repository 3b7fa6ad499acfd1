//! `label` and `annotate`: which objects are meant.
//!
//! Source: kubectl `pkg/cmd/label/label.go`, `pkg/cmd/annotate/annotate.go`.

use super::account::{Account, Read};
use super::edit::Edit;
use super::edit::metadata::{Field, MetadataEdit, split};
use super::expansion::Expansion;
use super::files::{self, FileFlags, FileObject, Input, LabelsOf};
use super::interest::Interest;
use super::resource::Resource;
use super::targets::{self, All, Stop, Target, Words};
use super::{Before, Cause, Change, Effect, Operation};
use crate::cluster::reader::{Detail, Reader, Selection, is_path_segment};
use crate::cluster::selector::LabelSelector;
use crate::kubectl::invocation::Invocation;
use crate::unknown::{Unknown, What};

/// How the changes of `label` and `annotate` are found out.
pub const ACCOUNT: Account = Account {
    changes: "UPDATE of each object whose labels or annotations change. The new object is computed here, as kubectl computes it.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read::SELECTED,
        Read {
            what: "With `-f` and `-l`: each object of the files, for its live labels",
            requests: "1 for each object",
        },
    ],
    exceptions: &[
        "Between the look and kubectl's own list, objects can come and go; a selector then meets others than were judged. After \
         a question the cluster is looked at again.",
    ],
};

/// The changes of `label` or `annotate`.
pub async fn expand(
    field: Field,
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let Some((resources, edit)) = read_edit(field, invocation) else {
        return Expansion::KubectlStops;
    };
    let words = Words::read(invocation, &resources, All::WithoutNames, reader);
    let mut edition = Edition {
        reader,
        interest,
        edit: Edit::Metadata(edit),
        changes: Vec::new(),
        unknown: Vec::new(),
    };
    // Only a single resource may be held to a version.
    let has_version = invocation
        .text("resource-version")
        .is_some_and(|version| !version.is_empty());
    let file_flags = FileFlags::of(invocation);
    if file_flags.are_given() {
        let found = match files::find(&file_flags, &words, LabelsOf::Live, reader, input).await {
            Ok(found) => found,
            Err(stop) => return stopped(stop),
        };
        if has_version && !found.is_single {
            return Expansion::KubectlStops;
        }
        edition.unknown.extend(found.unknown);
        let Ok(selector) = LabelSelector::parse(words.labels) else {
            return Expansion::KubectlStops;
        };
        for object in found.objects {
            edition.add_file(object, words.labels, &selector).await;
        }
    } else {
        let targets = match targets::find(&words, reader).await {
            Ok(targets) => targets,
            Err(stop) => return stopped(stop),
        };
        if has_version && !matches!(targets[..], [Target::Named { .. }]) {
            return Expansion::KubectlStops;
        }
        for target in targets {
            edition.add(target).await;
        }
    }
    Expansion::Changes {
        changes: edition.changes,
        unknown: edition.unknown,
    }
}

fn stopped(stop: Stop) -> Expansion {
    match stop {
        Stop::Kubectl => Expansion::KubectlStops,
        Stop::Unread { word, why } => Expansion::unread(What::Type(word), &why),
    }
}

/// The words before the first change, and the edit; `None` where kubectl refuses the words before its first request.
fn read_edit(field: Field, invocation: &Invocation) -> Option<(Vec<String>, MetadataEdit)> {
    let words = split(invocation.arguments().iter().map(String::as_str)).ok()?;
    let mut edit = MetadataEdit::parse(field, &words.pairs).ok()?;
    let has_output = invocation
        .text("output")
        .is_some_and(|output| !output.is_empty());
    let has_selector = ["selector", "field-selector"]
        .iter()
        .any(|flag| invocation.text(flag).is_some_and(|text| !text.is_empty()));
    let is_list = invocation.truth("list");
    let contradicts = (is_list && has_output) || (invocation.truth("all") && has_selector);
    if contradicts || (words.pairs.is_empty() && !is_list) {
        return None;
    }
    edit.overwrite = invocation.truth("overwrite");
    edit.resource_version = invocation
        .text("resource-version")
        .filter(|version| !version.is_empty())
        .map(str::to_owned);
    edit.change_cause = invocation
        .truth("record")
        .then(|| format!("kubectl {}", invocation.words().join(" ")));
    Some((
        words.resources.into_iter().map(str::to_owned).collect(),
        edit,
    ))
}

/// The objects that one edit reaches, as they are found.
struct Edition<'a> {
    reader: &'a Reader,
    interest: &'a Interest<'a>,
    edit: Edit,
    changes: Vec<Change>,
    unknown: Vec<Unknown>,
}

impl Edition<'_> {
    async fn add(&mut self, target: Target) {
        match target {
            Target::Named {
                resource,
                namespace,
                name,
            } => {
                self.push(resource, namespace, name, Cause::Named, Before::Unread);
            }
            Target::Selected {
                resource,
                namespace,
                selection,
            } => self.select(resource, &namespace, &selection).await,
        }
    }

    /// An object of a file; with `-l`, only if its live labels fit.
    async fn add_file(&mut self, object: FileObject, labels: &str, selector: &LabelSelector) {
        let FileObject {
            resource,
            namespace,
            name,
            ..
        } = object;
        let before = if labels.trim().is_empty() {
            Before::Unread
        } else {
            match self.reader.get(&resource, &namespace, &name).await {
                Ok(Some(live)) if selector.selects(&live) => Before::Found(live),
                Ok(_) => return,
                Err(why) => Before::Hidden(why),
            }
        };
        self.push(resource, namespace, name, Cause::File, before);
    }

    async fn select(&mut self, resource: Resource, namespace: &str, selection: &Selection) {
        let place = (!namespace.is_empty()).then_some(namespace);
        if !self.interest.in_(Operation::Update, &resource, "", place) {
            return;
        }
        // In full: what kubectl sends follows from the object itself.
        match self
            .reader
            .list(&resource, namespace, selection, Detail::Full)
            .await
        {
            Ok(objects) => {
                for object in objects.iter() {
                    let text = |key| {
                        object["metadata"][key]
                            .as_str()
                            .unwrap_or_default()
                            .to_owned()
                    };
                    let before = Before::Found(object.clone());
                    self.push(
                        resource.clone(),
                        text("namespace"),
                        text("name"),
                        Cause::Selected,
                        before,
                    );
                }
            }
            Err(why) => self
                .unknown
                .push(super::delete::unread_list(&resource, namespace, &why)),
        }
    }

    fn push(
        &mut self,
        resource: Resource,
        namespace: String,
        name: String,
        cause: Cause,
        before: Before,
    ) {
        if !is_path_segment(&name) {
            return;
        }
        self.changes.push(Change {
            operation: Operation::Update,
            resource,
            subresource: String::new(),
            namespace,
            name,
            cause,
            count: 1,
            before,
            effect: Effect::Edited(self.edit.clone()),
        });
    }
}

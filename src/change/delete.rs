//! `delete`: one DELETE per object, in order, continuing after errors.
//!
//! Source: `k8s.io/kubectl/pkg/cmd/delete/delete.go`.

use super::account::{Account, Read};
use super::expansion::Expansion;
use super::files::{self, FileFlags, Input, LabelsOf};
use super::interest::Interest;
use super::targets::{self, All, Stop, Target, Words};
use super::{Before, Cause, Change, DeleteOptions, Effect, Operation, Resource, cascade, raw};
use crate::cluster::Unread;
use crate::cluster::reader::{Detail, Reader, Selection, is_path_segment};
use crate::kubectl::invocation::{Cascade, Invocation};
use crate::unknown::{Unknown, What};

/// How the changes of `delete` are found out.
pub const ACCOUNT: Account = Account {
    changes: "DELETE of each object; with `--raw`, of the path. What the server then deletes is listed as cascaded: what is in a \
              namespace, the objects of a definition, and in a plan what a workload owns.",
    reads: &[
        Read::TYPES,
        Read::FILES,
        Read::SELECTED,
        Read {
            what: "What is in a namespace that goes: one count for each kind (in a plan of all namespaced kinds, else of those that a \
                   rule could look at), and the objects of those kinds",
            requests: "2, 1 for each kind, and 1 for each 500 objects that a rule could look at; more than 500 of a kind are only counted",
        },
        Read {
            what: "The objects of a definition that goes",
            requests: "2 to 4",
        },
        Read {
            what: "In a plan: what a workload that goes owns",
            requests: "2 or 3",
        },
    ],
    exceptions: &[
        "Between the look and kubectl's own list, objects can come and go; a selector then meets others than were judged. After \
         a question the cluster is looked at again.",
        "`--raw` of a path that is no object's, or behind a proxy: what the request does is not known, and that is asked.",
    ],
};

/// What `delete` asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let Some(options) = read_options(invocation) else {
        return Expansion::KubectlStops;
    };
    if let Some(uri) = invocation.text("raw").filter(|uri| !uri.is_empty()) {
        return raw::expand(uri, invocation, reader, interest, input).await;
    }
    if !matches!(invocation.text("output"), None | Some("" | "name")) {
        return Expansion::KubectlStops;
    }
    let mut deletion = Deletion {
        reader,
        interest,
        options,
        changes: Vec::new(),
        unknown: Vec::new(),
    };
    let words = Words::read(invocation, invocation.arguments(), All::Selector, reader);
    let files = FileFlags::of(invocation);
    if files.are_given() {
        // `--all` and `--field-selector` do nothing beside files.
        match files::find(&files, &words, LabelsOf::Document, reader, input).await {
            Ok(found) => {
                deletion.unknown.extend(found.unknown);
                for object in found.objects {
                    deletion.push(
                        object.resource,
                        object.namespace,
                        object.name,
                        Cause::File,
                        Before::Unread,
                    );
                }
            }
            Err(stop) => return deletion.stop(stop),
        }
    } else {
        match targets::find(&words, reader).await {
            Ok(targets) => {
                for target in targets {
                    deletion.add(target).await;
                }
            }
            Err(stop) => return deletion.stop(stop),
        }
    }
    let Deletion {
        changes,
        mut unknown,
        ..
    } = deletion;
    let changes = cascade::follow(changes, reader, interest, &mut unknown).await;
    Expansion::Changes { changes, unknown }
}

/// The objects that one `delete` touches, as they are found.
struct Deletion<'a> {
    reader: &'a Reader,
    interest: &'a Interest<'a>,
    options: DeleteOptions,
    changes: Vec<Change>,
    unknown: Vec<Unknown>,
}

impl Deletion<'_> {
    async fn add(&mut self, target: Target) {
        match target {
            Target::Named {
                resource,
                namespace,
                name,
            } => self.push(resource, namespace, name, Cause::Named, Before::Unread),
            Target::Selected {
                resource,
                namespace,
                selection,
            } => self.select(resource, &namespace, &selection).await,
        }
    }

    async fn select(&mut self, resource: Resource, namespace: &str, selection: &Selection) {
        match members(self.reader, self.interest, &resource, namespace, selection).await {
            Ok(members) => {
                for Member {
                    namespace,
                    name,
                    before,
                } in members
                {
                    self.push(resource.clone(), namespace, name, Cause::Selected, before);
                }
            }
            Err(why) => self.unknown.push(unread_list(&resource, namespace, &why)),
        }
    }

    /// Without targets there are no changes.
    fn stop(mut self, stop: Stop) -> Expansion {
        match stop {
            Stop::Kubectl => Expansion::KubectlStops,
            Stop::Unread { word, why } => {
                self.unknown.push(Unknown::new(What::Type(word), why));
                Expansion::Changes {
                    changes: self.changes,
                    unknown: self.unknown,
                }
            }
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
        if is_path_segment(&name) && (namespace.is_empty() || is_path_segment(&namespace)) {
            self.changes.push(gone(
                resource,
                namespace,
                name,
                cause,
                before,
                self.options.clone(),
            ));
        }
    }
}

/// One DELETE of one object.
pub(super) fn gone(
    resource: Resource,
    namespace: String,
    name: String,
    cause: Cause,
    before: Before,
    options: DeleteOptions,
) -> Change {
    Change {
        operation: Operation::Delete,
        resource,
        subresource: String::new(),
        namespace,
        name,
        cause,
        count: 1,
        before,
        effect: Effect::Gone(options),
    }
}

/// An object that a list found.
pub(super) struct Member {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) before: Before,
}

/// The objects that a deletion by selector meets: in full where a rule looks at them, by name for a plan, else not asked for.
pub(super) async fn members(
    reader: &Reader,
    interest: &Interest<'_>,
    resource: &Resource,
    namespace: &str,
    selection: &Selection,
) -> Result<Vec<Member>, Unread> {
    let place = (!namespace.is_empty()).then_some(namespace);
    let judged = interest.judges(Operation::Delete, resource, "", place);
    if !judged && !interest.is_plan() {
        return Ok(Vec::new());
    }
    let detail = if judged {
        Detail::Full
    } else {
        Detail::Metadata
    };
    let objects = match reader.list(resource, namespace, selection, detail).await {
        Ok(objects) => objects,
        // A selector that the server refuses: it will refuse kubectl's list too.
        Err(Unread::Refused { status: 400, .. }) => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    let text = |value: &serde_json::Value, key| {
        value["metadata"][key]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let member = |object: &super::Object| Member {
        namespace: text(object, "namespace"),
        name: text(object, "name"),
        before: if judged {
            Before::Found(object.clone())
        } else {
            Before::Unread
        },
    };
    Ok(objects.iter().map(member).collect())
}

/// Says which list could not be read.
pub(super) fn unread_list(resource: &Resource, namespace: &str, why: &Unread) -> Unknown {
    let what = What::List {
        resource: resource.clone(),
        namespace: namespace.to_owned(),
    };
    Unknown::new(what, why)
}

/// The options that every request carries; `None` when kubectl refuses the flags before its first request.
fn read_options(invocation: &Invocation) -> Option<DeleteOptions> {
    let propagation = match invocation.cascade() {
        Cascade::Background => "Background",
        Cascade::Foreground => "Foreground",
        Cascade::Orphan => "Orphan",
    };
    let force = invocation.truth("force");
    let mut grace = invocation.integer("grace-period").unwrap_or(-1);
    if invocation.truth("now") {
        if grace != -1 {
            return None;
        }
        grace = 1;
    }
    if grace == 0 && !force {
        grace = 1;
    }
    if grace < 0 && force {
        grace = 0;
    }
    let selects = |flag| invocation.text(flag).is_some_and(|text| !text.is_empty());
    let contradicts = grace > 0 && force
        || invocation.truth("all") && (selects("selector") || selects("field-selector"));
    (!contradicts).then_some(DeleteOptions {
        grace_period: (grace >= 0).then_some(grace),
        propagation: Some(propagation),
    })
}

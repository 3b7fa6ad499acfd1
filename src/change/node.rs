//! `cordon`, `uncordon` and `taint`, and which nodes they, and `drain`, mean.
//!
//! Source: kubectl `pkg/cmd/drain/drain.go`, `pkg/cmd/taint/taint.go`, and
//! cli-runtime `pkg/resource/builder.go` (`ResourceNames`).

pub mod drain;
pub mod evacuation;

use super::account::{Account, Read};
use super::edit::{Edit, TaintEdit};
use super::expansion::Expansion;
use super::{Before, Cause, Change, Effect, Object, Operation};
use crate::cluster::Unread;
use crate::cluster::known::NODES;
use crate::cluster::reader::{Detail, Reader, Selection, Unresolved, is_path_segment};
use crate::kubectl::invocation::Invocation;
use crate::unknown::What;

/// Which nodes are meant, and as they are: kubectl sends nothing to a node that is as it should be.
const NODES_READ: Read = Read {
    what: "The nodes",
    requests: "1 for each name; 1 for each 500 of a selector",
};

/// How the changes of `cordon` are found out.
pub const CORDON: Account = Account {
    changes: "UPDATE of each node that is not cordoned yet.",
    reads: &[NODES_READ],
    exceptions: &[],
};

/// How the changes of `uncordon` are found out.
pub const UNCORDON: Account = Account {
    changes: "UPDATE of each node that is cordoned.",
    reads: &[NODES_READ],
    exceptions: &[],
};

/// How the changes of `taint` are found out.
pub const TAINT: Account = Account {
    changes: "UPDATE of each node whose taints change.",
    reads: &[Read {
        what: "The nodes of a selector or `--all`",
        requests: "none for names; 1 for each 500 of a selector",
    }],
    exceptions: &[],
};

/// The nodes that the words mean, in kubectl's order.
enum Nodes {
    /// All of them, with what is known of each.
    Meant(Vec<(String, Before, Cause)>),
    /// The words are wrong, or a node is missing: kubectl stops before its first write.
    KubectlStops,
    /// The list of a selector could not be read.
    Unread(What, Unread),
}

/// The changes of `cordon` or `uncordon`.
pub async fn expand_cordon(invocation: &Invocation, reader: &Reader, edit: Edit) -> Expansion {
    match named_or_selected(invocation, reader).await {
        Nodes::KubectlStops => Expansion::KubectlStops,
        Nodes::Unread(what, why) => Expansion::unread(what, &why),
        Nodes::Meant(nodes) => Expansion::from(updates(nodes, &edit)),
    }
}

/// The changes of `taint`. With `--all` or a selector, kubectl ignores the names.
pub async fn expand_taint(invocation: &Invocation, reader: &Reader) -> Expansion {
    let Ok((words, mut edit)) = TaintEdit::parse(invocation.arguments().iter().map(String::as_str))
    else {
        return Expansion::KubectlStops;
    };
    edit.overwrite = invocation.truth("overwrite");
    let Some((kind, names)) = words.split_first() else {
        return Expansion::KubectlStops;
    };
    match reader.resolve(&kind.to_lowercase()).await {
        Ok(resources) if resources.iter().all(|resource| resource.kind == "Node") => {}
        Ok(_) | Err(Unresolved::NoSuchType(_)) => return Expansion::KubectlStops,
        Err(Unresolved::Unread(why)) => {
            return Expansion::unread(What::Type((*kind).to_owned()), &why);
        }
    }
    let labels = invocation.text("selector").unwrap_or_default().to_owned();
    let all = invocation.truth("all");
    let nodes = if all && !labels.is_empty() {
        Nodes::KubectlStops
    } else if all || !labels.is_empty() {
        select(reader, labels).await
    } else if names.is_empty() {
        Nodes::KubectlStops
    } else {
        let mut nodes = Vec::new();
        for name in names {
            match node_name(name, reader).await {
                Ok(name) => nodes.push((name, Before::Unread, Cause::Named)),
                // Another type in TYPE/NAME: kubectl fetches it and then fails on that one object alone.
                Err(Misnamed::OtherType) => {}
                Err(Misnamed::KubectlStops) => return Expansion::KubectlStops,
                Err(Misnamed::Unread(what, why)) => return Expansion::unread(what, &why),
            }
        }
        Nodes::Meant(nodes)
    };
    match nodes {
        Nodes::KubectlStops => Expansion::KubectlStops,
        Nodes::Unread(what, why) => Expansion::unread(what, &why),
        Nodes::Meant(nodes) => Expansion::from(updates(nodes, &Edit::Taints(edit))),
    }
}

/// Nodes of `cordon`, `uncordon` and `drain`: names (all of which must exist, or nothing happens), or a selector.
async fn named_or_selected(invocation: &Invocation, reader: &Reader) -> Nodes {
    let labels = invocation.text("selector").unwrap_or_default();
    let words = invocation.arguments();
    match (words.is_empty(), labels.is_empty()) {
        (true, true) | (false, false) => return Nodes::KubectlStops,
        (true, false) => return select(reader, labels.to_owned()).await,
        (false, true) => {}
    }
    let mut nodes: Vec<(String, Before, Cause)> = Vec::new();
    for word in words {
        let name = match node_name(word, reader).await {
            Ok(name) => name,
            Err(Misnamed::OtherType | Misnamed::KubectlStops) => return Nodes::KubectlStops,
            Err(Misnamed::Unread(what, why)) => return Nodes::Unread(what, why),
        };
        if nodes.iter().any(|(known, ..)| *known == name) {
            continue;
        }
        let before = match reader.get(&NODES, "", &name).await {
            Ok(Some(node)) => Before::Found(node),
            Ok(None) => return Nodes::KubectlStops,
            Err(why) => Before::Hidden(why),
        };
        nodes.push((name, before, Cause::Named));
    }
    Nodes::Meant(nodes)
}

async fn select(reader: &Reader, labels: String) -> Nodes {
    let selection = Selection {
        labels,
        fields: String::new(),
    };
    match reader.list(&NODES, "", &selection, Detail::Full).await {
        Ok(nodes) => Nodes::Meant(
            nodes
                .iter()
                .map(|node| {
                    (
                        name_of(node).to_owned(),
                        Before::Found(node.clone()),
                        Cause::Selected,
                    )
                })
                .collect(),
        ),
        Err(why) => Nodes::Unread(What::SelectedNodes, why),
    }
}

/// Why a word names no node.
enum Misnamed {
    /// `TYPE/NAME` of another type.
    OtherType,
    /// kubectl refuses the word before its first request.
    KubectlStops,
    /// The type could not be looked up.
    Unread(What, Unread),
}

/// The node's name in `NAME` or `TYPE/NAME`.
async fn node_name(word: &str, reader: &Reader) -> Result<String, Misnamed> {
    let name = match word.split('/').collect::<Vec<_>>()[..] {
        [name] => name,
        [kind, name] if !kind.is_empty() && !name.is_empty() && !kind.contains(',') => {
            match reader.resolve(kind).await {
                Ok(resources) if resources.iter().all(|resource| resource.is("", "nodes")) => name,
                Ok(_) => return Err(Misnamed::OtherType),
                Err(Unresolved::NoSuchType(_)) => return Err(Misnamed::KubectlStops),
                Err(Unresolved::Unread(why)) => {
                    return Err(Misnamed::Unread(What::Type(kind.to_owned()), why));
                }
            }
        }
        _ => return Err(Misnamed::KubectlStops),
    };
    if !is_path_segment(name) {
        return Err(Misnamed::KubectlStops);
    }
    Ok(name.to_owned())
}

/// One UPDATE for each node.
fn updates(nodes: Vec<(String, Before, Cause)>, edit: &Edit) -> Vec<Change> {
    let change = |(name, before, cause)| Change {
        operation: Operation::Update,
        resource: NODES.clone(),
        subresource: String::new(),
        namespace: String::new(),
        name,
        cause,
        count: 1,
        before,
        effect: Effect::Edited(edit.clone()),
    };
    nodes.into_iter().map(change).collect()
}

/// `metadata.name`.
pub(super) fn name_of(object: &Object) -> &str {
    object
        .pointer("/metadata/name")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
}

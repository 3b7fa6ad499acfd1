//! What the JSON of an `apply` does not show, and kubectl's own words about each object do: which are accepted although others are
//! refused, and which are sent although nothing changes.
//!
//! Source: kubectl `pkg/cmd/apply/apply.go`, `Run`: with `-o json` it prints at its end, and only when all went well; without, it
//! prints a line for each object that is accepted, which says `unchanged` where nothing would be sent. What is accepted beside
//! something refused is rehearsed again, by itself.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};

use serde_json::Value;

use super::{LEFT_OUT, Rehearsal, SERVER, allow_for, enter, hide, objects};
use crate::change::draft::{Habit, Rehearsed};
use crate::change::{Change, Effect, Object};
use crate::cluster::{Unread, fields};
use crate::error::system_words;

/// The flags that name files.
const FILES: &[&str] = &["filename", "kustomize", "recursive"];

/// Enters the answers of the objects that are accepted; the others stay due.
pub(super) async fn rehearse(rehearsal: &Rehearsal<'_>, changes: &mut [Change]) {
    allow_for(changes.len(), rehearsal.reader);
    let accepted = match find(rehearsal).await {
        Ok(accepted) => accepted,
        Err(why) => return hide(changes, &why),
    };
    if accepted.is_empty() {
        return;
    }
    let is_accepted = |name: &str| accepted.iter().any(|it| it.name == name);
    let mut awaited: Vec<&mut Change> = changes
        .iter_mut()
        .filter(|change| is_accepted(&name_of_change(change)))
        .collect();
    let mut written = match rehearsal.written().await {
        Ok(written) => written,
        Err(why) => return hide(awaited, &why),
    };
    written.retain(|object| is_accepted(&name_of(object)));
    allow_for(awaited.len(), rehearsal.reader);
    match again(rehearsal, &written).await {
        Ok(shown) => {
            enter(awaited.iter_mut().map(|change| &mut **change), shown);
            // Two objects of one name in two namespaces, of which one is refused.
            hide(awaited, &Unread::NotShown);
        }
        Err(why) => hide(awaited, &why),
    }
}

/// Finds out which objects kubectl sends although they stay as they are: it compares texts, so `1000m` is not `1`, and what the
/// server never shows (`stringData`) or leaves out (`creationTimestamp: null`) differs each time.
pub(super) async fn find_sent(rehearsal: &Rehearsal<'_>, changes: &mut [Change]) {
    if !changes.iter().any(stays) {
        return;
    }
    allow_for(changes.len(), rehearsal.reader);
    let mut said = find(rehearsal).await;
    for change in changes {
        // Each line is for one object, also where two of a name are in two namespaces.
        let line = said.as_mut().map(|lines| {
            let name = name_of_change(change);
            let at = lines.iter().position(|it| it.name == name);
            at.map(|at| lines.remove(at))
        });
        if !stays(change) {
            continue;
        }
        if let Effect::Drafted(draft) = &mut change.effect {
            match line {
                Ok(Some(Accepted { is_sent: false, .. })) => {}
                Ok(Some(_)) => draft.habit = Habit::Always,
                Ok(None) => draft.rehearsal = Rehearsed::Hidden(Unread::NotShown),
                Err(why) => draft.rehearsal = Rehearsed::Hidden(why.clone()),
            }
        }
    }
}

/// Whether the object is the same before and after, so that the server has nothing to tell.
fn stays(change: &Change) -> bool {
    match &change.effect {
        Effect::Drafted(draft) => draft.object().is_some() && !draft.is_sent(change.old()),
        _ => false,
    }
}

/// What kubectl says of an object that is accepted.
struct Accepted {
    /// As kubectl prints it.
    name: String,
    /// Whether something is sent for it.
    is_sent: bool,
}

/// What is accepted, in kubectl's order.
async fn find(rehearsal: &Rehearsal<'_>) -> Result<Vec<Accepted>, Unread> {
    let words = rehearsal.invocation.rewrite(LEFT_OUT, &[SERVER]);
    let captured = rehearsal.run_words(words, rehearsal.stdin()?).await?;
    let said = String::from_utf8_lossy(&captured.stdout);
    Ok(said.lines().filter_map(read).collect())
}

/// Reads `secret/db unchanged (server dry run)`.
fn read(line: &str) -> Option<Accepted> {
    let (name, what) = line.split_once(' ')?;
    Some(Accepted {
        name: name.to_owned(),
        is_sent: !what.starts_with("unchanged"),
    })
}

/// The dry run of these objects alone.
async fn again(rehearsal: &Rehearsal<'_>, written: &[Object]) -> Result<Vec<Object>, Unread> {
    let file = piped(written).map_err(|error| Unread::Other(system_words(&error)))?;
    let without = [LEFT_OUT, FILES].concat();
    let with = [SERVER, "--output=json", "--filename=-"];
    let words = rehearsal.invocation.rewrite(&without, &with);
    let captured = rehearsal.run_words(words, Some(file)).await?;
    Ok(objects(&captured.stdout))
}

/// The objects as one stream, at its start.
fn piped(objects: &[Object]) -> io::Result<File> {
    let stream: Vec<String> = objects.iter().map(ToString::to_string).collect();
    let mut file = tempfile::tempfile()?;
    file.write_all(stream.join("\n").as_bytes())?;
    file.rewind()?;
    Ok(file)
}

fn name_of_change(change: &Change) -> String {
    let resource = &change.resource;
    printed_name(&resource.kind, &resource.group, &change.name)
}

fn name_of(object: &Value) -> String {
    let kind = fields::text(object, "/kind");
    printed_name(kind, fields::group(object), fields::name(object))
}

/// Source: cli-runtime `printers/name.go`.
fn printed_name(kind: &str, group: &str, name: &str) -> String {
    let dot = if group.is_empty() { "" } else { "." };
    format!("{}{dot}{group}/{name}", kind.to_lowercase())
}

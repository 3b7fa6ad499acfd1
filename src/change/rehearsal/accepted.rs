//! An `apply` that refuses some of its objects: it writes the others, and its dry run shows none of them.
//!
//! Source: kubectl `pkg/cmd/apply/apply.go`, `Run`: with `-o json` it prints at its end, and only when all went well; with `-o name`
//! it prints each object that is accepted. Those are rehearsed again, by themselves.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};

use serde_json::Value;

use super::{LEFT_OUT, Rehearsal, SERVER, allow_for, enter, hide, objects};
use crate::change::{Change, Object};
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
    let name = |change: &Change| {
        let resource = &change.resource;
        printed_name(&resource.kind, &resource.group, &change.name)
    };
    let mut awaited: Vec<&mut Change> = changes
        .iter_mut()
        .filter(|change| accepted.contains(&name(change)))
        .collect();
    let mut written = rehearsal.written().await;
    written.retain(|object| accepted.contains(&name_of(object)));
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

/// The names of what is accepted, as kubectl prints them.
async fn find(rehearsal: &Rehearsal<'_>) -> Result<BTreeSet<String>, Unread> {
    let words = rehearsal
        .invocation
        .rewrite(LEFT_OUT, &[SERVER, "--output=name"]);
    let captured = rehearsal.run_words(words, rehearsal.stdin()?).await?;
    let names = String::from_utf8_lossy(&captured.stdout);
    Ok(names.lines().map(str::to_owned).collect())
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

fn name_of(object: &Value) -> String {
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    let group = text("apiVersion")
        .split_once('/')
        .map_or("", |(group, _)| group);
    printed_name(text("kind"), group, fields::name(object))
}

/// Source: cli-runtime `printers/name.go`.
fn printed_name(kind: &str, group: &str, name: &str) -> String {
    let dot = if group.is_empty() { "" } else { "." };
    format!("{}{dot}{group}/{name}", kind.to_lowercase())
}

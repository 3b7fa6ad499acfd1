//! The one way to a dry run: kubectl with the same words, where it can do no harm.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::oneshot;

use super::documented::{self, Address};
use crate::change::Object;
use crate::change::files::Input;
use crate::cluster::Unread;
use crate::cluster::reader::Reader;
use crate::error::system_words;
use crate::kubectl::descriptor;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::program::{Captured, Program, Reach};
use crate::limit;
use crate::unknown::{Unknown, What};

/// Flags that say how a command prints, waits, attaches or deletes. A dry run does none of it, or kubectl refuses them beside one.
pub(super) const LEFT_OUT: &[&str] = &[
    "allow-missing-template-keys",
    "applyset",
    "attach",
    "cascade",
    "dry-run",
    "edit",
    "force",
    "grace-period",
    "leave-stdin-open",
    "output",
    "prune",
    "prune-allowlist",
    "prune-whitelist",
    "rm",
    "show-managed-fields",
    "stdin",
    "template",
    "timeout",
    "tty",
    "v",
    "vmodule",
    "wait",
];

/// Flags of `apply` that `create` has not.
const OF_APPLY: &[&str] = &[
    "all",
    "force-conflicts",
    "openapi-patch",
    "overwrite",
    "server-side",
    "subresource",
];

pub(super) const SERVER: &str = "--dry-run=server";
pub(super) const CLIENT: &str = "--dry-run=client";

/// What a dry run is made with.
pub(super) struct Rehearsal<'a> {
    pub(super) invocation: &'a Invocation,
    kubectl: &'a Program,
    pub(super) reader: &'a Reader,
    input: &'a Input<'a>,
}

impl<'a> Rehearsal<'a> {
    /// The one way to a dry run. `written` is what it asks servers to write: nothing, where it is made without them.
    ///
    /// # Errors
    /// When there is no kubectl to make one, when it could reach more than is known, and when a server could really write.
    pub(super) async fn of(
        invocation: &'a Invocation,
        written: BTreeSet<Address<'_>>,
        unknown: &[Unknown],
        reader: &'a Reader,
        input: &'a Input<'a>,
    ) -> Result<Self, Unread> {
        let kubectl = input.kubectl.ok_or(Unread::NoRehearsal)?;
        if !is_all_listed(unknown) {
            return Err(Unread::NoRehearsal);
        }
        documented::check(written, reader).await?;
        // kubectl would run a credential plugin that has failed once more.
        reader.connect()?;
        Ok(Self {
            invocation,
            kubectl,
            reader,
            input,
        })
    }

    /// The command as it is, with this dry run.
    pub(super) async fn run(&self, dry_run: &str) -> Result<Captured, Unread> {
        let with = [dry_run, "--output=json"];
        let words = if (self.invocation.verb(), dry_run) == (Verb::Apply, CLIENT) {
            // Without the server `apply` shows objects that exist as they are, and `create` as they are written.
            let without = [LEFT_OUT, OF_APPLY].concat();
            let mut words = self.invocation.rewrite(&without, &with);
            words[0] = Verb::Create.path().into();
            words
        } else {
            self.invocation.rewrite(LEFT_OUT, &with)
        };
        self.run_words(words, self.stdin()?).await
    }

    /// The objects as they are written.
    pub(super) async fn written(&self) -> Result<Vec<Object>, Unread> {
        Ok(objects(&self.run(CLIENT).await?.stdout))
    }

    /// What was piped in, if the command was seen to read it.
    pub(super) fn stdin(&self) -> Result<Option<File>, Unread> {
        let stdin = self.input.stdin.replayed().transpose();
        stdin.map_err(|error| Unread::Other(system_words(&error)))
    }

    /// On a thread of its own, so that a person can be told that it takes long.
    pub(super) async fn run_words(
        &self,
        words: Vec<OsString>,
        stdin: Option<File>,
    ) -> Result<Captured, Unread> {
        descriptor::keep_named_in(words.iter().filter_map(|word| word.to_str()));
        let kubectl = self.kubectl.clone();
        let reach = Reach::Cluster(self.reader.time_left());
        let (done, heard) = oneshot::channel();
        let began = Instant::now();
        std::thread::spawn(move || {
            // Nobody listens any more when the look was given up.
            let _ = done.send(kubectl.capture(&words, stdin, reach));
        });
        let captured = heard
            .await
            .unwrap_or_else(|_| Err(Unread::Other("the dry run broke off".to_owned())));
        // A run that came to its end may be followed by another as long: kubectl alone waits 4 seconds over each conflict.
        if captured.is_ok() {
            self.reader.allow(began.elapsed());
        }
        let captured = captured?;
        limit::check_json(&captured.stdout).map_err(Unread::Excess)?;
        Ok(captured)
    }
}

/// Whether the changes are all that a dry run would send, and read. What could not be read here may be written to any server when
/// kubectl can read it, and what can be read only once would be lost.
fn is_all_listed(unknown: &[Unknown]) -> bool {
    !unknown.iter().any(|unknown| {
        matches!(
            unknown.what,
            What::Stdin
                | What::File(_)
                | What::Url(_)
                | What::Kustomization(_)
                | What::TypesInFiles
                | What::List { .. }
        )
    })
}

/// What kubectl printed: one object after the other, or a list of all.
pub(super) fn objects(stdout: &[u8]) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut documents = serde_json::Deserializer::from_slice(stdout);
    while let Ok(document) = Value::deserialize(&mut documents) {
        match document {
            Value::Object(mut list) if list.get("kind").is_some_and(|kind| kind == "List") => {
                if let Some(Value::Array(items)) = list.remove("items") {
                    objects.extend(items.into_iter().map(Arc::new));
                }
            }
            object => objects.push(Arc::new(object)),
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectl_prints_objects_one_by_one_or_in_a_list() {
        let one = br#"{"kind": "Pod"} {"kind": "Service"}"#;
        assert_eq!(objects(one).len(), 2);
        let list = br#"{"kind": "List", "items": [{"kind": "Pod"}, {"kind": "Service"}]}"#;
        assert_eq!(objects(list), objects(one));
    }
}

//! `exec`: a command in a container.
//!
//! Source: kubectl `pkg/cmd/exec/exec.go`.

use serde_json::{Value, json};

use super::connection;
use super::target::{Aim, NoPod, POD};
use crate::change::account::{self, Account, Read};
use crate::change::expansion::Expansion;
use crate::change::files::{FileFlags, Input};
use crate::change::interest::Interest;
use crate::change::{Change, Operation};
use crate::cluster::pod::{container, is_finished};
use crate::cluster::reader::Reader;
use crate::cluster::{fields::text, known};
use crate::kubectl::flags::Minor;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::version;

/// How the change of `exec` is found out.
pub const ACCOUNT: Account = Account {
    changes: "CONNECT to `exec` of one pod.",
    reads: &[POD, Read::TYPES],
    exceptions: &[
        "Of pods that are alike in all that kubectl compares (node, phase, readiness, restarts, age), the first in the list is judged.",
        account::WAITS,
        "Whether kubectl has a terminal for `-t` is not looked at.",
        "What the container asks the API server for, with an account of its own, such as by a kubectl in it, is not looked at.",
    ],
};

/// The first kubectl that refuses a command without `--` before it.
const REFUSES: Minor = Minor(31);

/// The first kubectl that refuses `exec POD WORD -- COMMAND`.
const REFUSES_FURTHER: Minor = Minor(37);

/// What `exec` asks the server for.
pub async fn expand(
    invocation: &Invocation,
    reader: &Reader,
    interest: &Interest<'_>,
    input: &Input<'_>,
) -> Expansion {
    let Some(words) = Words::read(invocation, input) else {
        return Expansion::KubectlStops;
    };
    if !interest.in_(Operation::Connect, &known::PODS, "exec", None) {
        return Expansion::nothing();
    }
    match words.change(invocation, reader, input).await {
        Ok(change) => vec![change].into(),
        Err(none) => none.into(),
    }
}

/// The object, and the command that runs there.
struct Words<'a> {
    object: &'a [String],
    command: &'a [String],
}

impl<'a> Words<'a> {
    /// `None` where kubectl refuses the words.
    fn read(invocation: &'a Invocation, input: &Input<'_>) -> Option<Self> {
        let arguments = invocation.arguments();
        let from_file = FileFlags::of(invocation).are_given();
        let words = match invocation.dash() {
            Some(0) => Self {
                object: &[],
                command: arguments,
            },
            Some(2..) if refuses_further_words(input) => return None,
            Some(dash) => Self {
                object: &arguments[..1],
                command: &arguments[dash..],
            },
            None if !takes_bare_command(input) => return None,
            None if from_file => Self {
                object: &[],
                command: arguments,
            },
            None => {
                let (object, command) = arguments.split_at_checked(1)?;
                Self { object, command }
            }
        };
        let is_complete = !words.command.is_empty() && (from_file || !words.object.is_empty());
        is_complete.then_some(words)
    }

    async fn change(
        self,
        invocation: &Invocation,
        reader: &Reader,
        input: &Input<'_>,
    ) -> Result<Change, NoPod> {
        let aims = Aim::read_all(self.object, invocation, reader, input).await?;
        let [aim] = aims.try_into().map_err(|_: Vec<_>| NoPod::KubectlStops)?;
        let pod = aim.pod(reader).await?;
        let name = invocation.text("container").unwrap_or_default();
        let container = container(&pod, name).map(|it| text(it, "/name").to_owned());
        let container = container.filter(|_| !is_finished(&pod));
        let options = options(
            &container.ok_or(NoPod::KubectlStops)?,
            self.command,
            invocation.truth("stdin"),
            invocation.truth("tty"),
        );
        Ok(connection("exec", pod, aim.cause, options))
    }
}

/// What the server is sent. `tty` counts with `stdin` alone, and only where kubectl has a terminal.
pub(super) fn options<Word: AsRef<str>>(
    container: &str,
    command: &[Word],
    stdin: bool,
    tty: bool,
) -> Value {
    let command: Vec<&str> = command.iter().map(AsRef::as_ref).collect();
    json!({
        "apiVersion": "v1",
        "kind": "PodExecOptions",
        "container": container,
        "command": command,
        "stdin": stdin,
        "stdout": true,
        "stderr": !(stdin && tty),
        "tty": stdin && tty,
    })
}

/// Whether kubectl refuses further words between the object and `--`, as 1.37 does; up to 1.36 they are ignored. Not known
/// without a kubectl: then they may be.
fn refuses_further_words(input: &Input<'_>) -> bool {
    let minor = input.kubectl.and_then(|kubectl| version::ask(kubectl).ok());
    minor.is_some_and(|minor| minor >= REFUSES_FURTHER)
}

/// Whether kubectl takes the words behind the object for a command though no `--` stands before them: 1.27 to 1.30. Not known
/// without a kubectl: then it may.
fn takes_bare_command(input: &Input<'_>) -> bool {
    let minor = input.kubectl.and_then(|kubectl| version::ask(kubectl).ok());
    minor.is_none_or(|minor| minor < REFUSES)
}

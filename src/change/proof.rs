//! Only kubectl proves that kubectl stops.
//!
//! Where we find that a command sends nothing (a type that the server does not know, a document that kubectl refuses), that is our own
//! conclusion, and kubectl may see it in another way: its discovery cache knows more types, its parser reads more files. So kubectl is
//! run with the same words where it can change nothing. What ends with an error, and names no object but those that are judged, is
//! proved. Everything else is asked.
//!
//! There are two such runs. Most verbs have a dry run that stays on this side of the server (`--dry-run=client`). The others run
//! against a server of ours (`stand_in.rs`) that shows them the cluster and lets them change nothing: a run that ends with an error,
//! and has asked for nothing but what it may read, stops by itself.

mod stand_in;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Duration;

use tokio::sync::mpsc;

use self::stand_in::{Outcome, ToReach};
use super::{Change, Resource};
use crate::cluster::reader::Reader;
use crate::error::system_words;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::kuberc::World;
use crate::kubectl::program::{Captured, Program, Reach};
use crate::kubectl::stdin::Stdin;

/// Flags that say where a command goes, or as whom.
const CONNECTION: &[&str] = &[
    "as",
    "as-group",
    "as-uid",
    "as-user-extra",
    "cache-dir",
    "certificate-authority",
    "client-certificate",
    "client-key",
    "cluster",
    "context",
    "insecure-skip-tls-verify",
    "kubeconfig",
    "password",
    "proxy-url",
    "request-timeout",
    "server",
    "tls-server-name",
    "token",
    "user",
    "username",
];

/// What kubectl says of a type that the server does not list. Its cache on disk, which it reads when it runs for real, may know it.
const NO_SUCH_TYPE: &[&str] = &["have a resource type", "no matches for kind"];

/// Words in an error that may be about the dry run, or about this moment, and not about the command.
const PASSING: &[&str] = &[
    "dry-run",
    "dry run",
    "admission webhook",
    "couldn't get",
    "unable to handle the request",
    "unable to connect",
    "unable to retrieve",
    "connection refused",
    "connection reset",
    "i/o timeout",
    "timed out",
    "deadline exceeded",
    "no such host",
    "handshake",
    "\": eof",
    "too many requests",
    "internal error",
    "getting credentials",
];

/// Whether kubectl was seen to stop by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It ends with an error, and asks for no change but those that are known.
    Rejected,
    /// It does not, or nobody can tell; with what it said.
    Open(String),
}

/// Runs a command that is thought to send nothing but `listed`, in the cluster of `reader`; without one it leads to none.
pub async fn prove(
    invocation: &Invocation,
    listed: &[Change],
    kubectl: &Program,
    stdin: Option<&Stdin>,
    reader: Option<&Reader>,
    patience: Duration,
) -> Proof {
    let has_dry_run = has_dry_run(invocation);
    // `--server-side` has no dry run on this side of the server, and is refused beside `--prune`.
    let is_refused_pair = is_server_side(invocation) && invocation.truth_if_any("prune");
    if !has_dry_run || is_refused_pair {
        let proof = beside_the_cluster(invocation, kubectl, reader, patience).await;
        if !has_dry_run || proof == Proof::Rejected {
            return proof;
        }
    }
    let run = |output: Output| {
        let stdin = stdin.and_then(Stdin::replayed).and_then(Result::ok);
        let words = dry_run(invocation, output);
        kubectl.capture(&words, stdin, Reach::Cluster(patience))
    };
    let output = match invocation.text_if_any("output") {
        Some(_) => Output::OfThePerson,
        None if invocation.has_flag("output") => Output::Names,
        None => Output::None,
    };
    let captured = run(output).and_then(|captured| {
        // An output that kubectl refuses prints nothing; one that it takes hides which objects there are.
        let hides_names = output == Output::OfThePerson && !captured.stdout.is_empty();
        let names = if hides_names {
            run(Output::Names)?
        } else {
            captured
        };
        Ok((names, hides_names || output == Output::Names))
    });
    match captured {
        Ok((captured, names_all)) => judge(invocation, &captured, listed, names_all),
        Err(why) => Proof::Open(why.to_string()),
    }
}

/// What a dry run prints.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    /// Nothing that could be chosen.
    None,
    /// `--output=name`.
    Names,
    /// As the words say.
    OfThePerson,
}

fn dry_run(invocation: &Invocation, output: Output) -> Vec<OsString> {
    // A note of `--record` is written for real, dry run or not.
    let mut without = vec!["dry-run", "record"];
    if is_server_side(invocation) {
        without.extend(["server-side", "force-conflicts"]);
    }
    let mut with = vec!["--dry-run=client"];
    if replaces_by_force(invocation) {
        // It has no dry run, but the objects that it deletes and creates are those that it would replace without force. It deletes
        // them before it validates anything. Source: kubectl `pkg/cmd/replace/replace.go`, `forceReplace`.
        without.extend(["force", "grace-period", "timeout", "validate"]);
        with.push("--validate=false");
    }
    if output == Output::Names {
        // Refused beside another output.
        without.extend(["output", "show-managed-fields", "template"]);
        with.push("--output=name");
    }
    invocation.rewrite(&without, &with)
}

/// Whether `--dry-run=client` beside the other flags changes nothing, and nothing but that.
fn has_dry_run(invocation: &Invocation) -> bool {
    let is_raw = invocation
        .text_if_any("raw")
        .is_some_and(|uri| !uri.is_empty());
    let is_on = |flag: &str| invocation.truth_if_any(flag);
    let is_refused_beside_it = match invocation.verb() {
        Verb::Run => ["attach", "stdin", "tty", "rm"].into_iter().any(is_on),
        Verb::Apply => invocation
            .text_if_any("applyset")
            .is_some_and(|set| !set.is_empty()),
        _ => false,
    };
    invocation.has_flag("dry-run") && !is_raw && !is_on("edit") && !is_refused_beside_it
}

fn replaces_by_force(invocation: &Invocation) -> bool {
    invocation.verb() == Verb::Replace && invocation.truth_if_any("force")
}

fn is_server_side(invocation: &Invocation) -> bool {
    invocation.truth_if_any("server-side")
}

fn judge(
    invocation: &Invocation,
    captured: &Captured,
    listed: &[Change],
    names_all: bool,
) -> Proof {
    let stdout = String::from_utf8_lossy(&captured.stdout);
    let is_listed = |line: &str| {
        line.split_once('/').is_some_and(|(kind, name)| {
            listed
                .iter()
                .any(|change| change.name == name && is_called(&change.resource, kind))
        })
    };
    let names_others = if invocation.verb() == Verb::Reconcile {
        reconciles_others(captured, listed)
    } else {
        stdout.lines().any(|line| !is_listed(line))
    };
    // With `--output=name` a selector that finds nothing is a success without a word.
    let is_refused = if captured.is_complete {
        names_all
    } else {
        !is_passing(&captured.stderr)
    };
    if is_refused && !names_others {
        Proof::Rejected
    } else {
        Proof::Open(captured.complaint())
    }
}

/// `auth reconcile` also names what it leaves as it is, and says in a line of its own what it would change.
/// Source: kubectl `pkg/cmd/auth/reconcile.go`, `printResults`.
fn reconciles_others(captured: &Captured, listed: &[Change]) -> bool {
    let said = String::from_utf8_lossy(&captured.stderr);
    let changed = said.lines().filter(|line| {
        line.starts_with("\treconciliation required") && !line.contains("opted out")
    });
    let known: BTreeSet<_> = listed
        .iter()
        // Namespaces that it makes have no line.
        .filter(|change| change.resource.group == "rbac.authorization.k8s.io")
        .map(|change| (&change.resource.kind, &change.namespace, &change.name))
        .collect();
    // As many as are known: with fewer, one of those that are not could hide among them.
    changed.count() != known.len()
}

/// As `--output=name` spells a type: `pod`, `deployment.apps`.
fn is_called(resource: &Resource, name: &str) -> bool {
    let (kind, group) = name.split_once('.').unwrap_or((name, ""));
    resource.group == group && resource.kind.to_lowercase() == kind
}

fn is_passing(stderr: &[u8]) -> bool {
    says(stderr, PASSING)
}

fn says(stderr: &[u8], any: &[&str]) -> bool {
    let said = String::from_utf8_lossy(stderr).to_lowercase();
    any.iter().any(|words| said.contains(words))
}

/// Runs the command against a server of ours, which reads the cluster for it.
async fn beside_the_cluster(
    invocation: &Invocation,
    kubectl: &Program,
    reader: Option<&Reader>,
    patience: Duration,
) -> Proof {
    let words = invocation.rewrite(CONNECTION, &[]);
    // What it reads it would show to an editor, and wait for the person.
    let reader = reader.filter(|_| !opens_an_editor(invocation));
    let Some(reader) = reader else {
        return alone(&words, kubectl, Reach::Nowhere, patience);
    };
    let (ask, mut asked) = mpsc::unbounded_channel();
    let namespace = reader.place().namespace.clone();
    let kubectl = kubectl.clone();
    let run = tokio::task::spawn_blocking(move || {
        let reach = (Reach::Nowhere as ToReach, patience);
        stand_in::run(&words, &kubectl, reach, &namespace, Some(ask))
    });
    // Ends with the run, which holds the other end.
    while let Some(question) = asked.recv().await {
        let response = reader.fetch(&question.url, &question.accept).await;
        // Nobody waits for it any more when kubectl was stopped.
        let _ = question.answer.send(response.ok());
    }
    let outcome = match run.await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => return Proof::Open(system_words(&error)),
        Err(panic) => return Proof::Open(panic.to_string()),
    };
    match outcome.captured {
        // What kubectl says then is about our refusal.
        Ok(_) if !outcome.has_only_read => Proof::Open(String::new()),
        Ok(captured) if may_know_the_type(&captured) || is_passing(&captured.stderr) => {
            Proof::Open(captured.complaint())
        }
        // It ended, with or without an error, and nothing was asked of the cluster but to be read.
        Ok(_) => Proof::Rejected,
        Err(why) => Proof::Open(why.to_string()),
    }
}

fn opens_an_editor(invocation: &Invocation) -> bool {
    let edits = [Verb::Edit, Verb::EditLastApplied];
    edits.contains(&invocation.verb()) || invocation.truth_if_any("edit")
}

/// Whether kubectl misses a type, which it may find when it runs with its own cache.
fn may_know_the_type(captured: &Captured) -> bool {
    says(&captured.stderr, NO_SUCH_TYPE)
}

/// Starts words that we could not make a command of, as they are, without a cluster.
///
/// Where they, or the person's preferences, may name one they are not run: nobody knows what they would do there.
#[must_use]
pub fn prove_words(
    words: &[OsString],
    preferences: &[World],
    kubectl: &Program,
    patience: Duration,
) -> Proof {
    let is_led = words
        .iter()
        .any(|word| may_connect(&word.to_string_lossy()))
        || preferences.iter().any(may_lead);
    if is_led {
        return Proof::Open(String::new());
    }
    alone(words, kubectl, Reach::NowhereAsTyped, patience)
}

/// Whether kubectl may take from these preferences where a command goes.
fn may_lead(preferences: &World) -> bool {
    match preferences {
        World::Nothing | World::Stops(_) => false,
        World::Unclear(_) => true,
        World::Applies(kuberc) => {
            let of_aliases = kuberc.aliases.iter().flat_map(|alias| &alias.options);
            let of_defaults = kuberc.defaults.iter().flat_map(|of| &of.options);
            let words = kuberc
                .aliases
                .iter()
                .flat_map(|alias| alias.prepend.iter().chain(&alias.append));
            of_aliases
                .chain(of_defaults)
                .any(|option| may_connect(&format!("--{}", option.name)))
                || words.into_iter().any(|word| may_connect(word))
        }
    }
}

/// Whether a word could say where a command goes, in any reading of it.
fn may_connect(word: &str) -> bool {
    if let Some(flag) = word.strip_prefix("--") {
        let name = flag.split('=').next().unwrap_or_default().replace('_', "-");
        return CONNECTION.contains(&name.as_str());
    }
    // `-s`, also behind other letters, but not in the value of a letter that takes the rest of the word, as in `-nshop`.
    word.strip_prefix('-').is_some_and(|letters| {
        let mut flags = letters
            .chars()
            .take_while(|letter| !"nflockLvp".contains(*letter));
        flags.any(|letter| letter == 's')
    })
}

/// Runs words that can reach nobody but a server of ours that refuses all, and sees whether they tried.
fn alone(words: &[OsString], kubectl: &Program, reach: ToReach, patience: Duration) -> Proof {
    match stand_in::run(words, kubectl, (reach, patience), "", None) {
        Ok(Outcome {
            captured: Ok(captured),
            has_only_read,
        }) if !captured.is_complete && has_only_read => Proof::Rejected,
        Ok(Outcome {
            captured: Ok(captured),
            ..
        }) => Proof::Open(captured.complaint()),
        Ok(Outcome {
            captured: Err(why), ..
        }) => Proof::Open(why.to_string()),
        Err(error) => Proof::Open(system_words(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_may_name_a_server_are_not_run() {
        for word in [
            "-s",
            "-shttps://x",
            "-is",
            "--server=x",
            "--kubeconfig",
            "--insecure_skip_tls_verify",
            "--context=x",
        ] {
            assert!(may_connect(word), "{word}");
        }
        for word in [
            "delete",
            "pods",
            "-n",
            "-nshop",
            "-lapp=shop",
            "--services",
            "-",
            "--",
        ] {
            assert!(!may_connect(word), "{word}");
        }
    }

    #[test]
    fn words_are_not_run_where_preferences_may_name_a_server() {
        use crate::kubectl::kuberc::{Alias, Choice, Defaults, Kuberc};

        let option = |name: &str| Choice {
            name: name.to_owned(),
            default: "x".to_owned(),
        };
        let sets = |name: &str| Kuberc {
            defaults: vec![Defaults {
                command: "exec".to_owned(),
                options: vec![option(name)],
            }],
            aliases: Vec::new(),
        };
        let calls = |name: &str, prepended: &str, appended: &str| Kuberc {
            defaults: Vec::new(),
            aliases: vec![Alias {
                name: "zap".to_owned(),
                command: "delete".to_owned(),
                prepend: vec![prepended.to_owned()],
                append: vec![appended.to_owned()],
                options: vec![option(name)],
            }],
        };
        for (preferences, expected) in [
            (sets("stdin"), false),
            (sets("kubeconfig"), true),
            (sets("context"), true),
            (calls("wait", "pods", "-nshop"), false),
            (calls("server", "pods", "-nshop"), true),
            (calls("wait", "--token=x", "-nshop"), true),
            (calls("wait", "pods", "-shttps://x"), true),
        ] {
            let preferences = World::Applies(preferences);
            assert_eq!(may_lead(&preferences), expected, "{preferences:?}");
        }
        assert!(!may_lead(&World::Nothing));
    }
}

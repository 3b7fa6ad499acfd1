//! Only kubectl proves that kubectl stops.
//!
//! Where we find that a command sends nothing (a type that the server does not know, a document that kubectl refuses), that is our own
//! conclusion, and kubectl may see it in another way: its discovery cache knows more types, its parser reads more files. So kubectl is
//! run with the same words where it can change nothing. What ends with an error, and names no object but those that are judged, is
//! proved. Everything else is asked.
//!
//! There are two such runs. Most verbs have a dry run that stays on this side of the server (`--dry-run=client`). The others are
//! started without a cluster, with a listener of ours as the only server: a run that ends without a connection to it stops for its
//! words alone, before its first request.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{Change, Resource};
use crate::cluster::Unread;
use crate::error::system_words;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::Invocation;
use crate::kubectl::program::{Captured, Program, Reach};

/// Flags that say where a command goes, or as whom.
const CONNECTION: &[&str] = &[
    "as",
    "as-group",
    "as-uid",
    "as-user-extra",
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

/// Runs a command that is thought to send nothing but `listed`.
#[must_use]
pub fn prove(
    invocation: &Invocation,
    listed: &[Change],
    kubectl: &Program,
    stdin: Option<File>,
    patience: Duration,
) -> Proof {
    let has_dry_run = has_dry_run(invocation);
    // `--server-side` has no dry run on this side of the server, and is refused beside `--prune`.
    let is_refused_pair = is_server_side(invocation) && invocation.truth_if_any("prune");
    if !has_dry_run || is_refused_pair {
        let proof = without_a_cluster(invocation, kubectl, patience);
        if !has_dry_run || proof == Proof::Rejected {
            return proof;
        }
    }
    let is_printed = invocation.text_if_any("output").is_some();
    // A note of `--record` is written for real, dry run or not.
    let mut without = vec!["dry-run", "record"];
    if is_server_side(invocation) {
        without.extend(["server-side", "force-conflicts"]);
    }
    let mut with = vec!["--dry-run=client"];
    let names_all = !is_printed && invocation.has_flag("output");
    if names_all {
        with.push("--output=name");
    }
    let words = invocation.rewrite(&without, &with);
    match kubectl.capture(&words, stdin, Reach::Cluster(patience)) {
        Ok(captured) => judge(&captured, listed, names_all),
        Err(why) => Proof::Open(why.to_string()),
    }
}

/// Whether `--dry-run=client` beside the other flags changes nothing, and nothing but that.
fn has_dry_run(invocation: &Invocation) -> bool {
    let is_raw = invocation
        .text_if_any("raw")
        .is_some_and(|uri| !uri.is_empty());
    let is_on = |flag: &str| invocation.truth_if_any(flag);
    let is_refused_beside_it = match invocation.verb() {
        Verb::Replace => is_on("force"),
        Verb::Run => ["attach", "stdin", "tty", "rm"].into_iter().any(is_on),
        Verb::Apply => invocation
            .text_if_any("applyset")
            .is_some_and(|set| !set.is_empty()),
        _ => false,
    };
    invocation.has_flag("dry-run") && !is_raw && !is_on("edit") && !is_refused_beside_it
}

fn is_server_side(invocation: &Invocation) -> bool {
    invocation.truth_if_any("server-side")
}

fn judge(captured: &Captured, listed: &[Change], names_all: bool) -> Proof {
    let stdout = String::from_utf8_lossy(&captured.stdout);
    let is_listed = |line: &str| {
        line.split_once('/').is_some_and(|(kind, name)| {
            listed
                .iter()
                .any(|change| change.name == name && is_called(&change.resource, kind))
        })
    };
    let names_others = stdout.lines().any(|line| !is_listed(line));
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

/// As `--output=name` spells a type: `pod`, `deployment.apps`.
fn is_called(resource: &Resource, name: &str) -> bool {
    let (kind, group) = name.split_once('.').unwrap_or((name, ""));
    resource.group == group && resource.kind.to_lowercase() == kind
}

fn is_passing(stderr: &[u8]) -> bool {
    let said = String::from_utf8_lossy(stderr).to_lowercase();
    PASSING.iter().any(|words| said.contains(words))
}

/// Starts the command without a cluster; see [`alone`].
fn without_a_cluster(invocation: &Invocation, kubectl: &Program, patience: Duration) -> Proof {
    alone(&invocation.rewrite(CONNECTION, &[]), kubectl, patience)
}

/// Starts words that we could not make a command of, as they are, without a cluster.
///
/// Words that may name one are not run: nobody knows what they would do there.
#[must_use]
pub fn prove_words(words: &[OsString], kubectl: &Program, patience: Duration) -> Proof {
    if words
        .iter()
        .any(|word| may_connect(&word.to_string_lossy()))
    {
        return Proof::Open(String::new());
    }
    alone(words, kubectl, patience)
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

/// Runs words that can reach nobody but a listener of ours, and sees whether they tried.
fn alone(words: &[OsString], kubectl: &Program, patience: Duration) -> Proof {
    let run = || -> io::Result<(Result<Captured, Unread>, bool)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let server = listener.local_addr()?;
        let mut kubeconfig = tempfile::NamedTempFile::new()?;
        // JSON is YAML.
        let content = serde_json::json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "nowhere",
            "clusters": [{"name": "nowhere", "cluster": {"server": format!("http://{server}")}}],
            "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere"}}],
        });
        kubeconfig.write_all(content.to_string().as_bytes())?;
        let has_ended = AtomicBool::new(false);
        thread::scope(|scope| {
            let visitors = scope.spawn(|| {
                let mut visitors = 0;
                while let Ok((visitor, _)) = listener.accept() {
                    if has_ended.load(Ordering::SeqCst) {
                        break;
                    }
                    visitors += 1;
                    turn_away(visitor);
                }
                visitors
            });
            let reach = Reach::Nowhere(kubeconfig.path().to_owned(), patience);
            let captured = kubectl.capture(words, None, reach);
            has_ended.store(true, Ordering::SeqCst);
            // Wakes the listener, which may still have a visitor of kubectl's before this one.
            let woken = TcpStream::connect(server).is_ok();
            let visitors = visitors.join().unwrap_or(1);
            Ok((captured, visitors > 0 || !woken))
        })
    };
    match run() {
        Ok((Ok(captured), false)) if !captured.is_complete => Proof::Rejected,
        Ok((Ok(captured), _)) => Proof::Open(captured.complaint()),
        Ok((Err(why), _)) => Proof::Open(why.to_string()),
        Err(error) => Proof::Open(system_words(&error)),
    }
}

/// A refusal that kubectl takes for the answer; a connection that is only cut it would try again for seconds.
fn turn_away(mut visitor: TcpStream) {
    const REFUSAL: &[u8] =
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let mut request = [0; 4096];
    // Whoever sends nothing gets no answer; kubectl has asked for something, and that is all there is to know.
    let _ = visitor
        .set_read_timeout(Some(Duration::from_secs(1)))
        .and_then(|()| visitor.read(&mut request))
        .and_then(|_| visitor.write_all(REFUSAL));
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
}

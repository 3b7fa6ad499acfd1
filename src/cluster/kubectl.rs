//! kubectl as the reader of last resort: where our own client cannot set up what kubectl can.
//!
//! It gets the connection flags of the command and the same environment, so it reaches the cluster that the command
//! will reach. A run costs 40 ms or more; a usual kubeconfig needs none.

use std::ffi::OsString;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::Unread;
use super::destination::Connection;
use crate::kubectl::program::{PATIENCE, Program, Reach};

/// What kubectl writes before the Status of a server that refuses, at this verbosity and above. No lower one shows
/// the status code; headers and bodies are shown from 7 and 8 on.
const VERBOSITY: &str = "-v=4";
const STATUS_FOLLOWS: &str = "server response object: ";

/// kubectl, with the connection flags of a command.
#[derive(Clone, Debug)]
pub struct Kubectl {
    program: Program,
    kubeconfig: Vec<OsString>,
    flags: Vec<OsString>,
}

impl Kubectl {
    /// This kubectl, to read where a command with these flags acts.
    #[must_use]
    pub fn new(program: &Program, connection: &Connection) -> Self {
        let kubeconfig = flag("kubeconfig", &connection.kubeconfig).collect();
        Self {
            program: program.clone(),
            kubeconfig,
            flags: flags(connection),
        }
    }

    /// The kubeconfig files as kubectl reads and merges them, as JSON; nothing when kubectl cannot read them either.
    #[must_use]
    pub fn kubeconfig(&self) -> Option<Vec<u8>> {
        let mut words = self.kubeconfig.clone();
        words.extend(["config", "view", "--raw", "-o", "json"].map(OsString::from));
        // It reaches no cluster and runs no plugin, but must see the person's KUBECONFIG.
        let said = self.program.capture(&words, None, Reach::Cluster(PATIENCE));
        said.ok()
            .filter(|said| said.is_complete)
            .map(|said| said.stdout)
    }

    /// `GET url`, as status and body. Blocks for at most so long.
    ///
    /// # Errors
    /// When kubectl cannot be run, does not end, or had no answer of a server.
    pub fn get(&self, url: &str, patience: Duration) -> Result<(StatusCode, Vec<u8>), Unread> {
        let mut words = self.flags.clone();
        words.extend(["get", "--raw", url, VERBOSITY].map(OsString::from));
        let said = self
            .program
            .capture(&words, None, Reach::Cluster(patience))?;
        if said.is_complete {
            return Ok((StatusCode::OK, said.stdout));
        }
        refusal(&String::from_utf8_lossy(&said.stderr))
            .ok_or_else(|| Unread::Unreachable(said.complaint()))
    }
}

/// What a server refused with, from kubectl's standard error. An answer that is no Status is a cause in the one that
/// kubectl makes of it: then it is the body, as our own client would have seen it.
fn refusal(stderr: &str) -> Option<(StatusCode, Vec<u8>)> {
    let (_, after) = stderr.split_once(STATUS_FOLLOWS)?;
    let json = &after[after.find('{')?..];
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
    let mut status = values.next()?.ok()?;
    let code = u16::try_from(status["code"].as_u64()?).ok()?;
    let code = StatusCode::from_u16(code).ok()?;
    let causes = status["details"]["causes"].as_array();
    let foreign = causes.into_iter().flatten().find_map(|cause| {
        let is_foreign = cause["reason"] == "UnexpectedServerResponse";
        is_foreign.then(|| cause["message"].as_str())?
    });
    if let Some(body) = foreign.filter(|body| *body != "unknown") {
        return Some((code, body.as_bytes().to_vec()));
    }
    status["kind"] = "Status".into();
    Some((code, status.to_string().into_bytes()))
}

/// The flags as kubectl takes them. What was not given is not said.
fn flags(connection: &Connection) -> Vec<OsString> {
    // By name, so that a flag that is added there is not forgotten here.
    let Connection {
        kubeconfig,
        context,
        cluster,
        user,
        namespace,
        server,
        token,
        username,
        password,
        certificate_authority,
        client_certificate,
        client_key,
        insecure_skip_tls_verify,
        tls_server_name,
        proxy_url,
        request_timeout,
        act_as,
        act_as_uid,
        act_as_groups,
        act_as_user_extra,
        disable_compression,
    } = connection;
    let texts = [
        ("kubeconfig", kubeconfig),
        ("context", context),
        ("cluster", cluster),
        ("user", user),
        ("namespace", namespace),
        ("server", server),
        ("token", token),
        ("username", username),
        ("password", password),
        ("certificate-authority", certificate_authority),
        ("client-certificate", client_certificate),
        ("client-key", client_key),
        ("tls-server-name", tls_server_name),
        ("proxy-url", proxy_url),
        ("request-timeout", request_timeout),
        ("as", act_as),
        ("as-uid", act_as_uid),
    ];
    let lists = [
        ("as-group", act_as_groups),
        ("as-user-extra", act_as_user_extra),
    ];
    let truths = [
        ("insecure-skip-tls-verify", insecure_skip_tls_verify),
        ("disable-compression", disable_compression),
    ];
    let texts = texts
        .into_iter()
        .flat_map(|(name, value)| flag(name, value));
    let lists = lists
        .into_iter()
        .flat_map(|(name, values)| values.iter().flat_map(move |value| flag(name, value)));
    let truths = truths
        .into_iter()
        .filter(|(_, is_given)| **is_given)
        .map(|(name, _)| format!("--{name}").into());
    texts.chain(lists).chain(truths).collect()
}

fn flag(name: &str, value: &str) -> impl Iterator<Item = OsString> {
    let given = (!value.is_empty()).then(|| format!("--{name}={value}"));
    given.into_iter().map(OsString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_what_the_server_said() {
        let said = r#"I1129 06:39:59.080195   29150 helpers.go:246] server response object: %s[{
  "metadata": {}, "status": "Failure", "message": "nodes \"n\" not found", "reason": "NotFound", "code": 404
}]
Error from server (NotFound): nodes "n" not found"#;
        let (code, body) = refusal(said).expect("a refusal");
        assert_eq!(code, StatusCode::NOT_FOUND);
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body["kind"], "Status");
        assert_eq!(body["message"], "nodes \"n\" not found");
    }

    #[test]
    fn what_no_api_server_said_stays_its_own_words() {
        let said = r#"] server response object: {"code": 404, "details": {"causes": [
            {"reason": "UnexpectedServerResponse", "message": "<html>"}]}}"#;
        let (code, body) = refusal(said).expect("a refusal");
        assert_eq!(
            (code.as_u16(), body.as_slice()),
            (404, b"<html>".as_slice())
        );
        assert_eq!(refusal("Unable to connect to the server: EOF"), None);
    }
}

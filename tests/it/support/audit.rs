//! The audit log, the judge of every comparison: what the API server was asked for, and by whom.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::control_plane::ControlPlane;
use super::users::TestUser;

/// A place in the audit log: everything after it came later.
#[derive(Debug, Clone, Copy)]
pub struct Mark(u64);

/// What admission would call a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    Create,
    Update,
    Delete,
    Connect,
}

/// What a request was about; all empty for a path that is no resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(default)]
pub struct Target {
    #[serde(rename = "apiGroup")]
    pub group: String,
    #[serde(rename = "apiVersion")]
    pub version: String,
    pub resource: String,
    pub subresource: String,
    pub namespace: String,
    pub name: String,
}

/// One request as the API server answered it.
#[derive(Debug, Clone)]
pub struct Request {
    /// As RBAC says it: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: String,
    pub target: Target,
    /// The HTTP status.
    pub code: u16,
    /// Whether it asked for a dry run, in the query or in the body.
    pub dry_run: bool,
    /// What was sent along, where the server read it as an object.
    pub body: Value,
    pub user_agent: String,
    /// Path and query.
    pub uri: String,
    /// The user that it was made as, when that is another one: `username`, `groups`, `uid`.
    pub impersonated: Value,
}

/// One request that could change something, dry runs and refused ones included.
#[derive(Debug, Clone)]
pub struct Write {
    pub operation: Operation,
    pub target: Target,
    pub code: u16,
    pub dry_run: bool,
    /// As of [`Request`].
    pub body: Value,
    pub user_agent: String,
}

impl ControlPlane {
    /// The end of the audit log.
    pub fn mark(&self) -> Mark {
        let log = self
            .servers
            .audit_log()
            .metadata()
            .expect("the audit log is there once the server is ready");
        Mark(log.len())
    }

    /// What this user was answered since, in the order of the answers.
    ///
    /// For commands that have ended: a request that is still being answered is waited for.
    pub fn requests(&self, user: &TestUser, mark: Mark) -> Vec<Request> {
        let started = Instant::now();
        loop {
            let events = self.events(user, mark);
            // Nearly always the first look is enough. But a long answer can reach its reader before the
            // server has come to write its line.
            let answered: BTreeSet<&str> = events
                .iter()
                .filter(|event| event.is_answered())
                .map(|event| event.audit_id.as_str())
                .collect();
            let open = events
                .iter()
                .find(|event| !answered.contains(event.audit_id.as_str()));
            match open {
                None => return last_words(events),
                Some(event) => assert!(
                    started.elapsed() < Duration::from_secs(20),
                    "{} of {} got no answer",
                    event.request_uri,
                    user.name
                ),
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The requests of this user since that could change something. `create` includes those that only ask,
    /// such as `selfsubjectaccessreviews` of `kubectl auth can-i`.
    pub fn writes(&self, user: &TestUser, mark: Mark) -> Vec<Write> {
        self.requests(user, mark)
            .into_iter()
            .filter_map(Write::from_request)
            .collect()
    }

    fn events(&self, user: &TestUser, mark: Mark) -> Vec<Event> {
        let mut log = File::open(self.servers.audit_log()).expect("the audit log can be opened");
        let mut text = String::new();
        log.seek(SeekFrom::Start(mark.0))
            .expect("a file can be sought");
        log.read_to_string(&mut text)
            .expect("the audit log is UTF-8");
        let name = format!("\"username\":\"{}\"", user.name);
        text.split_inclusive('\n')
            // The last line may be half written.
            .filter(|line| line.ends_with('\n') && line.contains(&name))
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|e| panic!("audit line {line}: {e}"))
            })
            .filter(|event: &Event| event.user.username == user.name)
            .collect()
    }
}

/// One line of the log (`audit.k8s.io/v1` Event), as far as it is used.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(rename = "auditID")]
    audit_id: String,
    stage: Stage,
    #[serde(rename = "requestURI")]
    request_uri: String,
    verb: String,
    user: UserInfo,
    #[serde(default)]
    user_agent: String,
    #[serde(default)]
    object_ref: Target,
    #[serde(default)]
    response_status: Status,
    #[serde(default)]
    request_object: Value,
    #[serde(default)]
    impersonated_user: Value,
}

#[derive(Debug, Deserialize)]
struct UserInfo {
    username: String,
}

#[derive(Debug, Default, Deserialize)]
struct Status {
    #[serde(default)]
    code: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Stage {
    RequestReceived,
    /// Only of watches and connections, which may never complete.
    ResponseStarted,
    ResponseComplete,
    Panic,
}

impl Event {
    fn is_answered(&self) -> bool {
        self.stage != Stage::RequestReceived
    }

    /// A Namespace's own requests have its name as namespace too, in the log and in admission; it is
    /// cluster-wide all the same.
    fn target(&self) -> Target {
        let mut target = self.object_ref.clone();
        if (target.group.as_str(), target.resource.as_str()) == ("", "namespaces") {
            target.namespace.clear();
        }
        target
    }

    fn is_dry_run(&self) -> bool {
        // Deletions carry their options as the body, evictions inside it.
        let options = match (self.verb.as_str(), self.object_ref.subresource.as_str()) {
            ("delete" | "deletecollection", _) => &self.request_object,
            (_, "eviction") => &self.request_object["deleteOptions"],
            _ => &Value::Null,
        };
        let in_body = options["dryRun"]
            .as_array()
            .is_some_and(|stages| !stages.is_empty());
        let query = self
            .request_uri
            .split_once('?')
            .map_or("", |(_, query)| query);
        in_body || query.split('&').any(|pair| pair == "dryRun=All")
    }
}

/// One request for each audit id: its last event.
fn last_words(events: Vec<Event>) -> Vec<Request> {
    let mut seen = BTreeSet::new();
    let mut requests: Vec<Request> = events
        .into_iter()
        .rev()
        .filter(|event| event.is_answered() && seen.insert(event.audit_id.clone()))
        .map(|event| Request {
            dry_run: event.is_dry_run(),
            target: event.target(),
            verb: event.verb,
            code: event.response_status.code,
            user_agent: event.user_agent,
            uri: event.request_uri,
            body: event.request_object,
            impersonated: event.impersonated_user,
        })
        .collect();
    requests.reverse();
    requests
}

impl Write {
    fn from_request(request: Request) -> Option<Self> {
        let operation = match (request.verb.as_str(), request.target.subresource.as_str()) {
            // A connection is a `get` by websocket, a `create` by SPDY, and anything through a proxy.
            (_, "exec" | "attach" | "portforward" | "proxy") => Operation::Connect,
            ("create", _) => Operation::Create,
            // Server-side apply and PUT can create.
            ("update" | "patch", _) if request.code == 201 => Operation::Create,
            ("update" | "patch", _) => Operation::Update,
            ("delete" | "deletecollection", _) => Operation::Delete,
            _ => return None,
        };
        let Request {
            target,
            code,
            dry_run,
            body,
            user_agent,
            ..
        } = request;
        Some(Self {
            operation,
            target,
            code,
            dry_run,
            body,
            user_agent,
        })
    }
}

/// `CREATE v1 pods/eviction web/a`, `UPDATE apps/v1 deployments web/b`, `DELETE v1 nodes c`.
impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Target {
            group,
            version,
            resource,
            subresource,
            namespace,
            name,
        } = &self.target;
        let operation = match self.operation {
            Operation::Create => "CREATE",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
            Operation::Connect => "CONNECT",
        };
        let slash = |left: &str, right: &str| match (left.is_empty(), right.is_empty()) {
            (false, false) => format!("{left}/{right}"),
            _ => format!("{left}{right}"),
        };
        let (api, kind) = (slash(group, version), slash(resource, subresource));
        write!(f, "{operation} {api} {kind} {}", slash(namespace, name))
    }
}

//! Reading from an API server.

use std::cell::{Cell, OnceCell};
use std::error::Error;
use std::io;
use std::iter::successors;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join_all, try_join};
use http::header::ACCEPT;
use http::{HeaderValue, Request, StatusCode};
use kube::Client;
use kube::client::Body;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::answer::{self, Answer};
use super::{Detail, Selection, client, path};
use crate::change::Object;
use crate::change::resource::Resource;
use crate::cluster::credential::{PluginPolicy, StandardInput};
use crate::cluster::destination::{CONNECT_TIMEOUT, Destination};
use crate::cluster::discovery::{self, Catalog, Listing, Served};
use crate::cluster::openapi::Document;
use crate::cluster::{Garbled, Unread};
use crate::error::system_words;

/// Over HTTP/1.1 each request in flight has a connection of its own; more than this many is not faster.
const IN_FLIGHT: usize = 64;
/// Objects in one answer, as kubectl asks for them.
const PAGE: u32 = 500;

const OBJECTS: &str = "application/json";
const METADATA: &str =
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

/// How to read: everything but where.
#[derive(Clone, Debug)]
pub struct Look {
    /// How long the whole look may take. A credential plugin's login does not count.
    pub timeout: Duration,
    /// Which credential plugins may run.
    pub plugins: PluginPolicy,
    /// What a credential plugin may ask a person on.
    pub stdin: StandardInput,
}

/// One look at a server. Connects, and runs the credential plugin, at the first request.
pub(super) struct Live {
    connection: Rc<Connection>,
    began: OnceCell<Instant>,
    /// Beyond the time of every look.
    allowed: Cell<Duration>,
    slots: Semaphore,
    requests: Cell<usize>,
}

struct Connection {
    destination: Destination,
    look: Look,
    client: OnceCell<Result<Client, Unread>>,
}

impl Live {
    pub(super) fn new(destination: Destination, look: Look) -> Self {
        Self::over(Rc::new(Connection {
            destination,
            look,
            client: OnceCell::new(),
        }))
    }

    /// Another look over the same connections, with its own time.
    pub(super) fn again(&self) -> Self {
        Self::over(Rc::clone(&self.connection))
    }

    fn over(connection: Rc<Connection>) -> Self {
        Self {
            connection,
            began: OnceCell::new(),
            allowed: Cell::default(),
            slots: Semaphore::new(IN_FLIGHT),
            requests: Cell::new(0),
        }
    }

    pub(super) fn destination(&self) -> &Destination {
        &self.connection.destination
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.get()
    }

    pub(super) fn time_left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    pub(super) fn allow(&self, more: Duration) {
        self.allowed.set(self.allowed.get() + more);
    }

    fn deadline(&self) -> Instant {
        *self.began.get_or_init(Instant::now) + self.limit()
    }

    fn limit(&self) -> Duration {
        self.connection.look.timeout + self.allowed.get()
    }

    pub(super) async fn get(
        &self,
        resource: &Resource,
        subresource: &str,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Object>, Unread> {
        let url = path::object(resource, subresource, namespace, name);
        match self.ask(&url, OBJECTS).await? {
            Answer::Found(object) if object["metadata"]["name"] == name => {
                Ok(Some(Arc::new(object)))
            }
            Answer::Found(_) => Err(Unread::Unintelligible(Garbled::AnotherObject)),
            Answer::Missing => Ok(None),
        }
    }

    pub(super) async fn list(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        detail: Detail,
    ) -> Result<Arc<Vec<Object>>, Unread> {
        let accept = match detail {
            Detail::Full => OBJECTS,
            Detail::Metadata => METADATA,
        };
        let collection = path::collection(resource, namespace);
        let mut objects = Vec::new();
        let mut token = String::new();
        loop {
            let url = path::page(&collection, selection, PAGE, &token);
            let Some(page) = Page::read(self.ask(&url, accept).await?)? else {
                return Ok(Arc::new(objects));
            };
            objects.extend(
                page.items
                    .into_iter()
                    .map(|item| Arc::new(complete(item, resource))),
            );
            if page.token.is_empty() {
                return Ok(Arc::new(objects));
            }
            token = page.token;
        }
    }

    /// One object, and how many come after it. Servers that do not say it are listed.
    pub(super) async fn count(&self, resource: &Resource, namespace: &str) -> Result<u64, Unread> {
        let everything = Selection::default();
        let url = path::page(&path::collection(resource, namespace), &everything, 1, "");
        let Some(page) = Page::read(self.ask(&url, METADATA).await?)? else {
            return Ok(0);
        };
        match page.remaining {
            Some(remaining) => Ok(page.items.len() as u64 + remaining),
            None if page.token.is_empty() => Ok(page.items.len() as u64),
            None => {
                let all = self
                    .list(resource, namespace, &everything, Detail::Metadata)
                    .await?;
                Ok(all.len() as u64)
            }
        }
    }

    pub(super) async fn catalog(&self) -> Result<Catalog, Unread> {
        let (mut served, others) = try_join(self.root("/api"), self.root("/apis")).await?;
        served.extend(others);
        Ok(Catalog::new(served))
    }

    async fn root(&self, root: &str) -> Result<Vec<Served>, Unread> {
        let Answer::Found(answer) = self.ask(root, discovery::ACCEPT).await? else {
            return Ok(Vec::new());
        };
        let versions = match discovery::listing(&answer)? {
            Listing::Aggregated(served) => return Ok(served),
            Listing::Versions(versions) => versions,
        };
        let lists = versions.iter().map(|(group, version)| async move {
            let url = match group.as_str() {
                "" => format!("{root}/{version}"),
                group => format!("{root}/{group}/{version}"),
            };
            match self.ask(&url, OBJECTS).await {
                Ok(Answer::Found(list)) => Ok(discovery::resources(group, version, &list)),
                // The server behind this group does not answer now; kubectl passes over it, too.
                Ok(Answer::Missing) | Err(Unread::Refused { .. }) => Ok(Vec::new()),
                Err(unread) => Err(unread),
            }
        });
        let lists: Result<Vec<_>, _> = join_all(lists).await.into_iter().collect();
        Ok(lists?.into_iter().flatten().collect())
    }

    pub(super) async fn server_minor(&self) -> Result<u32, Unread> {
        let Answer::Found(version) = self.ask("/version", OBJECTS).await? else {
            return Err(Unread::Unintelligible(Garbled::NoVersion));
        };
        let minor = version["minor"].as_str().unwrap_or_default();
        // Some providers write `28+`.
        let digits = minor
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(minor.len());
        minor[..digits]
            .parse()
            .map_err(|_| Unread::Unintelligible(Garbled::NoVersion))
    }

    /// The document of what is served under this root, such as `/apis/apps/v1`.
    pub(super) async fn openapi(&self, root: &str) -> Result<Option<Document>, Unread> {
        let url = format!("/openapi/v3{root}");
        self.ask_as(&url, OBJECTS, answer::document).await
    }

    async fn ask(&self, url: &str, accept: &'static str) -> Result<Answer, Unread> {
        self.ask_as(url, accept, answer::read).await
    }

    /// One GET, within the time of the look.
    async fn ask_as<T>(
        &self,
        url: &str,
        accept: &'static str,
        read: fn(StatusCode, &[u8]) -> Result<T, Unread>,
    ) -> Result<T, Unread> {
        let client = self.connection.client()?;
        let deadline = self.deadline();
        let (deadline, limit) = match self.destination().request_timeout() {
            Some(own) if Instant::now() + own < deadline => (Instant::now() + own, own),
            _ => (deadline, self.limit()),
        };
        timeout_at(deadline, self.send(client, url, accept, read))
            .await
            .unwrap_or_else(|_| Err(Unread::TimedOut(limit)))
    }

    async fn send<T>(
        &self,
        client: Client,
        url: &str,
        accept: &'static str,
        read: fn(StatusCode, &[u8]) -> Result<T, Unread>,
    ) -> Result<T, Unread> {
        let request = Request::get(url)
            .header(ACCEPT, HeaderValue::from_static(accept))
            .body(Body::empty())
            .map_err(|error| Unread::Other(format!("no request can be made of {url}: {error}")))?;
        // The semaphore is never closed.
        let _slot = self.slots.acquire().await;
        self.requests.set(self.requests.get() + 1);
        let response = client
            .send(request)
            .await
            .map_err(|error| unreachable(&error))?;
        let status = response.status();
        let body = response
            .into_body()
            .collect_bytes()
            .await
            .map_err(|error| Unread::Unintelligible(Garbled::BrokeOff(innermost(&error))))?;
        read(status, &body)
    }
}

impl Connection {
    fn client(&self) -> Result<Client, Unread> {
        self.client.get_or_init(|| self.connect()).clone()
    }

    fn connect(&self) -> Result<Client, Unread> {
        let mut config = self.destination.config().clone();
        if let Some(plugin) = self.destination.plugin() {
            plugin
                .run(&self.look.plugins, self.look.stdin, &mut config.auth_info)
                .map_err(Unread::Plugin)?;
        }
        client::client(config).map_err(|error| Unread::NotSetUp(innermost(&error)))
    }
}

/// One answer to a list request.
struct Page {
    items: Vec<Value>,
    token: String,
    remaining: Option<u64>,
}

impl Page {
    /// Nothing when the server has no such type, and so no object of it.
    fn read(answer: Answer) -> Result<Option<Self>, Unread> {
        let Answer::Found(mut list) = answer else {
            return Ok(None);
        };
        let is_list = list["kind"].is_string();
        let items = match list.as_object_mut().and_then(|list| list.remove("items")) {
            Some(Value::Array(items)) => items,
            // An empty list of Go.
            Some(Value::Null) if is_list => Vec::new(),
            _ => return Err(Unread::Unintelligible(Garbled::NoList)),
        };
        let metadata = &list["metadata"];
        Ok(Some(Self {
            items,
            token: metadata["continue"].as_str().unwrap_or_default().to_owned(),
            remaining: metadata["remainingItemCount"].as_u64(),
        }))
    }
}

/// Items of a list say neither their type nor their version, or that they are metadata alone.
fn complete(mut item: Value, resource: &Resource) -> Value {
    if let Value::Object(item) = &mut item {
        item.insert("apiVersion".to_owned(), resource.api_version().into());
        item.insert("kind".to_owned(), resource.kind.as_ref().into());
    }
    item
}

/// All that rustls says of a certificate that the trusted authorities did not sign.
const UNKNOWN_ISSUER: &str = "invalid peer certificate: UnknownIssuer";

/// Why a request did not arrive.
fn unreachable(error: &(dyn Error + 'static)) -> Unread {
    let late = chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::TimedOut);
    let words = innermost(error);
    if late {
        Unread::NoConnection(CONNECT_TIMEOUT)
    } else if words.contains(UNKNOWN_ISSUER) {
        Unread::Untrusted
    } else {
        Unread::Unreachable(words)
    }
}

/// The sentence at the bottom of an error, which says what happened; those above say where in our program.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let last = chain(error).last().unwrap_or(error);
    match last.downcast_ref::<io::Error>() {
        Some(system) => system_words(system),
        None => last.to_string(),
    }
}

/// An error and what is behind it.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |error| (**error).source())
}

#[cfg(test)]
mod tests;

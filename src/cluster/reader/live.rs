//! Reading from an API server.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join_all, try_join};
use http::StatusCode;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::answer::{self, Answer};
use super::transport::{Failure, Response, Transport};
use super::{Detail, Selection, path};
use crate::change::Object;
use crate::change::resource::Resource;
use crate::clock;
use crate::cluster::credential::{PluginPolicy, StandardInput};
use crate::cluster::destination::Destination;
use crate::cluster::discovery::{self, Catalog, Listing, Served};
use crate::cluster::openapi::Document;
use crate::cluster::{Garbled, Unread};
use crate::kubectl::program::errand;
use crate::limit;

/// Over HTTP/1.1 each request in flight has a connection of its own; more than this many is not faster.
const IN_FLIGHT: usize = 64;
/// Objects in one answer, as kubectl asks for them.
const PAGE: u32 = 500;
/// A credential plugin that takes no longer had nobody to wait for.
const LOGIN: Duration = Duration::from_millis(100);
/// So many of large ones: an object has up to 3 MiB, and mostly less than one.
const SMALL_PAGE: u32 = 25;

/// What kubectl says where its credential plugin failed. Source: client-go `plugin/pkg/client/auth/exec/exec.go`.
const NO_CREDENTIALS: &str = "getting credentials: ";

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
    transport: RefCell<Option<Result<Transport, Unread>>>,
    /// Nothing came of asking by way of kubectl.
    is_kubectl_tried: Cell<bool>,
}

impl Live {
    pub(super) fn new(destination: Destination, look: Look) -> Self {
        Self::over(Rc::new(Connection {
            destination,
            look,
            transport: RefCell::new(None),
            is_kubectl_tried: Cell::new(false),
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
        let left = self.deadline().saturating_duration_since(Instant::now());
        left.min(clock::left())
    }

    pub(super) fn allow(&self, more: Duration) {
        self.allowed.set(self.allowed.get() + more);
        clock::extend(more);
    }

    pub(super) fn connect(&self) -> Result<(), Unread> {
        self.transport().map(drop)
    }

    fn transport(&self) -> Result<Transport, Unread> {
        let began = Instant::now();
        let transport = self.connection.transport();
        let took = began.elapsed();
        // A person's login is not taken from the time of the look.
        if took > LOGIN && errand::is_attended() {
            self.allowed.set(self.allowed.get() + took);
        }
        transport
    }

    pub(super) fn is_locked_out(&self) -> bool {
        matches!(
            &*self.connection.transport.borrow(),
            Some(Err(Unread::Plugin(_) | Unread::Unreachable(_)))
        )
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
        let (mut token, mut size) = (String::new(), PAGE);
        loop {
            let url = path::page(&collection, selection, size, &token);
            let answer = match self.ask(&url, accept).await {
                Err(Unread::Excess(_)) if size == PAGE => {
                    size = SMALL_PAGE;
                    continue;
                }
                answer => answer?,
            };
            let Some(page) = Page::read(answer)? else {
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

    async fn ask(&self, url: &str, accept: &str) -> Result<Answer, Unread> {
        self.ask_as(url, accept, answer::read).await
    }

    async fn ask_as<T>(
        &self,
        url: &str,
        accept: &str,
        read: fn(StatusCode, &[u8]) -> Result<T, Unread>,
    ) -> Result<T, Unread> {
        let response = self.fetch(url, accept).await?;
        limit::check_json(&response.body).map_err(Unread::Excess)?;
        read(response.status, &response.body)
    }

    /// One GET, within the time of the look.
    pub(super) async fn fetch(&self, url: &str, accept: &str) -> Result<Response, Unread> {
        let transport = self.transport()?;
        let failure = match self.send(&transport, url, accept).await {
            Ok(response) => return Ok(response),
            Err(failure) => failure,
        };
        let Some(kubectl) = self.connection.fallback(&transport, &failure) else {
            self.connection.give_up(&transport, &failure);
            return Err(failure.unread);
        };
        if let Ok(response) = self.send(&kubectl, url, accept).await {
            self.connection.keep(kubectl);
            return Ok(response);
        }
        // What our own client says is about the set-up.
        self.connection.is_kubectl_tried.set(true);
        Err(failure.unread)
    }

    /// One request and its answer.
    async fn send(
        &self,
        transport: &Transport,
        url: &str,
        accept: &str,
    ) -> Result<Response, Failure> {
        let deadline = self.deadline();
        let (deadline, limit) = match self.destination().request_timeout() {
            Some(own) if Instant::now() + own < deadline => (Instant::now() + own, own),
            _ => (deadline, self.limit()),
        };
        let sent = async {
            // The semaphore is never closed.
            let _slot = self.slots.acquire_many(transport.slots()).await;
            self.requests.set(self.requests.get() + 1);
            let left = deadline.saturating_duration_since(Instant::now());
            transport.get(url, accept, left).await
        };
        timeout_at(deadline, sent)
            .await
            .unwrap_or_else(|_| Err(Unread::TimedOut(limit).into()))
    }
}

impl Connection {
    fn transport(&self) -> Result<Transport, Unread> {
        let mut transport = self.transport.borrow_mut();
        transport.get_or_insert_with(|| self.connect()).clone()
    }

    fn keep(&self, transport: Transport) {
        self.transport.replace(Some(Ok(transport)));
    }

    fn connect(&self) -> Result<Transport, Unread> {
        if self.destination.is_kubectls_alone()
            && let Some(kubectl) = self.kubectl()?
        {
            return Ok(kubectl);
        }
        let mut config = self.destination.config().clone();
        if let Some(plugin) = self.destination.plugin() {
            plugin
                .run(
                    &self.look.plugins,
                    self.look.stdin,
                    self.look.timeout,
                    &mut config.auth_info,
                )
                .map_err(Unread::Plugin)?;
        }
        match Transport::own(config) {
            Ok(own) => Ok(own),
            Err(unread) => self.kubectl()?.ok_or(unread),
        }
    }

    /// By way of kubectl, where there is one, and where it may run the credential plugin.
    fn kubectl(&self) -> Result<Option<Transport>, Unread> {
        if let Some(plugin) = self.destination.plugin() {
            plugin.permit(&self.look.plugins).map_err(Unread::Plugin)?;
        }
        let kubectl = self.destination.kubectl().cloned();
        Ok(kubectl.map(Transport::Kubectl))
    }

    /// A plugin that has failed for one kubectl is not run again and again for others.
    fn give_up(&self, transport: &Transport, failure: &Failure) {
        let is_locked_out =
            matches!(&failure.unread, Unread::Unreachable(said) if said.contains(NO_CREDENTIALS));
        if is_locked_out && matches!(transport, Transport::Kubectl(_)) {
            self.transport.replace(Some(Err(failure.unread.clone())));
        }
    }

    /// What to try instead, where our own client may have failed by what it cannot do.
    fn fallback(&self, transport: &Transport, failure: &Failure) -> Option<Transport> {
        let is_proxied = self.destination.config().proxy_url.is_some();
        let may_be_ours =
            failure.is_tls || is_proxied && matches!(failure.unread, Unread::Unreachable(_));
        let is_open = matches!(transport, Transport::Own(_)) && !self.is_kubectl_tried.get();
        (may_be_ours && is_open)
            .then(|| self.kubectl().ok().flatten())
            .flatten()
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

#[cfg(test)]
mod tests;

//! Bounded reads, live or from a snapshot. "Could not read" is a value with its reason.

mod answer;
mod client;
mod identity;
mod live;
mod memo;
mod path;
pub mod snapshot;
mod transport;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

pub use live::Look;
pub use path::is_path_segment;
pub use transport::Response;

use self::live::Live;
use self::memo::Memo;
pub use self::snapshot::Snapshot;
use super::Unread;
use super::builtin;
use super::destination::Destination;
pub use super::discovery::{Catalog, Served, Unresolved};
use super::openapi::Document;
use crate::change::Object;
use crate::change::resource::{Resource, Scope};
use crate::plan::Place;

/// Which objects of a list are meant. Empty strings select everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selection {
    /// A label selector, as `-l` takes it.
    pub labels: String,
    /// A field selector, as `--field-selector` takes it.
    pub fields: String,
}

/// How much of each object is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Detail {
    /// The whole object.
    Full,
    /// `metadata` alone (`PartialObjectMetadata`).
    Metadata,
}

/// One look at a cluster: the same question is asked once. Cheap to clone; lives on one thread.
#[derive(Clone)]
pub struct Reader(Rc<Inner>);

struct Inner {
    source: Rc<Source>,
    objects: Memo<ObjectQuestion, Result<Option<Object>, Unread>>,
    lists: Memo<ListQuestion, Result<Arc<Vec<Object>>, Unread>>,
    counts: Memo<(Resource, String), Result<u64, Unread>>,
    catalog: Memo<(), Result<Arc<Catalog>, Unread>>,
    minor: Memo<(), Result<u32, Unread>>,
    documents: Memo<String, Result<Option<Arc<Document>>, Unread>>,
}

/// Resource, subresource, namespace, name.
type ObjectQuestion = (Resource, String, String, String);
type ListQuestion = (Resource, String, Selection, Detail);

enum Source {
    Live(Live),
    Snapshot {
        snapshot: Rc<Snapshot>,
        place: Place,
    },
}

impl Reader {
    /// Whether it reads objects of a file and not of a cluster, so that nothing can run.
    #[must_use]
    pub fn is_snapshot(&self) -> bool {
        matches!(*self.0.source, Source::Snapshot { .. })
    }

    /// Reads from a server. Nothing is sent before the first question. To be used inside a tokio runtime.
    #[must_use]
    pub fn live(destination: Destination, look: Look) -> Self {
        Self::new(Source::Live(Live::new(destination, look)))
    }

    /// Reads from a file that was read. `place` is what to call it.
    #[must_use]
    pub fn snapshot(snapshot: impl Into<Rc<Snapshot>>, place: Place) -> Self {
        Self::new(Source::Snapshot {
            snapshot: snapshot.into(),
            place,
        })
    }

    /// A second look that remembers nothing of the first, over the same connections and with its own time.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::new(match &*self.0.source {
            Source::Live(live) => Source::Live(live.again()),
            Source::Snapshot { snapshot, place } => Source::Snapshot {
                snapshot: Rc::clone(snapshot),
                place: place.clone(),
            },
        })
    }

    fn new(source: Source) -> Self {
        Self(Rc::new(Inner {
            source: Rc::new(source),
            objects: Memo::new(),
            lists: Memo::new(),
            counts: Memo::new(),
            catalog: Memo::new(),
            minor: Memo::new(),
            documents: Memo::new(),
        }))
    }

    /// One object; nothing when there is none of this name, or no such type. `namespace` is ignored for
    /// cluster-scoped resources.
    pub async fn get(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Object>, Unread> {
        self.get_part(resource, "", namespace, name).await
    }

    /// A subresource of an object, such as its `scale`; with an empty one the object itself.
    pub async fn get_part(
        &self,
        resource: &Resource,
        subresource: &str,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Object>, Unread> {
        let namespace = scoped(resource, namespace);
        if !is_path_segment(name)
            || resource.scope == Scope::Namespaced && !is_path_segment(namespace)
        {
            return Err(Unread::Other(format!(
                "{resource} have no name {namespace:?}/{name:?}"
            )));
        }
        let question = (
            resource.clone(),
            subresource.to_owned(),
            namespace.to_owned(),
            name.to_owned(),
        );
        let source = Rc::clone(&self.0.source);
        let ask = || {
            let (resource, subresource, namespace, name) = question.clone();
            async move {
                match &*source {
                    Source::Live(live) => {
                        live.get(&resource, &subresource, &namespace, &name).await
                    }
                    Source::Snapshot { snapshot, .. } => snapshot
                        .covers(&resource)
                        .map(|()| snapshot.get(&resource, &subresource, &namespace, &name)),
                }
            }
        };
        self.0.objects.answer(question.clone(), ask).await
    }

    /// The selected objects of a namespace, or (with an empty one) of all; none when there is no such type.
    pub async fn list(
        &self,
        resource: &Resource,
        namespace: &str,
        selection: &Selection,
        detail: Detail,
    ) -> Result<Arc<Vec<Object>>, Unread> {
        let namespace = scoped(resource, namespace);
        if !namespace.is_empty() && !is_path_segment(namespace) {
            return Err(Unread::Other(format!(
                "there is no namespace {namespace:?}"
            )));
        }
        let question = (
            resource.clone(),
            namespace.to_owned(),
            selection.clone(),
            detail,
        );
        let source = Rc::clone(&self.0.source);
        let ask = || {
            let (resource, namespace, selection, detail) = question.clone();
            async move {
                match &*source {
                    Source::Live(live) => {
                        live.list(&resource, &namespace, &selection, detail).await
                    }
                    Source::Snapshot { snapshot, .. } => snapshot
                        .covers(&resource)
                        .and_then(|()| snapshot.list(&resource, &namespace, &selection, detail))
                        .map(Arc::new),
                }
            }
        };
        self.0.lists.answer(question.clone(), ask).await
    }

    /// How many objects a namespace, or (with an empty one) the cluster has.
    pub async fn count(&self, resource: &Resource, namespace: &str) -> Result<u64, Unread> {
        let namespace = scoped(resource, namespace);
        if !namespace.is_empty() && !is_path_segment(namespace) {
            return Err(Unread::Other(format!(
                "there is no namespace {namespace:?}"
            )));
        }
        let question = (resource.clone(), namespace.to_owned());
        let source = Rc::clone(&self.0.source);
        let ask = || {
            let (resource, namespace) = question.clone();
            async move {
                match &*source {
                    Source::Live(live) => live.count(&resource, &namespace).await,
                    Source::Snapshot { snapshot, .. } => snapshot
                        .covers(&resource)
                        .map(|()| snapshot.count(&resource, &namespace)),
                }
            }
        };
        self.0.counts.answer(question.clone(), ask).await
    }

    /// Every served resource once, in the version that kubectl would use, in its order of priority.
    pub async fn served(&self) -> Result<Arc<Vec<Served>>, Unread> {
        Ok(Arc::clone(self.catalog().await?.preferred()))
    }

    /// What a word means as (an element of) a whole type argument: one resource, or a category's many. The
    /// names of core resources cost no request.
    pub async fn resolve(&self, word: &str) -> Result<Vec<Resource>, Unresolved> {
        match builtin::core(word) {
            Some(resource) => Ok(vec![resource]),
            None => self.catalog().await?.resolve(word),
        }
    }

    /// What a word means where kubectl looks for no category: in `TYPE/NAME`, and for several types beside names.
    pub async fn resolve_one(&self, word: &str) -> Result<Resource, Unresolved> {
        match builtin::core(word) {
            Some(resource) => Ok(resource),
            None => self.catalog().await?.resolve_one(word),
        }
    }

    /// Every served resource in every version.
    pub async fn catalog(&self) -> Result<Arc<Catalog>, Unread> {
        let source = Rc::clone(&self.0.source);
        let ask = || async move {
            match &*source {
                Source::Live(live) => live.catalog().await.map(Arc::new),
                Source::Snapshot { snapshot, .. } => Ok(snapshot.catalog()),
            }
        };
        self.0.catalog.answer((), ask).await
    }

    /// The `Y` of a server of version `1.Y`.
    pub async fn server_minor(&self) -> Result<u32, Unread> {
        let source = Rc::clone(&self.0.source);
        let ask = || async move {
            match &*source {
                Source::Live(live) => live.server_minor().await,
                Source::Snapshot { snapshot, .. } => snapshot.server_minor(),
            }
        };
        self.0.minor.answer((), ask).await
    }

    /// What the server says of the requests to this resource's group and version; nothing where it says nothing.
    pub async fn openapi(&self, resource: &Resource) -> Result<Option<Arc<Document>>, Unread> {
        let source = Rc::clone(&self.0.source);
        let root = path::root(resource);
        let ask = || {
            let root = root.clone();
            async move {
                match &*source {
                    Source::Live(live) => Ok(live.openapi(&root).await?.map(Arc::new)),
                    Source::Snapshot { .. } => Ok(None),
                }
            }
        };
        self.0.documents.answer(root.clone(), ask).await
    }

    /// Whether there is a server that can be asked, and can refuse.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(&*self.0.source, Source::Live(_))
    }

    /// How many requests were sent so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        match &*self.0.source {
            Source::Live(live) => live.requests(),
            Source::Snapshot { .. } => 0,
        }
    }

    /// The answer to a GET of this path and query as it came, for kubectl. A snapshot has none.
    pub async fn fetch(&self, url: &str, accept: &str) -> Result<Response, Unread> {
        match &*self.0.source {
            Source::Live(live) => live.fetch(url, accept).await,
            Source::Snapshot { .. } => Err(Unread::NotInSnapshot(url.to_owned())),
        }
    }

    /// Sets up the connection, and runs the credential plugin, unless that is done.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn connect(&self) -> Result<(), Unread> {
        match &*self.0.source {
            Source::Live(live) => live.connect(),
            Source::Snapshot { .. } => Ok(()),
        }
    }

    /// Whether the credential plugin has failed: a kubectl would run it again, and fail as well.
    #[must_use]
    pub fn is_locked_out(&self) -> bool {
        match &*self.0.source {
            Source::Live(live) => live.is_locked_out(),
            Source::Snapshot { .. } => false,
        }
    }

    /// How much of the look's time is left.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        match &*self.0.source {
            Source::Live(live) => live.time_left(),
            Source::Snapshot { .. } => Duration::ZERO,
        }
    }

    /// Makes the look longer.
    pub fn allow(&self, more: Duration) {
        if let Source::Live(live) = &*self.0.source {
            live.allow(more);
        }
    }

    /// Where this reads, in words.
    #[must_use]
    pub fn place(&self) -> &Place {
        match &*self.0.source {
            Source::Live(live) => &live.destination().place,
            Source::Snapshot { place, .. } => place,
        }
    }

    /// The host of the server's URL, without port; empty for a snapshot without server.
    #[must_use]
    pub fn server_host(&self) -> &str {
        match &*self.0.source {
            Source::Live(live) => live.destination().server_host(),
            Source::Snapshot { place, .. } => host(&place.server),
        }
    }

    /// See [`Destination::authority`].
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        match &*self.0.source {
            Source::Live(live) => live.destination().authority(),
            Source::Snapshot { .. } => None,
        }
    }
}

/// Objects of the cluster have no namespace, whatever the words say.
fn scoped<'a>(resource: &Resource, namespace: &'a str) -> &'a str {
    match resource.scope {
        Scope::Cluster => "",
        Scope::Namespaced => namespace,
    }
}

/// The host of a URL, without port.
fn host(url: &str) -> &str {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

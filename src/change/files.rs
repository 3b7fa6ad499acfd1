//! `-f`, `-k` and `-R`: the objects that stand in files, on standard input, or behind a URL.
//!
//! Source: `FilenameParam`, `visitByPaths` of `k8s.io/cli-runtime/pkg/resource/builder.go`. A file is a stream: what kubectl refuses in
//! it does not undo what stood before. What cannot be read here with certainty is read by kubectl itself, see [`helper`].

mod depth;
mod document;
mod glob;
mod helper;
mod keys;
mod source;
mod stream;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use self::depth::Depth;
use self::document::{Document, Identity};
use super::Resource;
use super::resource::Scope;
use super::targets::{Stop, Words};
use crate::cluster::discovery::Catalog;
use crate::cluster::reader::Reader;
use crate::cluster::selector::LabelSelector;
use crate::cluster::{Unread, builtin};
use crate::kubectl::inputs::{self, NotRead};
use crate::kubectl::invocation::Invocation;
use crate::kubectl::program::Program;
use crate::kubectl::stdin::Stdin;
use crate::unknown::{Unknown, What, Why};

/// Where the content of files comes from, besides the disk.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What is piped in.
    pub stdin: &'a Stdin,
    /// The real kubectl, when there is one.
    pub kubectl: Option<&'a Program>,
}

impl Input<'_> {
    /// A file that kubectl reads as it is named, such as `--patch-file`; none when kubectl cannot read it either.
    ///
    /// # Errors
    /// When it can be read only once.
    pub(super) fn read_file(&self, file: &str) -> Result<Option<Vec<u8>>, Why> {
        source::read_once(Path::new(file), self)
    }

    /// The body that `--raw` sends: one local file or `-`.
    ///
    /// # Errors
    /// When it can be read only once, and when it cannot be read.
    pub(super) fn read_body(&self, file: &str) -> Result<Vec<u8>, NotRead> {
        if file == "-" {
            Ok(self.stdin.read()?)
        } else {
            inputs::read(Path::new(file))
        }
    }
}

/// The flags that name files.
#[derive(Clone, Copy, Debug)]
pub struct FileFlags<'a> {
    /// `-f`, in order.
    pub filenames: &'a [String],
    /// `-k`; empty when not given.
    pub kustomize: &'a str,
    /// `-R`, or what the verb does without it.
    pub depth: Depth,
}

impl<'a> FileFlags<'a> {
    /// The flags of a verb that takes files.
    #[must_use]
    pub fn of(invocation: &'a Invocation) -> Self {
        Self {
            filenames: invocation.list("filename"),
            kustomize: invocation.text_if_any("kustomize").unwrap_or_default(),
            depth: Depth::of(invocation),
        }
    }

    /// Whether objects come from files.
    #[must_use]
    pub fn are_given(&self) -> bool {
        !self.filenames.is_empty() || !self.kustomize.is_empty()
    }

    /// `-f` with `-k`, or `-k` with `-R`: kubectl refuses them, also when words name the objects.
    fn are_refused(&self) -> bool {
        !self.kustomize.is_empty() && (self.depth == Depth::Deep || !self.filenames.is_empty())
    }
}

/// What the files hold.
#[derive(Debug, Default)]
pub struct Found {
    /// The objects that kubectl will act on, in its order. Those it refuses one by one are left out.
    pub objects: Vec<FileObject>,
    /// What could not be read.
    pub unknown: Vec<Unknown>,
    /// Whether kubectl takes them for a single resource.
    pub is_single: bool,
    /// Whether kubectl refuses an object or a list by itself: of an unknown kind, or in another namespace than `-n` says.
    pub has_refused: bool,
}

/// One object's place in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileObject {
    /// Its type.
    pub resource: Resource,
    /// Its namespace; empty for cluster-scoped types.
    pub namespace: String,
    /// Its name; empty where the server is to make one up.
    pub name: String,
    /// The labels and annotations that it names, and `finalizers` where it has some.
    pub mentions: BTreeSet<String>,
}

/// Whether `-l` filters by the labels in the file (`delete`), or by the live ones (`label`, `annotate`), which the caller reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelsOf {
    /// The document.
    Document,
    /// The object in the cluster.
    Live,
}

/// Reads the files.
pub async fn find(
    flags: &FileFlags<'_>,
    words: &Words<'_>,
    labels_of: LabelsOf,
    reader: &Reader,
    input: &Input<'_>,
) -> Result<Found, Stop> {
    let flags = &FileFlags {
        depth: flags.depth.settle(flags, input),
        ..*flags
    };
    if flags.are_refused() || !words.arguments.is_empty() {
        return Err(Stop::Kubectl);
    }
    let sources = source::find(flags).ok_or(Stop::Kubectl)?;
    let mut found = Found {
        is_single: source::are_single(&sources),
        ..Found::default()
    };
    let mut documents = Vec::new();
    for source in sources {
        match source.read(input, reader.time_left()) {
            Ok(read) => documents.extend(read),
            Err(unknown) => found.unknown.push(unknown),
        }
    }
    let kinds = Kinds::of(&documents, reader).await;
    let kinds = match kinds {
        Ok(kinds) => kinds,
        Err(why) => {
            found.unknown.push(Unknown::new(What::TypesInFiles, why));
            return Ok(found);
        }
    };
    let selector = match labels_of {
        LabelsOf::Document => LabelSelector::parse(words.labels),
        LabelsOf::Live => Ok(LabelSelector::default()),
    };
    // A selector that we cannot read must hide nothing.
    let selector = selector.unwrap_or_else(|error| {
        let what = What::SelectedInFiles(words.labels.to_owned());
        found.unknown.push(Unknown::new(what, error));
        LabelSelector::default()
    });
    let are_empty = documents.is_empty();
    let (known, refused): (Vec<_>, Vec<_>) = documents.into_iter().partition(|it| kinds.take(it));
    found.has_refused = !refused.is_empty();
    for identity in known.into_iter().flat_map(Document::into_objects) {
        if selector.selects(&json!({"metadata": {"labels": identity.labels}})) {
            match place(&identity, words, &kinds) {
                Some(object) => found.objects.push(object),
                None => found.has_refused = true,
            }
        }
    }
    if found.has_refused || are_empty && found.unknown.is_empty() {
        found.unknown.push(Unknown::unproved());
    }
    Ok(found)
}

/// What the server calls the kinds of the documents.
struct Kinds(Option<Arc<Catalog>>);

impl Kinds {
    /// Asks the server unless all kinds are core `v1`'s own.
    async fn of(documents: &[Document], reader: &Reader) -> Result<Self, Unread> {
        let core = |(api_version, kind): (&str, &str)| {
            core_kind(api_version, kind).is_some()
                || kind.is_empty() && matches!(api_version, "" | "v1")
        };
        let known = documents.iter().flat_map(Document::types).all(core);
        Ok(Self(if known {
            None
        } else {
            Some(reader.catalog().await?)
        }))
    }

    /// The type of a kind in exactly this version. The kind's lower-case spelling counts too (`k8s.io/client-go/restmapper`).
    fn find(&self, api_version: &str, kind: &str) -> Option<Resource> {
        core_kind(api_version, kind).or_else(|| self.0.as_ref()?.kind(api_version, kind).cloned())
    }

    /// Whether kubectl takes the document apart at all: a list of a kind that the server does not know is refused as a whole.
    fn take(&self, document: &Document) -> bool {
        match document {
            Document::Object(_) => true,
            Document::Refused => false,
            Document::List {
                api_version, kind, ..
            } => self.are_listed_by(api_version, kind),
        }
    }

    /// Whether kubectl knows what such a list is: `List` of a served version (or of none), `KINDList` of a kind, or a kind whose
    /// object has `items`, seen with kubectl 1.36.
    fn are_listed_by(&self, api_version: &str, kind: &str) -> bool {
        match kind.strip_suffix("List") {
            Some("") => {
                let serves = |catalog: &Arc<Catalog>| catalog.serves(api_version);
                matches!(api_version, "" | "v1") || self.0.as_ref().is_some_and(serves)
            }
            Some(item) => self
                .find(api_version, item)
                .is_some_and(|resource| resource.kind == item),
            None => self.find(api_version, kind).is_some(),
        }
    }
}

fn core_kind(api_version: &str, kind: &str) -> Option<Resource> {
    builtin::core(kind).filter(|resource| {
        api_version == "v1" && (resource.kind == kind || resource.kind.to_lowercase() == kind)
    })
}

/// Where kubectl will look for this object; `None` when it refuses it.
fn place(identity: &Identity, words: &Words<'_>, kinds: &Kinds) -> Option<FileObject> {
    let resource = kinds.find(&identity.api_version, &identity.kind)?;
    let namespace = match resource.scope {
        Scope::Cluster => String::new(),
        Scope::Namespaced => {
            let default = if words.all_namespaces {
                ""
            } else {
                words.namespace
            };
            let namespace = if identity.namespace.is_empty() {
                default
            } else {
                &identity.namespace
            };
            // With an explicit `-n`, an object elsewhere is refused; without any namespace no URL can be made.
            if namespace.is_empty() || words.enforced && namespace != default {
                return None;
            }
            namespace.to_owned()
        }
    };
    Some(FileObject {
        resource,
        namespace,
        name: identity.name.clone(),
        mentions: identity.mentions.clone(),
    })
}

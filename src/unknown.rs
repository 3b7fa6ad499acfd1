//! What had to be known and is not: typed, so that the answer room can say it in the person's language.
//!
//! `Display` is English, the words of the JSON; it lives with the other languages in `answer/messages/unknown.rs`. To add a
//! thing or a reason, add a variant here; the compiler then asks for its three texts.

use std::io;
use std::time::Duration;

use crate::change::Resource;
use crate::cluster::Unread;
use crate::cluster::destination::Unusable;
use crate::cluster::selector::NotASelector;
use crate::error::system_words;
use crate::kubectl::invocation::Doubt;
use crate::limit::Excess;
use crate::risk::verdict::Severity;

/// Something that had to be known and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The object, list or file.
    pub what: What,
    /// Why it is not known.
    pub why: Why,
    /// How strict the question about it is.
    pub severity: Severity,
}

impl Unknown {
    /// With anything that is a reason, such as an [`Unread`]. A y is enough, unless more is said.
    #[must_use]
    pub fn new(what: What, why: impl Into<Why>) -> Self {
        Self {
            what,
            why: why.into(),
            severity: Severity::Confirm,
        }
    }

    /// Nothing is found here that kubectl would send; only kubectl proves that.
    #[must_use]
    pub fn unproved() -> Self {
        Self::new(What::Requests, Why::Unproved(String::new()))
    }

    /// Whether it is for kubectl to prove.
    #[must_use]
    pub fn is_unproved(&self) -> bool {
        matches!(self.why, Why::Unproved(_))
    }

    /// Whether it is the same thing for the same reason, however strictly asked about.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.what, &self.why) == (&other.what, &other.why)
    }

    /// The same, asked about at least so strictly.
    #[must_use]
    pub fn at_least(mut self, severity: Severity) -> Self {
        self.severity = self.severity.max(severity);
        self
    }
}

/// A thing that had to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// What a command line means to kubectl.
    CommandLine,
    /// The cluster that a command acts in.
    Cluster,
    /// All that a command would change.
    Look,
    /// One object.
    Object {
        /// Its kind.
        kind: String,
        /// Empty for cluster-scoped objects.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The object that a command changes.
    Subject,
    /// The same object as it will be.
    Outcome,
    /// The requests of a command, or of a document in its files, that seems to send none.
    Requests,
    /// At which of its requests the server stops a command.
    FirstRefusal,
    /// What an `ApplySet` prunes.
    ApplySet,
    /// The types that `apply --prune` looks through.
    PrunedTypes,
    /// What a type's name means.
    Type(String),
    /// The objects of a type, in a namespace or (when it is empty) in all.
    List {
        /// The type.
        resource: Box<Resource>,
        /// The namespace.
        namespace: String,
    },
    /// The nodes that a selector finds.
    SelectedNodes,
    /// The pods of a node.
    PodsOn(String),
    /// What a workload owns.
    Owned {
        /// The workload's type.
        resource: String,
        /// Its name.
        name: String,
    },
    /// Everything in a namespace.
    Contents(String),
    /// The objects of some types in a namespace.
    Kinds {
        /// The types.
        kinds: Vec<Resource>,
        /// The namespace.
        namespace: String,
    },
    /// The objects of a definition.
    Instances(String),
    /// The objects on standard input.
    Stdin,
    /// The objects in a file.
    File(String),
    /// The patch in a file.
    Patch(String),
    /// The objects behind a URL.
    Url(String),
    /// The objects of a kustomization.
    Kustomization(String),
    /// The types of the objects in files.
    TypesInFiles,
    /// What a person writes in an editor.
    EditorsText,
    /// What the editor was opened on.
    TextBefore,
    /// The cluster that an editor was opened for.
    EditedCluster,
    /// Which objects of the files a selector means.
    SelectedInFiles(String),
    /// What a request to a path does.
    Request {
        /// Its HTTP method.
        method: &'static str,
        /// Its path.
        path: String,
    },
    /// What a request does behind a proxy in the cluster.
    BehindProxy {
        /// Its HTTP method.
        method: &'static str,
        /// The type of what is behind the proxy.
        resource: String,
        /// Its name.
        name: String,
    },
    /// What the plugin with this path does.
    Plugin(String),
    /// A fact that a rule asks for.
    Fact(&'static str),
}

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It could not be read.
    Unread(Box<Unread>),
    /// The words do not say it.
    Doubt(Box<Doubt>),
    /// The words do not say it, and kubectl did not say its version.
    VersionUnread {
        /// What the version would have settled.
        doubt: Box<Doubt>,
        /// Why there is none.
        why: Box<Unread>,
    },
    /// The kubeconfig and the flags name no cluster that we can follow.
    Destination(Box<Unusable>),
    /// A selector that is not understood.
    Selector(Box<NotASelector>),
    /// Only kubectl can read it, and there is none.
    OnlyKubectl,
    /// kubectl has to read it, and it can be read only once.
    ReadOnce,
    /// There is too much of it.
    Excess(Excess),
    /// It was not found out within this time.
    Late(Duration),
    /// kubectl could not read it; what it says of it.
    KubectlFailed(String),
    /// What kubectl made of it could not be read.
    KubectlUnclear,
    /// It does not exist yet.
    NotSaved,
    /// The kubeconfig is another one by now.
    KubeconfigChanged,
    /// A path that is no object's.
    NoObject,
    /// A body that is no JSON object.
    NoJson,
    /// It is kubectl's own book-keeping.
    BookKeeping,
    /// The person asked to be asked about this plugin.
    Named,
    /// A program in the cluster is asked, not the API server.
    Proxied,
    /// It seems to be nothing, and kubectl did not prove it; what kubectl said, if it was asked. See `change/proof.rs`.
    Unproved(String),
    /// There is no pod yet, and kubectl waits for one.
    NoPod,
    /// kubectl goes by a selector in a file, which need not be that of the object in the cluster.
    SelectorInFile,
    /// In the words of the system.
    System(String),
}

macro_rules! reasons {
    ($($variant:ident($kind:ty),)+) => {
        $(impl From<$kind> for Why {
            fn from(why: $kind) -> Self {
                Self::$variant(Box::new(why))
            }
        })+
    };
}

reasons! {
    Unread(Unread),
    Doubt(Doubt),
    Destination(Unusable),
    Selector(NotASelector),
}

impl From<Excess> for Why {
    fn from(excess: Excess) -> Self {
        Self::Excess(excess)
    }
}

impl From<&io::Error> for Why {
    fn from(error: &io::Error) -> Self {
        Excess::of(error).map_or_else(|| Self::System(system_words(error)), Self::Excess)
    }
}

impl From<&Unread> for Why {
    fn from(why: &Unread) -> Self {
        Self::Unread(Box::new(why.clone()))
    }
}

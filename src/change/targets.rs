//! Words to objects: kubectl's resource builder.
//!
//! Source: `k8s.io/cli-runtime/pkg/resource/builder.go`, unchanged in its rules from kubectl 1.27 to 1.36. It reads nothing but
//! type names; all of its own errors come before kubectl's first write.

use super::Resource;
use super::resource::Scope;
use crate::cluster::Unread;
use crate::cluster::discovery::Unresolved;
use crate::cluster::reader::{Reader, Selection};
use crate::kubectl::invocation::Invocation;

/// The words that say what is meant.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// `TYPE NAME...`, `TYPE/NAME...`, `TYPE[,TYPE]`.
    pub arguments: &'a [String],
    /// `-l`, as typed.
    pub labels: &'a str,
    /// `--field-selector`, as typed.
    pub fields: &'a str,
    /// What `--all` does here, if it was given.
    pub all: All,
    /// `-A`.
    pub all_namespaces: bool,
    /// The effective namespace.
    pub namespace: &'a str,
    /// Whether `-n` was given, so that objects elsewhere are refused one by one.
    pub enforced: bool,
}

impl<'a> Words<'a> {
    /// The words of a builder verb. `arguments` are its types and names; `all` is what `--all` means to it.
    #[must_use]
    pub fn read(
        invocation: &'a Invocation,
        arguments: &'a [String],
        all: All,
        reader: &'a Reader,
    ) -> Self {
        let text = |flag| invocation.text_if_any(flag).unwrap_or_default();
        Self {
            arguments,
            labels: text("selector"),
            fields: text("field-selector"),
            all: if invocation.truth_if_any("all") {
                all
            } else {
                All::No
            },
            all_namespaces: invocation.truth_if_any("all-namespaces"),
            namespace: &reader.place().namespace,
            enforced: invocation
                .text("namespace")
                .is_some_and(|namespace| !namespace.is_empty()),
        }
    }
}

/// `--all`, which verbs read in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum All {
    /// Not given.
    No,
    /// It is a selector of everything, and refuses names (`delete`; the builder's `SelectAllParam`).
    Selector,
    /// It selects everything when there are no names, and is ignored beside names (`label`, `annotate`; `ResourceTypeOrNameArgs(true, …)`).
    WithoutNames,
}

/// What kubectl will act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One object.
    Named {
        /// Its type.
        resource: Resource,
        /// Its namespace; empty for cluster-scoped types.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Every object that a list finds.
    Selected {
        /// The type.
        resource: Resource,
        /// Where; empty for all namespaces and for cluster-scoped types.
        namespace: String,
        /// Which.
        selection: Selection,
    },
}

/// The type and name of a `TYPE/NAME`.
pub async fn resolve_pair(word: &str, reader: &Reader) -> Result<(Resource, String), Stop> {
    let (kind, name) = split_pair(word).ok_or(Stop::Kubectl)?;
    Ok((resolve_type(reader, &kind).await?, name))
}

/// Why there are no targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// kubectl refuses these words.
    Kubectl,
    /// What a type name means could not be read.
    Unread {
        /// The type's name, as typed.
        word: String,
        /// Why.
        why: Unread,
    },
}

/// The builder's three ways to read its arguments.
enum Form {
    /// `TYPE/NAME...`, also made from `TYPE,TYPE NAME...`.
    Pairs(Vec<(String, String)>),
    /// `TYPE NAME...`.
    Names(String, Vec<String>),
    /// `TYPE[,TYPE]`.
    Types(String),
}

/// What the words mean, in the order in which kubectl acts.
pub async fn find(words: &Words<'_>, reader: &Reader) -> Result<Vec<Target>, Stop> {
    let labels = words.labels.trim();
    let fields = words.fields.trim();
    let selects = !labels.is_empty() || !fields.is_empty();
    if selects && words.all == All::Selector {
        return Err(Stop::Kubectl);
    }
    let selects = selects || words.all == All::Selector;
    let form = read_form(words.arguments).ok_or(Stop::Kubectl)?;
    match form {
        Form::Pairs(pairs) if !selects => find_pairs(words, reader, &pairs).await,
        Form::Names(kind, names) if !selects => find_names(words, reader, &kind, names).await,
        Form::Types(kinds) if selects || words.all == All::WithoutNames => {
            let selection = Selection {
                labels: labels.to_owned(),
                fields: fields.to_owned(),
            };
            let resources = resolve_types(reader, &kinds).await?;
            let lists = resources
                .into_iter()
                .filter_map(|resource| selected(words, resource, &selection));
            Ok(lists.collect())
        }
        // Names with a selector, or neither.
        _ => Err(Stop::Kubectl),
    }
}

async fn find_names(
    words: &Words<'_>,
    reader: &Reader,
    kind: &str,
    names: Vec<String>,
) -> Result<Vec<Target>, Stop> {
    // `all x`: kubectl wants one type beside names.
    let [resource] = resolve_types(reader, kind)
        .await?
        .try_into()
        .map_err(|_: Vec<_>| Stop::Kubectl)?;
    let target = |name| named(words, Resource::clone(&resource), name);
    names.into_iter().map(target).collect()
}

async fn find_pairs(
    words: &Words<'_>,
    reader: &Reader,
    pairs: &[(String, String)],
) -> Result<Vec<Target>, Stop> {
    let mut targets = Vec::with_capacity(pairs.len());
    for (kind, name) in pairs {
        let resource = resolve_type(reader, kind).await?;
        targets.push(named(words, resource, name.clone())?);
    }
    Ok(targets)
}

/// A named object; kubectl refuses to look for a name in all namespaces.
fn named(words: &Words<'_>, resource: Resource, name: String) -> Result<Target, Stop> {
    let namespace = match resource.scope {
        Scope::Cluster => String::new(),
        Scope::Namespaced if words.all_namespaces => return Err(Stop::Kubectl),
        Scope::Namespaced => words.namespace.to_owned(),
    };
    Ok(Target::Named {
        resource,
        namespace,
        name,
    })
}

/// A list; none when kubectl would list and then refuse every object, because `-n` was given beside `-A`.
fn selected(words: &Words<'_>, resource: Resource, selection: &Selection) -> Option<Target> {
    let namespace = match resource.scope {
        Scope::Namespaced if words.all_namespaces && words.enforced => return None,
        Scope::Namespaced if !words.all_namespaces => words.namespace.to_owned(),
        Scope::Namespaced | Scope::Cluster => String::new(),
    };
    Some(Target::Selected {
        resource,
        namespace,
        selection: selection.clone(),
    })
}

/// `None` when kubectl refuses the words as such.
fn read_form(arguments: &[String]) -> Option<Form> {
    let product = multiply_types(arguments);
    let arguments = product.as_deref().unwrap_or(arguments);
    let slashes = arguments.iter().filter(|word| word.contains('/')).count();
    if slashes > 0 {
        if slashes < arguments.len() {
            return None;
        }
        return arguments
            .iter()
            .map(|word| split_pair(word))
            .collect::<Option<_>>()
            .map(Form::Pairs);
    }
    match arguments {
        [] => None,
        [types] => Some(Form::Types(types.clone())),
        [types, names @ ..] => Some(Form::Names(types.clone(), names.to_vec())),
    }
}

/// `a,b x y` is `a/x a/y b/x b/y`.
fn multiply_types(arguments: &[String]) -> Option<Vec<String>> {
    let (types, names) = arguments
        .split_first()
        .filter(|(_, names)| !names.is_empty())?;
    let types = split_types(types);
    (types.len() > 1).then(|| {
        types
            .iter()
            .flat_map(|kind| names.iter().map(move |name| format!("{kind}/{name}")))
            .collect()
    })
}

fn split_pair(word: &str) -> Option<(String, String)> {
    let (kind, name) = word.split_once('/')?;
    let refused =
        kind.is_empty() || name.is_empty() || name.contains('/') || split_types(kind).len() != 1;
    (!refused).then(|| (kind.to_owned(), name.to_owned()))
}

/// The parts between commas, each spelling once.
fn split_types(word: &str) -> Vec<&str> {
    let mut types: Vec<&str> = Vec::new();
    for part in word.split(',') {
        if !types.contains(&part) {
            types.push(part);
        }
    }
    types
}

/// A first word: types and categories, each resulting type once.
async fn resolve_types(reader: &Reader, word: &str) -> Result<Vec<Resource>, Stop> {
    let mut found: Vec<Resource> = Vec::new();
    for part in split_types(word) {
        let resources = reader.resolve(part).await;
        for resource in resources.map_err(|why| stop(part, why))? {
            if !found.contains(&resource) {
                found.push(resource);
            }
        }
    }
    Ok(found)
}

/// The type of a `TYPE/NAME`, where a category is no type.
async fn resolve_type(reader: &Reader, word: &str) -> Result<Resource, Stop> {
    let resource = reader.resolve_one(word).await;
    resource.map_err(|why| stop(word, why))
}

fn stop(word: &str, why: Unresolved) -> Stop {
    match why {
        Unresolved::NoSuchType(_) => Stop::Kubectl,
        Unresolved::Unread(why) => Stop::Unread {
            word: word.to_owned(),
            why,
        },
    }
}

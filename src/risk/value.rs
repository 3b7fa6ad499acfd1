//! JSON as CEL values.

use std::collections::HashMap;

use cel::common::traits::{Container, Indexer, Iterable, Iterator as CelIterator, Sizer, Zeroer};
use cel::common::types::{
    CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelOptional,
    CelString, CelUInt, Type,
};
use cel::common::value::{Builtin, BuiltinRef, Val};
use serde_json::Value as Json;

/// A value that borrows nothing.
pub type Owned = Box<dyn Val>;

/// A JSON value in CEL, once: every later look borrows from it.
///
/// Integers become `int`, as on the API server. The crate's own route over serde makes the positive ones `uint`,
/// and `x + 1` then fails.
#[must_use]
pub fn from_json(json: &Json) -> Owned {
    match json {
        Json::Null => Box::new(CelNull),
        Json::Bool(truth) => Box::new(CelBool::from(*truth)),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Box::new(CelInt::from(integer)),
            // Kubernetes reads what does not fit into int64 as a float, too.
            None => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Json::String(text) => Box::new(CelString::from(text.clone())),
        Json::Array(items) => Box::new(CelList::from(
            items.iter().map(from_json).collect::<Vec<_>>(),
        )),
        Json::Object(fields) => Box::new(Ordered::from(
            fields
                .iter()
                .map(|(key, value)| {
                    (
                        CelMapKey::String(CelString::from(key.clone())),
                        from_json(value),
                    )
                })
                .collect::<HashMap<_, _>>(),
        )),
    }
}

/// A copy of a computed value that outlives what it was computed from; absent for values that have no name in the
/// portable subset (types, structs).
#[must_use]
pub fn detach(value: &dyn Val) -> Option<Owned> {
    Some(match value.as_builtin() {
        BuiltinRef::String(text) => Box::new(text.clone().into_static()),
        BuiltinRef::Bytes(bytes) => Box::new(CelBytes::from(bytes.inner().to_vec())),
        BuiltinRef::List(items) => Box::new(CelList::from(
            items
                .inner()
                .iter()
                .map(|item| detach(item.as_ref()))
                .collect::<Option<Vec<_>>>()?,
        )),
        BuiltinRef::Map(entries) => Box::new(Ordered::from(
            entries
                .inner()
                .iter()
                .map(|(key, value)| Some((key.clone().into_static(), detach(value.as_ref())?)))
                .collect::<Option<HashMap<_, _>>>()?,
        )),
        BuiltinRef::Optional(optional) => Box::new(match optional.option() {
            Some(inner) => CelOptional::of(detach(inner)?),
            None => CelOptional::none(),
        }),
        _ => detach_scalar(value)?,
    })
}

fn detach_scalar(value: &dyn Val) -> Option<Owned> {
    if let Some(truth) = value.downcast_ref::<CelBool>() {
        Some(Box::new(CelBool::from(*truth.inner())))
    } else if let Some(integer) = value.downcast_ref::<CelInt>() {
        Some(Box::new(CelInt::from(*integer.inner())))
    } else if let Some(integer) = value.downcast_ref::<CelUInt>() {
        Some(Box::new(CelUInt::from(*integer.inner())))
    } else if let Some(double) = value.downcast_ref::<CelDouble>() {
        Some(Box::new(CelDouble::from(*double.inner())))
    } else {
        value
            .downcast_ref::<CelNull>()
            .map(|_| Box::new(CelNull) as Owned)
    }
}

/// A map that is walked in the order of its keys.
///
/// The crate's own map is a `HashMap` with a random order, so that `labels.map(k, k).join(',')` would read
/// differently from run to run. Everything but iteration is the inner map's.
#[derive(Clone, Debug)]
struct Ordered {
    map: CelMap<'static>,
    /// The keys of `map`, sorted.
    keys: Vec<CelMapKey<'static>>,
}

impl From<HashMap<CelMapKey<'static>, Owned>> for Ordered {
    fn from(entries: HashMap<CelMapKey<'static>, Owned>) -> Self {
        let mut keys: Vec<_> = entries.keys().cloned().collect();
        keys.sort();
        Self {
            map: CelMap::from(entries),
            keys,
        }
    }
}

impl Val for Ordered {
    fn get_type(&self) -> &Type {
        self.map.get_type()
    }

    fn cel_type() -> &'static Type {
        CelMap::cel_type()
    }

    fn as_container(&self) -> Option<&dyn Container> {
        self.map.as_container()
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        self.map.as_indexer()
    }

    fn into_indexer<'v>(self: Box<Self>) -> Option<Box<dyn Indexer + 'v>>
    where
        Self: 'v,
    {
        Box::new(self.map).into_indexer()
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        self.map.as_sizer()
    }

    fn as_zeroer(&self) -> Option<&dyn Zeroer> {
        self.map.as_zeroer()
    }

    fn equals(&self, other: &dyn Val) -> bool {
        self.map.equals(other)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }

    // The two below let the crate see this as one of its own maps, so that `{} == x` holds from both sides.
    fn as_builtin<'b, 'v>(&'b self) -> BuiltinRef<'b, 'v>
    where
        Self: 'v,
    {
        BuiltinRef::Map(&self.map)
    }

    fn into_builtin<'v>(self: Box<Self>) -> Option<Builtin<'v>>
    where
        Self: 'v,
    {
        Some(Builtin::Map(self.map))
    }
}

impl Iterable for Ordered {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Keys(self.keys.iter()))
    }
}

struct Keys<'b>(std::slice::Iter<'b, CelMapKey<'static>>);

impl<'b, 'v> CelIterator<'b, 'v> for Keys<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(CelMapKey::inner)
    }
}

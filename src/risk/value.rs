//! JSON as CEL values.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use cel::ExecutionError;
use cel::common::traits::{
    Adder, Container, Indexer, Iterable, Iterator as CelIterator, Sizer, Zeroer,
};
use cel::common::types::{
    CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelOptional,
    CelString, CelUInt, Type,
};
use cel::common::value::{Builtin, BuiltinRef, CowVal, StaticVal, Val};
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
        Json::Array(items) => {
            Box::new(Items::from(items.iter().map(from_json).collect::<Vec<_>>()))
        }
        Json::Object(fields) => Box::new(Entries::from(
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
    if let Some(entries) = value.downcast_ref::<Entries>() {
        return Some(Box::new(entries.clone()));
    }
    if let Some(items) = value.downcast_ref::<Items>() {
        return Some(Box::new(items.clone()));
    }
    Some(match value.as_builtin() {
        BuiltinRef::String(text) => Box::new(text.clone().into_static()),
        BuiltinRef::Bytes(bytes) => Box::new(CelBytes::from(bytes.inner().to_vec())),
        BuiltinRef::List(items) => Box::new(Items::from(
            items
                .inner()
                .iter()
                .map(|item| detach(item.as_ref()))
                .collect::<Option<Vec<_>>>()?,
        )),
        BuiltinRef::Map(entries) => Box::new(Entries::from(
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

/// A map that is walked in the order of its keys and copied without its contents.
///
/// The crate's own map is a `HashMap` with a random order, so that `labels.map(k, k).join(',')` would read
/// differently from run to run; and `x.?spec`, which copies what it selects, would copy every level below.
/// Everything but iteration is the inner map's.
#[derive(Clone, Debug)]
struct Entries(Arc<Sorted>);

#[derive(Debug)]
struct Sorted {
    map: CelMap<'static>,
    /// The keys of `map`, sorted.
    keys: Vec<CelMapKey<'static>>,
}

/// A list that is copied without its contents.
#[derive(Clone, Debug)]
struct Items(Arc<CelList<'static>>);

impl From<HashMap<CelMapKey<'static>, Owned>> for Entries {
    fn from(entries: HashMap<CelMapKey<'static>, Owned>) -> Self {
        let mut keys: Vec<_> = entries.keys().cloned().collect();
        keys.sort();
        let map = CelMap::from(entries);
        Self(Arc::new(Sorted { map, keys }))
    }
}

impl From<Vec<Owned>> for Items {
    fn from(items: Vec<Owned>) -> Self {
        Self(Arc::new(CelList::from(items)))
    }
}

impl StaticVal for Entries {}
impl StaticVal for Items {}

/// What a shared container is to the crate: all that its inner value can do, but for iteration and copying.
macro_rules! as_inner {
    ($inner:ident => $own:ty, $builtin:ident) => {
        fn get_type(&self) -> &Type {
            self.$inner().get_type()
        }

        fn cel_type() -> &'static Type {
            <$own>::cel_type()
        }

        fn as_container(&self) -> Option<&dyn Container> {
            self.$inner().as_container()
        }

        fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
        where
            Self: 'v,
        {
            Some(self)
        }

        fn into_indexer<'v>(self: Box<Self>) -> Option<Box<dyn Indexer + 'v>>
        where
            Self: 'v,
        {
            Some(self)
        }

        fn as_sizer(&self) -> Option<&dyn Sizer> {
            self.$inner().as_sizer()
        }

        fn as_zeroer(&self) -> Option<&dyn Zeroer> {
            self.$inner().as_zeroer()
        }

        fn equals(&self, other: &dyn Val) -> bool {
            self.$inner().equals(other)
        }

        fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
        where
            Self: 'v,
        {
            Box::new(self.clone())
        }

        fn as_any(&self) -> Option<&dyn Any> {
            Some(self)
        }

        // The two below let the crate see one of its own containers, so that `{} == x` holds from both sides.
        fn as_builtin<'b, 'v>(&'b self) -> BuiltinRef<'b, 'v>
        where
            Self: 'v,
        {
            BuiltinRef::$builtin(self.$inner())
        }

        fn into_builtin<'v>(self: Box<Self>) -> Option<Builtin<'v>>
        where
            Self: 'v,
        {
            Some(Builtin::$builtin(self.$inner().clone()))
        }
    };
}

/// Looks up without taking the container apart: others may hold it.
macro_rules! index_inner {
    ($inner:ident) => {
        fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
        where
            Self: 'v,
        {
            self.$inner().get(key)
        }

        fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
        where
            Self: 'v,
        {
            self.$inner().get(key).map(CowVal::into_owned)
        }
    };
}

impl Entries {
    fn map(&self) -> &CelMap<'static> {
        &self.0.map
    }
}

impl Items {
    fn list(&self) -> &CelList<'static> {
        &self.0
    }
}

impl Val for Entries {
    as_inner!(map => CelMap, Map);

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }
}

impl Val for Items {
    as_inner!(list => CelList, List);

    fn as_adder<'b, 'v>(&'b self) -> Option<&'b (dyn Adder + 'v)>
    where
        Self: 'v,
    {
        self.list().as_adder()
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        self.list().as_iterable()
    }
}

impl Indexer for Entries {
    index_inner!(map);
}

impl Indexer for Items {
    index_inner!(list);
}

impl Iterable for Entries {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Keys(self.0.keys.iter()))
    }
}

struct Keys<'b>(std::slice::Iter<'b, CelMapKey<'static>>);

impl<'b, 'v> CelIterator<'b, 'v> for Keys<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(CelMapKey::inner)
    }
}

//! The keys of a value, at any depth: what a document says something about, without keeping what it says.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_yaml::Value;

/// The keys of all maps of a value.
#[derive(Debug, Default)]
pub(super) struct Keys(pub(super) BTreeSet<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything)
    }
}

struct Anything;

macro_rules! keyless {
    ($($visit:ident $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Keys, E> {
            Ok(Keys::default())
        })*
    };
}

impl<'de> Visitor<'de> for Anything {
    type Value = Keys;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("anything")
    }

    keyless!(
        visit_bool bool, visit_i64 i64, visit_i128 i128, visit_u64 u64, visit_u128 u128, visit_f64 f64, visit_str &str,
        visit_bytes &[u8]
    );

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(Keys::default())
    }

    fn visit_none<E>(self) -> Result<Keys, E> {
        Ok(Keys::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Keys, D::Error> {
        Keys::deserialize(from)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<Keys, D::Error> {
        Keys::deserialize(from)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Keys, A::Error> {
        let mut keys = Keys::default();
        while let Some(Keys(inside)) = seq.next_element()? {
            keys.0.extend(inside);
        }
        Ok(keys)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Keys::default();
        while let Some((key, Keys(inside))) = map.next_entry::<Value, Keys>()? {
            keys.0.extend(key.as_str().map(str::to_owned));
            keys.0.extend(inside);
        }
        Ok(keys)
    }

    /// A value with a tag.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Keys, A::Error> {
        tagged.variant::<IgnoredAny>()?.1.newtype_variant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_maps_in_maps_and_lists_are_told() {
        let yaml = "a: {b: [{c: 1}, x, !tag {d: ~}], 2: e}\nf: {<<: {g: 0.5}}\n";
        let keys: Keys = serde_yaml::from_str(yaml).unwrap();
        assert_eq!(
            keys.0,
            ["<<", "a", "b", "c", "d", "f", "g"]
                .map(str::to_owned)
                .into()
        );
        let keys: Keys = serde_json::from_str(r#"{"a": [null, true, {"b": "c"}]}"#).unwrap();
        assert_eq!(keys.0, ["a", "b"].map(str::to_owned).into());
    }
}

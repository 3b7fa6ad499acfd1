//! Whether an object, or a part of one, asks for more of a node than a container of its own: seen while it is read, so that rules about
//! nodes drop out of a write that has nothing to do with them.

use std::fmt;

use serde::de::{
    Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_yaml::Value;

/// Whether it does. The fields count wherever they stand, so it may be said of an object that makes no pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostAccess(pub bool);

impl<'de> Deserialize<'de> for HostAccess {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Part::deserialize(from)?.asks))
    }
}

/// One value on the way.
#[derive(Clone, Copy)]
struct Part {
    /// Whether something in it asks.
    asks: bool,
    is: Is,
}

/// What matters of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    True,
    Null,
    /// A map with the key `add`, as `capabilities` may be.
    Adding,
    Other,
}

impl From<Is> for Part {
    fn from(is: Is) -> Self {
        Self { asks: false, is }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Part;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("anything")
    }

    fn visit_bool<E>(self, is_true: bool) -> Result<Part, E> {
        Ok(if is_true { Is::True } else { Is::Other }.into())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Part, E> {
        Ok(Is::Other.into())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Part, E> {
        Ok(Is::Other.into())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Part, E> {
        Ok(Is::Other.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Part, E> {
        // YAML 1.1 has more words for it than our parser knows.
        let word = text.to_ascii_lowercase();
        let is_true = matches!(word.as_str(), "true" | "yes" | "on" | "y");
        Ok(if is_true { Is::True } else { Is::Other }.into())
    }

    fn visit_unit<E>(self) -> Result<Part, E> {
        Ok(Is::Null.into())
    }

    fn visit_none<E>(self) -> Result<Part, E> {
        Ok(Is::Null.into())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Part, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<Part, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Part, A::Error> {
        let mut whole = Part::from(Is::Other);
        while let Some(item) = items.next_element::<Part>()? {
            whole.asks |= item.asks;
        }
        Ok(whole)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part, A::Error> {
        let mut whole = Part::from(Is::Other);
        while let Some(key) = map.next_key::<Value>()? {
            let value: Part = map.next_value()?;
            whole.asks |= value.asks;
            match key.as_str().unwrap_or_default() {
                "hostPID" | "hostNetwork" | "hostIPC" | "privileged" => {
                    whole.asks |= value.is == Is::True;
                }
                "hostPath" => whole.asks |= value.is != Is::Null,
                "capabilities" => whole.asks |= value.is == Is::Adding,
                "add" => whole.is = Is::Adding,
                _ => {}
            }
        }
        Ok(whole)
    }

    /// A tag of YAML.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Part, A::Error> {
        let (_, content) = data.variant::<serde::de::IgnoredAny>()?;
        content.newtype_variant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(text: &str) -> bool {
        let HostAccess(asks) = serde_yaml::from_str(text).expect("YAML");
        asks
    }

    #[test]
    fn fields_ask_wherever_they_stand() {
        for text in [
            "{hostPID: true}",
            "{template: {spec: {hostNetwork: yes}}}",
            "volumes: [{name: a, hostPath: {path: /}}]",
            "containers: [{securityContext: {privileged: true}}]",
            "containers: [{securityContext: {capabilities: {add: [SYS_ADMIN]}}}]",
            "{a: &a {hostPath: {path: /}}, b: [*a]}",
        ] {
            assert!(asks(text), "{text}");
        }
    }

    #[test]
    fn an_ordinary_spec_asks_for_nothing() {
        for text in [
            "{hostPID: false, hostNetwork: null, hostPath: null}",
            "containers: [{image: a, command: [hostPath], securityContext: {capabilities: {drop: [ALL]}}}]",
            "{replicas: 3, paused: true}",
            "null",
        ] {
            assert!(!asks(text), "{text}");
        }
    }
}

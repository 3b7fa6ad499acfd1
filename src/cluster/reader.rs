//! Bounded reads, live or from a snapshot. "Could not read" is a value with its reason.

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

//! What a rule must know beyond the words: old objects, and facts by name.

/// Every fact that a rule may name as `facts.NAME`. `cluster::facts` reads them and says their shapes.
pub const FACT_NAMES: [&str; 28] = [
    "ack",
    "albUsers",
    "claims",
    "classParameters",
    "commands",
    "diskClaims",
    "drain",
    "eniConfig",
    "host",
    "instances",
    "lostBackends",
    "namespace",
    "nasMounts",
    "nodePods",
    "onMaster",
    "pod",
    "pool",
    "reclaimBefore",
    "registered",
    "sameDisk",
    "schedulableAfter",
    "selectedPods",
    "serverHost",
    "serverMinor",
    "serverless",
    "terwayNodes",
    "virtualPods",
    "volume",
];

/// One thing that must be read before a rule can be judged on a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The change's object as it is now.
    Object,
    /// The object as it will be: kubectl's dry run.
    Rehearsal,
    /// A fact, by its name in [`FACT_NAMES`].
    Fact(&'static str),
}

/// The fact with this name.
#[must_use]
pub fn fact(name: &str) -> Option<&'static str> {
    FACT_NAMES.into_iter().find(|known| *known == name)
}

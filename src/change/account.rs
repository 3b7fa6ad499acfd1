//! What `docs/verbs.md` says of a guarded verb. Each family writes its account beside the code that it is about.

/// How the changes of one verb are found out.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The requests of kubectl that become changes, in admission's words: `UPDATE of each node`.
    pub changes: &'static str,
    /// What is read to list them, before any rule is asked.
    pub reads: &'static [Read],
    /// What cannot be known before kubectl runs, and what happens then. Whole sentences.
    pub exceptions: &'static [&'static str],
}

impl Account {
    /// Whether this is one of the exceptions.
    #[must_use]
    pub fn says(&self, exception: &str) -> bool {
        self.exceptions.contains(&exception)
    }
}

/// One thing that is read.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// What, and when.
    pub what: &'static str,
    /// How many requests it takes: `none`, `1`, `1 for each node`.
    pub requests: &'static str,
}

impl Read {
    /// Most verbs take type names.
    pub const TYPES: Self = Self {
        what: "What a type name means: names and short names of core v1 are known",
        requests: "none; else 2 (`/api` and `/apis`), and 1 for each group and version of a server without aggregated discovery",
    };
    /// Most verbs take files.
    pub const FILES: Self = Self {
        what: "Objects in files and on standard input: their types, names, and namespaces, read here; what \
               cannot be read with certainty (YAML tags, merge keys, a list in a list, a URL, a kustomization) is read by \
               `kubectl annotate --local`, which asks no server",
        requests: "none; 2 for the types unless they are core v1",
    };
    /// What an update starts from.
    pub const OLD: Self = Self {
        what: "Each named object, as it is now: where a rule is left that looks at it",
        requests: "1 for each object, 8 at a time",
    };
    /// Most verbs take selectors.
    pub const SELECTED: Self = Self {
        what: "Objects that `-l`, `--field-selector`, or `--all` selects: where a rule could look at their type",
        requests: "1 for each type and 500 objects",
    };
    /// Writing verbs whose new objects only kubectl knows.
    pub const REHEARSAL: Self = Self {
        what: "The objects as they will be: one rehearsal, when a rule is left that asks for them, and for a plan",
        requests: "none; else those of kubectl's own dry run, and 1 for each group and version that is not Kubernetes' own",
    };
}

/// The exception of every verb that lists.
pub const MEANWHILE: &str = "Between the look and kubectl's own list, objects can come and go; a selector then meets others than \
     were judged. After a question the cluster is looked at again.";

/// The verbs that say it send nothing behind a refusal, and neither does their plan list it.
pub const STOPS: &str = "kubectl ends at the first request that the server refuses. A plan ends there too, as the dry run shows; where \
     the dry run does not tell, the plan is incomplete.";

// A plan of a verb that says one of these is incomplete then, and may list more than is sent, or nothing; of no other. The random
// test holds all verbs to that.

/// An incomplete plan lists what kubectl does to each object if nothing is refused.
pub const TOGETHER: &str = "When some objects are refused, the dry run shows none of the others. They are then rehearsed again by \
     themselves: three more runs of kubectl. New objects that may lack only another object of the same command, such as their \
     namespace, are judged as they are written. Where nobody can tell whether an object is written, the plan is incomplete and \
     lists it (with `--force`, as deleted and created as well), and a rule that looks at it asks.";
/// An incomplete plan lists nothing.
pub const WAITS: &str = "Where a workload has no pod yet, kubectl waits for one, and nobody knows which it will be: the plan is \
     incomplete, and asks.";
/// An incomplete plan lists a request that may be another in the server's eyes.
pub const NO_OBJECT: &str = "`--raw` of a path that is no object's, or behind a proxy: what the request does is not known. The \
     plan is incomplete, and asks.";

//! Every command of kubectl and every flag it takes.
//!
//! The table is the union of kubectl 1.27 to 1.37. A union is enough, and is the safe side: a flag that the installed kubectl
//! does not have makes kubectl stop by itself, so looking at the cluster first harms nobody. The generator refuses versions that
//! cannot be merged, such as a flag that takes the next word in one version and not in another.

use std::fmt;

#[rustfmt::skip]
mod table;

pub use table::{GLOBAL, ROOT, SPANS};

/// A minor version of kubectl 1: 36 stands for 1.36.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minor(pub u8);

impl Minor {
    /// The oldest kubectl that the table describes.
    pub const OLDEST: Self = table::OLDEST;
    /// The newest kubectl that the table describes. A flag missing from the table may exist in anything newer.
    pub const NEWEST: Self = table::NEWEST;
}

impl fmt::Display for Minor {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "1.{}", self.0)
    }
}

/// One command or group of commands.
#[derive(Debug)]
pub struct Command {
    /// The words that lead here, `rollout restart`; empty for `kubectl` itself.
    pub path: &'static str,
    /// Other names for the last word of the path.
    pub aliases: &'static [&'static str],
    /// First version that has the command.
    pub first: Minor,
    /// Last version that has it, [`Minor::NEWEST`] when it is still there.
    pub last: Minor,
    /// Its own flags; the global ones come on top.
    pub flags: &'static [Flag],
    /// Its subcommands.
    pub children: &'static [Self],
}

impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Command {}

impl Command {
    /// The last word of the path, cobra's `Name()`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.rsplit(' ').next().unwrap_or_default()
    }

    /// The subcommand called `word`. Case matters and there are no abbreviations.
    #[must_use]
    pub fn child(&self, word: &[u8]) -> Option<&'static Self> {
        self.children.iter().find(|child| {
            child.name().as_bytes() == word
                || child.aliases.iter().any(|alias| alias.as_bytes() == word)
        })
    }

    /// The flag called `--name`, own or global; `_` counts as `-`, as kubectl's normaliser has it.
    ///
    /// An own flag hides the global one of the same name wherever it stands: `--user` of `create rolebinding` is a subject.
    #[must_use]
    pub fn flag(&self, name: &[u8]) -> Option<&'static Flag> {
        self.flags
            .iter()
            .chain(GLOBAL)
            .find(|flag| flag.is_called(name))
    }

    /// The flag with the one-letter name `-letter`. A hidden global flag loses its letter too.
    #[must_use]
    pub fn shorthand(&self, letter: u8) -> Option<&'static Flag> {
        let own = |flag: &&Flag| flag.short == Some(letter);
        self.flags.iter().find(own).or_else(|| {
            let global = GLOBAL.iter().find(own)?;
            self.flags
                .iter()
                .all(|flag| flag.long != global.long)
                .then_some(global)
        })
    }

    /// Is this command in every version of the table?
    #[must_use]
    pub fn always(&self) -> bool {
        self.first == Minor::OLDEST && self.last == Minor::NEWEST
    }

    /// The guarded verb that this command is, if it is one.
    #[must_use]
    pub fn verb(&self) -> Option<Verb> {
        Verb::ALL
            .iter()
            .copied()
            .find(|verb| verb.path() == self.path)
    }
}

/// One flag.
#[derive(Debug)]
pub struct Flag {
    /// Its name without dashes.
    pub long: &'static str,
    /// Its letter.
    pub short: Option<u8>,
    /// What its value is.
    pub kind: Kind,
}

impl PartialEq for Flag {
    fn eq(&self, other: &Self) -> bool {
        self.long == other.long
    }
}

impl Eq for Flag {}

impl Flag {
    fn is_called(&self, name: &[u8]) -> bool {
        self.long.len() == name.len()
            && self
                .long
                .bytes()
                .zip(name)
                .all(|(here, &there)| here == if there == b'_' { b'-' } else { there })
    }

    /// The value of the flag when it stands alone (pflag's `NoOptDefVal`). `None`: it takes the next word, whatever that looks like.
    #[must_use]
    pub fn alone(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Bool { .. } => Some("true"),
            Kind::Text { alone } => alone,
            Kind::Integer | Kind::Duration | Kind::List | Kind::CsvList | Kind::Map => None,
        }
    }
}

/// What a flag's value is, in pflag's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `strconv.ParseBool`.
    Bool {
        /// The value when the flag is absent.
        default: bool,
    },
    /// A Go integer, any base.
    Integer,
    /// A Go duration, with a unit.
    Duration,
    /// Any text; flags such as `--dry-run` have a value for standing alone.
    Text {
        /// That value.
        alone: Option<&'static str>,
    },
    /// pflag's `StringArray`: one element for each occurrence, commas kept.
    List,
    /// pflag's `StringSlice`: each occurrence is a line of CSV.
    CsvList,
    /// pflag's `StringToString`: `k=v,k=v`.
    Map,
}

/// Declares the guarded verbs: adding one is adding a line.
macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident = $path:literal,)+) => {
        /// The commands whose changes are judged; everything else runs untouched.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Verb { $($(#[$doc])* $verb,)+ }

        impl Verb {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$verb,)+];

            /// The words that name it, as in [`Command::path`].
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$verb => $path,)+ }
            }
        }
    };
}

verbs! {
    /// Takes objects away.
    Delete = "delete",
    /// Closes a node and evicts its pods.
    Drain = "drain",
    /// Closes a node to new pods.
    Cordon = "cordon",
    /// Opens it again.
    Uncordon = "uncordon",
    /// Repels pods from a node, or evicts them.
    Taint = "taint",
    /// Changes annotations, which controllers act on.
    Annotate = "annotate",
    /// Changes labels, which selectors and controllers act on.
    Label = "label",
    /// Makes new objects.
    Create = "create",
    /// Makes objects as a file says, whether they are there or not.
    Apply = "apply",
    /// Writes down what the next apply compares with.
    SetLastApplied = "apply set-last-applied",
    /// Lets a certificate be signed, such as a new node's.
    Approve = "certificate approve",
    /// Lets it not be signed.
    Deny = "certificate deny",
    /// Grants what a file's roles and bindings grant.
    Reconcile = "auth reconcile",
    /// Puts a file's objects in the place of those that are there.
    Replace = "replace",
    /// Runs a command in a container.
    Exec = "exec",
    /// Joins what a container runs.
    Attach = "attach",
    /// Copies files into a container, or out of it, by running `tar` there.
    Cp = "cp",
    /// Adds a container to a pod, or a pod to a node, to look inside.
    Debug = "debug",
    /// Opens a local port to a pod's.
    PortForward = "port-forward",
    /// Opens a local port to the API server.
    Proxy = "proxy",
    /// Changes fields of objects.
    Patch = "patch",
    /// Changes how many pods a workload has.
    Scale = "scale",
    /// Changes the images of containers.
    SetImage = "set image",
    /// Changes the environment of containers.
    SetEnv = "set env",
    /// Changes what containers request, and may use.
    SetResources = "set resources",
    /// Changes which pods a Service reaches.
    SetSelector = "set selector",
    /// Changes as whom pods run.
    SetServiceAccount = "set serviceaccount",
    /// Adds those whom a role is bound to.
    SetSubject = "set subject",
    /// Replaces the pods of workloads.
    RolloutRestart = "rollout restart",
    /// Goes back to an earlier revision of workloads.
    RolloutUndo = "rollout undo",
    /// Keeps Deployments from following their template.
    RolloutPause = "rollout pause",
    /// Lets them follow it again.
    RolloutResume = "rollout resume",
    /// Makes autoscalers for workloads.
    Autoscale = "autoscale",
    /// Makes Services for workloads and pods.
    Expose = "expose",
    /// Makes a pod.
    Run = "run",
    /// Makes a `ClusterRole`.
    CreateClusterRole = "create clusterrole",
    /// Makes a `ClusterRoleBinding`.
    CreateClusterRoleBinding = "create clusterrolebinding",
    /// Makes a `ConfigMap`.
    CreateConfigMap = "create configmap",
    /// Makes a `CronJob`.
    CreateCronJob = "create cronjob",
    /// Makes a Deployment.
    CreateDeployment = "create deployment",
    /// Makes an Ingress.
    CreateIngress = "create ingress",
    /// Makes a Job.
    CreateJob = "create job",
    /// Makes a Namespace.
    CreateNamespace = "create namespace",
    /// Makes a `PodDisruptionBudget`.
    CreatePodDisruptionBudget = "create poddisruptionbudget",
    /// Makes a `PriorityClass`.
    CreatePriorityClass = "create priorityclass",
    /// Makes a `ResourceQuota`.
    CreateQuota = "create quota",
    /// Makes a Role.
    CreateRole = "create role",
    /// Makes a `RoleBinding`.
    CreateRoleBinding = "create rolebinding",
    /// Makes a Secret with a registry's password.
    CreateSecretDockerRegistry = "create secret docker-registry",
    /// Makes a Secret.
    CreateSecretGeneric = "create secret generic",
    /// Makes a Secret with a certificate.
    CreateSecretTls = "create secret tls",
    /// Makes a Service inside the cluster.
    CreateServiceClusterIp = "create service clusterip",
    /// Makes a Service that is another's name.
    CreateServiceExternalName = "create service externalname",
    /// Makes a Service with a load balancer.
    CreateServiceLoadBalancer = "create service loadbalancer",
    /// Makes a Service on a port of every node.
    CreateServiceNodePort = "create service nodeport",
    /// Makes a `ServiceAccount`.
    CreateServiceAccount = "create serviceaccount",
    /// Makes a token of a `ServiceAccount`.
    CreateToken = "create token",
    /// Opens objects in an editor.
    Edit = "edit",
    /// Opens what `apply` was last given in an editor.
    EditLastApplied = "apply edit-last-applied",
}

//! Which verbs are tried, in which forms and how often, and what their lines must have.

/// What a line is about: the way in which it says its objects.
pub type Form = &'static str;

/// Verbs that are tried together, on a control plane of their own.
pub struct Family {
    pub lines: usize,
    /// Each verb with its forms; the weight is how often its turn comes.
    pub verbs: &'static [(&'static str, usize, &'static [Form])],
    /// Forms that kubectl refuses always: none of them writes.
    pub refused: &'static [(&'static str, Form)],
    /// What lines have besides their form, and how many must have it.
    pub traits: &'static [(&'static str, usize)],
}

impl Family {
    /// What each line is about: verbs by their weights, each verb's forms in turn.
    pub fn turns(&self) -> Vec<(&'static str, Form)> {
        let order: Vec<usize> = self
            .verbs
            .iter()
            .enumerate()
            .flat_map(|(index, (_, weight, _))| std::iter::repeat_n(index, *weight))
            .collect();
        let mut next_form = vec![0; self.verbs.len()];
        (0..self.lines)
            .map(|number| {
                let index = order[number % order.len()];
                let (verb, _, forms) = self.verbs[index];
                let form = forms[next_form[index] % forms.len()];
                next_form[index] += 1;
                (verb, form)
            })
            .collect()
    }
}

/// Verbs that say which objects, and little else.
pub const OBJECT_VERBS: Family = Family {
    lines: 560,
    verbs: &[
        (
            "delete",
            9,
            &[
                "names",
                "pairs",
                "product",
                "types",
                "category",
                "labels",
                "fields",
                "all",
                "everywhere",
                "file",
                "folder",
                "list",
                "stdin",
                "json",
                "kustomize",
                "raw-object",
                "raw-collection",
                "raw-odd",
            ],
        ),
        ("label", 4, OBJECTS),
        ("annotate", 4, OBJECTS),
        ("drain", 3, &["names", "pairs", "labels"]),
        ("cordon", 2, &["names", "pairs", "labels"]),
        ("uncordon", 2, &["names", "pairs", "labels"]),
        ("taint", 3, &["names", "labels", "all"]),
    ],
    refused: &[],
    traits: &[
        ("as", 5),
        ("as-viewer", 2),
        ("cascade", 20),
        ("context", 12),
        ("dash", 4),
        ("delete-emptydir-data", 15),
        ("disable-eviction", 8),
        ("dry-run", 20),
        ("file-labels", 6),
        ("flag-before-verb", 60),
        ("force", 30),
        ("glob", 1),
        ("grace-period", 15),
        ("ignore-daemonsets", 15),
        ("kuberc-alias", 6),
        ("kuberc-defaults", 10),
        ("list-only", 3),
        ("local", 3),
        ("missing", 20),
        ("now", 3),
        ("overwrite", 50),
        ("overwrite-off", 3),
        ("pod-selector", 6),
        ("raw-body", 3),
        ("record", 1),
        ("recursive", 5),
        ("resource-version", 3),
    ],
};

/// Verbs whose objects stand in files.
pub const FILE_VERBS: Family = Family {
    lines: 520,
    verbs: &[
        (
            "create",
            5,
            &[
                "file",
                "folder",
                "list",
                "stdin",
                "json",
                "kustomize",
                "raw",
                "broken",
            ],
        ),
        ("apply", 9, IN_FILES),
        ("apply set-last-applied", 2, &["file", "list", "json"]),
        (
            "replace",
            5,
            &[
                "file",
                "folder",
                "list",
                "stdin",
                "json",
                "kustomize",
                "raw",
            ],
        ),
        ("auth reconcile", 2, &["file", "list", "stdin"]),
        ("certificate approve", 1, &["names", "pairs"]),
        ("certificate deny", 1, &["names", "pairs"]),
    ],
    refused: &[("apply", "broken"), ("create", "broken")],
    traits: &[
        ("as", 5),
        ("changed", 100),
        ("context", 12),
        ("dry-run", 10),
        ("file-labels", 15),
        ("force", 15),
        ("generated", 10),
        ("invalid", 15),
        ("kuberc-defaults", 8),
        ("new", 100),
        ("new-namespace", 15),
        ("odd", 3),
        ("overwrite-off", 8),
        ("prune", 15),
        ("server-side", 30),
        ("respelled", 10),
        ("unchanged", 60),
    ],
};

/// Verbs that change a part of an object, or make one from words.
pub const PART_VERBS: Family = Family {
    lines: 850,
    verbs: &[
        ("patch", 6, &["names", "pairs", "file"]),
        ("scale", 4, SELECTED),
        ("autoscale", 2, &["names", "pairs", "file"]),
        ("expose", 3, &["names", "pairs", "file"]),
        ("set image", 3, SELECTED),
        ("set env", 3, SELECTED),
        ("set resources", 2, SELECTED),
        ("set selector", 2, &["names", "pairs"]),
        ("set serviceaccount", 2, &["names", "pairs", "all", "file"]),
        ("set subject", 2, &["pairs"]),
        ("rollout restart", 3, ROLLED),
        ("rollout undo", 3, ROLLED),
        ("rollout pause", 2, ROLLED),
        ("rollout resume", 2, ROLLED),
        ("run", 3, &["plain", "expose", "overrides", "command", "rm"]),
        ("create configmap", 2, WORDS),
        ("create secret generic", 2, WORDS),
        ("create secret docker-registry", 2, WORDS),
        ("create deployment", 2, WORDS),
        ("create job", 2, WORDS),
        ("create cronjob", 2, WORDS),
        ("create service clusterip", 2, WORDS),
        ("create service nodeport", 2, WORDS),
        ("create service loadbalancer", 2, WORDS),
        ("create service externalname", 2, WORDS),
        ("create serviceaccount", 2, WORDS),
        ("create role", 2, WORDS),
        ("create rolebinding", 2, WORDS),
        ("create clusterrole", 2, WORDS),
        ("create clusterrolebinding", 2, WORDS),
        ("create ingress", 2, WORDS),
        ("create poddisruptionbudget", 2, WORDS),
        ("create priorityclass", 2, WORDS),
        ("create quota", 2, WORDS),
        ("create namespace", 2, WORDS),
        ("create token", 2, WORDS),
    ],
    refused: &[],
    traits: &[
        ("as", 5),
        ("dry-run", 15),
        ("list-only", 1),
        ("local", 3),
        ("missing", 8),
        ("patch-file", 10),
        ("patch-json", 15),
        ("patch-merge", 15),
        ("precondition", 8),
        ("record", 3),
        ("subresource", 2),
        ("to-revision", 8),
    ],
};

/// Verbs that open a connection into a Pod, or put something beside it.
pub const CONNECTION_VERBS: Family = Family {
    lines: 220,
    verbs: &[
        ("exec", 4, &["names", "pairs", "workload"]),
        ("attach", 2, &["names", "pairs", "workload"]),
        ("port-forward", 2, &["names", "pairs", "workload"]),
        ("cp", 3, &["to", "from"]),
        ("debug", 4, &["pod", "copy", "node"]),
    ],
    refused: &[],
    traits: &[("as", 5), ("debug-replace", 4), ("missing", 4)],
};

const SELECTED: &[Form] = &["names", "pairs", "labels", "all", "file"];
const ROLLED: &[Form] = &["names", "pairs", "type", "labels", "file"];
const WORDS: &[Form] = &["words"];
const IN_FILES: &[Form] = &[
    "file",
    "folder",
    "list",
    "stdin",
    "json",
    "kustomize",
    "broken",
];

const OBJECTS: &[Form] = &[
    "names",
    "pairs",
    "product",
    "types",
    "labels",
    "fields",
    "all",
    "everywhere",
    "file",
    "folder",
    "list",
    "stdin",
    "json",
    "kustomize",
];

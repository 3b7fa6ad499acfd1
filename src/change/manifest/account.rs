//! What `docs/verbs.md` says of the verbs that take files.

use crate::change::account::{self, Account, Read};

const LIVE: Read = Read {
    what: "The objects as they are",
    requests: "1 for each object in the files",
};
const REFUSED: &str = "What the dry run shows to be refused is not listed, and not judged: kubectl is run and says so itself. A webhook \
    that knows no dry run, or a server that does not answer, is no such refusal: then the command is asked about.";

/// `create -f`.
pub const CREATE: Account = Account {
    changes: "CREATE of each object in the files; with `--raw`, one POST.",
    reads: &[Read::FILES, Read::REHEARSAL],
    exceptions: &[
        REFUSED,
        "A name that the server makes up (`generateName`) is empty in the plan.",
        "With `--edit` each object is judged as it was saved, without the server's defaults; until then the plan is incomplete.",
    ],
};
/// `apply`.
pub const APPLY: Account = Account {
    changes: "CREATE or UPDATE of each object in the files; DELETE of what `--prune` finds; DELETE and CREATE of what \
              `--force` cannot change.",
    reads: &[
        Read::FILES,
        LIVE,
        Read::REHEARSAL,
        Read {
            what: "For a plan of what stays as it is: whether kubectl sends it all the same, by one more dry run",
            requests: "those of kubectl's own dry run",
        },
        Read {
            what: "With `--prune`: what was applied before and fits the selector",
            requests: "1 for each type, namespace and 500 objects",
        },
    ],
    exceptions: &[
        REFUSED,
        account::TOGETHER,
        "kubectl prunes only when all went well. What `--prune` finds is listed unless the dry run shows that something is refused.",
        "kubectl compares texts: it sends a value that is only written in another way (`1000m` for `1`), which changes nothing. A \
         plan lists it, as kubectl's dry run says it; no rule minds it.",
        "What an ApplySet (`--applyset`, alpha) prunes is kubectl's own book-keeping: the plan is incomplete, and asks.",
    ],
};
/// `replace`.
pub const REPLACE: Account = Account {
    changes: "UPDATE of each object in the files, CREATE of those that are not there (the server then makes Services, Roles and a few others); with `--force`, DELETE and CREATE of each; with `--raw`, one PUT.",
    reads: &[Read::FILES, LIVE, Read::REHEARSAL],
    exceptions: &[
        REFUSED,
        "With `--force` the new objects are judged as they are written, without the server's defaults: they cannot be there \
         before the old ones are gone.",
    ],
};
/// `apply set-last-applied`.
pub const SET_LAST_APPLIED: Account = Account {
    changes: "UPDATE of each object in the files whose annotation differs.",
    reads: &[Read::FILES, LIVE, Read::REHEARSAL],
    exceptions: &[REFUSED, account::STOPS],
};
/// `auth reconcile`.
pub const RECONCILE: Account = Account {
    changes: "CREATE or UPDATE of each role and binding that grants less than the file; DELETE and CREATE of a binding of another role; CREATE of a namespace that is not there.",
    reads: &[
        Read::FILES,
        LIVE,
        Read {
            what: "What they will grant: kubectl's own run with `--dry-run=client -o json`",
            requests: "those of kubectl",
        },
    ],
    exceptions: &[],
};

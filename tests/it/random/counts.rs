//! That the lines are what they are meant to be: no form may silently vanish, or stop making kubectl write.

use std::collections::BTreeMap;

use super::line::Line;
use super::oracle::Sent;
use super::surroundings::has_preferences;
use super::verbs::VERBS;

/// What lines have besides their form, and how many must have it.
const TRAITS: &[(&str, usize)] = &[
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
];

/// How often each thing was tried, and how often it made kubectl write.
#[derive(Debug, Default)]
pub struct Counts(BTreeMap<String, Count>);

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    tried: usize,
    wrote: usize,
}

impl Counts {
    pub fn add(&mut self, line: &Line, sent: &Sent) {
        let (verb, form) = line.turn;
        let traits = line.traits.iter().map(|it| (*it).to_owned());
        let keys = [
            "every line".to_owned(),
            verb.to_owned(),
            format!("{verb} {form}"),
        ];
        for key in traits.chain(keys) {
            let count = self.0.entry(key).or_default();
            count.tried += 1;
            count.wrote += usize::from(!sent.accepted.is_empty());
        }
    }

    fn of(&self, key: &str) -> Count {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// # Panics
    /// When there was too little of something.
    pub fn check(&self) {
        for (verb, _, forms) in VERBS {
            let of_verb = self.of(verb);
            assert!(
                of_verb.tried >= 30 && of_verb.wrote * 4 >= of_verb.tried,
                "{verb}: {self:#?}"
            );
            for form in *forms {
                let tried = self.of(&format!("{verb} {form}")).tried;
                assert!(
                    tried >= 5 && self.of(form).wrote >= 3,
                    "{verb} {form}: {self:#?}"
                );
            }
        }
        let has = |what: &str| has_preferences() || !what.starts_with("kuberc");
        for (what, least) in TRAITS.iter().filter(|(what, _)| has(what)) {
            assert!(self.of(what).tried >= *least, "{what}: {self:#?}");
        }
        let all = self.of("every line");
        assert!(all.tried >= 500 && all.wrote * 2 >= all.tried, "{self:#?}");
    }
}

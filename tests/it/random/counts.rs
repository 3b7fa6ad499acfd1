//! That the lines are what they are meant to be: no form may silently vanish, or stop making kubectl write.

use std::collections::BTreeMap;

use super::line::Line;
use super::oracle::Sent;
use super::surroundings::has_preferences;
use super::verbs::Family;

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
            // No kubelet answers here: a connection is asked for, and refused.
            let connects = sent.refused.iter().any(|it| it.starts_with("CONNECT "));
            count.wrote += usize::from(connects || !sent.accepted.is_empty());
        }
    }

    fn of(&self, key: &str) -> Count {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// # Panics
    /// When there was too little of something.
    pub fn check(&self, family: &Family) {
        for (verb, _, forms) in family.verbs {
            let of_verb = self.of(verb);
            assert!(of_verb.tried >= 5, "{verb}: {self:#?}");
            for form in *forms {
                let tried = self.of(&format!("{verb} {form}")).tried;
                assert!(tried >= 2, "{verb} {form}: {self:#?}");
            }
        }
        let has = |what: &str| has_preferences() || !what.starts_with("kuberc");
        for (what, least) in family.traits.iter().filter(|(what, _)| has(what)) {
            assert!(self.of(what).tried >= *least, "{what}: {self:#?}");
        }
        let all = self.of("every line");
        assert!(
            all.tried == family.lines && all.wrote * 2 >= all.tried,
            "{self:#?}"
        );
    }
}

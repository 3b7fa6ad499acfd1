//! That the lines are what they are meant to be: no form may silently vanish, or stop making kubectl write.

use std::collections::BTreeMap;

use super::line::Line;
use super::oracle::Sent;
use super::surroundings::has_preferences;
use super::verbs::{Family, Form};

/// How often each form of each verb must make kubectl write, unless kubectl refuses it always.
const WRITES_OF_A_FORM: usize = 3;

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

    /// The forms that made kubectl write too seldom so far, each with its verb.
    pub fn short(&self, family: &Family) -> Vec<(&'static str, Form)> {
        let forms = family
            .verbs
            .iter()
            .flat_map(|(verb, _, forms)| forms.iter().map(move |form| (*verb, *form)));
        forms
            .filter(|turn| !family.refused.contains(turn))
            .filter(|(verb, form)| self.of(&format!("{verb} {form}")).wrote < WRITES_OF_A_FORM)
            .collect()
    }

    /// # Panics
    /// When there was too little of something.
    pub fn check(&self, family: &Family) {
        let short = self.short(family);
        assert!(short.is_empty(), "too seldom written: {short:?} {self:#?}");
        for (verb, form) in family.refused {
            let Count { tried, wrote } = self.of(&format!("{verb} {form}"));
            assert!(tried >= 5 && wrote == 0, "{verb} {form}: {self:#?}");
        }
        for (verb, ..) in family.verbs {
            let of_verb = self.of(verb);
            assert!(
                of_verb.tried >= 20 && of_verb.wrote * 4 >= of_verb.tried,
                "{verb}: {self:#?}"
            );
        }
        let has = |what: &str| has_preferences() || !what.starts_with("kuberc");
        for (what, least) in family.traits.iter().filter(|(what, _)| has(what)) {
            assert!(self.of(what).tried >= *least, "{what}: {self:#?}");
        }
        let all = self.of("every line");
        assert!(
            all.tried >= family.lines && all.wrote * 2 >= all.tried,
            "{self:#?}"
        );
    }
}

//! A plan as a person reads it: what changes and where, why that is dangerous, how to get back, what to do instead.

mod changes;
mod findings;
mod redirect;

use super::escape::{escape, escape_whole};
use super::language::Language;
use super::layout::{Page, Paper};
use super::secret;
use crate::act::redirect::Redirect;
use crate::change::{Cause, Change, Operation};
use crate::plan::Plan;
use crate::risk::rule::Rule;
use crate::risk::verdict::{Severity, Verdict};

/// How many objects of one list are shown; the others are counted.
const OBJECTS: usize = 5;

/// A plan, and how it is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// What is shown.
    pub plan: &'a Plan,
    /// The right paths for the nodes among the plan's changes.
    pub redirects: &'a [Redirect],
    /// In which language.
    pub language: Language,
    /// On what.
    pub paper: Paper,
}

impl<'a> View<'a> {
    /// Everything above the question, and an empty line.
    #[must_use]
    pub fn question(self) -> String {
        let mut page = Page::new(self.paper);
        self.write_place(&mut page);
        findings::write(self, &mut page);
        page.gap();
        page.into_text()
    }

    /// One line for each rule that only wants to be noticed; empty for any other verdict.
    #[must_use]
    pub fn notices(self) -> String {
        if self.plan.verdict != Verdict::Notice {
            return String::new();
        }
        let mut page = Page::new(self.paper);
        for (rule, changes) in findings::by_rule(self.plan, Severity::Notice) {
            let objects = self.names(&changes);
            page.line(
                0,
                &self
                    .language
                    .notice(self.language.text(&rule.title), &objects),
            );
        }
        page.into_text()
    }

    /// The plan for `plan -o text`, without a question.
    #[must_use]
    pub fn plan_text(self, digest: &str) -> String {
        let mut page = Page::new(self.paper);
        let words = secret::mask_words(&self.plan.words, self.plan.verb);
        let words = std::iter::once("kubectl").chain(words.iter().map(String::as_str));
        page.line(
            0,
            &self
                .language
                .command(&escape_whole(&shell_words::join(words))),
        );
        self.write_place(&mut page);
        findings::write(self, &mut page);
        page.gap();
        if !self.plan.unknown.is_empty() {
            page.paragraph(0, &self.language.incomplete());
        }
        page.line(0, &self.language.verdict(verdict_word(self.plan.verdict)));
        page.line(0, digest);
        page.into_text()
    }

    /// What will be changed, then where.
    fn write_place(self, page: &mut Page) {
        changes::write(self, page);
        page.gap();
        page.items(&self.place());
    }

    fn place(self) -> Vec<String> {
        let language = self.language;
        let place = &self.plan.destination;
        let mut items = vec![if place.context.is_empty() {
            language.no_context()
        } else {
            language.context(&escape(&place.context))
        }];
        let ack = &self.plan.ack;
        match (ack.cluster_id.as_str(), ack.region_id.as_str()) {
            ("", _) => {}
            (id, "") => items.push(language.ack_cluster(&escape(id))),
            (id, region) => items.push(language.ack_cluster_in(&escape(id), &escape(region))),
        }
        if !place.server.is_empty() {
            items.push(language.server(&escape(&place.server)));
        }
        if !place.user.is_empty() {
            items.push(language.user(&escape(&place.user)));
        }
        if self.is_in_one_namespace() {
            items.push(language.namespace(&escape(&place.namespace)));
        }
        items
    }

    /// Whether everything that the words name is in the namespace that they act in. Where it is not (`-A`, a drain),
    /// the objects' own namespaces say more.
    fn is_in_one_namespace(self) -> bool {
        let mut namespaces = self
            .plan
            .changes
            .iter()
            .filter(|change| !change.cause.is_consequence() && change.cause != Cause::Evicted)
            .map(|change| &change.namespace)
            .filter(|namespace| !namespace.is_empty())
            .peekable();
        namespaces.peek().is_some()
            && namespaces.all(|namespace| *namespace == self.plan.destination.namespace)
    }

    /// The right paths that stand in for a rule's own "instead".
    fn redirects_of(self, rule: &Rule) -> Vec<&'a Redirect> {
        let is_of_rule = |redirect: &&Redirect| Some(redirect.kind) == rule.redirect;
        self.redirects.iter().filter(is_of_rule).collect()
    }

    /// The first objects on one line, the others as a count.
    fn names(self, changes: &[&Change]) -> String {
        let mut names: Vec<String> = changes
            .iter()
            .take(OBJECTS)
            .map(|change| self.object(change))
            .collect();
        let more = changes
            .iter()
            .skip(OBJECTS)
            .map(|change| change.count)
            .sum();
        if more > 0 {
            names.push(self.language.more_objects(more));
        }
        names.join(&self.language.comma())
    }

    /// `Pod "shop/web-1"`, as kubectl quotes names, in every language.
    fn object(self, change: &Change) -> String {
        let namespace = escape(&change.namespace);
        let kind = escape(&change.resource.kind);
        if change.name.is_empty() {
            let resource = escape(&change.resource.to_string());
            // The server, or kubectl at its end, gives a new object its name.
            return match (change.operation, namespace.as_str()) {
                (Operation::Delete, "") => self.language.whole_collection(&resource),
                (Operation::Delete, _) => self.language.whole_collection_in(&resource, &namespace),
                (_, "") => self.language.new_object(&kind),
                _ => self.language.new_object_in(&kind, &namespace),
            };
        }
        let name = escape(&change.name);
        if namespace.is_empty() {
            format!("{kind} \"{name}\"")
        } else {
            format!("{kind} \"{namespace}/{name}\"")
        }
    }
}

/// The word for a verdict, as in JSON.
#[must_use]
pub const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::Notice => "notice",
        Verdict::Confirm => "confirm",
        Verdict::TypeName => "type-name",
        Verdict::Redirect => "redirect",
        Verdict::Deny => "deny",
    }
}

#[cfg(test)]
mod tests;

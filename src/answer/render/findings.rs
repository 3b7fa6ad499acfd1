//! Why: the rules that hold and what could not be read, strictest first, each named once for all its objects.

use std::cmp::Reverse;
use std::sync::Arc;

use console::Style;

use super::{OBJECTS, View, redirect};
use crate::answer::escape::escape;
use crate::answer::layout::Page;
use crate::change::Change;
use crate::plan::Plan;
use crate::risk::finding::{Finding, Ground};
use crate::risk::rule::Rule;
use crate::risk::verdict::Severity;
use crate::unknown::Unknown;

/// How many groups are told in full; of the others, only the titles.
const GROUPS: usize = 3;
/// How many titles are listed; the others are counted.
const TITLES: usize = 5;

/// Findings that are told together.
struct Group<'a> {
    findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// A group is never empty: it is made for its first finding.
    fn first(&self) -> &'a Finding {
        self.findings[0]
    }

    fn severity(&self) -> Severity {
        self.findings
            .iter()
            .map(|finding| finding.severity)
            .max()
            .unwrap_or(self.first().severity)
    }

    /// One rule, or one thing that could not be read, whatever rules needed it.
    fn takes(&self, finding: &Finding) -> bool {
        match (&self.first().ground, &finding.ground) {
            (Ground::Unread(_), Ground::Unread(_)) => self.first().ground == finding.ground,
            (Ground::Holds, Ground::Holds) | (Ground::Unjudged(_), Ground::Unjudged(_)) => {
                self.first().rule.id == finding.rule.id
            }
            _ => false,
        }
    }

    /// The rules of the group, strictest first.
    fn rules(&self) -> Vec<&'a Arc<Rule>> {
        let mut rules: Vec<&Arc<Rule>> = Vec::new();
        for finding in &self.findings {
            if rules.iter().all(|rule| rule.id != finding.rule.id) {
                rules.push(&finding.rule);
            }
        }
        rules
    }

    /// The changes of the group, each once.
    fn changes(&self, plan: &'a Plan) -> Vec<&'a Change> {
        let mut indices: Vec<usize> = Vec::new();
        for finding in &self.findings {
            if !indices.contains(&finding.change) {
                indices.push(finding.change);
            }
        }
        indices
            .into_iter()
            .filter_map(|index| plan.changes.get(index))
            .collect()
    }
}

fn groups(plan: &Plan) -> Vec<Group<'_>> {
    let mut sorted: Vec<&Finding> = plan.findings.iter().collect();
    sorted.sort_by_key(|finding| Reverse(finding.severity));
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in sorted {
        match groups.iter_mut().find(|group| group.takes(finding)) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group {
                findings: vec![finding],
            }),
        }
    }
    groups
}

/// The rules with findings of one severity, each with its changes.
pub(super) fn by_rule(plan: &Plan, severity: Severity) -> Vec<(&Arc<Rule>, Vec<&Change>)> {
    groups(plan)
        .into_iter()
        .filter(|group| group.severity() == severity)
        .map(|group| (&group.first().rule, group.changes(plan)))
        .collect()
}

pub(super) fn write(view: View<'_>, page: &mut Page) {
    let groups = groups(view.plan);
    for group in groups.iter().take(GROUPS) {
        page.gap();
        write_group(view, group, page);
    }
    let told = groups.iter().take(GROUPS).collect::<Vec<_>>();
    let mut rest: Vec<&Arc<Rule>> = Vec::new();
    for rule in groups.iter().skip(GROUPS).flat_map(Group::rules) {
        let known = |known: &&Arc<Rule>| known.id == rule.id;
        if !rest.iter().any(known)
            && !told
                .iter()
                .flat_map(|group| group.rules())
                .any(|rule| known(&rule))
        {
            rest.push(rule);
        }
    }
    if !rest.is_empty() {
        page.gap();
        page.paragraph(0, &view.language.more_rules(rest.len()));
        write_titles(view, 2, &rest, page);
    }
    write_unknown(view, page);
}

fn write_group(view: View<'_>, group: &Group<'_>, page: &mut Page) {
    let language = view.language;
    let rule = &group.first().rule;
    let style = style(group.severity());
    let changes = group.changes(view.plan);
    let title = title(view, rule);
    match &group.first().ground {
        Ground::Holds => {
            page.heading(0, &title, &style);
            write_objects(view, group, page);
        }
        Ground::Unread(unknown) => {
            write_unread(view, unknown, &style, page);
            if roots(view.plan) > 1 {
                page.paragraph(2, &language.unread_for(&view.names(&changes)));
            }
            let rules = group.rules();
            page.paragraph(2, &language.unjudged_rules(rules.len()));
            write_titles(view, 4, &rules, page);
        }
        Ground::Unjudged(why) => {
            page.heading(0, &language.unjudged(&title), &style);
            page.paragraph(2, &language.unread_why(&escape(why)));
            if roots(view.plan) > 1 {
                page.paragraph(2, &language.unread_for(&view.names(&changes)));
            }
        }
    }
    let is_one_of_many = group.rules().len() > 1;
    let impact = language.text(&rule.impact);
    page.paragraph(
        2,
        &if is_one_of_many {
            language.impact_of_first(impact)
        } else {
            language.impact(impact)
        },
    );
    write_texts(view, rule, page);
}

/// Recovery, right way and source.
fn write_texts(view: View<'_>, rule: &Rule, page: &mut Page) {
    let language = view.language;
    page.paragraph(2, &language.recovery(language.text(&rule.recovery)));
    let redirects = view.redirects_of(rule);
    if !redirects.is_empty() {
        redirect::write(view, &redirects, page);
    } else if let Some(instead) = &rule.instead {
        page.paragraph(2, &language.instead(language.text(instead)));
    }
    page.whole_words(2, &language.source(&language.page(&rule.source)));
}

/// The objects with what was found on them. Objects that are all named above already need a line only where the rule
/// has something to say about them.
fn write_objects(view: View<'_>, group: &Group<'_>, page: &mut Page) {
    let lines: Vec<String> = if group
        .findings
        .iter()
        .any(|finding| finding.message.is_some())
    {
        let found = |finding: &&Finding| {
            let object = view.object(view.plan.changes.get(finding.change)?);
            Some(match &finding.message {
                Some(message) => view.language.found(&object, &escape(message)),
                None => object,
            })
        };
        group.findings.iter().filter_map(found).collect()
    } else if !is_about_all(view.plan, &group.changes(view.plan)) {
        group
            .changes(view.plan)
            .into_iter()
            .map(|change| view.object(change))
            .collect()
    } else {
        Vec::new()
    };
    for line in lines.iter().take(OBJECTS) {
        page.paragraph(2, line);
    }
    if lines.len() > OBJECTS {
        page.line(
            2,
            &view.language.more_objects((lines.len() - OBJECTS) as u64),
        );
    }
}

/// Whether these are all that the command itself touches, and nothing that goes along.
fn is_about_all(plan: &Plan, changes: &[&Change]) -> bool {
    changes.len() == roots(plan) && changes.iter().all(|change| !change.cause.is_consequence())
}

/// How many objects the command itself touches.
fn roots(plan: &Plan) -> usize {
    plan.changes
        .iter()
        .filter(|change| !change.cause.is_consequence())
        .count()
}

fn write_titles(view: View<'_>, indent: usize, rules: &[&Arc<Rule>], page: &mut Page) {
    for rule in rules.iter().take(TITLES) {
        page.paragraph(indent, &title(view, rule));
    }
    if rules.len() > TITLES {
        page.line(indent, &view.language.more_titles(rules.len() - TITLES));
    }
}

fn title(view: View<'_>, rule: &Rule) -> String {
    view.language
        .rule_id(view.language.text(&rule.title), &rule.id)
}

/// What could not be read and no finding has told already.
fn write_unknown(view: View<'_>, page: &mut Page) {
    let told = |unknown: &Unknown| {
        view.plan
            .findings
            .iter()
            .any(|finding| matches!(&finding.ground, Ground::Unread(it) if it.is_same(unknown)))
    };
    let unknown: Vec<_> = view
        .plan
        .unknown
        .iter()
        .filter(|unknown| !told(unknown))
        .collect();
    for unknown in unknown.iter().take(OBJECTS) {
        page.gap();
        write_unread(view, unknown, &style(Severity::Confirm), page);
    }
    if unknown.len() > OBJECTS {
        page.line(
            2,
            &view.language.more_objects((unknown.len() - OBJECTS) as u64),
        );
    }
}

fn write_unread(view: View<'_>, unknown: &Unknown, style: &Style, page: &mut Page) {
    let language = view.language;
    let what = language.what(&unknown.what);
    page.heading(0, &language.unread(&escape(&what)), style);
    let why = language.why(&unknown.why);
    page.paragraph(2, &language.unread_why(&escape(&why)));
}

fn style(severity: Severity) -> Style {
    let style = Style::new().bold();
    match severity {
        Severity::Notice => style,
        Severity::Confirm => style.yellow(),
        Severity::TypeName | Severity::Redirect | Severity::Deny => style.red(),
    }
}

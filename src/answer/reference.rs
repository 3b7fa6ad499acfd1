//! The reference page: the whole table in one language, as Markdown. `docs/risks*.md` are written from it.

use std::fmt::Write;

use super::language::Language;
use super::render::verdict_word;
use super::risks::{in_group, resources_of};
use crate::change::Operation;
use crate::risk::documented::Documented;
use crate::risk::entry::Entry;
use crate::risk::rule::{Cluster, Match, Rule};
use crate::risk::section::{Place, Section};
use crate::risk::verdict::{Severity, Verdict};

/// Everything about all entries, which are in the order of the rows.
#[must_use]
pub fn page(entries: &[Entry<'_>], language: Language) -> String {
    let rows: Vec<&[Entry<'_>]> = entries.chunk_by(|a, b| a.row() == b.row()).collect();
    let sections: Vec<(Section, &[&[Entry<'_>]])> = rows
        .chunk_by(|a, b| section(a) == section(b))
        .filter_map(|rows| Some((section(rows[0])?, rows)))
        .collect();
    let mut page = format!(
        "# {}\n\n{}\n",
        language.reference_title(),
        language.reference_introduction()
    );
    write_severities(&mut page, language);
    let _ = writeln!(page, "\n## {}\n", language.contents());
    for (section, rows) in &sections {
        let links: Vec<String> = rows.iter().map(|row| link(row[0].row())).collect();
        let _ = writeln!(
            page,
            "- [{}](#{}): {}",
            name_of(*section, language),
            anchor(&section.letter().to_string()),
            links.join(" ")
        );
    }
    for (section, rows) in sections {
        let _ = writeln!(
            page,
            "\n<a id=\"{}\"></a>\n\n## {}\n\n{}\n|---|---|---|",
            anchor(&section.letter().to_string()),
            name_of(section, language),
            language.row_columns()
        );
        for row in rows {
            let title = language.text(row[0].title());
            let _ = writeln!(
                page,
                "| {} | {title} | {} |",
                link(row[0].row()),
                strictest(row)
            );
        }
        for row in rows {
            write_row(row, language, &mut page);
        }
    }
    page
}

fn section(row: &[Entry<'_>]) -> Option<Section> {
    Place::of(row[0].row()).map(|place| place.section)
}

fn name_of(section: Section, language: Language) -> String {
    match section {
        Section::ApiServer => language.section_api_server(),
        Section::Workers => language.section_workers(),
        Section::Masters => language.section_masters(),
        Section::Other => language.section_other(),
        Section::NodePools => language.section_node_pools(),
        Section::VirtualNodes => language.section_virtual_nodes(),
        Section::Network => language.section_network(),
        Section::Storage => language.section_storage(),
        Section::Logs => language.section_logs(),
        Section::UsageNotes => language.section_usage_notes(),
        Section::Kubernetes => language.section_kubernetes(),
    }
}

fn anchor(row: &str) -> String {
    format!("row-{}", row.to_lowercase())
}

fn link(row: &str) -> String {
    format!("[{row}](#{})", anchor(row))
}

fn write_severities(page: &mut String, language: Language) {
    let _ = writeln!(
        page,
        "\n## {}\n\n{}\n|---|---|---|",
        language.severities(),
        language.severity_columns()
    );
    let overriding = "`--safe-override=RULE --safe-reason=TEXT`";
    for (severity, meaning, flags) in [
        (Severity::Notice, language.meaning_of_notice(), "-"),
        (
            Severity::Confirm,
            language.meaning_of_confirm(),
            "`--safe-yes`",
        ),
        (
            Severity::TypeName,
            language.meaning_of_type_name(),
            "`--safe-confirm=TEXT`",
        ),
        (
            Severity::Redirect,
            language.meaning_of_redirect(),
            overriding,
        ),
        (Severity::Deny, language.meaning_of_deny(), overriding),
    ] {
        let _ = writeln!(page, "| {} | {meaning} | {flags} |", word(severity));
    }
    let _ = writeln!(page, "| - | {} | - |", language.meaning_of_none());
}

fn word(severity: Severity) -> &'static str {
    verdict_word(Verdict::from(severity))
}

/// What is to be expected of a row at the worst.
fn strictest(row: &[Entry<'_>]) -> &'static str {
    let severity = |entry: &Entry<'_>| match entry {
        Entry::Rule(rule) => Some(rule.severity),
        Entry::Documented(_) => None,
    };
    row.iter().filter_map(severity).max().map_or("-", word)
}

fn write_row(row: &[Entry<'_>], language: Language, page: &mut String) {
    let _ = writeln!(
        page,
        "\n<a id=\"{}\"></a>\n\n### {} {}\n",
        anchor(row[0].row()),
        row[0].row(),
        language.text(row[0].title())
    );
    let rules: Vec<&Rule> = row
        .iter()
        .filter_map(|entry| match entry {
            Entry::Rule(rule) => Some(*rule),
            Entry::Documented(_) => None,
        })
        .collect();
    if !rules.is_empty() {
        write_rules(&rules, language, page);
    }
    for entry in row {
        if let Entry::Documented(documented) = entry {
            write_documented(documented, language, page);
        }
    }
}

fn write_rules(rules: &[&Rule], language: Language, page: &mut String) {
    let _ = writeln!(page, "{}\n|---|---|---|---|", language.rule_columns());
    for rule in rules {
        let severity = word(rule.severity);
        let varies = rule
            .client
            .as_ref()
            .is_some_and(|client| client.severity.is_some());
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            rule.id,
            looked_at(&rule.matches, language),
            if varies {
                language.varying(severity)
            } else {
                severity.to_owned()
            },
            match rule.severity {
                Severity::Deny if !rule.break_glass => language.no(),
                Severity::Deny | Severity::Redirect => language.yes(),
                Severity::Notice | Severity::Confirm | Severity::TypeName => "-".to_owned(),
            }
        );
    }
    page.push('\n');
    if rules.iter().any(|rule| rule.cluster == Cluster::Ack) {
        write_each(rules, language, page, |rule| match rule.cluster {
            Cluster::Any => Some(language.in_any_cluster()),
            Cluster::Ack => Some(language.in_ack()),
        });
    }
    if rules.iter().any(|rule| rule.title != rules[0].title) {
        write_each(rules, language, page, |rule| {
            Some(language.text(&rule.title).to_owned())
        });
    }
    write_each(rules, language, page, |rule| {
        Some(language.impact(language.text(&rule.impact)))
    });
    write_each(rules, language, page, |rule| {
        Some(language.recovery(language.text(&rule.recovery)))
    });
    write_each(rules, language, page, |rule| {
        let instead = rule.instead.as_ref()?;
        Some(language.instead(language.text(instead)))
    });
    write_each(rules, language, page, |rule| {
        Some(language.source(&page_link(&rule.source, language)))
    });
}

/// One item for each different text, with its rules where not all have it.
fn write_each(
    rules: &[&Rule],
    language: Language,
    page: &mut String,
    text: impl Fn(&Rule) -> Option<String>,
) {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for rule in rules {
        let Some(text) = text(rule) else { continue };
        let id = format!("`{}`", rule.id);
        match told.iter_mut().find(|(known, _)| *known == text) {
            Some((_, ids)) => ids.push(id),
            None => told.push((text, vec![id])),
        }
    }
    for (text, ids) in told {
        let text = if ids.len() == rules.len() {
            text
        } else {
            language.of_rules(&text, &ids.join(", "))
        };
        let _ = writeln!(page, "- {text}");
    }
}

fn write_documented(row: &Documented, language: Language, page: &mut String) {
    for text in [
        language.unreachable(language.text(&row.unreachable)),
        language.impact(language.text(&row.impact)),
        language.recovery(language.text(&row.recovery)),
        language.instead(language.text(&row.instead)),
        language.source(&page_link(&row.source, language)),
    ] {
        let _ = writeln!(page, "- {text}");
    }
}

/// A source is a page, and the part of it in brackets.
fn page_link(source: &str, language: Language) -> String {
    let address = language.page(source);
    let page = address.split(' ').next().unwrap_or(&address);
    format!("[{source}]({page})")
}

/// `change: configmaps; names: eni-config; namespaces: kube-system`.
fn looked_at(matches: &Match, language: Language) -> String {
    let operations: Vec<String> = matches
        .operations
        .iter()
        .map(|operation| operation_in_words(*operation, language))
        .collect();
    let resources: Vec<String> = resources_of(matches)
        .map(|(resource, group)| match (resource, group) {
            ("*", "*") => language.all_resources(),
            _ => code(&in_group(resource, group)),
        })
        .collect();
    let comma = language.comma();
    let mut parts = vec![language.requests(&operations.join(&comma), &resources.join(", "))];
    let list = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| code(name)).collect();
        names.join(", ")
    };
    if !matches.names.is_empty() {
        parts.push(language.only_names(&list(&matches.names)));
    }
    if !matches.namespaces.is_empty() {
        parts.push(language.only_namespaces(&list(&matches.namespaces)));
    }
    if !matches.flags.is_empty() {
        let flags: Vec<String> = matches.flags.iter().map(|it| format!("--{it}")).collect();
        parts.push(language.only_flags(&list(&flags)));
    }
    parts.join("; ")
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn operation_in_words(operation: Operation, language: Language) -> String {
    match operation {
        Operation::Create => language.creating(),
        Operation::Update => language.changing(),
        Operation::Delete => language.deleting(),
        Operation::Connect => language.connecting(),
    }
}

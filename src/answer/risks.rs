//! The risk table for people: `risks` lists it, `risks ID` explains one rule.

use console::Style;
use unicode_width::UnicodeWidthStr;

use super::language::Language;
use super::layout::{Page, Paper};
use super::render::verdict_word;
use crate::change::Operation;
use crate::cluster::builtin;
use crate::risk::documented::Documented;
use crate::risk::entry::Entry;
use crate::risk::rule::{Cluster, Fixture, Match, Rule};
use crate::risk::verdict::{Severity, Verdict};

/// One line per entry: id, severity, row, title. Headings are kubectl's kind of words and are not translated.
#[must_use]
pub fn table(entries: &[Entry<'_>], language: Language, paper: Paper) -> String {
    let rows: Vec<[&str; 4]> = std::iter::once(["ID", "SEVERITY", "ROW", "TITLE"])
        .chain(entries.iter().map(|entry| {
            let severity = match entry {
                Entry::Rule(rule) => severity_word(rule.severity),
                Entry::Documented(_) => "-",
            };
            [
                entry.id(),
                severity,
                entry.row(),
                language.text(entry.title()),
            ]
        }))
        .collect();
    let widths: Vec<usize> = (0..3)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].width())
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut page = Page::new(paper);
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.width() + 3));
        }
        line.push_str(row[3]);
        page.line(0, &line);
    }
    page.into_text()
}

/// Everything about one entry.
#[must_use]
pub fn page(entry: Entry<'_>, language: Language, paper: Paper) -> String {
    match entry {
        Entry::Rule(rule) => page_of_rule(rule, language, paper),
        Entry::Documented(row) => page_of_documented(row, language, paper),
    }
}

fn page_of_documented(row: &Documented, language: Language, paper: Paper) -> String {
    let mut page = Page::new(paper);
    page.heading(0, language.text(&row.title), &Style::new().bold());
    page.line(0, &row.id);
    page.gap();
    page.paragraph(0, &language.row(&row.row));
    page.paragraph(0, &language.unreachable(language.text(&row.unreachable)));
    page.gap();
    page.paragraph(0, &language.impact(language.text(&row.impact)));
    page.paragraph(0, &language.recovery(language.text(&row.recovery)));
    page.paragraph(0, &language.instead(language.text(&row.instead)));
    page.whole_words(0, &language.source(&language.page(&row.source)));
    page.into_text()
}

fn page_of_rule(rule: &Rule, language: Language, paper: Paper) -> String {
    let mut page = Page::new(paper);
    page.heading(0, language.text(&rule.title), &Style::new().bold());
    page.line(0, &rule.id);
    page.gap();
    page.paragraph(0, &language.row(&rule.row));
    let word = severity_word(rule.severity);
    let varies = rule
        .client
        .as_ref()
        .is_some_and(|client| client.severity.is_some());
    page.paragraph(
        0,
        &if varies {
            language.severity_varies(word)
        } else {
            language.severity(word)
        },
    );
    if rule.severity == Severity::Deny {
        page.paragraph(
            0,
            &if rule.break_glass {
                language.break_glass()
            } else {
                language.no_break_glass()
            },
        );
    }
    page.paragraph(
        0,
        &match rule.cluster {
            Cluster::Any => language.in_any_cluster(),
            Cluster::Ack => language.in_ack(),
        },
    );
    page.paragraph(0, &language.looks_at(&requests(&rule.matches)));
    page.gap();
    page.paragraph(0, &language.impact(language.text(&rule.impact)));
    page.paragraph(0, &language.recovery(language.text(&rule.recovery)));
    if let Some(instead) = &rule.instead {
        page.paragraph(0, &language.instead(language.text(instead)));
    }
    page.whole_words(0, &language.source(&language.page(&rule.source)));
    write_examples(&language.finds(), &rule.fixtures.hit, &mut page);
    write_examples(&language.passes(), &rule.fixtures.miss, &mut page);
    page.into_text()
}

fn write_examples(heading: &str, fixtures: &[Fixture], page: &mut Page) {
    if fixtures.is_empty() {
        return;
    }
    page.gap();
    page.paragraph(0, heading);
    for fixture in fixtures {
        let (Fixture::Words(words) | Fixture::On { words, .. }) = fixture;
        page.line(2, &format!("kubectl {words}"));
    }
}

/// `DELETE nodes, nodes.network.alibabacloud.com`: which requests the rule looks at.
fn requests(matches: &Match) -> String {
    let operations: Vec<_> = matches
        .operations
        .iter()
        .map(|operation| operation_word(*operation))
        .collect();
    let resources: Vec<String> = resources_of(matches)
        .map(|(resource, group)| in_group(resource, group))
        .collect();
    format!("{} {}", operations.join(", "), resources.join(", "))
}

/// The resources that a rule looks at, each with its group.
pub(super) fn resources_of(matches: &Match) -> impl Iterator<Item = (&str, &str)> {
    matches.resources.iter().flat_map(|resource| {
        groups_of(matches, resource)
            .into_iter()
            .map(move |group| (resource.as_str(), group))
    })
}

/// The groups that a resource is in. A rule for resources of several groups names all pairs; of Kubernetes' own resources
/// only those pairs are told that exist.
fn groups_of<'a>(matches: &'a Match, resource: &str) -> Vec<&'a str> {
    let plural = resource.split('/').next().unwrap_or(resource);
    let all = || matches.groups.iter().map(String::as_str);
    let own: Vec<&str> = all()
        .filter(|group| builtin::serves(group, plural))
        .collect();
    if own.is_empty() { all().collect() } else { own }
}

/// kubectl's way to write a resource: `nodes`, `deployments.apps`, `pods/eviction`.
pub(super) fn in_group(resource: &str, group: &str) -> String {
    if group.is_empty() {
        return resource.to_owned();
    }
    match resource.split_once('/') {
        Some((resource, subresource)) => format!("{resource}.{group}/{subresource}"),
        None => format!("{resource}.{group}"),
    }
}

/// Admission's word, as in JSON.
const fn operation_word(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "CREATE",
        Operation::Update => "UPDATE",
        Operation::Delete => "DELETE",
        Operation::Connect => "CONNECT",
    }
}

/// The word for a severity, as in the table's YAML.
fn severity_word(severity: Severity) -> &'static str {
    verdict_word(Verdict::from(severity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::fixture::{deny, rule};

    const PAPER: Paper = Paper {
        width: 60,
        colours: false,
    };

    #[test]
    fn the_table_lines_up_whatever_the_language() {
        let (first, second) = (
            rule("node-delete-pool", Severity::Redirect),
            deny("crd", false),
        );
        let rules = [Entry::Rule(&first), Entry::Rule(&second)];
        insta::assert_snapshot!(table(&rules, Language::English, PAPER), @r"
        ID                 SEVERITY   ROW   TITLE
        node-delete-pool   redirect   P2    Delete a Node object with kubectl
        crd                deny       P2    Delete a Node object with kubectl
        ");
        insta::assert_snapshot!(table(&rules, Language::Chinese, PAPER), @r"
        ID                 SEVERITY   ROW   TITLE
        node-delete-pool   redirect   P2    用kubectl删除Node对象
        crd                deny       P2    用kubectl删除Node对象
        ");
    }

    #[test]
    fn a_page_says_everything_about_a_rule() {
        insta::assert_snapshot!(page(Entry::Rule(&deny("node-delete-pool", true)), Language::English, PAPER), @r"
        Delete a Node object with kubectl
        node-delete-pool

        Row: P2
        Severity: deny
        Override: type the name and give a reason
        Clusters: all
        Looks at: DELETE nodes

        Impact: The node pool's count no longer matches the machines
          that are there.
        Recovery: Remove the node through its node pool next time.
        Source:
          https://www.alibabacloud.com/help/en/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations

        Examples that it stops:
          kubectl delete node cn-hangzhou.192.168.0.36

        Examples that it lets pass:
          kubectl delete node worker-1
        ");
        insta::assert_snapshot!(page(Entry::Rule(&rule("node-delete-pool", Severity::Confirm)), Language::Japanese, PAPER), @r"
        kubectl での Node オブジェクト削除
        node-delete-pool

        項目: P2
        重大度: confirm
        対象クラスター: すべて
        確認対象: DELETE nodes

        影響: ノードプールの台数が実際と一致しなくなります。
        回復方法: 今後はノードプールからノードを外してください。
        出典:
          https://www.alibabacloud.com/help/ja/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations

        該当するコマンドの例:
          kubectl delete node cn-hangzhou.192.168.0.36

        該当しないコマンドの例:
          kubectl delete node worker-1
        ");
    }

    #[test]
    fn a_resource_is_written_as_kubectl_writes_it() {
        assert_eq!(in_group("nodes", ""), "nodes");
        assert_eq!(
            in_group("deployments/scale", "apps"),
            "deployments.apps/scale"
        );
    }
}

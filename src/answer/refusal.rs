//! What is said when kubectl is not run and nobody can be asked, or nothing that could be said would help.

use super::consent::Consent;
use super::language::Language;
use super::layout::{Page, Paper};

/// Stands for a reason that only the person knows.
const REASON: &str = "REASON";

/// The lines below the question's text when there is no terminal: why nothing was run, and which flags consent.
/// Empty when nothing has to be asked.
#[must_use]
pub fn without_terminal(consent: &Consent, language: Language, paper: Paper) -> String {
    let mut page = Page::new(paper);
    match consent {
        Consent::Nothing => {}
        Consent::Never => write_refusal(language, &mut page),
        Consent::Yes { .. } | Consent::Text(_) | Consent::Override { .. } => {
            page.paragraph(0, &language.no_terminal());
            page.paragraph(0, &language.to_consent());
            page.line(4, &flags(consent).join(" "));
            if matches!(consent, Consent::Override { .. }) {
                page.paragraph(2, &language.reason_placeholder(REASON));
            }
        }
    }
    page.into_text()
}

/// The line below the question's text when no consent is enough.
#[must_use]
pub fn final_refusal(language: Language, paper: Paper) -> String {
    let mut page = Page::new(paper);
    write_refusal(language, &mut page);
    page.into_text()
}

fn write_refusal(language: Language, page: &mut Page) {
    page.paragraph(0, &language.refused());
}

/// The flags that consent, each as a shell takes it.
#[must_use]
pub fn flags(consent: &Consent) -> Vec<String> {
    let flag = |name: &str, value: &str| format!("{name}={}", shell_words::quote(value));
    match consent {
        Consent::Nothing | Consent::Never => Vec::new(),
        Consent::Yes { .. } => vec!["--safe-yes".to_owned()],
        Consent::Text(text) => vec![flag("--safe-confirm", text)],
        Consent::Override { rules, .. } => rules
            .iter()
            .map(|rule| flag("--safe-override", rule))
            .chain([flag("--safe-reason", REASON)])
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Paper = Paper {
        width: 80,
        colours: false,
    };

    #[test]
    fn the_flags_come_back_from_a_shell_as_they_were_meant() {
        let text = "7 nodes'; rm -rf $HOME";
        let flags = flags(&Consent::Text(text.to_owned()));
        let words =
            shell_words::split(&flags.join(" ")).expect("what shell_words quotes, it splits");
        assert_eq!(words, [format!("--safe-confirm={text}")]);
    }

    #[test]
    fn no_terminal_says_how_to_consent() {
        let consent = Consent::Text("7 nodes".to_owned());
        insta::assert_snapshot!(without_terminal(&consent, Language::English, PAPER), @r#"
        No terminal to ask on. Nothing was changed.
        To run the command all the same, add this to it, before any "--":
            --safe-confirm='7 nodes'
        "#);
        insta::assert_snapshot!(without_terminal(&consent, Language::Chinese, PAPER), @r#"
        没有可用于确认的终端，未做任何更改。
        如仍要执行，请在命令中（任何 "--" 之前）添加：
            --safe-confirm='7 nodes'
        "#);
        let consent = Consent::Override {
            rules: vec!["node-delete-pool".into()],
            text: "a".into(),
        };
        insta::assert_snapshot!(without_terminal(&consent, Language::Japanese, PAPER), @r#"
        確認できる端末がありません。何も変更していません。
        それでも実行するには、コマンド ("--" がある場合はその前) に次を追加してください:
            --safe-override=node-delete-pool --safe-reason=REASON
          REASON: 理由を記入してください。
        "#);
    }

    #[test]
    fn a_final_refusal_offers_no_flag() {
        insta::assert_snapshot!(without_terminal(&Consent::Never, Language::English, PAPER), @"Refused. Nothing was changed.");
    }
}

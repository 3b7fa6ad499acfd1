//! Asks a person, on the terminal that the command was started from.

mod terminal;

pub use terminal::{Terminal, Uninterrupted, put_back};

use super::consent::Consent;
use super::language::Language;

/// One line from a person, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// What was typed, without the line's end.
    Typed(String),
    /// Ctrl-D instead of an answer, or the terminal went away or refused to be read.
    Closed,
    /// Ctrl-C.
    Interrupted,
}

/// Whom a question is put to.
pub trait Asker {
    /// Shows `above` (whole lines), then `prompt`, and waits for one line.
    fn ask(&mut self, above: &str, prompt: &str) -> Line;
}

/// How a question ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Run it. A reason is there when a redirect or refusal was overridden.
    Run {
        /// Why, in the person's words.
        reason: Option<String>,
    },
    /// No, or the terminal went away.
    Declined,
    /// Another text than the one that was asked for.
    Mistyped,
    /// No consent is enough; nothing was asked.
    Refused,
    /// Ctrl-C: ends in exit code 130.
    Interrupted,
}

/// Puts the question that a consent needs, below the plan's text.
pub fn put(asker: &mut dyn Asker, above: &str, consent: &Consent, language: Language) -> Answer {
    let prompt = prompt(consent, language);
    match consent {
        Consent::Nothing => Answer::Run { reason: None },
        Consent::Never => Answer::Refused,
        Consent::Yes { .. } => match asker.ask(above, &prompt) {
            Line::Typed(answer) if is_yes(&answer) => Answer::Run { reason: None },
            line => unconfirmed(line, |_| Answer::Declined),
        },
        Consent::Text(text) => match asker.ask(above, &prompt) {
            Line::Typed(answer) if answer == *text => Answer::Run { reason: None },
            line => unconfirmed(line, mistyped),
        },
        Consent::Override { text, .. } => match asker.ask(above, &prompt) {
            Line::Typed(answer) if answer == *text => ask_reason(asker, language),
            line => unconfirmed(line, mistyped),
        },
    }
}

/// The line that an answer is typed behind; empty where nothing is asked.
#[must_use]
pub fn prompt(consent: &Consent, language: Language) -> String {
    match consent {
        Consent::Nothing | Consent::Never => String::new(),
        Consent::Yes { .. } => language.ask_yes(),
        Consent::Text(text) => language.ask_text(text),
        Consent::Override { text, .. } => language.ask_override(text),
    }
}

fn ask_reason(asker: &mut dyn Asker, language: Language) -> Answer {
    match asker.ask("", &language.ask_reason()) {
        Line::Typed(reason) if !reason.trim().is_empty() => Answer::Run {
            reason: Some(reason.trim().to_owned()),
        },
        line => unconfirmed(line, |_| Answer::Declined),
    }
}

fn unconfirmed(line: Line, typed: impl FnOnce(&str) -> Answer) -> Answer {
    match line {
        Line::Typed(text) => typed(&text),
        Line::Closed => Answer::Declined,
        Line::Interrupted => Answer::Interrupted,
    }
}

/// Enter alone is a no, not a mistake.
fn mistyped(text: &str) -> Answer {
    if text.is_empty() {
        Answer::Declined
    } else {
        Answer::Mistyped
    }
}

/// `y` and `yes` in any case. A full-width `ｙ` (input method left on) and any other word are a no, in every language.
fn is_yes(answer: &str) -> bool {
    let answer = answer.trim();
    answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// A person whose lines are known, and what was put to them.
    #[derive(Default)]
    struct Script {
        lines: VecDeque<Line>,
        seen: String,
    }

    impl Script {
        fn typing(lines: &[&str]) -> Self {
            let lines = lines
                .iter()
                .map(|line| Line::Typed((*line).to_owned()))
                .collect();
            Self {
                lines,
                seen: String::new(),
            }
        }
    }

    impl Asker for Script {
        fn ask(&mut self, above: &str, prompt: &str) -> Line {
            self.seen.push_str(above);
            self.seen.push_str(prompt);
            self.seen.push('\n');
            self.lines.pop_front().unwrap_or(Line::Closed)
        }
    }

    fn yes() -> Consent {
        Consent::Yes { text: "a".into() }
    }

    fn over() -> Consent {
        Consent::Override {
            rules: vec!["r".into()],
            text: "a".into(),
        }
    }

    fn answer(lines: &[&str], consent: &Consent) -> Answer {
        put(&mut Script::typing(lines), "", consent, Language::English)
    }

    const RUN: Answer = Answer::Run { reason: None };

    #[test]
    fn only_y_and_yes_are_yes() {
        for word in ["y", "Y", "yes", "YES", " yes "] {
            assert_eq!(answer(&[word], &yes()), RUN, "{word:?}");
        }
        for word in [
            "",
            "n",
            "ye",
            "yess",
            "ｙ",
            "ｙｅｓ",
            "はい",
            "是",
            "y y",
            "\u{4}",
        ] {
            assert_eq!(answer(&[word], &yes()), Answer::Declined, "{word:?}");
        }
    }

    #[test]
    fn a_name_must_be_typed_exactly() {
        let text = Consent::Text("7 nodes".into());
        assert_eq!(answer(&["7 nodes"], &text), RUN);
        assert_eq!(answer(&["7 Nodes"], &text), Answer::Mistyped);
        assert_eq!(answer(&["y"], &text), Answer::Mistyped);
        assert_eq!(answer(&[""], &text), Answer::Declined);
    }

    #[test]
    fn an_override_needs_a_reason() {
        assert_eq!(
            answer(&["a", " the machine is gone "], &over()),
            Answer::Run {
                reason: Some("the machine is gone".into())
            }
        );
        assert_eq!(answer(&["a", "  "], &over()), Answer::Declined);
        assert_eq!(answer(&["b", "why"], &over()), Answer::Mistyped);
    }

    #[test]
    fn no_line_is_never_a_yes() {
        for consent in [yes(), over(), Consent::Text("a".into())] {
            for (line, expected) in [
                (Line::Closed, Answer::Declined),
                (Line::Interrupted, Answer::Interrupted),
            ] {
                let mut script = Script {
                    lines: [line].into(),
                    ..Script::default()
                };
                assert_eq!(put(&mut script, "", &consent, Language::English), expected);
            }
        }
    }

    #[test]
    fn nothing_is_asked_where_no_answer_counts() {
        for (consent, expected) in [(Consent::Nothing, RUN), (Consent::Never, Answer::Refused)] {
            let mut script = Script::typing(&["y"]);
            assert_eq!(
                put(&mut script, "text", &consent, Language::English),
                expected
            );
            assert_eq!(script.seen, "");
        }
    }

    #[test]
    fn the_question_stands_below_the_plan() {
        for (language, prompt) in [
            (
                Language::English,
                "Type a to override, or press Enter to cancel:\nReason:\n",
            ),
            (
                Language::Chinese,
                "请输入 a 以强制执行，或按回车取消：\n原因：\n",
            ),
            (
                Language::Japanese,
                "強制実行するには a と入力してください (Enter で中止):\n理由:\n",
            ),
        ] {
            let mut script = Script::typing(&["a", "why"]);
            put(&mut script, "above\n", &over(), language);
            assert_eq!(script.seen, format!("above\n{prompt}"));
        }
    }
}

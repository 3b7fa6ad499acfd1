//! The messages, read as they are written: what the compiler does not see.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::*;

#[test]
fn english_has_a_singular() {
    assert_eq!(Language::English.more_rules(1), "1 more rule applies:");
    assert_eq!(Language::English.more_rules(2), "2 more rules apply:");
    assert_eq!(Language::Chinese.more_rules(1), "另有1条规则适用：");
}

#[test]
fn the_letters_to_answer_with_are_the_same_in_every_language() {
    for language in [Language::English, Language::Chinese, Language::Japanese] {
        assert!(language.ask_yes().ends_with("[y/N]"));
        assert!(language.ask_text("7 nodes").contains("7 nodes"));
    }
}

#[test]
fn the_help_names_the_same_words_in_every_language() {
    let word = Regex::new(r"--safe-[a-z]+|kubectl safe [a-z]+|KUBECTL_SAFE_[A-Z]+|\b\d{2,3}\b")
        .expect("a pattern");
    let words = |language: Language| -> Vec<String> {
        let help = language.own_help();
        word.find_iter(&help)
            .map(|found| found.as_str().to_owned())
            .collect()
    };
    assert!(words(Language::English).len() > 15);
    for language in [Language::Chinese, Language::Japanese] {
        assert_eq!(words(language), words(Language::English));
    }
}

/// A message as its file has it.
struct Message {
    name: String,
    arguments: BTreeSet<String>,
    english: String,
    chinese: String,
    japanese: String,
}

fn messages() -> Vec<Message> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/answer");
    let own = fs::read_dir(here.join("messages")).expect("the folder is part of the source");
    let files: Vec<PathBuf> = own
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "tests.rs"))
        .chain([here.join("messages.rs")])
        .collect();
    let text = r#""((?s:[^"\\]|\\.)*)""#;
    let message = Regex::new(&format!(
        r"(?m)^    (\w+)\(([^)]*)\) \{{\s+en(?:\[\w+\])?: {text}(?: / {text})?,\s+zh: {text},\s+ja: {text},"
    ))
    .expect("a pattern");
    let mut found = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("the source is text");
        let opened = source.matches("\n        zh: ").count();
        let before = found.len();
        for parts in message.captures_iter(&source) {
            let part = |index| parts.get(index).map_or("", |part| part.as_str()).to_owned();
            found.push(Message {
                name: part(1),
                arguments: part(2)
                    .split(", ")
                    .filter_map(|argument| Some(argument.split_once(':')?.0.trim().to_owned()))
                    .collect(),
                // The form for many: the one for one need not name the count.
                english: if part(4).is_empty() { part(3) } else { part(4) },
                chinese: part(5),
                japanese: part(6),
            });
        }
        assert_eq!(found.len() - before, opened, "{}", file.display());
    }
    found
}

fn placeholders(text: &str) -> BTreeSet<String> {
    let placeholder = Regex::new(r"\{(\w+)(?::\?)?\}").expect("a pattern");
    placeholder
        .captures_iter(text)
        .map(|found| found[1].to_owned())
        .collect()
}

#[test]
fn every_message_says_the_same_things_in_every_language() {
    let messages = messages();
    assert!(messages.len() > 150, "{}", messages.len());
    for message in messages {
        for text in [&message.english, &message.chinese, &message.japanese] {
            assert_eq!(
                placeholders(text),
                message.arguments,
                "{}: {text}",
                message.name
            );
        }
    }
}

#[test]
fn chinese_and_japanese_are_written_as_the_glossary_has_it() {
    for message in messages() {
        let (chinese, japanese) = (&message.chinese, &message.japanese);
        let name = message.name;
        assert!(
            !chinese.contains(['!', '！', '…', '“', '”']),
            "{name}: {chinese}"
        );
        assert!(
            !japanese.contains(['!', '！', '…', '：', '（', '？']),
            "{name}: {japanese}"
        );
        for wrong in ["Annotation", "Label", "负载均衡SLB", "客户"] {
            assert!(!chinese.contains(wrong), "{name}: {chinese}");
        }
        for wrong in ["テイント", "コンテナー", "サーバ ", "あなた", "お客様"] {
            assert!(!japanese.contains(wrong), "{name}: {japanese}");
        }
    }
}

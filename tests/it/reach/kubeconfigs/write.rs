//! A kubeconfig, as tools and as people write it.

use super::tree::{Node, change};
use crate::random::dice::Dice;

const NAMES: &[&str] = &[
    "a",
    "b",
    "c",
    "prod",
    "arn:aws:eks:eu-1:12:cluster/x",
    "2012345-cabc",
    "kubernetes-admin@kubernetes",
    "管理",
    "'with space'",
];
const SERVERS: &[&str] = &[
    "https://one.test:6443",
    "https://two.test",
    "'https://three.test/path'",
    "\"https://four.test\"",
    "http://localhost:8080",
    "https://10.0.0.1",
];
const TEXTS: &[&str] = &[
    "x",
    "abc",
    "s3cret",
    "p!x&y*z",
    "'quoted: text'",
    "\"double # text\"",
    "eyJhbGciOi.J9.x-_",
    "aGVsbG8=",
    "./file.pem",
    "../up/file",
    "/abs/file",
];

/// One file.
pub fn file(dice: &mut Dice) -> Vec<u8> {
    let mut tree = config(dice);
    for _ in 0..dice.pick(&[0, 1, 1, 1, 2]) {
        change(&mut tree, dice);
    }
    let mut text = if dice.percent(8) {
        flow(&tree, dice)
    } else {
        block(&tree, 0, dice)
    };
    if dice.percent(15) {
        text = around(&text, dice);
    }
    encoded(&text, dice)
}

fn config(dice: &mut Dice) -> Node {
    let mut entries = vec![
        ("apiVersion".to_owned(), Node::leaf("v1")),
        ("kind".to_owned(), Node::leaf("Config")),
    ];
    let mut section = |list: &str, key: &str, dice: &mut Dice, entry: fn(&mut Dice) -> Node| {
        let names = if dice.percent(90) {
            dice.several(NAMES, 3)
        } else {
            Vec::new()
        };
        let list_items = names.into_iter().map(|name| {
            let mut fields = vec![
                (key.to_owned(), entry(dice)),
                ("name".to_owned(), Node::leaf(name)),
            ];
            if dice.percent(30) {
                fields.reverse();
            }
            Node::Map(fields)
        });
        entries.push((list.to_owned(), Node::List(list_items.collect())));
    };
    section("clusters", "cluster", dice, cluster);
    section("users", "user", dice, user);
    section("contexts", "context", dice, |dice| {
        some(
            dice,
            &[("cluster", NAMES), ("user", NAMES), ("namespace", TEXTS)],
        )
    });
    entries.push(("current-context".to_owned(), Node::leaf(dice.pick(NAMES))));
    if dice.percent(40) {
        entries.push(("preferences".to_owned(), Node::leaf("{}")));
    }
    if dice.percent(30) {
        let at = dice.below(entries.len());
        let last = entries.len() - 1;
        entries.swap(at, last);
    }
    Node::Map(entries)
}

fn cluster(dice: &mut Dice) -> Node {
    const TRUTHS: &[&str] = &["true", "false"];
    some(
        dice,
        &[
            ("server", SERVERS),
            ("certificate-authority", TEXTS),
            ("certificate-authority-data", &["aGVsbG8=", "d29ybGQ="]),
            ("insecure-skip-tls-verify", TRUTHS),
            ("tls-server-name", TEXTS),
            ("proxy-url", SERVERS),
            ("disable-compression", TRUTHS),
        ],
    )
}

fn user(dice: &mut Dice) -> Node {
    let mut user = some(
        dice,
        &[
            ("client-certificate", TEXTS),
            ("client-certificate-data", &["aGVsbG8="]),
            ("client-key", TEXTS),
            ("client-key-data", &["d29ybGQ="]),
            ("token", TEXTS),
            ("tokenFile", TEXTS),
            ("as", TEXTS),
            ("as-uid", TEXTS),
            ("username", TEXTS),
            ("password", TEXTS),
            ("as-groups", &["[a, b]", "[]"]),
            ("as-user-extra", &["{a: [b, c]}", "{}"]),
        ],
    );
    if dice.percent(40)
        && let Node::Map(entries) = &mut user
    {
        let words = (0..dice.below(4))
            .map(|_| Node::leaf(dice.pick(&["get-token", "--region", "eu-1", "-i", "'5'", "x=y"])));
        let args = Node::List(words.collect());
        let variable = Node::Map(vec![
            ("name".into(), Node::leaf("A_B")),
            ("value".into(), Node::leaf(dice.pick(TEXTS))),
        ]);
        entries.push((
            "exec".to_owned(),
            Node::Map(vec![
                (
                    "apiVersion".into(),
                    Node::leaf("client.authentication.k8s.io/v1beta1"),
                ),
                (
                    "command".into(),
                    Node::leaf(dice.pick(&["aws", "./login", "/usr/bin/login", "'kubelogin'"])),
                ),
                ("args".into(), args),
                (
                    "env".into(),
                    dice.pick(&[None, Some(())])
                        .map_or(Node::leaf("null"), |()| Node::List(vec![variable])),
                ),
                (
                    "interactiveMode".into(),
                    Node::leaf(dice.pick(&["IfAvailable", "Never"])),
                ),
                (
                    "provideClusterInfo".into(),
                    Node::leaf(dice.pick(&["true", "false"])),
                ),
            ]),
        ));
    }
    user
}

/// Some of these keys, each with one of its values.
fn some(dice: &mut Dice, keys: &[(&str, &[&str])]) -> Node {
    let chosen = dice.several(keys, 4);
    let entries = chosen
        .into_iter()
        .map(|(key, values)| (key.to_owned(), Node::leaf(dice.pick(values))));
    Node::Map(entries.collect())
}

fn block(node: &Node, indent: usize, dice: &mut Dice) -> String {
    let pad = " ".repeat(indent);
    let mut text = String::new();
    match node {
        Node::Leaf(leaf) => text.push_str(leaf),
        Node::Map(entries) if entries.is_empty() => text.push_str("{}"),
        Node::List(items) if items.is_empty() => text.push_str("[]"),
        Node::Map(entries) => {
            for (key, value) in entries {
                for part in [&*pad, key, ":", &*below(value, indent, dice)] {
                    text.push_str(part);
                }
            }
        }
        Node::List(items) => {
            for item in items {
                let inner = block(item, indent + 2, dice);
                for part in [&*pad, "- ", inner.trim_start_matches(' ')] {
                    text.push_str(part);
                }
                if !text.ends_with('\n') {
                    text.push('\n');
                }
            }
        }
    }
    text
}

/// What stands behind a key.
fn below(value: &Node, indent: usize, dice: &mut Dice) -> String {
    let comment = if dice.percent(1) {
        dice.pick(&[" # note", " #", "  # a: b", " # 'x"])
    } else {
        ""
    };
    let deeper = match value {
        Node::Map(entries) if !entries.is_empty() => indent + dice.pick(&[2, 2, 2, 4]),
        Node::List(items) if !items.is_empty() => indent + dice.pick(&[0, 2]),
        Node::Leaf(text) => return format!(" {text}{comment}\n"),
        value => return format!(" {}{comment}\n", flow(value, dice)),
    };
    if dice.percent(3) {
        return format!(" {}{comment}\n", flow(value, dice));
    }
    let blank = if dice.percent(2) { "\n" } else { "" };
    format!("{comment}\n{blank}{}", block(value, deeper, dice))
}

fn flow(node: &Node, dice: &mut Dice) -> String {
    let (blank, after) = dice.pick(&[("", " "), ("", " "), (" ", " "), ("", "\n      ")]);
    let joined = |parts: Vec<String>, open: &str, close: &str| {
        format!(
            "{open}{blank}{}{blank}{close}",
            parts.join(&format!(",{after}"))
        )
    };
    match node {
        Node::Leaf(text) => text.clone(),
        Node::List(items) => joined(
            items.iter().map(|item| flow(item, dice)).collect(),
            "[",
            "]",
        ),
        Node::Map(entries) => {
            let parts = entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", flow(value, dice)));
            joined(parts.collect(), "{", "}")
        }
    }
}

/// What may stand before and behind a document, and between its lines.
fn around(text: &str, dice: &mut Dice) -> String {
    match dice.below(14) {
        0 => format!("---\n{text}"),
        1 => format!("# by hand\n{text}# end\n"),
        2 => format!("{text}---\ncurrent-context: second\n"),
        3 => format!("{text}...\n"),
        4 => format!("%YAML 1.1\n---\n{text}"),
        5 => text.replace('\n', "\r\n"),
        6 => text.replacen('\n', "\r", 1),
        7 => text.replacen('\n', " \n", 3),
        8 => text.replacen("  ", "\t", 1),
        9 => format!("\n\n{text}\n\n"),
        10 => format!("--- # first\n{text}"),
        11 => format!("---\n---\n{text}"),
        12 => text.trim_end().to_owned(),
        _ => format!("base: &base {{server: 'https://base.test', token: base}}\n{text}"),
    }
}

fn encoded(text: &str, dice: &mut Dice) -> Vec<u8> {
    match dice.below(100) {
        0 => format!("\u{feff}{text}").into_bytes(),
        1 => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        2 => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect(),
        3 => [text.as_bytes(), b"# \xe9t\xe9\n"].concat(),
        _ => text.as_bytes().to_vec(),
    }
}

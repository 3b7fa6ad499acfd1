//! A kubeconfig as a tree whose leaves are YAML text, and what is done to it at random.

use crate::random::dice::Dice;

/// A part of the file.
#[derive(Debug, Clone)]
pub enum Node {
    Map(Vec<(String, Self)>),
    List(Vec<Self>),
    /// Text of YAML.
    Leaf(String),
}

/// Leaves that readers may differ in, or that people write.
const ODD: &[&str] = &[
    "on",
    "Off",
    "y",
    "N",
    "yes",
    "true",
    "True",
    "'true'",
    "\"false\"",
    "null",
    "~",
    "Null",
    "''",
    "\"\"",
    "",
    "1_0",
    "0o7",
    "017",
    "0x1F",
    "0b1",
    "1e3",
    ".5",
    "5.",
    "+1",
    "-1",
    "1.0",
    "12:30",
    "1:2:3",
    "2001-01-01",
    "2026-01-01T00:00:00Z",
    "1234567890",
    "12345678901234567890123",
    "'0123'",
    "'123'",
    "'1e5'",
    "'0x10'",
    "'1_000'",
    ".inf",
    ".NaN",
    "=",
    "'<<'",
    "[]",
    "{}",
    "[a, b]",
    "{a: b}",
    "- a",
    "a b",
    "a # no",
    "a#b",
    "'it''s'",
    "\"\\x41\"",
    "\"a\\tb\"",
    "\"\\u0041\"",
    "'a\\b'",
    "a\\b",
    "!!str 5",
    "!!int '5'",
    "!x y",
    "!!binary aGk=",
    "&a b",
    "*a",
    "%a",
    "@a",
    "`a`",
    "|\n        text",
    ">-\n        folded\n        text",
    "a\n        b",
    "'a\n        b'",
    "?a",
    "? a",
    "-a",
    "--flag",
    "- -",
    ":a",
    "a:",
    "a:b",
    "a: b",
    "é",
    "管理",
    "a\u{85}b",
    "a\u{a0}b",
    "a\u{2028}b",
    "a\tb",
    "\ta",
    "a\t",
    "a\u{feff}b",
    "\u{1f600}",
    "a\u{0}b",
    "<<",
    "https://x.test:1/?a=b#c",
    "https://[2001:db8::1]:6443",
    "'https://y.test'",
    "\"https://y.test\"",
    "./a",
    "../a",
    "/a/b",
    "~/a",
    "a,b",
    "a]b",
    "[a",
    "{a",
    "a}",
    "'",
    "\"",
    "#a",
    "a'b",
    "a\"b",
    "x!y&z*w",
    "$HOME",
    "0",
    "00",
    "0.",
    "1,000",
    "nan",
    "inf",
    "undefined",
    "None",
    "1s",
    "0s",
    "12e03",
    "1d",
    "e1",
    "0x",
    "0o8",
    "08",
    "09.5",
    "_1",
    "1__0",
    "2012345",
    "'2012345'",
    "2012345-cabc",
    "123-456",
    "1-2-3",
    "12-ab",
    "9007199254740993",
    "0777",
    "'1.5'",
    "'on'",
    "'~'",
    "'null'",
    "'2001-01-01'",
    "'+1'",
    "'-1'",
    "'.5'",
    "190:20:30",
    "'190:20:30'",
    "685_230.15",
];

/// Keys that are none, or that Go may take for another.
const KEYS: &[&str] = &[
    "Server",
    "SERVER",
    "\u{17f}erver",
    "toKen",
    "to\u{212a}en",
    "TOKEN",
    "Token",
    "tokenfile",
    "Name",
    "Cluster",
    "User",
    "Namespace",
    "insecure-skip-TLS-verify",
    "colour",
    "x-y",
    "'server'",
    "\"token\"",
    "1",
    "true",
    "on",
    "~",
    "null",
    "!!str server",
    "? server",
    "<<",
    "a b",
    "tls_server_name",
    "certificateAuthority",
    "as-user",
    "extensions",
    "preferences",
    "locationOfOrigin",
    "LocationOfOrigin",
    "''",
];

impl Node {
    pub fn leaf(text: impl Into<String>) -> Self {
        Self::Leaf(text.into())
    }

    /// Every part, whole before its parts.
    fn each(&mut self, visit: &mut impl FnMut(&mut Self)) {
        visit(self);
        match self {
            Self::Map(entries) => entries.iter_mut().for_each(|(_, node)| node.each(visit)),
            Self::List(items) => items.iter_mut().for_each(|node| node.each(visit)),
            Self::Leaf(_) => {}
        }
    }

    /// Does something to a part of this kind, any of them.
    fn at(
        &mut self,
        dice: &mut Dice,
        is_meant: fn(&Self) -> bool,
        act: impl FnOnce(&mut Self, &mut Dice),
    ) {
        let mut count = 0;
        self.each(&mut |node| count += usize::from(is_meant(node)));
        if count == 0 {
            return;
        }
        let (mut left, mut act) = (dice.below(count), Some(act));
        self.each(&mut |node| {
            if is_meant(node) {
                if left == 0
                    && let Some(act) = act.take()
                {
                    act(node, dice);
                }
                left = left.wrapping_sub(1);
            }
        });
    }
}

/// One change of what is written.
pub fn change(tree: &mut Node, dice: &mut Dice) {
    let is_map = |node: &Node| matches!(node, Node::Map(entries) if !entries.is_empty());
    let is_leaf = |node: &Node| matches!(node, Node::Leaf(_));
    let any = |_: &Node| true;
    match dice.below(12) {
        0..=3 => tree.at(dice, is_leaf, |node, dice| {
            *node = Node::leaf(dice.pick(ODD));
        }),
        4 => tree.at(dice, is_map, |node, dice| {
            let Node::Map(entries) = node else { return };
            let at = dice.below(entries.len() + 1);
            entries.insert(
                at,
                (
                    dice.pick(KEYS).to_owned(),
                    Node::leaf(dice.pick(&[
                        "x",
                        "https://z.test",
                        "true",
                        "{}",
                        "[]",
                        "5",
                        "null",
                    ])),
                ),
            );
        }),
        5 => tree.at(dice, is_map, |node, dice| {
            let Node::Map(entries) = node else { return };
            let at = dice.below(entries.len());
            dice.pick(KEYS).clone_into(&mut entries[at].0);
        }),
        // Twice, the same or another value.
        6 => tree.at(dice, is_map, |node, dice| {
            let Node::Map(entries) = node else { return };
            let mut twin = entries[dice.below(entries.len())].clone();
            if dice.percent(70) {
                twin.1 = Node::leaf(dice.pick(&["twin", "https://twin.test", "null", "{}", "[]"]));
            }
            entries.insert(dice.below(entries.len() + 1), twin);
        }),
        7 => tree.at(dice, is_map, |node, dice| {
            let Node::Map(entries) = node else { return };
            entries.remove(dice.below(entries.len()));
        }),
        8 => tree.at(dice, any, |node, dice| {
            *node =
                Node::leaf(dice.pick(&["null", "~", "", "{}", "[]", "text", "5", "[x]", "{x: y}"]));
        }),
        9 => tree.at(dice, is_map, |node, dice| {
            let Node::Map(entries) = node else { return };
            let merged = dice.pick(&[
                "{server: 'https://merged.test'}",
                "{token: merged}",
                "*base",
                "[{server: 'https://merged.test'}]",
                "null",
            ]);
            entries.insert(
                dice.below(entries.len() + 1),
                ("<<".to_owned(), Node::leaf(merged)),
            );
        }),
        10 => tree.at(
            dice,
            |node| matches!(node, Node::List(items) if !items.is_empty()),
            |node, dice| {
                let Node::List(items) = node else { return };
                let at = dice.below(items.len());
                if dice.percent(50) {
                    items.insert(at, items[at].clone());
                } else {
                    items[at] = Node::leaf(dice.pick(&["null", "text", "{}", "[]"]));
                }
            },
        ),
        _ => tree.at(dice, any, |node, dice| {
            let before = dice.pick(&["!!map ", "!!str ", "&base ", "!x ", "!!seq ", "!!null "]);
            if let Node::Leaf(text) = node {
                text.insert_str(0, before);
            }
        }),
    }
}

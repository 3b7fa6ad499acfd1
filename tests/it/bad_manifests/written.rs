//! The odd forms that YAML, JSON and their encodings allow.

use serde_json::Value;

/// How a key and its value can be written into a block of YAML.
pub type Pair = fn(&str, &str) -> String;
/// How a file can be written, given its plain YAML, and the end of the file's name.
pub type Whole = (&'static str, fn(&str) -> String);

pub const PLAIN: (&str, Pair) = ("plain", |key, value| format!("{key}: {value}"));

/// kubectl reads all of these.
pub const PAIRS: &[(&str, Pair)] = &[
    PLAIN,
    ("tabs between the words", |key, value| {
        format!("{key}:\t{value}\t# tab")
    }),
    ("a key twice, of which the last counts", |key, value| {
        format!("{key}: other\n{key}: {value}")
    }),
    ("anchors that nobody follows", |key, value| {
        format!("&k {key}: &v {value}")
    }),
    ("a merge key", |key, value| {
        format!("<<: {{{key}: {value}}}")
    }),
    ("a merge key with a list", |key, value| {
        format!("<<: [{{{key}: {value}}}, {{{key}: other}}]")
    }),
    ("a merge of an alias", |key, value| {
        format!("? <<\n: &it {{{key}: {value}}}")
    }),
    ("a long key", |key, value| {
        format!("? {key}\n: >-\n  {value}")
    }),
    ("escapes", |key, value| {
        let (first, rest) = key.split_at(1);
        format!("\"\\x{:02x}{rest}\": '{value}'", first.as_bytes()[0])
    }),
    ("tags", |key, value| format!("!!str {key}: !!str {value}")),
    ("a value in base64", |key, value| {
        use base64::Engine as _;
        let value = base64::engine::general_purpose::STANDARD.encode(value);
        format!("{key}: !!binary {value}")
    }),
];

/// kubectl reads all of these.
pub const WHOLES: &[(&str, Whole)] = &[
    (
        "a byte order mark",
        ("it.yaml", |text| format!("\u{feff}{text}")),
    ),
    ("UTF-16, low bytes first", ("it.utf16", str::to_owned)),
    ("UTF-16, high bytes first", ("it.utf16be", str::to_owned)),
    (
        "the line ends of Windows",
        ("it.yaml", |text| text.replace('\n', "\r\n")),
    ),
    (
        "the line ends of old Macs",
        ("it.yaml", |text| text.replace('\n', "\r")),
    ),
    (
        "the line ends of mainframes",
        ("it.yaml", |text| text.replace('\n', "\u{85}")),
    ),
    (
        "behind nothing and comments",
        ("it.yaml", |text| {
            format!("# one\n---\n---\n# two\n---\n\n---\nnull\n--- # three\n{text}---\n# four\n")
        }),
    ),
    ("JSON", ("it.yaml", json)),
    (
        "JSON behind JSON",
        ("it.json", |text| format!("{HARMLESS_JSON}{}", json(text))),
    ),
    (
        "JSON behind YAML",
        ("it.yaml", |text| {
            format!("{HARMLESS_JSON}\n---\n{}", json(text))
        }),
    ),
    (
        "YAML behind JSON",
        ("it.json", |text| format!("{HARMLESS_JSON}\n---\n{text}")),
    ),
    (
        "JSON with a comma too many",
        ("it.json", |text| json(text).replace("\"}}", "\",}}")),
    ),
    (
        "in a List",
        ("it.yaml", |text| {
            format!("kind: List\napiVersion: v1\nitems:\n- {}", indent(text, 2))
        }),
    ),
    (
        "in a list of its kind",
        ("it.yaml", |text| {
            let kind = json_value(text)["kind"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let items = indent(text, 2);
            let api_version = json_value(text)["apiVersion"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            format!("kind: {kind}List\napiVersion: {api_version}\nitems:\n- {items}")
        }),
    ),
];

/// kubectl reads none of these. What a rule would mind in them is never written.
pub const REFUSED: &[(&str, Whole)] = &[
    (
        "tabs for indentation",
        ("it.yaml", |text| text.replace("    ", "\t")),
    ),
    (
        "UTF-16 without a mark",
        ("it.yaml", |text| {
            text.chars().flat_map(|it| [it, '\0']).collect()
        }),
    ),
    (
        "a control character",
        ("it.yaml", |text| format!("{text}\u{b}")),
    ),
    (
        "a directive",
        ("it.yaml", |text| format!("%YAML 1.1\n---\n{text}")),
    ),
    (
        "a separator with text behind it",
        ("it.yaml", |text| format!("{text}--- next\n")),
    ),
    (
        "a list in a list",
        ("it.yaml", |text| {
            let inner = indent(
                &format!("kind: List\napiVersion: v1\nitems:\n- {}", indent(text, 2)),
                2,
            );
            format!("kind: List\napiVersion: v1\nitems:\n- {inner}")
        }),
    ),
    (
        "no API version",
        ("it.yaml", |text| text.replacen("apiVersion", "ersion", 1)),
    ),
    (
        "no kind",
        ("it.yaml", |text| text.replacen("kind", "ind", 1)),
    ),
    (
        "an unknown kind",
        ("it.yaml", |text| text.replacen("kind: ", "kind: My", 1)),
    ),
    (
        "an unknown version",
        ("it.yaml", |text| {
            text.replacen("apiVersion: v1", "apiVersion: v1beta7", 1)
        }),
    ),
    (
        "an unknown field",
        ("it.yaml", |text| format!("{text}dta: {{a: b}}\n")),
    ),
];

/// An object that is there, and has what each verb looks for. No rule minds what becomes of it.
const HARMLESS_JSON: &str = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"catalog","namespace":"shop"}}"#;

fn json_value(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

fn json(text: &str) -> String {
    json_value(text).to_string()
}

/// All lines but the first.
pub fn indent(text: &str, spaces: usize) -> String {
    text.trim_end()
        .replace('\n', &format!("\n{}", " ".repeat(spaces)))
        + "\n"
}

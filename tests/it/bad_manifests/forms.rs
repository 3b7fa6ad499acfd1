//! One object in every odd form that YAML, JSON and their encodings allow.

use serde_json::Value;

use super::{End, MINDED, RULE, Report, UNMINDED, stage, typed};

/// How a key and its value can be written into a block of YAML.
type Pair = fn(&str, &str) -> String;
/// How a file can be written, given its plain YAML, and the end of the file's name.
type Whole = (&'static str, fn(&str) -> String);

const PLAIN: (&str, Pair) = ("plain", |key, value| format!("{key}: {value}"));

/// kubectl reads all of these.
const PAIRS: &[(&str, Pair)] = &[
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
const WHOLES: &[(&str, Whole)] = &[
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
const REFUSED: &[(&str, Whole)] = &[
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
fn indent(text: &str, spaces: usize) -> String {
    text.trim_end()
        .replace('\n', &format!("\n{}", " ".repeat(spaces)))
        + "\n"
}

/// The verbs that write what the file says, with the object that they are for.
const WRITERS: [(&str, &str); 4] = [
    ("create -f", "made"),
    ("apply -f", "shop-settings"),
    ("apply --server-side -f", "shop-settings"),
    ("replace -f", "shop-settings"),
];

fn config_map(name: &str, pair: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: {name}\n    namespace: shop\n    annotations:\n        {}",
        indent(pair, 8)
    )
}

/// Every form, numbered.
fn forms() -> impl Iterator<Item = (usize, &'static str, Pair, Whole)> {
    let as_is: Whole = ("it.yaml", str::to_owned);
    let pairs = PAIRS.iter().map(move |&(form, pair)| (form, pair, as_is));
    let wholes = WHOLES.iter().map(|&(form, whole)| (form, PLAIN.1, whole));
    let numbered = pairs.chain(wholes).enumerate();
    numbered.map(|(number, (form, pair, whole))| (number, form, pair, whole))
}

#[test]
fn what_a_file_says_is_judged_in_every_form() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (number, form, pair, (file, whole)) in forms() {
        let line = |turn: usize, (key, value): (&str, &str)| {
            let (verb, name) = WRITERS[turn % WRITERS.len()];
            let text = whole(&config_map(name, &pair(key, value)));
            typed(&format!("{verb} {file}"), &[(file, &text)])
        };
        report.check(stage, form, &line(number, MINDED), End::Stopped(RULE));
        let other = line(number + 1, MINDED);
        report.check_stopped(stage, form, &other, 77, &[RULE]);
        if number % 2 == 0 {
            report.check(stage, form, &line(number / 2, UNMINDED), End::Written);
        }
    }
    report.close();
}

#[test]
fn what_kubectl_does_not_read_it_refuses_itself() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (turn, (form, (file, whole))) in REFUSED.iter().enumerate() {
        let (verb, name) = WRITERS[turn % 4];
        let text = whole(&config_map(name, &PLAIN.1(MINDED.0, MINDED.1)));
        report.check(
            stage,
            form,
            &typed(&format!("{verb} {file}"), &[(file, &text)]),
            End::Refused,
        );
    }
    report.close();
}

/// The verbs that only take from the file which object is meant: what they do to one that a rule minds, which one that is,
/// the rule, and what they do that none minds.
const POINTERS: [(&str, &str, &str, &str); 4] = [
    (
        "label --overwrite node.kubernetes.io/exclude-from-external-load-balancers=true -f",
        "v1 Node cn-hangzhou.10.20.1.41",
        "node-label-exclude-balancer",
        "label example.com/rack=3 -f",
    ),
    (
        "set env GREETING=hello -f",
        "apps/v1 Deployment kube-system/coredns",
        "component-update",
        "annotate example.com/of=web -f",
    ),
    (
        "scale --replicas=0 -f",
        "apps/v1 Deployment kube-system/coredns",
        "component-update",
        "annotate example.com/of=web -f",
    ),
    (
        r#"patch -p {"metadata":{"annotations":{"control.kubernetes.io/of":"web"}}} -f"#,
        "v1 ConfigMap shop/shop-settings",
        RULE,
        r#"patch -p {"metadata":{"annotations":{"example.com/of":"web"}}} -f"#,
    ),
];

/// The name is written in this form.
fn pointer(object: &str, pair: Pair) -> String {
    let mut words = object.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (api_version, kind, place) = (word(), word(), word());
    let (namespace, name) = place.split_once('/').unwrap_or(("", place));
    let namespace = if namespace.is_empty() {
        String::new()
    } else {
        format!("    namespace: {namespace}\n")
    };
    let name = indent(&pair("name", name), 4);
    format!("apiVersion: {api_version}\nkind: {kind}\nmetadata:\n{namespace}    {name}")
}

#[test]
fn the_object_that_a_file_names_is_found_in_every_form() {
    let mut report = Report::default();
    let stage = &mut *stage();
    for (number, form, pair, (file, whole)) in forms() {
        let (minded, object, rule, unminded) = POINTERS[number % POINTERS.len()];
        let text = whole(&pointer(object, pair));
        let line = |words: &str| {
            let words = shell_words::join(words.split(' ').chain([file]));
            typed(&words, &[(file, &text)])
        };
        report.check(stage, form, &line(minded), End::Stopped(rule));
        if number / 4 % 2 == 0 {
            report.check(stage, form, &line(unminded), End::Written);
        }
    }
    report.close();
}

//! Bytes to documents, cut as kubectl cuts them.
//!
//! Source: `YAMLOrJSONDecoder` of `k8s.io/apimachinery/pkg/util/yaml/decoder.go`, and `FileVisitor` of cli-runtime for the encodings.

use std::borrow::Cow;

use serde::Deserialize;

use super::document::{Document, Envelope, Syntax, interpret};
use crate::limit::{self, Excess};

/// kubectl may read this in another way: let it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Uncertain;

/// Why there are no documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotClear {
    /// kubectl may read them in another way.
    Uncertain,
    /// There is too much of one.
    Excess(Excess),
}

impl From<Uncertain> for NotClear {
    fn from(Uncertain: Uncertain) -> Self {
        Self::Uncertain
    }
}

impl From<Excess> for NotClear {
    fn from(excess: Excess) -> Self {
        Self::Excess(excess)
    }
}

/// How far Go looks for an opening brace.
const GUESSED: usize = 4096;

/// The documents of one file that kubectl accepts, up to where it stops.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Document>, NotClear> {
    let text = decode(bytes)?;
    let mut documents = Vec::new();
    let start = text.trim_start();
    if !start.starts_with('{') || text.len() - start.len() >= GUESSED {
        read_yaml(&text, &mut documents)?;
        return Ok(documents);
    }
    limit::check_json(text.as_bytes())?;
    let mut read = 0;
    let mut consumed = 0;
    let mut json = serde_json::Deserializer::from_str(&text).into_iter::<Envelope>();
    while let Some(next) = json.next() {
        if let Ok(envelope) = next {
            read += 1;
            consumed = json.byte_offset();
            documents.push(interpret(envelope, Syntax::Json)?);
            continue;
        }
        // Up to one JSON object, the stream may still be YAML from here on.
        let rest = &text[consumed..];
        if read <= 1 {
            read_yaml(skip_line_end(rest), &mut documents)?;
            return Ok(documents);
        }
        // After that it is JSON, and a separator is an error for certain.
        return if rest.trim_start().starts_with("---") {
            documents.push(Document::Refused);
            Ok(documents)
        } else {
            Err(NotClear::Uncertain)
        };
    }
    Ok(documents)
}

/// White space up to and including the first line end.
fn skip_line_end(text: &str) -> &str {
    let spaces = &text[..text.len() - text.trim_start().len()];
    spaces
        .find('\n')
        .map_or(&text[spaces.len()..], |at| &text[at + 1..])
}

/// UTF-8, or what the byte order mark says. Go puts U+FFFD in the place of broken bytes.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Uncertain> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        if bytes.len().is_multiple_of(2) {
            String::from_utf16(&units)
                .map(Cow::Owned)
                .map_err(|_| Uncertain)
        } else {
            Err(Uncertain)
        }
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(String::from_utf8_lossy(rest)),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => Ok(String::from_utf8_lossy(bytes)),
    }
}

fn read_yaml(text: &str, documents: &mut Vec<Document>) -> Result<(), NotClear> {
    let mut current = String::new();
    for line in text.split_inclusive('\n') {
        if let Some(after) = line.strip_prefix("---") {
            let after = after.trim();
            // Go loses the document that such a line ends.
            if !after.is_empty() && !after.starts_with('#') {
                documents.push(Document::Refused);
                return Ok(());
            }
            if !current.is_empty() {
                read_document(&current, documents)?;
                current.clear();
                // Go keeps the separator in the document that it opens only when nothing stood before.
                continue;
            }
        }
        let line = line.strip_suffix('\n').unwrap_or(line);
        current.push_str(line.strip_suffix('\r').unwrap_or(line));
        current.push('\n');
    }
    read_document(&current, documents)
}

fn read_document(text: &str, documents: &mut Vec<Document>) -> Result<(), NotClear> {
    limit::check_yaml(text.as_bytes(), limit::VALUES)?;
    // A standard tag (`!!binary`) changes what a scalar is, and our parser does not always tell.
    if ["!!", "!<", "%TAG"].iter().any(|tag| text.contains(tag)) {
        return Err(NotClear::Uncertain);
    }
    if let Some(envelope) =
        Option::<Envelope>::deserialize(serde_yaml::Deserializer::from_str(text))
            .map_err(|_| NotClear::Uncertain)?
    {
        documents.push(interpret(envelope, Syntax::Yaml)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The documents as `kind namespace/name`, lists in brackets.
    fn summary(text: &[u8]) -> Result<Vec<String>, NotClear> {
        let identity = |it: &super::super::document::Identity| {
            format!("{} {}/{}", it.kind, it.namespace, it.name)
        };
        let document = |document: &Document| match document {
            Document::Object(it) => identity(it),
            Document::Refused => "refused".to_owned(),
            Document::List { kind, items, .. } => {
                let items: Vec<_> = items.iter().map(identity).collect();
                format!("{kind}[{}]", items.join(", "))
            }
        };
        read(text).map(|documents| documents.iter().map(document).collect())
    }

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";

    #[test]
    fn reads_what_kubectl_reads() {
        let cases: [(&[u8], &[&str]); 24] = [
            (b"", &[]),
            (b"# only a comment\n", &[]),
            (b"---\n---\n\n---\nnull\n", &[]),
            (b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: x\n", &["Pod x/a"]),
            (b"---\nkind: Pod\nmetadata: {name: a}\n--- # next\nkind: Pod\nmetadata: {name: b}\n---\n", &["Pod /a", "Pod /b"]),
            (b"kind: Pod\r\nmetadata: {name: a}\r\n---\r\nkind: Pod\r\nmetadata: {name: b}\r\n", &["Pod /a", "Pod /b"]),
            // A broken separator: Go loses the document before it, and stops.
            (b"kind: Pod\nmetadata: {name: a}\n---\nkind: Pod\nmetadata: {name: b}\n--- x\nkind: Pod\n", &["Pod /a", "refused"]),
            (b"\xef\xbb\xbfkind: Pod\nmetadata: {name: a}\n", &["Pod /a"]),
            (b"\xff\xfek\0i\0n\0d\0:\0 \0P\0o\0d\0", &["Pod /"]),
            (b"\xfe\xff\0k\0i\0n\0d\0:\0 \0P\0o\0d", &["Pod /"]),
            (b"{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}{\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"}} \n", &["Pod /a", "Pod /b"]),
            (b"{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}\n---\n{\"kind\":\"Pod\",\"metadata\":{\"name\":\"b\"}}\n", &["Pod /a", "Pod /b"]),
            (b"{kind: Pod, metadata: {name: a}}\n---\nkind: Pod\n", &["Pod /a", "Pod /"]),
            (b"{\"kind\":\"Pod\"}{\"kind\":\"Pod\"}\n---\n{\"kind\":\"Pod\"}", &["Pod /", "Pod /", "refused"]),
            (b"kind: List\napiVersion: v1\nitems:\n- {kind: Pod, apiVersion: v1, metadata: {name: a}}\n- {kind: Node, metadata: {name: b}}\n", &["List[Pod /a, Node /b]"]),
            (b"kind: PodList\napiVersion: v1\nitems:\n- {metadata: {name: a}}\n", &["PodList[Pod /a]"]),
            (b"kind: List\nitems: null\n", &["List[]"]),
            // Refused one by one: no kind, metadata of the wrong type.
            (b"metadata: {name: a}\n---\nkind: Pod\nmetadata: {name: true}\n---\nkind: Pod\nmetadata: {name: b, annotations: {x: true}}\n---\nkind: Pod\n", &["refused", "refused", "refused", "Pod /"]),
            (b"kind: Pod\nmetadata: {name: \"10\"}\n", &["Pod /10"]),
            (b"kind: Node\nmetadata: {name: cn-hangzhou.10.0.0.1}\n", &["Node /cn-hangzhou.10.0.0.1"]),
            (b"kind: Node\nmetadata: {name: 10.0.0.1}\n", &["Node /10.0.0.1"]),
            (b"kind: Pod\nmetadata: {name: 2024-01-01}\n", &["Pod /2024-01-01"]),
            (b"kind: Pod\nmetadata: &m {name: a}\nspec: *m\n", &["Pod /a"]),
            (b"kind: Pod\nmetadata:\nspec: {1: x, true: y, a: !foo b}\n", &["Pod /"]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(
                summary(text),
                Ok(expected),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn leaves_to_kubectl_what_it_may_read_otherwise() {
        for text in [
            "kind: Pod\nmetadata: {name: yes}\n",
            "kind: Pod\nmetadata: {name: 'no'}\n",
            "kind: Pod\nmetadata: {name: 010}\n",
            "kind: Pod\nmetadata: {name: 1_000}\n",
            "kind: Pod\nmetadata: {name: 0b11}\n",
            "kind: Pod\nmetadata: {name: 12}\n",
            "kind: Pod\nkind: Node\n",
            "kind: !kind Pod\n",
            "kind: !!binary UG9k\n",
            "kind: Pod\nmetadata: {<<: {name: a}}\n",
            "kind: Pod\nmetadata: {labels: {1: a}}\n",
            "kind: Pod\n...\nkind: Pod\n",
            "kind: [Pod\n",
            "- kind: Pod\n",
            "{\"kind\":\"Pod\"}{\"kind\":\"Pod\"}{\"kind\":}",
            "kind: List\nitems:\n- kind: List\n  items: []\n",
        ] {
            assert_eq!(summary(text.as_bytes()), Err(NotClear::Uncertain), "{text}");
        }
    }

    #[test]
    fn reads_twenty_megabytes_of_documents() {
        let mut text = String::new();
        for n in 0..5_000 {
            text += &POD.replace("name: a", &format!("name: a{n}"));
            text += "data:\n";
            for line in 0..40 {
                writeln!(text, "  key{line}: \"{}\"", "x".repeat(90)).expect("memory");
            }
            text += "---\n";
        }
        assert!(text.len() > 20_000_000);
        assert_eq!(
            read(text.as_bytes()).map(|documents| documents.len()),
            Ok(5_000)
        );
    }
}

//! The same command again in words of our own, for a run of kubectl that only reads.
//!
//! Words cannot simply be added to those that were typed: after `--` they are arguments, and the last flag may wait for a value.

use std::ffi::OsString;

use super::Invocation;
use super::parse::Value;
use crate::kubectl::flags::{Flag, Kind};

impl Invocation {
    /// This command with every flag written out (kuberc's too) but those in `without`, and with the flags `with`.
    #[must_use]
    pub fn rewrite(&self, without: &[&str], with: &[&str]) -> Vec<OsString> {
        let mut words: Vec<String> = self.path().split(' ').map(str::to_owned).collect();
        for (flag, value) in &self.parsed.flags {
            if !without.contains(&flag.long) {
                words.extend(spell(flag, value));
            }
        }
        words.extend(with.iter().map(|&flag| flag.to_owned()));
        let arguments = &self.parsed.arguments;
        let (before, after) = arguments.split_at(self.parsed.dash.unwrap_or(arguments.len()));
        words.extend_from_slice(before);
        if self.parsed.dash.is_some() {
            words.push("--".to_owned());
            words.extend_from_slice(after);
        }
        words.into_iter().map(OsString::from).collect()
    }
}

/// A flag as words, each with its value after `=`: the one form that every kind of flag takes.
fn spell(flag: &Flag, value: &Value) -> Vec<String> {
    let name = flag.long;
    match value {
        Value::Truth(truth) => vec![format!("--{name}={truth}")],
        Value::Integer(integer) => vec![format!("--{name}={integer}")],
        Value::Text(text) => vec![format!("--{name}={text}")],
        Value::List(elements) => elements
            .iter()
            .map(|element| match flag.kind {
                Kind::CsvList | Kind::Map => format!("--{name}={}", quote_csv(element)),
                _ => format!("--{name}={element}"),
            })
            .collect(),
    }
}

/// One field of Go's `encoding/csv`.
fn quote_csv(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) || field.starts_with(char::is_whitespace) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Reading, read};
    use crate::kubectl::flags::Minor;
    use crate::kubectl::kuberc::World;

    fn rewritten(line: &str) -> String {
        let words: Vec<OsString> = shell_words::split(line)
            .expect("a line of words")
            .into_iter()
            .map(OsString::from)
            .collect();
        let Reading::Guarded(invocation) =
            read(&words, Some(Minor::NEWEST), || vec![World::Nothing])
        else {
            panic!("{line} is guarded");
        };
        let words = invocation.rewrite(&["dry-run", "output"], &["--dry-run=server"]);
        let words = words.iter().map(|word| word.to_string_lossy().into_owned());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_flag_keeps_its_value() {
        for (line, expected) in [
            (
                "-n web -f a.yaml -f '\"b,c.yaml\"' apply -oyaml --dry_run=none",
                "apply --namespace=web --filename=a.yaml --filename=\"b,c.yaml\" --dry-run=server",
            ),
            (
                "label pod x a=b --overwrite -l= -- c-",
                "label --overwrite=true --selector== --dry-run=server pod x a=b -- c-",
            ),
        ] {
            assert_eq!(rewritten(line), expected, "{line}");
        }
    }
}

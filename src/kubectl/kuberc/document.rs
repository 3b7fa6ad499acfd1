//! The YAML of a kuberc file.
//!
//! The person's file is read by two YAML parsers, kubectl's and ours. Wherever they might differ, the result is a doubt or
//! both states, never a silent "nothing there".

use serde::Deserialize;
use serde_yaml::Value;

use super::{Alias, Choice, Defaults, Kuberc, Problem, World};
use crate::cluster::credential::PluginPolicy;
use crate::kubectl::flags::Minor;
use crate::limit;

const GROUP: &str = "kubectl.config.k8s.io/";

/// The most values of one file. It is read for every command, also where no time is kept.
const VALUES: usize = 20_000;

/// What kubectl of this version makes of the file: the first document that is a `Preference` counts.
pub(super) fn worlds(bytes: &[u8], path: &str, explicit: bool, version: Minor) -> Vec<World> {
    if let Err(excess) = limit::check_yaml(bytes, VALUES) {
        let path = path.to_owned();
        return vec![World::Unclear(Problem::Excess { path, excess })];
    }
    match decode(bytes, version) {
        Ok(Some(decoded)) => {
            if let Some(why) = refused(&decoded.kuberc) {
                return vec![World::Stops(why)];
            }
            // 1.33 drops a whole file for an unknown field, and says so.
            if decoded.has_unknown_fields && version.0 <= 33 {
                return ignored(explicit, path);
            }
            let mut worlds = vec![World::Applies(decoded.kuberc)];
            if decoded.may_be_no_text {
                worlds.extend(ignored(explicit, path));
            }
            worlds
        }
        // Of an empty file kubectl thinks nothing.
        Ok(None) if is_blank(bytes) => vec![World::Nothing],
        Ok(None) => ignored(explicit, path),
        Err(why) => vec![World::Unclear(Problem::NotUnderstood {
            path: path.to_owned(),
            why,
        })],
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.all(|line| line.is_empty() || line == b"---")
}

/// kubectl warns and goes on without a file in the usual place; one that was named must be good.
fn ignored(explicit: bool, path: &str) -> Vec<World> {
    vec![if explicit {
        World::Stops(format!("{path} holds no preferences"))
    } else {
        World::Nothing
    }]
}

/// The file's `credentialPluginPolicy` and `credentialPluginAllowlist`, as kubectl 1.35 and later have them. What is there and not
/// understood lets no plugin run.
pub(super) fn plugin_policy(bytes: &[u8]) -> PluginPolicy {
    if limit::check_yaml(bytes, VALUES).is_err() || has_alias(bytes) {
        return PluginPolicy::DenyAll;
    }
    let mut preference = None;
    for document in serde_yaml::Deserializer::from_slice(bytes) {
        match Value::deserialize(document) {
            Ok(value) if is_preference(&value) => {
                preference = Some(value);
                break;
            }
            Ok(_) => {}
            Err(_) => return PluginPolicy::DenyAll,
        }
    }
    let field = |name: &str| preference.as_ref().and_then(|value| value.get(name));
    match field("credentialPluginPolicy") {
        None | Some(Value::Null) => PluginPolicy::AllowAll,
        Some(policy) => match policy.as_str() {
            Some("" | "AllowAll") => PluginPolicy::AllowAll,
            Some("Allowlist") => {
                let entries = field("credentialPluginAllowlist").and_then(Value::as_sequence);
                // `name` in 1.35, `command` from 1.36 on.
                let command = |entry: &Value| {
                    let name = entry.get("command").or_else(|| entry.get("name"))?;
                    name.as_str().map(str::to_owned)
                };
                let commands = entries.into_iter().flatten().filter_map(command);
                PluginPolicy::Allowlist(commands.collect())
            }
            _ => PluginPolicy::DenyAll,
        },
    }
}

/// Whether it may say `*name`. Aliases of aliases take seconds to follow, and nobody writes preferences with them.
fn has_alias(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|part| {
        let begins = part[0].is_ascii_whitespace() || b"[{,:".contains(&part[0]);
        begins && part[1] == b'*' && part[2].is_ascii_alphanumeric()
    })
}

fn is_preference(value: &Value) -> bool {
    let field = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    field("kind") == "Preference" && field("apiVersion").starts_with(GROUP)
}

struct Decoded {
    kuberc: Kuberc,
    has_unknown_fields: bool,
    /// A text that YAML 1.1, which kubectl reads, takes for a bool or a number unless it is quoted. Then the file is invalid.
    may_be_no_text: bool,
}

fn decode(bytes: &[u8], version: Minor) -> Result<Option<Decoded>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    // With a tag or a merge key, Go and our parser may read different values: `command: !!binary ZGVsZXRl` is `delete`.
    if let Some(mark) = ["!!", "!<", "%TAG", "<<"]
        .iter()
        .find(|mark| text.contains(**mark))
    {
        return Err(format!("it says {mark}"));
    }
    if has_alias(bytes) {
        return Err("it has an alias".to_owned());
    }
    for document in serde_yaml::Deserializer::from_str(text) {
        let value = Value::deserialize(document).map_err(|error| error.to_string())?;
        let field = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(api) = field("apiVersion").strip_prefix(GROUP) else {
            continue;
        };
        if field("kind") != "Preference" {
            continue;
        }
        let file = match api {
            "v1beta1" if version.0 < 34 => continue,
            "v1alpha1" | "v1beta1" => {
                File::deserialize(&value).map_err(|error| error.to_string())?
            }
            other => return Err(format!("its version is {other}")),
        };
        return file.decode(api == "v1beta1").map(Some);
    }
    Ok(None)
}

/// kubectl's `validate`.
fn refused(kuberc: &Kuberc) -> Option<String> {
    let options = kuberc
        .aliases
        .iter()
        .map(|alias| &alias.options)
        .chain(kuberc.defaults.iter().map(|entry| &entry.options));
    if let Some(option) = options
        .flatten()
        .find(|option| option.name.starts_with('-'))
    {
        return Some(format!(
            "the flag {} must be written without dashes",
            option.name
        ));
    }
    kuberc.aliases.iter().enumerate().find_map(|(at, alias)| {
        if alias.name.is_empty() || !alias.name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Some(format!("the alias {:?} must be letters only", alias.name));
        }
        let twice = kuberc.aliases[..at]
            .iter()
            .any(|before| before.name == alias.name);
        twice.then(|| format!("the alias {} is there twice", alias.name))
    })
}

type Unknown = std::collections::BTreeMap<String, Value>;

/// Both versions' fields; [`File::decode`] takes those of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(rename = "apiVersion")]
    _api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    defaults: Option<Vec<DefaultsEntry>>,
    overrides: Option<Vec<DefaultsEntry>>,
    aliases: Option<Vec<AliasEntry>>,
    #[serde(rename = "credentialPluginPolicy")]
    _credential_plugin_policy: Option<Value>,
    #[serde(rename = "credentialPluginAllowlist")]
    _credential_plugin_allowlist: Option<Value>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Deserialize)]
struct DefaultsEntry {
    #[serde(default)]
    command: String,
    options: Option<Vec<ChoiceEntry>>,
    flags: Option<Vec<ChoiceEntry>>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AliasEntry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    command: String,
    prepend_args: Option<Vec<String>>,
    append_args: Option<Vec<String>>,
    options: Option<Vec<ChoiceEntry>>,
    flags: Option<Vec<ChoiceEntry>>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Deserialize)]
struct ChoiceEntry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    default: String,
    #[serde(flatten)]
    unknown: Unknown,
}

impl File {
    fn decode(self, beta: bool) -> Result<Decoded, String> {
        let mut notes = Notes {
            beta,
            unknown: false,
            may_be_no_text: false,
        };
        notes.unknown(&self.unknown)?;
        let defaults = notes
            .pick(self.defaults, self.overrides)
            .into_iter()
            .map(|entry| {
                notes.unknown(&entry.unknown)?;
                Ok(Defaults {
                    command: notes.text(entry.command),
                    options: notes.options(entry.options, entry.flags)?,
                })
            });
        let defaults = defaults.collect::<Result<_, String>>()?;
        let aliases = self.aliases.unwrap_or_default().into_iter().map(|entry| {
            notes.unknown(&entry.unknown)?;
            Ok(Alias {
                name: notes.text(entry.name),
                command: notes.text(entry.command),
                prepend: notes.texts(entry.prepend_args),
                append: notes.texts(entry.append_args),
                options: notes.options(entry.options, entry.flags)?,
            })
        });
        let aliases = aliases.collect::<Result<_, String>>()?;
        Ok(Decoded {
            kuberc: Kuberc { defaults, aliases },
            has_unknown_fields: notes.unknown,
            may_be_no_text: notes.may_be_no_text,
        })
    }
}

/// What is noticed on the way through a file.
struct Notes {
    beta: bool,
    unknown: bool,
    may_be_no_text: bool,
}

impl Notes {
    /// `v1beta1` has renamed two fields; the other version's name is an unknown field.
    fn pick<T>(&mut self, beta: Option<Vec<T>>, alpha: Option<Vec<T>>) -> Vec<T> {
        let (ours, other) = if self.beta {
            (beta, alpha)
        } else {
            (alpha, beta)
        };
        self.unknown |= other.is_some();
        ours.unwrap_or_default()
    }

    fn options(
        &mut self,
        beta: Option<Vec<ChoiceEntry>>,
        alpha: Option<Vec<ChoiceEntry>>,
    ) -> Result<Vec<Choice>, String> {
        let entries = self.pick(beta, alpha);
        let choice = |entry: ChoiceEntry| {
            self.unknown(&entry.unknown)?;
            Ok(Choice {
                name: self.text(entry.name),
                default: self.text(entry.default),
            })
        };
        entries.into_iter().map(choice).collect()
    }

    /// Unknown fields are ignored with a warning, but a merge key brings known ones that this parser does not see.
    fn unknown(&mut self, fields: &Unknown) -> Result<(), String> {
        self.unknown |= !fields.is_empty();
        if fields.contains_key("<<") {
            Err("it uses YAML merge keys".to_owned())
        } else {
            Ok(())
        }
    }

    fn texts(&mut self, texts: Option<Vec<String>>) -> Vec<String> {
        texts
            .unwrap_or_default()
            .into_iter()
            .map(|text| self.text(text))
            .collect()
    }

    fn text(&mut self, text: String) -> String {
        let word = matches!(
            text.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off"
        );
        let number = text.contains('_')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"_+-.".contains(&byte));
        self.may_be_no_text |= word || number;
        text
    }
}

//! Ways to write a kubeconfig. Where YAML readers may differ kubectl reads it, and our own client still goes there.

use std::env::join_paths;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::set_up::{SetUp, Way, World};

pub fn all(world: &World) -> Vec<SetUp> {
    let written = |name: &str, text: fn(&Value) -> Vec<u8>| SetUp::new(name, Way::Own).text(text);
    let home = |name: &str| world.user.home.join(name);
    let second = json!({"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}], "current-context": "elsewhere"});
    fs::write(home("second"), second.to_string()).expect("the home can be written");
    let list = join_paths([
        home("missing").as_path(),
        Path::new(""),
        &world.user.kubeconfig,
        &home("second"),
    ]);
    let list = list
        .expect("no path has a colon")
        .into_string()
        .expect("the home is text");
    vec![
        written("JSON", |config| format!("{config:#}").into()),
        written("YAML", |config| yaml(config).into()),
        written("byte order mark", |config| {
            format!("\u{feff}{}", yaml(config)).into()
        }),
        written("UTF-16, little end first", |config| {
            wide(config, u16::to_le_bytes)
        }),
        written("UTF-16, big end first", |config| {
            wide(config, u16::to_be_bytes)
        }),
        written("CRLF", |config| yaml(config).replace('\n', "\r\n").into()),
        written("duplicate keys", |config| {
            yaml(config)
                .replacen(
                    "    server:",
                    "    server: https://127.0.0.1:1\n    server:",
                    1,
                )
                .into()
        }),
        written("merge keys", |config| {
            let server = config["clusters"][0]["cluster"]["server"]
                .as_str()
                .unwrap_or_default();
            let line = format!("server: {server}\n");
            format!(
                "base: &base\n  {line}{}",
                yaml(config).replacen(&line, "<<: *base\n", 1)
            )
            .into()
        }),
        written("tags", |config| {
            yaml(config).replace("server: ", "server: !!str ").into()
        }),
        written("directive", |config| {
            format!("%YAML 1.1\n---\n{}", yaml(config)).into()
        }),
        written("two documents", |config| {
            format!("{}---\ncurrent-context: nowhere\n", yaml(config)).into()
        }),
        written("unknown keys", |config| {
            format!("colour: blue\nextras: {{a: [1, 2]}}\n{}", yaml(config)).into()
        }),
        written("comments", |config| {
            format!("# mine\n{}# end\n", yaml(config)).into()
        }),
        SetUp::new("several files", Way::Own).env("KUBECONFIG", list),
        SetUp::new("--kubeconfig", Way::Own)
            .env("KUBECONFIG", "/nowhere")
            .flag(format!("--kubeconfig={}", world.user.kubeconfig.display())),
        SetUp::new("--context, --cluster, --user", Way::Own)
            .text(|config| {
                yaml(config)
                    .replace("current-context: here", "current-context: nowhere")
                    .into()
            })
            .flag("--context=here")
            .flag("--cluster=c")
            .flag("--user=u"),
    ]
}

fn yaml(config: &Value) -> String {
    serde_yaml::to_string(config).expect("JSON is YAML")
}

/// UTF-16 with its mark.
fn wide(config: &Value, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{}", yaml(config))
        .encode_utf16()
        .flat_map(bytes)
        .collect()
}

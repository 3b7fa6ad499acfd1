//! Turns the risk table from YAML into JSON, and its rules apart from what says when they matter.
//!
//! Reading all rules as YAML would take 4 ms of every guarded command, as JSON 0.5 ms. Most commands need none of them.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use serde_json::{Map, Value};

#[path = "build/landmarks.rs"]
mod landmarks;

const FOLDER: &str = "src/risk/table";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    link_for_a_quick_start();
    write_table()
}

/// Every kubectl command starts this program first, and nearly half of what a start costs would be the work of the
/// dynamic loader: 15,000 pointers to move on 80 pages (at a fixed address there are none), and `libgcc_s`, of which
/// one function is used. Together 0.35 ms of 1.4, and 0.6 MiB.
///
/// The price is that the program's own code, safe Rust but for ring's, is not at a random address; stack, heap and
/// libraries are.
fn link_for_a_quick_start() {
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if (target("OS").as_str(), target("ENV").as_str()) == ("linux", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

fn write_table() -> Result<(), Box<dyn Error>> {
    let mut files = fs::read_dir(FOLDER)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    // The order of the rules is that of the files' names, on every machine.
    files.sort();
    let mut variables = Value::Object(Map::new());
    let mut rules = Vec::new();
    for path in files {
        let said = |error: serde_yaml::Error| format!("{}: {error}", path.display());
        let text = fs::read_to_string(&path)?;
        if path.ends_with("variables.yaml") {
            variables = serde_yaml::from_str(&text).map_err(said)?;
        } else {
            rules.extend(serde_yaml::from_str::<Vec<Value>>(&text).map_err(said)?);
        }
    }
    write_landmarks(&rules)?;
    let texts: Vec<String> = rules.iter().map(Value::to_string).collect();
    // With the length of each rule, the rules need not be searched for their ends.
    let rows: Vec<(&Value, usize)> = rules
        .iter()
        .zip(&texts)
        .map(|(rule, text)| (&rule["match"], text.len()))
        .collect();
    let index = serde_json::json!({ "variables": variables, "rows": rows });
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("index.json"), index.to_string())?;
    fs::write(Path::new(&folder).join("rules.json"), texts.concat())?;
    Ok(())
}

/// The node's paths that the rules' own patterns name, one a line.
fn write_landmarks(rules: &[Value]) -> Result<(), Box<dyn Error>> {
    let mut paths = std::collections::BTreeSet::new();
    for rule in rules {
        for key in ["when", "unless", "severity"] {
            if let Some(expression) = rule["client"][key].as_str() {
                paths.extend(landmarks::of_expression(expression)?);
            }
        }
    }
    let lines: Vec<String> = paths.into_iter().collect();
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("landmarks.txt"), lines.join("\n"))?;
    Ok(())
}

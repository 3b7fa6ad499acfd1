//! `demo`: the questions, without a cluster, kubectl or credentials.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::rc::Rc;

use serde::Deserialize;

use super::plan::plan_of_snapshot;
use crate::act::redirect::redirects_of;
use crate::answer::json::digest_of;
use crate::answer::layout::Paper;
use crate::answer::prompt::{Asker, Line, Terminal};
use crate::answer::render::View;
use crate::answer::voice;
use crate::cli::{self, Read};
use crate::cluster::reader::Snapshot;
use crate::error::{Error, Kind};
use crate::risk::rule::Text;

const CLUSTER: &str = include_str!("../fixtures/ack.yaml");
const COMMANDS: &str = include_str!("../fixtures/demo.yaml");

/// One command of the demo.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scene {
    words: String,
    caption: Text,
}

/// Runs `demo`.
///
/// # Errors
/// [`Kind::Usage`] for words behind it.
pub fn run(words: &[OsString]) -> Result<ExitCode, Error> {
    if let Read::Help(text) = cli::read_demo(words)? {
        return voice::print(&text).map(|()| ExitCode::SUCCESS);
    }
    let broken = |why: String| {
        Error::new(
            Kind::Internal,
            format!("the built-in demo is broken: {why}"),
        )
    };
    let snapshot = Snapshot::parse(CLUSTER).map_err(|why| broken(why.to_string()))?;
    let snapshot = Rc::new(snapshot);
    let scenes: Vec<Scene> =
        serde_yaml::from_str(COMMANDS).map_err(|why| broken(why.to_string()))?;
    let language = voice::language();
    for scene in &scenes {
        voice::print(&format!("# {}\n", language.text(&scene.caption)))?;
        show(&scene.words, &snapshot)?;
    }
    if std::io::stdin().is_terminal() {
        invite(&snapshot)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(words: &str, snapshot: &Rc<Snapshot>) -> Result<(), Error> {
    let words = match shell_words::split(words) {
        Ok(words) => words,
        Err(why) => return voice::print(&format!("{why}\n")),
    };
    let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    let plan = plan_of_snapshot(&words, snapshot)?;
    let redirects = redirects_of(&plan);
    let view = View {
        plan: &plan,
        redirects: &redirects,
        language: voice::language(),
        paper: Paper::stdout(),
    };
    voice::print(&format!("{}\n", view.plan_text(&digest_of(&plan))))
}

/// Lets a person type commands of their own, until an empty line.
fn invite(snapshot: &Rc<Snapshot>) -> Result<(), Error> {
    let Ok(mut terminal) = Terminal::open() else {
        return Ok(());
    };
    let mut above = format!("{}\n", voice::language().demo_invitation());
    while let Line::Typed(line) = terminal.ask(&above, "$") {
        above = String::new();
        let line = line.trim();
        let words = line.strip_prefix("kubectl ").unwrap_or(line).trim_start();
        let words = words.strip_prefix("safe ").unwrap_or(words);
        if words.is_empty() || words == "exit" {
            break;
        }
        show(words, snapshot)?;
    }
    Ok(())
}

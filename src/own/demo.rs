//! `demo`: the questions, without a cluster, kubectl or credentials.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::rc::Rc;

use console::Style;
use serde::Deserialize;

use super::plan::plan_of_snapshot;
use crate::act::redirect::redirects_of;
use crate::answer::consent::Consent;
use crate::answer::layout::{Page, Paper};
use crate::answer::prompt::prompt;
use crate::answer::refusal::final_refusal;
use crate::answer::render::View;
use crate::answer::voice;
use crate::cli::{self, Read};
use crate::cluster::reader::Snapshot;
use crate::error::{Error, Fault};
use crate::risk::rule::Text;
use crate::risk::verdict::Verdict;

const CLUSTER: &str = include_str!("../fixtures/ack.yaml");
const COMMANDS: &str = include_str!("../fixtures/demo.yaml");
/// What the kubeconfig context would be called.
const CONTEXT: &str = "demo";
/// What a shell would show where a command is typed.
const SHELL: &str = "$ ";

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
/// [`Fault::UnexpectedWord`] for words behind it.
pub fn run(words: &[OsString]) -> Result<ExitCode, Error> {
    if let Read::Help(text) = cli::read_demo(words, voice::language())? {
        return voice::print(&text).map(|()| ExitCode::SUCCESS);
    }
    let broken = |why: String| Error::from(Fault::DemoBroken(why));
    let snapshot = Snapshot::parse(CLUSTER).map_err(|why| broken(why.to_string()))?;
    let snapshot = Rc::new(snapshot);
    let scenes: Vec<Scene> =
        serde_yaml::from_str(COMMANDS).map_err(|why| broken(why.to_string()))?;
    let language = voice::language();
    let mut page = Page::new(Paper::stdout());
    page.paragraph(0, &language.demo_introduction());
    voice::print(&page.into_text())?;
    for scene in &scenes {
        let mut page = Page::new(Paper::stdout());
        let caption = format!("# {}", language.text(&scene.caption));
        page.heading(0, &caption, &Style::new().dim());
        page.line(0, &format!("{SHELL}kubectl {}", scene.words));
        voice::print(&format!("\n{}", page.into_text()))?;
        show(&scene.words, &snapshot)?;
    }
    if io::stdin().is_terminal() {
        invite(&snapshot)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows what a person would see who typed these words, up to where they would answer.
fn show(words: &str, snapshot: &Rc<Snapshot>) -> Result<(), Error> {
    let words = match shell_words::split(words) {
        Ok(words) => words,
        Err(why) => return voice::print(&format!("{why}\n")),
    };
    let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    let mut plan = plan_of_snapshot(&words, snapshot)?;
    CONTEXT.clone_into(&mut plan.destination.context);
    let redirects = redirects_of(&plan);
    let language = voice::language();
    let paper = Paper::stdout();
    let view = View {
        plan: &plan,
        redirects: &redirects,
        language,
        paper,
    };
    voice::print(&match (plan.verdict, Consent::required(&plan)) {
        (Verdict::Allow | Verdict::Notice, _) => {
            format!("{}{}\n", view.notices(), language.demo_runs())
        }
        (_, Consent::Never) => view.question() + &final_refusal(language, paper),
        (_, consent) => format!("{}{}\n", view.question(), prompt(&consent, language)),
    })
}

/// Lets a person type commands of their own, until an empty line or Ctrl-D.
fn invite(snapshot: &Rc<Snapshot>) -> Result<(), Error> {
    let mut page = Page::new(Paper::stdout());
    page.heading(0, &voice::language().demo_invitation(), &Style::new().dim());
    voice::print(&format!("\n{}", page.into_text()))?;
    loop {
        voice::print(&format!("\n{SHELL}"))?;
        let mut line = String::new();
        // What is no text, or a terminal that is gone, ends it as well.
        if !matches!(io::stdin().read_line(&mut line), Ok(1..)) {
            return voice::print("\n");
        }
        let line = line.trim();
        let words = line.strip_prefix("kubectl ").unwrap_or(line).trim_start();
        let words = words.strip_prefix("safe ").unwrap_or(words);
        if words.is_empty() || words == "exit" {
            return Ok(());
        }
        show(words, snapshot)?;
    }
}

//! From a plan to a decision: say it, ask it, or refuse it.

use super::consent::{Consent, Given};
use super::language::Language;
use super::layout::{Page, Paper};
use super::prompt::{self, Answer, Terminal};
use super::render::View;
use super::{refusal, voice};
use crate::act::redirect::redirects_of;
use crate::error::{Error, Kind};
use crate::plan::Plan;
use crate::risk::verdict::Verdict;

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing speaks against it, or the words themselves consent.
    Run,
    /// A person consented, which took time.
    RunIfUnchanged,
}

/// Says what there is to say about a plan, and asks where that is needed.
///
/// # Errors
/// When kubectl is not to be run: refused or not confirmed ([`Kind::Refused`]), not read and not consented to
/// ([`Kind::Unread`]), or Ctrl-C ([`Kind::Interrupted`]).
pub fn answer(plan: &Plan, given: &Given) -> Result<Decision, Error> {
    let language = voice::language();
    let redirects = redirects_of(plan);
    let view = |paper| View {
        plan,
        redirects: &redirects,
        language,
        paper,
    };
    if plan.verdict <= Verdict::Notice {
        voice::write(&view(Paper::stderr()).notices());
        return Ok(Decision::Run);
    }
    let consent = Consent::required(plan);
    if consent.is_given_by(given) {
        return Ok(Decision::Run);
    }
    if consent == Consent::Never {
        let paper = Paper::stderr();
        voice::write(&view(paper).question());
        voice::write(&refusal::final_refusal(language, paper));
        return Err(Error::said(Kind::Refused));
    }
    if let Ok(mut terminal) = Terminal::open() {
        let question = view(terminal.paper()).question();
        return conclude(&mut terminal, &question, &consent, language);
    }
    let paper = Paper::stderr();
    voice::write(&view(paper).question());
    voice::write(&refusal::without_terminal(&consent, language, paper));
    Err(Error::said(if plan.is_complete() {
        Kind::Refused
    } else {
        Kind::Unread
    }))
}

/// Asks a question that is no plan's.
///
/// # Errors
/// Without consent ([`Kind::Refused`]), or with Ctrl-C ([`Kind::Interrupted`]).
pub fn ask(question: &str, consent: &Consent, given: &Given) -> Result<(), Error> {
    if consent.is_given_by(given) {
        return Ok(());
    }
    let language = voice::language();
    let on = |paper| {
        let mut page = Page::new(paper);
        page.paragraph(0, question);
        page.gap();
        page.into_text()
    };
    if let Ok(mut terminal) = Terminal::open() {
        let question = on(terminal.paper());
        return conclude(&mut terminal, &question, consent, language).map(drop);
    }
    let paper = Paper::stderr();
    voice::write(&on(paper));
    voice::write(&refusal::without_terminal(consent, language, paper));
    Err(Error::said(Kind::Refused))
}

fn conclude(
    terminal: &mut Terminal,
    question: &str,
    consent: &Consent,
    language: Language,
) -> Result<Decision, Error> {
    let (kind, message) = match prompt::put(terminal, question, consent, language) {
        Answer::Run { .. } => return Ok(Decision::RunIfUnchanged),
        Answer::Declined => (Kind::Refused, language.declined()),
        Answer::Mistyped => (Kind::Refused, language.mistyped()),
        Answer::Refused => (Kind::Refused, language.refused()),
        Answer::Interrupted => (Kind::Interrupted, language.declined()),
    };
    voice::write(&format!("{message}\n"));
    Err(Error::said(kind))
}

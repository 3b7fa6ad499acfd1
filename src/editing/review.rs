//! One sitting at the editor: the person writes, what was saved is judged, and kubectl gets it or gets its own text back.

use std::cell::LazyCell;
use std::fs;
use std::io;
use std::os::unix::process::parent_id;
use std::path::Path;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;

use signal_hook::consts::SIGQUIT;
use signal_hook::flag;

use super::keep;
use super::session::{Order, Sitting};
use crate::answer::escape::escape;
use crate::answer::prompt::Uninterrupted;
use crate::answer::voice;
use crate::change::text::{self, Text};
use crate::environment;
use crate::error::{Error, Fault, Kind, system_words};
use crate::guard::{self, Watched};
use crate::kubectl::editor::{Editing, Editor};
use crate::kubectl::invocation::{Invocation, Reading};
use crate::kubectl::program::Program;
use crate::kubectl::stdin::Stdin;
use crate::limit;
use crate::plan::Plan;
use crate::risk::table::Drops;
use crate::run::{self, Settled};
use crate::unknown::{Unknown, What, Why};

/// Runs the person's editor on kubectl's file and judges what was saved.
///
/// The exit code is for kubectl: other than 0, it reads no file, writes nothing and ends with 1.
///
/// # Errors
/// When the text could not be judged or kept. It stays where it is, and kubectl does not read it.
pub(super) fn review(sitting: &Sitting, file: &Path) -> Result<ExitCode, Error> {
    let given = fs::read(file).map_err(|why| broken(file, &why))?;
    let kubectl = parent_id();
    match edit(&sitting.order, file)? {
        status if status.success() => {}
        status => return Ok(super::exit_code(status)),
    }
    // A Ctrl-C may have ended kubectl and not the editor; then there is nobody who would read the text.
    if parent_id() != kubectl {
        return Ok(ExitCode::FAILURE);
    }
    let outcome = judge(sitting, file, &given);
    if let Err(error) = &outcome {
        sitting
            .refuse(error.kind)
            .map_err(|why| broken(file, &why))?;
    }
    match outcome {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if is_answer(&error) => {
            put_back(file, &given)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error),
    }
}

/// Whether the text was looked at and the answer is no.
fn is_answer(error: &Error) -> bool {
    matches!(error.kind, Kind::Refused | Kind::Unread | Kind::Interrupted)
}

fn edit(order: &Order, file: &Path) -> Result<ExitStatus, Error> {
    let editor = Editor::choose(
        order.kube_editor.clone(),
        std::env::var_os(environment::EDITOR),
        std::env::var_os(environment::SHELL),
    );
    let mut command = editor.command(file);
    command.env_remove(environment::EDIT);
    match &order.kube_editor {
        Some(line) => command.env(environment::KUBE_EDITOR, line),
        None => command.env_remove(environment::KUBE_EDITOR),
    };
    let line = editor.line().to_string_lossy();
    let language = voice::language();
    let cannot = |why: io::Error| Fault::EditorNotRun {
        editor: line.to_string(),
        why: system_words(&why),
    };
    // Ctrl-C and Ctrl-\ are the editor's while it runs.
    let _deaf = Uninterrupted::begin().map_err(cannot)?;
    flag::register(SIGQUIT, Arc::default()).map_err(cannot)?;
    let status = command.status().map_err(cannot)?;
    if !status.success() {
        // kubectl knows no more than that its editor failed.
        let failed = language.editor_failed(&escape(&line), &status.to_string());
        voice::write(&format!("{failed}\n"));
    }
    Ok(status)
}

fn judge(sitting: &Sitting, file: &Path, given: &[u8]) -> Result<(), Error> {
    let program = Program::find()?;
    let invocation = reread(&sitting.order, &program)?;
    let editing = Editing::of(&invocation).ok_or(Fault::CommandChanged)?;
    let stdin = Stdin::default();
    let flags = &sitting.order.flags;
    let look = Watched::new(&invocation, flags, Some(&program), &stdin, Drops::Early)?;
    let original = match editing {
        // Each new object is a text of its own.
        Editing::New => given.to_vec(),
        Editing::Live | Editing::LastApplied => {
            sitting.original(given).map_err(|why| broken(file, &why))?
        }
    };
    let original = LazyCell::new(|| text::read(&original, &program));
    loop {
        let saved = match limit::read_file(file) {
            // kubectl says what it makes of a file that is gone.
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
            saved => saved.map_err(|why| broken(file, &why))?,
        };
        if saved == given {
            return Ok(());
        }
        let text = Text {
            editing,
            original: Result::clone(&original),
            saved: text::read(&saved, &program),
        };
        let plan = || {
            let plan = look.plan_of(&text);
            let is_there = |plan: &Plan| plan.destination == sitting.order.place;
            Some(
                plan.filter(is_there)
                    .unwrap_or_else(|| unplaced(&invocation)),
            )
        };
        if let Err(error) = guard::ask(plan, &flags.consent) {
            if is_answer(&error) {
                keep(file, &saved)?;
            }
            return Err(error);
        }
        // An editor with windows of its own may have saved again while a question was open.
        if fs::read(file).is_ok_and(|now| now == saved) {
            return Ok(());
        }
    }
}

/// The plan of a text that will go elsewhere than we would look.
fn unplaced(invocation: &Invocation) -> Plan {
    let unknown = Unknown::new(What::EditedCluster, Why::KubeconfigChanged);
    Plan::unread(
        invocation.words().to_vec(),
        Some(invocation.verb()),
        unknown,
    )
}

/// The command as the process that started kubectl has read it.
fn reread(order: &Order, program: &Program) -> Result<Invocation, Error> {
    let reading = match run::read_words(&order.words, None) {
        Reading::Undecidable(doubt) => match run::settle(&order.words, &doubt, program) {
            Settled::Reading(reading) => reading,
            Settled::Doubt(_) => return Err(Fault::CommandChanged.into()),
        },
        reading => reading,
    };
    match reading {
        Reading::Guarded(invocation) => Ok(*invocation),
        _ => Err(Fault::CommandChanged.into()),
    }
}

/// What kubectl is not to have is still the person's.
fn keep(file: &Path, saved: &[u8]) -> Result<(), Error> {
    let kept = keep::keep(file, saved).map_err(|why| broken(file, &why))?;
    let line = voice::language().text_kept(&kept.display().to_string());
    voice::write(&format!("{line}\n"));
    Ok(())
}

fn put_back(file: &Path, given: &[u8]) -> Result<(), Error> {
    fs::write(file, given).map_err(|why| broken(file, &why))
}

fn broken(file: &Path, why: &io::Error) -> Error {
    Fault::TextNotJudged {
        file: file.display().to_string(),
        why: system_words(why),
    }
    .into()
}

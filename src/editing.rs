//! A command that opens an editor: kubectl runs as a child, and its editor is ourselves in front of the person's own.
//!
//! ```text
//! us -> kubectl -> us (`review`) -> the person's editor
//! ```
//!
//! What was saved is judged before kubectl sees it. Refused, the text that kubectl wrote is put back; kubectl then says that
//! nothing was changed and ends with 0, which is why it cannot take this process over here: a refusal has to end in our own code.

mod keep;
mod review;
mod session;

use std::ffi::{OsStr, OsString};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitCode;
use std::sync::Arc;

use signal_hook::consts::{SIGINT, SIGQUIT};
use signal_hook::flag;

use self::session::Session;
use crate::cli::OwnFlags;
use crate::error::{Error, Fault, system_words};
use crate::kubectl::program::Program;
use crate::plan::Place;

/// Runs kubectl, which acts at this place, with a guarded editor.
///
/// # Errors
/// What the review of a saved text ended in; [`Fault::EditorUnguarded`] when the edit could not be set up.
pub fn run(
    words: &[OsString],
    flags: &OwnFlags,
    place: &Place,
    program: &Program,
) -> Result<ExitCode, Error> {
    let cannot = |why: &std::io::Error| Fault::EditorUnguarded(system_words(why));
    // They are for the whole foreground, so for the editor. Handled, not ignored: a child would inherit that.
    for signal in [SIGINT, SIGQUIT] {
        flag::register(signal, Arc::default()).map_err(|why| cannot(&why))?;
    }
    let session = Session::begin(words, flags, place).map_err(|why| cannot(&why))?;
    let status = program.run(words, &session.variables())?;
    match session.end().map_err(|why| cannot(&why))? {
        Some(kind) => Err(Error::said(kind)),
        None => Ok(exit_code(status)),
    }
}

/// Reviews a text, if kubectl started us as the editor of an edit; anyone else gets nothing.
#[must_use]
pub fn serve(called_as: &OsStr, words: &[OsString]) -> Option<Result<ExitCode, Error>> {
    let [file] = words else { return None };
    let sitting = session::Sitting::join(called_as)?;
    Some(review::review(&sitting, file.as_ref()))
}

/// kubectl's own exit code, or 128 and the number of the signal that ended it, as a shell says it.
fn exit_code(status: std::process::ExitStatus) -> ExitCode {
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

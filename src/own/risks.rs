//! `risks`: lists the table, or explains one rule.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::answer::layout::Paper;
use crate::answer::{risks, voice};
use crate::cli::{self, Output, Read};
use crate::error::{Error, Fault};
use crate::risk::documented::documented;
use crate::risk::entry::Entry;
use crate::risk::table::Table;

/// Runs `risks`.
///
/// # Errors
/// [`Fault::NoSuchRule`] for an id that no rule has.
pub fn run(words: &[OsString]) -> Result<ExitCode, Error> {
    let command = match cli::read_risks(words, voice::language())? {
        Read::Run(command) => command,
        Read::Help(text) => return voice::print(&text).map(|()| ExitCode::SUCCESS),
    };
    let (table, documented) = (Table::builtin(), documented());
    let mut entries = Entry::in_order(table.rules().map(AsRef::as_ref), &documented);
    if let Some(id) = &command.id {
        entries.retain(|entry| entry.id() == id || entry.row().eq_ignore_ascii_case(id));
    }
    if entries.is_empty() {
        let id = command.id.unwrap_or_default();
        return Err(Fault::NoSuchRule(id).into());
    }
    voice::print(&show(&entries, command.id.is_some(), command.output)?)?;
    Ok(ExitCode::SUCCESS)
}

fn show(entries: &[Entry<'_>], is_one: bool, output: Output) -> Result<String, Error> {
    let (language, paper) = (voice::language(), Paper::stdout());
    let failed = |why: String| Error::from(Fault::RulesUnprinted(why));
    match output {
        Output::Json => serde_json::to_string_pretty(entries)
            .map(|text| text + "\n")
            .map_err(|why| failed(why.to_string())),
        Output::Yaml => serde_yaml::to_string(entries).map_err(|why| failed(why.to_string())),
        Output::Text if is_one => {
            let pages: Vec<String> = entries
                .iter()
                .map(|entry| risks::page(*entry, language, paper))
                .collect();
            Ok(pages.join("\n"))
        }
        Output::Text => Ok(risks::table(entries, language, paper)),
    }
}

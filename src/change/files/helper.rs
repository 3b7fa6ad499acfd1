//! kubectl reads what we cannot: `annotate --local` prints every object of its files and asks no server.
//!
//! It goes through the same reader as `delete -f`, so what it refuses (a broken document, a name that is a number) the real run
//! refuses too. Seen with kubectl 1.36: lists come flattened, namespaces as written, earlier documents also when a later one is broken.

use std::ffi::OsString;

use super::Input;
use super::document::Document;
use super::source::Source;
use super::stream;
use crate::plan::Unknown;

/// The documents of a source, as kubectl reads them.
pub(super) fn read(source: &Source, input: &Input<'_>) -> Result<Vec<Document>, Unknown> {
    let Some(kubectl) = input.kubectl else {
        return Err(source.unknown("it can only be read by kubectl, and there is none here"));
    };
    let mut words: Vec<OsString> = ["annotate", "--local", "--overwrite", "--output=json"]
        .map(OsString::from)
        .to_vec();
    let mut stdin = None;
    match source {
        Source::Stdin => {
            stdin = Some(
                input
                    .stdin
                    .open()
                    .map_err(|error| source.unknown(&error.to_string()))?,
            );
            words.push("--filename=-".into());
        }
        Source::File(path) => words.extend(["--filename".into(), path.clone().into_os_string()]),
        Source::Url(url) => words.extend(["--filename".into(), url.into()]),
        Source::Kustomization(folder) => words.extend(["--kustomize".into(), folder.into()]),
    }
    // Without a change kubectl prints nothing.
    words.push("kubectl-safe/read=".into());
    let output = kubectl
        .capture_local(&words, stdin)
        .map_err(|why| source.unknown(&why.to_string()))?;
    // A file is the same a moment later; a download or a build may then go better.
    if !output.complete && matches!(source, Source::Url(_) | Source::Kustomization(_)) {
        return Err(source.unknown("kubectl could not read it"));
    }
    stream::read(&output.stdout)
        .map_err(|stream::Uncertain| source.unknown("kubectl's answer could not be read"))
}

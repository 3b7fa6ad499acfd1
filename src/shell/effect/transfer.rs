//! Archives and downloads: `tar`, `curl`, `wget`.

use super::Effects;
use crate::shell::act::Use;
use crate::shell::expansion::Field;
use crate::shell::options::Spec;

pub(super) fn tar(words: &[Field]) -> Effects {
    const VALUED: &str = "fCTXbgHIKLNV";
    let mut words = words.to_vec();
    // `tar xzf FILE`: letters without a dash, their values behind them in the same order.
    if let Some(bundle) = words.first().cloned()
        && !bundle.text.starts_with('-')
    {
        words.remove(0);
        let mut read = Vec::new();
        for letter in bundle.text.chars() {
            read.push(bundle.with(format!("-{letter}")));
            if VALUED.contains(letter) && !words.is_empty() {
                read.push(words.remove(0));
            }
        }
        read.append(&mut words);
        words = read;
    }
    let options = Spec {
        short: "f:C:T:X:b:g:H:I:K:L:N:V:",
        long: &[
            "file",
            "directory",
            "files-from",
            "exclude-from",
            "exclude",
            "strip-components",
        ],
    }
    .read(&words);
    let mut effects = Effects {
        opaque: options.has('\0', "checkpoint-action") || options.has('\0', "to-command"),
        ..Effects::none()
    };
    let archive = options.value('f', "file").filter(|file| file.text != "-");
    let is_extracting = options.has('x', "extract") || options.has('\0', "get");
    if options.has('c', "create") || options.has_any("ruA") {
        if let Some(archive) = archive {
            effects.touch(archive, Use::Write, false);
        }
        let usage = if options.has('\0', "remove-files") {
            Use::Remove
        } else {
            Use::Read
        };
        effects.all(&options.operands, usage, true)
    } else {
        if let Some(archive) = archive {
            effects.touch(archive, Use::Read, false);
        }
        if is_extracting && !options.has('O', "to-stdout") {
            let directories: Vec<Field> = options.values('C', "directory").cloned().collect();
            let here = [Field::new(".")];
            let places = if directories.is_empty() {
                here.as_slice()
            } else {
                &directories
            };
            effects = effects.all(places, Use::Write, true);
            if options.has('P', "absolute-names") {
                effects.touch(&Field::new("/"), Use::Write, true);
            }
        }
        effects
    }
}

pub(super) fn curl(words: &[Field]) -> Effects {
    let options = Spec {
        short: "A:b:c:C:d:D:e:E:F:h:H:K:m:o:P:Q:r:t:T:u:U:w:x:X:y:Y:z:",
        long: &[
            "output",
            "output-dir",
            "header",
            "data",
            "data-binary",
            "data-raw",
            "request",
            "user",
            "cacert",
            "cert",
            "key",
            "config",
            "max-time",
            "connect-timeout",
            "retry",
            "proxy",
            "user-agent",
            "url",
            "upload-file",
            "form",
            "write-out",
            "dump-header",
            "cookie-jar",
            "resolve",
        ],
    }
    .read(words);
    let mut effects = Effects::none();
    let directory = options.value('\0', "output-dir");
    let short = options.values('o', "output").cloned();
    let mut written: Vec<Field> = short
        .chain(options.values('D', "dump-header").cloned())
        .chain(options.values('c', "cookie-jar").cloned())
        .filter(|file| file.text != "-")
        .collect();
    if options.has('O', "remote-name") || options.has('\0', "remote-name-all") {
        written.extend(options.operands.iter().map(remote_name));
    }
    for file in written {
        effects.touch(&joined(directory, &file), Use::Write, false);
    }
    if let Some(file) = options.value('T', "upload-file") {
        effects.touch(file, Use::Read, false);
    }
    effects
}

pub(super) fn wget(words: &[Field]) -> Effects {
    let options = Spec {
        short: "O:P:o:a:e:i:t:T:Q:U:B:A:R:D:l:w:",
        long: &[
            "output-document",
            "directory-prefix",
            "output-file",
            "append-output",
            "timeout",
            "tries",
            "header",
            "user",
            "password",
            "post-data",
            "post-file",
        ],
    }
    .read(words);
    let mut effects = Effects::none();
    for log in options
        .values('o', "output-file")
        .chain(options.values('a', "append-output"))
    {
        effects.touch(log, Use::Write, false);
    }
    match options.value('O', "output-document") {
        Some(file) if file.text == "-" => {}
        Some(file) => effects.touch(file, Use::Write, false),
        None => {
            for address in &options.operands {
                let file = joined(
                    options.value('P', "directory-prefix"),
                    &remote_name(address),
                );
                effects.touch(&file, Use::Write, false);
            }
        }
    }
    effects
}

/// The last part of an address: the name that a download gets.
fn remote_name(address: &Field) -> Field {
    let path = address.text.split(['?', '#']).next().unwrap_or_default();
    address.with(path.rsplit('/').next().unwrap_or_default())
}

fn joined(directory: Option<&Field>, file: &Field) -> Field {
    match directory {
        Some(directory) if !file.text.starts_with('/') => Field {
            text: format!("{}/{}", directory.text, file.text),
            certain: directory.certain && file.certain,
            glob: false,
            below: false,
        },
        _ => file.clone(),
    }
}

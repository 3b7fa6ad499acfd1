//! Kernel parameters: `sysctl`.

use super::Effects;
use crate::shell::act::{Sysctl, Use};
use crate::shell::expansion::Field;
use crate::shell::options::Spec;

pub(super) fn sysctl(words: &[Field]) -> Effects {
    let options = Spec {
        short: "p::r:f::",
        long: &["pattern"],
    }
    .read(words);
    let mut effects = Effects::none();
    let is_loading =
        options.has('p', "load") || options.has('f', "") || options.has('\0', "system");
    if is_loading {
        let files = options.values('p', "load").chain(&options.operands);
        for file in files {
            effects.touch(file, Use::Read, false);
        }
        effects.sysctls.push(Sysctl {
            key: String::new(),
            value: String::new(),
        });
        return effects;
    }
    for word in &options.operands {
        if let Some((key, value)) = word.text.split_once('=') {
            effects.sysctls.push(Sysctl {
                key: sysctl_key(key.trim()),
                value: if value.contains('$') {
                    String::new()
                } else {
                    single_blanks(value)
                },
            });
        }
    }
    effects
}

/// A key with dots: `net/ipv4/ip_forward` is written too, and then dots are part of a name.
pub(in crate::shell) fn sysctl_key(key: &str) -> String {
    let key = key.trim_matches('/');
    match (key.find('/'), key.find('.')) {
        (Some(slash), Some(dot)) if dot < slash => key.to_owned(),
        _ => key.replace('/', "."),
    }
}

pub(in crate::shell) fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! A plugin or kuberc alias of the person's that has the name of one of our own words: ours wins, and that is said once.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::answer::escape::escape;
use crate::answer::voice;
use crate::cache;
use crate::kubectl::kuberc::World;
use crate::kubectl::plugin::Plugin;
use crate::run;

/// Says what does not run because `words` begin with our own word. Said anew only when it is another one.
pub fn point_out(words: &[OsString]) {
    let language = voice::language();
    let Some(word) = words.first().map(|word| word.to_string_lossy()) else {
        return;
    };
    let is_alias = |world: &World| world.alias(words).is_some();
    // An alias beats a plugin of the same name.
    let (identity, message) = if run::preferences(words, None).iter().any(is_alias) {
        let alias = b"an alias of kuberc".to_vec();
        (alias, language.alias_namesake(&word))
    } else if let Some(plugin) = Plugin::find(words) {
        let path = plugin.path.as_os_str().as_bytes().to_vec();
        let shown = escape(&plugin.path.to_string_lossy());
        (path, language.plugin_namesake(&word, &shown))
    } else {
        return;
    };
    let name = format!("namesake-{word}");
    if cache::recall(&name).as_ref() != Some(&identity) {
        voice::write(&format!("kubectl-safe: {message}\n"));
        // Where it cannot be remembered, it is said again.
        let _ = cache::remember(&name, &identity);
    }
}

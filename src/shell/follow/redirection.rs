//! Redirections: the files behind `>` and `<`, and where standard input comes from.

use super::record::{shortened, shown, written_sysctls};
use super::{Follower, Output, Stdin};
use crate::shell::act::Use;
use crate::shell::effect::single_blanks;
use crate::shell::expansion::{Field, is_glob};
use crate::shell::lexer::Word;
use crate::shell::syntax::Redirection;

/// The files of a command's redirections.
#[derive(Debug, Default)]
pub(super) struct Redirected {
    pub(super) files: Vec<(Field, Use)>,
    pub(super) stdin: Option<Stdin>,
    pub(super) takes_stdout: bool,
}

impl Follower<'_> {
    pub(super) fn redirect(&mut self, redirections: &[Redirection]) -> Redirected {
        let mut redirected = Redirected::default();
        for redirection in redirections {
            match redirection {
                Redirection::Output { target, is_stdout } => {
                    let file = self.file(target);
                    redirected.takes_stdout |= is_stdout;
                    redirected.files.push((file, Use::Write));
                }
                Redirection::Input(target) => {
                    let file = self.file(target);
                    redirected.stdin = Some(Stdin::Unknown);
                    redirected.files.push((file, Use::Read));
                }
                Redirection::Text(body) => {
                    let text = body
                        .get()
                        .map_or_else(|| Field::new(""), |body| self.value(body));
                    redirected.stdin = Some(Stdin::Text(text.text));
                }
            }
        }
        redirected
    }

    pub(super) fn file(&mut self, target: &Word) -> Field {
        let value = self.value(target);
        // bash takes a pattern that matches one file.
        Field {
            glob: is_glob(&value.text) && target.bare().is_some(),
            ..value
        }
    }

    /// Adds what the redirections do to the one act since `first`, or makes an act of it.
    pub(super) fn attach(
        &mut self,
        first: usize,
        redirected: &Redirected,
        output: Output,
    ) -> Output {
        if redirected.files.is_empty() {
            return output;
        }
        let mut paths = Vec::new();
        let mut text = String::new();
        let mut is_uncertain = false;
        for (file, usage) in &redirected.files {
            let arrow = if *usage == Use::Read { '<' } else { '>' };
            text = format!("{text} {arrow} {}", shown(file));
            is_uncertain |= !self.use_path(file, *usage, false, &mut paths);
        }
        let value = match &output {
            Output::Text(text) => single_blanks(text),
            _ => String::new(),
        };
        let sysctls = written_sysctls(&paths, &value);
        let is_writing = redirected
            .files
            .iter()
            .any(|(_, usage)| *usage != Use::Read);
        let is_one = self.acts.len() == first + 1;
        if !is_one {
            if !is_writing {
                return output;
            }
            let act = self.act("", &[], "");
            self.emit(act);
        }
        if let Some(act) = self.acts.last_mut() {
            act.text = shortened(&format!("{}{text}", act.text));
            act.paths.extend(paths);
            act.sysctls.extend(sysctls);
            act.uncertain |= is_uncertain;
        }
        if redirected.takes_stdout {
            return Output::Text(String::new());
        }
        output
    }
}

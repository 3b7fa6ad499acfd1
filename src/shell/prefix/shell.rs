//! `sh` and its relatives, and `source`.

use crate::shell::act::{Act, Use};
use crate::shell::expansion::Field;
use crate::shell::follow::{Follower, Output, Stdin, line};

impl Follower<'_> {
    /// `sh`, with a script, a file, or standard input.
    pub(super) fn shell(&mut self, name: &str, fields: &[Field]) -> Output {
        let mut rest = fields[1..].iter();
        let (mut takes_script, mut takes_stdin) = (false, false);
        let mut operands: Vec<Field> = Vec::new();
        while let Some(word) = rest.next() {
            let text = word.text.as_str();
            match text {
                "--" | "-" => break,
                "--version" | "--help" => return self.program(name, fields),
                "--rcfile" | "--init-file" => drop(rest.next()),
                _ if text.starts_with("--") => {}
                _ if text.starts_with(['-', '+']) && text.len() > 1 => {
                    takes_script |= text.starts_with('-') && text.contains('c');
                    takes_stdin |= text.contains('s');
                    for _ in text.matches(['o', 'O']) {
                        rest.next();
                    }
                }
                _ => {
                    operands.push(word.clone());
                    break;
                }
            }
        }
        operands.extend(rest.cloned());
        if takes_script {
            if operands.is_empty() {
                return self.program(name, fields);
            }
            let script = operands.remove(0);
            if operands.is_empty() {
                operands.push(Field::new(name));
            }
            return self.run_script(&script, operands);
        }
        let is_stdin = |file: &Field| {
            matches!(
                file.text.as_str(),
                "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0"
            )
        };
        let words = &fields[1..];
        let act = self.act(name, words, &line(fields));
        match operands.first() {
            Some(file) if !takes_stdin && !is_stdin(file) => {
                let mut paths = Vec::new();
                self.use_path(file, Use::Execute, false, &mut paths);
                self.emit(Act {
                    opaque: true,
                    paths,
                    ..act
                });
            }
            _ => match self.state.stdin.clone() {
                Stdin::Text(script) => {
                    operands.insert(0, Field::new(name));
                    return self.run_script(&Field::new(script), operands);
                }
                Stdin::Terminal => self.emit(Act {
                    interactive: true,
                    ..act
                }),
                Stdin::Paths(_) | Stdin::Unknown => self.emit(Act {
                    opaque: true,
                    ..act
                }),
            },
        }
        Output::Unknown
    }

    /// `.` and `source`: a file that was not read.
    pub(super) fn source(&mut self, name: &str, fields: &[Field]) -> Output {
        let mut paths = Vec::new();
        if let Some(file) = fields.get(1) {
            self.use_path(file, Use::Execute, false, &mut paths);
        }
        let act = self.act(name, &fields[1..], &line(fields));
        self.emit(Act {
            opaque: true,
            paths,
            ..act
        });
        Output::Unknown
    }
}

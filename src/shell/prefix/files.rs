//! `find` and `xargs`: commands on files that other commands name.

use crate::shell::act::Use;
use crate::shell::effect::below;
use crate::shell::expansion::Field;
use crate::shell::follow::{Follower, Output, Stdin, line};
use crate::shell::options::Spec;

impl Follower<'_> {
    pub(super) fn xargs(&mut self, words: &[Field]) -> Output {
        let options = Spec {
            short: "a:d:E:I:i::L:l::n:P:s:e::",
            long: &[
                "arg-file",
                "delimiter",
                "eof",
                "replace",
                "max-lines",
                "max-args",
                "max-procs",
                "max-chars",
            ],
        }
        .read_prefix(words);
        let mut command = options.operands.clone();
        if command.is_empty() {
            command.push(Field::new("echo"));
        }
        let items: Option<Vec<Field>> = match &self.state.stdin {
            _ if options.has('a', "arg-file") => None,
            Stdin::Text(text) => Some(
                text.split_whitespace()
                    .map(|item| Field::new(item.replace(['\'', '"', '\\'], "")))
                    .collect(),
            ),
            Stdin::Paths(paths) => Some(paths.clone()),
            Stdin::Terminal | Stdin::Unknown => None,
        };
        let mark = options
            .value('I', "replace")
            .map(|mark| mark.text.clone())
            .or_else(|| (options.has('i', "replace")).then(|| "{}".to_owned()));
        self.child(|follower| {
            follower.state.stdin = Stdin::Unknown;
            let Some(items) = items else {
                follower.state.is_uncertain = true;
                let item = Field::unknown("$item");
                let command = mark.map_or(command.clone(), |mark| filled(&command, &mark, &item));
                return follower.run(&command);
            };
            let Some(mark) = mark else {
                return follower.run(&[command, items].concat());
            };
            let mut output = Output::Unknown;
            for item in items {
                output = follower.run(&filled(&command, &mark, &item));
            }
            output
        })
    }

    /// `find`, whose `-exec` runs commands on what lies below its starting points.
    pub(super) fn find(&mut self, fields: &[Field]) -> Output {
        let words = &fields[1..];
        let is_expression =
            |word: &Field| word.text.starts_with(['-', '(', '!', ',']) && word.certain;
        let leading = words
            .iter()
            .take_while(|word| matches!(word.text.as_str(), "-H" | "-L" | "-P"))
            .count();
        let count = words[leading..]
            .iter()
            .take_while(|word| !is_expression(word))
            .count();
        let mut starts: Vec<Field> = words[leading..leading + count].to_vec();
        if starts.is_empty() {
            starts.push(Field::new("."));
        }
        let expression = &words[leading + count..];
        let found: Vec<Field> = starts.iter().map(below).collect();

        let mut act = self.act("find", words, &line(fields));
        let deletes = expression.iter().any(|word| word.text == "-delete");
        let usage = if deletes { Use::Remove } else { Use::Read };
        act.uncertain |= deletes;
        for start in &found {
            self.use_path(start, usage, true, &mut act.paths);
        }
        for pair in expression.windows(2) {
            if matches!(
                pair[0].text.as_str(),
                "-fprint" | "-fprint0" | "-fprintf" | "-fls"
            ) {
                self.use_path(&pair[1], Use::Write, false, &mut act.paths);
            }
        }
        self.emit(act);

        let mut rest = expression;
        while let Some(at) = rest
            .iter()
            .position(|word| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir"))
        {
            rest = &rest[at + 1..];
            let end = rest
                .iter()
                .position(|word| matches!(word.text.as_str(), ";" | "+"))
                .unwrap_or(rest.len());
            let command = &rest[..end];
            rest = &rest[end..];
            for item in &found {
                let command = filled(command, "{}", item);
                self.child(|follower| {
                    follower.state.is_uncertain = true;
                    follower.run(&command);
                });
            }
        }
        Output::Paths(found)
    }
}

/// A command with an item in place of a mark.
fn filled(command: &[Field], mark: &str, item: &Field) -> Vec<Field> {
    command
        .iter()
        .map(|word| {
            if mark.is_empty() || !word.text.contains(mark) {
                return word.clone();
            }
            Field {
                text: word.text.replace(mark, &item.text),
                certain: word.certain && item.certain,
                glob: word.glob || item.glob,
                below: item.below,
            }
        })
        .collect()
}

//! Commands of the shell as a tree: lists, pipelines, compound commands, functions.
//!
//! Source: POSIX.1-2024, Shell Command Language, 2.9 and 2.10; `[[ ]]`, `(( ))`, `select` and `function` as in bash.

mod compound;

use std::cell::OnceCell;
use std::rc::Rc;

use self::compound::{case, conditional, do_group, for_loop, function, parenthesis, test};
use super::lexer::{Broken, Lexer, Part, Word};

/// Commands one after another; whether one runs only when another failed is not kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Script(pub(super) Vec<Node>);

/// One command of any kind.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Simple(Simple),
    Pipeline(Vec<Self>),
    Compound {
        body: Compound,
        redirections: Vec<Redirection>,
    },
    Function {
        name: String,
        body: Rc<Self>,
    },
    /// The rest of a text that could not be parsed.
    Unreadable(String),
}

/// Assignments, words and redirections.
#[derive(Clone, Debug, Default)]
pub(super) struct Simple {
    pub(super) assignments: Vec<(String, Word)>,
    pub(super) words: Vec<Word>,
    pub(super) redirections: Vec<Redirection>,
}

/// A command made of commands.
#[derive(Clone, Debug)]
pub(super) enum Compound {
    /// `{ }`, `if`, `while`, `until`: parts that may all run, in this order, in the same shell.
    Parts(Vec<Script>),
    /// `( )` and `&`: a shell of its own.
    Subshell(Script),
    /// `for` and `select`; without words, the positional parameters.
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: Script,
    },
    /// `case`, and the expansions of `((…))`: words that are expanded, then parts that may run.
    Case { words: Vec<Word>, arms: Vec<Script> },
}

/// What a redirection does.
#[derive(Clone, Debug)]
pub(super) enum Redirection {
    /// `>`, `>>`, `>|`, `&>`, `<>`: the file is written.
    Output { target: Word, is_stdout: bool },
    /// `<`
    Input(Word),
    /// `<<` and `<<<`: the text is standard input.
    Text(Rc<OnceCell<Word>>),
}

/// A here-document that was announced and not yet read.
#[derive(Debug)]
pub(super) struct HereDocument {
    pub(super) delimiter: String,
    pub(super) is_literal: bool,
    pub(super) strips_tabs: bool,
    pub(super) body: Rc<OnceCell<Word>>,
}

/// Parses a whole script; what cannot be parsed is its last node.
pub(super) fn parse(text: &str, depth: usize) -> Script {
    lines(Lexer::new(text, depth))
}

/// Parses all that is left of a script.
pub(super) fn lines(mut lexer: Lexer) -> Script {
    let mut nodes = Vec::new();
    loop {
        let start = lexer.position();
        match line(&mut lexer, &[], &mut nodes) {
            Ok(true) => {}
            Ok(false) if lexer.is_at_end() => return Script(nodes),
            Ok(false) | Err(Broken) => {
                nodes.push(Node::Unreadable(lexer.rest(start)));
                return Script(nodes);
            }
        }
    }
}

/// Commands up to one of these keywords or operators, which is not passed.
pub(super) fn script(lexer: &mut Lexer, until: &[&str]) -> Result<Script, Broken> {
    let mut nodes = Vec::new();
    while line(lexer, until, &mut nodes)? {}
    Ok(Script(nodes))
}

/// The next `&&`/`||` list with its separator; false at the end of the script.
fn line(lexer: &mut Lexer, until: &[&str], nodes: &mut Vec<Node>) -> Result<bool, Broken> {
    skip_newlines(lexer);
    if lexer.is_at_end() || at(lexer, until) {
        return Ok(false);
    }
    let first = nodes.len();
    loop {
        nodes.push(pipeline(lexer)?);
        lexer.skip_blanks();
        if !lexer.take("&&") && !lexer.take("||") {
            break;
        }
        skip_newlines(lexer);
    }
    if lexer.take("&") {
        let background = Script(nodes.split_off(first));
        nodes.push(plain(Compound::Subshell(background)));
        return Ok(true);
    }
    if lexer.take(";") || lexer.take("\n") || lexer.is_at_end() || at(lexer, until) {
        return Ok(true);
    }
    Err(Broken)
}

fn plain(body: Compound) -> Node {
    Node::Compound {
        body,
        redirections: Vec::new(),
    }
}

fn skip_newlines(lexer: &mut Lexer) {
    lexer.skip_blanks();
    while lexer.take("\n") {
        lexer.skip_blanks();
    }
}

/// Whether one of these keywords or operators comes next.
fn at(lexer: &Lexer, expected: &[&str]) -> bool {
    lexer
        .operator()
        .is_some_and(|operator| expected.contains(&operator))
        || lexer
            .keyword()
            .is_some_and(|keyword| expected.contains(&keyword.as_str()))
}

fn expect(lexer: &mut Lexer, keyword: &str) -> Result<(), Broken> {
    skip_newlines(lexer);
    if lexer.keyword().as_deref() == Some(keyword) {
        lexer.skip(keyword.len());
        return Ok(());
    }
    Err(Broken)
}

fn pipeline(lexer: &mut Lexer) -> Result<Node, Broken> {
    lexer.skip_blanks();
    while let Some(keyword @ ("!" | "time" | "coproc")) = lexer.keyword().as_deref() {
        lexer.skip(keyword.len());
        lexer.skip_blanks();
        if lexer.starts_with("-p ") {
            lexer.skip(3);
            lexer.skip_blanks();
        }
    }
    let mut stages = vec![lexer.nested(command)?];
    loop {
        lexer.skip_blanks();
        if !lexer.take("|") && !lexer.take("|&") {
            break;
        }
        skip_newlines(lexer);
        stages.push(lexer.nested(command)?);
    }
    Ok(if stages.len() == 1 {
        stages.remove(0)
    } else {
        Node::Pipeline(stages)
    })
}

fn command(lexer: &mut Lexer) -> Result<Node, Broken> {
    lexer.skip_blanks();
    let body = match lexer.operator() {
        Some("(") => parenthesis(lexer)?,
        _ => match lexer.keyword().as_deref() {
            Some("{") => {
                lexer.skip(1);
                let body = script(lexer, &["}"])?;
                expect(lexer, "}")?;
                Compound::Parts(vec![body])
            }
            Some("if") => {
                lexer.skip(2);
                conditional(lexer)?
            }
            Some(keyword @ ("while" | "until")) => {
                lexer.skip(keyword.len());
                let condition = script(lexer, &["do"])?;
                Compound::Parts(vec![condition, do_group(lexer)?])
            }
            Some(keyword @ ("for" | "select")) => {
                lexer.skip(keyword.len());
                for_loop(lexer)?
            }
            Some("case") => {
                lexer.skip(4);
                case(lexer)?
            }
            Some("[[") => return test(lexer),
            Some("function") => {
                lexer.skip(8);
                let name = lexer.word()?.ok_or(Broken)?;
                let name = name.bare().ok_or(Broken)?.to_owned();
                lexer.skip_blanks();
                if lexer.take("(") {
                    lexer.skip_blanks();
                    lexer.take(")");
                }
                return function(lexer, name);
            }
            // A keyword that closes nothing that is open.
            Some("then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "}") => {
                return Err(Broken);
            }
            _ => return simple(lexer),
        },
    };
    let mut redirections = Vec::new();
    loop {
        lexer.skip_blanks();
        if !redirection(lexer, &mut redirections)? {
            return Ok(Node::Compound { body, redirections });
        }
    }
}

fn simple(lexer: &mut Lexer) -> Result<Node, Broken> {
    let mut simple = Simple::default();
    loop {
        lexer.skip_blanks();
        if redirection(lexer, &mut simple.redirections)? {
            continue;
        }
        let Some(word) = lexer.word()? else { break };
        if simple.words.is_empty() {
            match assignment(word) {
                Ok((name, value)) => {
                    let value = array(lexer, value)?;
                    simple.assignments.push((name, value));
                    continue;
                }
                Err(word) => simple.words.push(word),
            }
        } else {
            simple.words.push(word);
        }
        if simple.words.len() == 1
            && simple.assignments.is_empty()
            && let Some(name) = simple.words[0].bare()
            && {
                lexer.skip_blanks();
                lexer.operator() == Some("(")
            }
        {
            let name = name.to_owned();
            lexer.take("(");
            lexer.skip_blanks();
            if !lexer.take(")") {
                return Err(Broken);
            }
            return function(lexer, name);
        }
    }
    if simple.words.is_empty() && simple.assignments.is_empty() && simple.redirections.is_empty() {
        return Err(Broken);
    }
    Ok(Node::Simple(simple))
}

/// Takes `name=value` apart.
pub(super) fn assignment(mut word: Word) -> Result<(String, Word), Word> {
    let Some(Part::Literal {
        text,
        quoted: false,
    }) = word.0.first()
    else {
        return Err(word);
    };
    let Some((name, value)) = text.split_once('=') else {
        return Err(word);
    };
    // `a+=b` and `a[0]=b` change a part of the value; the name is what counts.
    let name = name.trim_end_matches('+');
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    let is_name = name
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_')
        && name.starts_with(|first: char| !first.is_ascii_digit());
    if !is_name {
        return Err(word);
    }
    let (name, value) = (name.to_owned(), value.to_owned());
    if value.is_empty() {
        word.0.remove(0);
    } else {
        word.0[0] = Part::Literal {
            text: value,
            quoted: false,
        };
    }
    Ok((name, word))
}

/// The members of `name=( … )`, whose value as a whole is not kept.
fn array(lexer: &mut Lexer, value: Word) -> Result<Word, Broken> {
    if !value.0.is_empty() || lexer.operator() != Some("(") {
        return Ok(value);
    }
    lexer.take("(");
    let mut members = Word::default();
    loop {
        skip_newlines(lexer);
        match lexer.word()? {
            Some(member) => members.0.extend(member.0),
            None if lexer.take(")") => break,
            None => return Err(Broken),
        }
    }
    Ok(Word(vec![Part::Unknown {
        inner: members,
        source: "$array".into(),
    }]))
}

/// Reads the redirection here, if one is; false when there is none. `2>&1` touches no file and is passed over.
fn redirection(lexer: &mut Lexer, redirections: &mut Vec<Redirection>) -> Result<bool, Broken> {
    let descriptor = lexer.descriptor();
    let Some(operator) = lexer.operator() else {
        return Ok(false);
    };
    let is_stdout = descriptor.as_deref().is_none_or(|number| number == "1");
    let is_stdin = descriptor.as_deref().is_none_or(|number| number == "0");
    match operator {
        ">" | ">>" | ">|" | "&>" | "&>>" | ">&" | "<>" | "<" | "<&" | "<<" | "<<-" | "<<<" => {}
        _ => return Ok(false),
    }
    lexer.take(operator);
    let target = lexer.word()?.ok_or(Broken)?;
    let is_descriptor = target.bare().is_some_and(|text| {
        text.chars()
            .all(|character| character.is_ascii_digit() || character == '-')
    });
    let read = match operator {
        ">&" | "<&" if is_descriptor => None,
        "<" | "<&" => Some(Redirection::Input(target)),
        "<<" | "<<-" => {
            let body = Rc::new(OnceCell::new());
            lexer.pending.push(HereDocument {
                is_literal: target.bare().is_none(),
                delimiter: delimiter(&target),
                strips_tabs: operator == "<<-",
                body: Rc::clone(&body),
            });
            is_stdin.then_some(Redirection::Text(body))
        }
        "<<<" => Some(Redirection::Text(Rc::new(OnceCell::from(target)))),
        _ => Some(Redirection::Output { target, is_stdout }),
    };
    redirections.extend(read);
    Ok(true)
}

/// The delimiter of a here-document: its text without the quotes.
fn delimiter(word: &Word) -> String {
    word.0
        .iter()
        .map(|part| match part {
            Part::Literal { text, .. } => text.as_str(),
            Part::Parameter { source, .. }
            | Part::Commands { source, .. }
            | Part::Unknown { source, .. } => source,
        })
        .collect()
}

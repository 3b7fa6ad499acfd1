//! Compound commands: loops, conditions, functions.

use std::rc::Rc;

use super::{Compound, Node, Script, Simple, command, expect, script, skip_newlines};
use crate::shell::lexer::{Broken, Lexer, Word, literal};

/// `( … )` or `(( … ))`.
pub(super) fn parenthesis(lexer: &mut Lexer) -> Result<Compound, Broken> {
    let start = lexer.position();
    lexer.take("(");
    if lexer.operator() == Some("(") {
        let inner = lexer.position();
        lexer.take("(");
        if let Ok(part) = lexer.arithmetic(start) {
            return Ok(Compound::Case {
                words: vec![Word(vec![part])],
                arms: Vec::new(),
            });
        }
        lexer.rewind(inner);
    }
    let body = script(lexer, &[")"])?;
    if !lexer.take(")") {
        return Err(Broken);
    }
    Ok(Compound::Subshell(body))
}

/// After `if`.
pub(super) fn conditional(lexer: &mut Lexer) -> Result<Compound, Broken> {
    let mut parts = Vec::new();
    loop {
        parts.push(script(lexer, &["then"])?);
        expect(lexer, "then")?;
        parts.push(script(lexer, &["elif", "else", "fi"])?);
        match lexer.keyword().as_deref() {
            Some("elif") => {
                lexer.skip(4);
                continue;
            }
            Some("else") => {
                lexer.skip(4);
                parts.push(script(lexer, &["fi"])?);
            }
            _ => {}
        }
        expect(lexer, "fi")?;
        return Ok(Compound::Parts(parts));
    }
}

pub(super) fn do_group(lexer: &mut Lexer) -> Result<Script, Broken> {
    expect(lexer, "do")?;
    let body = script(lexer, &["done"])?;
    expect(lexer, "done")?;
    Ok(body)
}

/// After `for` or `select`.
pub(super) fn for_loop(lexer: &mut Lexer) -> Result<Compound, Broken> {
    lexer.skip_blanks();
    if lexer.operator() == Some("(") {
        let Compound::Case { words, .. } = parenthesis(lexer)? else {
            return Err(Broken);
        };
        skip_separators(lexer);
        let body = do_group(lexer)?;
        return Ok(Compound::Case {
            words,
            arms: vec![body],
        });
    }
    let name = lexer.word()?.ok_or(Broken)?;
    let name = name.bare().ok_or(Broken)?.to_owned();
    skip_newlines(lexer);
    let mut words = None;
    if lexer.keyword().as_deref() == Some("in") {
        lexer.skip(2);
        let mut listed = Vec::new();
        while let Some(word) = lexer.word()? {
            listed.push(word);
        }
        words = Some(listed);
    }
    skip_separators(lexer);
    let body = do_group(lexer)?;
    Ok(Compound::For { name, words, body })
}

fn skip_separators(lexer: &mut Lexer) {
    lexer.skip_blanks();
    lexer.take(";");
    skip_newlines(lexer);
}

/// After `case`.
pub(super) fn case(lexer: &mut Lexer) -> Result<Compound, Broken> {
    let word = lexer.word()?.ok_or(Broken)?;
    expect(lexer, "in")?;
    let mut words = vec![word];
    let mut arms = Vec::new();
    loop {
        skip_newlines(lexer);
        if lexer.keyword().as_deref() == Some("esac") {
            lexer.skip(4);
            return Ok(Compound::Case { words, arms });
        }
        lexer.take("(");
        loop {
            words.push(lexer.word()?.ok_or(Broken)?);
            lexer.skip_blanks();
            if !lexer.take("|") {
                break;
            }
        }
        if !lexer.take(")") {
            return Err(Broken);
        }
        arms.push(script(lexer, &[";;", ";&", ";;&", "esac"])?);
        if !lexer.take(";;") && !lexer.take(";;&") {
            lexer.take(";&");
        }
    }
}

/// `[[ … ]]`, where operators are words.
pub(super) fn test(lexer: &mut Lexer) -> Result<Node, Broken> {
    let mut words = Vec::new();
    loop {
        match lexer.word()? {
            Some(word) => {
                let closes = word.bare() == Some("]]");
                words.push(word);
                if closes {
                    return Ok(Node::Simple(Simple {
                        words,
                        ..Simple::default()
                    }));
                }
            }
            None => match lexer.operator() {
                Some(operator) => {
                    lexer.take(operator);
                    words.push(literal(operator.to_owned()));
                }
                None => return Err(Broken),
            },
        }
    }
}

pub(super) fn function(lexer: &mut Lexer, name: String) -> Result<Node, Broken> {
    skip_newlines(lexer);
    let body = Rc::new(lexer.nested(command)?);
    Ok(Node::Function { name, body })
}

//! Whether a script of `sed` only prints: no `w`, no `e`, no `-i`.

use std::iter::Peekable;
use std::str::Chars;

/// All scripts are read, and every option is known. `-i` is free: its file is among the act's paths.
pub(super) fn looks(words: &[&str]) -> bool {
    let mut scripts: Vec<&str> = Vec::new();
    let mut operands: Vec<&str> = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-e" | "-ne" | "-rne" | "-Ene" | "--expression" => {
                scripts.extend(words.next().copied());
            }
            "--quiet" | "--silent" | "--regexp-extended" | "--null-data" => {}
            option if option.len() > 1 && option.starts_with('-') => {
                let is_known = !option.starts_with("--")
                    && option[1..].chars().all(|letter| "nErsuzi".contains(letter));
                if !is_known {
                    return false;
                }
            }
            _ => operands.push(word),
        }
    }
    if scripts.is_empty() {
        scripts.extend(operands.first().copied());
    }
    !scripts.is_empty() && scripts.iter().all(|script| prints(script))
}

fn prints(script: &str) -> bool {
    let mut rest = script.chars().peekable();
    loop {
        while rest
            .next_if(|next| next.is_whitespace() || ";{}".contains(*next))
            .is_some()
        {}
        if address(&mut rest).is_none() {
            return false;
        }
        match rest.next() {
            None => return true,
            Some(
                'p' | 'P' | 'd' | 'D' | 'g' | 'G' | 'h' | 'H' | 'n' | 'N' | 'x' | 'z' | '=' | 'q'
                | 'Q' | 'l',
            ) => while rest.next_if(char::is_ascii_digit).is_some() {},
            Some('{' | '}') => continue,
            Some(command @ ('s' | 'y')) => {
                let Some(delimiter) = rest.next() else {
                    return false;
                };
                if skip(&mut rest, delimiter).is_none() || skip(&mut rest, delimiter).is_none() {
                    return false;
                }
                if command == 's' {
                    while rest
                        .next_if(|next| "gpiIMm".contains(*next) || next.is_ascii_digit())
                        .is_some()
                    {}
                }
            }
            Some('b' | 't' | 'T' | ':') => {
                while rest.next_if(|next| !";\n}".contains(*next)).is_some() {}
            }
            Some(_) => return false,
        }
        // What follows a command is the next one, or nothing that is understood here.
        if rest
            .peek()
            .is_some_and(|next| !next.is_whitespace() && !";{}".contains(*next))
        {
            return false;
        }
    }
}

/// `1,20`, `/from/,/to/`, `$!`
fn address(rest: &mut Peekable<Chars<'_>>) -> Option<()> {
    loop {
        match rest.peek().copied() {
            Some('/') => {
                rest.next();
                skip(rest, '/')?;
                while rest.next_if(|next| matches!(next, 'I' | 'M')).is_some() {}
            }
            Some('\\') => {
                rest.next();
                let delimiter = rest.next()?;
                skip(rest, delimiter)?;
            }
            Some(next) if next.is_ascii_digit() || "$,+~! ".contains(next) => drop(rest.next()),
            _ => return Some(()),
        }
    }
}

/// Past the next delimiter that no backslash takes its meaning. A bracket that holds one is not understood.
fn skip(rest: &mut Peekable<Chars<'_>>, delimiter: char) -> Option<()> {
    loop {
        match rest.next()? {
            '\\' => drop(rest.next()?),
            next if next == delimiter => return Some(()),
            _ => {}
        }
    }
}

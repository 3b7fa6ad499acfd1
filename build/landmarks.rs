//! The paths of a node that a rule's patterns name.
//!
//! `p.host.matches('^/etc/(chrony[.]conf|ssh)(/|$)')` names `/etc/chrony.conf` and `/etc/ssh`. What a pattern leaves open is left out:
//! `kubelet[^/]*` is `kubelet`.

/// The paths of all patterns in a CEL expression that a path of the host is compared with.
pub(super) fn of_expression(expression: &str) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    for (at, start) in expression.match_indices(".matches('^") {
        let before = &expression[..at];
        if !(before.ends_with("p.host") || before.ends_with("p.path)")) {
            continue;
        }
        let rest = &expression[at + start.len()..];
        let pattern = rest.split('\'').next().unwrap_or_default();
        let mut characters: Vec<char> = pattern.chars().rev().collect();
        let found = alternatives(&mut characters).map_err(|why| format!("{pattern}: {why}"))?;
        if !characters.is_empty() {
            return Err(format!("{pattern}: a parenthesis too many"));
        }
        // Devices are the same in every container, and `place.rs` names those. `/etc/kubernetes/.conf`, from `[^/]*[.]conf`, is the name of no file.
        paths.extend(
            found
                .into_iter()
                .map(|path| path.trim_end_matches('/').to_owned())
                .filter(|path| {
                    path.starts_with('/') && !path.starts_with("/dev/") && !path.contains("/.")
                }),
        );
    }
    Ok(paths)
}

/// `a|b`, up to a closing parenthesis, which is left. The characters are in reverse.
fn alternatives(rest: &mut Vec<char>) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    loop {
        all.extend(sequence(rest)?);
        if rest.last() != Some(&'|') {
            return Ok(all);
        }
        rest.pop();
    }
}

fn sequence(rest: &mut Vec<char>) -> Result<Vec<String>, String> {
    let mut texts = vec![String::new()];
    while let Some(&next) = rest.last() {
        if matches!(next, '|' | ')') {
            break;
        }
        rest.pop();
        let mut item: Vec<String> = match next {
            '(' => {
                let inner = alternatives(rest)?;
                rest.pop().ok_or("a parenthesis is open")?;
                inner
            }
            '[' => vec![class(rest)?],
            '$' | '.' => vec![String::new()],
            '*' | '+' | '?' | '{' | '\\' => return Err(format!("{next} is not understood")),
            plain => vec![plain.to_string()],
        };
        match rest.last() {
            Some('*') => {
                rest.pop();
                item = vec![String::new()];
            }
            Some('?') => {
                rest.pop();
                item.push(String::new());
            }
            Some('+') => {
                rest.pop();
            }
            _ => {}
        }
        texts = texts
            .iter()
            .flat_map(|text| item.iter().map(move |more| format!("{text}{more}")))
            .collect();
    }
    Ok(texts)
}

/// `[.]` is a dot; of `[a-z]`, the first; of `[^/]`, nothing.
fn class(rest: &mut Vec<char>) -> Result<String, String> {
    let mut inside = String::new();
    loop {
        match rest.pop().ok_or("a bracket is open")? {
            ']' => break,
            other => inside.push(other),
        }
    }
    if inside.starts_with('^') {
        return Ok(String::new());
    }
    Ok(inside.chars().take(1).collect())
}

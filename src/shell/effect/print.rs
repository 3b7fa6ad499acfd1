//! What `echo` and `printf` print.

use crate::shell::expansion::Field;
use crate::shell::follow::Output;
use crate::shell::lexer::unescape;

pub(super) fn echo(words: &[Field]) -> Output {
    let is_option = |word: &&Field| {
        word.text.strip_prefix('-').is_some_and(|letters| {
            !letters.is_empty() && letters.chars().all(|letter| "neE".contains(letter))
        })
    };
    let count = words.iter().take_while(is_option).count();
    let (options, words) = words.split_at(count);
    if words.iter().any(|word| word.below) {
        return Output::Paths(words.to_vec());
    }
    let has = |letter: char| options.iter().any(|option| option.text.contains(letter));
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let mut text = text.join(" ");
    if has('e') {
        text = unescape(&text);
    }
    if !has('n') {
        text.push('\n');
    }
    Output::Text(text)
}

/// `printf` with `%s`, `%b` and `%%`; what it prints with other directives is not worked out.
pub(super) fn printf(words: &[Field]) -> Output {
    let words = match words {
        [dashes, rest @ ..] if dashes.text == "--" => rest,
        [option, ..] if option.text == "-v" => return Output::Text(String::new()),
        all => all,
    };
    let [format, arguments @ ..] = words else {
        return Output::Text(String::new());
    };
    let format = unescape(&format.text);
    let mut arguments = arguments.iter();
    let mut text = String::new();
    loop {
        let mut takes = false;
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            if character != '%' {
                text.push(character);
                continue;
            }
            match characters.next() {
                Some('%') => text.push('%'),
                Some(directive @ ('s' | 'b' | 'd' | 'i' | 'c' | 'q')) => {
                    takes = true;
                    let argument = arguments
                        .next()
                        .map_or("", |argument| argument.text.as_str());
                    match directive {
                        'b' => text.push_str(&unescape(argument)),
                        'c' => text.extend(argument.chars().next()),
                        _ => text.push_str(argument),
                    }
                }
                _ => return Output::Unknown,
            }
        }
        // The format is used again as long as there are arguments.
        if !takes || arguments.as_slice().is_empty() {
            return Output::Text(text);
        }
    }
}

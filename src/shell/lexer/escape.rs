//! Backslashes of `$'…'`, `printf` and `echo -e`.

/// Undoes the backslashes of `$'…'`, `printf` and `echo -e`.
pub(in crate::shell) fn unescape(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        at += 1;
        if character != '\\' {
            plain.push(character);
            continue;
        }
        let Some(&escape) = characters.get(at) else {
            plain.push('\\');
            break;
        };
        at += 1;
        let mut number = |most: usize, radix: u32| {
            let digits: String = characters[at..]
                .iter()
                .take(most)
                .take_while(|digit| digit.is_digit(radix))
                .collect();
            at += digits.len();
            u32::from_str_radix(&digits, radix)
                .ok()
                .and_then(char::from_u32)
        };
        match escape {
            'a' => plain.push('\u{7}'),
            'b' => plain.push('\u{8}'),
            'e' | 'E' => plain.push('\u{1b}'),
            'f' => plain.push('\u{c}'),
            'n' => plain.push('\n'),
            'r' => plain.push('\r'),
            't' => plain.push('\t'),
            'v' => plain.push('\u{b}'),
            'x' => plain.extend(number(2, 16)),
            'u' => plain.extend(number(4, 16)),
            'U' => plain.extend(number(8, 16)),
            '0'..='7' => {
                at -= 1;
                plain.extend(characters_octal(&characters, &mut at));
            }
            '\\' | '\'' | '"' | '?' => plain.push(escape),
            other => plain.extend(['\\', other]),
        }
    }
    plain
}

/// Up to three octal digits; `\0` may have one more, as `echo` has it.
fn characters_octal(characters: &[char], at: &mut usize) -> Option<char> {
    let most = if characters[*at] == '0' { 4 } else { 3 };
    let mut value = 0;
    for _ in 0..most {
        let Some(digit) = characters.get(*at).and_then(|digit| digit.to_digit(8)) else {
            break;
        };
        value = value * 8 + digit;
        *at += 1;
    }
    char::from_u32(value & 0xff)
}

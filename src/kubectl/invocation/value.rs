//! What pflag accepts as a flag's value.
//!
//! Where Go's own rule is finer than ours (an integer or a duration too large for its type), we accept: kubectl then stops by
//! itself, while a value wrongly refused here would let a command pass unseen.

/// `strconv.ParseBool`.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// `strconv.ParseInt` with base 0: a sign, then `0x`, `0o`, `0b` or a leading `0` for other bases, `_` between digits.
///
/// Numbers that do not fit saturate.
pub(super) fn integer(text: &str) -> Option<i64> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match rest.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &rest[2..]),
        [b'0', b'o' | b'O', ..] => (8, &rest[2..]),
        [b'0', b'b' | b'B', ..] => (2, &rest[2..]),
        [b'0', _, ..] => (8, &rest[1..]),
        _ => (10, rest),
    };
    // An underscore stands between digits, or between the base's prefix and the first digit.
    let parts = digits
        .strip_prefix('_')
        .filter(|_| radix != 10)
        .unwrap_or(digits);
    if parts.is_empty()
        || parts.split('_').any(str::is_empty)
        || (radix == 10 && parts.contains('_'))
    {
        return None;
    }
    let mut value: i64 = 0;
    for digit in parts.chars().filter(|&c| c != '_') {
        let digit = i64::from(digit.to_digit(radix)?);
        value = value.saturating_mul(i64::from(radix)).saturating_add(digit);
    }
    Some(if negative { -value } else { value })
}

/// Is this a `time.ParseDuration`? Numbers need a unit; only `0` stands alone.
pub(super) fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let number = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let (digits, after) = rest.split_at(number);
        let unit = after.len()
            - after
                .trim_start_matches(|c: char| c != '.' && !c.is_ascii_digit())
                .len();
        let (unit, after) = after.split_at(unit);
        if digits.matches('.').count() > 1 || !digits.contains(|c: char| c.is_ascii_digit()) {
            return false;
        }
        if !matches!(unit, "ns" | "us" | "µs" | "μs" | "ms" | "s" | "m" | "h") {
            return false;
        }
        rest = after;
    }
    true
}

/// The first record that Go's `encoding/csv` reads; `None` where it errs.
pub(super) fn csv(text: &str) -> Option<Vec<String>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    // Blank lines before the record are skipped, `\r\n` ends a line like `\n`.
    let text = text.replace("\r\n", "\n");
    let mut rest = text.trim_start_matches('\n');
    if rest.is_empty() {
        return None;
    }
    let mut fields = Vec::new();
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => {
                let end = rest.find([',', '\n']).unwrap_or(rest.len());
                let (field, after) = rest.split_at(end);
                if field.contains('"') {
                    return None;
                }
                (field.to_owned(), after)
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return (after.is_empty() || after.starts_with('\n')).then_some(fields),
        }
    }
}

/// The field behind its opening quote, and what follows the closing one.
fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let quote = rest.find('"')?;
        field.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => return Some((field, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_gos() {
        for (text, value) in [
            ("0", Some(0)),
            ("-1", Some(-1)),
            ("+7", Some(7)),
            ("0x1F", Some(31)),
            ("010", Some(8)),
            ("0b11", Some(3)),
            ("0x_f", Some(15)),
            ("99999999999999999999", Some(i64::MAX)),
            ("", None),
            ("-", None),
            ("1_0", None),
            ("0x", None),
            ("08", None),
            ("1s", None),
            (" 1", None),
        ] {
            assert_eq!(integer(text), value, "{text:?}");
        }
    }

    #[test]
    fn durations_need_a_unit() {
        for good in ["0", "5s", "1h30m", "1.5h", ".5s", "-3m", "1µs", "5.s"] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "5", "5d", ".s", "s", "1..5s", "1h30", "-", "5 s"] {
            assert!(!is_duration(bad), "{bad}");
        }
    }

    #[test]
    fn csv_is_gos() {
        let read = |text| csv(text).map(|fields| fields.join("|"));
        assert_eq!(csv(""), Some(vec![]));
        assert_eq!(read("a.yaml,b.yaml").as_deref(), Some("a.yaml|b.yaml"));
        assert_eq!(
            read(r#""a,b.yaml",c.yaml"#).as_deref(),
            Some("a,b.yaml|c.yaml")
        );
        assert_eq!(read(r#""a""b""#).as_deref(), Some("a\"b"));
        assert_eq!(read("a,").as_deref(), Some("a|"));
        assert_eq!(read("a\nb").as_deref(), Some("a"));
        assert_eq!(read("\n\na").as_deref(), Some("a"));
        for bad in [r#"a"b"#, r#""a"#, r#""a"b"#, "\n"] {
            assert_eq!(csv(bad), None, "{bad:?}");
        }
    }
}

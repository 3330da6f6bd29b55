//! Texts without what is accidental in them, so that what two programs say is the same if it is for the same reason.

/// A text with its numbers, quoted parts and formats replaced.
pub(crate) fn canonical_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if let Some(length) = whole_format(&out, rest) {
            out.push('F');
            rest = &rest[length..];
            continue;
        }
        let after_word = out.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_');
        if matches!(char, '\'' | '"' | '`')
            && !after_word
            && let Some(end) = rest[1..].find(char)
        {
            out.push_str("'_'");
            rest = &rest[end + 2..];
            continue;
        }
        let digits = rest.strip_prefix('-').unwrap_or(rest).bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && !after_word {
            out.push('N');
            rest = &rest[digits + usize::from(char == '-')..];
            continue;
        }
        if out.ends_with("format ")
            && let Some(length) = format_length(rest)
        {
            out.push('F');
            rest = &rest[length..];
            continue;
        }
        // Python's own texts are ASCII. Other characters are of a value, or of memory that was given back.
        if char.is_ascii_graphic() || char == ' ' {
            out.push(char);
        } else if !out.ends_with('?') {
            out.push('?');
        }
        rest = &rest[char.len_utf8()..];
    }
    if whole_format(&out, "").is_some() {
        out.push('F');
    }
    out
}

/// How long the format is that stands next in a text of memoryview's own, which ends after it or goes on with `not supported`.
fn whole_format(before: &str, rest: &str) -> Option<usize> {
    let length = match before {
        before if before.ends_with("unsupported format ") => rest.len(),
        before if before.ends_with("memoryview: format ") => rest.find(" not supported")?,
        _ => return None,
    };
    rest[..length].bytes().all(|byte| byte.is_ascii_graphic()).then_some(length)
}

/// How long the format at the start of a text is, if there is one: a few characters that are no English word.
fn format_length(text: &str) -> Option<usize> {
    let word = text.split(' ').next()?;
    let is_word = ["is", "not", "of", "in", "for", "and", "or", "to", "has"].contains(&word);
    ((1..=3).contains(&word.len()) && !is_word).then_some(word.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("index out of bounds on dimension 12", "index out of bounds on dimension N")]
    #[case("'int' object can't be \"x\"", "'_' object can't be '_'")]
    #[case("memoryview: format <i not supported", "memoryview: format F not supported")]
    #[case("memoryview: format 2i not supported", "memoryview: format F not supported")]
    #[case("memoryview: format  not supported", "memoryview: format F not supported")]
    #[case("memoryview: unsupported format T{i:a:h:b:}", "memoryview: unsupported format F")]
    #[case("memoryview: unsupported format ", "memoryview: unsupported format F")]
    #[case("memoryview: unsupported format \u{90}\u{1}xy", "memoryview: unsupported format ?xy")]
    #[case("format must be native", "format must be native")]
    #[case("must be in -128..127", "must be in N..N")]
    #[case("int64 of utf8", "int64 of utf8")]
    #[case("it's 'a", "it's 'a")]
    #[case("format \u{90}\u{0}\u{fffd} not supported", "format ? not supported")]
    #[case("no format \u{7f}x\u{1}yz\u{fffd}\n", "no format ?x?yz?")]
    fn texts_lose_what_is_accidental(#[case] text: &str, #[case] canonical: &str) {
        assert_eq!(canonical_text(text), canonical);
    }
}

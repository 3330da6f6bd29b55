//! Text and code in Markdown, in a table or not.

/// Plain text on one line: what Markdown would take for markup is escaped.
pub(super) fn text(plain: &str) -> String {
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    // What starts a list, a heading or a quotation does so only at the start of a line.
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match line[digits..].chars().next() {
        Some('#' | '>' | '-' | '+' | '=') if digits == 0 => Some(0),
        Some('.' | ')') if digits > 0 => Some(digits),
        _ => None,
    };
    let mut before = ' ';
    for (at, char) in line.char_indices() {
        let after = line[at + char.len_utf8()..].chars().next().unwrap_or(' ');
        let is_markup = match char {
            '_' => !before.is_alphanumeric() || !after.is_alphanumeric(),
            _ => "\\`*[]<|&$~".contains(char),
        };
        if is_markup || marker == Some(at) {
            out.push('\\');
        }
        out.push(char);
        before = char;
    }
    out
}

/// Text as code, on one line, in a table or not.
pub(super) fn code(plain: &str) -> String {
    let plain = plain.replace(['\n', '\r'], " ").replace('|', "\\|");
    let fence = "`".repeat(longest_run(&plain) + 1);
    let pad = if plain.starts_with('`') || plain.ends_with('`') || plain.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{plain}{pad}{fence}")
}

/// The length of the longest run of backticks.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a | b", r"a \| b")]
    #[case("<b>*x*</b> [a](b) &amp;", r"\<b>\*x\*\</b> \[a\](b) \&amp;")]
    #[case("- two\n  lines", r"\- two lines")]
    #[case("1. one", r"1\. one")]
    #[case("1.5 > 1", r"1\.5 > 1")]
    #[case("# no heading", r"\# no heading")]
    #[case("a_b __init__", r"a_b \_\_init\_\_")]
    fn text_stays_text(#[case] plain: &str, #[case] markdown: &str) {
        assert_eq!(text(plain), markdown);
    }

    #[rstest]
    #[case("a", "`a`")]
    #[case("a`b", "``a`b``")]
    #[case("`", "`` ` ``")]
    #[case("a|b", r"`a\|b`")]
    fn code_stays_code(#[case] plain: &str, #[case] markdown: &str) {
        assert_eq!(code(plain), markdown);
    }
}

//! Text from outside as text to be shown.

use maud::{Markup, html};
use std::fmt::Write;

/// A text in which nothing is invisible or changes the order of what surrounds it: control characters and marks of the
/// writing direction are shown as escapes. Ends of lines and tabs are kept. The templates escape the rest.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\t' => out.push(char),
            // Writing to a String can't fail.
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => _ = write!(out, "\\x{:02x}", u32::from(char)),
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out
}

/// A sentence in which what stands between backticks is code.
pub(super) fn prose(sentence: &str) -> Markup {
    let sentence = text(sentence);
    let parts: Vec<&str> = sentence.split('`').collect();
    // A backtick without another one is itself.
    let closed = parts.len() - usize::from(parts.len() % 2 == 0);
    html! {
        @for (index, part) in parts.iter().enumerate() {
            @if index % 2 == 0 { (part) }
            @else if index < closed { code { (part) } }
            @else { "`" (part) }
        }
    }
}

/// A program.
pub(super) fn program(lines: &str) -> Markup {
    html! { pre { code { (text(lines)) } } }
}

/// A number with thousands set apart: `6,299`.
pub(super) fn figure(number: usize) -> String {
    crate::report::grouped(number as u64)
}

/// `1 case`, `2,000 cases`
pub(super) fn counted(number: usize, noun: &str) -> String {
    let words = crate::report::count(number, noun);
    words.replacen(&number.to_string(), &figure(number), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn what_can_not_be_seen_is_an_escape() {
        assert_eq!(text("a\x1b[0m\u{202e}b\r\0\n\tc"), "a\\x1b[0m\\u202eb\\x0d\\x00\n\tc");
    }

    #[rstest]
    #[case("a `b` c", "a <code>b</code> c")]
    #[case("a `b", "a `b")]
    #[case("`<b>` `", "<code>&lt;b&gt;</code> `")]
    #[case("plain", "plain")]
    fn backticks_enclose_code(#[case] sentence: &str, #[case] markup: &str) {
        assert_eq!(prose(sentence).into_string(), markup);
    }

    #[rstest]
    #[case(7, "7")]
    #[case(1000, "1,000")]
    #[case(1234567, "1,234,567")]
    fn thousands_are_set_apart(#[case] number: usize, #[case] words: &str) {
        assert_eq!(figure(number), words);
    }
}

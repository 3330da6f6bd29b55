//! Text from outside as text to be shown. The templates escape what would be markup; what can't be seen is shown as an
//! escape.

pub(super) use crate::report::escape::visible as text;
use maud::{Markup, html};

/// A sentence in which what stands between backticks is code.
pub(super) fn prose(sentence: &str) -> Markup {
    let sentence = text(sentence);
    let parts: Vec<&str> = sentence.split('`').collect();
    // A backtick without another one is itself.
    let closed = parts.len() - usize::from(parts.len().is_multiple_of(2));
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
    crate::report::counted(number as u64, noun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

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

//! Text from outside as text to be shown.

use std::fmt::Write;

/// A text in which nothing is invisible or changes the order of what surrounds it: control characters and marks of the
/// writing direction are shown as escapes. Ends of lines and tabs are kept. The templates escape the rest.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\t' => out.push(char),
            // Writing to a String can't fail.
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => _ = write!(out, "\\x{:02x}", u32::from(char)),
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_is_an_escape() {
        assert_eq!(visible("a\x1b[0m\u{202e}b\r\0\n\tc"), "a\\x1b[0m\\u202eb\\x0d\\x00\n\tc");
    }
}

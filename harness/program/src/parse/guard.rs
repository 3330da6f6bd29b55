//! Refuses text that is too long or nested too deeply, and lone surrogates, before the Python parser reads it.
//!
//! The syntax tree is as deep as the text nests or chains, and is traversed and dropped recursively. Cases need only a
//! few levels; a text with ten thousand is refused with its position instead of overflowing the stack.

use super::{Cause, ParseError};
use std::ops::Range;

/// The deepest nesting of brackets. Engines observe [`DEEPEST`](crate::trace::DEEPEST) levels of a value, which are more.
const MAX_NESTING: usize = 64;
/// The most operators, dots and brackets in one statement.
const MAX_CHAIN: usize = 512;
/// The most bytes in one step.
const MAX_LENGTH: usize = 1 << 20;

/// Refuses a text that exceeds one of the limits.
pub(super) fn check(text: &str) -> Result<(), ParseError> {
    if text.len() > MAX_LENGTH {
        let message = format!("a step can have at most {MAX_LENGTH} bytes, and this one has {}", text.len());
        return Err(ParseError { range: 0..0, message, cause: Cause::Text });
    }
    if let Some(at) = text.find('\0') {
        // Ruff's parser takes it, and no Python does.
        let message = "Python text can't hold a NUL character; write `\\x00` in a literal".to_owned();
        return Err(ParseError { range: at..at + 1, message, cause: Cause::Text });
    }
    let (mut depth, mut chain) = (0usize, 0usize);
    let mut rest = text.char_indices();
    while let Some((at, char)) = rest.next() {
        match char {
            '\'' | '"' => {
                let surrogate = skip_string(&mut rest, char).filter(|_| !has_prefix(&text[..at], b"rb"));
                // Its fields are expressions.
                if has_prefix(&text[..at], b"f") {
                    let inner = &text[at..text.len() - rest.as_str().len()];
                    chain += inner.matches(is_operator).count() + inner.matches(' ').count();
                }
                if let Some(range) = surrogate {
                    let message = "a lone surrogate in a str is not part of the language of cases".to_owned();
                    return Err(ParseError { range, message, cause: Cause::Text });
                }
            }
            '#' => _ = rest.find(|(_, char)| *char == '\n'),
            '(' | '[' | '{' => {
                depth += 1;
                chain += 1;
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '\n' if depth == 0 => chain = 0,
            '.' | '+' | '-' | '*' | '/' | '%' | '~' | '<' | '>' | '=' | '|' | '&' | '^' | '@' => chain += 1,
            // Keywords that nest: `not not x`, `a if b else …`, `lambda: lambda: …`, `await await x`.
            ' ' | '\t' | ':' => {
                chain += usize::from(!rest.as_str().starts_with([' ', '\t', '\n', '#'])) / 2
                    + usize::from(starts_keyword(rest.as_str()))
            }
            _ => {}
        }
        let too = match () {
            () if depth > MAX_NESTING => format!("brackets nest deeper than {MAX_NESTING} here"),
            () if chain > MAX_CHAIN => {
                format!("a statement can chain at most {MAX_CHAIN} operators")
            }
            () => continue,
        };
        return Err(ParseError { range: at..at + char.len_utf8(), message: too, cause: Cause::Text });
    }
    Ok(())
}

fn starts_keyword(text: &str) -> bool {
    ["not ", "if ", "else ", "lambda", "await ", "and ", "or ", "in ", "is "].iter().any(|word| text.starts_with(word))
}

/// Returns whether the prefix of a string has one of these letters: `r` and `b` disable escapes for characters.
fn has_prefix(before: &str, letters: &[u8]) -> bool {
    let prefix = before.bytes().rev().take_while(u8::is_ascii_alphabetic).take(2);
    let mut prefix = prefix.map(|letter| letter.to_ascii_lowercase());
    prefix.any(|letter| letters.contains(&letter))
}

fn is_operator(char: char) -> bool {
    "([{.+-*/%~<>=|&^@".contains(char)
}

/// Skips a string literal whose opening quote was just read. Returns the range of the first escape that stands for a
/// lone surrogate, which the Python parser would replace by another character.
fn skip_string(rest: &mut std::str::CharIndices<'_>, quote: char) -> Option<Range<usize>> {
    let triple: String = std::iter::repeat_n(quote, 2).collect();
    let closing = match rest.as_str().starts_with(&triple) {
        true => {
            rest.nth(1);
            let closing = std::iter::repeat_n(quote, 3).collect::<String>();
            if rest.as_str().starts_with(quote) || !rest.as_str().contains(&closing) {
                // This is the empty string, or an unterminated triple-quoted one, which the parser reports.
                return None;
            }
            closing
        }
        false => quote.to_string(),
    };
    let mut surrogate = None;
    while !rest.as_str().starts_with(&closing) {
        match rest.next()? {
            (at, '\\') => {
                surrogate = surrogate.or_else(|| surrogate_escape(rest.as_str()).map(|length| at..at + 1 + length));
                rest.next();
            }
            (_, '\n') if closing.len() == 1 => return None,
            _ => {}
        }
    }
    rest.nth(closing.len() - 1);
    surrogate
}

/// Returns the length of an escape for a surrogate, without its backslash.
fn surrogate_escape(text: &str) -> Option<usize> {
    let length = match text.as_bytes().first()? {
        b'u' => 5,
        b'U' => 9,
        _ => return None,
    };
    let code = u32::from_str_radix(text.get(1..length)?, 16).ok()?;
    (0xd800..0xe000).contains(&code).then_some(length)
}

//! f-strings: which of them the language has, and how they are written.
//!
//! The oldest Pythons read the expressions of an f-string as part of a string: they may hold neither a backslash nor the
//! quotes around it. The parser refuses such fields. What is no f-string that a parser makes is written as [`NOTHING`].

use crate::program::Operation;
use crate::repr::str_literal;

/// The text of what can't be written.
pub(crate) const NOTHING: &str = "_";

/// The longest width or precision, in digits.
const MOST_DIGITS: usize = 3;

/// Returns whether a text is a format that a field may have: one of CPython's own types, without fields in it.
pub fn is_format(text: &str) -> bool {
    // What fills the field becomes part of a string in the text of a program.
    let is_fill = |char: char| char == ' ' || char.is_ascii_alphanumeric() || "*_-+=<>^.,#/|~".contains(char);
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    let rest = match (first, second) {
        (Some(fill), Some('<' | '>' | '^' | '=')) if is_fill(fill) => &text[fill.len_utf8() + 1..],
        (Some('<' | '>' | '^' | '='), _) => &text[1..],
        _ => text,
    };
    let rest = rest.strip_prefix(['+', '-', ' ']).unwrap_or(rest);
    let rest = rest.strip_prefix('#').unwrap_or(rest);
    let Some(rest) = number(rest) else { return false };
    let rest = rest.strip_prefix([',', '_']).unwrap_or(rest);
    let rest = match rest.strip_prefix('.') {
        Some(precision) if !precision.starts_with(|char: char| char.is_ascii_digit()) => return false,
        Some(precision) => match number(precision) {
            Some(rest) => rest,
            None => return false,
        },
        None => rest,
    };
    matches!(rest, "" | "b" | "c" | "d" | "e" | "E" | "f" | "F" | "g" | "G" | "n" | "o" | "s" | "x" | "X" | "%")
}

fn is_conversion(text: &str) -> bool {
    matches!(text, "" | "r" | "s")
}

/// Returns whether an operation is a field that can be written.
pub(crate) fn is_field(operation: &Operation) -> bool {
    let own = |index| operation.own_name(index);
    operation.keywords.is_none()
        && operation.operands.len() == 3
        && own(1).is_some_and(is_conversion)
        && own(2).is_some_and(is_format)
}

/// Returns what follows the digits at the start of a text; `None` if there are too many.
fn number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|char: char| char.is_ascii_digit());
    (text.len() - rest.len() <= MOST_DIGITS).then_some(rest)
}

/// Returns whether the text of a constant can stand in an f-string.
pub(crate) fn can_hold(text: &str) -> bool {
    !text.contains(['"', '\\', '\n', '#'])
}

/// A part of an f-string.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Text.
    Literal(String),
    /// The text of an expression, with its conversion and its format.
    Field(Field),
}

/// A field of an f-string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    pub(crate) value: String,
    pub(crate) conversion: String,
    pub(crate) format: String,
}

/// Returns the text of an f-string.
pub(crate) fn written(parts: &[Part]) -> String {
    let fields = || parts.iter().filter_map(|part| if let Part::Field(field) = part { Some(field) } else { None });
    if !fields().all(|field| can_hold(&field.value) && is_conversion(&field.conversion) && is_format(&field.format)) {
        return NOTHING.to_owned();
    }
    let quote = if fields().any(|field| field.value.contains('\'')) { '"' } else { '\'' };
    let mut text = format!("f{quote}");
    for part in parts {
        match part {
            Part::Literal(literal) => literal.chars().for_each(|char| match char {
                '{' | '}' => text.extend([char, char]),
                '\'' | '"' if char != quote => text.push(char),
                '\'' | '"' | '\\' => text.extend(['\\', char]),
                ' '..='~' => text.push(char),
                other => text.push_str(str_literal(&other.to_string()).trim_matches('\'')),
            }),
            Part::Field(Field { value, conversion, format }) => {
                // What begins with a brace would be a brace.
                let space = if value.starts_with('{') { " " } else { "" };
                let conversion = if conversion.is_empty() { String::new() } else { format!("!{conversion}") };
                let format = if format.is_empty() { String::new() } else { format!(":{format}") };
                text.push_str(&format!("{{{space}{value}{conversion}{format}}}"));
            }
        }
    }
    text.push(quote);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", true)]
    #[case("02x", true)]
    #[case("#010b", true)]
    #[case(",", true)]
    #[case("*^+8_d", true)]
    #[case(" =5", true)]
    #[case("<>5.2f", true)]
    #[case("{x}", false)]
    #[case("'<5", false)]
    #[case("\\<5", false)]
    #[case("1000", false)]
    #[case(".", false)]
    #[case(".1000f", false)]
    #[case("%H", false)]
    #[case("x\n", false)]
    #[case("é<5", false)]
    fn formats(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_format(text), expected);
    }

    #[rstest]
    #[case("x", "", "02x", "f'a{{\\'\"\\\\\\n{x:02x}'")]
    #[case("d['a']", "r", "", "f\"a{{'\\\"\\\\\\n{d['a']!r}\"")]
    #[case("b'\\x00'", "r", "", "_")]
    #[case("x", "", "'", "_")]
    #[case("x", "r}'", "", "_")]
    fn an_f_string_is_written_so_that_every_python_reads_it(
        #[case] value: &str,
        #[case] conversion: &str,
        #[case] format: &str,
        #[case] text: &str,
    ) {
        let (value, conversion, format) = (value.to_owned(), conversion.to_owned(), format.to_owned());
        let parts = [Part::Literal("a{'\"\\\n".to_owned()), Part::Field(Field { value, conversion, format })];
        assert_eq!(written(&parts), text);
    }
}

//! How Python writes values: `repr`, and the literals that a program's text uses.

use crate::Offset;
use crate::value::Value;
use std::fmt::{self, Write};

/// Formats a float as `repr` does: the shortest digits that round-trip, with an exponent below 1e-4 and from 1e16 on.
pub fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf".into() } else { "inf".into() };
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{value}");
    if plain.contains('.') { plain } else { plain + ".0" }
}

/// Formats bytes as `repr` does.
pub fn bytes_literal(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\\' => out.push_str("\\\\"),
            byte if char::from(byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..0x7f => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out
}

/// Formats a str as `repr` does, except that all non-ASCII characters are escaped, so that scripts are plain ASCII.
pub fn str_literal(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for char in text.chars() {
        match char {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            char if char == quote => {
                out.push('\\');
                out.push(quote);
            }
            ' '..='~' => out.push(char),
            _ => {
                let code = u32::from(char);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

/// Returns `repr(value)`, except that floats without a literal are written as a call, so that [`crate::parse`] can read
/// the text of any constant.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Bool(true) => f.write_str("True"),
            Value::Bool(false) => f.write_str("False"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Big(value) => write!(f, "{value}"),
            Value::Float(value) if value.is_finite() => f.write_str(&float_repr(*value)),
            Value::Float(value) => write!(f, "float('{}')", float_repr(*value)),
            Value::Complex(real, imag) => write!(f, "complex({}, {})", Value::Float(*real), Value::Float(*imag)),
            Value::Bytes(bytes) => f.write_str(&bytes_literal(bytes)),
            Value::Bytearray(bytes) => write!(f, "bytearray({})", bytes_literal(bytes)),
            Value::Str(text) => f.write_str(&str_literal(text)),
            Value::Tuple(items) if items.len() == 1 => write!(f, "({},)", items[0]),
            Value::Tuple(items) => sequence(f, '(', items, ')'),
            Value::List(items) => sequence(f, '[', items, ']'),
            Value::Slice(parts) => write!(f, "slice({}, {}, {})", parts[0], parts[1], parts[2]),
            Value::Ellipsis => f.write_str("..."),
            Value::Type(name) => f.write_str(name),
            Value::Array(typecode, bytes) => {
                write!(f, "array('{typecode}', {})", bytes_literal(bytes))
            }
            Value::View(view) => write!(f, "{view}"),
            Value::Hash => f.write_str("a hash"),
            Value::Object(name) => write!(f, "<{name} object>"),
        }
    }
}

fn sequence(f: &mut fmt::Formatter<'_>, open: char, items: &[Value], close: char) -> fmt::Result {
    f.write_char(open)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    f.write_char(close)
}

impl fmt::Display for crate::ViewState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.released {
            return f.write_str("a released view");
        }
        f.write_str(&self.layout())?;
        match self.offset {
            Offset::At(offset) => write!(f, ", from byte {offset} of "),
            Offset::Outside => f.write_str(", outside the memory of "),
            Offset::Unknown => f.write_str(", from somewhere in "),
        }?;
        match &self.root {
            crate::Root::Named(name) => write!(f, "name {name}"),
            crate::Root::Unnamed(type_name) if type_name.is_empty() => f.write_str("an unknown object"),
            crate::Root::Unnamed(type_name) => write!(f, "an unnamed {type_name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.0, "0.0")]
    #[case(-0.0, "-0.0")]
    #[case(1e16, "1e+16")]
    #[case(1e15, "1000000000000000.0")]
    #[case(0.0001, "0.0001")]
    #[case(0.00001, "1e-05")]
    #[case(1.5e300, "1.5e+300")]
    #[case(5e-324, "5e-324")]
    #[case(65519.99, "65519.99")]
    fn floats_are_written_as_python_does(#[case] value: f64, #[case] text: &str) {
        assert_eq!(float_repr(value), text);
    }

    #[rstest]
    #[case(b"a'b", r#"b"a'b""#)]
    #[case(b"a'\"b", r#"b'a\'"b'"#)]
    #[case(b"\x00\t\\\xff", r"b'\x00\t\\\xff'")]
    fn bytes_are_written_as_python_does(#[case] value: &[u8], #[case] text: &str) {
        assert_eq!(bytes_literal(value), text);
    }

    #[test]
    fn a_str_is_written_in_ascii() {
        assert_eq!(str_literal("a'\u{e9}\u{20ac}\u{1f600}"), r#""a'\xe9\u20ac\U0001f600""#);
    }
}

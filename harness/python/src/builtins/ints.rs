//! `int` of text, and ints as bytes.

use crate::buffers::buffer_of;
use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, overflow_error, type_error, value_error};
use crate::types::instance::as_instance;
use num_bigint::{BigInt, Sign};
use num_traits::Signed;
use program::{bytes_literal, str_literal};
use view::Int;

/// The most digits of a text. Newer versions refuse more than 4300.
const MOST_DIGITS: usize = 4000;

/// `int(…)`
pub(super) fn int(python: &Python, call: &Call<'_>) -> Outcome {
    let (values, [by_name]) = call.split(["base"])?;
    let (value, base) = match (values, by_name) {
        ([], None) => return Ok(Object::int(0)),
        ([value], base) => (value, base),
        ([value, base], None) => (value, Some(base)),
        _ => return Err(call.other_arguments()),
    };
    let Some(base) = base else {
        return match (value.as_int(), value) {
            (Some(int), _) => Ok(Object::Int(int)),
            (None, Object::Float(value)) if value.is_finite() => {
                Ok(Object::Int(Int::from(num_traits::FromPrimitive::from_f64(*value).unwrap_or(BigInt::ZERO))))
            }
            (None, Object::Str(_) | Object::Bytes(_) | Object::Bytearray(_) | Object::View(_)) => {
                of_text(call, value, 10)
            }
            _ if let Some(own) = as_instance(value) => {
                if value.as_exporter().is_some() {
                    return Err(call.unsupported("of an object with `__buffer__`"));
                }
                let none = || {
                    let number = if python.has(Change::RealNumberText) { "real number" } else { "number" };
                    let class = value.class();
                    type_error(format!(
                        "int() argument must be a string, a bytes-like object or a {number}, not '{class}'"
                    ))
                };
                Ok(Object::Int(own.int().unwrap_or_else(|| Err(none()))?))
            }
            _ => Err(call.unsupported(format!("of an object of type {}", value.class()))),
        };
    };
    let base = base.as_int().ok_or_else(|| call.other_arguments())?;
    match (base.within(0, 36).filter(|base| *base != 1), value) {
        (None, _) => Err(value_error("int() base must be >= 2 and <= 36, or 0").into()),
        (Some(base), Object::Str(_) | Object::Bytes(_) | Object::Bytearray(_)) => of_text(call, value, base as u32),
        _ => Err(type_error("int() can't convert non-string with explicit base").into()),
    }
}

/// Converts a str, or the ASCII characters in a buffer.
fn of_text(call: &Call<'_>, value: &Object, base: u32) -> Outcome {
    let (text, shown) = match value {
        Object::Str(text) => (text.to_string(), str_literal(text)),
        other => {
            let content = buffer_of(other).map_err(|_| call.other_arguments())?;
            let shown = bytes_literal(&content);
            (content.into_iter().map(char::from).collect(), shown)
        }
    };
    if !text.is_ascii() && matches!(value, Object::Str(_)) {
        return Err(call.unsupported("of a str that is not ASCII"));
    }
    if text.len() > MOST_DIGITS {
        return Err(call.unsupported(format!("of a text of more than {MOST_DIGITS} characters")));
    }
    let number = number(&text, base);
    let refused = || value_error(format!("invalid literal for int() with base {base}: {shown:.200}"));
    Ok(Object::Int(Int::from(number.ok_or_else(refused)?)))
}

/// Parses an int of a base; 0 stands for that of a literal.
fn number(text: &str, base: u32) -> Option<BigInt> {
    let is_space = |char: char| matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
    let text = text.trim_matches(is_space);
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = digits.get(..2).map(str::to_ascii_lowercase);
    let (base, digits) = match (prefix.as_deref(), base) {
        // After a prefix, an underscore can come first.
        (Some(prefix @ ("0x" | "0o" | "0b")), 0) => (base_of(prefix), after_prefix(digits)),
        (Some(prefix @ ("0x" | "0o" | "0b")), base) if base == base_of(prefix) => (base, after_prefix(digits)),
        // A literal in base 10 has no zeros at its start, unless it is nothing else.
        (_, 0) if digits.starts_with('0') && digits.contains(|char| !matches!(char, '0' | '_')) => return None,
        (_, 0) => (10, digits),
        (_, base) => (base, digits),
    };
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let digits: String = digits.chars().filter(|char| *char != '_').collect();
    if !digits.chars().all(|char| char.is_digit(base)) {
        return None;
    }
    let number = BigInt::parse_bytes(digits.as_bytes(), base)?;
    Some(if is_negative { -number } else { number })
}

fn base_of(prefix: &str) -> u32 {
    match prefix {
        "0x" => 16,
        "0o" => 8,
        _ => 2,
    }
}

fn after_prefix(digits: &str) -> &str {
    let digits = &digits[2..];
    digits.strip_prefix('_').unwrap_or(digits)
}

/// The order of bytes, and whether the first of them has a sign.
fn order(
    python: &Python,
    call: &Call<'_>,
    order: Option<&Object>,
    signed: Option<&Object>,
) -> Result<(bool, bool), Stop> {
    let is_signed = signed.map_or(Ok(false), |signed| signed.as_type().truth())?;
    let is_little = match order {
        Some(Object::Str(order)) if matches!(&**order, "little" | "big") => &**order == "little",
        Some(Object::Str(_)) => return Err(value_error("byteorder must be either 'little' or 'big'").into()),
        None if python.has(Change::ToBytesDefaults) => false,
        _ => return Err(call.other_arguments()),
    };
    Ok((is_little, is_signed))
}

/// `int.from_bytes(bytes, byteorder, signed=…)`
pub(super) fn from_bytes(python: &Python, call: &Call<'_>) -> Outcome {
    let (values, [source, byteorder, signed]) = call.split(["bytes", "byteorder", "signed"])?;
    let (source, byteorder) = match (values, source, byteorder) {
        ([source, byteorder], None, None) => (source, Some(byteorder)),
        ([source], None, byteorder) | ([], Some(source), byteorder) => (source, byteorder),
        _ => return Err(call.other_arguments()),
    };
    if byteorder.is_none() && !python.has(Change::ToBytesDefaults) {
        let text = "from_bytes() missing required argument 'byteorder' (pos 2)";
        return Err(type_error(text).into());
    }
    let (is_little, is_signed) = order(python, call, byteorder, signed)?;
    let has_index = view::Object::has_index(source);
    if as_instance(source).is_some_and(|own| own.has("__bytes__") || has_index && own.has("__iter__")) {
        return Err(call.unsupported("of an object with `__bytes__`, or with both `__index__` and `__iter__`"));
    }
    if has_index && source.with_buffer().is_none() || matches!(source, Object::Str(_)) {
        return Err(type_error(format!("cannot convert '{}' object to bytes", source.class())).into());
    }
    let content = match python.has(Change::FromBytesBuffer) && source.with_buffer().is_some() {
        true => buffer_of(source)?,
        false => python.content(source, true)?,
    };
    let value = match (is_little, is_signed) {
        (true, true) => BigInt::from_signed_bytes_le(&content),
        (false, true) => BigInt::from_signed_bytes_be(&content),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, &content),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, &content),
    };
    Ok(Object::Int(Int::from(value)))
}

/// Methods of ints: `to_bytes`, `bit_length`. `None` if it is none of them.
pub(crate) fn method(python: &Python, this: &Object, call: &Call<'_>) -> Option<Outcome> {
    let value = Object::big(&this.as_int()?);
    Some(match (call.name, call.values()) {
        ("to_bytes", _) => to_bytes(python, &value, call),
        ("bit_length", []) => Ok(Object::int(value.bits())),
        _ => return None,
    })
}

/// `int.to_bytes(length, byteorder, signed=…)`
fn to_bytes(python: &Python, value: &BigInt, call: &Call<'_>) -> Outcome {
    let (values, [length, byteorder, signed]) = call.split(["length", "byteorder", "signed"])?;
    let (length, byteorder) = match (values, length, byteorder) {
        ([length, byteorder], None, None) => (Some(length), Some(byteorder)),
        ([length], None, byteorder) | ([], Some(length), byteorder) => (Some(length), byteorder),
        ([], None, byteorder) => (None, byteorder),
        _ => return Err(call.other_arguments()),
    };
    if let (false, Some(missing)) =
        (python.has(Change::ToBytesDefaults), [length, byteorder].iter().position(Option::is_none))
    {
        let name = if missing == 0 { "length" } else { "byteorder" };
        return Err(type_error(format!("to_bytes() missing required argument '{name}' (pos {})", missing + 1)).into());
    }
    let length = length.map_or(Some(1), |length| length.as_int()?.within(0, 1 << 16));
    let length = length.ok_or_else(|| call.other_arguments())? as usize;
    let (is_little, is_signed) = order(python, call, byteorder, signed)?;
    if value.is_negative() && !is_signed {
        return Err(overflow_error("can't convert negative int to unsigned").into());
    }
    let mut content = value.to_signed_bytes_le();
    // The sign has a byte of its own where it needs one.
    if !is_signed && content.len() > 1 && content.last() == Some(&0) {
        content.pop();
    }
    let is_zero = value.sign() == Sign::NoSign;
    if content.len() > length && !is_zero {
        return Err(overflow_error("int too big to convert").into());
    }
    content.resize(length, if value.is_negative() { 0xff } else { 0 });
    if !is_little {
        content.reverse();
    }
    Ok(Object::bytes(content))
}

/// `bytes.fromhex(text)`
pub(crate) fn from_hex(python: &Python, call: &Call<'_>) -> Result<Vec<u8>, Stop> {
    let text = match call.by_position() {
        Some([Object::Str(text)]) => text.to_string(),
        Some([object]) if python.has(Change::FromHexBuffer) => match buffer_of(object) {
            Ok(content) => content.into_iter().map(char::from).collect(),
            Err(_) => {
                let class = object.argument_class();
                return Err(type_error(format!("fromhex() argument must be str or bytes-like, not {class}")).into());
            }
        },
        Some([object]) => {
            let class = object.argument_class();
            return Err(type_error(format!("fromhex() argument must be str, not {class}")).into());
        }
        _ => return Err(call.other_arguments()),
    };
    if !text.is_ascii() {
        return Err(call.unsupported("of a str that is not ASCII"));
    }
    let (chars, mut content, mut at) = (text.as_bytes(), vec![], 0);
    let digit = |at: usize| chars.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    while at < chars.len() {
        if matches!(chars[at], b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) {
            at += 1;
            continue;
        }
        let wrong = match (digit(at), digit(at + 1)) {
            (Some(high), Some(low)) => {
                content.push((high * 16 + low) as u8);
                at += 2;
                continue;
            }
            (None, _) => at,
            (Some(_), None) => at + 1,
        };
        return Err(value_error(match wrong >= chars.len() && python.has(Change::FromHexEven) {
            true => "fromhex() arg must contain an even number of hexadecimal digits".to_owned(),
            false => format!("non-hexadecimal number found in fromhex() arg at position {wrong}"),
        })
        .into());
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// What CPython 3.13 gives.
    #[rstest]
    #[case(" -12 ", 10, Some(-12))]
    #[case("1_000", 10, Some(1000))]
    #[case("0xff", 16, Some(255))]
    #[case("0x_f", 16, Some(15))]
    #[case("-0x1f", 0, Some(-31))]
    #[case("0b1", 16, Some(0xb1))]
    #[case("zz", 36, Some(1295))]
    #[case("00", 0, Some(0))]
    #[case("012", 0, None)]
    #[case("012", 10, Some(12))]
    #[case("_1", 10, None)]
    #[case("1__0", 10, None)]
    #[case("1_", 10, None)]
    #[case("-_b", 16, None)]
    #[case("- 5", 10, None)]
    #[case("+-5", 10, None)]
    #[case("0x", 16, None)]
    #[case("", 10, None)]
    #[case("9", 8, None)]
    fn texts_are_ints_as_in_python(#[case] text: &str, #[case] base: u32, #[case] expected: Option<i64>) {
        assert_eq!(number(text, base), expected.map(BigInt::from));
    }
}

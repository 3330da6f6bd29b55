//! `float`.

use crate::buffers::buffer_of;
use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::operators::has_own_operators;
use crate::stop::{overflow_error, type_error, value_error};
use crate::types::instance::as_instance;

/// `float(…)`
pub(super) fn float(python: &Python, call: &Call<'_>) -> Outcome {
    let value = match call.by_position() {
        Some([]) => return Ok(Object::Float(0.0)),
        Some([value]) => value,
        _ => return Err(call.other_arguments()),
    };
    let content = match (value, value.as_int()) {
        (Object::Float(_), _) => return Ok(value.clone()),
        (_, Some(int)) => {
            let too_large = || overflow_error("int too large to convert to float").into();
            return int.to_f64().map(Object::Float).ok_or_else(too_large);
        }
        // Digits of other scripts are digits, too.
        (Object::Str(text), _) if !text.is_ascii() => return Err(call.unsupported("of a str that is not ASCII")),
        (Object::Str(text), _) => text.as_bytes().to_vec(),
        _ if as_instance(value).is_some() => return Err(call.unsupported("of an object of the program")),
        (Object::Instance(_), _) if value.with_buffer().is_none() => return Err(call.other_arguments()),
        (other, _) if has_own_operators("float", other) => return Err(call.other_arguments()),
        // What has no plain bytes is no text, whatever the error is.
        _ => buffer_of(value).map_err(|_| {
            let number = if python.has(Change::FloatArgumentText) { "real number" } else { "number" };
            type_error(format!("float() argument must be a string or a {number}, not '{}'", value.class()))
        })?,
    };
    match parsed(&content) {
        Some(number) => Ok(Object::Float(number)),
        None => {
            let is_blank = content.iter().all(|byte| matches!(byte, b' ' | b'\t'..=b'\r'));
            let shown = match is_blank && !python.has(Change::FloatBlankText) {
                true => "''".to_owned(),
                false => value.as_type().repr()?,
            };
            Err(value_error(format!("could not convert string to float: {shown}")).into())
        }
    }
}

/// Parses a number as Python writes it, with white space around and underscores between digits.
fn parsed(content: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(content).ok()?;
    let text = text.trim_matches(|char| matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c'));
    let is_digit = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    let is_between = |(at, _): (usize, &str)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    text.match_indices('_').all(is_between).then(|| text.replace('_', "").parse().ok())?
}

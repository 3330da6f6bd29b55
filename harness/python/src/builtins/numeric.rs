//! Functions of numbers: `abs`, `bin`, `chr`, `divmod`, `hex`, `oct`, `round`.

use crate::arithmetic::unsupported;
use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::operators::{check_bits, has_own_operators};
use crate::stop::{Stop, overflow_error, type_error, value_error};
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed};
use view::{Error, Exception, Int};

/// `abs(number)`
pub(super) fn abs(call: &Call<'_>) -> Outcome {
    let number = call.one()?;
    match (number.as_int(), number) {
        (Some(int), _) => Ok(Object::Int(Int::from(Object::big(&int).abs()))),
        (None, Object::Float(value)) => Ok(Object::Float(value.abs())),
        (None, other) if has_own_operators("abs", other) => Err(call.other_arguments()),
        (None, other) => Err(type_error(format!("bad operand type for abs(): '{}'", other.class())).into()),
    }
}

/// `bin(number)`, `hex(number)`, `oct(number)`: the digits of a base with their prefix.
pub(super) fn digits(call: &Call<'_>) -> Outcome {
    let number = call.one()?;
    let no_integer = || Error::NotInteger { type_name: number.class().into() };
    let int = view::Object::index(number).ok_or_else(no_integer)??;
    let (prefix, base) = match call.name {
        "bin" => ("0b", 2),
        "oct" => ("0o", 8),
        _ => ("0x", 16),
    };
    let sign = if int.is_negative() { "-" } else { "" };
    Ok(Object::str(format!("{sign}{prefix}{}", Object::big(&int).abs().to_str_radix(base))))
}

/// `chr(number)`
pub(super) fn chr(python: &Python, call: &Call<'_>) -> Outcome {
    let number = call.one()?;
    let outside = || value_error("chr() arg not in range(0x110000)");
    let code = match python.has(Change::ChrRange) {
        true => python.c_integer(number)?.within(0, 0x10_ffff),
        false => Some(python.c_int(number, true)?.into()).filter(|code| (0..0x11_0000).contains(code)),
    };
    let character =
        char::from_u32(code.ok_or_else(outside)? as u32).ok_or_else(|| call.unsupported("of a surrogate"))?;
    Ok(Object::str(character.to_string()))
}

/// `divmod(a, b)`
pub(super) fn divmod(python: &Python, call: &Call<'_>) -> Outcome {
    let Some([a, b]) = call.by_position() else { return Err(call.other_arguments()) };
    if has_own_operators("divmod", a) || has_own_operators("divmod", b) {
        return Err(call.other_arguments());
    }
    let is_number = |object: &Object| object.as_int().is_some() || matches!(object, Object::Float(_));
    if !is_number(a) || !is_number(b) {
        return Err(unsupported("divmod()", a, b).into());
    }
    if !b.as_type().truth()? && (matches!(a, Object::Float(_)) || matches!(b, Object::Float(_))) {
        let text = if python.has(Change::DivisionText) { "division by zero" } else { "float divmod()" };
        return Err(Error::raised(Exception::ZeroDivisionError, text).into());
    }
    let part = |operator| python.operate(operator, operator, a, b);
    Ok(Object::Tuple(vec![part("//")?, part("%")?].into()))
}

/// `round(number)`, `round(number, digits)`
pub(super) fn round(call: &Call<'_>) -> Outcome {
    let (number, digits) = match call.by_position() {
        Some([number]) => (number, &Object::None),
        Some([number, digits]) => (number, digits),
        _ => return Err(call.other_arguments()),
    };
    match (number, number.as_int(), digits, digits.as_int()) {
        (_, Some(int), Object::None, _) => Ok(Object::Int(int)),
        (_, Some(int), _, Some(digits)) if !digits.is_negative() => Ok(Object::Int(int)),
        (Object::Float(value), _, Object::None, _) if value.is_finite() => {
            let int = BigInt::from_f64(value.round_ties_even()).unwrap_or(BigInt::ZERO);
            check_bits(int.bits())?;
            Ok(Object::Int(Int::from(int)))
        }
        (Object::Float(value), _, Object::None, _) if value.is_nan() => {
            Err(value_error("cannot convert float NaN to integer").into())
        }
        (Object::Float(_), _, Object::None, _) => {
            Err(overflow_error("cannot convert float infinity to integer").into())
        }
        (Object::Float(value), _, _, Some(digits)) if value.is_finite() => {
            let digits = digits.within(0, 20).ok_or_else(|| call.unsupported("to so many digits"))? as usize;
            // Its exact value is rounded, and half of the last digit to even.
            format!("{value:.digits$}").parse().map(Object::Float).map_err(|_| Stop::Malformed("a float has no text"))
        }
        (Object::Float(_), ..) | (_, Some(_), ..) => Err(call.other_arguments()),
        (other, ..) if has_own_operators("round", other) => Err(call.other_arguments()),
        (other, ..) => Err(type_error(format!("type {} doesn't define __round__ method", other.class())).into()),
    }
}

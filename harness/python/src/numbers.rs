//! Arithmetic and comparison of ints of any size, floats, and complex numbers.
//!
//! Complex numbers only come from formats that exist since Python 3.14, so the rules of 3.14 apply: in arithmetic with
//! a complex number, a real number has no imaginary part, not even 0.

use crate::object::{Complex as Pair, Object};
use crate::stop::overflow_error;
use num_bigint::BigInt;
use std::cmp::Ordering;
use view::{Error, Int};

/// A float or a complex number.
#[derive(Clone, Copy)]
pub(crate) enum Inexact {
    Real(f64),
    Complex(f64, f64),
}

impl Inexact {
    /// Converts a number to a float or a complex number; `None` for other objects. Raises OverflowError for an int that
    /// is too large for a float.
    pub(crate) fn of(object: &Object) -> Result<Option<Inexact>, Error> {
        Ok(match object {
            Object::Float(value) => Some(Inexact::Real(*value)),
            Object::Complex(Pair(real, imaginary)) => Some(Inexact::Complex(*real, *imaginary)),
            _ => object.as_int().as_ref().map(real).transpose()?.map(Inexact::Real),
        })
    }
}

fn real(int: &Int) -> Result<f64, Error> {
    int.to_f64().ok_or_else(|| overflow_error("int too large to convert to float"))
}

/// Converts both operands to floats or complex numbers; `None` if one is not a number.
fn both(left: &Object, right: &Object) -> Result<Option<(Inexact, Inexact)>, Error> {
    let is_number =
        |object: &Object| matches!(object, Object::Float(_) | Object::Complex(_)) || object.as_int().is_some();
    if !is_number(left) || !is_number(right) {
        return Ok(None);
    }
    Ok(Inexact::of(left)?.zip(Inexact::of(right)?))
}

/// `left + right`; `None` if one operand is not a number.
pub(crate) fn add(left: &Object, right: &Object) -> Result<Option<Object>, Error> {
    use Inexact::{Complex, Real};
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
        return Ok(Some(Object::Int(Int::from(Object::big(&a) + Object::big(&b)))));
    }
    let complex = |real, imaginary| Object::Complex(Pair(real, imaginary));
    Ok(both(left, right)?.map(|pair| match pair {
        (Real(a), Real(b)) => Object::Float(a + b),
        (Complex(a, imaginary), Real(b)) | (Real(b), Complex(a, imaginary)) => complex(a + b, imaginary),
        (Complex(a, c), Complex(b, d)) => complex(a + b, c + d),
    }))
}

/// `left * right`; `None` if one operand is not a number.
pub(crate) fn multiply(left: &Object, right: &Object) -> Result<Option<Object>, Error> {
    use Inexact::{Complex, Real};
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
        return Ok(Some(Object::Int(Int::from(Object::big(&a) * Object::big(&b)))));
    }
    let complex = |real, imaginary| Object::Complex(Pair(real, imaginary));
    Ok(both(left, right)?.map(|pair| match pair {
        (Real(a), Real(b)) => Object::Float(a * b),
        (Complex(a, c), Real(b)) | (Real(b), Complex(a, c)) => complex(a * b, c * b),
        (Complex(a, c), Complex(b, d)) => complex(a * b - c * d, a * d + c * b),
    }))
}

/// Returns whether two numbers are equal; `None` if one operand is not a number.
pub(crate) fn equal(left: &Object, right: &Object) -> Option<bool> {
    match (left, right) {
        (Object::Complex(a), Object::Complex(b)) => Some(a == b),
        (Object::Complex(Pair(a, b)), other) | (other, Object::Complex(Pair(a, b))) => {
            let ordering = order(&Object::Float(*a), other)?;
            Some(*b == 0.0 && ordering == Some(Ordering::Equal))
        }
        _ => order(left, right).map(|ordering| ordering == Some(Ordering::Equal)),
    }
}

/// Compares two real numbers exactly. Returns `None` if one operand is not a real number, and `Some(None)` if one is
/// NaN.
pub(crate) fn order(left: &Object, right: &Object) -> Option<Option<Ordering>> {
    match (left.as_int(), right.as_int(), left, right) {
        (Some(a), Some(b), ..) => Some(Some(a.cmp(&b))),
        (None, None, Object::Float(a), Object::Float(b)) => Some(a.partial_cmp(b)),
        (Some(a), None, _, Object::Float(b)) => Some(int_to_float(&a, *b)),
        (None, Some(b), Object::Float(a), _) => Some(int_to_float(&b, *a).map(Ordering::reverse)),
        _ => None,
    }
}

/// Compares an int and a float exactly (`float_richcompare`).
fn int_to_float(int: &Int, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    let Some(floor) = num_traits::FromPrimitive::from_f64(float.floor()) else {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    };
    let floor: BigInt = floor;
    let by_floor = Object::big(int).cmp(&floor);
    // An int that equals the floor of a float with a fraction is less than the float.
    Some(if by_floor.is_eq() && float.fract() != 0.0 { Ordering::Less } else { by_floor })
}

//! The operators of numbers beside `+` and `*`: `-`, `/`, `//`, `%`, shifts, the bitwise ones, and those before an operand.

use crate::arithmetic::unsupported;
use crate::changes::Change;
use crate::context::Python;
use crate::object::{Object, Outcome};
use crate::stop::{Stop, overflow_error, type_error, value_error};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use view::{Error, Exception, Int};

/// The most bits of an int that an operator may give.
const MOST_BITS: u64 = 1 << 16;

/// Returns whether an operator compares its operands and gives a bool.
pub(crate) fn compares(operator: &str) -> bool {
    matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in" | "is" | "is not")
}

/// Returns the number of bits of an int.
pub(crate) fn bits(int: &Int) -> u64 {
    match int {
        Int::Small(value) => u64::from(64 - value.unsigned_abs().leading_zeros()),
        Int::Big(value) => value.bits(),
    }
}

/// Refuses ints so large that a few operations in a row could exhaust the memory.
pub(crate) fn check_bits(bits: u64) -> Result<(), Stop> {
    match bits {
        0..=MOST_BITS => Ok(()),
        _ => Err(Stop::unsupported(format!("an int of more than {MOST_BITS} bits"))),
    }
}

/// An operand of an operator: an int, or a float.
enum Number {
    Int(BigInt),
    Float(f64),
}

impl Number {
    fn of(object: &Object) -> Option<Number> {
        match object {
            Object::Float(value) => Some(Number::Float(*value)),
            _ => object.as_int().map(|int| Number::Int(Object::big(&int))),
        }
    }

    fn float(&self) -> Result<f64, Error> {
        match self {
            Number::Float(value) => Ok(*value),
            Number::Int(value) => {
                Int::from(value.clone()).to_f64().ok_or_else(|| overflow_error("int too large to convert to float"))
            }
        }
    }
}

impl Python {
    /// `left operator right`. `shown` is how errors write the operator, which differs in an assignment.
    pub(crate) fn operate(&self, shown: &str, operator: &str, left: &Object, right: &Object) -> Outcome {
        if formats(operator, left) {
            return self.percent(left, right);
        }
        if has_own_operators(operator, left) || has_own_operators(operator, right) {
            let (left, right) = (left.class(), right.class());
            return Err(Stop::unsupported(format!("`{operator}` of objects of the types {left} and {right}")));
        }
        if let (Object::Bool(a), Object::Bool(b)) = (left, right)
            && let "&" | "|" | "^" = operator
        {
            return Ok(Object::Bool(match operator {
                "&" => a & b,
                "|" => a | b,
                _ => a ^ b,
            }));
        }
        match (Number::of(left), Number::of(right)) {
            (Some(Number::Int(a)), Some(Number::Int(b))) => self.of_ints(operator, &a, &b),
            (Some(a), Some(b)) if matches!(operator, "-" | "/" | "//" | "%") => {
                Ok(Object::Float(self.of_floats(operator, a.float()?, b.float()?)?))
            }
            _ => Err(unsupported(shown, left, right).into()),
        }
    }

    fn of_ints(&self, operator: &str, a: &BigInt, b: &BigInt) -> Outcome {
        let result = match operator {
            "-" => a - b,
            "//" | "%" | "/" if b.is_zero() => return Err(self.by_zero(operator, false).into()),
            "/" => return Ok(Object::Float(quotient(a, b)?)),
            "//" => floor(a, b).0,
            "%" => floor(a, b).1,
            "<<" | ">>" if b.is_negative() => return Err(value_error("negative shift count").into()),
            "<<" if a.is_zero() => BigInt::ZERO,
            "<<" => {
                // A count of places that has room in 64 bits may come to a MemoryError, or to one of these.
                if b.bits() > 68 {
                    return Err(overflow_error("too many digits in integer").into());
                }
                let places = b.to_u64().unwrap_or(u64::MAX);
                check_bits(a.bits().saturating_add(places))?;
                a << places
            }
            // What is shifted by more than all bits is only a sign.
            ">>" => a >> b.to_u64().unwrap_or(u64::MAX).min(a.bits() + 1),
            "&" => a & b,
            "|" => a | b,
            _ => a ^ b,
        };
        check_bits(result.bits())?;
        Ok(Object::Int(Int::from(result)))
    }

    fn of_floats(&self, operator: &str, a: f64, b: f64) -> Result<f64, Error> {
        Ok(match operator {
            "-" => a - b,
            _ if b == 0.0 => return Err(self.by_zero(operator, true)),
            "/" => a / b,
            "//" => divided(a, b).0,
            _ => divided(a, b).1,
        })
    }

    /// Returns the error for a division by zero.
    fn by_zero(&self, operator: &str, is_float: bool) -> Error {
        let text = match (operator, is_float) {
            _ if self.has(Change::DivisionText) => "division by zero",
            ("/", false) => "division by zero",
            ("/", true) => "float division by zero",
            ("//", true) if self.has(Change::FloorDivisionText) => "float floor division by zero",
            ("//", true) => "float divmod()",
            ("%", true) if self.has(Change::FloatRemainderText) => "float modulo by zero",
            ("%", true) => "float modulo",
            ("%", false) if self.has(Change::RemainderText) => "integer modulo by zero",
            _ => "integer division or modulo by zero",
        };
        Error::raised(Exception::ZeroDivisionError, text)
    }

    /// `-operand`, `+operand`, `~operand`, `not operand`
    pub(crate) fn prefix(&self, operator: &str, operand: &Object) -> Outcome {
        if operator == "not" {
            return Ok(Object::Bool(!operand.as_type().truth()?));
        }
        if has_own_operators(operator, operand) || matches!(operand, Object::Complex(_)) {
            let class = operand.class();
            return Err(Stop::unsupported(format!("`{operator}` before an object of type {class}")));
        }
        match (Number::of(operand), operator) {
            (Some(Number::Int(value)), "-") => Ok(Object::Int(Int::from(-value))),
            (Some(Number::Int(value)), "+") => Ok(Object::Int(Int::from(value))),
            (Some(Number::Int(value)), "~") => Ok(Object::Int(Int::from(!value))),
            (Some(Number::Float(value)), "-") => Ok(Object::Float(-value)),
            (Some(Number::Float(value)), "+") => Ok(Object::Float(value)),
            _ => Err(type_error(format!("bad operand type for unary {operator}: '{}'", operand.class())).into()),
        }
    }
}

/// Returns whether an object may have operators that are not modelled.
pub(crate) fn has_own_operators(operator: &str, object: &Object) -> bool {
    match object {
        // `int | str` is a union of types since Python 3.10.
        Object::Class(_) => operator == "|",
        Object::Complex(_) => true,
        Object::Instance(instance) => instance.has_operators(),
        _ => false,
    }
}

/// Returns whether `%` fills in a format.
pub(crate) fn formats(operator: &str, left: &Object) -> bool {
    operator == "%" && matches!(left, Object::Str(_) | Object::Bytes(_) | Object::Bytearray(_))
}

/// The quotient, rounded down, and the remainder of ints.
pub(crate) fn floor(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (quotient, remainder) = (a / b, a % b);
    match remainder.is_zero() || remainder.is_negative() == b.is_negative() {
        true => (quotient, remainder),
        false => (quotient - 1, remainder + b),
    }
}

/// The quotient and the remainder of floats, which has the sign of the divisor (`_float_div_mod`).
fn divided(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (remainder < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    let whole = match quotient == 0.0 {
        true => 0.0_f64.copysign(a / b),
        false if quotient - quotient.floor() > 0.5 => quotient.floor() + 1.0,
        false => quotient.floor(),
    };
    (whole, remainder)
}

/// `a / b`, correctly rounded (`long_true_divide`).
fn quotient(a: &BigInt, b: &BigInt) -> Result<f64, Stop> {
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    // A quotient of 66 bits or more, of which the last says whether anything follows, is rounded as the exact one is.
    let shift = b.bits() as i64 - a.bits() as i64 + 66;
    let (above, below) = (a.abs() << shift.max(0), b.abs() << (-shift).max(0));
    let (whole, rest) = floor(&above, &below);
    let rounded = (whole | BigInt::from(u8::from(!rest.is_zero()))).to_f64().unwrap_or(f64::INFINITY);
    let exponent = shift.clamp(-4000, 4000) as i32;
    let float = rounded * 2.0_f64.powi(-exponent / 2) * 2.0_f64.powi(-exponent - -exponent / 2);
    match float {
        _ if float.is_infinite() => Err(overflow_error("integer division result too large for a float").into()),
        _ if float < f64::MIN_POSITIVE && shift < 1200 => {
            Err(Stop::unsupported("a quotient of ints that is subnormal"))
        }
        _ if a.is_negative() == b.is_negative() => Ok(float),
        _ => Ok(-float),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// What CPython 3.13 gives.
    #[rstest]
    #[case(1, 3, 0.333_333_333_333_333_3)]
    #[case(-7, 2, -3.5)]
    #[case(1 << 70, 3, 3.935_305_402_391_371e20)]
    #[case((1 << 54) + 3, 2, 9_007_199_254_740_994.0)]
    #[case((((1 << 53) + 1) << 20) + 1, 1 << 20, 9_007_199_254_740_994.0)]
    #[case(0, -5, -0.0)]
    #[case(9_007_199_254_740_993, 9_007_199_254_740_992, 1.0)]
    fn ints_are_divided_as_in_python(#[case] a: i128, #[case] b: i128, #[case] expected: f64) {
        let float = quotient(&BigInt::from(a), &BigInt::from(b)).unwrap();
        assert_eq!(float.to_bits(), expected.to_bits(), "{float}");
    }

    #[rstest]
    #[case(-7.5, 2.0, (-4.0, 0.5))]
    #[case(7.5, -2.0, (-4.0, -0.5))]
    #[case(6.0, -3.0, (-2.0, -0.0))]
    #[case(-2.0, f64::INFINITY, (-1.0, f64::INFINITY))]
    #[case(-1e-320, 1.0, (-1.0, 1.0))]
    #[case(0.0, -5.0, (-0.0, -0.0))]
    fn floats_are_divided_as_in_python(#[case] a: f64, #[case] b: f64, #[case] expected: (f64, f64)) {
        let found = divided(a, b);
        assert_eq!((found.0.to_bits(), found.1.to_bits()), (expected.0.to_bits(), expected.1.to_bits()), "{found:?}");
    }
}

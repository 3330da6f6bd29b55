//! What `hash(object)` gives: an int that can be compared with that of another object, and of which nothing more is known,
//! since hashes are salted or made of addresses.

use crate::changes::Profile;
use crate::object::{Complex, Object, Outcome, Type};
use crate::stop::Stop;
use num_bigint::BigInt;
use num_traits::{Float, ToPrimitive};
use program::{Kind, Operation, Trace};
use std::any::Any;
use std::rc::{Rc, Weak};
use view::{Abi, Error, Int};

/// A hash: equal where Python's are equal, and meaningless otherwise. `None` for one that is made of an address.
pub(crate) type Hashed = Result<Option<u64>, Error>;

/// The value of `hash(object)`.
pub(crate) struct Hash {
    value: Option<u64>,
    /// The object of which it has the address, as long as that lives.
    of: Option<Weak<dyn Type>>,
}

/// `hash(object)`
pub(crate) fn hash(object: &Object, profile: Profile) -> Outcome {
    let value = object.as_type().hash(profile)?;
    let of = match object {
        Object::Instance(instance) => Some(Rc::downgrade(instance)),
        _ => None,
    };
    Ok(Object::instance(Hash { value, of }))
}

/// Leaves open what an operation would make of a hash but to compare it with another one.
pub(crate) fn check(operation: &Operation, operands: &[Object]) -> Result<(), Stop> {
    let hashes = operands.iter().filter(|operand| operand.downcast::<Hash>().is_some()).count();
    match hashes {
        0 => Ok(()),
        2 if matches!(operation.kind, Kind::Eq | Kind::Ne) => Ok(()),
        _ => Err(Stop::Unspecified("the operation depends on the value of a hash, which Python does not specify")),
    }
}

impl Type for Hash {
    fn class(&self) -> &str {
        "int"
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        let Some(other) = other.downcast::<Hash>() else { return Ok(None) };
        if let (Some(value), Some(other)) = (self.value, other.value) {
            return Ok(Some(value == other));
        }
        let object = |hash: &Hash| hash.of.as_ref().and_then(Weak::upgrade);
        match (object(self), object(other)) {
            (Some(object), Some(other)) => Ok(Some(Rc::ptr_eq(&object, &other))),
            // The address may have been used again.
            _ => Err(Error::Unspecified {
                what: "the hashes come from addresses, and the address of an object that is gone may be reused",
            }),
        }
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.hash();
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The hash of a number. Python defines it, so that equal numbers of all types have the same: it is the number modulo a
/// prime. `None` for what is no number, and for NaN.
///
/// Source: <https://docs.python.org/3/library/stdtypes.html#hashing-of-numeric-types>
pub(crate) fn of_number(number: &Object, abi: Abi) -> Option<u64> {
    let hash = match number {
        Object::Bool(value) => isize::from(*value),
        Object::Int(value) => of_int(&Object::big(value), abi),
        Object::Float(value) => of_float(*value, abi)?,
        Object::Complex(Complex(real, imag)) => {
            let imag = of_float(*imag, abi)?.wrapping_mul(IMAGINARY);
            settled(abi.wrap(of_float(*real, abi)?.wrapping_add(imag)))
        }
        _ => return None,
    };
    Some(hash as u64)
}

/// The hash that a `__hash__` of a program has answered.
pub(crate) fn of_answer(answer: &Int, abi: Abi) -> u64 {
    let answer = Object::big(answer);
    let fits = answer.to_isize().filter(|small| abi.wrap(*small) == *small);
    fits.map_or_else(|| of_int(&answer, abi), settled) as u64
}

/// The hash of a str: that of its characters in the narrowest form that holds them all, as CPython stores them.
pub(crate) fn of_str(text: &str) -> u64 {
    let bytes: Vec<u8> = match text.chars().max().map_or(0, u32::from) {
        0..0x100 => text.chars().map(|char| char as u8).collect(),
        0x100..0x1_0000 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ => text.chars().flat_map(|char| u32::from(char).to_le_bytes()).collect(),
    };
    view::hash_bytes(&bytes)
}

/// What the imaginary part is multiplied by (`sys.hash_info.imag`).
const IMAGINARY: isize = 1_000_003;
/// The hash of infinity (`sys.hash_info.inf`).
const INFINITY: isize = 314_159;

/// The prime is 2 to the power of this, less one (`sys.hash_info.modulus`).
fn bits(abi: Abi) -> u32 {
    if abi.word() == 4 { 31 } else { 61 }
}

fn of_int(value: &BigInt, abi: Abi) -> isize {
    let prime: BigInt = (BigInt::from(1) << bits(abi)) - 1;
    // Like the dividend, the remainder of a negative number is negative.
    settled((value % prime).to_isize().unwrap_or(0))
}

fn of_float(value: f64, abi: Abi) -> Option<isize> {
    match value {
        _ if value.is_nan() => None,
        _ if value.is_infinite() => Some(if value > 0.0 { INFINITY } else { -INFINITY }),
        _ => {
            let (mantissa, exponent, sign) = value.integer_decode();
            // Modulo the prime, the powers of 2 come around.
            let shift = i32::from(exponent).rem_euclid(bits(abi) as i32);
            Some(of_int(&((BigInt::from(mantissa) * sign) << shift), abi))
        }
    }
}

/// -1 stands for an error in C, and no object has it for a hash.
fn settled(hash: isize) -> isize {
    if hash == -1 { -2 } else { hash }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// As CPython 3.11.7 gives them.
    #[rstest]
    #[case(Object::Int(Int::Small(-1)), -2)]
    #[case(Object::Int(Int::Small((1 << 61) - 1)), 0)]
    #[case(Object::Int(Int::Small(-(1 << 61))), -2)]
    #[case(Object::Bool(true), 1)]
    #[case(Object::Float(1.5), 1_152_921_504_606_846_977)]
    #[case(Object::Float(-1.0), -2)]
    #[case(Object::Float(1e300), 1_224_995_262_755_759_164)]
    #[case(Object::Float(5e-324), 16_777_216)]
    #[case(Object::Float(f64::NEG_INFINITY), -314_159)]
    #[case(Object::Complex(Complex(1.0, 2.0)), 2_000_007)]
    #[case(Object::Complex(Complex(0.0, -0.5)), -3_458_764_513_820_540_928)]
    fn numbers_have_the_hashes_of_python(#[case] number: Object, #[case] hash: i64) {
        assert_eq!(of_number(&number, Abi::Lp64), Some(hash as u64));
    }
}

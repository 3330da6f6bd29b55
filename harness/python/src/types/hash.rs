//! The results of `hash(object)` and `id(object)`. Only whether two hashes are equal is observed, since hashes are randomized or derived
//! from addresses.

use crate::changes::Profile;
use crate::nested;
use crate::object::{Complex, Object, Outcome, Type};
use crate::stop::Stop;
use num_bigint::BigInt;
use num_traits::{Float, ToPrimitive};
use program::{Kind, Operation, Trace};
use std::any::Any;
use std::rc::{Rc, Weak};
use view::{Abi, Error, Int};

/// A hash that equals another exactly if Python's hashes are equal; its value is otherwise arbitrary. `None` stands for
/// a hash that is derived from the object's address (`_Py_HashPointer`).
pub(crate) type Hashed = Result<Option<u64>, Error>;

/// The int that `hash(object)` or `id(object)` returned.
pub(crate) struct Hash {
    value: Option<u64>,
    /// The object whose address it is derived from, if it is derived from one.
    of: Option<Weak<dyn Any>>,
}

/// `hash(object)`
pub(crate) fn hash(object: &Object, profile: Profile) -> Outcome {
    let value = object.as_type().hash(profile)?;
    let of = match object {
        Object::Instance(_) => address(object),
        _ => None,
    };
    Ok(Object::instance(Hash { value, of }))
}

/// `id(object)`. Only whether two of them are equal is modelled, and for no values that CPython may share.
pub(crate) fn id(object: &Object) -> Outcome {
    let value = match object {
        Object::None | Object::Ellipsis | Object::Bool(_) | Object::Class(_) => {
            Some(view::hash_bytes(object.as_type().repr()?.as_bytes()))
        }
        _ => None,
    };
    Ok(Object::instance(Hash { value, of: address(object) }))
}

/// Returns what is left of an object when it is gone: its address.
fn address(object: &Object) -> Option<Weak<dyn Any>> {
    let weak: Weak<dyn Any> = match object {
        Object::View(view) => Rc::downgrade(view) as _,
        // Those of one byte or none are shared.
        Object::Bytes(bytes) if bytes.len() > 1 => Rc::downgrade(bytes) as _,
        Object::Bytearray(bytearray) => Rc::downgrade(bytearray) as _,
        Object::Array(array) => Rc::downgrade(array) as _,
        Object::Instance(instance) => {
            let instance: Rc<dyn Any> = instance.clone();
            Rc::downgrade(&instance)
        }
        _ => return None,
    };
    Some(weak)
}

/// The error of what depends on the value of a hash.
pub(crate) const UNKNOWN: Error =
    Error::Unspecified { what: "the operation depends on the value of a hash, which Python does not specify" };

/// The error of an object whose hash comes from the address of another one.
pub(crate) const OF_ANOTHER: Error =
    Error::Unspecified { what: "the hash of an object comes from the address of another one, which may be gone" };

/// Returns whether an object is a hash.
pub(crate) fn is_hash(object: &Object) -> bool {
    object.downcast::<Hash>().is_some()
}

/// Checks that an operation on a hash is a comparison with another hash. Every other operation depends on its value,
/// which is unspecified.
pub(crate) fn check(operation: &Operation, operands: &[Object]) -> Result<(), Stop> {
    match operands {
        [left, right] if matches!(operation.kind, Kind::Eq | Kind::Ne) && is_hash(left) && is_hash(right) => Ok(()),
        _ => operands.iter().try_for_each(check_value),
    }
}

/// Refuses a hash, and what contains one.
pub(crate) fn check_value(object: &Object) -> Result<(), Stop> {
    match object {
        Object::Instance(_) if is_hash(object) => Err(UNKNOWN.into()),
        Object::List(_) | Object::Tuple(_) | Object::Slice(_) if nested::any(object, is_hash) => Err(UNKNOWN.into()),
        _ => Ok(()),
    }
}

/// Refuses operands of an operator of which one is a hash. Those of an operation are checked before: these were made by
/// what goes on inside of one, such as a generator expression.
pub(crate) fn check_operands(left: &Object, right: &Object) -> Result<(), Error> {
    if is_hash(left) || is_hash(right) { Err(UNKNOWN) } else { Ok(()) }
}

/// Returns the hash that a `__hash__` method gives whose answer is the hash of something.
pub(crate) fn answered(answer: &Object) -> Option<Hashed> {
    let hash = answer.downcast::<Hash>()?;
    Some(hash.value.map(Some).ok_or(OF_ANOTHER))
}

/// Returns whether an object is a number, which may equal a hash.
fn is_number(object: &Object) -> bool {
    matches!(object, Object::Bool(_) | Object::Int(_) | Object::Float(_) | Object::Complex(_))
}

/// It is an int, whose value nobody may ask for.
impl Type for Hash {
    fn class(&self) -> &str {
        "int"
    }

    fn repr(&self) -> Result<String, Stop> {
        Err(UNKNOWN.into())
    }

    fn truth(&self) -> Result<bool, Error> {
        Err(UNKNOWN)
    }

    fn has_index(&self) -> bool {
        true
    }

    fn index(&self) -> Option<Result<Int, Error>> {
        Some(Err(UNKNOWN))
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        Some(Err(UNKNOWN))
    }

    fn hash(&self, _: Profile) -> Hashed {
        Err(UNKNOWN)
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        let Some(other) = other.downcast::<Hash>() else {
            return if is_number(other) { Err(UNKNOWN) } else { Ok(None) };
        };
        if let (Some(value), Some(other)) = (self.value, other.value) {
            return Ok(Some(value == other));
        }
        let object = |hash: &Hash| hash.of.as_ref().and_then(Weak::upgrade);
        match (object(self), object(other)) {
            (Some(object), Some(other)) => Ok(Some(std::ptr::addr_eq(Rc::as_ptr(&object), Rc::as_ptr(&other)))),
            // One of them is of an object that never dies.
            (Some(_), None) if other.value.is_some() => Ok(Some(false)),
            (None, Some(_)) if self.value.is_some() => Ok(Some(false)),
            // Another object may have the same address by now.
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

/// Returns the hash of a number. Python defines it as the number modulo a prime, so that equal numbers of different
/// types have the same hash. Returns `None` for NaN, and for an object that is not a number.
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

/// Converts the result of a `__hash__` method to a hash (`slot_tp_hash`).
pub(crate) fn of_answer(answer: &Int, abi: Abi) -> u64 {
    let answer = Object::big(answer);
    let fits = answer.to_isize().filter(|small| abi.wrap(*small) == *small);
    fits.map_or_else(|| of_int(&answer, abi), settled) as u64
}

/// Returns the hash of a str: the hash of its characters in the narrowest representation that holds all of them (PEP
/// 393), as CPython stores them.
pub(crate) fn of_str(text: &str) -> u64 {
    let bytes: Vec<u8> = match text.chars().max().map_or(0, u32::from) {
        0..0x100 => text.chars().map(|char| char as u8).collect(),
        0x100..0x1_0000 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ => text.chars().flat_map(|char| u32::from(char).to_le_bytes()).collect(),
    };
    view::hash_bytes(&bytes)
}

/// The multiplier of the imaginary part (`sys.hash_info.imag`).
const IMAGINARY: isize = 1_000_003;
/// The hash of infinity (`sys.hash_info.inf`).
const INFINITY: isize = 314_159;

/// Returns the number of bits of the prime `2**bits - 1` (`sys.hash_info.modulus`).
fn bits(abi: Abi) -> u32 {
    if abi.word() == 4 { 31 } else { 61 }
}

fn of_int(value: &BigInt, abi: Abi) -> isize {
    let prime: BigInt = (BigInt::from(1) << bits(abi)) - 1;
    // The remainder of a negative number is negative or zero.
    settled((value % prime).to_isize().unwrap_or(0))
}

fn of_float(value: f64, abi: Abi) -> Option<isize> {
    match value {
        _ if value.is_nan() => None,
        _ if value.is_infinite() => Some(if value > 0.0 { INFINITY } else { -INFINITY }),
        _ => {
            let (mantissa, exponent, sign) = value.integer_decode();
            // Modulo `2**bits - 1`, shifting by `bits` changes nothing.
            let shift = i32::from(exponent).rem_euclid(bits(abi) as i32);
            Some(of_int(&((BigInt::from(mantissa) * sign) << shift), abi))
        }
    }
}

/// Replaces -1, which signals an error in C, by -2.
fn settled(hash: isize) -> isize {
    if hash == -1 { -2 } else { hash }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// The values that CPython 3.11.7 returns.
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

//! Values: the constants of programs, and the observed values of objects.

use crate::observation::ViewState;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

/// A Python value. Equality includes the type: `True` is not `1`, `bytes` is not `bytearray`, `0.0` is not `-0.0`.
///
/// The variants up to [`Value::Type`] can be constants of a program; the others are only observed.
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An int that fits in 64 bits, signed.
    Int(i64),
    /// Any other int. Create ints with [`Value::int`], which chooses the variant.
    Big(Box<BigInt>),
    /// A float, compared by its bits, except that all NaNs are equal.
    Float(f64),
    /// `bytes`
    Bytes(Box<[u8]>),
    /// `str`
    Str(Box<str>),
    /// `tuple`
    Tuple(Vec<Value>),
    /// `list`
    List(Vec<Value>),
    /// `slice(start, stop, step)`
    Slice(Box<[Value; 3]>),
    /// `...`
    Ellipsis,
    /// A type by its qualified name, as in `memoryview` or `collections.abc.Sequence`.
    Type(Box<str>),
    /// `bytearray`
    Bytearray(Box<[u8]>),
    /// A complex number, real and imaginary part.
    Complex(f64, f64),
    /// An `array.array`: its type code and the bytes of its items.
    Array(char, Box<[u8]>),
    /// A memoryview: its layout and the memory it covers.
    View(Box<ViewState>),
    /// The result of `hash()`. Its value is not recorded, since hashes are randomized.
    Hash,
    /// Any other object, by the name of its type.
    Object(Box<str>),
}

impl Value {
    /// Creates an int of any size, with the right variant.
    pub fn int(value: BigInt) -> Value {
        match value.to_i64() {
            Some(small) => Value::Int(small),
            None => Value::Big(Box::new(value)),
        }
    }

    /// Returns the name of the value's type, as `type(x).__name__`.
    pub fn type_name(&self) -> &str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Big(_) | Value::Hash => "int",
            Value::Float(_) => "float",
            Value::Bytes(_) => "bytes",
            Value::Str(_) => "str",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Slice(_) => "slice",
            Value::Ellipsis => "ellipsis",
            Value::Type(_) => "type",
            Value::Bytearray(_) => "bytearray",
            Value::Complex(..) => "complex",
            Value::Array(..) => "array",
            Value::View(_) => "memoryview",
            Value::Object(name) => name.rsplit('.').next().unwrap_or(name),
        }
    }

    /// Returns whether a program can contain this value as a constant.
    pub fn is_constant(&self) -> bool {
        match self {
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Big(_)
            | Value::Float(_)
            | Value::Bytes(_)
            | Value::Str(_)
            | Value::Ellipsis
            | Value::Type(_) => true,
            Value::Tuple(items) | Value::List(items) => items.iter().all(Value::is_constant),
            Value::Slice(parts) => parts.iter().all(Value::is_constant),
            _ => false,
        }
    }
}

/// The float itself, or the one NaN that a program's text can name. Constants are made with it.
pub fn one_nan(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

/// Returns the bits by which floats are compared: every NaN counts as the same one.
pub(crate) fn float_bits(value: f64) -> u64 {
    one_nan(value).to_bits()
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None) | (Value::Ellipsis, Value::Ellipsis) | (Value::Hash, Value::Hash) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Big(a), Value::Big(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => float_bits(*a) == float_bits(*b),
            (Value::Complex(a, b), Value::Complex(c, d)) => {
                float_bits(*a) == float_bits(*c) && float_bits(*b) == float_bits(*d)
            }
            (Value::Bytes(a), Value::Bytes(b)) | (Value::Bytearray(a), Value::Bytearray(b)) => a == b,
            (Value::Str(a), Value::Str(b))
            | (Value::Type(a), Value::Type(b))
            | (Value::Object(a), Value::Object(b)) => a == b,
            (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => a == b,
            (Value::Slice(a), Value::Slice(b)) => a == b,
            (Value::Array(a, x), Value::Array(b, y)) => a == b && x == y,
            (Value::View(a), Value::View(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_type_exact() {
        assert_ne!(Value::Bool(true), Value::Int(1));
        assert_ne!(Value::Int(1), Value::Float(1.0));
        assert_ne!(Value::Bytes(Box::from(*b"a")), Value::Bytearray(Box::from(*b"a")));
        assert_ne!(Value::Tuple(vec![]), Value::List(vec![]));
        assert_ne!(Value::Float(0.0), Value::Float(-0.0));
        assert_eq!(Value::Float(f64::NAN), Value::Float(-f64::NAN));
    }

    #[test]
    fn an_int_has_one_representation() {
        assert_eq!(Value::int(BigInt::from(i64::MIN)), Value::Int(i64::MIN));
        assert!(matches!(Value::int(BigInt::from(u64::MAX)), Value::Big(_)));
    }
}

//! Items of the machine's own formats as bytes: what the struct module makes of them, said a second time.

use engine::Abi;
use num_traits::ToPrimitive;
use program::{Outcome, Value};

/// A format of single items in the machine's own sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Native {
    code: char,
    size: usize,
}

impl Native {
    /// The format of that text, if items have the size that it says: an exporter may say otherwise.
    pub(super) fn of(format: &str, itemsize: i64, abi: Abi) -> Option<Native> {
        let mut chars = format.strip_prefix('@').unwrap_or(format).chars();
        let (code, None) = (chars.next()?, chars.next()) else { return None };
        let is_fitting = match code {
            'b' | 'B' | 'c' | '?' => itemsize == 1,
            'h' | 'H' | 'e' => itemsize == 2,
            'i' | 'I' | 'f' => itemsize == 4,
            'q' | 'Q' | 'd' => itemsize == 8,
            'l' | 'L' | 'n' | 'N' | 'P' => match abi {
                Abi::Lp64 => itemsize == 8,
                Abi::Ilp32 => itemsize == 4,
            },
            _ => false,
        };
        is_fitting.then_some(Native { code, size: usize::try_from(itemsize).ok()? })
    }

    /// Whether items are single bytes, of which a hash can be made.
    pub(super) fn is_byte(self) -> bool {
        matches!(self.code, 'b' | 'B' | 'c')
    }

    /// Whether each Python has it. Some have no 16-bit floats in views.
    pub(super) fn is_everywhere(self) -> bool {
        self.code != 'e'
    }

    /// The bytes of items in lists, if they are items of this format. Of those that several bytes stand for, NaNs and
    /// true ones, the bytes that were `seen` are taken.
    pub(super) fn pack(self, items: &Value, seen: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = vec![];
        for item in flat(items) {
            let seen = seen.get(bytes.len()..bytes.len() + self.size);
            bytes.extend(self.item(item, seen.unwrap_or_default())?);
        }
        Some(bytes)
    }

    /// What an int may be.
    fn range(self) -> std::ops::Range<i128> {
        let bits = 8 * self.size;
        if self.code.is_ascii_lowercase() { -(1 << (bits - 1))..1 << (bits - 1) } else { 0..1 << bits }
    }

    fn item(self, item: &Value, seen: &[u8]) -> Option<Vec<u8>> {
        let int = |value: i128| self.range().contains(&value).then(|| value.to_le_bytes()[..self.size].to_vec());
        match (item, self.code) {
            (Value::Float(value), 'e') => match <[u8; 2]>::try_from(seen) {
                Ok(bytes) if value.is_nan() && is_half_nan(u16::from_le_bytes(bytes)) => Some(seen.to_vec()),
                _ => Some(half(*value).to_le_bytes().into()),
            },
            (Value::Float(value), 'f') => match <[u8; 4]>::try_from(seen) {
                Ok(bytes) if value.is_nan() && f32::from_le_bytes(bytes).is_nan() => Some(seen.to_vec()),
                _ => Some((*value as f32).to_le_bytes().into()),
            },
            (Value::Float(value), 'd') => match <[u8; 8]>::try_from(seen) {
                Ok(bytes) if value.is_nan() && f64::from_le_bytes(bytes).is_nan() => Some(seen.to_vec()),
                _ => Some(value.to_le_bytes().into()),
            },
            (Value::Bool(true), '?') => match seen {
                [byte] if *byte != 0 => Some(vec![*byte]),
                _ => Some(vec![1]),
            },
            (Value::Bool(false), '?') => Some(vec![0]),
            (Value::Bytes(byte), 'c') => (byte.len() == 1).then(|| byte.to_vec()),
            (Value::Int(value), code) if !"efdc?".contains(code) => int(i128::from(*value)),
            (Value::Big(value), code) if !"efdc?".contains(code) => int(value.to_i128()?),
            _ => None,
        }
    }
}

/// Whether the bits of a 16-bit float are those of a NaN.
fn is_half_nan(bits: u16) -> bool {
    bits & 0x7fff > 0x7c00
}

/// The bits of the 16-bit float that is nearest to a number, of two that are as near the one that ends in a zero.
fn half(value: f64) -> u16 {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let value = value.abs();
    if value.is_nan() {
        return sign | 0x7e00;
    }
    // The distance between neighbours is a power of two, and the smallest one is that of the subnormals. A power of
    // two divides without loss, so that only the rounding to a whole number of distances rounds.
    let exponent = ((value.to_bits() >> 52) as i32 - 1023).clamp(-14, 16);
    let mantissa = (value / 2f64.powi(exponent - 10)).round_ties_even();
    // One bit of a normal number's mantissa is not stored, and one that is rounded up to the next power of two carries
    // into the exponent, which makes the largest ones an infinity.
    let bits = f64::from((exponent + 14) << 10) + mantissa;
    sign | if bits < f64::from(0x7c00) { bits as u16 } else { 0x7c00 }
}

/// The items in lists in lists.
pub(super) fn flat(items: &Value) -> Vec<&Value> {
    match items {
        Value::List(items) => items.iter().flat_map(flat).collect(),
        item => vec![item],
    }
}

/// Whether an engine says that it does not have items of this kind.
pub(super) fn is_refused(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Raised(raised)) if raised.exception == "NotImplementedError")
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigInt;
    use rstest::rstest;

    #[rstest]
    #[case("h", 2, Value::Int(-2), &[0xfe, 0xff])]
    #[case("@Q", 8, Value::int(BigInt::from(u64::MAX)), &[0xff; 8])]
    #[case("c", 1, Value::Bytes(Box::from(*b"x")), b"x")]
    #[case("f", 4, Value::Float(f64::NAN), &[1, 0, 0xc0, 0x7f])]
    #[case("e", 2, Value::Float(1.5), &[0, 0x3e])]
    #[case("?", 1, Value::Bool(true), &[7])]
    fn items_are_packed(#[case] format: &str, #[case] size: i64, #[case] item: Value, #[case] bytes: &[u8]) {
        let native = Native::of(format, size, Abi::Lp64).unwrap();
        assert_eq!(native.pack(&Value::List(vec![Value::List(vec![item])]), bytes).as_deref(), Some(bytes));
    }

    /// What a 16-bit float is, read from its definition.
    fn number(bits: u16) -> f64 {
        let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
        if exponent == 0 { mantissa * 2f64.powi(-24) } else { (1024.0 + mantissa) * 2f64.powi(exponent - 25) }
    }

    #[test]
    fn each_number_is_rounded_to_the_nearest_half() {
        // 0x7c00, an infinity, stands here for the power of two after the largest number, from which on it is taken.
        for bits in 0..0x7c00u16 {
            let (this, next) = (number(bits), number(bits + 1));
            let middle = (this + next) / 2.0;
            assert_eq!(half(this), bits, "{this}");
            assert_eq!(half(-this), bits | 0x8000, "-{this}");
            assert_eq!(half(middle.next_down()), bits, "below {middle}");
            assert_eq!(half(middle), bits + (bits & 1), "{middle}");
            assert_eq!(half(middle.next_up()), bits + 1, "above {middle}");
        }
        assert_eq!([f64::INFINITY, f64::MAX, 1e6, 65536.0].map(half), [0x7c00; 4]);
        assert_eq!([-f64::INFINITY, -0.0, 5e-324, -f64::MIN_POSITIVE].map(half), [0xfc00, 0x8000, 0, 0x8000]);
        assert!(is_half_nan(half(f64::NAN)) && is_half_nan(half(-f64::NAN)));
        assert!(is_half_nan(0xfc01) && !is_half_nan(0xfc00) && !is_half_nan(0x7bff));
    }

    #[rstest]
    #[case("<h", 2)]
    #[case("h", 4)]
    #[case("l", 4)]
    #[case("hh", 4)]
    #[case("", 1)]
    #[case("x", 1)]
    fn other_formats_are_not_understood(#[case] format: &str, #[case] size: i64) {
        assert_eq!(Native::of(format, size, Abi::Lp64), None);
    }
}

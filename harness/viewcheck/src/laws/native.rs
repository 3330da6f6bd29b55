//! Packs items of native formats, independently of the reference's struct module.

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
                Ok(bytes) if value.is_nan() && half::f16::from_le_bytes(bytes).is_nan() => Some(seen.to_vec()),
                _ => Some(half::f16::from_f64(*value).to_le_bytes().into()),
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

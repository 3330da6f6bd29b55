//! Python's int: machine-sized when it fits, so that the usual case costs nothing.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use num_traits::{FromPrimitive, ToPrimitive};

/// An int of any size. [`Int::Big`] holds only what does not fit in 64 bits with a sign, so equal ints are `==`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Int {
    /// A value from -2**63 to 2**63 - 1.
    Small(i64),
    /// Any other value.
    Big(Box<BigInt>),
}

impl Int {
    /// The value if it lies between `low` and `high`, both included.
    pub fn within(&self, low: i128, high: i128) -> Option<i128> {
        let value = match self {
            Int::Small(value) => i128::from(*value),
            Int::Big(value) => value.to_i128()?,
        };
        (low..=high).contains(&value).then_some(value)
    }

    /// Less than 0.
    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(value) => *value < 0,
            Int::Big(value) => value.sign() == num_bigint::Sign::Minus,
        }
    }

    /// The nearest double, ties to even; `None` where Python says `int too large to convert to float`.
    pub fn to_f64(&self) -> Option<f64> {
        match self {
            Int::Small(value) => Some(*value as f64),
            Int::Big(value) => value.to_f64().filter(|float| float.is_finite()),
        }
    }

    /// Python's `self == float`, which compares exact values.
    pub fn equals_float(&self, float: f64) -> bool {
        float.fract() == 0.0 && BigInt::from_f64(float).is_some_and(|exact| Int::from(exact) == *self)
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => a.cmp(b),
            (Int::Big(a), Int::Big(b)) => a.cmp(b),
            // What is big lies beyond all that is small, on its side of 0.
            (big @ Int::Big(_), Int::Small(_)) => {
                if big.is_negative() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Int::Small(_), Int::Big(_)) => other.cmp(self).reverse(),
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Int {
    fn from(value: i64) -> Self {
        Int::Small(value)
    }
}

impl From<u64> for Int {
    fn from(value: u64) -> Self {
        BigInt::from(value).into()
    }
}

impl From<i128> for Int {
    fn from(value: i128) -> Self {
        BigInt::from(value).into()
    }
}

impl From<BigInt> for Int {
    fn from(value: BigInt) -> Self {
        match value.to_i64() {
            Some(small) => Int::Small(small),
            None => Int::Big(Box::new(value)),
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Int::Small(value) => value.fmt(f),
            Int::Big(value) => value.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(exponent: u32) -> BigInt {
        BigInt::from(2).pow(exponent)
    }

    #[test]
    fn big_ints_are_normalised() {
        assert_eq!(Int::from(BigInt::from(5)), Int::Small(5));
        assert!(matches!(Int::from(u64::MAX), Int::Big(_)));
        assert_eq!(Int::from(u64::MAX).within(0, i128::from(u64::MAX)), Some(i128::from(u64::MAX)));
        assert_eq!(Int::from(power(200)).within(i128::MIN, i128::MAX), None);
    }

    #[test]
    fn conversion_to_float_rounds_to_even_and_overflows_late() {
        let half = power(970); // half of the last place of the largest double
        let largest = power(1024) - power(971);
        assert_eq!(Int::from(&largest + (&half - 1)).to_f64(), Some(f64::MAX));
        assert_eq!(Int::from(&largest + &half).to_f64(), None);
        assert_eq!(Int::from(power(64) + 2048).to_f64(), Some(18_446_744_073_709_551_616.0));
        assert_eq!(Int::from(power(64) + 2049).to_f64(), Some(18_446_744_073_709_555_712.0));
    }

    #[test]
    fn zero_is_not_negative() {
        let signs = [Int::from(-1_i64), Int::from(0_i64), Int::from(-power(64)), Int::from(power(64))];
        assert_eq!(signs.map(|int| int.is_negative()), [true, false, true, false]);
    }

    #[test]
    fn ints_of_any_size_are_ordered() {
        let ascending = [-power(65), -power(64), -power(63), 5.into(), power(63) - 1, power(63), power(64)];
        let ints = ascending.map(Int::from);
        assert!(ints.is_sorted() && ints.iter().rev().is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn floats_are_compared_exactly() {
        assert!(Int::from(3_i64).equals_float(3.0) && Int::from(power(64)).equals_float(18_446_744_073_709_551_616.0));
        assert!(!Int::from(3_i64).equals_float(4.0) && !Int::from(3_i64).equals_float(3.5));
        assert!(!Int::from(power(64) + 1).equals_float(18_446_744_073_709_551_616.0));
        assert!(!Int::from(power(64)).equals_float(f64::INFINITY) && !Int::from(0_i64).equals_float(f64::NAN));
    }

    #[test]
    fn ints_are_written_in_full() {
        assert_eq!(
            [Int::from(-5_i64), Int::from(power(64))].map(|int| int.to_string()),
            ["-5", "18446744073709551616"]
        );
    }
}

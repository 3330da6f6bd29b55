//! What comes out of a view: single items, and the nested lists of `tolist()`.

use std::cmp::Ordering;

/// One item as a Python value. Copying it costs nothing and no item owns memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    /// An int up to 2**63 - 1.
    Int(i64),
    /// An int of 2**63 and above, and never below, so that equal ints are `==`.
    Uint(u64),
    /// A bool.
    Bool(bool),
    /// A float. `==` is Python's: NaN differs from itself.
    Float(f64),
    /// A bytes object of length 1 (format `c`).
    Byte(u8),
    /// A complex number, real part first (3.15).
    Complex(f64, f64),
}

impl From<u64> for Item {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Item::Uint(value), Item::Int)
    }
}

enum Number {
    Int(i128),
    Float(f64),
    Complex(f64, f64),
}

impl Item {
    fn number(self) -> Option<Number> {
        Some(match self {
            Item::Int(value) => Number::Int(value.into()),
            Item::Uint(value) => Number::Int(value.into()),
            Item::Bool(value) => Number::Int(value.into()),
            Item::Float(value) => Number::Float(value),
            Item::Complex(real, imaginary) => Number::Complex(real, imaginary),
            Item::Byte(_) => return None,
        })
    }

    /// Python's `self == other`: numbers of different types compare by exact value, bytes only with bytes.
    pub fn same_value(self, other: Item) -> bool {
        if let (Item::Byte(a), Item::Byte(b)) = (self, other) {
            return a == b;
        }
        let (Some(a), Some(b)) = (self.number(), other.number()) else { return false };
        match (a, b) {
            (Number::Int(a), Number::Int(b)) => a == b,
            (Number::Float(a), Number::Float(b)) => a == b,
            (Number::Int(int), Number::Float(float)) | (Number::Float(float), Number::Int(int)) => {
                same_number(int, float)
            }
            (Number::Complex(a, b), Number::Complex(c, d)) => a == c && b == d,
            (Number::Complex(real, imaginary), Number::Int(int))
            | (Number::Int(int), Number::Complex(real, imaginary)) => imaginary == 0.0 && same_number(int, real),
            (Number::Complex(real, imaginary), Number::Float(float))
            | (Number::Float(float), Number::Complex(real, imaginary)) => imaginary == 0.0 && real == float,
        }
    }
}

/// An int of at most 64 bits equals a float when it survives the way there and back.
fn same_number(int: i128, float: f64) -> bool {
    let there = int as f64;
    there.partial_cmp(&float) == Some(Ordering::Equal) && there as i128 == int
}

/// What `tolist()` gives: the bare item of a 0-dimensional view, else lists as deep as the view has dimensions.
#[derive(Clone, Debug, PartialEq)]
pub enum Nested {
    /// An item.
    Item(Item),
    /// A list.
    List(Vec<Nested>),
}

impl Nested {
    /// The items from left to right, whatever the depth.
    pub fn flat(&self) -> Vec<Item> {
        let mut items = Vec::new();
        self.flatten(&mut items);
        items
    }

    fn flatten(&self, into: &mut Vec<Item>) {
        match self {
            Nested::Item(item) => into.push(*item),
            Nested::List(list) => list.iter().for_each(|nested| nested.flatten(into)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const BIG: i64 = 1 << 53;

    #[rstest]
    #[case(Item::Int(1), Item::Bool(true), true)]
    #[case(Item::Int(3), Item::Float(3.0), true)]
    #[case(Item::Int(BIG + 1), Item::Float(BIG as f64), false)]
    #[case(Item::Int(BIG), Item::Float(BIG as f64), true)]
    #[case(Item::Uint(u64::MAX), Item::Float(u64::MAX as f64), false)]
    #[case(Item::Uint(u64::MAX), Item::Uint(u64::MAX), true)]
    #[case(Item::Int(-1), Item::Uint(u64::MAX), false)]
    #[case(Item::Float(0.0), Item::Float(-0.0), true)]
    #[case(Item::Float(f64::NAN), Item::Float(f64::NAN), false)]
    #[case(Item::Byte(1), Item::Int(1), false)]
    #[case(Item::Byte(1), Item::Byte(1), true)]
    #[case(Item::Complex(2.0, 0.0), Item::Int(2), true)]
    #[case(Item::Complex(2.0, 0.0), Item::Int(3), false)]
    #[case(Item::Complex(2.0, 1.0), Item::Int(2), false)]
    #[case(Item::Complex(2.0, 0.0), Item::Float(2.0), true)]
    #[case(Item::Complex(2.0, 0.0), Item::Float(3.0), false)]
    #[case(Item::Complex(2.0, 1.0), Item::Float(2.0), false)]
    #[case(Item::Complex(2.0, 1.0), Item::Complex(2.0, 1.0), true)]
    #[case(Item::Complex(2.0, 1.0), Item::Complex(2.0, 3.0), false)]
    #[case(Item::Complex(2.0, 1.0), Item::Complex(3.0, 1.0), false)]
    fn equality_is_pythons(#[case] a: Item, #[case] b: Item, #[case] equal: bool) {
        assert_eq!(a.same_value(b), equal);
        assert_eq!(b.same_value(a), equal);
    }
}

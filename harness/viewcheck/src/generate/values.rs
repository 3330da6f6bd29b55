//! Generates numbers, bytes and formats, with a preference for the boundaries where implementations fail.

use super::Source;
use num_bigint::BigInt;
use program::{Value, one_nan};

/// A native format: its text, the bytes of an item, and what an item can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) text: &'static str,
    pub(crate) size: i64,
    pub(crate) items: Items,
}

/// What the items of a format can be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Items {
    /// Ints with a sign.
    Signed,
    /// Ints without one.
    Unsigned,
    /// Floats, of 16, 32 or 64 bits.
    Float,
    /// Anything with a truth value.
    Bool,
    /// Bytes of length 1.
    Byte,
}

impl Format {
    /// Whether items of one format may be assigned to a part of a view of the other: an `@` makes no difference.
    pub(crate) fn is_same(self, other: Format) -> bool {
        (self.native(), self.size) == (other.native(), other.size)
    }

    fn native(self) -> &'static str {
        self.text.strip_prefix('@').unwrap_or(self.text)
    }
}

const fn format(text: &'static str, size: i64, items: Items) -> Format {
    Format { text, size, items }
}

/// The formats that `cast` takes, on a machine with 64-bit pointers.
pub(crate) const FORMATS: &[Format] = &[
    format("B", 1, Items::Unsigned),
    format("b", 1, Items::Signed),
    format("c", 1, Items::Byte),
    format("h", 2, Items::Signed),
    format("H", 2, Items::Unsigned),
    format("i", 4, Items::Signed),
    format("I", 4, Items::Unsigned),
    format("l", 8, Items::Signed),
    format("L", 8, Items::Unsigned),
    format("q", 8, Items::Signed),
    format("Q", 8, Items::Unsigned),
    format("n", 8, Items::Signed),
    format("N", 8, Items::Unsigned),
    format("P", 8, Items::Unsigned),
    format("?", 1, Items::Bool),
    format("e", 2, Items::Float),
    format("f", 4, Items::Float),
    format("d", 8, Items::Float),
    format("@B", 1, Items::Unsigned),
    format("@h", 2, Items::Signed),
    format("@q", 8, Items::Signed),
];

/// How much of a layout a consumer asks for: PyBUF_SIMPLE, ND, STRIDES, …, INDIRECT.
const REQUESTS: &[i64] = &[0, 8, 24, 56, 88, 152, 280];

/// Flags of a request for a buffer.
pub(crate) fn flags(source: &mut Source<'_>) -> i64 {
    const WRITABLE: i64 = 1;
    const FORMAT: i64 = 4;
    let extra = |source: &mut Source<'_>, flag| if source.chance(40) { flag } else { 0 };
    source.pick(REQUESTS) | extra(source, WRITABLE) | extra(source, FORMAT)
}

/// What `cast` refuses.
const BAD_FORMATS: &[&str] =
    &["", "<i", ">H", "=B", "s", "x", "BB", "2i", "@", "@@B", "w", "Z", "\0", "B\0", "\u{e9}", "T{i:a:}"];

/// The typecodes of arrays.
pub(crate) const TYPECODES: &[char] = &['b', 'B', 'h', 'H', 'i', 'I', 'l', 'L', 'q', 'Q', 'f', 'd'];

/// The format of that text.
pub(crate) fn known(text: &str) -> Option<Format> {
    FORMATS.iter().copied().find(|format| format.text == text)
}

/// The format of an array's items; that of bytes for a typecode that there is not.
pub(crate) fn of_typecode(code: char) -> Format {
    known(code.encode_utf8(&mut [0; 4])).unwrap_or(FORMATS[0])
}

/// The text of a format for `cast`, mostly one that divides `bytes` where that is known.
pub(crate) fn format_text(source: &mut Source<'_>, bytes: Option<i64>) -> &'static str {
    if source.errs(8) {
        return source.pick(BAD_FORMATS);
    }
    let format = source.pick(FORMATS);
    match bytes {
        Some(bytes) if bytes % format.size != 0 && source.chance(80) => "B",
        _ => format.text,
    }
}

/// An int at or near a boundary: of `length`, of a machine word, or of nothing at all.
pub(crate) fn int(source: &mut Source<'_>, length: i64) -> Value {
    let near = [0, 1, -1, length, length - 1, length + 1, -length, -length - 1, 1 - length, length / 2, 2, -2, 3];
    match source.below(16) {
        0..=11 => Value::Int(source.pick(&near)),
        12 => Value::Int(i64::from(source.byte())),
        13 => Value::Int(source.word() as i64),
        _ => {
            let shift = source.pick(&[7u32, 8, 15, 16, 31, 32, 61, 62, 63, 64, 100]);
            let edge: BigInt = (BigInt::from(1) << shift) + source.below(3) - 1;
            Value::int(if source.chance(50) { -edge } else { edge })
        }
    }
}

/// A valid index of a dimension mostly, and one past its ends sometimes.
pub(crate) fn index(source: &mut Source<'_>, length: i64) -> Value {
    match source.below(20) {
        0..=12 if length > 0 => Value::Int(source.below(length as usize) as i64),
        13..=15 if length > 0 => Value::Int(-1 - source.below(length as usize) as i64),
        16 | 18.. if length > 0 && !source.errs(100) => Value::Int(source.pick(&[0, -1, length - 1, -length])),
        16 => wrong(source),
        17 => Value::Bool(source.chance(50)),
        _ => int(source, length),
    }
}

/// A slice of a dimension.
pub(crate) fn slice(source: &mut Source<'_>, length: i64) -> Value {
    let part = |source: &mut Source<'_>, is_step: bool| match source.below(24) {
        0..=9 => Value::None,
        10 => int(source, length),
        11 if !source.errs(100) => Value::None,
        11 if is_step => Value::Int(0),
        11 => wrong(source),
        12..=17 if is_step => Value::Int(source.pick(&[1, -1, 2, -2, 3, -3])),
        _ => Value::Int(source.below(2 * length.clamp(0, 64) as usize + 3) as i64 - length.clamp(0, 64) - 1),
    };
    let (start, stop) = (part(source, false), part(source, false));
    let step = if source.chance(50) { Value::None } else { part(source, true) };
    Value::Slice(Box::new([start, stop, step]))
}

/// What an item of a format can be set to, mostly.
pub(crate) fn item(source: &mut Source<'_>, items: Items, size: i64) -> Value {
    if source.errs(10) {
        return wrong(source);
    }
    match items {
        Items::Signed | Items::Unsigned => {
            let bits = (size * 8).min(64) as u32;
            let (low, high): (i128, i128) = match items {
                Items::Signed => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
                _ => (0, (1 << bits) - 1),
            };
            let value = match source.below(10) {
                0..=4 => low + (i128::from(source.word()) % (high - low + 1)),
                5 => low,
                6 => high,
                7 if source.errs(100) => source.pick(&[low - 1, high + 1]),
                _ => i128::from(source.pick(&[0i64, 1, -1, 2, 127, 128, 255, 256])),
            };
            Value::int(value.into())
        }
        Items::Float => Value::Float(float(source)),
        Items::Bool if source.chance(50) => Value::Bool(source.chance(50)),
        Items::Bool => wrong(source),
        Items::Byte => Value::Bytes(vec![source.byte(); if source.chance(90) { 1 } else { source.below(4) }].into()),
    }
}

/// A float at or near a boundary of some format.
pub(crate) fn float(source: &mut Source<'_>) -> f64 {
    const SPECIAL: &[f64] = &[
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        1.5,
        0.7,
        2051.0,
        1.0004882812500002,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        65504.0,
        65519.99,
        65520.0,
        6e-8,
        2.98e-8,
        6.1e-5,
        3.4028234663852886e38,
        3.4028235677973366e38,
        1e300,
        1e-46,
        1.401298464324817e-45,
        1.1754943508222875e-38,
        9007199254740993.0,
        16777217.0,
        2049.0,
        0.1,
        1.0009765625,
    ];
    match source.below(8) {
        0..=5 => source.pick(SPECIAL),
        6 => one_nan(f64::from_bits(source.word())),
        _ => f64::from(source.byte()) - 100.0,
    }
}

/// A value that an int, a float or a key can't be, or only in a way of its own.
pub(crate) fn wrong(source: &mut Source<'_>) -> Value {
    match source.below(14) {
        0 => Value::None,
        1 => Value::Float(1.0),
        2 => Value::Str("x".into()),
        3 => Value::Bytes(Box::from(*b"a")),
        4 => Value::Bytes(Box::from(*b"")),
        5 => Value::Ellipsis,
        6 => Value::Tuple(vec![]),
        7 => Value::List(vec![Value::Int(1)]),
        8 => Value::Bool(source.chance(50)),
        9 => Value::Tuple(vec![Value::Int(0)]),
        10 => Value::Str("".into()),
        _ => int(source, 1),
    }
}

/// Up to 64 bytes, most often few and of a length that many formats divide.
pub(crate) fn bytes(source: &mut Source<'_>) -> Box<[u8]> {
    let length = match source.below(8) {
        0 => 0,
        1 => 1,
        2 | 3 => 8 * (1 + source.below(8)),
        4 | 5 => 4 * (1 + source.below(6)),
        _ => source.below(13),
    };
    match source.below(4) {
        // The bytes of small whole numbers and of a few floats lie close together.
        0 => (0..length).map(|_| source.pick(&[0, 0, 1, 0x7f, 0x80, 0xff, 0x3c, 0x7c, 0xfc])).collect(),
        1 => vec![source.byte(); length].into(),
        _ => (0..length).map(|at| at as u8).collect(),
    }
}

//! Items in memory: how bytes become values and values become bytes (library reference, "struct — Format Characters",
//! for the meaning; measured for the order of checks).
//!
//! Writing has two phases, because program code runs in the middle: [`Native::convert`] calls the value's conversions
//! and applies the range of the C type that CPython converts *through* (`long` for `b`), then the caller looks whether
//! the view still lives, then [`Native::pack`] applies the range of the item.

use crate::changes::Change;
use crate::error::Error;
use crate::format::Native;
use crate::item::Item;
use crate::object::{Object, translate};
use crate::version::{Abi, Profile};

/// The bytes of an item, from the front; no item is longer than 16.
pub type Raw = [u8; 16];

/// A converted value that may still be too large for the item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wide {
    /// An int.
    Int(i128),
    /// A float.
    Float(f64),
    /// What `bool()` said.
    Truth(bool),
    /// The only byte of bytes.
    Byte(u8),
    /// Real and imaginary part.
    Complex(f64, f64),
}

const fn signed(bytes: usize) -> (i128, i128) {
    let half = 1_i128 << (8 * bytes - 1);
    (-half, half - 1)
}

const fn unsigned(bytes: usize) -> (i128, i128) {
    (0, (1_i128 << (8 * bytes)) - 1)
}

impl Native {
    fn is_signed(self) -> bool {
        use Native::*;
        matches!(self, SignedChar | Short | Int | Long | LongLong | Ssize)
    }

    /// The values that an item of an integer format can hold.
    pub fn range(self, abi: Abi) -> (i128, i128) {
        let size = self.size(abi);
        match self {
            // A negative pointer is stored as the address with the same bits.
            Native::Pointer => (signed(size).0, unsigned(size).1),
            _ if self.is_signed() => signed(size),
            _ => unsigned(size),
        }
    }

    /// The values that survive the conversion to C, before the range of the item is looked at.
    fn conversion_range(self, abi: Abi) -> (i128, i128) {
        use Native::*;
        match self {
            SignedChar | Short | Int => signed(abi.word()),
            UnsignedChar | UnsignedShort | UnsignedInt => unsigned(abi.word()),
            _ => self.range(abi),
        }
    }

    fn type_error(self) -> Error {
        Error::ItemType { code: self.code() }
    }

    fn value_error(self) -> Error {
        Error::ItemValue { code: self.code() }
    }

    /// A conversion that failed: TypeErrors, ValueErrors and OverflowErrors are replaced, others pass.
    fn failed(self, error: Error) -> Error {
        translate(error, self.type_error(), self.value_error())
    }

    /// Converts a value for writing, by calling it.
    pub(crate) fn convert(self, value: &dyn Object, abi: Abi) -> Result<Wide, Error> {
        match self {
            Native::Bool => value.truth().map(Wide::Truth),
            Native::Char => match value.bytes().as_deref() {
                Some([byte]) => Ok(Wide::Byte(*byte)),
                Some(_) => Err(self.value_error()),
                None => Err(self.type_error()),
            },
            Native::Half | Native::Float | Native::Double => self.convert_float(value).map(Wide::Float),
            Native::ComplexFloat | Native::ComplexDouble => match value.complex() {
                Some(Ok((real, imaginary))) => Ok(Wide::Complex(real, imaginary)),
                Some(Err(error)) => Err(self.failed(error)),
                None => self.convert_float(value).map(|real| Wide::Complex(real, 0.0)),
            },
            _ => {
                let int = match (value.int(), self) {
                    (Some(int), _) => int,
                    (None, Native::Pointer) => return Err(self.type_error()),
                    (None, _) => value.index().ok_or_else(|| self.type_error())?.map_err(|error| self.failed(error))?,
                };
                let (low, high) = self.conversion_range(abi);
                int.within(low, high).map(Wide::Int).ok_or_else(|| self.value_error())
            }
        }
    }

    fn convert_float(self, value: &dyn Object) -> Result<f64, Error> {
        if let Some(float) = value.float() {
            return float.map_err(|error| self.failed(error));
        }
        let int = match value.int() {
            Some(int) => int,
            None => value.index().ok_or_else(|| self.type_error())?.map_err(|error| self.failed(error))?,
        };
        int.to_f64().ok_or_else(|| self.value_error())
    }

    /// The bytes to store for a converted value, if it is in the item's range.
    pub fn pack(self, value: Wide, profile: Profile) -> Result<Raw, Error> {
        let mut raw = Raw::default();
        let mut put = |at: usize, bytes: &[u8]| raw.iter_mut().skip(at).zip(bytes).for_each(|(to, from)| *to = *from);
        match (value, self) {
            (Wide::Int(value), _) => {
                let (low, high) = self.range(profile.abi());
                if !(low..=high).contains(&value) {
                    return Err(self.value_error());
                }
                put(0, &value.to_le_bytes());
            }
            (Wide::Truth(value), _) => put(0, &[u8::from(value)]),
            (Wide::Byte(value), _) => put(0, &[value]),
            (Wide::Float(value), Native::Half) => {
                put(0, &half_bits(value, profile).ok_or_else(|| self.value_error())?.to_le_bytes());
            }
            (Wide::Float(value), Native::Float) => put(0, &narrowed(value).to_le_bytes()),
            (Wide::Float(value), _) => put(0, &value.to_le_bytes()),
            (Wide::Complex(real, imaginary), Native::ComplexFloat) => {
                put(0, &narrowed(real).to_le_bytes());
                put(4, &narrowed(imaginary).to_le_bytes());
            }
            (Wide::Complex(real, imaginary), _) => {
                put(0, &real.to_le_bytes());
                put(8, &imaginary.to_le_bytes());
            }
        }
        Ok(raw)
    }

    /// The value of an item. Bytes past its size are ignored.
    pub fn unpack(self, raw: Raw, profile: Profile) -> Item {
        let size = self.size(profile.abi());
        let all = u128::from_le_bytes(raw);
        let low = all as u64;
        match self {
            Native::Char => Item::Byte(low as u8),
            Native::Bool => Item::Bool(low as u8 != 0),
            Native::Half => Item::Float(half_value(low as u16, profile)),
            Native::Float => Item::Float(widened(low as u32)),
            Native::Double => Item::Float(f64::from_bits(low)),
            Native::ComplexFloat => Item::Complex(widened(low as u32), widened((low >> 32) as u32)),
            Native::ComplexDouble => Item::Complex(f64::from_bits(low), f64::from_bits((all >> 64) as u64)),
            _ => {
                let unused = 64 - 8 * size as u32;
                match self.is_signed() {
                    true => Item::Int((low << unused) as i64 >> unused),
                    false => Item::from(low << unused >> unused),
                }
            }
        }
    }
}

const QUIET_F32: u32 = 1 << 22;
const QUIET_F64: u64 = 1 << 51;

/// `(double)float`, with what x86 does to NaNs: the payload stays, signalling becomes quiet.
fn widened(bits: u32) -> f64 {
    let value = f32::from_bits(bits);
    if !value.is_nan() {
        return value.into();
    }
    let sign = u64::from(bits >> 31) << 63;
    let payload = u64::from((bits | QUIET_F32) & 0x7f_ffff) << 29;
    f64::from_bits(sign | 0x7ff << 52 | payload)
}

/// `(float)double`; too large becomes infinite without an error.
fn narrowed(value: f64) -> f32 {
    if !value.is_nan() {
        return value as f32;
    }
    let bits = value.to_bits() | QUIET_F64;
    let sign = (bits >> 63) as u32;
    f32::from_bits(sign << 31 | 0xff << 23 | (bits >> 29) as u32 & 0x7f_ffff)
}

fn half_value(bits: u16, profile: Profile) -> f64 {
    let negative = u64::from(bits >> 15) << 63;
    let exponent = (bits >> 10) & 0x1f;
    let fraction = u64::from(bits & 0x3ff);
    match (exponent, fraction) {
        (0x1f, 0) => f64::from_bits(negative | f64::INFINITY.to_bits()),
        (0x1f, payload) if profile.has(Change::HalfPayload) => f64::from_bits(negative | 0x7ff << 52 | payload << 42),
        (0x1f, _) => f64::from_bits(negative | 0x7ff << 52 | QUIET_F64),
        // Subnormal: a multiple of 2**-24.
        (0, _) => f64::from_bits(negative | (fraction as f64 / 16_777_216.0).to_bits()),
        _ => f64::from_bits(negative | (u64::from(exponent) + 1008) << 52 | fraction << 42),
    }
}

/// The nearest half, ties to even; `None` if it would be infinite and the value is not.
fn half_bits(value: f64, profile: Profile) -> Option<u16> {
    let bits = value.to_bits();
    let sign = (bits >> 48) as u16 & 0x8000;
    let magnitude = value.abs();
    if value.is_nan() {
        let payload = match profile.has(Change::HalfPayload) {
            true => (bits >> 42) as u16 & 0x3ff,
            false => 0,
        };
        let payload = if payload == 0 { 0x200 } else { payload };
        return Some(sign | 0x7c00 | payload);
    }
    if value.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if magnitude >= 65520.0 {
        return None;
    }
    // The distance between neighbouring halves at this magnitude is a power of two: 2**-24 for subnormals, else
    // 2**(exponent - 10). Dividing by it is exact, so rounding happens once.
    let exponent = ((bits >> 52 & 0x7ff) as i32 - 1023).max(-14);
    let steps = (magnitude * f64::from_bits((1023 + 10 - i64::from(exponent)) as u64 * (1 << 52))).round_ties_even();
    // Counted from the start of the binade, the step number *is* the encoding: it carries into the exponent.
    let encoded = ((exponent + 14) as u16) * 1024 + steps as u16;
    Some(sign | encoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Version;
    use rstest::rstest;

    fn python(minor: u8) -> Profile {
        Profile::new(Version::new(3, minor, 0), Abi::Lp64)
    }

    /// Golden values from CPython's struct module.
    #[rstest]
    #[case(0.0, Some(0x0000))]
    #[case(-0.0, Some(0x8000))]
    #[case(1.0, Some(0x3c00))]
    #[case(1.5, Some(0x3e00))]
    #[case(-2.0, Some(0xc000))]
    #[case(0.1, Some(0x2e66))]
    #[case(1.0 / 3.0, Some(0x3555))]
    #[case(65504.0, Some(0x7bff))]
    #[case(65519.9, Some(0x7bff))]
    #[case(65520.0, None)]
    #[case(1e300, None)]
    #[case(f64::INFINITY, Some(0x7c00))]
    #[case(6.103515625e-05, Some(0x0400))] // smallest normal
    #[case(6.1e-05, Some(0x03ff))] // largest subnormal
    #[case(5.960464477539063e-08, Some(0x0001))] // smallest subnormal
    #[case(2.980232238769531e-08, Some(0x0000))] // tie to even
    #[case(2.980232238769532e-08, Some(0x0001))]
    #[case(1.00048828125, Some(0x3c00))] // tie to even
    #[case(1.0004882812500002, Some(0x3c01))] // just above: must not be rounded to float first
    #[case(2047.5, Some(0x6800))] // carries into the exponent
    fn halves_are_rounded_once(#[case] value: f64, #[case] bits: Option<u16>) {
        assert_eq!(half_bits(value, python(12)), bits);
    }

    #[test]
    fn every_half_survives_the_way_there_and_back() {
        for minor in [12, 14] {
            for bits in 0..=u16::MAX {
                let value = half_value(bits, python(minor));
                let lost = value.is_nan() && minor == 12;
                let expected = if lost { bits & 0x8000 | 0x7e00 } else { bits };
                assert_eq!(half_bits(value, python(minor)), Some(expected), "{bits:#06x}");
            }
        }
    }

    #[test]
    fn signalling_floats_become_quiet() {
        assert_eq!(widened(0x7f80_0001).to_bits(), 0x7ff8_0000_2000_0000);
        assert_eq!(narrowed(widened(0x7f80_0001)).to_bits(), 0x7fc0_0001);
        assert_eq!(narrowed(widened(0xff80_0001)).to_bits(), 0xffc0_0001);
    }

    #[rstest]
    #[case(Native::SignedChar, 0x80, Item::Int(-128))]
    #[case(Native::UnsignedChar, 0x80, Item::Int(128))]
    #[case(Native::Short, 0x1_8000, Item::Int(-32768))]
    #[case(Native::UnsignedInt, u64::MAX, Item::Int(u32::MAX as i64))]
    #[case(Native::LongLong, u64::MAX, Item::Int(-1))]
    #[case(Native::UnsignedLongLong, u64::MAX, Item::Uint(u64::MAX))]
    #[case(Native::Size, 5, Item::Int(5))]
    #[case(Native::Char, 0x141, Item::Byte(0x41))]
    #[case(Native::Bool, 0x102, Item::Bool(true))]
    fn integers_are_read(#[case] native: Native, #[case] memory: u64, #[case] item: Item) {
        let raw = u128::from(memory).to_le_bytes();
        assert_eq!(native.unpack(raw, python(13)), item);
    }

    #[test]
    fn long_is_narrow_on_32_bits() {
        let narrow = Profile::new(Version::new(3, 14, 2), Abi::Ilp32);
        assert_eq!(Native::Long.unpack(u128::MAX.to_le_bytes(), narrow), Item::Int(-1));
        assert_eq!(Native::Size.unpack(u128::MAX.to_le_bytes(), narrow), Item::Int(u32::MAX.into()));
        assert_eq!(Native::Long.convert(&(1_i64 << 31), Abi::Ilp32), Err(Error::ItemValue { code: "l" }));
    }

    #[rstest]
    #[case(Native::Pointer, -1, Ok(u64::MAX))]
    #[case(Native::UnsignedChar, 255, Ok(255))]
    #[case(Native::UnsignedChar, 256, Err(Error::ItemValue { code: "B" }))]
    #[case(Native::SignedChar, -128, Ok(i64::from(-128).cast_unsigned()))]
    #[case(Native::SignedChar, -129, Err(Error::ItemValue { code: "b" }))]
    #[case(Native::UnsignedLongLong, -1, Err(Error::ItemValue { code: "Q" }))]
    fn integers_are_written(#[case] native: Native, #[case] value: i64, #[case] expected: Result<u64, Error>) {
        let packed = native.convert(&value, Abi::Lp64).and_then(|wide| native.pack(wide, python(13)));
        assert_eq!(packed.map(|raw| u128::from_le_bytes(raw) as u64), expected);
    }

    /// Golden values from CPython's struct module.
    #[rstest]
    #[case(0x7c00, 12, 0x7ff0 << 48)]
    #[case(0xfc00, 12, 0xfff0 << 48)]
    #[case(0x7c00, 14, 0x7ff0 << 48)]
    #[case(0x7c01, 12, 0x7ff8 << 48)]
    #[case(0xfe01, 12, 0xfff8 << 48)]
    #[case(0x7e01, 14, 0x7ff8_0400 << 32)]
    #[case(0x8001, 12, 0xbe70 << 48)]
    fn halves_are_read(#[case] bits: u16, #[case] minor: u8, #[case] expected: u64) {
        let Item::Float(value) = Native::Half.unpack(u128::from(bits).to_le_bytes(), python(minor)) else {
            unreachable!()
        };
        assert_eq!(value.to_bits(), expected);
    }

    #[test]
    fn both_parts_of_a_complex_number_are_read() {
        let raw = |low: u64, high: u64| (u128::from(high) << 64 | u128::from(low)).to_le_bytes();
        let floats = raw(u64::from(2.5_f32.to_bits()) << 32 | u64::from(1.5_f32.to_bits()), 0);
        assert_eq!(Native::ComplexFloat.unpack(floats, python(15)), Item::Complex(1.5, 2.5));
        let doubles = raw(1.5_f64.to_bits(), 2.5_f64.to_bits());
        assert_eq!(Native::ComplexDouble.unpack(doubles, python(15)), Item::Complex(1.5, 2.5));
    }
}

//! Packs values into bytes by a struct format (`s_pack_internal` in C): the conversions, and the errors for values that do
//! not fit.

use super::struct_error;
use crate::buffers::raw;
use crate::changes::{Change, Profile};
use crate::object::Object;
use crate::stop::{Stop, overflow_error};
use view::Wide;
use view::format::Native;
use view::structs::{Code, Order, Slot, Struct};
use view::{Exception, Int};

/// Packs values one after the other. `write` is called with where each belongs, so those before one that does not fit are
/// written by then.
pub(super) fn pack(
    format: &Struct,
    values: &[Object],
    profile: Profile,
    mut write: impl FnMut(usize, &[u8]) -> Result<(), Stop>,
) -> Result<(), Stop> {
    for (slot, value) in format.slots().zip(values) {
        match slot.code {
            Code::Bytes => write(slot.offset, cut(&text(value, 's')?, slot.size))?,
            Code::Pascal => {
                let text = text(value, 'p')?;
                let kept = cut(&text, slot.size.saturating_sub(1));
                write(slot.offset, &[u8::try_from(kept.len()).unwrap_or(u8::MAX)])?;
                write(slot.offset + 1, kept)?;
            }
            Code::Number(native) => {
                let mut bytes = Number { native, slot, order: format.order(), profile }.packed(value)?;
                if format.order() == Order::Big {
                    let part = if native.is_complex() { slot.size / 2 } else { slot.size };
                    bytes.chunks_mut(part).for_each(<[u8]>::reverse);
                }
                write(slot.offset, &bytes)?;
            }
        }
    }
    Ok(())
}

fn cut(text: &[u8], size: usize) -> &[u8] {
    &text[..text.len().min(size)]
}

/// The bytes for `s` or `p`.
fn text(value: &Object, code: char) -> Result<Vec<u8>, Stop> {
    raw(value).ok_or_else(|| struct_error(format!("argument for '{code}' must be a bytes object")))
}

/// A number to pack.
struct Number {
    native: Native,
    slot: Slot,
    order: Order,
    profile: Profile,
}

impl Number {
    /// Returns the bytes of a value, the lowest first.
    fn packed(&self, value: &Object) -> Result<Vec<u8>, Stop> {
        let wide = match self.native {
            Native::Bool => Wide::Truth(value.as_type().truth()?),
            Native::Char => match raw(value).as_deref() {
                Some([byte]) if matches!(value, Object::Bytes(_)) => Wide::Byte(*byte),
                _ => return Err(struct_error("char format requires a bytes object of length 1")),
            },
            Native::Half | Native::Float | Native::Double => {
                let number = float(value).ok_or_else(|| struct_error("required argument is not a float"))?;
                self.check_float(value, number)?;
                Wide::Float(number)
            }
            Native::ComplexFloat | Native::ComplexDouble => {
                let parts = match view::Object::complex(value) {
                    Some(parts) => parts.map_err(|_| struct_error("required argument is not a complex"))?,
                    None => (float(value).ok_or_else(|| struct_error("required argument is not a complex"))?, 0.0),
                };
                self.check_float(value, parts.0)?;
                self.check_float(value, parts.1)?;
                Wide::Complex(parts.0, parts.1)
            }
            _ => return self.int(value),
        };
        let packed = self.native.pack(wide, self.profile.view()).map_err(|_| too_large(value, 'e'))?;
        Ok(packed[..self.slot.size].to_vec())
    }

    /// Refuses a float that would become infinite in four bytes. What C stores itself it does not look at.
    fn check_float(&self, value: &Object, number: f64) -> Result<(), Stop> {
        let is_checked = match self.native {
            Native::Float => self.order != Order::Native || self.profile.has(Change::StructFloatOverflow),
            Native::ComplexFloat => self.order == Order::Big,
            _ => false,
        };
        match is_checked && number.is_finite() && (number as f32).is_infinite() {
            true => Err(too_large(value, 'f')),
            false => Ok(()),
        }
    }

    fn int(&self, value: &Object) -> Result<Vec<u8>, Stop> {
        let no_int = || struct_error("required argument is not an integer");
        let int = view::Object::index(value).ok_or_else(no_int)?.map_err(|error| match error.exception() {
            Exception::OverflowError if self.profile.has(Change::StructOverflow) && self.native != Native::Pointer => {
                struct_error(self.by_code())
            }
            _ => error.into(),
        })?;
        let (low, high) = self.range();
        match int.within(low, high) {
            Some(int) => Ok(int.to_le_bytes()[..self.slot.size].to_vec()),
            None => Err(struct_error(self.out_of_range(&int))),
        }
    }

    fn is_signed(&self) -> bool {
        self.native.range(self.profile.abi()).0 < 0
    }

    /// The ints that fit.
    fn range(&self) -> (i128, i128) {
        let bits = 8 * self.slot.size;
        match self.native {
            Native::Pointer => self.native.range(self.profile.abi()),
            _ if self.is_signed() => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            _ => (0, (1 << bits) - 1),
        }
    }

    /// The text that names the code and the range.
    fn by_code(&self) -> String {
        let (low, high) = self.range();
        format!("'{}' format requires {low} <= number <= {high}", self.native.code())
    }

    /// The text for an int that does not fit. Before [`Change::StructRangeText`] it depends on the C type that the int is
    /// converted to first.
    fn out_of_range(&self, int: &Int) -> String {
        const ARGUMENT: &str = "argument out of range";
        const CONVERTED: &str = "int too large to convert";
        let (low, high) = self.range();
        let by_code = self.by_code();
        if self.native == Native::Pointer {
            return CONVERTED.to_owned();
        }
        if self.profile.has(Change::StructRangeText) {
            return by_code;
        }
        let abi = self.profile.abi();
        // Little-endian formats are packed as native ones of the same size are.
        let is_native = match self.order {
            Order::Native => true,
            Order::Little => self.slot.size == self.native.size(abi),
            Order::Big => false,
        };
        let bits = 8 * abi.word();
        let is_long = int.within(-(1 << (bits - 1)), (1 << (bits - 1)) - 1).is_some();
        let is_unsigned_long = int.within(0, (1 << bits) - 1).is_some();
        let name = match self.native {
            Native::SignedChar => "byte",
            Native::UnsignedChar => "ubyte",
            Native::Short if is_native => "short",
            Native::UnsignedShort if is_native => "ushort",
            Native::Int | Native::Short if is_long => return by_code,
            Native::UnsignedInt | Native::UnsignedShort if is_unsigned_long => return by_code,
            Native::Long if !is_native && is_long => return by_code,
            Native::UnsignedLong if !is_native && is_unsigned_long => return by_code,
            Native::LongLong | Native::UnsignedLongLong if !is_native => return CONVERTED.to_owned(),
            _ => return ARGUMENT.to_owned(),
        };
        match (name, self.profile.has(Change::StructShortText)) {
            _ if !is_long => ARGUMENT.to_owned(),
            ("short", false) => "short format requires (-0x7fff - 1) <= number <= 0x7fff".to_owned(),
            ("ushort", false) => "ushort format requires 0 <= number <= (0x7fff * 2 + 1)".to_owned(),
            _ => format!("{name} format requires {low} <= number <= {high}"),
        }
    }
}

/// `float(value)` as C converts it; nothing if it can't be.
fn float(value: &Object) -> Option<f64> {
    match view::Object::float(value) {
        Some(float) => float.ok(),
        None => view::Object::index(value)?.ok()?.to_f64(),
    }
}

/// The error for a float that is too large. An int is spoken of as one.
fn too_large(value: &Object, code: char) -> Stop {
    match view::Object::int(value) {
        Some(_) => struct_error("int too large to convert"),
        None => overflow_error(format!("float too large to pack with {code} format")).into(),
    }
}

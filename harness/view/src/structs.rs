//! As much of the struct module as reading takes: format strings in, values of one item out (library reference,
//! "struct — Format Strings"). Where the values stand is known to whoever writes them.
//!
//! memoryview compares items natively only if both sides have the same native format. Everything else goes through
//! struct, and a format that struct does not know makes views unequal, even to themselves.

use smallvec::SmallVec;

use crate::changes::Change;
use crate::error::{Error, first_non_ascii};
use crate::format::Native;
use crate::item::Item;
use crate::pack::Raw;
use crate::version::Profile;

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Code {
    /// A number, a bool or a character.
    Number(Native),
    /// `s`: bytes, all of them one value.
    Bytes,
    /// `p`: bytes after a length byte, one value.
    Pascal,
}

#[derive(Clone, Copy, Debug)]
struct Field {
    code: Code,
    offset: usize,
    /// Bytes of one value.
    size: usize,
    /// How many values.
    count: usize,
}

/// Where a value stands in an item.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// What it is made of.
    pub code: Code,
    /// Where it begins.
    pub offset: usize,
    /// Its bytes.
    pub size: usize,
}

/// How numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// As C does, with its sizes.
    Native,
    /// The last byte first, in standard sizes.
    Little,
    /// The first byte first, in standard sizes.
    Big,
}

/// A parsed struct format.
#[derive(Clone, Debug)]
pub struct Struct {
    fields: SmallVec<[Field; 2]>,
    size: usize,
    order: Order,
    profile: Profile,
}

/// One value of an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// What a memoryview reads, too.
    Item(Item),
    /// The bytes of `s` and `p`.
    Bytes(&'a [u8]),
}

/// Why a format is none. The first thing wrong with it is told.
const BAD_CHARACTER: Error = Error::Struct("bad char in struct format");
const COUNT_WITHOUT_CODE: Error = Error::Struct("repeat count given without format specifier");
const TOO_LONG: Error = Error::Struct("total struct size too long");

impl Value<'_> {
    fn equals(self, other: Value) -> bool {
        match (self, other) {
            (Value::Item(a), Value::Item(b)) => a.same_value(b),
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Item(Item::Byte(a)), Value::Bytes(b)) | (Value::Bytes(b), Value::Item(Item::Byte(a))) => b == [a],
            _ => false,
        }
    }
}

impl Struct {
    /// Parses a format, with the errors of `struct.Struct(format)`.
    pub fn parse(format: &str, profile: Profile) -> Result<Self, Error> {
        if let Some(error) = first_non_ascii(format) {
            return Err(match profile.has(Change::StructAscii) {
                true => Error::Value("non-ASCII character in struct format"),
                false => error,
            });
        }
        let mut text = format.as_bytes();
        if text.contains(&0) {
            return Err(Error::Struct("embedded null character"));
        }
        let order = match text.first() {
            Some(b'=' | b'<') => Order::Little,
            Some(b'>' | b'!') => Order::Big,
            _ => Order::Native,
        };
        if let [b'@' | b'=' | b'<' | b'>' | b'!', rest @ ..] = text {
            text = rest;
        }
        let mut parsed = Self { fields: SmallVec::new(), size: 0, order, profile };
        let limit = profile.abi().ssize_max() as usize;
        loop {
            text = text.trim_ascii_start();
            // Vertical tabs are space to C but not to `trim_ascii`.
            if let [b'\x0b', rest @ ..] = text {
                text = rest;
                continue;
            }
            if text.is_empty() {
                return Ok(parsed);
            }
            let count = read_count(&mut text, limit)?;
            parsed.add(&mut text, count, order == Order::Native)?;
            if parsed.size > limit {
                return Err(TOO_LONG);
            }
        }
    }

    fn add(&mut self, text: &mut &[u8], count: Option<usize>, native_sizes: bool) -> Result<(), Error> {
        let (code, rest) = text.split_first().ok_or(COUNT_WITHOUT_CODE)?;
        *text = rest;
        let times = count.unwrap_or(1);
        let (code, size, count) = match code {
            b'x' => {
                self.size = self.size.checked_add(times).ok_or(TOO_LONG)?;
                return Ok(());
            }
            b's' => (Code::Bytes, times, 1),
            b'p' => (Code::Pascal, times, 1),
            b'Z' if self.profile.has(Change::Complex) => {
                let (part, rest) = text.split_first().ok_or(BAD_CHARACTER)?;
                *text = rest;
                let native = match part {
                    b'f' => Native::ComplexFloat,
                    b'd' => Native::ComplexDouble,
                    _ => return Err(BAD_CHARACTER),
                };
                (Code::Number(native), native.size(self.profile.abi()), times)
            }
            code => {
                let native = number(*code, self.profile).ok_or(BAD_CHARACTER)?;
                if !native_sizes && matches!(native, Native::Ssize | Native::Size | Native::Pointer) {
                    return Err(BAD_CHARACTER);
                }
                let size = match (native_sizes, native) {
                    (false, Native::Long | Native::UnsignedLong) => 4,
                    _ => native.size(self.profile.abi()),
                };
                (Code::Number(native), size, times)
            }
        };
        if let (true, Code::Number(native)) = (native_sizes, code) {
            // Complex numbers are aligned like their parts; a count of 0 aligns, too.
            let alignment = if native.is_complex() { size / 2 } else { size };
            self.size = self.size.checked_next_multiple_of(alignment).ok_or(TOO_LONG)?;
        }
        self.fields.push(Field { code, offset: self.size, size, count });
        let size = size.checked_mul(count).and_then(|size| self.size.checked_add(size));
        self.size = size.ok_or(TOO_LONG)?;
        Ok(())
    }

    /// Bytes that unpacking needs.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How numbers are stored.
    pub fn order(&self) -> Order {
        self.order
    }

    /// How many values an item has.
    pub fn count(&self) -> usize {
        self.fields.iter().map(|field| field.count).fold(0, usize::saturating_add)
    }

    /// Where the values of an item stand, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        self.fields.iter().flat_map(|field| {
            let Field { code, offset, size, count } = *field;
            (0..count).map(move |index| Slot { code, offset: offset + index * size, size })
        })
    }

    /// Whether unpacking it reads a byte that is none of its own: the length of `0p`.
    pub fn reads_too_much(&self) -> bool {
        self.fields.iter().any(|field| field.code == Code::Pascal && field.size == 0)
    }

    /// The values of an item, of which all bytes are given.
    pub fn values<'a>(&'a self, raw: &'a [u8]) -> impl Iterator<Item = Value<'a>> {
        self.slots()
            .map(move |slot| self.value(slot, raw.get(slot.offset..slot.offset + slot.size).unwrap_or_default()))
    }

    fn value<'a>(&self, slot: Slot, bytes: &'a [u8]) -> Value<'a> {
        match slot.code {
            Code::Bytes => Value::Bytes(bytes),
            Code::Pascal => {
                let Some((length, content)) = bytes.split_first() else { return Value::Bytes(&[]) };
                Value::Bytes(content.get(..usize::from(*length)).unwrap_or(content))
            }
            Code::Number(native) => {
                let mut raw = Raw::default();
                raw.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                if self.order == Order::Big {
                    let part = if native.is_complex() { slot.size / 2 } else { slot.size };
                    // What follows the item is zeros, which may be reversed as well.
                    raw.chunks_exact_mut(part.max(1)).for_each(<[u8]>::reverse);
                }
                Value::Item(self.narrow(native, slot.size).unpack(raw, self.profile))
            }
        }
    }

    /// `l` has four bytes in standard sizes, and then its sign is elsewhere. `L` has none: zeros follow it.
    fn narrow(&self, native: Native, size: usize) -> Native {
        match (native, size) {
            (Native::Long, 4) => Native::Int,
            _ => native,
        }
    }

    /// Whether two unpacked items are equal: as values if each has one, else as tuples.
    ///
    /// Both slices are at least as long as [`Struct::size`].
    pub(crate) fn equal(&self, raw: &[u8], other: &Struct, other_raw: &[u8]) -> bool {
        self.count() == other.count()
            && self.values(raw).zip(other.values(other_raw)).all(|(ours, theirs)| ours.equals(theirs))
    }
}

/// A decimal repeat count, if there is one.
fn read_count(text: &mut &[u8], limit: usize) -> Result<Option<usize>, Error> {
    let mut count = None;
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        let tens = count.unwrap_or(0_usize).checked_mul(10);
        let next = tens.and_then(|tens| tens.checked_add(usize::from(digit - b'0'))).filter(|next| *next <= limit);
        count = Some(next.ok_or(TOO_LONG)?);
        *text = rest;
    }
    Ok(count)
}

fn number(code: u8, profile: Profile) -> Option<Native> {
    match code {
        b'F' if profile.has(Change::StructComplex) => Some(Native::ComplexFloat),
        b'D' if profile.has(Change::StructComplex) => Some(Native::ComplexDouble),
        // struct has known `e` for longer than any version modelled here; memoryview has not.
        _ => Native::from_code(code),
    }
}

impl Native {
    /// Whether an item has two parts, each of which is stored as a number.
    pub fn is_complex(self) -> bool {
        matches!(self, Native::ComplexFloat | Native::ComplexDouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::{Abi, Version};
    use rstest::rstest;

    fn parse(format: &str, minor: u8) -> Option<Struct> {
        Struct::parse(format, Profile::new(Version::new(3, minor, 0), Abi::Lp64)).ok()
    }

    /// The words of `struct.calcsize` on 3.8 to 3.13.
    #[rstest]
    #[case("zB3", "bad char in struct format")]
    #[case("B3", "repeat count given without format specifier")]
    #[case("B3 B", "bad char in struct format")]
    #[case("<P", "bad char in struct format")]
    #[case("99999999999999999999z", "total struct size too long")]
    #[case("9223372036854775808z", "total struct size too long")]
    #[case("9223372036854775807B1B", "total struct size too long")]
    #[case("9223372036854775807i", "total struct size too long")]
    #[case("B\0", "embedded null character")]
    #[case("\0\u{e9}", "'ascii' codec can't encode character '\\xe9' in position 1: ordinal not in range(128)")]
    fn what_is_wrong(#[case] format: &str, #[case] text: &str) {
        let profile = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
        assert_eq!(Struct::parse(format, profile).unwrap_err().to_string(), text);
    }

    /// `struct.calcsize` on 3.8 to 3.13; `None` where it raises.
    #[rstest]
    #[case("", Some(0))]
    #[case("@", Some(0))]
    #[case("i i", Some(8))]
    #[case("\t\x0bi\n", Some(4))]
    #[case("2 i", None)]
    #[case("3", None)]
    #[case(" <i", None)]
    #[case("i@i", None)]
    #[case("0i", Some(0))]
    #[case("b0i", Some(4))]
    #[case("bi", Some(8))]
    #[case("=bi", Some(5))]
    #[case("ib", Some(5))]
    #[case("<l", Some(4))]
    #[case("l", Some(8))]
    #[case("@n", Some(8))]
    #[case("=n", None)]
    #[case("<P", None)]
    #[case("!?", Some(1))]
    #[case("3s2x4p", Some(9))]
    #[case("e", Some(2))]
    #[case("w", None)]
    #[case("T{<i:a:}", None)]
    #[case("9223372036854775807b", Some(isize::MAX as usize))]
    #[case("9223372036854775807b9b", None)]
    #[case("9223372036854775806b2b", None)]
    #[case("99999999999999999999i", None)]
    #[case("é", None)]
    fn sizes(#[case] format: &str, #[case] size: Option<usize>) {
        assert_eq!(parse(format, 13).map(|parsed| parsed.size()), size);
    }

    #[test]
    fn complex_codes_came_in_two_steps() {
        let size = |format, minor| parse(format, minor).map(|parsed| parsed.size());
        assert_eq!([size("F", 13), size("D", 13), size("F", 14), size("bD", 14)], [None, None, Some(8), Some(24)]);
        assert_eq!(size("Zf", 14), None);
        assert_eq!([size("Zf", 15), size("b2Zd", 15), size("Zx", 15), size("Z", 15)], [Some(8), Some(40), None, None]);
    }

    #[rstest]
    #[case("<i", b"\x01\0\0\0", ">i", b"\0\0\0\x01", true)]
    #[case("2h", b"\x01\0\x02\0", "hh", b"\x01\0\x02\0", true)]
    #[case("2h", b"\x01\0\x02\0", "h", b"\x01\0", false)]
    #[case("2h", b"\x01\0\x02\0", "hh", b"\x01\0\x03\0", false)]
    #[case("bh", b"\x01\0\x02\0", "b2xb", b"\x01\0\0\x03", false)]
    #[case("<b2h", b"\x01\x02\0\x03\0", ">b2h", b"\x01\0\x02\0\x03", true)]
    #[case("<b2h", b"\x01\x02\0\x03\0", "<b2h", b"\x01\x02\0\x04\0", false)]
    #[case("0i", b"", "", b"", true)]
    #[case("ix", b"\x01\0\0\0\xff", "i", b"\x01\0\0\0", true)]
    #[case("", b"", "x", b"\0", true)]
    #[case("c", b"a", "s", b"a", true)]
    #[case("c", b"a", "B", b"a", false)]
    #[case("3s", b"abc", "4p", b"\x03abc", true)]
    #[case("4p", b"\xffabc", "3s", b"abc", true)]
    #[case("0s", b"", "0p", b"", true)]
    #[case("<q", b"\xff\xff\xff\xff\xff\xff\xff\xff", ">b", b"\xff", true)]
    #[case("<d", b"\0\0\0\0\0\0\xf0\x3f", "?", b"\x05", true)]
    #[case("<f", b"\0\0\xc0\x7f", "<f", b"\0\0\xc0\x7f", false)]
    #[case("<l", b"\xfe\xff\xff\xff", "<q", b"\xfe\xff\xff\xff\xff\xff\xff\xff", true)]
    #[case("<L", b"\xff\xff\xff\xff", ">q", b"\0\0\0\0\xff\xff\xff\xff", true)]
    #[case("<L", b"\xff\xff\xff\xff", "<I", b"\xff\xff\xff\xff", true)]
    fn items(#[case] a: &str, #[case] raw_a: &[u8], #[case] b: &str, #[case] raw_b: &[u8], #[case] equal: bool) {
        let (a, b) = (parse(a, 13).unwrap(), parse(b, 13).unwrap());
        assert_eq!(a.equal(raw_a, &b, raw_b), equal);
        assert_eq!(b.equal(raw_b, &a, raw_a), equal);
    }

    #[test]
    fn the_parts_of_a_complex_number_are_swapped_separately() {
        let (little, big) = (parse("<F", 14).unwrap(), parse(">F", 14).unwrap());
        assert!(little.equal(b"\0\0\x80\x3f\0\0\0\x40", &big, b"\x3f\x80\0\0\x40\0\0\0"));
    }
}

//! Item formats: the text that an exporter gave, and what memoryview makes of it.
//!
//! memoryview reads and writes items of *native* formats, one character of the struct module after an optional `@`
//! (from 3.15 also `Zf` and `Zd`). It tells two kinds of other formats apart, because they fail at different moments:
//! one unknown character, or one after a `Z`, ("unknown") fails when an item is reached, anything longer
//! ("structured") fails at once.

use std::fmt;
use std::rc::Rc;

use crate::changes::Change;
use crate::error::Error;
use crate::version::{Abi, Profile};

/// A format's text, cheap to make and to clone: native ones are recognised and not stored, others shared.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Native { native: Native, prefixed: bool },
    Other(Rc<str>),
}

impl Text {
    /// The text of a native format, without `@`.
    pub const fn native(native: Native) -> Self {
        Text(Repr::Native { native, prefixed: false })
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Native { native, prefixed: false } => native.row().code,
            Repr::Native { native, prefixed: true } => native.row().prefixed,
            Repr::Other(text) => text,
        }
    }

    /// The C type of an item, if the text is a native format in any version.
    pub(crate) fn as_native(&self) -> Option<Native> {
        match &self.0 {
            Repr::Native { native, .. } => Some(*native),
            Repr::Other(_) => None,
        }
    }

    /// Without one leading `@`, which says no more than its absence.
    pub(crate) fn bare(&self) -> &str {
        match &self.0 {
            Repr::Native { native, .. } => native.row().code,
            Repr::Other(text) => text.strip_prefix('@').unwrap_or(text),
        }
    }
}

impl From<&str> for Text {
    /// Keeps the text as far as the first NUL, where a C string ends.
    fn from(text: &str) -> Self {
        let text = text.split('\0').next().unwrap_or_default();
        let bare = text.strip_prefix('@').unwrap_or(text);
        Text(match TABLE.iter().find(|row| row.code == bare) {
            Some(row) => Repr::Native { native: row.native, prefixed: bare.len() < text.len() },
            None => Repr::Other(text.into()),
        })
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// A C type that memoryview can read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named after its C type; the table below gives the format")]
pub enum Native {
    Char,
    SignedChar,
    UnsignedChar,
    Bool,
    Short,
    UnsignedShort,
    Int,
    UnsignedInt,
    Long,
    UnsignedLong,
    LongLong,
    UnsignedLongLong,
    Ssize,
    Size,
    Half,
    Float,
    Double,
    Pointer,
    ComplexFloat,
    ComplexDouble,
}

struct Row {
    code: &'static str,
    prefixed: &'static str,
    native: Native,
}

const fn row(code: &'static str, prefixed: &'static str, native: Native) -> Row {
    Row { code, prefixed, native }
}

/// In the order of [`Native`], so that the row of a type is found by its number.
const TABLE: [Row; 20] = [
    row("c", "@c", Native::Char),
    row("b", "@b", Native::SignedChar),
    row("B", "@B", Native::UnsignedChar),
    row("?", "@?", Native::Bool),
    row("h", "@h", Native::Short),
    row("H", "@H", Native::UnsignedShort),
    row("i", "@i", Native::Int),
    row("I", "@I", Native::UnsignedInt),
    row("l", "@l", Native::Long),
    row("L", "@L", Native::UnsignedLong),
    row("q", "@q", Native::LongLong),
    row("Q", "@Q", Native::UnsignedLongLong),
    row("n", "@n", Native::Ssize),
    row("N", "@N", Native::Size),
    row("e", "@e", Native::Half),
    row("f", "@f", Native::Float),
    row("d", "@d", Native::Double),
    row("P", "@P", Native::Pointer),
    row("Zf", "@Zf", Native::ComplexFloat),
    row("Zd", "@Zd", Native::ComplexDouble),
];

impl Native {
    /// The format without `@`.
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// The table has as many rows as there are types, so the position always exists.
    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The C type that a single character stands for, in any version.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        TABLE.iter().find(|row| row.code.as_bytes() == [code]).map(|row| row.native)
    }

    /// Bytes of an item.
    pub const fn size(self, abi: Abi) -> usize {
        use Native::*;
        match self {
            Char | SignedChar | UnsignedChar | Bool => 1,
            Short | UnsignedShort | Half => 2,
            Int | UnsignedInt | Float => 4,
            LongLong | UnsignedLongLong | Double | ComplexFloat => 8,
            Long | UnsignedLong | Ssize | Size | Pointer => abi.word(),
            ComplexDouble => 16,
        }
    }

    /// `B`, `b` and `c`: the formats that can be cast to and from every other, and hashed.
    pub fn is_byte(self) -> bool {
        matches!(self, Native::Char | Native::SignedChar | Native::UnsignedChar)
    }

    /// Formats whose items always equal themselves, for the shortcut of `m == m` in 3.15. `P` is left out there.
    pub fn is_integer_like(self) -> bool {
        use Native::*;
        !matches!(self, Half | Float | Double | Pointer | ComplexFloat | ComplexDouble)
    }

    fn is_in(self, profile: Profile) -> bool {
        match self {
            Native::Half => profile.has(Change::HalfFloat),
            Native::ComplexFloat | Native::ComplexDouble => profile.has(Change::Complex),
            _ => true,
        }
    }
}

/// What memoryview can do with items of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Read, write and compare them.
    Native(Native),
    /// As long as a native format, but none that this version knows. Slice assignment still works.
    Unknown,
    /// Several characters (or none): no item access at all.
    Structured,
}

/// A format, parsed once when a view is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    text: Text,
    kind: Kind,
}

impl Format {
    /// What `text` means to the given version.
    pub fn new(text: Text, profile: Profile) -> Self {
        let kind = match text.0 {
            Repr::Native { native, .. } if native.is_in(profile) => Kind::Native(native),
            _ => match text.bare().as_bytes() {
                [_] => Kind::Unknown,
                [b'Z', _] if profile.has(Change::Complex) => Kind::Unknown,
                _ => Kind::Structured,
            },
        };
        Self { text, kind }
    }

    /// The text exactly as it was given.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The text, to be shared.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// What can be done with it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The C type of a native format.
    pub fn native(&self) -> Option<Native> {
        match self.kind {
            Kind::Native(native) => Some(native),
            _ => None,
        }
    }

    /// The first check of most item access: structured formats are refused.
    pub(crate) fn refuse_structured(&self) -> Result<(), Error> {
        match self.kind {
            Kind::Structured => Err(Error::UnsupportedFormat { format: self.as_str().into() }),
            _ => Ok(()),
        }
    }

    /// The last check before an item is touched.
    pub(crate) fn item(&self) -> Result<Native, Error> {
        match self.kind {
            Kind::Native(native) => Ok(native),
            Kind::Unknown => Err(Error::UnknownCode { code: self.text.bare().into() }),
            Kind::Structured => Err(Error::UnsupportedFormat { format: self.as_str().into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Version;
    use rstest::rstest;

    fn format(text: &str, minor: u8) -> Format {
        Format::new(text.into(), Profile::new(Version::new(3, minor, 0), Abi::Lp64))
    }

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (position, row) in TABLE.iter().enumerate() {
            assert_eq!(row.native as usize, position);
            assert_eq!(row.native.code(), row.code);
            assert_eq!(row.prefixed, format!("@{}", row.code));
        }
    }

    #[rstest]
    #[case("B", 8, Kind::Native(Native::UnsignedChar))]
    #[case("@i", 8, Kind::Native(Native::Int))]
    #[case("e", 11, Kind::Unknown)]
    #[case("e", 12, Kind::Native(Native::Half))]
    #[case("Zd", 14, Kind::Structured)]
    #[case("Zd", 15, Kind::Native(Native::ComplexDouble))]
    #[case("@Zf", 15, Kind::Native(Native::ComplexFloat))]
    #[case("w", 14, Kind::Unknown)]
    #[case("Z", 14, Kind::Unknown)]
    #[case("Zx", 14, Kind::Structured)]
    #[case("@Zx", 15, Kind::Unknown)]
    #[case("@@", 14, Kind::Unknown)]
    #[case("@", 14, Kind::Structured)]
    #[case("", 14, Kind::Structured)]
    #[case("<B", 14, Kind::Structured)]
    #[case("@@B", 14, Kind::Structured)]
    #[case("1B", 14, Kind::Structured)]
    #[case("é", 14, Kind::Structured)]
    fn formats_are_told_apart(#[case] text: &str, #[case] minor: u8, #[case] kind: Kind) {
        assert_eq!(format(text, minor).kind(), kind);
        assert_eq!(format(text, minor).as_str(), text);
    }

    #[test]
    fn a_c_string_ends_at_its_nul() {
        assert_eq!(format("@B\0é", 13).as_str(), "@B");
        assert_eq!(format("\0", 13).as_str(), "");
    }

    #[test]
    fn texts_are_compared_as_they_are_written() {
        let text = |text: &str| Text::from(text);
        assert_eq!([text("i") == text("i"), text("i") == text("@i"), text("<i") == text("<i")], [true, false, true]);
        assert_ne!(text("i"), text("I"));
    }
}

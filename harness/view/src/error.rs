//! Everything that memoryview raises, with CPython's exact words.
//!
//! An error is a small value; its text is made when somebody asks for it. That keeps a failing operation about as
//! cheap as one that succeeds, which matters to a fuzzer, where most of them fail.

use std::fmt;

use crate::exception::Exception;

/// What an operation raised. `Display` gives the text, [`Error::exception`] the type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The view was released.
    Released,
    /// A new view was asked from the one that `__release_buffer__` got.
    Restricted,
    /// `memoryview(x)`: `x` exports no buffer.
    NotBytesLike {
        /// `type(x).__name__`
        type_name: Box<str>,
    },
    /// The right-hand side of a slice assignment exports no buffer.
    NoBuffer {
        /// `type(x).__name__`
        type_name: Box<str>,
    },
    /// More than 64 dimensions.
    TooManyDimensions,
    /// Item access with a format that is not one character.
    UnsupportedFormat {
        /// As the exporter gave it.
        format: Box<str>,
    },
    /// Item access with a character that memoryview cannot read.
    UnknownCode {
        /// Without `@`.
        code: char,
    },
    /// `m[0]` on a view of two or more dimensions.
    SubViewsOfDimensions,
    /// `m[0,]` with fewer indices than dimensions, or `m[0] = v` with several dimensions.
    SubViews,
    /// `m[a:b, c:d]`
    MultiSlice,
    /// Assignment to a slice of a view that is not one-dimensional.
    SliceAssignment,
    /// A 0-dimensional view was indexed by something else than `()` or `...`.
    ZeroDimIndex,
    /// `len()` of a 0-dimensional view.
    ZeroDimLength,
    /// `index()` on a 0-dimensional view.
    ZeroDimLookup,
    /// `index()` on a view of several dimensions.
    MultiDimLookup,
    /// `index()` found nothing.
    NotFound,
    /// The key is no index, slice or tuple of them.
    InvalidKey,
    /// An index is outside of its dimension.
    OutOfBounds {
        /// Counted from 1.
        dimension: usize,
    },
    /// An index does not fit in `Py_ssize_t`.
    IndexTooLarge {
        /// The type of the index object.
        type_name: Box<str>,
    },
    /// `__index__` gave something that is no int.
    IndexNotInt {
        /// The type of what it gave.
        type_name: Box<str>,
    },
    /// A bound of a slice is no integer, and not None.
    SliceBound,
    /// A bound of `index()` is no integer.
    SearchBound,
    /// `m[::0]`
    ZeroStep,
    /// More indices than dimensions.
    TupleLength {
        /// Dimensions of the view.
        ndim: u32,
        /// Indices in the tuple.
        given: usize,
    },
    /// Writing to a read-only view.
    ReadOnly,
    /// `del m[i]`
    Delete,
    /// Source and destination of a slice assignment differ in format, item size or shape.
    Structure,
    /// The value has the wrong type for the format.
    ItemType {
        /// Without `@`.
        code: &'static str,
    },
    /// The value is out of range for the format.
    ItemValue {
        /// Without `@`.
        code: &'static str,
    },
    /// `cast` of a view that is not C-contiguous.
    CastContiguity,
    /// `cast` of a view with a 0 in its shape or strides.
    CastZeros,
    /// The shape given to `cast` is no list or tuple.
    CastShape,
    /// `cast` from several dimensions to several.
    CastDimensions,
    /// The format given to `cast` is not a native one.
    CastFormat {
        /// Whether the text speaks of a single character, as it did before 3.15.
        single: bool,
    },
    /// `cast` between two formats that are not bytes.
    CastFormats,
    /// `cast` to items that the view does not hold a whole number of.
    CastLength,
    /// An element of the shape is no int.
    CastElement,
    /// An element of the shape does not fit in `Py_ssize_t`.
    CastElementTooLarge,
    /// An element of the shape is 0 or negative.
    CastElementSign,
    /// The shape has more items than can be addressed.
    CastOverflow,
    /// The shape does not cover the buffer exactly.
    CastProduct,
    /// A format with characters outside of ASCII.
    NonAscii {
        /// The first such character.
        character: char,
        /// Its index in the text.
        start: u32,
        /// The index after the last of the run.
        end: u32,
    },
    /// `tobytes(order)` with another order than C, F or A.
    Order,
    /// `hash()` of a writable view.
    HashWritable,
    /// `hash()` of a view whose items are not bytes.
    HashFormat,
    /// `hash()` of an exporter that has none.
    Unhashable {
        /// The exporter's type.
        type_name: Box<str>,
    },
    /// `release()` of a view that others read through.
    Exported {
        /// How many.
        count: usize,
    },
    /// A view does not serve a request.
    Refused(Refusal),
    /// Another exporter does not serve a request.
    ExporterRefused {
        /// The exporter's type, which begins the text.
        type_name: Box<str>,
        /// Why.
        refusal: Refusal,
    },
    /// A read-only exporter without a layout of its own, such as bytes, was asked for a writable buffer.
    NotWritable,
    /// A bytearray would change its size while views exist.
    BytearrayResize,
    /// An array would change its size while views exist.
    ArrayResize,
    /// `x in m` with a 0-dimensional view.
    NotIterable {
        /// Whether the text mentions containers, as it does since 3.14.
        container: bool,
    },
    /// `sep` of `hex()` has no length.
    NoLength {
        /// Its type.
        type_name: Box<str>,
    },
    /// `sep` of `hex()` has more or less than one character.
    SeparatorLength,
    /// `sep` of `hex()` is neither str nor bytes.
    SeparatorType,
    /// `sep` of `hex()` is outside of ASCII.
    SeparatorAscii,
    /// A comparison had to unpack items that are smaller than their format says.
    StructTooShort {
        /// Bytes that the format needs.
        needed: usize,
        /// Bytes in an item.
        given: usize,
    },
    /// PyBUF_READ or PyBUF_WRITE as request flags (3.13 and later).
    BadInternalCall {
        /// The line in `Objects/abstract.c`.
        line: u16,
    },
    /// A C function returned a result although an error was set.
    ResultWithError {
        /// What was called, as in `<built-in function iter>`.
        callee: Box<str>,
    },
    /// A bytearray or array method's own TypeError.
    Type(&'static str),
    /// A TypeError whose text is `before`, a type name, `after`.
    TypeNamed {
        /// The type name.
        type_name: Box<str>,
        /// What surrounds it.
        text: TypeText,
    },
    /// A bytearray or array method's own ValueError.
    Value(&'static str),
    /// A bytearray or array method's own IndexError.
    Index(&'static str),
    /// A conversion's own OverflowError.
    Overflow(&'static str),
    /// `b[::2] = x` with the wrong number of items.
    ExtendedSlice {
        /// `bytes` or `array`.
        what: &'static str,
        /// Items given and wanted; both fit, or the list would not exist.
        sizes: (u32, u32),
    },
    /// More than the model is willing to copy or visit ([`LIMIT`]).
    Memory,
    /// C leaves open what happens.
    Unspecified {
        /// What was about to happen.
        what: &'static str,
    },
    /// Raised by program code, passed on unchanged.
    Raised(Box<Raised>),
}

/// The most bytes or items that one operation copies or visits before it gives up with [`Error::Memory`].
pub const LIMIT: usize = 1 << 26;

const _: () = assert!(size_of::<Error>() <= 24, "errors travel in every result");

/// An exception that came from program code: a conversion, an exporter, a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Its type.
    pub exception: Exception,
    /// `str(exception)`
    pub text: String,
}

/// Why a buffer request was not served (library reference, "Buffer request types").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// WRITABLE, but the memory is read-only.
    NotWritable,
    /// C order is needed, because it was asked for or because no strides were.
    NotC,
    /// F_CONTIGUOUS
    NotFortran,
    /// ANY_CONTIGUOUS
    NotContiguous,
    /// There are suboffsets and INDIRECT was not asked for.
    NeedsSuboffsets,
    /// FORMAT without ND.
    FormatWithoutShape,
}

/// TypeErrors that name a type in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeText {
    /// `'X' object cannot be interpreted as an integer`
    NotInteger,
    /// `an integer is required (got type X)`
    IntegerRequired,
    /// `must be real number, not X`
    NotReal,
}

impl Error {
    /// An exception raised by program code.
    pub fn raised(exception: Exception, text: impl Into<String>) -> Self {
        Error::Raised(Box::new(Raised { exception, text: text.into() }))
    }

    /// C leaves the outcome open, so there is nothing to compare.
    pub fn is_unspecified(&self) -> bool {
        matches!(self, Error::Unspecified { .. })
    }

    /// The type of the exception.
    pub fn exception(&self) -> Exception {
        use Error::*;
        match self {
            NotBytesLike { .. } | NoBuffer { .. } | ZeroDimIndex | ZeroDimLength | ZeroDimLookup | InvalidKey
            | IndexNotInt { .. } | SliceBound | SearchBound | TupleLength { .. } | ReadOnly | Delete
            | ItemType { .. } | CastContiguity | CastZeros | CastShape | CastDimensions | CastFormats | CastLength
            | CastElement | CastProduct | Unhashable { .. } | NotIterable { .. } | NoLength { .. } | SeparatorType
            | Type(_) | TypeNamed { .. } => Exception::TypeError,
            Released | Restricted | TooManyDimensions | NotFound | ZeroStep | Structure | ItemValue { .. }
            | CastFormat { .. } | CastElementSign | CastOverflow | Order | HashWritable | HashFormat
            | SeparatorLength | SeparatorAscii | Value(_) | ExtendedSlice { .. } => Exception::ValueError,
            UnsupportedFormat { .. } | UnknownCode { .. } | SubViewsOfDimensions | SubViews | MultiSlice
            | SliceAssignment | MultiDimLookup => Exception::NotImplementedError,
            OutOfBounds { .. } | IndexTooLarge { .. } | Index(_) => Exception::IndexError,
            Exported { .. } | Refused(_) | ExporterRefused { .. } | NotWritable | BytearrayResize | ArrayResize => {
                Exception::BufferError
            }
            CastElementTooLarge | Overflow(_) => Exception::OverflowError,
            NonAscii { .. } => Exception::UnicodeEncodeError,
            StructTooShort { .. } => Exception::StructError,
            BadInternalCall { .. } | ResultWithError { .. } => Exception::SystemError,
            Memory => Exception::MemoryError,
            Unspecified { .. } => Exception::Unspecified,
            Raised(raised) => raised.exception.clone(),
        }
    }
}

/// `%.200s`: CPython cuts type names in this one message.
fn first_200(name: &str) -> &str {
    let end = (0..=200).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name.get(..end).unwrap_or(name)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Error::*;
        f.write_str(match self {
            Released => "operation forbidden on released memoryview object",
            Restricted => "cannot create new view on restricted memoryview",
            TooManyDimensions => "memoryview: number of dimensions must not exceed 64",
            SubViewsOfDimensions => "multi-dimensional sub-views are not implemented",
            SubViews => "sub-views are not implemented",
            MultiSlice => "multi-dimensional slicing is not implemented",
            SliceAssignment => "memoryview slice assignments are currently restricted to ndim = 1",
            ZeroDimIndex => "invalid indexing of 0-dim memory",
            ZeroDimLength => "0-dim memory has no length",
            ZeroDimLookup => "invalid lookup on 0-dim memory",
            MultiDimLookup => "multi-dimensional lookup is not implemented",
            NotFound => "memoryview.index(x): x not found",
            InvalidKey => "memoryview: invalid slice key",
            SliceBound => "slice indices must be integers or None or have an __index__ method",
            SearchBound => "slice indices must be integers or have an __index__ method",
            ZeroStep => "slice step cannot be zero",
            ReadOnly => "cannot modify read-only memory",
            Delete => "cannot delete memory",
            Structure => "memoryview assignment: lvalue and rvalue have different structures",
            CastContiguity => "memoryview: casts are restricted to C-contiguous views",
            CastZeros => "memoryview: cannot cast view with zeros in shape or strides",
            CastShape => "shape must be a list or a tuple",
            CastDimensions => "memoryview: cast must be 1D -> ND or ND -> 1D",
            CastFormat { single: true } => {
                "memoryview: destination format must be a native single character format prefixed with an optional '@'"
            }
            CastFormat { single: false } => {
                "memoryview: destination format must be a native format prefixed with an optional '@'"
            }
            CastFormats => "memoryview: cannot cast between two non-byte formats",
            CastLength => "memoryview: length is not a multiple of itemsize",
            CastElement => "memoryview.cast(): elements of shape must be integers",
            CastElementTooLarge => "Python int too large to convert to C ssize_t",
            CastElementSign => "memoryview.cast(): elements of shape must be integers > 0",
            CastOverflow => "memoryview.cast(): product(shape) > SSIZE_MAX",
            CastProduct => "memoryview: product(shape) * itemsize != buffer size",
            Order => "order must be 'C', 'F' or 'A'",
            HashWritable => "cannot hash writable memoryview object",
            HashFormat => "memoryview: hashing is restricted to formats 'B', 'b' or 'c'",
            NotWritable => "Object is not writable.",
            BytearrayResize => "Existing exports of data: object cannot be re-sized",
            ArrayResize => "cannot resize an array that is exporting buffers",
            NotIterable { container: false } => "argument of type 'memoryview' is not iterable",
            NotIterable { container: true } => "argument of type 'memoryview' is not a container or iterable",
            SeparatorLength => "sep must be length 1.",
            SeparatorType => "sep must be str or bytes.",
            SeparatorAscii => "sep must be ASCII.",
            Memory => "",
            Type(text) | Value(text) | Index(text) | Overflow(text) | Unspecified { what: text } => text,
            Raised(raised) => &raised.text,
            NotBytesLike { type_name } => {
                let name = first_200(type_name);
                return write!(f, "memoryview: a bytes-like object is required, not '{name}'");
            }
            NoBuffer { type_name } => return write!(f, "a bytes-like object is required, not '{type_name}'"),
            UnsupportedFormat { format } => return write!(f, "memoryview: unsupported format {format}"),
            UnknownCode { code } => return write!(f, "memoryview: format {code} not supported"),
            OutOfBounds { dimension } => return write!(f, "index out of bounds on dimension {dimension}"),
            IndexTooLarge { type_name } => {
                return write!(f, "cannot fit '{type_name}' into an index-sized integer");
            }
            IndexNotInt { type_name } => return write!(f, "__index__ returned non-int (type {type_name})"),
            TupleLength { ndim, given } => {
                return write!(f, "cannot index {ndim}-dimension view with {given}-element tuple");
            }
            ItemType { code } => return write!(f, "memoryview: invalid type for format '{code}'"),
            ItemValue { code } => return write!(f, "memoryview: invalid value for format '{code}'"),
            NonAscii { character, start, end } => return non_ascii(f, *character, *start, *end),
            Unhashable { type_name } => return write!(f, "unhashable type: '{type_name}'"),
            Exported { count } => {
                let plural = if *count == 1 { "" } else { "s" };
                return write!(f, "memoryview has {count} exported buffer{plural}");
            }
            Refused(refusal) => return refusal.of_a_view(f),
            ExporterRefused { type_name, refusal } => return refusal.of(type_name, f),
            NoLength { type_name } => return write!(f, "object of type '{type_name}' has no len()"),
            StructTooShort { needed, given } => {
                return write!(
                    f,
                    "unpack_from requires a buffer of at least {needed} bytes for unpacking {needed} bytes \
                     at offset 0 (actual buffer size is {given})"
                );
            }
            BadInternalCall { line } => {
                return write!(f, "Objects/abstract.c:{line}: bad argument to internal function");
            }
            ResultWithError { callee } => return write!(f, "{callee} returned a result with an exception set"),
            TypeNamed { type_name, text } => {
                return match text {
                    TypeText::NotInteger => write!(f, "'{type_name}' object cannot be interpreted as an integer"),
                    TypeText::IntegerRequired => write!(f, "an integer is required (got type {type_name})"),
                    TypeText::NotReal => write!(f, "must be real number, not {type_name}"),
                };
            }
            ExtendedSlice { what, sizes: (given, wanted) } => {
                return write!(
                    f,
                    "attempt to assign {what} of size {given} to extended slice of size {wanted}"
                );
            }
        })
    }
}

impl std::error::Error for Error {}

/// The words of Python's ascii codec.
fn non_ascii(f: &mut fmt::Formatter<'_>, character: char, start: u32, end: u32) -> fmt::Result {
    f.write_str("'ascii' codec can't encode character")?;
    if end == start + 1 {
        match u32::from(character) {
            code @ 0..0x100 => write!(f, " '\\x{code:02x}'")?,
            code @ 0x100..0x1_0000 => write!(f, " '\\u{code:04x}'")?,
            code => write!(f, " '\\U{code:08x}'")?,
        }
        write!(f, " in position {start}")?;
    } else {
        write!(f, "s in position {start}-{}", end - 1)?;
    }
    f.write_str(": ordinal not in range(128)")
}

impl Refusal {
    fn of_a_view(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::NotWritable => "memoryview: underlying buffer is not writable",
            Refusal::NotC => "memoryview: underlying buffer is not C-contiguous",
            Refusal::NotFortran => "memoryview: underlying buffer is not Fortran contiguous",
            Refusal::NotContiguous => "memoryview: underlying buffer is not contiguous",
            Refusal::NeedsSuboffsets => "memoryview: underlying buffer requires suboffsets",
            Refusal::FormatWithoutShape => "memoryview: cannot cast to unsigned bytes if the format flag is present",
        })
    }

    /// The words that `_testbuffer.ndarray` uses, after the type's name.
    fn of(self, type_name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(type_name)?;
        f.write_str(match self {
            Refusal::NotWritable => " is not writable",
            Refusal::NotC => " is not C-contiguous",
            Refusal::NotFortran => " is not Fortran contiguous",
            Refusal::NotContiguous => " is not contiguous",
            Refusal::NeedsSuboffsets => " cannot be represented without suboffsets",
            Refusal::FormatWithoutShape => ": cannot cast to unsigned bytes if the format flag is present",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case('\u{e9}', 0, 1, "'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)")]
    #[case('\u{e9}', 2, 4, "'ascii' codec can't encode characters in position 2-3: ordinal not in range(128)")]
    #[case('\u{1234}', 0, 1, "'ascii' codec can't encode character '\\u1234' in position 0: ordinal not in range(128)")]
    #[case('\u{12345}', 1, 2, "'ascii' codec can't encode character '\\U00012345' in position 1: ordinal not in range(128)")]
    fn codec_errors_read_as_pythons(#[case] character: char, #[case] start: u32, #[case] end: u32, #[case] text: &str) {
        assert_eq!(Error::NonAscii { character, start, end }.to_string(), text);
    }

    #[test]
    fn only_the_constructor_cuts_type_names() {
        let type_name: Box<str> = "x".repeat(300).into();
        let text = Error::NotBytesLike { type_name: type_name.clone() }.to_string();
        assert_eq!(text, format!("memoryview: a bytes-like object is required, not '{}'", "x".repeat(200)));
        assert!(Error::NoBuffer { type_name }.to_string().len() > 300);
    }

    #[test]
    fn one_export_is_not_plural() {
        assert_eq!(Error::Exported { count: 1 }.to_string(), "memoryview has 1 exported buffer");
        assert_eq!(Error::Exported { count: 2 }.to_string(), "memoryview has 2 exported buffers");
    }
}

//! Everything that memoryview raises, with CPython's exact words: one row an error.
//!
//! An error is a small value; its text is made when somebody asks for it. That keeps a failing operation about as
//! cheap as one that succeeds, which matters to a fuzzer, where most of them fail.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use crate::exception::Exception;

macro_rules! errors {
    ($($exception:ident {
        $($name:ident $({ $($field:ident: $type:ty),+ })? $(($inner:ident: $content:ty))?
            = $text:literal $(, $argument:expr)*;)+
    })+) => {
        /// What an operation raised. `Display` gives the text, [`Error::exception`] the type.
        ///
        /// Type names are those of `tp_name` (`array.array`), format codes are without `@`, dimensions count from 1.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the text says what the fields are")]
        pub enum Error {
            $($(
                #[doc = concat!(stringify!($exception), ": `", $text, "`")]
                $name $({ $($field: $type),+ })? $(($content))?,
            )+)+
            /// An exception that program code raised, passed on unchanged.
            Raised(Box<Raised>),
        }

        impl Error {
            /// The type of the exception.
            pub fn exception(&self) -> Exception {
                match self {
                    $($(Error::$name { .. })|+ => Exception::$exception,)+
                    Error::Raised(raised) => raised.exception.clone(),
                }
            }
        }

        impl fmt::Display for Error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $($(Error::$name $({ $($field),+ })? $(($inner))? => write!(f, $text $(, $argument)*),)+)+
                    Error::Raised(raised) => f.write_str(&raised.text),
                }
            }
        }
    };
}

errors! {
    ValueError {
        Released = "operation forbidden on released memoryview object";
        Restricted = "cannot create new view on restricted memoryview";
        TooManyDimensions = "memoryview: number of dimensions must not exceed 64";
        NotFound = "memoryview.index(x): x not found";
        ZeroStep = "slice step cannot be zero";
        Structure = "memoryview assignment: lvalue and rvalue have different structures";
        ItemValue { code: &'static str } = "memoryview: invalid value for format '{code}'";
        CastFormat { what: Target } =
            "memoryview: destination format must be a native {what} prefixed with an optional '@'";
        CastElementSign = "memoryview.cast(): elements of shape must be integers > 0";
        CastOverflow = "memoryview.cast(): product(shape) > SSIZE_MAX";
        Order = "order must be 'C', 'F' or 'A'";
        HashWritable = "cannot hash writable memoryview object";
        HashFormat = "memoryview: hashing is restricted to formats 'B', 'b' or 'c'";
        SeparatorLength = "sep must be length 1.";
        SeparatorAscii = "sep must be ASCII.";
        ExtendedSlice { what: &'static &'static str, sizes: (u32, u32) } =
            "attempt to assign {what} of size {} to extended slice of size {}", sizes.0, sizes.1;
        Value(text: &'static str) = "{text}";
    }

    TypeError {
        NotBytesLike { type_name: Box<str> } =
            "memoryview: a bytes-like object is required, not '{}'", first_200(type_name);
        NoBuffer { type_name: Box<str> } = "a bytes-like object is required, not '{type_name}'";
        ZeroDimIndex = "invalid indexing of 0-dim memory";
        ZeroDimLength = "0-dim memory has no length";
        ZeroDimLookup = "invalid lookup on 0-dim memory";
        InvalidKey = "memoryview: invalid slice key";
        IndexNotInt { type_name: Box<str> } = "__index__ returned non-int (type {type_name})";
        IndexMustBeInt { names: Box<[Box<str>; 2]> } =
            "{}.__index__() must return an int, not {}", names[0], names[1];
        SliceBound = "slice indices must be integers or None or have an __index__ method";
        Bound = "slice indices must be integers or have an __index__ method";
        TupleLength { ndim: u32, given: usize } = "cannot index {ndim}-dimension view with {given}-element tuple";
        ReadOnly = "cannot modify read-only memory";
        Delete = "cannot delete memory";
        ItemType { code: &'static str } = "memoryview: invalid type for format '{code}'";
        CastContiguity = "memoryview: casts are restricted to C-contiguous views";
        CastZeros = "memoryview: cannot cast view with zeros in shape or strides";
        CastShape = "shape must be a list or a tuple";
        CastDimensions = "memoryview: cast must be 1D -> ND or ND -> 1D";
        CastFormats = "memoryview: cannot cast between two non-byte formats";
        CastLength = "memoryview: length is not a multiple of itemsize";
        CastElement = "memoryview.cast(): elements of shape must be integers";
        CastProduct = "memoryview: product(shape) * itemsize != buffer size";
        Unhashable { type_name: Box<str> } = "unhashable type: '{type_name}'";
        NotIterable { what: Iterable } = "argument of type 'memoryview' is not {what}";
        NoLength { type_name: Box<str> } = "object of type '{type_name}' has no len()";
        SeparatorType = "sep must be str or bytes.";
        NotInteger { type_name: Box<str> } = "'{type_name}' object cannot be interpreted as an integer";
        IntegerRequired { type_name: Box<str> } = "an integer is required (got type {type_name})";
        NotReal { type_name: Box<str> } = "must be real number, not {type_name}";
        Type(text: &'static str) = "{text}";
    }

    IndexError {
        OutOfBounds { dimension: usize } = "index out of bounds on dimension {dimension}";
        IndexTooLarge { type_name: Box<str> } = "cannot fit '{type_name}' into an index-sized integer";
        Index(text: &'static str) = "{text}";
    }

    NotImplementedError {
        UnsupportedFormat { format: Box<str> } = "memoryview: unsupported format {format}";
        UnknownCode { code: Box<str> } = "memoryview: format {code} not supported";
        SubViewsOfDimensions = "multi-dimensional sub-views are not implemented";
        SubViews = "sub-views are not implemented";
        MultiSlice = "multi-dimensional slicing is not implemented";
        SliceAssignment = "memoryview slice assignments are currently restricted to ndim = 1";
        MultiDimLookup = "multi-dimensional lookup is not implemented";
    }

    BufferError {
        Exported { count: usize } = "memoryview has {count} exported buffer{}", if *count == 1 { "" } else { "s" };
        Refused(refusal: Refusal) = "memoryview{}", refusal.of_a_view();
        ExporterRefused { type_name: Box<str>, refusal: Refusal } = "{type_name}{}", refusal.of_ndarray();
        NotWritable = "Object is not writable.";
        NotWritableMemory = "underlying buffer is not writable";
        NotContiguousMemory = "writable contiguous buffer requested for a non-contiguous object.";
        BytearrayResize = "Existing exports of data: object cannot be re-sized";
        ArrayResize = "cannot resize an array that is exporting buffers";
    }

    OverflowError {
        CastElementTooLarge = "Python int too large to convert to C ssize_t";
        Overflow(text: &'static str) = "{text}";
    }

    UnicodeEncodeError {
        NonAscii { character: char, start: u32, end: u32 } =
            "'ascii' codec can't encode character{}: ordinal not in range(128)", Span(*character, *start, *end);
    }

    StructError {
        StructTooShort { needed: usize, given: usize } = "unpack_from requires a buffer of at least {needed} bytes \
            for unpacking {needed} bytes at offset 0 (actual buffer size is {given})";
        Struct(text: &'static str) = "{text}";
    }

    SystemError {
        BadInternalCall = "...: bad argument to internal function";
        ResultWithError { callee: Box<str> } = "{callee} returned a result with an exception set";
    }

    MemoryError {
        Memory = "";
    }

    Unspecified {
        Unspecified { what: &'static str } = "{what}";
    }
}

/// The most bytes or items that one operation copies or visits before it gives up with [`Error::Memory`].
pub const LIMIT: usize = 1 << 26;

/// Why an object of more than [`LIMIT`] bytes is not made: nobody has that much memory, or somebody may have it.
pub fn too_large(bytes: usize) -> Error {
    match bytes.checked_ilog2() {
        Some(0..47) => Error::Unspecified { what: "the machine decides whether there is enough memory" },
        _ => Error::Memory,
    }
}

const _: () = assert!(size_of::<Error>() <= 24, "errors travel in every result");

/// An exception that came from program code: a conversion, an exporter, a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Its type.
    pub exception: Exception,
    /// `str(exception)`
    pub text: String,
    /// The exception itself, where it has been one already.
    pub object: Passed,
}

/// An object that is passed on, and which nothing here looks at: it makes no difference between two errors.
#[derive(Clone, Default)]
pub struct Passed(pub Option<Rc<dyn Any>>);

impl PartialEq for Passed {
    fn eq(&self, _: &Passed) -> bool {
        true
    }
}

impl Eq for Passed {}

impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "an object" } else { "no object" })
    }
}

impl Error {
    /// An exception raised by program code.
    pub fn raised(exception: Exception, text: impl Into<String>) -> Self {
        Error::Raised(Box::new(Raised { exception, text: text.into(), object: Passed::default() }))
    }

    /// A TypeError whose words are made for the occasion.
    pub fn type_error(text: impl Into<String>) -> Self {
        Error::raised(Exception::TypeError, text)
    }

    /// C leaves the outcome open, so there is nothing to compare.
    pub fn is_unspecified(&self) -> bool {
        self.exception() == Exception::Unspecified
    }
}

impl std::error::Error for Error {}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$inner])* $variant,)+ }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $($name::$variant => $text,)+ })
            }
        }
    };
}

words! {
    /// What `cast` says that it can cast to.
    Target {
        /// Until 3.14.
        Character "single character format",
        /// Since there are `Zf` and `Zd`.
        Format "format",
    }
}

words! {
    /// What `in` says that a 0-dimensional view is not.
    Iterable {
        /// Until 3.13.
        Iterable "iterable",
        /// Since 3.14.
        Container "a container or iterable",
    }
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

impl Refusal {
    fn of_a_view(self) -> &'static str {
        match self {
            Refusal::NotWritable => ": underlying buffer is not writable",
            Refusal::NotC => ": underlying buffer is not C-contiguous",
            Refusal::NotFortran => ": underlying buffer is not Fortran contiguous",
            Refusal::NotContiguous => ": underlying buffer is not contiguous",
            Refusal::NeedsSuboffsets => ": underlying buffer requires suboffsets",
            Refusal::FormatWithoutShape => ": cannot cast to unsigned bytes if the format flag is present",
        }
    }

    /// The words of `_testbuffer.ndarray`.
    fn of_ndarray(self) -> &'static str {
        match self {
            Refusal::NotWritable => " is not writable",
            Refusal::NotC => " is not C-contiguous",
            Refusal::NotFortran => " is not Fortran contiguous",
            Refusal::NotContiguous => " is not contiguous",
            Refusal::NeedsSuboffsets => " cannot be represented without suboffsets",
            Refusal::FormatWithoutShape => self.of_a_view(),
        }
    }
}

/// `%.200s`: CPython cuts type names in this one message.
fn first_200(name: &str) -> &str {
    let end = (0..=200).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name.get(..end).unwrap_or(name)
}

/// The characters that Python's ascii codec could not encode: the first one, its index, the index after the last.
struct Span(char, u32, u32);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span(character, start, end) = *self;
        match u32::from(character) {
            _ if end != start + 1 => write!(f, "s in position {start}-{}", end.saturating_sub(1)),
            code @ 0..0x100 => write!(f, " '\\x{code:02x}' in position {start}"),
            code @ 0x100..0x1_0000 => write!(f, " '\\u{code:04x}' in position {start}"),
            code => write!(f, " '\\U{code:08x}' in position {start}"),
        }
    }
}

/// The error that Python's ascii codec makes of the first run of characters that it cannot encode.
pub(crate) fn first_non_ascii(text: &str) -> Option<Error> {
    let (start, character) = text.chars().enumerate().find(|(_, character)| !character.is_ascii())?;
    let run = text.chars().skip(start).take_while(|character| !character.is_ascii()).count();
    Some(Error::NonAscii { character, start: start as u32, end: (start + run) as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case('\u{e9}', 0, 1, " '\\xe9' in position 0")]
    #[case('\u{e9}', 2, 4, "s in position 2-3")]
    #[case('\u{1234}', 0, 1, " '\\u1234' in position 0")]
    #[case('\u{12345}', 1, 2, " '\\U00012345' in position 1")]
    fn codec_errors_read_as_pythons(#[case] character: char, #[case] start: u32, #[case] end: u32, #[case] text: &str) {
        let expected = format!("'ascii' codec can't encode character{text}: ordinal not in range(128)");
        assert_eq!(Error::NonAscii { character, start, end }.to_string(), expected);
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

    #[test]
    fn only_what_nobody_has_is_sure_to_be_too_large() {
        for (bytes, unspecified) in [(LIMIT + 1, true), ((1 << 47) - 1, true), (1 << 47, false), (usize::MAX, false)] {
            assert_eq!(too_large(bytes).is_unspecified(), unspecified, "{bytes}");
        }
    }

    #[test]
    fn exporters_refuse_in_their_own_words() {
        let text = |refusal| Error::ExporterRefused { type_name: "ndarray".into(), refusal }.to_string();
        assert_eq!(text(Refusal::NotC), "ndarray is not C-contiguous");
        let both = ": cannot cast to unsigned bytes if the format flag is present";
        assert_eq!(text(Refusal::FormatWithoutShape), format!("ndarray{both}"));
        assert_eq!(Error::Refused(Refusal::FormatWithoutShape).to_string(), format!("memoryview{both}"));
    }
}

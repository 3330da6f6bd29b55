//! What an implementation can lack beside names: a row each, with a program that shows whether it is there.
//!
//! The comment of a row says where MicroPython documents the lack (pages of docs.micropython.org/en/latest), or with which
//! error it says itself that it does not implement the thing.

use program::{Kind, Operation, Value};
use python::Object;
use python::object::Slice;
use view::Exception;

/// A feature of Python.
pub struct Feature {
    /// Its name in reports, as a noun phrase.
    pub name: &'static str,
    /// The steps of a program that show whether it is there.
    pub steps: &'static [&'static str],
    /// What the last step raises if it is there.
    pub raises: Option<&'static str>,
    /// The operations that are of no use without it.
    pub kinds: &'static [Kind],
    /// Whether an operation needs it.
    pub needed: fn(&Use<'_>) -> bool,
}

/// An operation that the reference has performed.
pub struct Use<'a> {
    pub operation: &'a Operation,
    pub operands: &'a [Object],
    /// What it raised, if anything.
    pub raised: Option<Exception>,
}

impl Use<'_> {
    fn is(&self, kinds: &[Kind]) -> bool {
        kinds.contains(&self.operation.kind)
    }

    /// Whether the type of an operand is one of these.
    fn takes(&self, index: usize, types: &[&str]) -> bool {
        self.operands.get(index).is_some_and(|operand| types.contains(&operand.class()))
    }

    fn raised(&self, exceptions: &[Exception]) -> bool {
        self.raised.as_ref().is_some_and(|raised| exceptions.contains(raised))
    }

    /// Whether the key of a subscript is a slice.
    fn slice(&self) -> Option<&[Object; 3]> {
        match self.operands.get(1) {
            Some(Object::Slice(Slice(parts))) => Some(parts),
            _ => None,
        }
    }

    /// The constant that is the first operand, if it is a str.
    fn text(&self) -> Option<&str> {
        match self.operation.operands.first() {
            Some(program::Operand::Value(Value::Str(text))) => Some(text),
            _ => None,
        }
    }
}

/// The format of the items of an object, if it is an array of any kind.
fn format_of(object: &Object) -> Option<String> {
    match object {
        Object::Bytes(_) | Object::Bytearray(_) => Some("B".to_owned()),
        Object::Array(array) => Some(array.code().to_string()),
        Object::View(view) => view.format().ok().map(|format| format.to_string()),
        _ => None,
    }
}

pub(super) const SUBSCRIPTS: &[Kind] = &[Kind::Get, Kind::Set, Kind::Delete, Kind::Hold];
/// `slice(0, 1)`
pub(super) const SLICES: &str = "calls of `slice`";
const ARRAYS: &[&str] = &["memoryview", "bytearray", "array.array"];
/// What resizes its receiver.
const RESIZING: &[Kind] = &[
    Kind::Append,
    Kind::Extend,
    Kind::Insert,
    Kind::Pop,
    Kind::Remove,
    Kind::Clear,
    Kind::FromBytes,
    Kind::InPlaceAdd,
    Kind::InPlaceMultiply,
];
/// The functions whose keyword arguments are documented in every implementation.
const WITH_KEYWORDS: &[Kind] = &[Kind::Print, Kind::Sorted, Kind::Max, Kind::Min];

/// The names of features that a generator of programs knows.
pub mod known {
    /// `view[::2]`
    pub const STEPS: &str = "slices with a step";
    /// `view.hex(sep=':')`
    pub const KEYWORDS: &str = "keyword arguments of built-in functions";
    /// `view.hex(':', 2)`
    pub const GROUPS: &str = "groups of `hex`";
    /// `data[0:1] = [1]`
    pub const SOURCES: &str = "slice assignment from other objects than buffers";
    /// `array.array('b') == array.array('h')`
    pub const FORMATS: &str = "comparisons between different formats";
    /// `view[0,]`
    pub const TUPLES: &str = "tuples as keys of memoryviews";
    /// `view[0] = 256` raises an exception.
    pub const RANGES: &str = "checks that an item fits its format";
}

pub const FEATURES: &[Feature] = &[
    Feature {
        // genrst/builtin_types.html: memoryview can become invalid if its target is resized
        name: "exports that lock an object's size",
        steps: &["data = bytearray(b'ab')", "view = memoryview(data)", "data.append(0)"],
        raises: Some("BufferError"),
        kinds: RESIZING,
        needed: |used| used.raised(&[Exception::BufferError]),
    },
    Feature {
        // genrst/builtin_types.html: bytes subscription with step != 1; modules.html: array subscript
        name: known::STEPS,
        steps: &["data = bytearray(b'abc')", "data[::2]", "memoryview(data)[::2]"],
        raises: None,
        kinds: &[],
        needed: |used| {
            let is_step = |step: &Object| !matches!(step, Object::None) && !step.as_size().is_ok_and(|step| step == 1);
            used.is(SUBSCRIPTS)
                && used.takes(0, &["memoryview", "bytearray", "array.array", "bytes", "str", "tuple"])
                && used.slice().is_some_and(|[_, _, step]| is_step(step))
        },
    },
    Feature {
        // genrst/modules.html: array deletion not implemented
        name: "deletion of items of a bytearray or an array",
        steps: &["data = bytearray(b'abc')", "del data[0]"],
        raises: None,
        kinds: &[Kind::Delete],
        needed: |used| used.is(&[Kind::Delete]) && used.takes(0, &["bytearray", "array.array"]),
    },
    Feature {
        // genrst/modules.html: array, overflow checking is not implemented
        name: known::RANGES,
        steps: &["import array", "data = array.array('B', b'abc')", "memoryview(data)[0] = 256"],
        raises: Some("ValueError"),
        kinds: &[],
        needed: |used| {
            let writes = used.is(&[Kind::Set]) && used.takes(0, ARRAYS) && used.slice().is_none()
                || used.is(&[Kind::Append, Kind::Insert, Kind::Extend]);
            let range = [Exception::OverflowError, Exception::ValueError];
            writes && used.raised(&range) || used.is(&[Kind::NewArray]) && used.raised(&range[..1])
        },
    },
    Feature {
        // genrst/builtin_types.html: bytes() with keywords not implemented; str(...) with keywords
        name: known::KEYWORDS,
        steps: &["b'abc'.hex(sep=':')"],
        raises: None,
        kinds: &[],
        needed: |used| {
            let kind = used.operation.kind;
            used.operation.keyword_count() > 0 && kind.extension().is_none() && !WITH_KEYWORDS.contains(&kind)
        },
    },
    Feature {
        // genrst/builtin_types.html: bytearray, slice assignment with unsupported RHS
        name: known::SOURCES,
        steps: &["data = bytearray(b'abc')", "data[0:1] = [1]"],
        raises: None,
        kinds: &[],
        needed: |used| {
            let buffers = ["memoryview", "bytearray", "array.array", "bytes"];
            used.is(&[Kind::Set]) && used.takes(0, ARRAYS) && used.slice().is_some() && !used.takes(2, &buffers)
        },
    },
    Feature {
        // genrst/modules.html: array, comparison between different typecodes not supported
        name: known::FORMATS,
        steps: &["import array", "array.array('b', [1]) == array.array('h', [1])"],
        raises: None,
        kinds: &[],
        needed: |used| {
            let is_comparison =
                matches!(used.operation.kind, Kind::Eq | Kind::Ne | Kind::Lt | Kind::Le | Kind::Gt | Kind::Ge);
            let formats = [0, 1].map(|index| used.operands.get(index).and_then(format_of));
            is_comparison && matches!(formats, [Some(left), Some(right)] if left != right)
        },
    },
    Feature {
        // genrst/modules.html: array, looking for integer not implemented
        name: "searches for ints in arrays",
        steps: &["1 in bytearray(b'abc')"],
        raises: None,
        kinds: &[Kind::In, Kind::NotIn],
        needed: |used| {
            used.is(&[Kind::In, Kind::NotIn])
                && used.takes(1, ARRAYS)
                && used.operands.first().is_some_and(|item| item.as_int().is_some())
        },
    },
    Feature {
        // It says: TypeError: memoryview indices must be integers, not tuple
        name: known::TUPLES,
        steps: &["memoryview(b'abc')[(1,)]"],
        raises: None,
        kinds: &[],
        needed: |used| {
            let is_tuple = matches!(used.operands.get(1), Some(Object::Tuple(_)));
            used.is(SUBSCRIPTS) && used.takes(0, &["memoryview"]) && is_tuple
        },
    },
    Feature {
        // It says: TypeError: unsupported type for __hash__: 'memoryview'
        name: "hashes of memoryviews",
        steps: &["hash(memoryview(b'abc'))"],
        raises: None,
        kinds: &[Kind::Hash],
        needed: |used| used.is(&[Kind::Hash]) && used.takes(0, &["memoryview"]),
    },
    Feature {
        // It says: TypeError: unsupported types for __mul__: 'bytearray', 'int'
        name: "repetition of bytearrays and arrays",
        steps: &["data = bytearray(b'abc')", "data *= 2"],
        raises: None,
        kinds: &[Kind::InPlaceMultiply],
        needed: |used| {
            let arrays = ["bytearray", "array.array"];
            used.is(&[Kind::Multiply, Kind::InPlaceMultiply]) && (used.takes(0, &arrays) || used.takes(1, &arrays))
        },
    },
    Feature {
        // It says: TypeError: function expected at most 2 arguments, got 3
        name: known::GROUPS,
        steps: &["b'abc'.hex(':', 2)"],
        raises: None,
        kinds: &[],
        needed: |used| used.is(&[Kind::Hex]) && used.operands.len() > 2,
    },
    Feature {
        // It says: TypeError: can't create 'slice' instances
        name: SLICES,
        steps: &["b'abc' == slice(0, 1, None)"],
        raises: None,
        kinds: &[],
        needed: |used| {
            let is_slice = |(index, operand): (usize, &Object)| {
                matches!(operand, Object::Slice(_)) && !(index == 1 && used.is(SUBSCRIPTS))
            };
            used.operands.iter().enumerate().any(is_slice)
        },
    },
    Feature {
        // library/array.html: the supported format codes
        name: "arrays of characters",
        steps: &["import array", "array.array('u', 'abc')"],
        raises: None,
        kinds: &[],
        needed: |used| used.is(&[Kind::NewArray]) && matches!(used.text(), Some("u" | "w")),
    },
];

//! The built-in types, one file each, and their constructors.
//!
//! To add a type, add its file with an implementation of [`Type`](crate::object::Type), and a line in [`constructor`].

pub(crate) mod alias;
pub(crate) mod answers;
pub(crate) mod array;
pub(crate) mod bytearray;
pub(crate) mod bytes;
mod bytesio;
mod class;
pub(crate) mod codecs;
mod described;
mod dict;
pub mod exception;
pub mod function;
pub(crate) mod hash;
pub mod hook;
pub mod instance;
pub mod iterator;
mod list;
pub(crate) mod memoryview;
pub(crate) mod method;
pub(crate) mod mmap;
mod number;
pub(crate) mod numpy;
mod range;
mod searches;
mod sequence;
mod str;
pub(crate) mod structs;
mod texts;
pub(crate) mod weakref;
mod zipped;

use crate::context::Python;
use crate::object::{Call, Outcome};
use program::Kind;

/// A function that creates an object from the arguments of a call.
type Constructor = fn(&Python, &Call<'_>) -> Outcome;

/// Returns the constructor that an operation calls: that of its row, otherwise the one with the path of the type.
pub(crate) fn constructor(kind: Kind, path: &str) -> Option<Constructor> {
    Some(match (kind, path) {
        (Kind::NewView, _) => memoryview::new,
        (Kind::NewBytes, _) => bytes::new,
        (Kind::NewBytearray, _) => bytearray::new,
        (Kind::NewArray, _) => array::new,
        (Kind::NewNumpy, _) => numpy::new,
        (Kind::NewExporter, _) => described::new,
        (Kind::NewHook, _) => hook::new,
        (Kind::NewMmap, _) => mmap::new,
        (Kind::NewStruct, _) => structs::new,
        (Kind::Zip, _) => zipped::zip,
        (Kind::Enumerate, _) => zipped::enumerate,
        (Kind::AnyCall, "dict") => dict::new,
        (Kind::AnyCall, "range") => range::new,
        (Kind::AnyCall, class) if exception::is_class(class) => exception::new,
        (Kind::AnyCall, "io.BytesIO") => bytesio::new,
        (Kind::AnyCall, "weakref.ref") => weakref::new,
        _ => return None,
    })
}

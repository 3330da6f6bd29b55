//! What Python's `memoryview` does, version by version, written to be read.
//!
//! The library reference describes memoryview for its users; this crate says what it does in every case: with which
//! error an operation fails when two would fit, what happens when `__index__` releases the view it indexes, whether an
//! empty slice is contiguous. It is an executable specification: safe Rust, no Python, no input or output, one subject
//! a file.
//!
//! ```
//! use python::exporters::Bytearray;
//! use view::{Abi, Got, Item, Key, Profile, Slice, Version, View};
//!
//! let python = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
//! let data = Bytearray::new(b"abcdefgh".to_vec());
//! let whole = View::new(data.clone(), python)?;
//!
//! // part = whole[2:6]; part[0] = 90
//! let slice = Slice { start: Some(&2_i64), stop: Some(&6_i64), step: None };
//! let Got::View(part) = whole.get(&Key::Slice(slice))? else { unreachable!() };
//! part.set(&Key::Object(&0_i64), &90_i64)?;
//! assert_eq!(data.to_vec(), b"abZdefgh");
//!
//! // part[9]
//! let error = part.get(&Key::Object(&9_i64)).unwrap_err();
//! assert_eq!(error.exception().name(), "IndexError");
//! assert_eq!(error.to_string(), "index out of bounds on dimension 1");
//!
//! // data.append(33) while views exist
//! assert_eq!(data.append(&33_i64).unwrap_err().exception().name(), "BufferError");
//! # Ok::<(), view::Error>(())
//! ```
//!
//! # Where to read what
//!
//! | question | module |
//! |---|---|
//! | What differs between versions? | [`changes`](mod@changes) |
//! | Which bytes does a view cover? | [`layout`] |
//! | Which formats can be read and written, and how? | [`mod@format`], and `pack.rs` for the conversions |
//! | In which order are errors checked? | the methods of [`View`], one file an operation |
//! | When may an exporter be resized? | [`View`] and [`buffer`] |
//! | What does an exporter have to do? | [`exporter`] |
//! | What is an operand? | [`Object`] |
//!
//! # Shared objects and program code
//!
//! Exporters and views are shared (`Rc`) and change through cells. A conversion of an operand may run program code that
//! releases the view or resizes the exporter in the middle of an operation, as in Python. No borrow is ever held while
//! that happens; where CPython would touch memory that is gone, and where it reads past the exporter's memory because a
//! layout says so, the result is [`Error::Unspecified`].

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod arguments;
pub mod buffer;
pub mod changes;
pub mod error;
pub mod exception;
pub mod exporter;
pub mod flags;
pub mod format;
pub mod int;
pub mod item;
pub mod key;
pub mod layout;
pub mod object;
mod pack;
pub mod structs;
pub mod version;
mod view;
pub mod watchers;

pub use arguments::{ATTRIBUTES, Arguments, Method, Returned, Signature, Special};
pub use buffer::{Buffer, BufferExport};
pub use changes::Change;
pub use error::{Error, LIMIT, Passed, Raised, Refusal, too_large};
pub use exception::Exception;
pub use exporter::{Bytes, Described, Description, Export, ExportGuard, Exporter, Form, Hasher, native_size};
pub use flags::Flags;
pub use format::{Format, Kind, Native, Text};
pub use int::Int;
pub use item::{Item, Nested};
pub use key::{Bounds, Indices, Key, Slice, search_bound};
pub use layout::{Contiguity, Dims, Layout};
pub use object::Object;
pub use pack::Wide;
pub use version::{Abi, NEWEST, Profile, Version};
pub use view::{CastShape, Got, Order, View, ViewExport, ViewIter, hash_bytes, packed};
pub use watchers::{Watcher, Watchers};

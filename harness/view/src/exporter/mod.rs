//! Objects with memory: the trait, what an export consists of, and the exporters that come with the model.
//!
//! An exporter answers a request with an [`Export`], which is Python's `Py_buffer`: where the memory is and how it is
//! laid out, as far as the consumer asked. Dropping the export ends it. Adding an exporter takes one file
//! with one implementation of [`Exporter`].

mod bytes;
mod described;
mod description;

use std::any::Any;
use std::fmt;
use std::rc::Rc;

pub use bytes::Bytes;
pub(crate) use described::refusal;
pub use described::{Described, Hasher};
pub use description::{Description, Form, native_size};

use crate::buffer::{Buffer, BufferExport};
use crate::error::Error;
use crate::flags::Flags;
use crate::format::{Native, Text};
use crate::layout::{Dims, Layout, packed_strides};
use crate::version::Abi;
use crate::view::ViewExport;
use crate::watchers::Watchers;

/// An object with the buffer protocol. Its methods may run program code.
pub trait Exporter: Any {
    /// Serves a request, or fails as `__buffer__` would.
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error>;

    /// Called once when an export ends, before it is dropped: `__release_buffer__`.
    fn released(&self, _export: &Export) {}

    /// Whether it owns the text of its format, which is freed with it. Those of Python's own exporters are literals.
    fn owns_format(&self) -> bool {
        false
    }

    /// `hash(x)`, of which memoryview only wants to know whether it fails.
    fn hash(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The memory, for observers; `None` if the object only passes on that of others.
    fn buffer(&self) -> Option<&Rc<Buffer>>;

    /// The weak references to it; `None` for an object that can have none.
    fn watchers(&self) -> Option<&Watchers> {
        None
    }

    /// The object that it is, in the embedder's own terms; `None` for the exporters that come with the model.
    fn object(self: Rc<Self>) -> Option<Box<dyn Any>> {
        None
    }

    /// For embedders, to get their own type back.
    fn as_any(&self) -> &dyn Any;
}

/// Memory as a consumer sees it. What was not asked for is `None`, and means what PEP 3118 says it means.
pub struct Export {
    /// The memory.
    pub memory: Rc<Buffer>,
    /// Address of the first item.
    pub offset: isize,
    /// Bytes that a packed copy takes.
    pub length: isize,
    /// Bytes of an item; the true one, even if the format is not given.
    pub itemsize: isize,
    /// Whether writing is forbidden.
    pub readonly: bool,
    /// Number of dimensions; 1 if there is no shape.
    pub ndim: usize,
    /// `None` means unsigned bytes.
    pub format: Option<Text>,
    /// `None` means one dimension of `length / itemsize` items, or none if `ndim` is 0.
    pub shape: Option<Dims>,
    /// `None` means C order.
    pub strides: Option<Dims>,
    /// `None` means that there are no pointers.
    pub suboffsets: Option<Dims>,
    /// Ends the export when it is dropped.
    pub guard: ExportGuard,
}

/// Counts an export until it is dropped, and says what the exporter may not do until then.
pub enum ExportGuard {
    /// The memory may not be resized.
    Buffer(#[allow(dead_code, reason = "held for its drop")] BufferExport),
    /// A view may not be released.
    View(ViewExport),
    /// Whatever else the exporter needs, typically the export that it passes on.
    Other(Box<dyn Any>),
}

impl Export {
    /// One dimension of packed items that fill `memory`: bytes, bytearray, array, mmap.
    pub fn flat(memory: &Rc<Buffer>, format: Text, itemsize: isize, readonly: bool, flags: Flags) -> Self {
        let length = isize::try_from(memory.len()).unwrap_or(isize::MAX);
        let items = length.checked_div(itemsize).unwrap_or(0);
        Export {
            memory: memory.clone(),
            offset: 0,
            length,
            itemsize,
            readonly,
            ndim: 1,
            format: flags.has(Flags::FORMAT).then_some(format),
            shape: flags.has(Flags::ND).then(|| Dims::from_slice(&[items])),
            strides: flags.has(Flags::STRIDES).then(|| Dims::from_slice(&[itemsize])),
            suboffsets: None,
            guard: ExportGuard::Buffer(BufferExport::new(memory)),
        }
    }

    /// The geometry, with what the exporter left out filled in as memoryview does (measured).
    ///
    /// [`Error::Unspecified`] for what no exporter may report: negative sizes, lists of different lengths.
    pub fn layout(&self, abi: Abi) -> Result<Layout, Error> {
        if self.itemsize < 0 || self.length < 0 {
            return Err(Error::Unspecified {
                what: "the exporter reported a negative size, which the buffer protocol forbids",
            });
        }
        let shape = match &self.shape {
            Some(shape) => Dims::from_slice(shape),
            None if self.ndim == 0 => Dims::new(),
            None => match self.length.checked_div(self.itemsize) {
                Some(items) => Dims::from_slice(&[items]),
                None => {
                    return Err(Error::Unspecified {
                        what: "the exporter reported items of size 0 without a shape, so their number is unknown",
                    });
                }
            },
        };
        let strides = match &self.strides {
            Some(strides) => Dims::from_slice(strides),
            None => packed_strides(&shape, self.itemsize, abi),
        };
        Layout::new(self.offset, shape, strides, Dims::from_slice(self.suboffsets.as_deref().unwrap_or_default()), abi)
    }

    /// The format, `B` if the exporter gave none.
    pub fn format_or_bytes(&self) -> Text {
        self.format.clone().unwrap_or(Text::native(Native::UnsignedChar))
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("offset", &self.offset)
            .field("length", &self.length)
            .field("itemsize", &self.itemsize)
            .field("readonly", &self.readonly)
            .field("ndim", &self.ndim)
            .field("format", &self.format)
            .field("shape", &self.shape)
            .field("strides", &self.strides)
            .field("suboffsets", &self.suboffsets)
            .finish_non_exhaustive()
    }
}

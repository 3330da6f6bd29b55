//! `io.BytesIO`: a stream of bytes in memory, which exports its buffer through `getbuffer` and can't be resized while
//! it does.
//!
//! The position may lie beyond the end; a write there fills the gap with zeros. The rules and error texts were measured
//! on Python 3.8 to 3.15.

mod buffer;
mod methods;

use crate::buffers::{export_of, raw};
use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, value_error};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use view::arguments::Named;
use view::{Buffer, Bytes, Error, Export, Exporter, Flags, Signature, Watchers};

const CLASS: &str = "_io.BytesIO";

/// A `BytesIO` object.
pub(crate) struct BytesIo {
    memory: Rc<Buffer>,
    position: Cell<usize>,
    is_closed: Cell<bool>,
    /// The bytes object that the stream shares with `getvalue` or its initial value, until it is written to.
    shared: RefCell<Option<Rc<Bytes>>>,
    /// Whether the stream was emptied while its buffer was exported, so that the memory is still allocated.
    is_emptied: Cell<bool>,
    /// The contents of `__dict__`.
    attributes: RefCell<Vec<(Rc<str>, Object)>>,
    watchers: Watchers,
    /// Whether `BytesIO` is a heap type in this version. A heap type has sequence slots, which changes the text of some
    /// errors.
    is_heap_type: bool,
}

/// The parameters of `BytesIO`.
const BYTES_IO: Signature =
    Signature { name: "BytesIO", parameters: &["initial_bytes"], required: 0, named: Named::Always };

/// `io.BytesIO(initial_bytes)`
pub(super) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    let [initial] = BYTES_IO.bind(call.arguments, python.view_profile())?;
    let (content, shared) = match initial {
        None | Some(Object::None) => (Vec::new(), None),
        Some(Object::Bytes(bytes)) => (bytes.to_vec(), Some(bytes.clone())),
        Some(other) => (bytes_of(other)?, None),
    };
    Ok(Object::instance(BytesIo {
        memory: Buffer::new(content),
        position: Cell::new(0),
        is_closed: Cell::new(false),
        shared: RefCell::new(shared),
        is_emptied: Cell::new(false),
        attributes: RefCell::default(),
        watchers: Watchers::default(),
        is_heap_type: python.has(Change::BytesioHeapType),
    }))
}

/// Returns the bytes of a C-contiguous buffer of any format and shape.
fn bytes_of(object: &Object) -> Result<Vec<u8>, Error> {
    if let Some(content) = raw(object) {
        return Ok(content);
    }
    let export = export_of(object, Flags::ND)?;
    export.memory.look(export.offset, export.length.unsigned_abs(), <[u8]>::to_vec)
}

impl BytesIo {
    /// Raises ValueError if the stream is closed.
    fn check_open(&self) -> Result<(), Error> {
        match self.is_closed.get() {
            true => Err(value_error("I/O operation on closed file.")),
            false => Ok(()),
        }
    }

    /// Raises BufferError if the buffer is exported.
    fn check_exports(&self) -> Result<(), Error> {
        let is_emptied = self.is_emptied.get();
        self.memory
            .resize(Error::BytearrayResize, |content| content.truncate(if is_emptied { 0 } else { usize::MAX }))?;
        self.is_emptied.set(false);
        Ok(())
    }

    /// Returns the value of the stream.
    fn content(&self) -> Vec<u8> {
        if self.is_emptied.get() { Vec::new() } else { self.memory.to_vec() }
    }

    /// Closes the stream.
    fn close(&self) -> Result<(), Error> {
        self.memory.resize(Error::BytearrayResize, Vec::clear)?;
        self.is_closed.set(true);
        Ok(())
    }

    /// Returns the bytes from the position to the end.
    fn rest(&self) -> Vec<u8> {
        let mut content = self.content();
        content.split_off(self.position.get().min(content.len()))
    }

    /// Reads up to `size` bytes and advances the position; reads to the end if `size` is `None` (`read_bytes`).
    fn take(&self, size: Option<usize>) -> Object {
        let mut rest = self.rest();
        rest.truncate(size.unwrap_or(rest.len()));
        let is_all = self.position.get() == 0 && rest.len() == self.memory.len();
        self.position.set(self.position.get() + rest.len());
        match &*self.shared.borrow() {
            Some(shared) if is_all && self.memory.exports() == 0 => Object::Bytes(shared.clone()),
            _ => Object::bytes(rest),
        }
    }

    /// Reads a line, or up to `size` bytes of it.
    fn line(&self, size: Option<usize>) -> Object {
        let rest = self.rest();
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.take(Some(size.unwrap_or(end).min(end)))
    }

    /// Writes at the position and advances it (`write_bytes`). The caller has checked that the buffer is not exported.
    fn put(&self, python: &Python, content: &[u8]) -> Result<(), Stop> {
        let start = self.position.get();
        let end = start.checked_add(content.len()).filter(|end| *end <= python.profile().abi().ssize_max() as usize);
        let end = end.ok_or_else(|| crate::stop::overflow_error("new buffer size too large"))?;
        if content.is_empty() {
            return Ok(());
        }
        if end > view::LIMIT >> 6 {
            return Err(Stop::unsupported("`BytesIO` of more than a million bytes"));
        }
        self.shared.take();
        self.memory.resize(Error::BytearrayResize, |bytes| bytes.resize(bytes.len().max(end), 0))?;
        self.memory.write(start as isize, content)?;
        self.position.set(end);
        Ok(())
    }
}

/// A stream does not export a buffer itself. It implements this trait because weak references refer to exporters.
impl Exporter for BytesIo {
    fn export(self: Rc<Self>, _: Flags) -> Result<Export, Error> {
        Err(Error::NoBuffer { type_name: CLASS.into() })
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        None
    }

    fn watchers(&self) -> Option<&Watchers> {
        Some(&self.watchers)
    }

    fn object(self: Rc<Self>) -> Option<Box<dyn Any>> {
        Some(Box::new(Object::Instance(self)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for BytesIo {
    fn class(&self) -> &str {
        CLASS
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("io.BytesIO")
    }

    fn is_sequence(&self) -> bool {
        self.is_heap_type
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        methods::call(self, python, this, call)
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "closed" => Ok(Object::Bool(self.is_closed.get())),
            _ => {
                let attributes = self.attributes.borrow();
                let found = attributes.iter().find(|(attribute, _)| &**attribute == name);
                found.map(|(_, value)| value.clone()).ok_or_else(|| self.missing(name))
            }
        }
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    /// Returns the next line; `None` at the end.
    fn next(&self) -> Result<Option<Object>, Error> {
        self.check_open()?;
        Ok((!self.rest().is_empty()).then(|| self.line(None)))
    }

    fn enter(&self, this: &Object) -> Option<Outcome> {
        Some(self.check_open().map(|()| this.clone()).map_err(Stop::from))
    }

    fn exit(&self) -> Result<(), Stop> {
        Ok(self.close()?)
    }

    fn watched(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

//! `_io._BytesIOBuffer`: the exporter of the view that `getbuffer` returns.

use super::BytesIo;
use crate::buffers::filled;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::setattr;
use std::any::Any;
use std::rc::Rc;
use view::{Buffer, Dims, Error, Export, Exporter, Flags, View};

const BUFFER_CLASS: &str = "_io._BytesIOBuffer";

/// The exporter of a stream's memory. It keeps the stream alive.
struct StreamBuffer {
    stream: Object,
    memory: Rc<Buffer>,
    refuses_odd_flags: bool,
}

/// `stream.getbuffer()`
pub(super) fn view_of(stream: &BytesIo, python: &Python, this: &Object) -> Outcome {
    // The stream can change from now on, so it no longer shares a bytes object.
    stream.shared.take();
    let refuses_odd_flags = python.has(view::Change::FlagsChecked);
    let buffer = StreamBuffer { stream: this.clone(), memory: stream.memory.clone(), refuses_odd_flags };
    Ok(Object::View(View::new(Rc::new(buffer), python.view_profile())?))
}

impl Exporter for StreamBuffer {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        let is_emptied = match self.stream.downcast::<BytesIo>() {
            Some(stream) if !stream.is_closed.get() => stream.is_emptied.get(),
            // CPython dereferences a null pointer here, in every version.
            _ => {
                return Err(Error::Unspecified {
                    what: "CPython follows a null pointer when it exports the buffer of a closed stream",
                });
            }
        };
        let export = filled(&self.memory, flags, self.refuses_odd_flags)?;
        Ok(match is_emptied {
            true => Export { length: 0, shape: export.shape.map(|_| Dims::from_slice(&[0])), ..export },
            false => export,
        })
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        Some(&self.memory)
    }

    fn object(self: Rc<Self>) -> Option<Box<dyn Any>> {
        Some(Box::new(Object::Instance(self)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for StreamBuffer {
    fn class(&self) -> &str {
        BUFFER_CLASS
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match call.name {
            "__setattr__" | "__delattr__" => Err(setattr::fixed(self, &[], python, call)),
            name => Err(self.missing(name)),
        }
    }

    fn exporter(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

//! Access to the bytes of objects: as consumers in C get them from a buffer, and as `bytes(object)` copies them.

use crate::context::Python;
use crate::object::Object;
use crate::stop::{Stop, overflow_error, type_error, value_error};
use std::rc::Rc;
use view::format::{Native, Text};
use view::{Buffer, Error, Export, Flags};

/// Returns the content of bytes or a bytearray; `None` for other objects.
pub(crate) fn raw(object: &Object) -> Option<Vec<u8>> {
    match object {
        Object::Bytes(content) => Some(content.to_vec()),
        Object::Bytearray(content) => Some(content.to_vec()),
        _ => None,
    }
}

/// Exports writable bytes as an exporter does that calls `PyBuffer_FillInfo`. Some versions refuse unusual flags there.
pub(crate) fn filled(memory: &Rc<Buffer>, flags: Flags, refuses_odd_flags: bool) -> Result<Export, Error> {
    match refuses_odd_flags && [Flags::READ, Flags::WRITE].contains(&flags) {
        true => Err(Error::BadInternalCall),
        false => Ok(Export::flat(memory, Text::native(Native::UnsignedChar), 1, false, flags)),
    }
}

/// Requests the buffer of an object, as consumers in C do (`PyObject_GetBuffer`).
pub(crate) fn export_of(object: &Object, flags: Flags) -> Result<Export, Error> {
    match object.with_buffer() {
        Some(exporter) => exporter.export(flags),
        None => Err(Error::NoBuffer { type_name: object.class().into() }),
    }
}

/// Returns the bytes that a consumer gets that requests a simple buffer (`PyBUF_SIMPLE`).
pub(crate) fn buffer_of(object: &Object) -> Result<Vec<u8>, Error> {
    if let Some(content) = raw(object) {
        return Ok(content);
    }
    let export = export_of(object, Flags::SIMPLE)?;
    let mut content = vec![0; usize::try_from(export.length).unwrap_or(0)];
    export.memory.read(export.offset, &mut content)?;
    Ok(content)
}

impl Python {
    /// Returns the content of `bytes(source)`: that many zeros for an int, the items of a buffer in C order, or the
    /// ints of an iterable.
    pub(crate) fn content(&self, source: &Object, is_bytes: bool) -> Result<Vec<u8>, Stop> {
        if source.as_int().is_some() {
            let count = source.as_size().map_err(|error| overflow_error(error.to_string()))?;
            return match usize::try_from(count) {
                Err(_) => Err(value_error("negative count").into()),
                Ok(count) if count <= view::LIMIT => Ok(vec![0; count]),
                // Whether this much memory can be allocated depends on the machine.
                Ok(_) => Err(Stop::unsupported("`bytes` and `bytearray` of more than 64 MiB")),
            };
        }
        if let Object::View(view) = source {
            return Ok(view.tobytes(view::Order::C)?);
        }
        if let Some(exporter) = source.as_exporter() {
            return Ok(view::packed(&exporter, self.view_profile().abi())?);
        }
        let (class, name) = if is_bytes { ("bytes", "bytes") } else { ("bytearray", "byte") };
        let iterator = self.iter(source).map_err(|stop| match stop {
            Stop::Raised(_) => type_error(format!("cannot convert '{}' object to {class}", source.class())).into(),
            stop => stop,
        })?;
        // A bytearray grows item by item and does not request a length hint.
        if is_bytes {
            iterator.as_type().length_hint()?;
        }
        let mut content = Vec::new();
        while let Some(item) = iterator.as_type().next()? {
            content.push(match item.as_int() {
                Some(int) => {
                    let byte = int.within(0, 255).map(|byte| byte as u8);
                    byte.ok_or_else(|| value_error(format!("{name} must be in range(0, 256)")))?
                }
                None => item.as_size().map(|_| 0)?,
            });
        }
        Ok(content)
    }
}

//! Access to the bytes of objects: as consumers in C get them from a buffer, and as `bytes(object)` copies them.

use crate::context::Python;
use crate::object::Object;
use crate::stop::{Stop, overflow_error, type_error, value_error};
use std::rc::Rc;
use view::format::{Native, Text};
use view::{Buffer, Error, Exception, Export, Flags};

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

/// Returns the bytes of a simple buffer that a consumer holds.
pub(crate) fn content_of(export: &Export) -> Result<Vec<u8>, Error> {
    let mut content = vec![0; usize::try_from(export.length).unwrap_or(0)];
    export.memory.read(export.offset, &mut content)?;
    Ok(content)
}

/// Returns the bytes that a consumer gets that requests a simple buffer (`PyBUF_SIMPLE`).
pub(crate) fn buffer_of(object: &Object) -> Result<Vec<u8>, Error> {
    held(object).map(|(content, _)| content)
}

/// Returns the same bytes, with the buffer as long as the consumer holds it. `None` for what holds the bytes itself.
pub(crate) fn held(object: &Object) -> Result<(Vec<u8>, Option<Export>), Error> {
    if let Some(content) = raw(object) {
        return Ok((content, None));
    }
    let export = export_of(object, Flags::SIMPLE)?;
    Ok((content_of(&export)?, Some(export)))
}

impl Python {
    /// Returns the content of `bytes(source)`: that many zeros for an int, the items of a buffer in C order, or the
    /// ints of an iterable.
    pub(crate) fn content(&self, source: &Object, is_bytes: bool) -> Result<Vec<u8>, Stop> {
        match view::Object::index(source) {
            None => {}
            // What has no index after all is asked for its items.
            Some(Err(error)) if error.exception() == Exception::TypeError => {}
            Some(count) => {
                let too_large =
                    || overflow_error(format!("cannot fit '{}' into an index-sized integer", source.class()));
                let count = count?.within(isize::MIN as i128, isize::MAX as i128).ok_or_else(too_large)?;
                return match usize::try_from(count) {
                    Err(_) => Err(value_error("negative count").into()),
                    Ok(count) if count <= view::LIMIT => Ok(vec![0; count]),
                    // Whether this much memory can be allocated depends on the machine.
                    Ok(_) => Err(Stop::unsupported("`bytes` and `bytearray` of more than 64 MiB")),
                };
            }
        }
        if let Object::View(view) = source {
            return Ok(view.tobytes(view::Order::C)?);
        }
        if let Some(exporter) = source.as_exporter() {
            return Ok(view::packed(&exporter, self.view_profile().abi())?);
        }
        let class = if is_bytes { "bytes" } else { "bytearray" };
        let iterator = self.iter(source).map_err(|stop| match stop {
            Stop::Raised(error) if error.exception() == Exception::TypeError => {
                type_error(format!("cannot convert '{}' object to {class}", source.class())).into()
            }
            stop => stop,
        })?;
        // A bytearray grows item by item and does not request a length hint.
        if is_bytes {
            source.as_type().length_hint()?;
        }
        self.bytes_from(&iterator, is_bytes)
    }

    /// Returns the bytes that an iterator gives as ints.
    pub(crate) fn bytes_from(&self, iterator: &Object, is_bytes: bool) -> Result<Vec<u8>, Stop> {
        match self.bytes_until(iterator, is_bytes)? {
            (content, None) => Ok(content),
            (_, Some(error)) => Err(error.into()),
        }
    }

    /// Reads the integers that an iterator gives as bytes, up to the error with which it ends, if it does.
    pub(crate) fn bytes_until(&self, iterator: &Object, is_bytes: bool) -> Result<(Vec<u8>, Option<Error>), Stop> {
        let name = if is_bytes { "bytes" } else { "byte" };
        let mut content = Vec::new();
        loop {
            let item = match iterator.as_type().next() {
                Ok(Some(item)) => item,
                Ok(None) => return Ok((content, None)),
                Err(error) if error.is_unspecified() => return Err(error.into()),
                Err(error) => return Ok((content, Some(error))),
            };
            let no_int = || Error::NotInteger { type_name: item.class().into() };
            let byte = view::Object::index(&item).ok_or_else(no_int)??.within(0, 255).map(|byte| byte as u8);
            content.push(byte.ok_or_else(|| value_error(format!("{name} must be in range(0, 256)")))?);
        }
    }
}

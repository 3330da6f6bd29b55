//! `__buffer__` and `__release_buffer__`: the buffer protocol as methods, since 3.12 (PEP 688).

use super::object::{Class, Object};
use super::{Outcome, Python, no_attribute, type_error};
use program::{Kind, Operation};
use view::{Change, Error, Exception, Flags, View};

impl Python {
    /// `object.__buffer__(flags)` and `object.__release_buffer__(view)`
    pub(super) fn buffer_method(&self, object: &Object, operation: &Operation, arguments: &[Object]) -> Outcome {
        let (kind, name) = (operation.kind, operation.kind.row().name);
        let exporter = match (object, object.with_buffer()) {
            (Object::Exporter(_, Class::Mmap | Class::Numpy) | Object::Type(_) | Object::Struct(..), _) => {
                return Err(self.unsupported(kind, format!("methods of {}", object.class())));
            }
            (_, Some(exporter)) => exporter,
            (_, None) => return Err(no_attribute(object, name).into()),
        };
        // Bytes need not know when a buffer of theirs is given back.
        let is_missing = kind == Kind::ReleaseBuffer && matches!(object, Object::Bytes(_));
        if is_missing || !self.profile.has(Change::BufferClasses) {
            return Err(no_attribute(object, name).into());
        }
        if operation.keyword_count() > 0 {
            return Err(type_error(format!("wrapper {name}() takes no keyword arguments")).into());
        }
        let [argument] = arguments else {
            return Err(self.wrong_number(name, 1, arguments.len()).into());
        };
        if kind == Kind::ReleaseBuffer {
            let Object::View(view) = argument else { return Err(type_error("expected a memoryview object").into()) };
            view.release_buffer(&exporter)?;
            return Ok(Object::None);
        }
        let flags = self.requested(argument)?;
        if self.profile.has(Change::FlagsChecked) && [Flags::READ, Flags::WRITE].contains(&flags) {
            self.check_filling(object)?;
        }
        Ok(Object::View(View::of_exporter(exporter, flags, self.profile)?))
    }

    /// What comes of flags that `PyBuffer_FillInfo` refuses, which is how bytes and bytearrays fill a buffer.
    fn check_filling(&self, object: &Object) -> Result<(), Error> {
        match object {
            Object::Bytearray(_) if !self.profile.has(Change::BytearrayFill) => {
                Err(Error::Unspecified { what: "a buffer that a bytearray did not fill, and did not refuse" })
            }
            Object::Bytes(_) | Object::Bytearray(_) => Err(Error::BadInternalCall),
            _ => Ok(()),
        }
    }

    /// Request flags: an index that is a C int. It was long only the upper limit that was looked at; of flags below the
    /// lower one all but the bits of a C int were cut off.
    fn requested(&self, object: &Object) -> Result<Flags, Error> {
        let overflow = |text: &str| Error::raised(Exception::OverflowError, text);
        let flags = object.as_size().map_err(|error| match error {
            Error::IndexTooLarge { .. } => overflow(&error.to_string()),
            error => error,
        })?;
        match self.profile.has(Change::FlagsRange) {
            true => i32::try_from(flags).map(Flags).map_err(|_| overflow("buffer flags out of range")),
            false if flags > i32::MAX as isize => Err(overflow("buffer flags too large")),
            false => Ok(Flags(flags as i32)),
        }
    }
}

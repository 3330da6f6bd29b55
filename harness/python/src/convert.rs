//! Converts the arguments of functions in C (sizes, C ints, bytes), and raises their errors.

use crate::code::as_error;
use crate::context::Python;
use crate::object::Object;
use crate::stop::{Stop, overflow_error, type_error};
use crate::types::instance::as_instance;
use view::{Error, Exception, Int};

/// What an object answers that is asked for a `Py_ssize_t`.
pub(crate) enum Size {
    Fits(isize),
    TooLarge,
    /// It has no `__index__`.
    None,
}

impl Object {
    /// Asks an object for a `Py_ssize_t`, by `__index__`. Code of the program may run.
    pub(crate) fn ask_size(&self) -> Result<Size, Error> {
        Ok(match view::Object::index(self).transpose()? {
            Some(Int::Small(value)) => Size::Fits(value as isize),
            Some(Int::Big(_)) => Size::TooLarge,
            None => Size::None,
        })
    }

    /// Converts an index to a `Py_ssize_t` (`PyNumber_AsSsize_t`). Raises TypeError if the object has no `__index__`.
    pub fn as_size(&self) -> Result<isize, Error> {
        match self.ask_size()? {
            Size::Fits(size) => Ok(size),
            Size::TooLarge => Err(Error::IndexTooLarge { type_name: self.class().into() }),
            Size::None => Err(Error::NotInteger { type_name: self.class().into() }),
        }
    }
}

/// An error of the operating system.
pub(crate) fn os_error(text: &str) -> Error {
    Error::raised(Exception::from_name("OSError"), text)
}

/// Converts the number of bytes to read. `None` stands for all bytes: the argument is missing, None or negative
/// (`_Py_convert_optional_to_ssize_t`).
pub(crate) fn optional_size(object: Option<&Object>) -> Result<Option<usize>, Error> {
    let Some(object) = object.filter(|object| !matches!(object, Object::None)) else { return Ok(None) };
    given_size(object).map(|size| usize::try_from(size).ok())
}

/// Converts a size that may be None elsewhere, and is not None here.
pub(crate) fn given_size(object: &Object) -> Result<isize, Error> {
    let class = object.class();
    match object.ask_size()? {
        Size::Fits(size) => Ok(size),
        Size::TooLarge => Err(overflow_error(format!("cannot fit '{class}' into an index-sized integer"))),
        Size::None => Err(type_error(format!("argument should be integer or None, not '{class}'"))),
    }
}

impl Python {
    /// Converts a position in a bytearray, an array or a buffer to a `Py_ssize_t`.
    pub(crate) fn whole(&self, object: &Object) -> Result<isize, Error> {
        if matches!(object, Object::Float(_)) && !self.has(view::Change::IntegerText) {
            return Err(type_error("integer argument expected, got float"));
        }
        let too_large = || overflow_error("Python int too large to convert to C ssize_t");
        match object.ask_size()? {
            Size::Fits(size) if self.profile().abi().wrap(size) == size => Ok(size),
            Size::Fits(_) | Size::TooLarge => Err(too_large()),
            Size::None => Err(Error::NotInteger { type_name: object.class().into() }),
        }
    }

    /// Converts an argument to an int of a C type. The text of the TypeError differs before 3.10.
    pub(crate) fn c_integer(&self, object: &Object) -> Result<view::Int, Error> {
        let type_name = object.class().into();
        if let Some(int) = view::Object::index(object) {
            return int;
        }
        Err(match object {
            _ if self.has(view::Change::IntegerText) => Error::NotInteger { type_name },
            Object::Float(_) => type_error("integer argument expected, got float"),
            other if as_instance(other).is_some_and(|own| own.has("__int__")) => {
                as_error(Stop::unsupported("`__int__` where an index is wanted, which is deprecated"))
            }
            _ => Error::IntegerRequired { type_name },
        })
    }

    /// Converts an argument to a C `int`, with the errors of Argument Clinic or the older ones of `PyArg_ParseTuple`.
    pub(crate) fn c_int(&self, object: &Object, by_clinic: bool) -> Result<i32, Error> {
        let int = self.c_integer(object)?;
        if let Some(int) = int.within(i32::MIN.into(), i32::MAX.into()) {
            return Ok(int as i32);
        }
        Err(overflow_error(match int.within(i64::MIN.into(), i64::MAX.into()) {
            _ if by_clinic => "Python int too large to convert to C int",
            None => "Python int too large to convert to C long",
            Some(_) if int.is_negative() => "signed integer is less than minimum",
            Some(_) => "signed integer is greater than maximum",
        }))
    }

    /// Converts an argument to a C `unsigned char`.
    pub(crate) fn c_byte(&self, object: &Object) -> Result<u8, Error> {
        let int = self.c_integer(object)?;
        match int.within(i64::MIN.into(), i64::MAX.into()) {
            None => Err(overflow_error("Python int too large to convert to C long")),
            Some(int) if int > 255 => Err(overflow_error("unsigned byte integer is greater than maximum")),
            Some(int) if int < 0 => Err(overflow_error("unsigned byte integer is less than minimum")),
            Some(int) => Ok(int as u8),
        }
    }
}

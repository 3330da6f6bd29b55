//! `object.__setattr__(name, value)` and `object.__delattr__(name)` of types written in C.

use crate::context::Python;
use crate::object::{Call, Type};
use crate::stop::{Stop, type_error};
use program::names;
use view::Error;
use view::arguments::special::{self, Fixed};

/// Returns the name of the attribute. Raises TypeError for a wrong number of arguments, and for a name that is not a
/// str.
pub(crate) fn name_of<'a>(python: &Python, call: &Call<'a>) -> Result<&'a str, Error> {
    let count = if call.name == "__setattr__" { 2 } else { 1 };
    special::wrapper(call.name, count, call.arguments, python.view_profile())?;
    match call.values() {
        [crate::object::Object::Str(name), ..] => Ok(name),
        [other, ..] => Err(type_error(format!("attribute name must be string, not '{}'", other.class()))),
        [] => Err(Error::Memory),
    }
}

/// Returns the error for setting or deleting an attribute: it is read-only, it is a method, or it does not exist.
pub(crate) fn fixed(object: &dyn Type, readonly: &[&str], python: &Python, call: &Call<'_>) -> Stop {
    let name = match name_of(python, call) {
        Ok(name) => name,
        Err(error) => return error.into(),
    };
    let class = object.class();
    let known = object.type_path().and_then(|path| names::member(path, name)).filter(|_| !name.starts_with("__"));
    let attribute = if readonly.contains(&name) {
        Fixed::Readonly
    } else if let Some(known) = known
        && known.everywhere
    {
        Fixed::Method
    } else if known.is_some() || name.starts_with("__") || object.type_path().is_none() {
        return call.unsupported(format!("of the attribute `{class}.{name}`"));
    } else {
        Fixed::Absent
    };
    attribute.error(class, name, python.view_profile()).into()
}

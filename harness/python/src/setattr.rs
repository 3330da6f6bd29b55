//! `object.__setattr__(name, value)` and `object.__delattr__(name)` of types written in C.

use crate::context::Python;
use crate::object::{Call, Object, Type};
use crate::stop::{Stop, type_error};
use program::{Kind, names};
use view::arguments::special::{self, Fixed};
use view::{Arguments, Error};

impl Python {
    /// `object.name = value`, or `del object.name` without a value: what the special method does.
    pub(crate) fn set_attribute(&self, object: &Object, name: &Object, value: Option<&Object>) -> Result<(), Stop> {
        let called = if value.is_some() { "__setattr__" } else { "__delattr__" };
        let values: Vec<Object> = [Some(name), value].into_iter().flatten().cloned().collect();
        let arguments = Arguments { values: &values, names: &[] };
        let call = Call { kind: Kind::AnyMethod, name: called, arguments };
        match object {
            // Those of a type are not those of its objects.
            Object::Class(class) => Err(Stop::unsupported(format!("setting attributes of the type {}", class.0))),
            object => object.as_type().method(self, object, &call).map(drop),
        }
    }
}

/// Returns the name of the attribute. Raises TypeError for a wrong number of arguments, and for a name that is not a
/// str.
pub(crate) fn name_of<'a>(python: &Python, call: &Call<'a>) -> Result<&'a str, Error> {
    let count = if call.name == "__setattr__" { 2 } else { 1 };
    special::wrapper(call.name, count, call.arguments, python.view_profile())?;
    match call.values() {
        [Object::Str(name), ..] => Ok(name),
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

//! `hasattr` and `getattr`, with a name that is a constant.

use crate::builtins::classes::attribute;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::Stop;
use program::names;
use view::{Exception, Method};

/// `getattr(object, name)`, `getattr(object, name, default)`
pub(super) fn getattr(python: &Python, call: &Call<'_>) -> Outcome {
    let (object, name, default) = match call.by_position() {
        Some([object, Object::Str(name)]) => (object, name, None),
        Some([object, Object::Str(name), default]) => (object, name, Some(default)),
        _ => return Err(call.other_arguments()),
    };
    match (attribute(python, object, name), default) {
        (Err(Stop::Raised(error)), Some(default)) if error.exception() == Exception::AttributeError => {
            Ok(default.clone())
        }
        (outcome, _) => outcome,
    }
}

/// `hasattr(object, name)`
pub(super) fn hasattr(python: &Python, call: &Call<'_>) -> Outcome {
    let Some([object, Object::Str(name)]) = call.by_position() else { return Err(call.other_arguments()) };
    match attribute(python, object, name) {
        Ok(_) => Ok(Object::Bool(true)),
        Err(Stop::Raised(error)) if error.exception() == Exception::AttributeError => Ok(Object::Bool(false)),
        // Methods are not objects here, but it is known which there are.
        Err(Stop::Unsupported(_)) if has_method(python, object, name) => Ok(Object::Bool(true)),
        Err(stop) => Err(stop),
    }
}

/// Returns whether every object of the type has a method with this name.
fn has_method(python: &Python, object: &Object, name: &str) -> bool {
    match object {
        Object::View(_) if !name.starts_with('_') => Method::named(name, python.view_profile()).is_some(),
        _ => {
            let path = object.as_type().type_path();
            path.and_then(|path| names::member(path, name)).is_some_and(|known| known.everywhere)
        }
    }
}

//! `type` and `isinstance`.

use crate::changes::Change;
use crate::context::Python;
use crate::nested;
use crate::object::{Call, Class, Object, Outcome};
use crate::stop::{Stop, type_error};
use crate::types::{exception, instance, method};

/// `type(object)`
pub(super) fn type_of(call: &Call<'_>) -> Outcome {
    match call.by_position() {
        Some([object]) if let Some(instance) = instance::as_instance(object) => Ok(instance.own_class()),
        Some([object]) => Ok(Object::Class(Class(name_of(object).into()))),
        Some([] | [_, _] | [_, _, _, _, ..]) => Err(type_error("type() takes 1 or 3 arguments").into()),
        _ => Err(call.other_arguments()),
    }
}

/// `object.name`
pub(crate) fn attribute(python: &Python, object: &Object, name: &str) -> Outcome {
    let is_own = || instance::as_instance(object).is_some() || instance::as_class(object).is_some();
    match name {
        "__class__" if !is_own() => Ok(Object::Class(Class(name_of(object).into()))),
        _ => match object.as_type().attribute(python, name) {
            Err(Stop::Unsupported(what)) => method::bound(python, object, name).ok_or(Stop::Unsupported(what)),
            outcome => outcome,
        },
    }
}

/// Returns the type of an object by its qualified name.
fn name_of(object: &Object) -> &str {
    match object {
        Object::Class(class) if class.is_abstract() => "abc.ABCMeta",
        other => other.class(),
    }
}

/// `isinstance(object, class)`, where tuples of classes may stand for a class (`object_isinstance`)
pub(super) fn is_instance(python: &Python, call: &Call<'_>) -> Outcome {
    match call.by_position() {
        Some([object, class]) => is_of_any(python, object, class, call).map(Object::Bool),
        _ => Err(call.other_arguments()),
    }
}

/// Classes are looked at until one is found that the object is of.
fn is_of_any(python: &Python, object: &Object, class: &Object, call: &Call<'_>) -> Result<bool, Stop> {
    match class {
        Object::Tuple(classes) => nested::follow(classes.len(), || {
            for class in classes.iter() {
                if is_of_any(python, object, class, call)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }),
        Object::Class(class) => is_of(&instance::plain(object), &class.0, call),
        Object::Instance(_) => match instance::as_class(class) {
            Some(class) => Ok(instance::is_of(object, &class)),
            None => Err(call.other_arguments()),
        },
        _ => Err(type_error(match python.has(Change::UnionText) {
            true => "isinstance() arg 2 must be a type, a tuple of types, or a union",
            false => "isinstance() arg 2 must be a type or tuple of types",
        })
        .into()),
    }
}

fn is_of(object: &Object, class: &str, call: &Call<'_>) -> Result<bool, Stop> {
    let Some(abstract_class) = class.strip_prefix("collections.abc.") else {
        let own = name_of(object);
        if exception::is_class(class) {
            return Ok(exception::is_below(own, class));
        }
        return Ok(class == "object" || own == class || class == "int" && own == "bool");
    };
    if let Some(instance) = instance::as_instance(object).filter(|_| abstract_class == "Buffer") {
        return Ok(instance.has("__buffer__"));
    }
    let is_mutable = matches!(object, Object::Bytearray(_) | Object::List(_));
    let is_sequence =
        is_mutable || matches!(object, Object::View(_) | Object::Bytes(_) | Object::Tuple(_) | Object::Str(_));
    if !is_sequence {
        return Err(call.unsupported(format!("of an object of type {} and an abstract class", object.class())));
    }
    Ok(match abstract_class {
        "Sequence" | "Iterable" | "Sized" | "Container" | "Reversible" | "Collection" => true,
        "MutableSequence" => is_mutable,
        "Hashable" => !is_mutable,
        "Mapping" => false,
        "Buffer" => object.with_buffer().is_some(),
        _ => return Err(call.unsupported(format!("with the class `{class}`"))),
    })
}

//! Functions of modules that look at an object from outside: copying, pickling, garbage collection.

use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::{type_error, value_error};
use crate::types::iterator::ViewIterator;
use crate::types::memoryview::no_pickle;
use crate::types::{alias, structs, weakref};
use view::Int;

/// Calls a function that has no row.
pub(super) fn call(python: &Python, call: &Call<'_>) -> Outcome {
    let names = call.arguments.names;
    match (call.name, call.values()) {
        ("pickle.dumps", [Object::View(_), Object::Int(Int::Small(protocol))])
            if names.iter().all(|name| &**name == "protocol") =>
        {
            Err(match protocol {
                6.. => value_error("pickle protocol must be <= 5"),
                0 | 1 => no_pickle(python, 1),
                _ => no_pickle(python, 2),
            }
            .into())
        }
        _ if !names.is_empty() => Err(call.other_arguments()),
        ("struct.calcsize", _) => structs::size(python, call),
        ("weakref.getweakrefcount", [object]) if !matches!(object, Object::Class(_)) => {
            Ok(Object::size(weakref::count(object) as isize))
        }
        ("copy.copy" | "copy.deepcopy" | "pickle.dumps", [Object::View(_)]) => Err(no_pickle(python, 2).into()),
        ("copy.copy" | "copy.deepcopy" | "pickle.dumps", [object]) => match object.downcast::<ViewIterator>() {
            Some(ViewIterator(_, class @ "memory_iterator")) => {
                Err(type_error(format!("cannot pickle '{class}' object")).into())
            }
            _ => Err(call.other_arguments()),
        },
        ("gc.is_tracked", [Object::View(_)]) => Ok(Object::Bool(true)),
        ("gc.get_referents", [Object::View(_)]) => Ok(Object::List(vec![alias::managed()].into())),
        _ => Err(call.other_arguments()),
    }
}

//! Built-in functions, and functions of modules that do not create objects of their own types.

mod capi;
pub(crate) mod classes;
mod extremes;
mod floats;
pub(crate) mod ints;
mod lookup;
mod modules;
mod numeric;
mod sum;

pub(crate) use extremes::in_order;

use crate::address;
use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, List, Object, Outcome, Tuple};
use crate::stop::{Stop, type_error};
use crate::types::hash;
use crate::types::iterator::next;
use crate::types::{codecs, memoryview, structs};
use program::Kind;

/// The modules that are modelled, of those that a program can import.
pub const MODULES: &[&str] =
    &["array", "collections.abc", "copy", "gc", "io", "mmap", "numpy", "pickle", "struct", "weakref"];

/// Calls a function.
pub(crate) fn call(python: &Python, call: &Call<'_>) -> Outcome {
    if let Some(outcome) = structs::function(python, call) {
        return outcome;
    }
    Ok(match call.kind {
        Kind::Request => capi::request(call)?,
        Kind::GetContiguous => capi::get_contiguous(python, call)?,
        Kind::Len => Object::size(call.one()?.as_type().length()?),
        Kind::ListOf => Object::List(List::from(call.at_most_one()?.map_or(Ok(vec![]), |object| python.list(object))?)),
        Kind::TupleOf => {
            let items = |object| match python.has(Change::TupleUnasked) {
                true => python.items(object),
                false => python.gather(object),
            };
            match call.at_most_one()? {
                Some(tuple @ Object::Tuple(_)) => tuple.clone(),
                source => Object::Tuple(Tuple::from(source.map_or(Ok(vec![]), items)?)),
            }
        }
        Kind::BoolOf => match call.at_most_one()? {
            Some(object) => Object::Bool(object.as_type().truth()?),
            None => Object::Bool(false),
        },
        Kind::TypeOf => classes::type_of(call)?,
        Kind::IsInstance => classes::is_instance(python, call)?,
        Kind::Str => codecs::str_of(call)?,
        Kind::Repr => Object::str(call.one()?.as_type().repr()?),
        Kind::Hash => hash::hash(call.one()?, python.profile())?,
        Kind::Iter => match only(call)? {
            Object::View(view) => memoryview::iter_called(python, view, "<built-in function iter>")?,
            object => python.iter(object)?,
        },
        Kind::Next => match call.by_position() {
            Some([iterator, default]) => iterator.as_type().next()?.unwrap_or_else(|| default.clone()),
            _ => next(only(call)?.as_type())?,
        },
        Kind::Reversed => {
            let object = only(call)?;
            object.as_type().reverse_iterator(python, object)?
        }
        Kind::IntOf => ints::int(python, call)?,
        Kind::IntFromBytes => ints::from_bytes(python, call)?,
        Kind::Ord => ord(call.one()?)?,
        Kind::Sum => python.sum(call)?,
        Kind::Max | Kind::Min => extremes::extreme(python, call)?,
        Kind::Sorted => extremes::sorted(python, call)?,
        Kind::All | Kind::AnyOf => Object::Bool(python.decided(call.one()?, call.kind == Kind::AnyOf)?),
        Kind::Abs => numeric::abs(call)?,
        Kind::Bin | Kind::Oct | Kind::HexOf => numeric::digits(call)?,
        Kind::Chr => numeric::chr(python, call)?,
        Kind::Divmod => numeric::divmod(python, call)?,
        Kind::Round => numeric::round(call)?,
        Kind::HasAttr => lookup::hasattr(python, call)?,
        Kind::GetAttr => lookup::getattr(python, call)?,
        Kind::Id => hash::id(call.one()?)?,
        // The number of objects that `gc.collect` finds is not modelled.
        Kind::Collect if call.values().is_empty() => match python.has_cyclic() {
            true => return Err(Stop::unsupported("the garbage collector, where an object may hold itself")),
            false => Object::int(0),
        },
        Kind::AnyCall if call.name == "float" => floats::float(python, call)?,
        Kind::AnyCall => modules::call(python, call)?,
        _ => return Err(Stop::unsupported(format!("`{}`", call.name))),
    })
}

/// Returns the argument of a function that is modelled only with one positional argument.
fn only<'a>(call: &Call<'a>) -> Result<&'a Object, Stop> {
    match call.by_position() {
        Some([object]) => Ok(object),
        None => Err(call.unsupported("with keyword arguments")),
        Some([]) => Err(call.unsupported("without arguments")),
        Some([_, _]) => Err(call.unsupported("with two arguments")),
        Some(others) => Err(call.unsupported(format!("with {} arguments", others.len()))),
    }
}

/// `ord(object)`
fn ord(object: &Object) -> Outcome {
    let codes: Vec<u32> = match object {
        Object::Str(text) => {
            address::check(text)?;
            text.chars().map(u32::from).collect()
        }
        Object::Bytes(content) => content.to_vec().into_iter().map(u32::from).collect(),
        Object::Bytearray(content) => content.to_vec().into_iter().map(u32::from).collect(),
        other => {
            let class = other.class();
            return Err(type_error(format!("ord() expected string of length 1, but {class} found")).into());
        }
    };
    match codes.as_slice() {
        [code] => Ok(Object::int(*code)),
        _ => {
            let length = codes.len();
            Err(type_error(format!("ord() expected a character, but string of length {length} found")).into())
        }
    }
}

//! Converts subscripts to the forms that sequences and views accept.

use crate::object::{Object, Slice};
use crate::stop::type_error;
use view::{Error, Exception, Key};

/// Calls `use_key` with an object converted to a key of a view.
pub(crate) fn with_key<T>(object: &Object, use_key: impl FnOnce(&Key) -> T) -> T {
    match object {
        Object::Ellipsis => use_key(&Key::Ellipsis),
        Object::Slice(parts) => use_key(&Key::Slice(slice(parts))),
        Object::Tuple(items) => {
            let items: Vec<Key> = items.iter().map(element).collect();
            use_key(&Key::Tuple(&items))
        }
        other => use_key(&Key::Object(other)),
    }
}

/// Converts an element of a tuple to a part of a key. A nested tuple is not an index, whatever it contains.
fn element(object: &Object) -> Key<'_> {
    match object {
        Object::Ellipsis => Key::Ellipsis,
        Object::Slice(parts) => Key::Slice(slice(parts)),
        Object::Tuple(_) => Key::Tuple(&[]),
        other => Key::Object(other),
    }
}

/// Converts a slice for a view.
pub fn slice(parts: &Slice) -> view::Slice<'_> {
    let [start, stop, step] = parts.0.each_ref().map(|part| match part {
        Object::None => None,
        part => Some(part as &dyn view::Object),
    });
    view::Slice { start, stop, step }
}

/// Converts a key to an index. `name` is the sequence in the error text, and `says_slices` is whether that text
/// mentions slices.
pub(crate) fn index(key: &Object, name: &str, says_slices: bool) -> Result<isize, Error> {
    match (view::Object::has_index(key), says_slices) {
        (true, _) => key.as_size(),
        (false, false) => Err(type_error(format!("{name} indices must be integers"))),
        (false, true) => Err(type_error(format!("{name} indices must be integers or slices, not {}", key.class()))),
    }
}

/// Converts an index, which may be negative, to a position in a sequence of `length` items. Raises IndexError with
/// `text`.
pub(crate) fn inside(index: isize, length: usize, text: &str) -> Result<usize, Error> {
    let at = if index < 0 { index.saturating_add_unsigned(length) } else { index };
    let at = usize::try_from(at).ok().filter(|at| *at < length);
    at.ok_or_else(|| Error::raised(Exception::IndexError, text))
}

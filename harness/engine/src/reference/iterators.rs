//! Iterators: over views, which the view itself knows, and over everything else.

use super::object::Object;
use super::structs::Unpack;
use super::{Outcome, Python, type_error};
use std::cell::Cell;
use view::{Error, ViewIter};

/// An iterator.
pub(super) enum Iter {
    /// Over a view, and the name of its type.
    View(ViewIter, &'static str),
    /// Over a sequence, read as the iterator goes: its items may change meanwhile.
    Sequence { sequence: Object, next: Cell<isize>, step: isize, ended: Cell<bool>, class: &'static str },
    /// Over the items of a buffer, by a format of the struct module.
    Unpack(Box<Unpack>),
}

impl Iter {
    /// The name of its type.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Iter::View(_, class) | Iter::Sequence { class, .. } => class,
            Iter::Unpack(unpack) => unpack.class(),
        }
    }

    /// Asks how many items there may be, as functions do that gather all of them; only the errors matter.
    pub(super) fn length_hint(&self) -> Result<(), Error> {
        match self {
            Iter::View(iter, _) => iter.length_hint().map(drop),
            Iter::Sequence { .. } | Iter::Unpack(_) => Ok(()),
        }
    }

    /// The next item; `None` at the end.
    pub(super) fn next(&self) -> Result<Option<Object>, Error> {
        match self {
            Iter::View(iter, _) => Ok(iter.next()?.map(Object::item)),
            Iter::Unpack(unpack) => unpack.next(),
            Iter::Sequence { sequence, next, step, ended, .. } => {
                let item = if ended.get() { None } else { item_of(sequence, next.get())? };
                next.set(next.get().wrapping_add(*step));
                ended.set(item.is_none());
                Ok(item)
            }
        }
    }

    fn sequence(sequence: &Object, next: isize, step: isize, class: &'static str) -> Object {
        let (next, ended) = (Cell::new(next), Cell::new(false));
        Object::Iter(Iter::Sequence { sequence: sequence.clone(), next, step, ended, class }.into())
    }
}

/// The item of a sequence at a position, if it has one there.
fn item_of(sequence: &Object, at: isize) -> Result<Option<Object>, Error> {
    let Ok(index) = usize::try_from(at) else { return Ok(None) };
    Ok(match sequence {
        Object::Bytes(content) => content.to_vec().get(index).copied().map(Object::int),
        Object::Bytearray(content) if index < content.len() => Some(Object::int(content.get(at)?)),
        Object::Array(array) if index < array.len() => Some(Object::item(array.get(at)?)),
        Object::List(items) | Object::Tuple(items) => items.get(index).cloned(),
        Object::Str(text) => text.chars().nth(index).map(|char| Object::str(char.to_string())),
        _ => None,
    })
}

impl Python {
    /// `iter(object)`
    pub(super) fn iter(&self, object: &Object) -> Outcome {
        let class = match object {
            Object::Iter(_) => return Ok(object.clone()),
            Object::View(view) => {
                let class = if self.profile.has(view::Change::OwnIterator) { "memory_iterator" } else { "iterator" };
                let iter = view.iter_called("<built-in function iter>")?;
                return Ok(Object::Iter(Iter::View(iter, class).into()));
            }
            Object::Bytes(_) => "bytes_iterator",
            Object::Bytearray(_) => "bytearray_iterator",
            Object::Array(_) if self.profile.has(view::Change::ArrayModule) => "array.arrayiterator",
            Object::Array(_) => "arrayiterator",
            Object::List(_) => "list_iterator",
            Object::Tuple(_) => "tuple_iterator",
            Object::Str(_) => return Err(self.unsupported(program::Kind::Iter, "an iterator over a str")),
            _ => return Err(not_iterable(object).into()),
        };
        Ok(Iter::sequence(object, 0, 1, class))
    }

    /// `reversed(object)`
    pub(super) fn reversed(&self, object: &Object) -> Outcome {
        let class = match object {
            Object::View(view) => return Ok(Object::Iter(Iter::View(view.reversed()?, "reversed").into())),
            Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_) | Object::Tuple(_) => "reversed",
            Object::List(_) => "list_reverseiterator",
            Object::Str(_) => "reversed",
            _ => return Err(type_error(format!("'{}' object is not reversible", object.class())).into()),
        };
        let last = super::functions::length(object).unwrap_or(Ok(0))? - 1;
        Ok(Iter::sequence(object, last, -1, class))
    }

    /// `next(iterator)`
    pub(super) fn next(&self, object: &Object) -> Outcome {
        let Object::Iter(iter) = object else {
            return Err(type_error(format!("'{}' object is not an iterator", object.class())).into());
        };
        Ok(iter.next()?.ok_or_else(|| Error::raised(view::Exception::StopIteration, ""))?)
    }

    /// All items of an iterable, as functions gather them that first ask how many there may be.
    pub(super) fn gather(&self, object: &Object) -> Result<Vec<Object>, Error> {
        if let Object::Iter(iter) = object {
            iter.length_hint()?;
        }
        self.items(object)
    }

    /// All items of an iterable, as a `for` loop sees them.
    pub(super) fn items(&self, object: &Object) -> Result<Vec<Object>, Error> {
        let bytes = |content: Vec<u8>| content.into_iter().map(Object::int).collect();
        Ok(match object {
            Object::Bytes(content) => bytes(content.to_vec()),
            Object::Bytearray(content) => bytes(content.to_vec()),
            Object::Array(array) => array.items()?.into_iter().map(Object::item).collect(),
            Object::List(items) | Object::Tuple(items) => items.to_vec(),
            Object::Str(text) => text.chars().map(|char| Object::str(char.to_string())).collect(),
            Object::View(view) => {
                let iter = view.iter()?;
                let mut items = Vec::new();
                while let Some(item) = iter.next()? {
                    items.push(Object::item(item));
                }
                items
            }
            Object::Iter(iter) => {
                let mut items = Vec::new();
                while let Some(item) = iter.next()? {
                    items.push(item);
                }
                items
            }
            _ => return Err(not_iterable(object)),
        })
    }
}

/// The error of iterating over what can't be iterated over.
pub(super) fn not_iterable(object: &Object) -> Error {
    type_error(format!("'{}' object is not iterable", object.class()))
}

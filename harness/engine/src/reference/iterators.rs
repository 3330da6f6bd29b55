//! Iterators: over views, which the view itself knows, and over everything else.

use super::object::Object;
use super::{Outcome, Python, type_error};
use std::cell::Cell;
use view::{Error, ViewIter};

/// An iterator.
pub(super) enum Iter {
    /// Over a view, and the name of its type.
    View(ViewIter, &'static str),
    /// Over the items that an object had when the iterator was made, and the name of its type.
    Items { items: Vec<Object>, next: Cell<usize>, class: &'static str },
}

impl Iter {
    /// The name of its type.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Iter::View(_, class) | Iter::Items { class, .. } => class,
        }
    }

    /// The next item; `None` at the end.
    pub(super) fn next(&self) -> Result<Option<Object>, Error> {
        match self {
            Iter::View(iter, _) => Ok(iter.next()?.map(Object::item)),
            Iter::Items { items, next, .. } => {
                let item = items.get(next.get()).cloned();
                next.set(next.get() + 1);
                Ok(item)
            }
        }
    }
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
            Object::Array(_) => "array.arrayiterator",
            Object::List(_) => "list_iterator",
            Object::Tuple(_) => "tuple_iterator",
            Object::Str(_) => return Err(self.unsupported(program::Kind::Iter, "an iterator over a str")),
            _ => return Err(not_iterable(object).into()),
        };
        Ok(Object::Iter(Iter::Items { items: self.items(object)?, next: Cell::new(0), class }.into()))
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
        let mut items = self.items(object)?;
        items.reverse();
        Ok(Object::Iter(Iter::Items { items, next: Cell::new(0), class }.into()))
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
        if let Object::Iter(iter) = object
            && let Iter::View(iter, _) = &**iter
        {
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

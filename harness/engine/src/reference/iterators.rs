//! Iterators: over views, which the view itself knows, and over everything else.

use super::object::{Class, Object};
use super::structs::Unpack;
use super::{Outcome, Python, Stop, no_attribute, type_error};
use program::{Kind, Operation};
use std::cell::{Cell, RefCell};
use view::{Change, Error, ViewIter};

/// An iterator.
pub(super) enum Iter {
    /// Over a view, and the name of its type.
    View(ViewIter, &'static str),
    /// Over a sequence, read as the iterator goes: its items may change meanwhile.
    Sequence(Sequence),
    /// Over the items of a buffer, by a format of the struct module.
    Unpack(Box<Unpack>),
}

/// An iterator by index.
pub(super) struct Sequence {
    /// What it goes through, which it lets go at the end.
    through: RefCell<Option<Object>>,
    next: Cell<isize>,
    step: isize,
    class: &'static str,
    /// Whether it does not let it go.
    keeps: bool,
}

impl Sequence {
    fn next(&self) -> Result<Option<Object>, Error> {
        let Some(sequence) = self.through.borrow().clone() else { return Ok(None) };
        let item = item_of(&sequence, self.next.get())?;
        match item {
            Some(_) => self.next.set(self.next.get() + self.step),
            None if self.keeps => {}
            None => drop(self.through.take()),
        }
        Ok(item)
    }

    fn length_hint(&self) -> Result<Option<isize>, Error> {
        if self.class.ends_with("arrayiterator") {
            return Ok(None);
        }
        let length = match &*self.through.borrow() {
            Some(sequence) => super::functions::length(sequence).unwrap_or(Ok(0))?,
            None => return Ok(Some(0)),
        };
        let next = self.next.get();
        Ok(Some(match self.step {
            1 => (length - next).max(0),
            // A sequence that became too short for the next item has none, though it may have others.
            _ if length <= next => 0,
            _ => next + 1,
        }))
    }
}

impl Iter {
    /// The name of its type.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Iter::View(_, class) => class,
            Iter::Sequence(sequence) => sequence.class,
            Iter::Unpack(unpack) => unpack.class(),
        }
    }

    /// `iterator.__length_hint__()`: how many items there may be; `None` if it has no such method.
    pub(super) fn length_hint(&self) -> Result<Option<isize>, Error> {
        match self {
            Iter::View(iter, _) => iter.length_hint(),
            Iter::Sequence(sequence) => sequence.length_hint(),
            Iter::Unpack(unpack) => Ok(Some(unpack.length_hint())),
        }
    }

    /// The next item; `None` at the end.
    pub(super) fn next(&self) -> Result<Option<Object>, Error> {
        match self {
            Iter::View(iter, _) => Ok(iter.next()?.map(Object::item)),
            Iter::Unpack(unpack) => unpack.next(),
            Iter::Sequence(sequence) => sequence.next(),
        }
    }

    /// The items that are left, each of them asked for when it is needed.
    fn rest(&self) -> impl Iterator<Item = Result<Object, Error>> {
        std::iter::from_fn(|| self.next().transpose())
    }

    fn sequence(sequence: &Object, next: isize, step: isize, class: &'static str, keeps: bool) -> Object {
        let (through, next) = (RefCell::new(Some(sequence.clone())), Cell::new(next));
        Object::Iter(Iter::Sequence(Sequence { through, next, step, class, keeps }).into())
    }
}

/// The item of a sequence at a position, if it has one there.
fn item_of(sequence: &Object, at: isize) -> Result<Option<Object>, Error> {
    let Ok(index) = usize::try_from(at) else { return Ok(None) };
    Ok(match sequence {
        Object::Bytes(content) => content.get(index).map(Object::int),
        Object::Bytearray(content) if index < content.len() => Some(Object::int(content.get(at)?)),
        Object::Array(array) if index < array.len() => Some(Object::item(array.get(at)?)),
        Object::List(items) | Object::Tuple(items) => items.get(index).cloned(),
        Object::Str(text) => text.chars().nth(index).map(|char| Object::str(char.to_string())),
        // A subscript gives an int, going through them gives bytes.
        Object::Exporter(map, Class::Mmap) => {
            let byte = map.buffer().and_then(|memory| memory.look(at, 1, <[u8]>::to_vec).ok());
            byte.map(Object::bytes)
        }
        _ => None,
    })
}

impl Python {
    /// `iter(object)`
    pub(super) fn iter(&self, object: &Object) -> Outcome {
        let class = match object {
            Object::Iter(_) => return Ok(object.clone()),
            Object::View(view) => {
                let class = if self.profile.has(Change::OwnIterator) { "memory_iterator" } else { "iterator" };
                let iter = view.iter_called("<built-in function iter>")?;
                return Ok(Object::Iter(Iter::View(iter, class).into()));
            }
            Object::Bytes(_) => "bytes_iterator",
            Object::Bytearray(_) => "bytearray_iterator",
            Object::Array(_) if self.profile.has(Change::ArrayModule) => "array.arrayiterator",
            Object::Array(_) => "arrayiterator",
            Object::List(_) => "list_iterator",
            Object::Tuple(_) => "tuple_iterator",
            Object::Exporter(_, Class::Mmap) => "iterator",
            Object::Str(_) => return Err(self.unsupported(Kind::Iter, "an iterator over a str")),
            _ => return Err(self.not_iterable(object)),
        };
        Ok(Iter::sequence(object, 0, 1, class, false))
    }

    /// `reversed(object)`
    pub(super) fn reversed(&self, object: &Object) -> Outcome {
        let class = match object {
            Object::View(view) => return Ok(Object::Iter(Iter::View(view.reversed()?, "reversed").into())),
            Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_) | Object::Tuple(_) => "reversed",
            Object::List(_) => "list_reverseiterator",
            Object::Str(_) | Object::Exporter(_, Class::Mmap) => "reversed",
            Object::Exporter(_, Class::Numpy) => return Err(self.not_iterable(object)),
            _ => return Err(type_error(format!("'{}' object is not reversible", object.class())).into()),
        };
        let last = super::functions::length(object).unwrap_or(Ok(0))? - 1;
        let keeps = matches!(object, Object::List(_)) && self.profile.has(Change::ReversedListKept);
        Ok(Iter::sequence(object, last, -1, class, keeps))
    }

    /// `next(iterator)`
    pub(super) fn next(&self, object: &Object) -> Outcome {
        let Object::Iter(iter) = object else {
            return Err(type_error(format!("'{}' object is not an iterator", object.class())).into());
        };
        Ok(iter.next()?.ok_or_else(|| Error::raised(view::Exception::StopIteration, ""))?)
    }

    /// A method of an iterator that no row has; `None` where it is not known what it gives.
    pub(super) fn iterator_method(&self, object: &Object, name: &str, operation: &Operation) -> Option<Outcome> {
        let Object::Iter(iter) = object else { return None };
        let missing = || Err(no_attribute(object, name).into());
        Some(match name {
            "__next__" | "__iter__" | "__length_hint__" if operation.operands.len() > 2 => return None,
            "__next__" => self.next(object),
            "__iter__" => Ok(object.clone()),
            "__length_hint__" => match iter.length_hint() {
                Ok(hint) => hint.map_or_else(missing, |hint| Ok(Object::size(hint))),
                Err(error) => Err(error.into()),
            },
            "__len__" | "__getitem__" => missing(),
            _ if name.starts_with("__") => return None,
            _ => missing(),
        })
    }

    /// All items of an iterable, as functions gather them that first ask how many there may be.
    pub(super) fn gather(&self, object: &Object) -> Result<Vec<Object>, Stop> {
        if let Object::Iter(iter) = object {
            iter.length_hint()?;
        }
        self.items(object)
    }

    /// Does something with each item of an iterable before the next one is asked for, as a `for` loop does. After an
    /// error an iterator has the items left that it was not asked for.
    pub(super) fn for_each(
        &self,
        object: &Object,
        mut each: impl FnMut(Object) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        match object {
            Object::Iter(iter) => iter.rest().try_for_each(|item| each(item?)),
            _ => self.items(object)?.into_iter().try_for_each(each),
        }
    }

    /// Checks that an iterator over an object can be made, which is done before it is asked for anything.
    pub(super) fn check_iterable(&self, object: &Object) -> Result<(), Stop> {
        match object {
            Object::View(view) => Ok(view.iter().map(drop)?),
            Object::Iter(_) | Object::List(_) | Object::Tuple(_) | Object::Str(_) => Ok(()),
            Object::Bytes(_) | Object::Bytearray(_) | Object::Array(_) | Object::Exporter(_, Class::Mmap) => Ok(()),
            _ => Err(self.not_iterable(object)),
        }
    }

    /// All items of an iterable.
    pub(super) fn items(&self, object: &Object) -> Result<Vec<Object>, Stop> {
        let bytes = |content: Vec<u8>| content.into_iter().map(Object::int).collect();
        Ok(match object {
            Object::Bytes(content) => bytes(content.to_vec()),
            Object::Bytearray(content) => bytes(content.to_vec()),
            Object::Array(array) => array.items()?.into_iter().map(Object::item).collect(),
            Object::List(items) | Object::Tuple(items) => items.to_vec(),
            Object::Str(text) => text.chars().map(|char| Object::str(char.to_string())).collect(),
            Object::View(view) => Iter::View(view.iter()?, "iterator").rest().collect::<Result<_, _>>()?,
            Object::Iter(iter) => iter.rest().collect::<Result<_, _>>()?,
            Object::Exporter(_, Class::Mmap) => return self.items(&self.iter(object)?),
            _ => return Err(self.not_iterable(object)),
        })
    }

    /// Why an object can't be iterated over.
    fn not_iterable(&self, object: &Object) -> Stop {
        match object {
            Object::Exporter(_, Class::Numpy) => self.unsupported(Kind::Iter, "the items of a numpy array"),
            _ => type_error(format!("'{}' object is not iterable", object.class())).into(),
        }
    }
}

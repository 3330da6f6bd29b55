//! Iterators over sequences, which count positions, and over views, which are implemented in `view`.

use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type, no_attribute};
use crate::work;
use program::Kind;
use std::any::Any;
use std::cell::{Cell, RefCell};
use view::{Error, Exception, ViewIter};

/// An iterator over a view, with the name of its type.
pub struct ViewIterator(pub ViewIter, pub &'static str);

/// An iterator that indexes a sequence. It reads each item when it is requested, so that it observes changes
/// (`PySeqIter_New`).
pub struct Sequence {
    /// The sequence; `None` after the last item, unless `keeps` is set.
    through: RefCell<Option<Object>>,
    next: Cell<isize>,
    step: isize,
    class: &'static str,
    /// Whether it keeps its reference to the sequence after the last item.
    keeps: bool,
}

impl Sequence {
    /// Creates an iterator that starts at the first item.
    pub(crate) fn forward(sequence: &Object, class: &'static str) -> Object {
        Sequence::from(sequence, 0, 1, class, false)
    }

    /// Creates an iterator that starts at the last item and goes backwards. `keeps` is whether it keeps its reference
    /// to the sequence after the last item.
    pub(crate) fn backward(sequence: &Object, class: &'static str, keeps: bool) -> Outcome {
        let last = sequence.as_type().length()? - 1;
        Ok(Sequence::from(sequence, last, -1, class, keeps))
    }

    fn from(sequence: &Object, next: isize, step: isize, class: &'static str, keeps: bool) -> Object {
        let (through, next) = (RefCell::new(Some(sequence.clone())), Cell::new(next));
        Object::instance(Sequence { through, next, step, class, keeps })
    }
}

/// Calls a method of an iterator.
pub(crate) fn method(iterator: &dyn Type, this: &Object, call: &Call<'_>) -> Outcome {
    let missing = || no_attribute(iterator.class(), call.name).into();
    match (call.kind, call.name, call.values()) {
        (Kind::AnyMethod, "__next__", []) => next(iterator),
        (Kind::AnyMethod, "__iter__", []) => Ok(this.clone()),
        (Kind::AnyMethod, "__length_hint__", []) => iterator.length_hint()?.map(Object::size).ok_or_else(missing),
        (Kind::AnyMethod, "__len__" | "__getitem__", _) => Err(missing()),
        _ => Err(iterator.missing(call.name)),
    }
}

/// `next(iterator)`
pub(crate) fn next(iterator: &dyn Type) -> Outcome {
    Ok(iterator.next()?.ok_or_else(|| Error::raised(Exception::StopIteration, ""))?)
}

impl Type for ViewIterator {
    fn class(&self) -> &str {
        self.1
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn method(&self, _: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        method(self, this, call)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    fn next(&self) -> Result<Option<Object>, Error> {
        work::spend(work::OBJECT)?;
        Ok(self.0.next()?.map(Object::item))
    }

    fn length_hint(&self) -> Result<Option<isize>, Error> {
        self.0.length_hint()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for Sequence {
    fn class(&self) -> &str {
        self.class
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn is_sequence(&self) -> bool {
        self.class == "array.arrayiterator"
    }

    fn method(&self, _: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        method(self, this, call)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    /// `iter_iternext`, `reversed_next` in C; case: consumers-refuse-what-they-took
    fn next(&self) -> Result<Option<Object>, Error> {
        work::spend(work::OBJECT)?;
        let Some(sequence) = self.through.borrow().clone() else { return Ok(None) };
        let item = sequence.as_type().at(self.next.get());
        match item {
            Ok(Some(_)) => self.next.set(self.next.get() + self.step),
            Ok(None) if self.keeps => self.next.set(-1),
            // The generic iterator asks again for an item that failed. That of `reversed` has come to its end.
            Err(_) if self.step > 0 => {}
            Ok(None) | Err(_) => drop(self.through.take()),
        }
        item
    }

    fn length_hint(&self) -> Result<Option<isize>, Error> {
        if self.class.ends_with("arrayiterator") {
            return Ok(None);
        }
        let length = match &*self.through.borrow() {
            Some(sequence) => sequence.as_type().length()?,
            None => return Ok(Some(0)),
        };
        let next = self.next.get();
        Ok(Some(match self.step {
            1 => (length - next).max(0),
            // If the sequence became shorter than the position, the length hint is 0, although items may remain.
            _ if length <= next => 0,
            _ => next + 1,
        }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

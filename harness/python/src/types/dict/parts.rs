//! `keys`, `values` and `items` of a dict, which show what it has, and the iterators over them.

use super::Dict;
use crate::code;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::Stop;
use crate::types::iterator;
use crate::types::sequence::texts;
use program::Trace;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use view::{Error, Exception};

/// A part of a dict.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Keys,
    Values,
    Items,
}

/// What `keys` and its like give.
struct Shown {
    dict: Rc<Dict>,
    part: Part,
}

/// An iterator over a part.
struct Walk {
    dict: Rc<Dict>,
    part: Part,
    next: Cell<usize>,
    /// How many items there were, and how often the dict was changed before.
    began: Cell<(usize, usize)>,
    is_over: Cell<bool>,
}

impl Part {
    pub(super) fn of(self, dict: &Rc<Dict>) -> Object {
        Object::instance(Shown { dict: dict.clone(), part: self })
    }

    fn pick(self, (key, value): &(Object, Object)) -> Object {
        match self {
            Part::Keys => key.clone(),
            Part::Values => value.clone(),
            Part::Items => Object::Tuple(vec![key.clone(), value.clone()].into()),
        }
    }
}

impl Type for Shown {
    fn class(&self) -> &str {
        match self.part {
            Part::Keys => "dict_keys",
            Part::Values => "dict_values",
            Part::Items => "dict_items",
        }
    }

    fn repr(&self) -> Result<String, Stop> {
        let items: Vec<Object> = self.dict.items().iter().map(|item| self.part.pick(item)).collect();
        Ok(format!("{}([{}])", self.class(), texts(&items)?))
    }

    fn length(&self) -> Result<isize, Error> {
        self.dict.length()
    }

    fn has_operators(&self) -> bool {
        true
    }

    fn iterator(&self, _: &Python, _: &Object) -> Outcome {
        let began = Cell::new((self.dict.len(), self.dict.changes.get()));
        let (dict, next, is_over) = (self.dict.clone(), Cell::new(0), Cell::new(false));
        Ok(Object::instance(Walk { dict, part: self.part, next, began, is_over }))
    }

    fn reverse_iterator(&self, _: &Python, _: &Object) -> Outcome {
        Err(Stop::unsupported("`reversed` of a dict"))
    }

    fn contains(&self, python: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        match self.part {
            Part::Keys => self.dict.contains(python, item),
            Part::Items => Err(Stop::unsupported("`in` of the items of a dict")),
            Part::Values => Ok(None),
        }
    }

    fn equals(&self, _: &Object) -> Result<Option<bool>, Error> {
        Err(code::as_error(Stop::unsupported("`==` of the keys, values or items of a dict")))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.object(self.class());
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Type for Walk {
    fn class(&self) -> &str {
        match self.part {
            Part::Keys => "dict_keyiterator",
            Part::Values => "dict_valueiterator",
            Part::Items => "dict_itemiterator",
        }
    }

    fn method(&self, _: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        iterator::method(self, this, call)
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    fn next(&self) -> Result<Option<Object>, Error> {
        if self.is_over.get() {
            return Ok(None);
        }
        let (size, changes) = self.began.get();
        if size != self.dict.len() {
            // It fails from now on, whatever becomes of the dict.
            self.began.set((usize::MAX, changes));
            let text = "dictionary changed size during iteration";
            return Err(Error::raised(Exception::from_name("RuntimeError"), text));
        }
        if changes != self.dict.changes.get() {
            return Err(Error::Unspecified { what: "what an iterator gives whose dict has other keys by now" });
        }
        let item = self.dict.items.borrow().get(self.next.get()).map(|item| self.part.pick(item));
        self.next.set(self.next.get() + 1);
        self.is_over.set(item.is_none());
        Ok(item)
    }

    fn length_hint(&self) -> Result<Option<isize>, Error> {
        let left = match self.began.get().0 == self.dict.len() && !self.is_over.get() {
            true => self.dict.len().saturating_sub(self.next.get()),
            false => 0,
        };
        Ok(Some(left as isize))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.object(self.class());
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

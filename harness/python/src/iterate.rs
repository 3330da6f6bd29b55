//! Iterates over iterables, as built-in functions do.

use crate::changes::Change;
use crate::context::{LARGEST, Python};
use crate::object::Object;
use crate::object::Outcome;
use crate::stop::{Stop, type_error};
use crate::types::memoryview;
use view::Exception;

impl Python {
    /// `bool(object)`, for a condition.
    ///
    /// # Errors
    ///
    /// What it raises.
    pub fn truth(&self, object: &Object) -> Result<bool, Stop> {
        Ok(object.as_type().truth()?)
    }

    /// Returns the iterator that a generator expression starts from. In some versions a released view gives one, together
    /// with an exception that shows up somewhere later, or never.
    pub fn first_iter(&self, object: &Object) -> Outcome {
        match object {
            Object::View(view) => memoryview::iter_called(self, view, "a generator expression"),
            _ => self.iter(object),
        }
    }

    /// An iterator over an object.
    pub fn iter(&self, object: &Object) -> Outcome {
        object.as_type().iterator(self, object)
    }

    /// Returns all items of an iterable.
    pub(crate) fn items(&self, object: &Object) -> Result<Vec<Object>, Stop> {
        match object {
            Object::List(items) => Ok(items.items()),
            Object::Tuple(items) => Ok(items.to_vec()),
            _ => self.taken(&self.iter(object)?),
        }
    }

    /// Returns all items that an iterator gives.
    fn taken(&self, iterator: &Object) -> Result<Vec<Object>, Stop> {
        let mut items = vec![];
        while let Some(item) = iterator.as_type().next()? {
            if items.len() == LARGEST {
                return Err(Stop::unsupported("an iterable of more than a million items"));
            }
            items.push(item);
        }
        Ok(items)
    }

    /// Returns all items of an iterable, as functions do that work on a list or a tuple and make a list of anything else
    /// (`PySequence_Fast`). `refusal` is the text for what can't be iterated.
    pub(crate) fn fast(&self, object: &Object, refusal: &str) -> Result<Vec<Object>, Stop> {
        if let Some(items) = object.as_items() {
            return Ok(items);
        }
        let is_released = matches!(object, Object::View(view) if view.is_released());
        if is_released && self.has(view::Change::OwnIterator) && !self.has(view::Change::IterReleased) {
            return Err(Stop::Unspecified(
                "the error of a released view of which a list is made meanwhile is lost or comes later (gh-126341)",
            ));
        }
        let iterator = self.iter(object).map_err(|stop| match stop {
            Stop::Raised(error) if error.exception() == Exception::TypeError => type_error(refusal).into(),
            stop => stop,
        })?;
        self.gather(&iterator)
    }

    /// Returns all items of an iterable, as functions do that request a length hint (`PySequence_List`).
    pub(crate) fn gather(&self, object: &Object) -> Result<Vec<Object>, Stop> {
        if let Object::List(_) | Object::Tuple(_) = object {
            return self.items(object);
        }
        let iterator = self.iter(object)?;
        object.as_type().length_hint()?;
        self.taken(&iterator)
    }

    /// `list(object)`. Until [`Change::ListUnasked`] it requests the length of the object before it makes an iterator.
    /// That there is no length, a TypeError, does not matter.
    ///
    /// `list___init___impl` in C; case: errors-order-iterating-a-released-view-of-several-dimensions
    pub(crate) fn list(&self, object: &Object) -> Result<Vec<Object>, Stop> {
        if !self.has(Change::ListUnasked) {
            match object.as_type().length() {
                Err(error) if error.exception() != Exception::TypeError => return Err(error.into()),
                // As many are made room for before the first one is asked for.
                Ok(length) if length > LARGEST as isize => {
                    return Err(Stop::unsupported(
                        "a list of an object that says that it has more than a million items",
                    ));
                }
                _ => {}
            }
        }
        self.gather(object)
    }

    /// Takes items up to the first whose truth value is `wanted`. Returns whether there is one, or the opposite for `all`.
    pub(crate) fn decided(&self, object: &Object, wanted: bool) -> Result<bool, Stop> {
        let iterator = self.iter(object)?;
        while let Some(item) = iterator.as_type().next()? {
            if item.as_type().truth()? == wanted {
                return Ok(wanted);
            }
        }
        Ok(!wanted)
    }

    /// Calls a function with each item before it requests the next one, as a `for` loop does. After an error the
    /// iterator keeps the remaining items.
    pub(crate) fn for_each(
        &self,
        object: &Object,
        mut each: impl FnMut(Object) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let iterator = self.iter(object)?;
        while let Some(item) = iterator.as_type().next()? {
            each(item)?;
        }
        Ok(())
    }
}

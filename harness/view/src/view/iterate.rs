//! Item after item: `iter`, `reversed`, `in`, `count` and `index`.
//!
//! Three iterators have existed. Before 3.10 Python's generic sequence iterator asked for one item after the other
//! until an IndexError; since then memoryview has its own. `reversed` has always been generic.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::View;
use crate::changes::Change;
use crate::error::{Error, Iterable, LIMIT};
use crate::item::Item;
use crate::object::Object;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// memoryview's own: the length was fixed when it was made.
    Own { length: isize },
    /// Asks for items until one is out of bounds.
    Sequence,
    /// From the last item to the first.
    Reversed,
}

/// An iterator over items. It holds its view, but does not keep it from being released.
#[derive(Debug)]
pub struct ViewIter {
    view: RefCell<Option<Rc<View>>>,
    index: Cell<isize>,
    kind: Kind,
}

impl ViewIter {
    fn new(view: &Rc<View>, index: isize, kind: Kind) -> Self {
        Self { view: RefCell::new(Some(view.clone())), index: Cell::new(index), kind }
    }

    /// `next(iterator)`; `Ok(None)` is StopIteration, now and ever after. The old iterator repeats an item that failed,
    /// the own one goes on to the next, `reversed` ends.
    ///
    /// `memoryiter_next` in C; case: iterate-gives-each-item-once
    pub fn next(&self) -> Result<Option<Item>, Error> {
        let Some(view) = self.view.borrow().clone() else { return Ok(None) };
        let index = self.index.get();
        let ended = match self.kind {
            Kind::Own { length } => {
                if index < length {
                    view.check()?;
                    self.index.set(index + 1);
                    let address = view.layout.enter(view.layout.offset(), 0, index, &view.memory)?;
                    return view.load(address).map(Some);
                }
                Ok(None)
            }
            Kind::Sequence => match view.item(index) {
                Ok(item) => {
                    self.index.set(index + 1);
                    return Ok(Some(item));
                }
                Err(error) if error.exception().ends_iteration() => Ok(None),
                Err(error) => return Err(error),
            },
            Kind::Reversed if index < 0 => Ok(None),
            Kind::Reversed => match view.item(index) {
                Ok(item) => {
                    self.index.set(index - 1);
                    return Ok(Some(item));
                }
                Err(error) if error.exception().ends_iteration() => Ok(None),
                Err(error) => Err(error),
            },
        };
        self.view.replace(None);
        ended
    }

    /// The view that is gone through; `None` after the end.
    pub fn view(&self) -> Option<Rc<View>> {
        self.view.borrow().clone()
    }

    /// `operator.length_hint(iterator)`, which `list()`, `sorted()` and their like ask for first; `None` if the
    /// iterator has no such method.
    /// Errors: those of [`View::len`], but since [`Change::ReversedHint`] none once `reversed` gave its last item.
    ///
    /// `PySeqIter_Type` in C until 3.9; case: iterate-released-length
    pub fn length_hint(&self) -> Result<Option<isize>, Error> {
        if let Kind::Own { .. } = self.kind {
            return Ok(None);
        }
        let Some(view) = self.view.borrow().clone() else { return Ok(Some(0)) };
        let (index, is_reversed) = (self.index.get(), self.kind == Kind::Reversed);
        if is_reversed && index < 0 && view.profile.has(Change::ReversedHint) {
            return Ok(Some(0));
        }
        let length = view.len()?;
        Ok(Some(if is_reversed { index + 1 } else { (length - index).max(0) }))
    }
}

impl View {
    /// `iter(m)`, as a `for` loop calls it.
    ///
    /// Errors since 3.10: released, 0 dimensions, several dimensions, format; until [`Change::IterReleased`] released
    /// comes last. Before 3.10 the first item tells. For a *direct* call see [`View::iter_called`].
    ///
    /// `memory_iter` in C; case: iterate-over-several-dimensions
    pub fn iter(self: &Rc<Self>) -> Result<ViewIter, Error> {
        if !self.profile.has(Change::OwnIterator) {
            return Ok(ViewIter::new(self, 0, Kind::Sequence));
        }
        if self.profile.has(Change::IterReleased) {
            self.check()?;
        }
        match self.layout.ndim() {
            0 => return Err(Error::ZeroDimIndex),
            1 if self.format_is_gone() => {
                return Err(Error::Unspecified {
                    what: "CPython reads the format of an exporter that was already freed",
                });
            }
            1 => self.format.refuse_structured()?,
            _ => return Err(Error::SubViewsOfDimensions),
        }
        self.check()?;
        Ok(ViewIter::new(self, 0, Kind::Own { length: self.layout.size(0) }))
    }

    /// `iter(m)` called by name: a released view makes the *callee* fail with SystemError from 3.10 until
    /// [`Change::IterReleased`]. `callee` is as in `<built-in function iter>`.
    ///
    /// `memory_iter` in C; case: iterate-call-iter-on-a-released-view
    pub fn iter_called(self: &Rc<Self>, callee: &str) -> Result<ViewIter, Error> {
        let broken = self.profile.has(Change::OwnIterator) && !self.profile.has(Change::IterReleased);
        self.iter().map_err(|error| match error {
            Error::Released if broken => Error::ResultWithError { callee: callee.into() },
            other => other,
        })
    }

    /// `reversed(m)`. Errors as [`View::len`]; the rest when an item is reached.
    ///
    /// `reversed_new` in C; case: iterate-reversed-keeps-its-view
    pub fn reversed(self: &Rc<Self>) -> Result<ViewIter, Error> {
        let length = self.len()?;
        Ok(ViewIter::new(self, length - 1, Kind::Reversed))
    }

    /// `value in m`: identity, then `item == value`, until one is true. [`Error::Memory`] after [`LIMIT`] items.
    ///
    /// `PySequence_Contains` in C; case: iterate-membership
    pub fn contains(self: &Rc<Self>, value: &dyn Object) -> Result<bool, Error> {
        let what = if self.profile.has(Change::ContainerText) { Iterable::Container } else { Iterable::Iterable };
        let iterator = self.iter().map_err(|error| match error {
            // Python replaces the TypeError of an iteration that cannot begin.
            Error::ZeroDimIndex => Error::NotIterable { what },
            other => other,
        })?;
        for _ in 0..LIMIT {
            match iterator.next()? {
                Some(item) if matches(value, &item)? => return Ok(true),
                Some(_) => (),
                None => return Ok(false),
            }
        }
        Err(Error::Memory)
    }

    /// `m.count(value)` (3.14). Errors as [`View::iter`], and those of comparing.
    ///
    /// `memoryview_count` in C; case: versions-count
    pub fn count(self: &Rc<Self>, value: &dyn Object) -> Result<usize, Error> {
        let iterator = self.iter()?;
        let mut count = 0;
        for _ in 0..LIMIT {
            match iterator.next()? {
                Some(item) => count += usize::from(matches(value, &item)?),
                None => return Ok(count),
            }
        }
        Err(Error::Memory)
    }

    /// `m.index(value, start, stop)` (3.14), with bounds as [`crate::search_bound`] gives them.
    ///
    /// Errors: released, 0 dimensions, several dimensions; for each item released and format; not found.
    ///
    /// `memoryview_index` in C; case: versions-index
    pub fn index(&self, value: &dyn Object, start: isize, stop: isize) -> Result<isize, Error> {
        self.check()?;
        let length = match self.layout.shape() {
            [] => return Err(Error::ZeroDimLookup),
            [length] => *length,
            _ => return Err(Error::MultiDimLookup),
        };
        let from_end = |bound: isize| if bound < 0 { (bound + length).max(0) } else { bound };
        for (visited, index) in (from_end(start)..from_end(stop).min(length)).enumerate() {
            if visited == LIMIT {
                return Err(Error::Memory);
            }
            if matches(value, &self.item(index)?)? {
                return Ok(index);
            }
        }
        Err(Error::NotFound)
    }
}

fn matches(value: &dyn Object, item: &Item) -> Result<bool, Error> {
    Ok(value.is(item) || value.equals(item)?)
}

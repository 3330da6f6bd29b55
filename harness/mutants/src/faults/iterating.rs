//! Faults of going through items one by one: `iter`, `reversed`, `list` and `in`.

use super::call::{Answer, Call, give, raise, raise_other};
use super::parts::{addresses, dense, relaid, revived};
use super::{Row, row};
use program::Kind;
use python::Object;
use python::types::iterator::ViewIterator;
use std::rc::Rc;
use view::{Error, Exception, Indices, View};

/// What goes through all items of its first operand.
const THROUGH: &[Kind] = &[Kind::ListOf, Kind::TupleOf, Kind::Sum, Kind::Max, Kind::Min, Kind::Sorted];

pub(super) const ROWS: &[Row] = &[
    row("iterate-one-less", "Going through all items ends before the last one.", |call| {
        let (view, length) = line(call, THROUGH)?;
        let other = (length > 0).then(|| reaching(&view, 0, length - 1))??;
        Some(call.with(0, Object::View(other)))
    }),
    row(
        "iterate-one-more",
        "Going through all items goes on to the one behind the last, if there is memory.",
        |call| {
            let (view, length) = line(call, THROUGH)?;
            let other = reaching(&view, 0, length + 1)?;
            let last = *addresses(&other)?.last()?;
            let size = view.raw_itemsize().unsigned_abs();
            view.memory().look(last, size, |_| ()).ok()?;
            Some(call.with(0, Object::View(other)))
        },
    ),
    row(
        "iterate-without-stride",
        "Going through all items of a view with a step goes to the next bytes, not to the next item.",
        |call| {
            let other = dense(&*call.view(THROUGH)?)?;
            Some(call.with(0, Object::View(other)))
        },
    ),
    row(
        "iterate-all-dimensions",
        "The items of a view of several dimensions can be gone through one by one.",
        |call| {
            let view = call.view(&[Kind::ListOf])?;
            call.on_error(|_, error| match error {
                Error::SubViewsOfDimensions => {
                    let items = view.tolist().ok()?.flat();
                    Some(give(Object::List(items.into_iter().map(Object::item).collect())))
                }
                _ => None,
            })
        },
    ),
    row("iterator-outlives-release", "An iterator reads on after its view was released.", |call| {
        let view = call.view(&[Kind::Iter])?;
        call.on_value(|_, iterator| {
            let iter = revived(&view)?.iter().ok()?;
            let ViewIterator(_, class) = iterator.downcast()?;
            Some(give(Object::instance(ViewIterator(iter, class))))
        })
    }),
    row("iterator-ends-with-index-error", "The end of an iterator over a view is an IndexError.", |call| {
        let is_over_view = call.operand(0)?.downcast::<ViewIterator>().is_some();
        call.on_error(|call, error| {
            let is_end = error.exception() == Exception::StopIteration;
            (is_end && is_over_view && call.is(&[Kind::Next])).then(|| raise_other(Exception::IndexError, ""))
        })
    }),
    row("iterator-without-first", "An iterator begins with the second item.", |call| skipping(call, Kind::Iter)),
    row("reversed-without-last", "Going backwards begins with the last item but one.", |call| {
        skipping(call, Kind::Reversed)
    }),
    row(
        "iterator-asked-by-bytearray",
        "What fills a bytearray asks an iterator for its length first, which an iterator over a released view does not have.",
        |call| {
            let at = if call.is(&[Kind::NewBytearray]) { 0 } else { 2 };
            let is_filled = call.is(&[Kind::NewBytearray]) || matches!(call.operand(0)?, Object::Bytearray(_));
            let items = call.operand(at).filter(|_| is_filled && call.is(&[Kind::NewBytearray, Kind::Set]))?;
            items.downcast::<ViewIterator>()?.0.length_hint().err().map(raise)
        },
    ),
    row(
        "join-never-asks-for-a-length",
        "The method `join` takes items from an iterator without asking it for its length first.",
        |call| {
            let items = call.operand(2).filter(|_| call.operation.own_name(1) == Some("join"))?.clone();
            call.on_error(|_, error| match (error, items.as_type().next()) {
                (Error::Released, Ok(None)) => Some(give(Object::bytes(vec![]))),
                _ => None,
            })
        },
    ),
    row("in-without-last", "The operator `in` does not look at the last item.", |call| {
        let (view, length) = searched(call)?;
        let other = (length > 0).then(|| reaching(&view, 0, length - 1))??;
        Some(call.with(1, Object::View(other)))
    }),
    row(
        "in-by-identity",
        "The operator `in` finds only the object itself, as small ints and single bytes are, and not what equals it.",
        |call| {
            let (view, _) = searched(call)?;
            let value = call.operand(0)?.clone();
            call.on_value(|call, _| {
                let found = view.tolist().ok()?.flat().into_iter().any(|item| Object::item(item).is(&value));
                Some(give(Object::Bool(found == call.is(&[Kind::In]))))
            })
        },
    ),
    row("in-released", "The operator `in` finds nothing in a released view.", |call| match call.operand(1)? {
        Object::View(view) if view.is_released() && call.is(&[Kind::In]) => Some(give(Object::Bool(false))),
        _ => None,
    }),
];

/// A view of one dimension that one of these operations is done to, and its length.
fn line(call: &Call<'_>, kinds: &[Kind]) -> Option<(Rc<View>, isize)> {
    let view = call.view(kinds)?;
    match view.layout().shape() {
        &[length] => Some((view, length)),
        _ => None,
    }
}

/// An iterator over a view that has already been asked for its first item.
fn skipping(call: &mut Call<'_>, kind: Kind) -> Answer {
    call.view(&[kind])?;
    call.on_value(|_, iterator| {
        // An item that can't be read is the next one's trouble.
        let _ = iterator.as_type().next();
        None
    })
}

/// A view of one dimension in which something is searched, and its length.
fn searched(call: &Call<'_>) -> Option<(Rc<View>, isize)> {
    match call.operand(1)? {
        Object::View(view) if call.is(&[Kind::In, Kind::NotIn]) && !view.is_released() => match view.layout().shape() {
            &[length] => Some((view.clone(), length)),
            _ => None,
        },
        _ => None,
    }
}

/// The view from an item on, with so many items.
fn reaching(view: &View, start: isize, count: isize) -> Option<Rc<View>> {
    relaid(view, &view.layout().slice(Indices { start, stop: start + count, step: 1, count }))
}

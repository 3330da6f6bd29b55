//! Faults of subscripts with indices: which item they are, and what is no subscript.

use super::call::{Call, give_view, raise};
use super::parts::{dense, index, remade, revived};
use super::slicing::wrapped;
use super::{Row, row};
use program::Kind;
use python::Object;
use std::rc::Rc;
use view::{Error, View};

pub(super) const ROWS: &[Row] = &[
    row("index-of-length", "The index that is the length is taken for the last item.", |call| {
        let (_, length, index) = indexed(call)?;
        (index == length && length > 0).then(|| call.with(1, Object::size(length - 1)))
    }),
    row("index-wraps-twice", "An index before the first item is counted from the end a second time.", |call| {
        let (_, length, index) = indexed(call)?;
        (index < -length && index > isize::MIN / 2).then(|| call.with(1, Object::size(index + length)))
    }),
    row("index-lowest", "The lowest negative index is refused.", |call| {
        let (_, length, index) = indexed(call)?;
        (index == -length && length > 0).then(|| raise(Error::OutOfBounds { dimension: 1 }))
    }),
    row("index-without-stride", "An item of a view with a step is read as if the items lay side by side.", |call| {
        let (view, ..) = indexed(call)?;
        let dense = dense(&view)?;
        Some(call.with(0, Object::View(dense)))
    }),
    row("index-released", "An item of a released view can be read.", |call| {
        let view = call.released(&[Kind::Get])?;
        let is_item = !matches!(call.operand(1)?, Object::Slice(_) | Object::Ellipsis);
        let other = is_item.then(|| revived(&view))??;
        Some(call.with(0, Object::View(other)))
    }),
    row("index-bool", "A bool is no index.", |call| {
        call.view(&[Kind::Get])?;
        match call.operand(1)? {
            Object::Bool(_) => Some(raise(Error::InvalidKey)),
            _ => None,
        }
    }),
    row("index-wraps-at-64-bits", "An index that does not fit 64 bits loses its upper bits.", |call| {
        call.view(&[Kind::Get, Kind::Set])?;
        let wrapped = wrapped(call.operand(1)?)?;
        Some(call.with(1, wrapped))
    }),
    row("index-gives-row", "An index into a view of several dimensions gives a view of what is under it.", |call| {
        let view = call.view(&[Kind::Get])?;
        let index = index(call.operand(1)?)?;
        call.on_error(|_, error| match error {
            Error::SubViewsOfDimensions => under(&view, index).map(give_view),
            _ => None,
        })
    }),
    row("indices-swapped", "The indices of several dimensions are taken in the wrong order.", |call| {
        let items = indices(call)?;
        (items.len() > 1).then(|| call.with(1, tuple(items.iter().rev())))
    }),
    row("indices-too-many", "Indices beyond the last dimension are ignored.", |call| {
        let view = call.view(&[Kind::Get, Kind::Set])?;
        let (items, ndim) = (indices(call)?, view.layout().ndim());
        (items.len() > ndim).then(|| call.with(1, tuple(items.iter().take(ndim))))
    }),
    row("indices-negative", "In a tuple of indices negative ones are refused.", |call| {
        let items = indices(call)?;
        let at = items.iter().position(|item| index(item).is_some_and(|index| index < 0))?;
        call.on_value(|_, _| Some(raise(Error::OutOfBounds { dimension: at + 1 })))
    }),
    row("indices-dimension-in-text", "The error of an index names the first dimension, whichever it was.", |call| {
        call.view(&[Kind::Get, Kind::Set])?;
        call.on_error(|_, error| match error {
            Error::OutOfBounds { dimension: 2.. } => Some(raise(Error::OutOfBounds { dimension: 1 })),
            _ => None,
        })
    }),
    row("tuple-of-slices", "A tuple of slices selects along the first dimension and ignores the others.", |call| {
        call.view(&[Kind::Get])?;
        let Object::Tuple(items) = call.operand(1)?.clone() else { return None };
        call.on_error(|call, error| match error {
            Error::MultiSlice => Some(call.with(1, items.first()?.clone())),
            _ => None,
        })
    }),
    row("tuple-empty", "An empty tuple of indices stands for the first item of a view of one dimension.", |call| {
        let view = call.view(&[Kind::Get])?;
        match call.operand(1)? {
            Object::Tuple(items) if items.is_empty() && view.layout().ndim() == 1 => Some(call.with(1, Object::int(0))),
            _ => None,
        }
    }),
    row("ellipsis-gives-view", "An ellipsis gives another view of the same items, whatever the dimensions.", |call| {
        let view = call.view(&[Kind::Get])?;
        match call.operand(1)? {
            Object::Ellipsis if view.layout().ndim() > 0 => view.again().ok().map(give_view),
            _ => None,
        }
    }),
    row("ellipsis-gives-item", "An ellipsis on a view of no dimensions gives the item.", |call| {
        let view = call.view(&[Kind::Get])?;
        match call.operand(1)? {
            Object::Ellipsis if view.layout().ndim() == 0 => Some(call.with(1, Object::Tuple(vec![].into()))),
            _ => None,
        }
    }),
];

/// A view of one dimension that is read by index, its length, and the index.
fn indexed(call: &Call<'_>) -> Option<(Rc<View>, isize, isize)> {
    let view = call.view(&[Kind::Get])?;
    let index = index(call.operand(1)?)?;
    match view.layout().shape() {
        &[length] => Some((view, length, index)),
        _ => None,
    }
}

/// The elements of a tuple that is the key of a subscript of a view.
fn indices(call: &Call<'_>) -> Option<Rc<[Object]>> {
    call.view(&[Kind::Get, Kind::Set])?;
    match call.operand(1)? {
        Object::Tuple(items) => Some(items.0.clone()),
        _ => None,
    }
}

/// What an index leaves of a view of several dimensions.
fn under(view: &View, index: isize) -> Option<Rc<View>> {
    let layout = view.layout();
    let offset = layout.lookup(layout.offset(), 0, index, view.memory()).ok()?;
    remade(view, |export| {
        export.offset = offset;
        export.ndim -= 1;
        for dims in [&mut export.shape, &mut export.strides].into_iter().flatten() {
            dims.remove(0);
        }
    })
}

/// A tuple as a key.
fn tuple<'a>(items: impl Iterator<Item = &'a Object>) -> Object {
    Object::Tuple(items.cloned().collect())
}

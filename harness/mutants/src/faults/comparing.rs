//! Faults of `==` and `hash`: what is compared with what, and how.

use super::call::{Answer, Call, give, raise};
use super::parts::{dense, relaid, remade};
use super::{Row, row};
use engine::reference::Variant;
use program::Kind;
use python::Object;
use std::rc::Rc;
use view::{Dims, Error, Format, Indices, Layout, Native, Order, Text, View};

const EQUALITY: &[Kind] = &[Kind::Eq, Kind::Ne];
const ORDER: &[Kind] = &[Kind::Lt, Kind::Le, Kind::Gt, Kind::Ge];

pub(super) const ROWS: &[Row] = &[
    row("equal-by-identity", "A view always equals itself, also with a NaN in it.", |call| {
        let (left, right) = (call.view(EQUALITY)?, as_view(call.operand(1)?)?);
        Rc::ptr_eq(&left, &right).then(|| answer(call, true))
    }),
    row("equal-floats-by-bytes", "Floats of one format are compared by their bytes.", |call| {
        let (left, right) = compared(call)?;
        let is_float = |view: &View| matches!(native(view), Some(Native::Half | Native::Float | Native::Double));
        (is_float(&left) && native(&left) == native(&right)).then(|| same_bytes(call, &left, &right))?
    }),
    row("equal-formats-by-bytes", "Items of two formats of one size are compared by their bytes.", |call| {
        let (left, right) = compared(call)?;
        let fit = native(&left) != native(&right) && left.raw_itemsize() == right.raw_itemsize();
        fit.then(|| same_bytes(call, &left, &right))?
    }),
    row("equal-only-one-kind", "Ints never equal floats.", |call| {
        let (left, right) = compared(call)?;
        let is_float = |view: &View| matches!(native(view), Some(Native::Half | Native::Float | Native::Double));
        (is_float(&left) != is_float(&right)).then(|| answer(call, false))
    }),
    row("equal-structs-never", "Views of a format that items can't be read of never equal anything.", |call| {
        let (left, right) = compared(call)?;
        (native(&left).is_none() || native(&right).is_none()).then(|| answer(call, false))
    }),
    row("equal-any-shape", "The shapes of two views of as many items do not matter.", |call| {
        let (left, right) = compared(call)?;
        let differ = left.layout().shape() != right.layout().shape();
        let (left, right) = differ.then(|| Some((flat(&left)?, flat(&right)?)))??;
        Some(Variant::perform(call.python, call.operation, &[left, right].map(Object::View)))
    }),
    row("equal-as-far-as-it-goes", "Items are compared as far as the shorter side goes.", |call| {
        let (left, right) = compared(call)?;
        let (&[ours], &[theirs]) = (left.layout().shape(), right.layout().shape()) else { return None };
        let count = ours.min(theirs);
        let (left, right) = (ours != theirs).then(|| Some((first(&left, count)?, first(&right, count)?)))??;
        Some(Variant::perform(call.python, call.operation, &[left, right].map(Object::View)))
    }),
    row("equal-without-stride", "A view with a step is compared as if its items lay side by side.", |call| {
        let left = dense(&*call.view(EQUALITY)?)?;
        Some(call.with(0, Object::View(left)))
    }),
    row("equal-released-raises", "Comparing a released view raises a ValueError.", |call| {
        call.released(EQUALITY).map(|_| raise(Error::Released))
    }),
    row("equal-released-never", "A released view does not equal itself.", |call| {
        call.released(EQUALITY).map(|_| answer(call, false))
    }),
    row("equal-wants-buffer", "Comparing a view with what has no buffer raises a TypeError.", |call| {
        call.view(EQUALITY)?;
        let other = call.operand(1)?;
        let has_buffer = other.with_buffer().is_some();
        (!has_buffer).then(|| raise(Error::NoBuffer { type_name: other.class().into() }))
    }),
    row("unequal-by-items", "Of two views of different shapes `!=` says that they are not unequal.", |call| {
        let (left, right) = compared(call)?;
        let differ = left.layout().shape() != right.layout().shape();
        (differ && call.is(&[Kind::Ne])).then(|| give(Object::Bool(false)))
    }),
    row("views-are-ordered", "Two views are ordered by their bytes.", |call| {
        let left = call.view(ORDER)?.tobytes(Order::C).ok()?;
        let right = as_view(call.operand(1)?)?.tobytes(Order::C).ok()?;
        Some(give(Object::Bool(match call.operation.kind {
            Kind::Lt => left < right,
            Kind::Le => left <= right,
            Kind::Gt => left > right,
            _ => left >= right,
        })))
    }),
    row("hash-writable", "A writable view can be hashed.", |call| {
        let view = call.view(&[Kind::Hash])?;
        call.on_error(|call, error| match error {
            Error::HashWritable => Some(call.with(0, Object::View(view.toreadonly().ok()?))),
            _ => None,
        })
    }),
    row("hash-any-format", "A view of any format can be hashed.", |call| {
        let view = call.view(&[Kind::Hash])?;
        call.on_error(|_, error| match error {
            Error::HashFormat => Some(give(Object::int(view.nbytes().ok()? as i128))),
            _ => None,
        })
    }),
    row("hash-format-first", "Hashing looks at the format before it finds the view to be writable.", |call| {
        let view = call.view(&[Kind::Hash])?;
        call.on_error(|call, error| match error {
            Error::HashWritable => match call.with(0, Object::View(view.toreadonly().ok()?)) {
                done @ Err(_) => Some(done),
                Ok(_) => None,
            },
            _ => None,
        })
    }),
    row("hash-forgotten", "The hash of a view is not remembered after it was released.", |call| {
        call.released(&[Kind::Hash]).map(|_| raise(Error::Released))
    }),
];

fn as_view(object: &Object) -> Option<Rc<View>> {
    match object {
        Object::View(view) => Some(view.clone()),
        _ => None,
    }
}

fn native(view: &View) -> Option<Native> {
    Format::new(Text::from(view.raw_format()), view.profile()).native()
}

/// Two objects that are compared, at least the first a view, both as views.
fn compared(call: &Call<'_>) -> Option<(Rc<View>, Rc<View>)> {
    let left = call.view(EQUALITY)?;
    let right = call.python.view_of(call.operand(1)?).ok()?;
    Some((left, right))
}

fn answer(call: &Call<'_>, equal: bool) -> super::call::Done {
    give(Object::Bool(equal != call.is(&[Kind::Ne])))
}

/// Compares bytes where the shapes are the same.
fn same_bytes(call: &Call<'_>, left: &View, right: &View) -> Answer {
    let same_shape = left.layout().shape() == right.layout().shape();
    let same = same_shape && left.tobytes(Order::C).ok()? == right.tobytes(Order::C).ok()?;
    Some(answer(call, same))
}

/// The items in one dimension, if they lie side by side.
fn flat(view: &View) -> Option<Rc<View>> {
    view.c_contiguous().ok()?.then(|| {
        remade(view, |export| {
            export.shape = Some(Dims::from_slice(&[view.layout().items()]));
            export.strides = Some(Dims::from_slice(&[view.raw_itemsize()]));
            export.ndim = 1;
        })
    })?
}

/// The first items.
fn first(view: &View, count: isize) -> Option<Rc<View>> {
    let layout: Layout = view.layout().slice(Indices { start: 0, stop: count, step: 1, count });
    relaid(view, &layout)
}

//! Faults that take several steps to see, each of which must be right. What is measured with them is guidance.
//!
//! They are made after mistakes of real implementations, as their comments say, narrowed to some class of views, as real ones
//! are by the branch that they sit in. None was chosen by which campaign finds it. A blind campaign takes thousands to hundreds
//! of thousands of programs for most of them, and finds some not at all.

use super::assigning::{Assigned, one_by_one, try_out};
use super::call::{Answer, Call, give, raise};
use super::parts::{dense, place_flat, relaid, remade, revived};
use super::reentrant::late;
use super::{Row, row};
use program::Kind;
use python::Object;
use python::types::iterator::ViewIterator;
use std::rc::Rc;
use view::{Error, Exporter, Layout, Order, View};

pub(super) const ROWS: &[Row] = &[
    // RustPython kept no hash until its pull request 2299.
    row("deep-hash", "The hash of a view of format `b` is not remembered after it was released.", |call| {
        call.released(&[Kind::Hash]).filter(|view| view.raw_format() == "b").map(|_| raise(Error::Released))
    }),
    row("deep-lock", "Releasing a read-only view of doubles with a step does not give the lock back.", |call| {
        let view = call.view(&[Kind::Release])?;
        if is_stepped(&view) && is_readonly(&view) && view.raw_format() == "d" {
            call.state.kept.extend(view.again());
        }
        None
    }),
    row("deep-equal", "Two read-only views of different formats that both go backwards are never equal.", |call| {
        let left = call.view(&[Kind::Eq])?;
        let Some(Object::View(right)) = call.operand(1) else { return None };
        let is_one = |view: &View| !view.is_released() && is_readonly(view) && is_reversed(view);
        if !is_one(&left) || !is_one(right) || left.raw_format() == right.raw_format() || Rc::ptr_eq(&left, right) {
            return None;
        }
        call.on_value(|_, object| match object {
            Object::Bool(true) => Some(give(Object::Bool(false))),
            _ => None,
        })
    }),
    // RustPython counted no exports until its pull request 8553.
    row(
        "deep-export",
        "A read-only cast to several dimensions can be released while `__buffer__` of it is held.",
        |call| {
            let view = call.view(&[Kind::Release])?;
            let is_held = view.layout().ndim() > 1 && is_readonly(&view) && view.export_count() > 0;
            call.on_error(|_, _| is_held.then(|| give(Object::None)))
        },
    ),
    // CPython: gh-92888.
    row(
        "deep-item-late",
        "What an item does while it is asked is not noticed before it is written to a cast of floats in several dimensions.",
        |call| {
            let view = call.view(&[Kind::Set])?;
            (view.layout().ndim() > 1 && is_float(&view)).then(|| late(call, 2))?
        },
    ),
    row(
        "deep-key-late",
        "What a key does while it is asked is not noticed before an item that is wider than a byte is read \
         from a view that goes backwards.",
        |call| {
            let view = call.view(&[Kind::Get])?;
            (is_wide(&view) && is_reversed(&view)).then(|| late(call, 1))?
        },
    ),
    // PyPy: issue 3856.
    row(
        "deep-assign",
        "What is assigned to a part of a view that goes backwards is written side by side, if it is a view of the same memory.",
        |call| {
            let assigned = Assigned::of(call)?;
            let source = assigned.source(call)?;
            let is_same = Rc::ptr_eq(source.memory(), assigned.view.memory());
            if !is_same || !is_wide(&source) || !is_reversed(&assigned.view) {
                return None;
            }
            try_out(call)?.ok()?;
            let target = dense(&assigned.target)?;
            assigned.fill(call, target, &source)
        },
    ),
    row(
        "deep-overlap",
        "Doubles that are assigned backwards are copied one by one, also where they overlap.",
        |call| {
            let assigned = Assigned::of(call)?;
            let source = assigned.source(call)?;
            (source.raw_format() == "d" && is_reversed(&source)).then(|| one_by_one(call, |_| ()))?
        },
    ),
    // PyPy: issue 5231.
    row(
        "deep-part",
        "A part of a read-only view of doubles that goes backwards starts as if they lay forwards.",
        |call| {
            let view = call.view(&[Kind::Get])?;
            let length = *view.layout().shape().first()?;
            let start = call.bounds()?.of(length).start;
            if !is_readonly(&view) || view.raw_format() != "d" || !is_reversed(&view) {
                return None;
            }
            call.on_view(|_, part| {
                let layout = part.layout();
                let offset = view.layout().offset().checked_add(start.checked_mul(view.raw_itemsize())?)?;
                let (shape, strides) = (layout.shape().into(), layout.strides().into());
                let moved = Layout::new(offset, shape, strides, layout.suboffsets().into(), view.profile().abi());
                relaid(part, &moved.ok()?)
            })
        },
    ),
    // CPython: the format of a cast was memory of the view that it was made from, bpo-22668.
    row(
        "deep-format",
        "The list of a read-only cast has bytes, once the view was released that it was made from.",
        |call| {
            if let Some(view) = call.view(&[Kind::Cast]) {
                return remember_origin(call, &view);
            }
            let cast = call.view(&[Kind::ToList]).filter(|cast| is_wide(cast) && is_readonly(cast))?;
            let bytes = remade(&cast, |export| place_flat(export, "B", 1, cast.nbytes().unwrap_or(0)))?;
            is_orphan(call, &cast).then(|| call.with(0, Object::View(bytes)))
        },
    ),
    row("deep-iterator", "An iterator over floats that lie backwards reads on after its view was released.", |call| {
        let view = call.view(&[Kind::Iter]).filter(|view| is_reversed(view) && is_float(view))?;
        call.on_value(|_, iterator| {
            let iter = revived(&view)?.iter().ok()?;
            let ViewIterator(_, class) = iterator.downcast()?;
            Some(give(Object::instance(ViewIterator(iter, class))))
        })
    }),
    row("deep-search", "The operator `in` finds nothing in a read-only view of chars that lie backwards.", |call| {
        let Some(Object::View(view)) = call.operand(1).filter(|_| call.is(&[Kind::In])) else { return None };
        let is_such = !view.is_released() && is_readonly(view) && is_reversed(view) && view.raw_format() == "c";
        is_such.then(|| give(Object::Bool(false)))
    }),
    // CPython: exporters that are resized under a view.
    row(
        "deep-resize",
        "A bytearray takes no notice of a cast to several dimensions, once the view was released that it was made from.",
        |call| {
            if let Some(view) = call.view(&[Kind::Cast]) {
                return remember_origin(call, &view);
            }
            let Object::Bytearray(bytes) = call.operand(0)?.clone() else { return None };
            let is_alone = bytes.buffer().is_some_and(|buffer| buffer.exports() == 1);
            let casts =
                call.state.pairs.iter().filter_map(|(cast, _)| cast.upgrade()).filter(|cast| !cast.is_released());
            let is_ignored = casts
                .filter(|cast| cast.layout().ndim() > 1 && is_orphan(call, cast))
                .any(|cast| bytes.buffer().is_some_and(|buffer| Rc::ptr_eq(buffer, cast.memory())));
            call.on_error(|_, error| match error {
                Error::BytearrayResize if is_alone && is_ignored => Some(give(Object::None)),
                _ => None,
            })
        },
    ),
    row(
        "deep-order",
        "The bytes of a view whose first dimension goes backwards come in C order, if asked for.",
        |call| {
            let view = call.view(&[Kind::ToBytes]).filter(|view| view.layout().ndim() > 1)?;
            let is_backwards = view.layout().strides().first().is_some_and(|stride| *stride < 0);
            let is_fortran = matches!(call.operand(1), Some(Object::Str(text)) if **text == *"F");
            (is_backwards && is_fortran && is_wide(&view))
                .then(|| view.tobytes(Order::C).map(Object::bytes).map(give).ok())?
        },
    ),
    row(
        "deep-view",
        "A view of a view that was made read-only is writable, if it is of chars that lie backwards.",
        |call| {
            let Some(Object::View(of)) = call.operand(0).filter(|_| call.is(&[Kind::NewView])) else { return None };
            let is_such = !of.is_released() && is_readonly(of) && is_reversed(of) && of.raw_format() == "c";
            call.on_view(|_, view| {
                let writable = remade(view, |export| export.readonly = false)?;
                (is_such && !super::parts::root_is_readonly(view)).then_some(writable)
            })
        },
    ),
];

fn is_readonly(view: &View) -> bool {
    view.readonly().unwrap_or(false)
}

fn is_wide(view: &View) -> bool {
    view.raw_itemsize() > 1
}

fn is_float(view: &View) -> bool {
    matches!(view.raw_format(), "f" | "d" | "e")
}

fn is_stepped(view: &View) -> bool {
    let [stride] = view.layout().strides() else { return false };
    *stride != view.raw_itemsize() && view.layout().shape() != [1]
}

fn is_reversed(view: &View) -> bool {
    matches!(view.layout().strides(), [stride] if *stride < 0)
}

/// Casts a view as Python does, and remembers from which view the cast was made.
fn remember_origin(call: &mut Call<'_>, view: &Rc<View>) -> Answer {
    call.on_view(|call, cast| {
        call.state.pairs.push((Rc::downgrade(cast), Rc::downgrade(view)));
        None
    })
}

/// Whether the view was released that a cast was made from.
fn is_orphan(call: &Call<'_>, cast: &Rc<View>) -> bool {
    let pairs = call.state.pairs.iter().filter(|(made, _)| std::ptr::eq(made.as_ptr(), Rc::as_ptr(cast)));
    pairs.filter_map(|(_, from)| from.upgrade()).any(|from| from.is_released())
}

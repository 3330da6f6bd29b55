//! Faults that take several steps to see, each of which must be right. A blind campaign takes hundreds of thousands of programs
//! for them, or finds them not at all: what is measured with them is guidance.

use super::call::{give, raise};
use super::{Row, row};
use program::Kind;
use python::Object;
use std::rc::Rc;
use view::{Error, View};

pub(super) const ROWS: &[Row] = &[
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
];

fn is_readonly(view: &View) -> bool {
    view.readonly().unwrap_or(false)
}

fn is_stepped(view: &View) -> bool {
    let [stride] = view.layout().strides() else { return false };
    *stride != view.raw_itemsize() && view.layout().shape() != [1]
}

fn is_reversed(view: &View) -> bool {
    matches!(view.layout().strides(), [stride] if *stride < 0)
}

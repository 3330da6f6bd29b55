//! Faults of re-entrancy: what program code does in the middle of an operation is noticed too late, or not at all.

use super::call::{Answer, Call, Done, give};
use super::{Row, row};
use program::Kind;
use python::Object;
use python::types::hook::Hook;
use view::{Error, Flags, View};

pub(super) const ROWS: &[Row] = &[
    row("hook-key-read-late", "What a key does while it is asked is not noticed before the item is read.", |call| {
        call.view(&[Kind::Get])?;
        late(call, 1)
    }),
    row(
        "hook-key-written-late",
        "What a key does while it is asked is not noticed before the item is written.",
        |call| {
            call.view(&[Kind::Set])?;
            late(call, 1)
        },
    ),
    row("hook-item-written-late", "What an item does while it is asked is not noticed before it is written.", |call| {
        call.view(&[Kind::Set])?;
        late(call, 2)
    }),
    row("hash-guarded-early", "A view can't be released while its exporter is asked for its hash.", |call| {
        let view = call.view(&[Kind::Hash])?;
        let held = View::export(&view, Flags::FULL_RO).ok()?;
        let done = call.honest();
        drop(held);
        Some(done)
    }),
    row("hash-of-exporter-ignored", "A view has a hash although its exporter fails to give its own.", |call| {
        call.view(&[Kind::Hash])?;
        call.on_error(|_, error| match error {
            Error::HashWritable | Error::HashFormat | Error::Released | Error::Unspecified { .. } => None,
            _ => Some(give(Object::int(0))),
        })
    }),
];

/// The operation with the answer of a hook in its place, and only then what the hook does.
pub(super) fn late(call: &mut Call<'_>, index: usize) -> Answer {
    let object = call.operand(index)?.clone();
    let hook: &Hook = object.downcast()?;
    let done: Done = call.with(index, hook.answer().clone());
    hook.call();
    Some(done)
}

//! Faults of whole contents: `tolist`, `tobytes` and `hex`.

use super::call::{Call, give, raise, raise_other};
use super::parts::{dense, remade, revived};
use super::{Row, row};
use program::Kind;
use python::Object;
use view::{Error, Exception, Order};

pub(super) const ROWS: &[Row] = &[
    row("tobytes-fortran-is-c", "The bytes in Fortran order come in C order.", |call| {
        let view = call.view(&[Kind::ToBytes])?;
        is_order(call, "F").then(|| view.tobytes(Order::C).map(Object::bytes).map(give).ok())?
    }),
    row("tobytes-any-is-fortran", "The bytes in any order come in Fortran order.", |call| {
        let view = call.view(&[Kind::ToBytes])?;
        is_order(call, "A").then(|| view.tobytes(Order::Fortran).map(Object::bytes).map(give).ok())?
    }),
    row("tobytes-any-is-c", "The bytes in any order come in C order.", |call| {
        let view = call.view(&[Kind::ToBytes])?;
        is_order(call, "A").then(|| view.tobytes(Order::C).map(Object::bytes).map(give).ok())?
    }),
    row("tobytes-none-refused", "None is no order of bytes.", |call| {
        call.view(&[Kind::ToBytes])?;
        match call.operand(1)? {
            Object::None => Some(raise(Error::Order)),
            _ => None,
        }
    }),
    row("tobytes-without-stride", "The bytes of a view with a step are those that lie side by side.", |call| {
        let other = dense(&*call.view(&[Kind::ToBytes])?)?;
        Some(call.with(0, Object::View(other)))
    }),
    row("tobytes-released", "The bytes of a released view can be asked for.", |call| {
        let view = call.released(&[Kind::ToBytes])?;
        let other = revived(&view)?;
        Some(call.with(0, Object::View(other)))
    }),
    row("tobytes-released-first", "A released view is noticed before an order that is no str.", |call| {
        call.released(&[Kind::ToBytes])?;
        call.on_error(|_, _| Some(raise(Error::Released)))
    }),
    row("tolist-flat", "The list of a view of several dimensions is flat.", |call| {
        let view = call.view(&[Kind::ToList])?;
        (view.layout().ndim() > 1).then(|| {
            let items = view.tolist().ok()?.flat();
            Some(give(Object::List(items.into_iter().map(Object::item).collect())))
        })?
    }),
    row("tolist-through-no-pointers", "The list of a view with suboffsets has the pointers for items.", |call| {
        let view = call.view(&[Kind::ToList])?;
        let other =
            (!view.layout().suboffsets().is_empty()).then(|| remade(&view, |export| export.suboffsets = None))??;
        Some(call.with(0, Object::View(other)))
    }),
    row(
        "tolist-empty-of-structs",
        "The list of a view without items is empty, also for a format that can't be read.",
        |call| {
            let view = call.view(&[Kind::ToList])?;
            call.on_error(|_, error| match error {
                Error::UnsupportedFormat { .. } if view.layout().shape() == [0] => {
                    Some(give(Object::List(vec![].into())))
                }
                _ => None,
            })
        },
    ),
    row("tolist-without-dimensions", "The list of a view of no dimensions is a list of its item.", |call| {
        let view = call.view(&[Kind::ToList])?;
        call.on_value(|_, item| (view.layout().ndim() == 0).then(|| give(Object::List(vec![item.clone()].into()))))
    }),
    row("tolist-released", "The list of a released view can be asked for.", |call| {
        let view = call.released(&[Kind::ToList])?;
        let other = revived(&view)?;
        Some(call.with(0, Object::View(other)))
    }),
    row("hex-from-the-left", "Groups of `hex` count from the left, whatever the sign.", |call| {
        let group = group(call)?;
        (group > 0).then(|| call.with(2, Object::int(-group)))
    }),
    row("hex-from-the-right", "Groups of `hex` count from the right, whatever the sign.", |call| {
        let group = group(call)?;
        (group < 0).then(|| call.with(2, Object::int(-group)))
    }),
    row("hex-groups-of-zero", "Groups of zero bytes are taken for groups of one.", |call| {
        let group = group(call)?;
        (group == 0).then(|| call.with(2, Object::int(1)))
    }),
    row("hex-separator-bytes", "The separator of `hex` has to be a str.", |call| {
        call.view(&[Kind::Hex])?;
        let is_bytes = matches!(call.operand(1)?, Object::Bytes(_));
        call.on_value(|_, _| is_bytes.then(|| raise(Error::SeparatorType)))
    }),
    row(
        "hex-separator-when-needed",
        "The separator of `hex` is looked at only if there is something to separate.",
        |call| {
            let view = call.view(&[Kind::Hex])?;
            let is_short = view.nbytes().is_ok_and(|bytes| bytes < 2);
            call.on_error(|_, error| match error {
                Error::SeparatorLength | Error::SeparatorType | Error::SeparatorAscii if is_short => {
                    Some(give(Object::str(view.hex(None, 1).ok()?)))
                }
                _ => None,
            })
        },
    ),
    row("hex-released", "The error of `hex` of a released view is a RuntimeError.", |call| {
        call.released(&[Kind::Hex])?;
        call.on_error(|_, error| match error {
            Error::Released => Some(raise_other(Exception::RuntimeError, error.to_string())),
            _ => None,
        })
    }),
];

fn is_order(call: &Call<'_>, order: &str) -> bool {
    matches!(call.operand(1), Some(Object::Str(text)) if &**text == order)
}

/// The size of the groups of a `hex`, if it is given and usual.
fn group(call: &Call<'_>) -> Option<i32> {
    call.view(&[Kind::Hex])?;
    let group = call.operand(2)?.as_int()?.within(-1000, 1000)?;
    i32::try_from(group).ok()
}

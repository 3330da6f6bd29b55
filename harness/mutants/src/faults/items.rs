//! Faults of reading items: what the bytes of a format mean.
//!
//! Items are read through another view of the same bytes that has the wrong format, or of a copy with other bytes.

use super::call::{Answer, Call};
use super::parts::{addresses, copied, remade};
use super::{Row, row};
use program::Kind;
use python::Object;
use std::rc::Rc;
use view::{Text, View};

pub(super) const ROWS: &[Row] = &[
    row("read-b-unsigned", "Items of format `b` are read without a sign.", |call| as_format(call, "b", "B")),
    row("read-big-q-negative", "Items of format `Q` are read with a sign.", |call| as_format(call, "Q", "q")),
    row("read-pointer-negative", "Items of format `P` are read with a sign.", |call| as_format(call, "P", "q")),
    row("read-bool-as-int", "Items of format `?` are read as ints.", |call| as_format(call, "?", "B")),
    row("read-char-as-int", "Items of format `c` are read as ints.", |call| as_format(call, "c", "B")),
    row("read-h-big-endian", "Items of format `h` are read with the bytes the other way round.", |call| {
        altered(call, "h", <[u8]>::reverse)
    }),
    row("read-i-16-bits", "Items of format `i` are read from two of their four bytes.", |call| {
        altered(call, "i", |item| {
            let sign = if item.get(1).is_some_and(|byte| *byte > 0x7f) { 0xff } else { 0 };
            item.iter_mut().skip(2).for_each(|byte| *byte = sign);
        })
    }),
    row("read-subnormal-float", "Items of format `f` that are subnormal are read as zero.", |call| {
        altered(call, "f", |item| {
            if let &mut [_, _, low, high] = item
                && high & 0x7f == 0
                && low < 0x80
            {
                item.fill(0);
            }
        })
    }),
    row("read-subnormal-half", "Items of format `e` that are subnormal are read as zero.", |call| {
        altered(call, "e", |item| {
            if let &mut [_, high] = item
                && high & 0x7c == 0
            {
                item.fill(0);
            }
        })
    }),
];

/// What reads items of a view one by one, and which operand the view is.
fn read_view(call: &Call<'_>) -> Option<(usize, Rc<View>)> {
    let at = match call.operation.kind {
        Kind::ToList | Kind::ListOf | Kind::TupleOf | Kind::Sum | Kind::Max | Kind::Min | Kind::Sorted => 0,
        Kind::In | Kind::NotIn => 1,
        // Slices and the view itself keep the format that they have.
        Kind::Get if !matches!(call.operand(1), Some(Object::Slice(_) | Object::Ellipsis)) => 0,
        _ => return None,
    };
    match call.operand(at)? {
        Object::View(view) if !view.is_released() => Some((at, view.clone())),
        _ => None,
    }
}

fn is_of(view: &View, format: &str) -> bool {
    view.raw_format().trim_start_matches('@') == format
}

fn as_format(call: &mut Call<'_>, format: &str, other: &str) -> Answer {
    let (at, view) = read_view(call)?;
    let other = is_of(&view, format).then(|| remade(&view, |export| export.format = Some(Text::from(other))))??;
    Some(call.with(at, Object::View(other)))
}

fn altered(call: &mut Call<'_>, format: &str, alter: impl Fn(&mut [u8])) -> Answer {
    let (at, view) = read_view(call)?;
    let addresses = is_of(&view, format).then(|| addresses(&view))??;
    let size = view.raw_itemsize().unsigned_abs();
    let other = copied(&view, |content| {
        for start in addresses.iter().filter_map(|address| usize::try_from(*address).ok()) {
            if let Some(item) = content.get_mut(start..start + size) {
                alter(item);
            }
        }
    })?;
    Some(call.with(at, Object::View(other)))
}

//! Faults of slices: which items they select, from where and how far apart.

use super::call::{Answer, Call};
use super::parts::{copied, dense, export_of, place, relaid, remade, root_is_readonly};
use super::{Row, row};
use num_traits::ToPrimitive;
use program::Kind;
use python::Object;
use python::object::Slice;
use std::rc::Rc;
use view::{Bounds, Dims, Error, Export, Flags, Indices, Int, Layout, View};

pub(super) const ROWS: &[Row] = &[
    row("slice-stop-included", "The item at the stop of a slice is part of it.", |call| {
        // Only where a stop is given: without one there is no item to add.
        positions(call, |bounds, length, indices| match bounds.step {
            1 => {
                let count = (indices.stop + 1 - indices.start).clamp(0, (length - indices.start).max(0));
                Indices { count, ..indices }
            }
            _ => indices,
        })
    }),
    row("slice-negative-start", "A negative start of a slice counts from the last item, not from behind it.", |call| {
        positions(call, |bounds, length, indices| match bounds.start {
            ..0 => Bounds { start: bounds.start.saturating_sub(1), ..bounds }.of(length),
            _ => indices,
        })
    }),
    row(
        "slice-start-not-clipped",
        "A slice that starts behind the last item starts there, outside of the view.",
        |call| {
            positions(call, |bounds, length, indices| match bounds.start {
                start if bounds.step > 0 && start > length && start < 1 << 16 => Indices { start, ..indices },
                _ => indices,
            })
        },
    ),
    row(
        "slice-length-rounds-down",
        "The length of a slice with a step is rounded down, so that its last item is lost.",
        |call| {
            positions(call, |bounds, _, indices| match bounds.step {
                2.. => Indices { count: (indices.stop - indices.start).max(0) / indices.step, ..indices },
                _ => indices,
            })
        },
    ),
    row("slice-backwards-start", "A slice backwards without a start begins behind the last item.", |call| {
        positions(call, |bounds, length, indices| match bounds {
            Bounds { start: isize::MAX, step: ..0, .. } if length > 0 => Indices { start: length, ..indices },
            _ => indices,
        })
    }),
    row("slice-backwards-stop", "A slice backwards without a stop leaves the first item out.", |call| {
        positions(call, |bounds, length, indices| match bounds {
            Bounds { stop: isize::MIN, step: ..0, .. } => Bounds { stop: 0, ..bounds }.of(length),
            _ => indices,
        })
    }),
    row(
        "slice-stride-of-slice",
        "The stride of a slice of a slice is the last step alone, not the product of both.",
        |call| {
            layouts(call, |view, indices, layout| with_stride(layout, indices.step.checked_mul(view.raw_itemsize())?))
        },
    ),
    row("slice-stride-sign", "A slice backwards has a positive stride.", |call| {
        layouts(call, |view, indices, layout| match indices.step {
            ..0 => with_stride(layout, view.layout().strides().first()?.checked_mul(indices.step.checked_abs()?)?),
            _ => None,
        })
    }),
    row("slice-offset-of-slice", "A slice of a slice with a step starts as if the items lay side by side.", |call| {
        layouts(call, |view, indices, layout| {
            with_offset(layout, view.layout().offset().checked_add(indices.start.checked_mul(view.raw_itemsize())?)?)
        })
    }),
    row("slice-empty-offset", "A slice without items starts where the view does.", |call| {
        layouts(call, |view, indices, layout| match indices.count {
            0 => with_offset(layout, view.layout().offset()),
            _ => None,
        })
    }),
    row("slice-stride-of-one-item", "The stride of a slice of one item is the size of an item.", |call| {
        call.view(&[Kind::Get])?;
        call.on_view(|_, part| match (part.layout().shape(), part.layout().strides()) {
            (&[1], &[stride]) if stride != part.raw_itemsize() => dense(part),
            _ => None,
        })
    }),
    row("slice-last-dimension", "A slice of a view of several dimensions selects along the last one.", |call| {
        let bounds = call.bounds();
        layouts(call, |view, _, _| along_the_last(view.layout(), bounds?))
    }),
    row("slice-step-zero", "A step of zero is taken for one.", |call| {
        let Object::Slice(parts) = slice_key(call)? else { return None };
        let [start, stop, _] = (*parts.0).clone();
        call.on_error(|call, error| match error {
            Error::ZeroStep => Some(call.with(1, Object::Slice(Slice(Rc::new([start, stop, Object::None]))))),
            _ => None,
        })
    }),
    row("slice-step-checked-last", "A step of zero is noticed after a start or a stop that is no integer.", |call| {
        let Object::Slice(parts) = slice_key(call)? else { return None };
        let [start, stop, _] = (*parts.0).clone();
        call.on_error(|call, error| match error {
            Error::ZeroStep => {
                let done = call.with(1, Object::Slice(Slice(Rc::new([start, stop, Object::None]))));
                done.is_err().then_some(done)
            }
            _ => None,
        })
    }),
    row("slice-bounds-wrap", "A bound of a slice that does not fit 64 bits loses its upper bits.", |call| {
        let Object::Slice(parts) = slice_key(call)? else { return None };
        if !parts.0.iter().any(|part| matches!(part, Object::Int(Int::Big(_)))) {
            return None;
        }
        let wrapped = parts.0.each_ref().map(|part| wrapped(part).unwrap_or_else(|| part.clone()));
        Some(call.with(1, Object::Slice(Slice(Rc::new(wrapped)))))
    }),
    row("slice-copies", "A slice is a copy of the memory.", |call| {
        slice_key(call)?;
        call.on_view(|_, part| copied(part, |_| ()))
    }),
    row("slice-writable", "A slice of a read-only view of a writable object can be written to.", |call| {
        slice_key(call)?;
        call.on_view(|_, part| {
            let readonly = root_is_readonly(part);
            (readonly != part.raw_readonly()).then(|| remade(part, |export| export.readonly = readonly))?
        })
    }),
    row("slice-exports-the-view", "The object of a slice is the view that it was made from.", |call| {
        let view = call.view(&[Kind::Get])?;
        slice_key(call)?;
        call.on_view(|call, part| {
            // The part reads through the view, and keeps it from being released.
            let guard = View::export(&view, Flags::FULL_RO).ok()?.guard;
            let mut export = Export { guard, length: part.nbytes().ok()?, ..export_of(part) };
            place(&mut export, part.layout());
            View::from_export(view, export, call.profile()).ok()
        })
    }),
];

/// The key of a subscript of a view, if it is a slice.
fn slice_key(call: &Call<'_>) -> Option<Object> {
    call.view(&[Kind::Get])?;
    call.operand(1).filter(|key| matches!(key, Object::Slice(_))).cloned()
}

/// Slices whose positions are others than those that Python's rules give for the bounds and the length.
fn positions(call: &mut Call<'_>, change: impl FnOnce(Bounds, isize, Indices) -> Indices) -> Answer {
    let bounds = call.bounds()?;
    layouts(call, |view, indices, _| {
        let length = *view.layout().shape().first()?;
        Some(view.layout().slice(change(bounds, length, indices)))
    })
}

/// Slices whose layouts are others: `change` has the view, the positions and the right layout.
fn layouts(call: &mut Call<'_>, change: impl FnOnce(&View, Indices, &Layout) -> Option<Layout>) -> Answer {
    let view = call.view(&[Kind::Get])?;
    let bounds = call.bounds()?;
    let indices = bounds.of(*view.layout().shape().first()?);
    call.on_view(|_, part| {
        let layout = change(&view, indices, part.layout())?;
        // What is right stays the view that the honest reference made.
        (layout != *part.layout()).then(|| relaid(part, &layout))?
    })
}

fn with_offset(layout: &Layout, offset: isize) -> Option<Layout> {
    let [shape, strides, suboffsets] = [layout.shape(), layout.strides(), layout.suboffsets()].map(Dims::from_slice);
    Layout::new(offset, shape, strides, suboffsets, view::Abi::Lp64).ok()
}

fn with_stride(layout: &Layout, stride: isize) -> Option<Layout> {
    let [shape, mut strides, suboffsets] =
        [layout.shape(), layout.strides(), layout.suboffsets()].map(Dims::from_slice);
    *strides.first_mut()? = stride;
    Layout::new(layout.offset(), shape, strides, suboffsets, view::Abi::Lp64).ok()
}

fn along_the_last(layout: &Layout, bounds: Bounds) -> Option<Layout> {
    let [mut shape, mut strides, suboffsets] =
        [layout.shape(), layout.strides(), layout.suboffsets()].map(Dims::from_slice);
    let (size, stride) = (shape.last_mut()?, strides.last_mut()?);
    let indices = bounds.of(*size);
    let offset = layout.offset().checked_add(indices.start.checked_mul(*stride)?)?;
    *size = indices.count;
    *stride = stride.checked_mul(indices.step)?;
    Layout::new(offset, shape, strides, suboffsets, view::Abi::Lp64).ok()
}

/// The lower 64 bits of an int that has more.
pub(super) fn wrapped(object: &Object) -> Option<Object> {
    match object {
        Object::Int(Int::Big(value)) => {
            let low: num_bigint::BigInt = &**value & num_bigint::BigInt::from(u64::MAX);
            Some(Object::Int(Int::Small(low.to_u64()? as i64)))
        }
        _ => None,
    }
}

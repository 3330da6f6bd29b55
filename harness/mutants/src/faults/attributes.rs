//! Faults of what a view says about itself: attributes, `len`, and the rules of contiguity.

use super::call::{Answer, Call, give, raise};
use super::parts::{dense, remade};
use super::{Row, row};
use program::Kind;
use python::Object;
use view::{Error, View};

const CONTIGUITY: &[Kind] = &[Kind::CContiguous, Kind::FContiguous, Kind::Contiguous];

pub(super) const ROWS: &[Row] = &[
    row("len-of-all-items", "The length of a view of several dimensions is the number of its items.", |call| {
        let view = call.view(&[Kind::Len])?;
        (view.layout().ndim() > 1).then(|| give(Object::size(view.layout().items())))
    }),
    row("len-without-dimensions", "A view of no dimensions has the length 1.", |call| {
        let view = call.view(&[Kind::Len])?;
        (view.layout().ndim() == 0).then(|| give(Object::size(1)))
    }),
    row("len-released", "The length of a released view can be asked for.", |call| {
        let view = call.released(&[Kind::Len])?;
        view.layout().shape().first().map(|size| give(Object::size(*size)))
    }),
    row("nbytes-spans", "The `nbytes` of a view with a step counts the bytes between its items.", |call| {
        let view = call.view(&[Kind::Nbytes])?;
        match (view.layout().shape(), view.layout().strides()) {
            (&[size], &[stride]) => Some(give(Object::size(size.saturating_mul(stride.saturating_abs())))),
            _ => None,
        }
    }),
    row("itemsize-released", "The `itemsize` of a released view can be asked for.", |call| {
        let view = call.released(&[Kind::Itemsize])?;
        Some(give(Object::size(view.raw_itemsize())))
    }),
    row("obj-released", "The `obj` of a released view is None.", |call| {
        call.released(&[Kind::Obj])?;
        Some(give(Object::None))
    }),
    row("contiguous-released", "The `c_contiguous` of a released view can be asked for.", |call| {
        let view = call.released(&[Kind::CContiguous])?;
        Some(give(Object::Bool(view.layout().contiguity(view.raw_itemsize()).c)))
    }),
    row("suboffsets-none", "The `suboffsets` of a view without pointers are None.", |call| {
        let view = call.view(&[Kind::Suboffsets])?;
        view.layout().suboffsets().is_empty().then(|| give(Object::None))
    }),
    row("contiguous-empty", "A slice without items is contiguous whatever its stride is.", |call| {
        let is_empty = |view: &View| view.layout().shape() == [0];
        let view = call.view(CONTIGUITY).filter(|view| is_empty(view));
        if view.is_some() {
            return Some(give(Object::Bool(true)));
        }
        let view = call.view(&[Kind::Cast]).filter(|view| is_empty(view))?;
        let other = remade(&view, |export| export.strides = Some([export.itemsize].as_slice().into()))?;
        Some(call.with(0, Object::View(other)))
    }),
    row("contiguous-one-item", "One item is contiguous only if its stride is the size of an item.", |call| {
        discontiguous(call, |view| view.layout().shape() == [1] && view.layout().strides() != [view.raw_itemsize()])
    }),
    row("contiguous-one-row", "A dimension with one item has to have the stride of a packed one, too.", |call| {
        discontiguous(call, |view| {
            let packed = dense(view);
            view.layout().ndim() > 1
                && view.layout().items() > 0
                && packed.is_some_and(|packed| packed.layout().strides() != view.layout().strides())
        })
    }),
    row(
        "contiguous-no-items",
        "A view of several dimensions without items is contiguous only if its strides are those of a packed one.",
        |call| {
            discontiguous(call, |view| {
                let packed = dense(view);
                view.layout().ndim() > 1
                    && view.layout().items() == 0
                    && packed.is_some_and(|packed| packed.layout().strides() != view.layout().strides())
            })
        },
    ),
    row("fortran-contiguous-is-c", "The `f_contiguous` of a view is its `c_contiguous`.", |call| {
        let view = call.view(&[Kind::FContiguous])?;
        view.c_contiguous().ok().map(|is| give(Object::Bool(is)))
    }),
    row("contiguous-is-c", "The `contiguous` of a view is its `c_contiguous`.", |call| {
        let view = call.view(&[Kind::Contiguous])?;
        view.c_contiguous().ok().map(|is| give(Object::Bool(is)))
    }),
    row("contiguous-is-fortran", "The `contiguous` of a view is its `f_contiguous`.", |call| {
        let view = call.view(&[Kind::Contiguous])?;
        view.f_contiguous().ok().map(|is| give(Object::Bool(is)))
    }),
];

/// Takes what is contiguous for what is not, where `is` says so.
fn discontiguous(call: &mut Call<'_>, is: impl Fn(&View) -> bool) -> Answer {
    if call.view(CONTIGUITY).is_some_and(|view| is(&view)) {
        return Some(give(Object::Bool(false)));
    }
    call.view(&[Kind::Cast]).filter(|view| is(view))?;
    call.on_value(|_, _| Some(raise(Error::CastContiguity)))
}

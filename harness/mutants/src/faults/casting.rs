//! Faults of `cast`: what may be cast to what, and where the items of the new view lie.

use super::call::{Call, give_view, raise};
use super::parts::{copied, dense, index, place_flat, remade, root_is_readonly, size_of};
use super::{Row, row};
use program::Kind;
use python::Object;
use std::rc::Rc;
use view::error::Target;
use view::{Dims, Error, View};

pub(super) const ROWS: &[Row] = &[
    row("cast-copies", "A cast is a copy of the memory.", |call| {
        call.view(&[Kind::Cast])?;
        call.on_view(|_, cast| copied(cast, |_| ()))
    }),
    row(
        "cast-first-index-fastest",
        "A cast to several dimensions lays the items out with the first index fastest.",
        |call| {
            call.view(&[Kind::Cast])?;
            call.on_view(|_, cast| {
                (cast.layout().ndim() > 1).then(|| {
                    remade(cast, |export| {
                        let strides = export.shape.iter().flatten().scan(export.itemsize, |next, size| {
                            let stride = *next;
                            *next *= size;
                            Some(stride)
                        });
                        export.strides = Some(strides.collect());
                    })
                })?
            })
        },
    ),
    row("cast-keeps-stride", "A cast to one dimension keeps the stride of the view that is cast.", |call| {
        let stride = *call.view(&[Kind::Cast])?.layout().strides().first()?;
        call.on_view(|_, cast| match cast.layout().strides() {
            [new] if *new != stride => remade(cast, |export| export.strides = Some(Dims::from_slice(&[stride]))),
            _ => None,
        })
    }),
    row("cast-from-the-start", "A cast of a slice starts at the first byte of the object.", |call| {
        call.view(&[Kind::Cast])?;
        call.on_view(|_, cast| match cast.layout().offset() {
            0 => None,
            _ => remade(cast, |export| export.offset = 0),
        })
    }),
    row("cast-writable", "A cast of a read-only view of a writable object can be written to.", |call| {
        call.view(&[Kind::Cast])?;
        call.on_view(|_, cast| {
            let readonly = root_is_readonly(cast);
            (readonly != cast.raw_readonly()).then(|| remade(cast, |export| export.readonly = readonly))?
        })
    }),
    row("cast-length-unchecked", "A cast leaves out the bytes that do not make up a whole item.", |call| {
        let view = call.view(&[Kind::Cast])?;
        let size = size_of(call.operand(1)?, &view)?;
        call.on_error(|call, error| match error {
            Error::CastLength => {
                let bytes = view.nbytes().ok()?;
                Some(call.with(0, Object::View(as_bytes(&view, bytes - bytes % size)?)))
            }
            _ => None,
        })
    }),
    row("cast-shape-smaller", "A shape that needs fewer bytes than there are is taken.", |call| {
        let view = call.view(&[Kind::Cast])?;
        let size = size_of(call.operand(1)?, &view)?;
        let sizes = shape(call)?;
        call.on_error(|call, error| match error {
            Error::CastProduct => {
                let bytes = sizes.iter().try_fold(size, |bytes, size| bytes.checked_mul(*size))?;
                (bytes < view.nbytes().ok()?).then(|| Some(call.with(0, Object::View(as_bytes(&view, bytes)?))))?
            }
            _ => None,
        })
    }),
    row("cast-any-formats", "A cast between two formats that are not of bytes is allowed.", |call| {
        let view = call.view(&[Kind::Cast])?;
        call.on_error(|call, error| match error {
            Error::CastFormats => Some(call.with(0, Object::View(as_bytes(&view, view.nbytes().ok()?)?))),
            _ => None,
        })
    }),
    row("cast-any-dimensions", "A cast from several dimensions to several others is allowed.", |call| {
        let view = call.view(&[Kind::Cast])?;
        call.on_error(|call, error| match error {
            Error::CastDimensions => Some(call.with(0, Object::View(as_bytes(&view, view.nbytes().ok()?)?))),
            _ => None,
        })
    }),
    row("cast-any-strides", "A view that is not contiguous can be cast, as if its items lay side by side.", |call| {
        let view = call.view(&[Kind::Cast])?;
        call.on_error(|call, error| match error {
            Error::CastContiguity => Some(call.with(0, Object::View(dense(&view)?))),
            _ => None,
        })
    }),
    row("cast-fortran", "A view in Fortran order can be cast, as if it were in C order.", |call| {
        let view = call.view(&[Kind::Cast])?;
        call.on_error(|call, error| match error {
            Error::CastContiguity if view.f_contiguous() == Ok(true) => Some(call.with(0, Object::View(dense(&view)?))),
            _ => None,
        })
    }),
    row("cast-zero-in-shape", "A shape may have a zero in it.", |call| {
        let view = call.view(&[Kind::Cast])?;
        let (format, sizes) = (call.operand(1)?.clone(), shape(call)?);
        call.on_error(|_, error| {
            if *error != Error::CastElementSign || !sizes.contains(&0) || sizes.iter().any(|size| *size < 0) {
                return None;
            }
            match view.nbytes() {
                Ok(0) => empty(&view, &format, &sizes).map(give_view),
                _ => Some(raise(Error::CastProduct)),
            }
        })
    }),
    row("cast-zeros-refused", "A view without items can't be cast.", |call| {
        let view = call.view(&[Kind::Cast])?;
        call.on_value(|_, _| (view.nbytes() == Ok(0)).then(|| raise(Error::CastZeros)))
    }),
    row("cast-shape-tuple", "A shape has to be a list.", |call| {
        call.view(&[Kind::Cast])?;
        let is_tuple = matches!(call.operand(2)?, Object::Tuple(_));
        call.on_value(|_, _| is_tuple.then(|| raise(Error::CastShape)))
    }),
    row("cast-shape-bool", "A bool is no size of a dimension.", |call| {
        call.view(&[Kind::Cast])?;
        let items = call.operand(2)?.as_items()?;
        let has_bool = items.iter().any(|item| matches!(item, Object::Bool(_)));
        call.on_value(|_, _| has_bool.then(|| raise(Error::CastElement)))
    }),
    row("cast-63-dimensions", "A view can have 63 dimensions at most.", |call| {
        call.view(&[Kind::Cast])?;
        call.on_value(|_, cast| match cast {
            Object::View(cast) if cast.layout().ndim() > 63 => Some(raise(Error::TooManyDimensions)),
            _ => None,
        })
    }),
    row("cast-prefix-refused", "A format with an `@` is refused.", |call| {
        call.view(&[Kind::Cast])?;
        let is_prefixed = matches!(call.operand(1)?, Object::Str(text) if text.starts_with('@'));
        call.on_value(|_, _| is_prefixed.then(|| raise(Error::CastFormat { what: Target::Character })))
    }),
    row("cast-drops-prefix", "A format with an `@` loses it.", |call| {
        call.view(&[Kind::Cast])?;
        let Object::Str(text) = call.operand(1)?.clone() else { return None };
        Some(call.with(1, Object::str(text.strip_prefix('@')?)))
    }),
    row("cast-little-endian", "A format of little-endian items is taken on a machine that has such items.", |call| {
        call.view(&[Kind::Cast])?;
        let Object::Str(text) = call.operand(1)?.clone() else { return None };
        Some(call.with(1, Object::str(text.strip_prefix('<')?)))
    }),
    row("cast-overflow-unchecked", "The product of a shape is not checked for an overflow.", |call| {
        call.view(&[Kind::Cast])?;
        call.on_error(|_, error| match error {
            Error::CastOverflow => Some(raise(Error::CastProduct)),
            _ => None,
        })
    }),
    row("cast-format-first", "The format is looked at before the contiguity is.", |call| {
        let view = call.view(&[Kind::Cast])?;
        call.on_error(|call, error| match error {
            Error::CastContiguity => {
                let done = call.with(0, Object::View(dense(&view)?));
                match done {
                    Err(super::Stop::Raised(Error::CastFormat { .. } | Error::CastFormats)) => Some(done),
                    _ => None,
                }
            }
            _ => None,
        })
    }),
];

/// The first bytes of a view, as bytes.
fn as_bytes(view: &View, bytes: isize) -> Option<Rc<View>> {
    remade(view, |export| place_flat(export, "B", 1, bytes))
}

/// The sizes of a shape, if all of them are ints of usual size.
fn shape(call: &Call<'_>) -> Option<Dims> {
    call.operand(2)?.as_items()?.iter().map(index).collect()
}

/// A view without items.
fn empty(view: &View, format: &Object, shape: &[isize]) -> Option<Rc<View>> {
    let itemsize = size_of(format, view)?;
    let Object::Str(text) = format else { return None };
    remade(view, |export| {
        place_flat(export, text, itemsize, 0);
        export.ndim = shape.len();
        export.shape = Some(Dims::from_slice(shape));
        export.strides = None;
    })
}

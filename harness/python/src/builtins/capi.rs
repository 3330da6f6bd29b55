//! `request` and `get_contiguous`: what an extension module in C gets from an exporter.
//!
//! Both belong to the language of cases. No Python defines their errors for wrong arguments, so such calls are not
//! modelled.

use crate::buffers::export_of;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::types::numpy::is_ndarray;
use view::{Flags, Int, Order};

/// `request(object, flags)`
pub(super) fn request(call: &Call<'_>) -> Outcome {
    let [object, Object::Int(Int::Small(flags))] = call.values() else { return Err(call.other_arguments()) };
    let flags = i32::try_from(*flags).ok().map(Flags).filter(|flags| ![Flags::READ, Flags::WRITE].contains(flags));
    let export = export_of(object, flags.ok_or_else(|| call.other_arguments())?)?;
    let sizes = |sizes: Option<&[isize]>| sizes.map_or(Object::None, Object::sizes);
    // numpy says that an array whose shape nobody asks for has no dimensions.
    let ndim = if export.shape.is_none() && is_ndarray(object) { 0 } else { export.ndim };
    let format = export.format.as_ref().map_or(Object::None, |format| Object::str(format.as_str()));
    Ok(Object::Tuple(
        vec![
            Object::size(export.length),
            Object::size(export.itemsize),
            Object::Bool(export.readonly),
            Object::size(ndim as isize),
            format,
            sizes(export.shape.as_deref()),
            sizes(export.strides.as_deref()),
            sizes(export.suboffsets.as_deref()),
        ]
        .into(),
    ))
}

/// `get_contiguous(object, writable, order)`
pub(super) fn get_contiguous(python: &Python, call: &Call<'_>) -> Outcome {
    let [object, Object::Bool(writable), Object::Str(order)] = call.values() else {
        return Err(call.other_arguments());
    };
    let order = match &**order {
        "C" => Order::C,
        "F" => Order::Fortran,
        "A" => Order::Any,
        _ => return Err(call.other_arguments()),
    };
    Ok(Object::View(python.view_of(object)?.contiguous_in(*writable, order)?))
}

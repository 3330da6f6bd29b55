//! `__buffer__` and `__release_buffer__`: the buffer protocol as methods, since 3.12 (PEP 688).

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, no_attribute};
use crate::stop::{Stop, type_error};
use crate::types::instance;
use program::Kind;
use std::rc::Rc;
use view::arguments::{requested, special};
use view::{Error, Exporter, Flags, View};

/// Returns what exports the buffer of an object that has such a method. An object whose attributes are not modelled may have
/// it, and is unsupported.
pub(crate) fn find(python: &Python, object: &Object, name: &str) -> Result<Rc<dyn Exporter>, Stop> {
    if object.as_type().type_path().is_none() {
        return Err(object.as_type().missing(name));
    }
    let missing = || no_attribute(object.class(), name).into();
    let exporter = object.with_buffer().ok_or_else(missing)?;
    // Bytes ignore the release of a buffer, and a class of the program has the methods that it says it has.
    let has_no_release = match instance::as_instance(object) {
        Some(_) if !instance::is_derived(object) => true,
        _ => matches!(instance::plain(object), Object::Bytes(_)),
    };
    if name == RELEASE && has_no_release || !python.has(view::Change::BufferClasses) {
        return Err(missing());
    }
    Ok(exporter)
}

/// Whether the method is one of the program.
pub(crate) fn has_own(object: &Object, name: &str) -> bool {
    instance::as_instance(object).is_some_and(|instance| instance.has(name))
}

/// The names of the two methods.
pub(crate) const REQUEST: &str = "__buffer__";
pub(crate) const RELEASE: &str = "__release_buffer__";

/// `object.__buffer__(flags)` or `object.__release_buffer__(view)`
pub(crate) fn call(python: &Python, object: &Object, call: &Call<'_>) -> Outcome {
    if has_own(object, call.name) {
        return object.as_type().method(python, object, call);
    }
    let exporter = find(python, object, call.name)?;
    special::wrapper(call.name, 1, call.arguments, python.view_profile())?;
    let [argument] = call.values() else { return Err(call.other_arguments()) };
    if call.kind == Kind::ReleaseBuffer {
        let Object::View(view) = argument else { return Err(type_error("expected a memoryview object").into()) };
        view.release_buffer(&exporter)?;
        return Ok(Object::None);
    }
    let flags = requested(argument, python.view_profile())?;
    if python.has(view::Change::FlagsChecked) && [Flags::READ, Flags::WRITE].contains(&flags) {
        check_filling(python, object)?;
    }
    Ok(Object::View(View::of_exporter(exporter, flags, python.view_profile())?))
}

/// Raises the error of `PyBuffer_FillInfo` for flags that it refuses. Bytes and bytearrays fill their buffers with it.
fn check_filling(python: &Python, object: &Object) -> Result<(), Error> {
    match instance::plain(object) {
        Object::Bytearray(_) if !python.has(Change::BytearrayFill) => Err(Error::Unspecified {
            what: "this version reports success for such flags and leaves the buffer uninitialized",
        }),
        Object::Bytes(_) | Object::Bytearray(_) => Err(Error::BadInternalCall),
        _ => Ok(()),
    }
}

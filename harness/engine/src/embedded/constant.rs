//! The constants of programs as Python objects.

use super::callables::Callables;
use num_bigint::{BigInt, Sign};
use program::Value;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyList, PySlice, PyString, PyTuple};
use smallvec::SmallVec;

/// Makes the object of a constant, anew. A value that can only be observed gives a `TypeError`.
pub(super) fn make<'py>(py: Python<'py>, callables: &Callables, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::None => py.None().into_bound(py),
        Value::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::Int(value) => value.into_pyobject(py)?.into_any(),
        Value::Big(value) => big(py, value)?,
        Value::Float(value) => PyFloat::new(py, *value).into_any(),
        Value::Bytes(value) => PyBytes::new(py, value).into_any(),
        Value::Str(value) => PyString::new(py, value).into_any(),
        Value::Tuple(items) => PyTuple::new(py, all(py, callables, items)?)?.into_any(),
        Value::List(items) => PyList::new(py, all(py, callables, items)?)?.into_any(),
        Value::Slice(parts) => {
            let [start, stop, step] = parts.each_ref().map(|part| make(py, callables, part));
            slice(&start?, &stop?, &step?)?.into_any()
        }
        Value::Ellipsis => py.Ellipsis().into_bound(py),
        Value::Type(path) => callables.class(py, path)?,
        other => {
            let message = format!("{} is no constant", other.type_name());
            return Err(pyo3::exceptions::PyTypeError::new_err(message));
        }
    })
}

fn all<'py>(py: Python<'py>, callables: &Callables, values: &[Value]) -> PyResult<SmallVec<[Bound<'py, PyAny>; 4]>> {
    values.iter().map(|value| make(py, callables, value)).collect()
}

fn big<'py>(py: Python<'py>, value: &BigInt) -> PyResult<Bound<'py, PyAny>> {
    let (sign, magnitude) = value.to_bytes_le();
    let arguments = (PyBytes::new(py, &magnitude), intern!(py, "little"));
    let int = py.get_type::<PyInt>().call_method1(intern!(py, "from_bytes"), arguments)?;
    if sign == Sign::Minus { int.neg() } else { Ok(int) }
}

/// `slice(start, stop, step)`, of any objects.
pub(super) fn slice<'py>(
    start: &Bound<'py, PyAny>,
    stop: &Bound<'py, PyAny>,
    step: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PySlice>> {
    // SAFETY: the arguments are live objects, and PySlice_New gives a new reference to a slice or sets an error.
    unsafe {
        let slice = ffi::PySlice_New(start.as_ptr(), stop.as_ptr(), step.as_ptr());
        Bound::from_owned_ptr_or_err(start.py(), slice).map(|slice| slice.cast_into_unchecked())
    }
}

//! What an extension module in C gets from an exporter: `request` and `get_contiguous`, functions for programs.

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCFunction;
use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;

/// The function that a row names.
pub(super) fn function(py: Python<'_>, is_request: bool) -> PyResult<Bound<'_, PyCFunction>> {
    if is_request { wrap_pyfunction!(request, py) } else { wrap_pyfunction!(get_contiguous, py) }
}

/// Sizes, where they were given.
type Sizes = Option<Vec<isize>>;

/// What a consumer gets that asks for a buffer with these flags.
#[pyfunction]
#[allow(clippy::type_complexity, reason = "a Py_buffer has as many parts")]
fn request(
    object: &Bound<'_, PyAny>,
    flags: c_int,
) -> PyResult<(isize, isize, bool, c_int, Option<String>, Py<PyAny>, Py<PyAny>, Py<PyAny>)> {
    let py = object.py();
    let mut buffer = MaybeUninit::<ffi::Py_buffer>::uninit();
    // SAFETY: the object is alive; the buffer is filled, or an error is set.
    let buffer = unsafe {
        if ffi::PyObject_GetBuffer(object.as_ptr(), buffer.as_mut_ptr(), flags) != 0 {
            return Err(PyErr::fetch(py));
        }
        buffer.assume_init_mut()
    };
    let ndim = usize::try_from(buffer.ndim).unwrap_or(0);
    let sizes = |sizes: *mut ffi::Py_ssize_t| -> Sizes {
        // SAFETY: what is not null has as many numbers as there are dimensions, until the buffer is released.
        (!sizes.is_null()).then(|| unsafe { std::slice::from_raw_parts(sizes, ndim) }.to_vec())
    };
    let format = (!buffer.format.is_null()).then(|| {
        // SAFETY: a format that is given is a C string, until the buffer is released.
        unsafe { CStr::from_ptr(buffer.format) }.to_string_lossy().into_owned()
    });
    let [shape, strides, suboffsets] = [buffer.shape, buffer.strides, buffer.suboffsets].map(sizes);
    let (len, itemsize, readonly, ndim) = (buffer.len, buffer.itemsize, buffer.readonly != 0, buffer.ndim);
    // SAFETY: it was filled, and is released once.
    unsafe { ffi::PyBuffer_Release(buffer) };
    let tuple = |sizes: Sizes| match sizes {
        None => Ok(py.None()),
        Some(sizes) => pyo3::types::PyTuple::new(py, sizes).map(|sizes| sizes.into_any().unbind()),
    };
    Ok((len, itemsize, readonly, ndim, format, tuple(shape)?, tuple(strides)?, tuple(suboffsets)?))
}

/// A contiguous view of an object's memory, or of a copy of it.
#[pyfunction]
fn get_contiguous<'py>(object: &Bound<'py, PyAny>, writable: bool, order: char) -> PyResult<Bound<'py, PyAny>> {
    if !matches!(order, 'C' | 'F' | 'A') {
        return Err(PyValueError::new_err("order must be 'C', 'F' or 'A'"));
    }
    let access = if writable { ffi::PyBUF_WRITE } else { ffi::PyBUF_READ };
    // SAFETY: the object is alive, and the other arguments are of those that the function knows; it gives a new
    // reference or sets an error.
    unsafe {
        let view = ffi::PyMemoryView_GetContiguous(object.as_ptr(), access, order as c_char);
        Bound::from_owned_ptr_or_err(object.py(), view)
    }
}

//! Looking into memoryviews, bytearrays and arrays without calling anything that could change them.
//!
//! A memoryview's `Py_buffer`, whether it was released, and how many exports an object has are read from the objects'
//! structures, which are the same in every CPython from 3.9 to 3.14; [`check`] compares their sizes with what the
//! loaded interpreter says, so that one that differs is refused and not misread.

use super::exporter::Exporter;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PySlice};
use std::ffi::{CStr, c_char, c_int};

/// `PyMemoryViewObject` of CPython's `memoryobject.h`.
#[repr(C)]
struct MemoryViewObject {
    ob_base: ffi::PyVarObject,
    managed: *mut ffi::PyObject,
    hash: ffi::Py_hash_t,
    flags: c_int,
    exports: ffi::Py_ssize_t,
    view: ffi::Py_buffer,
    weakrefs: *mut ffi::PyObject,
    array: [ffi::Py_ssize_t; 1],
}

/// `arrayobject` of CPython's `arraymodule.c`, up to the member that is read.
#[repr(C)]
struct ArrayObject {
    ob_base: ffi::PyVarObject,
    items: *mut c_char,
    allocated: ffi::Py_ssize_t,
    descriptor: *const std::ffi::c_void,
    weakrefs: *mut ffi::PyObject,
    exports: ffi::Py_ssize_t,
}

/// `_Py_MEMORYVIEW_RELEASED`
const RELEASED: c_int = 0x001;

/// Whether the structures above are those of the loaded interpreter, as far as their sizes tell.
pub(super) fn check(py: Python<'_>) -> Result<(), String> {
    let array = py.import("array").and_then(|module| module.getattr("array")).map_err(|error| error.to_string())?;
    let sizes = [
        // The structure ends with room for one size, which a basic size does not count.
        (py.get_type::<PyMemoryView>().into_any(), std::mem::offset_of!(MemoryViewObject, array)),
        (py.get_type::<PyByteArray>().into_any(), size_of::<ffi::PyByteArrayObject>()),
        (array, size_of::<ArrayObject>()),
    ];
    for (class, expected) in sizes {
        let basic: PyResult<usize> = class.getattr("__basicsize__").and_then(|size| size.extract());
        match basic {
            Ok(basic) if basic == expected => {}
            _ => return Err(format!("a {class} does not have the expected size of {expected} bytes")),
        }
    }
    Ok(())
}

/// A memoryview, looked at as a structure.
#[derive(Clone, Copy)]
pub(super) struct RawView<'a>(&'a MemoryViewObject);

impl<'a> RawView<'a> {
    /// Looks at an object if it is a memoryview.
    pub(super) fn of(object: &'a Bound<'_, PyAny>) -> Option<RawView<'a>> {
        // SAFETY: the object is alive for 'a, and memoryview can't be subclassed, so its type says what it is.
        unsafe {
            (ffi::Py_TYPE(object.as_ptr()) == &raw mut ffi::PyMemoryView_Type)
                .then(|| RawView(&*object.as_ptr().cast::<MemoryViewObject>()))
        }
    }

    /// Whether it was released. Nothing else may be asked of a view that was.
    pub(super) fn is_released(self) -> bool {
        self.0.flags & RELEASED != 0
    }

    /// The exporter, if there is one.
    pub(super) fn exporter<'py>(self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        // SAFETY: a view that was not released holds a reference to its exporter, or has none.
        unsafe { Bound::from_borrowed_ptr_or_opt(py, self.0.view.obj) }
    }

    /// The address of the first item.
    pub(super) fn address(self) -> usize {
        self.0.view.buf as usize
    }

    /// The bytes that the items take.
    pub(super) fn length(self) -> usize {
        usize::try_from(self.0.view.len).unwrap_or(0)
    }

    /// The bytes of an item.
    pub(super) fn itemsize(self) -> isize {
        self.0.view.itemsize
    }

    /// Whether writing is refused.
    pub(super) fn is_readonly(self) -> bool {
        self.0.view.readonly != 0
    }

    /// The format; `"B"` where there is none.
    pub(super) fn format(self) -> std::borrow::Cow<'a, str> {
        if self.0.view.format.is_null() {
            return "B".into();
        }
        // SAFETY: a view keeps its format alive, and it is a C string.
        unsafe { CStr::from_ptr(self.0.view.format) }.to_string_lossy()
    }

    /// Items in each dimension.
    pub(super) fn shape(self) -> &'a [isize] {
        self.axis(self.0.view.shape)
    }

    /// Bytes from an item to the next in each dimension.
    pub(super) fn strides(self) -> &'a [isize] {
        self.axis(self.0.view.strides)
    }

    /// Bytes added after following a pointer; empty where there are no pointers.
    pub(super) fn suboffsets(self) -> &'a [isize] {
        self.axis(self.0.view.suboffsets)
    }

    fn axis(self, sizes: *const isize) -> &'a [isize] {
        if sizes.is_null() {
            return &[];
        }
        // SAFETY: the arrays of a memoryview's buffer have one size for each dimension and live as long as it does.
        unsafe { std::slice::from_raw_parts(sizes, usize::try_from(self.0.view.ndim).unwrap_or(0)) }
    }
}

/// A bytearray or an array: an exporter that can be written, and resized while nothing exports it.
pub(super) struct Resizable<'a> {
    /// Its bytes.
    pub(super) content: &'a [u8],
    /// Whether it is locked against resizing.
    pub(super) locked: bool,
}

impl<'a> Resizable<'a> {
    /// Looks at an object if it is a bytearray or an array. No Python code may run while the content is in use.
    pub(super) fn of(object: &'a Bound<'_, PyAny>, array: *mut ffi::PyTypeObject) -> Option<Resizable<'a>> {
        let pointer = object.as_ptr();
        // SAFETY: the object is alive for 'a and its exact type says which structure it has. A bytearray's bytes
        // start at ob_start and an array's at its items; both are as long as is said here.
        unsafe {
            let class = ffi::Py_TYPE(pointer);
            if class == &raw mut ffi::PyByteArray_Type {
                let bytearray = &*pointer.cast::<ffi::PyByteArrayObject>();
                let content = bytes_at(ffi::PyByteArray_AsString(pointer), ffi::Py_SIZE(pointer));
                return Some(Resizable { content, locked: bytearray.ob_exports > 0 });
            }
        }
        Resizable::array(object, array).map(|(_, array)| array)
    }

    /// The type code and the memory of an object if it is an array.
    pub(super) fn array(object: &'a Bound<'_, PyAny>, array: *mut ffi::PyTypeObject) -> Option<(char, Resizable<'a>)> {
        let pointer = object.as_ptr();
        // SAFETY: as above; the descriptor of an array is one of the module's own, which live as long as it does.
        unsafe {
            if ffi::Py_TYPE(pointer) != array {
                return None;
            }
            let array = &*pointer.cast::<ArrayObject>();
            let descriptor = *array.descriptor.cast::<ArrayDescriptor>();
            let content = bytes_at(array.items, ffi::Py_SIZE(pointer) * descriptor.itemsize as isize);
            let typecode = char::from(descriptor.typecode as u8);
            Some((typecode, Resizable { content, locked: array.exports > 0 }))
        }
    }
}

/// The first members of `arraydescr` of CPython's `arraymodule.c`.
#[repr(C)]
#[derive(Clone, Copy)]
struct ArrayDescriptor {
    typecode: c_char,
    itemsize: c_int,
}

/// The start, the stop and the step of a slice.
pub(super) fn slice_parts<'py>(slice: &Bound<'py, PySlice>) -> [Bound<'py, PyAny>; 3] {
    // SAFETY: the slice is alive and holds a reference to each of its parts.
    unsafe {
        let parts = &*slice.as_ptr().cast::<ffi::PySliceObject>();
        [parts.start, parts.stop, parts.step].map(|part| Bound::from_borrowed_ptr(slice.py(), part))
    }
}

/// A slice of bytes that may be empty at any address.
///
/// # Safety
/// `start` points to `len` bytes that live and do not change for `'a`.
unsafe fn bytes_at<'a>(start: *const c_char, len: isize) -> &'a [u8] {
    match usize::try_from(len) {
        // SAFETY: as the caller says; an empty object may have no address.
        Ok(len) if len > 0 && !start.is_null() => unsafe { std::slice::from_raw_parts(start.cast(), len) },
        _ => &[],
    }
}

/// Where an exporter's memory starts, and how long it is in bytes, if it can be found out without a trace.
pub(super) fn extent(object: &Bound<'_, PyAny>, array: *mut ffi::PyTypeObject) -> Option<(usize, usize)> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Some((bytes.as_bytes().as_ptr() as usize, bytes.as_bytes().len()));
    }
    // An empty object may have no memory of its own, and gives views an address that only asking for a buffer tells.
    if let Some(resizable) = Resizable::of(object, array).filter(|resizable| !resizable.content.is_empty()) {
        return Some((resizable.content.as_ptr() as usize, resizable.content.len()));
    }
    if let Some(exporter) = Exporter::of(object) {
        return Some(exporter.extent());
    }
    // Asking it would count, and a view that is not contiguous gives no plain bytes.
    if let Some(view) = RawView::of(object).filter(|view| !view.is_released()) {
        return Some((view.address(), view.length()));
    }
    let mut buffer = std::mem::MaybeUninit::<ffi::Py_buffer>::zeroed();
    // SAFETY: the object is alive, the buffer is filled on success and released then, and an error is cleared.
    unsafe {
        if ffi::PyObject_GetBuffer(object.as_ptr(), buffer.as_mut_ptr(), ffi::PyBUF_SIMPLE) != 0 {
            ffi::PyErr_Clear();
            return None;
        }
        let buffer = buffer.assume_init_mut();
        let extent = (buffer.buf as usize, usize::try_from(buffer.len).unwrap_or(0));
        ffi::PyBuffer_Release(buffer);
        Some(extent)
    }
}

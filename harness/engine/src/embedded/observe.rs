//! Writing what happened to the trace, from the objects themselves.

use super::callables::Callables;
use super::exporter::Exporter;
use super::memory::{RawView, Resizable, extent};
use num_bigint::BigInt;
use program::{Axes, DEEPEST, Offset, Trace, near};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyComplex, PyEllipsis, PyFloat, PyInt, PyList, PySlice, PyString, PyTuple, PyType,
};
use pyo3::types::{PyNone, PyTypeMethods};
use std::borrow::Cow;
use std::ffi::CStr;

/// Looks at objects, with the names that views are to be told by.
pub(super) struct Observer<'py, 'a> {
    pub(super) py: Python<'py>,
    pub(super) callables: &'a Callables,
    pub(super) names: &'a [Option<Bound<'py, PyAny>>],
}

impl Observer<'_, '_> {
    /// Records an object.
    pub(super) fn value(&self, object: &Bound<'_, PyAny>, trace: &mut Trace) {
        nested(self, object, trace, 0);
    }

    /// Records the state of every name that is bound to a mutable exporter or to a view.
    pub(super) fn live(&self, trace: &mut Trace) {
        let array = self.callables.array.bind(self.py).as_type_ptr();
        for (name, object) in self.names.iter().enumerate() {
            let (Some(object), Ok(name)) = (object, u16::try_from(name)) else { continue };
            if let Some(view) = RawView::of(object) {
                trace.live_view(name, view.is_released());
                let exporter = (!view.is_released()).then(|| view.exporter(self.py)).flatten();
                let Some(exporter) = exporter else { continue };
                if let Some(resizable) = Resizable::of(&exporter, array)
                    && name_of(self, &exporter).is_none()
                {
                    trace.live_unnamed(name, resizable.locked, resizable.content);
                } else if let Some(state) = Exporter::of(&exporter).and_then(Exporter::state)
                    && name_of(self, &exporter).is_none()
                {
                    trace.live_unnamed(name, state.locked, &state.content);
                }
            } else if let Some(resizable) = Resizable::of(object, array) {
                trace.live_exporter(name, resizable.locked, resizable.content);
            } else if let Some(state) = Exporter::of(object).and_then(Exporter::state) {
                trace.live_exporter(name, state.locked, &state.content);
            }
        }
    }
}

fn nested(observer: &Observer<'_, '_>, object: &Bound<'_, PyAny>, trace: &mut Trace, depth: usize) {
    let array = observer.callables.array.bind(observer.py);
    if let Some(view) = RawView::of(object) {
        self::view(observer, view, trace);
    } else if let Ok(int) = object.cast_exact::<PyInt>() {
        self::int(int, trace);
    } else if let Ok(bool) = object.cast_exact::<PyBool>() {
        trace.bool(bool.is_true());
    } else if object.cast_exact::<PyNone>().is_ok() {
        trace.none();
    } else if let Ok(float) = object.cast_exact::<PyFloat>() {
        trace.float(float.value());
    } else if let Ok(bytes) = object.cast_exact::<PyBytes>() {
        trace.bytes(bytes.as_bytes());
    } else if object.cast_exact::<PyByteArray>().is_ok() {
        trace.bytearray(Resizable::of(object, array.as_type_ptr()).map_or(&[], |bytearray| bytearray.content));
    } else if let Ok(str) = object.cast_exact::<PyString>() {
        trace.str(&str.to_string_lossy());
    } else if let (Ok(tuple), true) = (object.cast_exact::<PyTuple>(), depth < DEEPEST) {
        trace.tuple(tuple.len());
        tuple.iter_borrowed().for_each(|item| nested(observer, &item, trace, depth + 1));
    } else if let (Ok(list), true) = (object.cast_exact::<PyList>(), depth < DEEPEST) {
        trace.list(list.len());
        list.iter().for_each(|item| nested(observer, &item, trace, depth + 1));
    } else if let (Ok(slice), true) = (object.cast_exact::<PySlice>(), depth < DEEPEST) {
        trace.slice();
        super::memory::slice_parts(slice).iter().for_each(|part| nested(observer, part, trace, depth + 1));
    } else if object.cast_exact::<PyEllipsis>().is_ok() {
        trace.ellipsis();
    } else if let Ok(complex) = object.cast_exact::<PyComplex>() {
        trace.complex(complex.real(), complex.imag());
    } else if let Ok(class) = object.cast::<PyType>() {
        trace.type_(&type_name(class));
    } else if object.get_type().is(array) {
        if let Some((typecode, array)) = Resizable::array(object, array.as_type_ptr()) {
            trace.array(typecode, array.content);
        }
    } else {
        trace.object(&type_name(&object.get_type()));
    }
}

fn int(int: &Bound<'_, PyInt>, trace: &mut Trace) {
    let mut overflow = 0;
    // SAFETY: it is a live int; the only error is an overflow, which is reported and not raised.
    let small = unsafe { ffi::PyLong_AsLongLongAndOverflow(int.as_ptr(), &raw mut overflow) };
    if overflow == 0 {
        return trace.int(small);
    }
    let bits: PyResult<usize> = int.call_method0("bit_length").and_then(|bits| bits.extract());
    let length = bits.unwrap_or(0) / 8 + 1;
    let keywords = pyo3::types::PyDict::new(int.py());
    let bytes = keywords
        .set_item("signed", true)
        .and_then(|()| int.call_method("to_bytes", (length, "little"), Some(&keywords)))
        .and_then(|bytes| bytes.extract::<Vec<u8>>());
    match bytes {
        Ok(bytes) => trace.big(&BigInt::from_signed_bytes_le(&bytes)),
        Err(_) => trace.object("int"),
    }
}

/// The name of a type with its module, unless that is the builtins.
fn type_name<'a>(class: &'a Bound<'_, PyType>) -> Cow<'a, str> {
    // SAFETY: a type is alive and has a name. That of a type written in C has its module before it.
    unsafe {
        let class = class.as_type_ptr();
        if ffi::PyType_HasFeature(class, ffi::Py_TPFLAGS_HEAPTYPE) == 0 {
            return CStr::from_ptr((*class).tp_name).to_string_lossy();
        }
    }
    let text = |text: PyResult<Bound<'_, PyString>>| text.map(|text| text.to_string_lossy().into_owned());
    let name = text(class.qualname()).unwrap_or_else(|_| "?".to_owned());
    match text(class.module()) {
        // What a program has made itself has no module that matters.
        Ok(module) if module != "builtins" && module != "__main__" => format!("{module}.{name}").into(),
        _ => name.into(),
    }
}

/// Records a view: its layout, and which bytes of which object it covers.
fn view(observer: &Observer<'_, '_>, view: RawView<'_>, trace: &mut Trace) {
    if view.is_released() {
        return trace.released_view();
    }
    let array = observer.callables.array.bind(observer.py).as_type_ptr();
    let exporter = view.exporter(observer.py);
    let mut offset = Offset::Outside;
    match &exporter {
        None => trace.view_of_unnamed("NULL"),
        Some(exporter) => {
            match name_of(observer, exporter) {
                Some(name) => trace.view_of_name(name),
                None => trace.view_of_unnamed(&type_name(&exporter.get_type())),
            }
            if let Some((start, length)) = extent(exporter, array) {
                let distance = (view.address() as i64).wrapping_sub(start as i64);
                offset = near(distance, length);
            }
        }
    }
    let axes = Axes { shape: view.shape(), strides: view.strides(), suboffsets: view.suboffsets() };
    trace.layout(offset, view.is_readonly(), &view.format(), view.itemsize() as i64, axes);
}

/// The first name that is bound to an exporter. Equal bytes count as the same, as CPython may share them.
fn name_of(observer: &Observer<'_, '_>, exporter: &Bound<'_, PyAny>) -> Option<u16> {
    let position = |wanted: &dyn Fn(&Bound<'_, PyAny>) -> bool| {
        observer.names.iter().position(|object| object.as_ref().is_some_and(wanted))
    };
    // Bytes of length 0 and 1 are mostly one object, but not always: whether they are is nothing to compare.
    let is_small = exporter.cast_exact::<PyBytes>().is_ok_and(|bytes| bytes.as_bytes().len() <= 1);
    let found = if is_small { 0 } else { position(&|object| object.is(exporter))? };
    let found = match exporter.cast_exact::<PyBytes>() {
        Ok(bytes) => {
            position(&|object| object.cast_exact::<PyBytes>().is_ok_and(|other| other.as_bytes() == bytes.as_bytes()))?
        }
        Err(_) => found,
    };
    u16::try_from(found).ok()
}

/// Records an error.
pub(super) fn error(py: Python<'_>, error: PyErr, trace: &mut Trace) {
    let value = error.value(py);
    // SAFETY: the value is alive, and so is its type, whose name is a C string that lives as long.
    let name = unsafe { CStr::from_ptr((*ffi::Py_TYPE(value.as_ptr())).tp_name) }.to_bytes();
    // A search made for long texts would take longer than this.
    let name = name.iter().rposition(|byte| *byte == b'.').map_or(name, |dot| &name[dot + 1..]);
    let name = str::from_utf8(name).unwrap_or("?");
    match value.str() {
        Ok(message) => trace.raised_text(name, &message.to_string_lossy()),
        Err(_) => trace.raised_text(name, "an error whose text can't be had"),
    }
}

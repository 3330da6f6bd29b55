//! The type `exporter`: memory of its own with any layout that a program describes, exported honestly.
//!
//! No type that comes with CPython exports negative strides, suboffsets or more than 64 dimensions, and
//! `_testbuffer.ndarray` is not everywhere. What a description means, which are sound and which requests are refused
//! is said by the `view` crate; here it becomes a `Py_buffer`.

use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyList, PyString, PyTuple, PyType};
use python::describe::{Argument, EXPORTER, HASH, describe};
use std::collections::BTreeMap;
use std::ffi::{CString, c_int};
use std::sync::atomic::{AtomicUsize, Ordering};
use view::{Error, Exception, Flags, Form};

/// An exporter. Its memory and what describes it stay where they are as long as it lives.
#[pyclass(name = "exporter", frozen, weakref)]
pub(super) struct Exporter {
    form: Form,
    format: Option<CString>,
    /// Whole words, so that pointers in it are aligned; atomic, because consumers in C write to it unasked.
    memory: Box<[AtomicUsize]>,
    /// The bytes of the memory that are the program's.
    length: usize,
    /// The offsets that the program gave where the memory has pointers, by their place.
    pointers: BTreeMap<usize, usize>,
    exports: AtomicUsize,
    /// What is asked for its hash, if that is not its own.
    hash: Option<Py<PyAny>>,
}

const WORD: usize = size_of::<usize>();

/// The type itself, under the plain name that a type gets which belongs to no module.
pub(super) fn class(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    let class = py.get_type::<Exporter>();
    class.setattr("__name__", EXPORTER)?;
    Ok(class)
}

/// An exporter's state, for observers.
pub(super) struct Seen {
    /// The memory, with the offsets that the program gave where pointers are.
    pub(super) content: Vec<u8>,
    /// Whether something exports it.
    pub(super) locked: bool,
}

impl Exporter {
    /// Looks at an object if it is an exporter.
    pub(super) fn of<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a Exporter> {
        object.cast_exact::<Exporter>().ok().map(Bound::get)
    }

    /// The state of an exporter that can be written. The others never change.
    pub(super) fn state(&self) -> Option<Seen> {
        (!self.form.readonly)
            .then(|| Seen { content: self.content(), locked: self.exports.load(Ordering::Relaxed) > 0 })
    }

    /// Where the memory starts, and how long it is.
    pub(super) fn extent(&self) -> (usize, usize) {
        (self.memory.as_ptr() as usize, self.length)
    }

    fn content(&self) -> Vec<u8> {
        let word = |(at, word): (usize, &AtomicUsize)| {
            self.pointers.get(&(at * WORD)).copied().unwrap_or_else(|| word.load(Ordering::Relaxed)).to_ne_bytes()
        };
        let mut content: Vec<u8> = self.memory.iter().enumerate().flat_map(word).collect();
        content.truncate(self.length);
        content
    }
}

#[pymethods]
impl Exporter {
    #[new]
    #[pyo3(signature = (*arguments, **keywords))]
    fn new(arguments: &Bound<'_, PyTuple>, keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Exporter> {
        let positional = arguments.iter().map(|object| argument(&object)).collect();
        let hash = keywords.map(|keywords| keywords.get_item(HASH)).transpose()?.flatten();
        let hash = hash.filter(|object| !object.is_none()).map(Bound::unbind);
        let keywords = keywords.into_iter().flatten().map(|(name, object)| Ok((name.extract()?, argument(&object))));
        let keywords: Vec<(PyBackedStr, Argument)> = keywords.collect::<PyResult<_>>()?;
        let (content, description) = describe(positional, keywords, super::NATIVE).map_err(raise)?;
        let (form, pointers) = description.check(&content, super::NATIVE).map_err(raise)?;
        let word = |bytes: &[u8]| {
            let mut word = [0; WORD];
            word[..bytes.len()].copy_from_slice(bytes);
            AtomicUsize::new(usize::from_ne_bytes(word))
        };
        let memory: Box<[AtomicUsize]> = content.chunks(WORD).map(word).collect();
        let start = memory.as_ptr() as usize;
        let slot = |at: usize| {
            // An offset into the memory becomes an address: the check has seen that it is one.
            let offset = memory[at / WORD].load(Ordering::Relaxed);
            memory[at / WORD].store(start + offset, Ordering::Relaxed);
            (at, offset)
        };
        let pointers = pointers.into_iter().map(slot).collect();
        Ok(Exporter {
            // A text without a NUL, as the check has seen.
            format: form.format.as_deref().map(CString::new).transpose()?,
            form,
            length: content.len(),
            memory,
            pointers,
            exports: AtomicUsize::new(0),
            hash,
        })
    }

    /// The exporter is held while program code runs: a view that is hashed does not hold it then, as it may be released.
    fn __hash__(slf: Bound<'_, Self>) -> PyResult<isize> {
        match &slf.get().hash {
            Some(object) => object.bind(slf.py()).hash(),
            // As of any object without equality: its address, of which the last bits say nothing.
            None => Ok((slf.as_ptr() as usize).rotate_right(4) as isize),
        }
    }

    /// Its hash may be a hook that is to release a view of it.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.hash)
    }

    /// # Safety
    /// `buffer` points to a `Py_buffer` that is to be filled.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, buffer: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let (exporter, flags) = (slf.get(), Flags(flags));
        if let Some(refusal) = exporter.form.refusal(flags) {
            // SAFETY: as the caller says. A buffer that was not given has no exporter.
            unsafe { (*buffer).obj = std::ptr::null_mut() };
            return Err(raise(Error::ExporterRefused { type_name: EXPORTER.into(), refusal }));
        }
        // Without dimensions there is nothing to point to, and the protocol demands that nothing is.
        let asked = |flag: Flags, sizes: &[isize]| match flags.has(flag) && !sizes.is_empty() {
            true => sizes.as_ptr().cast_mut(),
            false => std::ptr::null_mut(),
        };
        let (form, layout) = (&exporter.form, &exporter.form.layout);
        let format = exporter.format.as_ref().filter(|_| flags.has(Flags::FORMAT));
        let filled = ffi::Py_buffer {
            buf: exporter.memory.as_ptr().cast_mut().cast::<u8>().wrapping_offset(layout.offset()).cast(),
            obj: slf.clone().into_ptr(),
            len: form.length,
            itemsize: form.itemsize,
            readonly: form.readonly.into(),
            ndim: if flags.has(Flags::ND) { layout.ndim() as c_int } else { 1 },
            format: format.map_or(std::ptr::null_mut(), |format| format.as_ptr().cast_mut()),
            shape: asked(Flags::ND, layout.shape()),
            strides: asked(Flags::STRIDES, layout.strides()),
            suboffsets: asked(Flags::INDIRECT, layout.suboffsets()),
            internal: std::ptr::null_mut(),
        };
        exporter.exports.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller says. The buffer holds a reference to the exporter, which keeps all that it points to
        // where it is; the memory may be written through an atomic's pointer, and consumers only read the rest.
        unsafe { buffer.write(filled) };
        Ok(())
    }

    /// # Safety
    /// `_buffer` was filled by `__getbuffer__`.
    unsafe fn __releasebuffer__(&self, _buffer: *mut ffi::Py_buffer) {
        self.exports.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An argument as the rules take it.
fn argument(object: &Bound<'_, PyAny>) -> Argument {
    let all =
        |items: &mut dyn Iterator<Item = Bound<'_, PyAny>>| Argument::List(items.map(|it| argument(&it)).collect());
    if object.is_none() {
        Argument::None
    } else if let Ok(value) = object.cast_exact::<PyBool>() {
        Argument::Bool(value.is_true())
    } else if object.cast_exact::<PyInt>().is_ok() {
        Argument::Int(object.extract().ok())
    } else if let Ok(text) = object.cast_exact::<PyString>() {
        Argument::Str(text.to_string_lossy().into_owned())
    } else if let Ok(content) = object.cast_exact::<PyBytes>() {
        Argument::Bytes(content.as_bytes().to_vec())
    } else if let Ok(items) = object.cast_exact::<PyTuple>() {
        all(&mut items.iter())
    } else if let Ok(items) = object.cast_exact::<PyList>() {
        all(&mut items.iter())
    } else {
        Argument::Other
    }
}

fn raise(error: Error) -> PyErr {
    let text = error.to_string();
    match error.exception() {
        Exception::TypeError => PyTypeError::new_err(text),
        Exception::BufferError => PyBufferError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}

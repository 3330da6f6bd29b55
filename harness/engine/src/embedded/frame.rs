//! The local variables of a frame as an object, which exceptions hold as they hold a traceback.

use crate::machine::Locals;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;
use pyo3::{PyTraverseError, PyVisit};
use smallvec::SmallVec;
use std::cell::RefCell;

/// What local variables are bound to.
type Bindings = SmallVec<[Option<Py<PyAny>>; 4]>;

/// Local variables. Only the collector looks at them from outside.
#[pyclass(frozen, unsendable)]
pub(super) struct FrameLocals(RefCell<Bindings>);

#[pymethods]
impl FrameLocals {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // While one of them is being bound, nothing is collected.
        let Ok(bindings) = self.0.try_borrow() else { return Ok(()) };
        bindings.iter().flatten().try_for_each(|object| visit.call(object))
    }

    fn __clear__(&self) {
        let gone = self.0.take();
        drop(gone);
    }
}

impl FrameLocals {
    pub(super) fn make<'py>(
        py: Python<'py>,
        bound: impl IntoIterator<Item = Option<Bound<'py, PyAny>>>,
    ) -> PyResult<Bound<'py, FrameLocals>> {
        let bindings = bound.into_iter().map(|object| object.map(Bound::unbind)).collect();
        Bound::new(py, FrameLocals(RefCell::new(bindings)))
    }
}

impl<'py> Locals<Bound<'py, PyAny>> for Bound<'py, FrameLocals> {
    fn get(&self, local: u16) -> Option<Bound<'py, PyAny>> {
        let this = self.borrow();
        let bindings = this.0.borrow();
        bindings.get(usize::from(local))?.as_ref().map(|object| object.bind(self.py()).clone())
    }

    fn set(&self, local: u16, value: Option<Bound<'py, PyAny>>) -> Option<Bound<'py, PyAny>> {
        let this = self.borrow();
        let mut bindings = this.0.borrow_mut();
        let slot = bindings.get_mut(usize::from(local))?;
        std::mem::replace(slot, value.map(Bound::unbind)).map(|object| object.into_bound(self.py()))
    }
}

/// Has an exception keep the local variables of a frame that it came through. Python's own traceback has a frame as well, but
/// that of a function which has handed its arguments over.
pub(super) fn hold(error: &PyErr, locals: &Bound<'_, FrameLocals>) -> PyResult<()> {
    let py = locals.py();
    let (exception, name) = (error.value(py), intern!(py, "__viewcheck_frames__"));
    match exception.getattr_opt(name)?.map(Bound::cast_into::<PyList>) {
        Some(Ok(frames)) => match frames.iter().any(|known| known.is(locals)) {
            true => Ok(()),
            false => frames.append(locals),
        },
        _ => exception.setattr(name, PyList::new(py, [locals])?),
    }
}

/// Has an exception keep the one that was being handled where it was raised. One that has another keeps that.
pub(super) fn set_context(py: Python<'_>, error: &PyErr, handled: &PyErr) -> PyResult<()> {
    let name = intern!(py, "__context__");
    let exception = error.value(py);
    let mut next = handled.value(py).clone().into_any();
    while !next.is_none() {
        if next.is(exception) {
            return Ok(());
        }
        next = next.getattr(name)?;
    }
    match exception.getattr(name)?.is_none() {
        true => exception.setattr(name, handled.value(py)),
        false => Ok(()),
    }
}

//! The type `hook`: an object that releases or resizes something before it answers what memoryview asks of it.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyType};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A hook.
#[pyclass(name = "hook", frozen)]
pub(super) struct Hook {
    answer: Py<PyAny>,
    /// What it does first. Nothing of Python runs while this is locked.
    deeds: Mutex<Deeds>,
}

/// What a hook does before it answers.
#[derive(Default)]
struct Deeds {
    releases: Option<Py<PyAny>>,
    appends: Option<Py<PyAny>>,
}

/// The type itself, under the plain name that a type gets which belongs to no module.
pub(super) fn class(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    let class = py.get_type::<Hook>();
    class.setattr("__name__", "hook")?;
    Ok(class)
}

impl Hook {
    fn deeds(&self) -> MutexGuard<'_, Deeds> {
        self.deeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let bound = |object: &Option<Py<PyAny>>| object.as_ref().map(|object| object.bind(py).clone());
        let (releases, appends) = {
            let deeds = self.deeds();
            (bound(&deeds.releases), bound(&deeds.appends))
        };
        if let Some(view) = releases {
            view.call_method0(intern!(py, "release"))?;
        }
        if let Some(exporter) = appends {
            exporter.call_method1(intern!(py, "append"), (0,))?;
        }
        Ok(self.answer.bind(py).clone())
    }
}

#[pymethods]
impl Hook {
    #[new]
    #[pyo3(signature = (answer, releases = None, appends = None))]
    fn new(answer: Py<PyAny>, releases: Option<Py<PyAny>>, appends: Option<Py<PyAny>>) -> Hook {
        Hook { answer, deeds: Mutex::new(Deeds { releases, appends }) }
    }

    #[pyo3(signature = (releases = None, appends = None))]
    fn arm(&self, releases: Option<Py<PyAny>>, appends: Option<Py<PyAny>>) {
        let before = std::mem::replace(&mut *self.deeds(), Deeds { releases, appends });
        // What it did before may end here, and run anything.
        drop(before);
    }

    fn __index__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.asked(py)
    }

    fn __float__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.asked(py)
    }

    /// Python checks this answer itself, but C's function can give no other than a bool.
    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        let answer = self.asked(py)?;
        match answer.cast_exact::<PyBool>() {
            Ok(answer) => Ok(answer.is_true()),
            Err(_) => {
                let class = answer.get_type().qualname()?;
                // As a class of a program would say it.
                Err(PyTypeError::new_err(match py.version_info() >= (3, 15) {
                    true => format!("hook.__bool__() must return a bool, not {class}"),
                    false => format!("__bool__ should return bool, returned {class}"),
                }))
            }
        }
    }

    /// Python checks this answer too, and folds a large int into what C's function can give.
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        match self.asked(py)?.cast::<PyInt>() {
            // As for a class of a program: an int of this size is the hash itself.
            Ok(answer) => answer.extract().or_else(|_| answer.hash()),
            Err(_) => Err(PyTypeError::new_err("__hash__ method should return an integer")),
        }
    }

    /// Python checks this answer as well.
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        let answer = self.asked(py)?;
        let Ok(int) = answer.cast::<PyInt>() else {
            let class = answer.get_type().qualname()?;
            return Err(PyTypeError::new_err(format!("'{class}' object cannot be interpreted as an integer")));
        };
        match int.lt(0)? {
            true => Err(PyValueError::new_err("__len__() should return >= 0")),
            false => {
                // A length that only an unsigned size can be would be refused later, without a text.
                let too_large = |_| PyOverflowError::new_err("cannot fit 'int' into an index-sized integer");
                int.extract().map(isize::unsigned_abs).map_err(too_large)
            }
        }
    }

    /// As the callback of a weak reference.
    fn __call__<'py>(&self, reference: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.asked(reference.py())
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.asked(other.py())
    }

    /// A hook may release a view of the exporter that asks it.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.answer)?;
        let deeds = self.deeds();
        visit.call(&deeds.releases)?;
        visit.call(&deeds.appends)
    }

    fn __clear__(&self) {
        self.arm(None, None);
    }
}

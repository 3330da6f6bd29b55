//! The type `hook`: an object that releases or resizes something before it answers what memoryview asks of it.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyType};

/// A hook.
#[pyclass(name = "hook", frozen)]
pub(super) struct Hook {
    answer: Py<PyAny>,
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
    fn asked<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(view) = &self.releases {
            view.bind(py).call_method0(intern!(py, "release"))?;
        }
        if let Some(exporter) = &self.appends {
            exporter.bind(py).call_method1(intern!(py, "append"), (0,))?;
        }
        Ok(self.answer.bind(py).clone())
    }
}

#[pymethods]
impl Hook {
    #[new]
    #[pyo3(signature = (answer, releases = None, appends = None))]
    fn new(answer: Py<PyAny>, releases: Option<Py<PyAny>>, appends: Option<Py<PyAny>>) -> Hook {
        Hook { answer, releases, appends }
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
                Err(PyTypeError::new_err(format!("__bool__ should return bool, returned {class}")))
            }
        }
    }

    fn __eq__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.asked(other.py())
    }
}

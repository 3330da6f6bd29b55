//! What programs print: `print` is the interpreter's own, and writes to a text in memory.
//!
//! That text stands in for `sys.stdout`, so that nothing a program does can write among what this process says itself.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The text that stands in for the standard output of the one interpreter.
static OUTPUT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Puts the text in the place of the standard output, once.
pub(super) fn replace(py: Python<'_>) -> PyResult<()> {
    output(py).map(drop)
}

/// Puts it there again, whatever a program has put there.
pub(super) fn restore(py: Python<'_>) -> PyResult<()> {
    py.import("sys")?.setattr("stdout", output(py)?)
}

fn output(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    let output = OUTPUT.get_or_try_init(py, || {
        let output = py.import("io")?.call_method0("StringIO")?;
        py.import("sys")?.setattr("stdout", &output)?;
        PyResult::Ok(output.unbind())
    })?;
    Ok(output.bind(py))
}

/// What was written since this was last asked.
pub(super) fn take(py: Python<'_>) -> PyResult<String> {
    let output = output(py)?;
    let text = output.call_method0("getvalue")?.str()?.to_string_lossy().into_owned();
    output.call_method1("seek", (0,))?;
    output.call_method0("truncate")?;
    Ok(text)
}

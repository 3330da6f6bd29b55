//! Names that a program has bound to nothing: the interpreter says what they are, and what is wrong with them.

use crate::machine::Stop;
use crate::machine::malformed;
use program::is_identifier;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CString;

/// Functions that read a name, or unbind it, where nothing but the builtins is bound; compiled when they are first
/// needed.
#[derive(Default)]
pub(super) struct Unbound {
    readers: RefCell<HashMap<Box<str>, Py<PyAny>>>,
    unbinders: RefCell<HashMap<Box<str>, Py<PyAny>>>,
    locals: RefCell<HashMap<Box<str>, Py<PyAny>>>,
    free: RefCell<HashMap<Box<str>, Py<PyAny>>>,
}

impl Unbound {
    /// Reads a name.
    pub(super) fn read<'py>(&self, py: Python<'py>, name: &str) -> Result<Bound<'py, PyAny>, Stop<PyErr>> {
        Ok(function(py, &self.readers, name, |name| format!("def function():\n    return {name}"))?.call0()?)
    }

    /// The error of reading a local variable.
    pub(super) fn read_local(&self, py: Python<'_>, name: &str) -> Stop<PyErr> {
        let source = |name: &str| format!("def function():\n    {name}\n    {name} = None");
        raised(function(py, &self.locals, name, source))
    }

    /// The error of reading it in a function within the one that it belongs to.
    pub(super) fn read_free(&self, py: Python<'_>, name: &str) -> Stop<PyErr> {
        let source =
            |name: &str| format!("def function():\n    def inner():\n        {name}\n    inner()\n    {name} = None");
        raised(function(py, &self.free, name, source))
    }

    /// The error of unbinding a name.
    pub(super) fn unbind(&self, py: Python<'_>, name: &str) -> Stop<PyErr> {
        let source = |name: &str| format!("def function():\n    global {name}\n    del {name}");
        raised(function(py, &self.unbinders, name, source))
    }
}

/// The error that a function raises.
fn raised(function: Result<Bound<'_, PyAny>, Stop<PyErr>>) -> Stop<PyErr> {
    match function.map(|function| function.call0()) {
        Err(stop) => stop,
        Ok(Err(error)) => Stop::Raised(error),
        Ok(Ok(_)) => malformed("a name has a value although the program bound it to none"),
    }
}

fn function<'py>(
    py: Python<'py>,
    known: &RefCell<HashMap<Box<str>, Py<PyAny>>>,
    name: &str,
    source: impl Fn(&str) -> String,
) -> Result<Bound<'py, PyAny>, Stop<PyErr>> {
    if let Some(function) = known.borrow().get(name) {
        return Ok(function.bind(py).clone());
    }
    // A program that was decoded may have any text for a name.
    let source = CString::new(source(name)).ok().filter(|_| is_identifier(name));
    let source = source.ok_or_else(|| malformed("a name is not an identifier"))?;
    let globals = PyDict::new(py);
    py.run(&source, Some(&globals), None)?;
    let function = globals.get_item("function")?.ok_or_else(|| malformed("a name is not an identifier"))?;
    globals.del_item("function")?;
    known.borrow_mut().insert(name.into(), function.clone().unbind());
    Ok(function)
}

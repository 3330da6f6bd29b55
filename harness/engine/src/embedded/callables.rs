//! What the rows of the operation table name, looked up once: functions, and the names of methods and attributes.

use program::{Kind, Syntax};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// The Python objects by which operations are called.
pub(super) struct Callables {
    /// By kind: the function of a `Call` row, or the name of a method or an attribute.
    by_kind: Vec<PyOnceLock<Py<PyAny>>>,
    /// The types that programs name, by their paths.
    types: RefCell<HashMap<Box<str>, Py<PyAny>>>,
    /// `array.array`, by which arrays are known.
    pub(super) array: Py<PyType>,
    /// Whether a method is bound before it is called with keywords, as byte code did before 3.11: errors call it by
    /// another name then.
    pub(super) binds: bool,
    /// What reads names that are bound to nothing.
    pub(super) unbound: super::unbound::Unbound,
    /// What was compiled for functions and assignments of programs.
    pub(super) compiled: super::bodies::Compiled,
    /// What was compiled for calls of their functions.
    pub(super) callers: super::moved::Callers,
    /// The number of the last run.
    pub(super) runs: Cell<u64>,
    /// The generator around a `with` statement.
    pub(super) block: Py<PyAny>,
    /// `"__enter__"`
    pub(super) enter: Py<PyString>,
    /// `"__exit__"`
    pub(super) exit: Py<PyString>,
}

impl Callables {
    /// Looks up what is needed always. Functions of modules that may be missing wait until they are called.
    pub(super) fn new(py: Python<'_>) -> PyResult<Callables> {
        super::bodies::Generator::prepare(py)?;
        Ok(Callables {
            by_kind: Kind::ALL.iter().map(|_| PyOnceLock::new()).collect(),
            types: RefCell::default(),
            array: py.import("array")?.getattr("array")?.cast_into::<PyType>()?.unbind(),
            binds: py.version_info() < (3, 11),
            unbound: Default::default(),
            compiled: Default::default(),
            callers: Default::default(),
            runs: Cell::new(0),
            block: super::block::compile(py)?,
            enter: PyString::intern(py, "__enter__").unbind(),
            exit: PyString::intern(py, "__exit__").unbind(),
        })
    }

    /// The function that a `Call` row names, or the name of a method or an attribute.
    pub(super) fn get<'py>(&self, py: Python<'py>, kind: Kind) -> PyResult<&Bound<'py, PyAny>> {
        let found = self.by_kind[kind as usize].get_or_try_init(py, || match kind.row().syntax {
            Syntax::Call(path) if kind.extension().is_some() => extension(py, kind, path).map(Bound::unbind),
            Syntax::Call(path) => lookup(py, path).map(Bound::unbind),
            Syntax::Method(name) | Syntax::Attribute(name) => Ok(PyString::intern(py, name).into_any().unbind()),
            _ => Ok(py.None()),
        });
        found.map(|found| found.bind(py))
    }

    /// The type of that path.
    pub(super) fn class<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        if let Some(class) = self.types.borrow().get(path) {
            return Ok(class.bind(py).clone());
        }
        let class = lookup(py, path)?;
        self.types.borrow_mut().insert(path.into(), class.clone().unbind());
        Ok(class)
    }
}

/// What a row calls that is no part of any Python.
fn extension<'py>(py: Python<'py>, kind: Kind, path: &str) -> PyResult<Bound<'py, PyAny>> {
    Ok(match kind {
        Kind::NewExporter => super::exporter::class(py)?.into_any(),
        Kind::NewHook => super::hook::class(py)?.into_any(),
        Kind::Request | Kind::GetContiguous => super::capi::function(py, kind == Kind::Request)?.into_any(),
        _ => lookup(py, path)?,
    })
}

/// The object of a dotted name: a builtin, or a module's member, or a member of that.
pub(super) fn lookup<'py>(py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
    let (owner, name) = path.rsplit_once('.').unwrap_or(("builtins", path));
    match py.import(owner) {
        Ok(module) => module.getattr(name),
        Err(error) => match py.import("builtins")?.getattr(owner) {
            Ok(owner) => owner.getattr(name),
            Err(_) => Err(error),
        },
    }
}

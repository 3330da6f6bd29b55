//! `with` statements, run by the interpreter itself: which methods it looks up, in what order, and what it says of an
//! object that has none of them is its own business, and changed with its versions.

use super::callables::Callables;
use super::memory::RawView;
use crate::machine::Stop;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList};
use std::ffi::CStr;

/// A `with` statement that stops in its block. It gets the manager in a list, and keeps neither that nor the value: what
/// is alive in a block is what is alive in one of the program's own.
const STATEMENT: &CStr = c"
def block(given):
    try:
        with given.pop() as value:
            given.append(value)
            del value
            yield
    except BaseException as error:
        given.append(error)
";

/// Compiles the statement.
pub(super) fn compile(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let module = PyModule::from_code(py, STATEMENT, c"<with>", c"viewcheck_with")?;
    module.getattr("block").map(Bound::unbind)
}

/// What keeps a block open.
pub(super) enum Block<'py> {
    /// A memoryview, which has both methods and no attributes that could hide them: its methods are called from here, as
    /// the statement would.
    View(Bound<'py, PyAny>),
    /// The statement, and the list through which it gives its value and its error.
    Statement(Bound<'py, PyIterator>, Bound<'py, PyList>),
}

impl<'py> Block<'py> {
    /// Begins a block. Gives the value that the statement would bind.
    pub(super) fn enter(
        callables: &Callables,
        manager: Bound<'py, PyAny>,
    ) -> Result<(Bound<'py, PyAny>, Block<'py>), Stop<PyErr>> {
        let py = manager.py();
        if RawView::of(&manager).is_some() {
            let value = manager.call_method0(callables.enter.bind(py))?;
            return Ok((value, Block::View(manager)));
        }
        let given = PyList::new(py, [manager])?;
        let mut statement =
            callables.block.bind(py).call1((&given,))?.cast_into::<PyIterator>().map_err(PyErr::from)?;
        match statement.next() {
            Some(Ok(_)) => Ok((pop(&given)?, Block::Statement(statement, given))),
            Some(Err(error)) => Err(Stop::Raised(error)),
            None => Err(Stop::Raised(PyErr::from_value(pop(&given)?))),
        }
    }

    /// Ends a block, by an error if there is one. Gives the error that goes on from there.
    pub(super) fn exit(self, callables: &Callables, py: Python<'py>, raised: Option<PyErr>) -> Result<(), Stop<PyErr>> {
        match (self, raised) {
            (Block::View(view), None) => {
                let none = py.None();
                view.call_method1(callables.exit.bind(py), (&none, &none, &none))?;
                Ok(())
            }
            (Block::View(view), Some(error)) => {
                let arguments = (error.get_type(py), error.value(py), error.traceback(py));
                view.call_method1(callables.exit.bind(py), arguments)?;
                Err(Stop::Raised(error))
            }
            (Block::Statement(mut statement, given), None) => match statement.next() {
                Some(Err(error)) => Err(Stop::Raised(error)),
                _ => left(&given),
            },
            (Block::Statement(statement, given), Some(error)) => {
                // It ends in any case, and says so with a StopIteration.
                let _ = statement.call_method1(pyo3::intern!(py, "throw"), (error.value(py),));
                drop(error);
                left(&given)
            }
        }
    }
}

/// How a statement that has ended was left.
fn left(given: &Bound<'_, PyList>) -> Result<(), Stop<PyErr>> {
    match given.is_empty() {
        true => Ok(()),
        false => Err(Stop::Raised(PyErr::from_value(pop(given)?))),
    }
}

fn pop<'py>(given: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
    given.call_method0(pyo3::intern!(given.py(), "pop"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Managers, by what they do when they are left.
    const MANAGERS: &CStr = c"
import weakref

class Value: pass

class Manager:
    def __init__(self, what):
        self.what, self.seen = what, None
    def __enter__(self):
        if self.what == 'stop':
            raise StopIteration('enter')
        value = Value()
        self.value = weakref.ref(value)
        return value
    def __exit__(self, kind, error, traceback):
        self.seen = (kind, str(error), error is None or traceback is not None)
        if self.what == 'raise':
            raise StopIteration('exit')
        return self.what == 'swallow'
";

    /// Calls `work` with a manager of that kind.
    fn with_manager(what: &str, work: impl FnOnce(&Callables, &Bound<'_, PyAny>)) {
        crate::embedded::Embedded::new().unwrap();
        Python::attach(|py| {
            let module = PyModule::from_code(py, MANAGERS, c"<managers>", c"managers").unwrap();
            let manager = module.getattr("Manager").unwrap().call1((what,)).unwrap();
            work(&Callables::new(py).unwrap(), &manager);
        });
    }

    fn told(result: Result<(), Stop<PyErr>>) -> String {
        match result {
            Ok(()) => "left".to_owned(),
            Err(Stop::Raised(error)) => error.to_string(),
            Err(Stop::RunError(fault)) => fault.to_string(),
        }
    }

    #[rstest]
    #[case("", None, "left", "(None, 'None', True)")]
    #[case("", Some("KeyError"), "KeyError: 'a'", "(<class 'KeyError'>, \"'a'\", True)")]
    #[case("", Some("StopIteration"), "StopIteration: a", "(<class 'StopIteration'>, 'a', True)")]
    #[case("", Some("GeneratorExit"), "GeneratorExit: a", "(<class 'GeneratorExit'>, 'a', True)")]
    #[case("swallow", None, "left", "(None, 'None', True)")]
    #[case("swallow", Some("KeyError"), "left", "(<class 'KeyError'>, \"'a'\", True)")]
    #[case("swallow", Some("StopIteration"), "left", "(<class 'StopIteration'>, 'a', True)")]
    #[case("raise", None, "StopIteration: exit", "(None, 'None', True)")]
    #[case("raise", Some("KeyError"), "StopIteration: exit", "(<class 'KeyError'>, \"'a'\", True)")]
    fn a_block_is_left(#[case] what: &str, #[case] error: Option<&str>, #[case] end: &str, #[case] seen: &str) {
        with_manager(what, |callables, manager| {
            let py = manager.py();
            let (value, block) = Block::enter(callables, manager.clone()).ok().unwrap();
            let class = |name| py.import("builtins").unwrap().getattr(name).unwrap();
            let raised = error.map(|name| PyErr::from_value(class(name).call1(("a",)).unwrap()));
            assert_eq!(told(block.exit(callables, py, raised)), end);
            assert_eq!(manager.getattr("seen").unwrap().to_string(), seen);
            drop(value);
        });
    }

    #[test]
    fn an_error_of_entering_is_the_statements() {
        with_manager("stop", |callables, manager| {
            let entered = Block::enter(callables, manager.clone()).map(drop);
            assert_eq!(told(entered), "StopIteration: enter");
            assert!(manager.getattr("seen").unwrap().is_none());
        });
    }

    /// As in a program of its own: the statement keeps the manager, by its method, and not the value.
    #[test]
    fn a_block_keeps_its_manager_and_not_its_value() {
        with_manager("", |callables, manager| {
            let py = manager.py();
            let getrefcount = py.import("sys").unwrap().getattr("getrefcount").unwrap();
            let count =
                |object: &Bound<'_, PyAny>| -> isize { getrefcount.call1((object,)).unwrap().extract().unwrap() };
            let before = count(manager);
            let (value, block) = Block::enter(callables, manager.clone()).ok().unwrap();
            assert_eq!(count(manager), before + 1);
            drop(value);
            assert!(manager.getattr("value").unwrap().call0().unwrap().is_none());
            let error = pyo3::exceptions::PyKeyError::new_err("a");
            drop(block.exit(callables, py, Some(error)));
            assert_eq!(count(manager), before);
        });
    }
}

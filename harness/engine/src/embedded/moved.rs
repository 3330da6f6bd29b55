//! Calls of the program's own functions as byte code makes them. Since Python 3.11 the arguments are moved into the function's
//! frame, so that one which the function unbinds dies there; before, the caller held them until the call was over. A call of
//! the C API holds them always, so a line of Python makes these.

use super::bodies::compiled;
use super::callables::Callables;
use super::execute::{Object, Stop};
use crate::machine::malformed;
use program::{Operation, Syntax, is_identifier};
use pyo3::prelude::*;
use pyo3::types::{PyFunction, PyList, PyString};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::collections::HashMap;

/// What was compiled, by the number of arguments, the names of the last of them, and the name of the method.
#[derive(Default)]
pub(super) struct Callers(RefCell<HashMap<String, Py<PyAny>>>);

/// Performs an operation that calls a function of the program. Gives nothing, and leaves the operands, if it is none.
pub(super) fn call<'py>(
    callables: &Callables,
    operation: &Operation,
    operands: &mut SmallVec<[Object<'py>; 4]>,
) -> Option<Result<Object<'py>, Stop>> {
    let first = operands.first()?;
    let py = first.py();
    let method = match operation.kind.row().syntax {
        Syntax::CallObject => None,
        Syntax::AnyMethod => Some(operation.own_name(1)?),
        Syntax::Method(name) => Some(name),
        _ => return None,
    };
    let is_own = match method {
        None => first.is_exact_instance_of::<PyFunction>(),
        // An attribute of the object itself comes before the method.
        Some(name) => {
            let found = first.get_type().getattr_opt(PyString::intern(py, name)).ok().flatten();
            found.is_some_and(|found| found.is_exact_instance_of::<PyFunction>())
        }
    };
    if !is_own {
        return None;
    }
    if let Syntax::AnyMethod = operation.kind.row().syntax {
        operands.remove(1);
    }
    let names = operation.keywords.as_deref().unwrap_or_default();
    let count = operands.len() - 1;
    let given = PyList::new(py, operands.drain(..).rev());
    Some(given.map_err(Stop::from).and_then(|given| {
        let source = || source(count, names, method);
        let key = format!("{count} {names:?} {method:?}");
        if !names.iter().map(|name| &**name).chain(method).all(is_identifier) {
            return Err(malformed("the name of a method or an argument is not an identifier"));
        }
        let caller = compiled(py, &callables.callers.0, key, source, "call")?;
        Ok(caller.call1((given,))?)
    }))
}

/// The line that takes the function and its arguments off a list and calls it.
fn source(count: usize, names: &[Box<str>], method: Option<&str>) -> String {
    let taken = "given.pop()";
    let positional = count.saturating_sub(names.len());
    let arguments = std::iter::repeat_n(taken.to_owned(), positional);
    let arguments: Vec<String> = arguments.chain(names.iter().map(|name| format!("{name}={taken}"))).collect();
    let method = method.map(|name| format!(".{name}")).unwrap_or_default();
    format!("def call(given):\n    return {taken}{method}({})", arguments.join(", "))
}

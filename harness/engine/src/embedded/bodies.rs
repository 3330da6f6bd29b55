//! What a program's code is in the interpreter: functions, generator expressions, and statements that Python does best.
//!
//! A function is a real one, so that Python itself says what it is and binds its arguments. It hands these to the machine,
//! which runs the body. Its code is compiled once for each name and signature; the objects of a run are made anew.

use super::execute::Interpreter;
use crate::machine::{Machine, Stop, malformed};
use program::{Function, is_identifier};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::CString;

/// The machine that runs a program, as the objects of the program call it.
trait Code {
    /// The number of the run.
    fn run(&self) -> u64;

    fn call(&self, body: u16, arguments: Vec<Py<PyAny>>) -> PyResult<Py<PyAny>>;

    fn item(&self, body: u16, locals: Locals, given: Py<PyAny>) -> PyResult<Option<Py<PyAny>>>;
}

scoped_tls_hkt::scoped_thread_local!(static CODE: for<'a> &'a (dyn Code + 'a));

/// Runs a program: while `run` does, its objects call the machine.
pub(super) fn running<T>(machine: &Machine<'_, Interpreter<'_, '_>>, run: impl FnOnce() -> T) -> T {
    CODE.set(machine, run)
}

fn is_running(run: u64) -> bool {
    CODE.is_set() && CODE.with(|code| code.run() == run)
}

/// Calls the machine of a run, unless that is over: a function may be left in a cycle and be called when that is collected.
fn with<T>(run: u64, act: impl FnOnce(&dyn Code) -> PyResult<T>) -> PyResult<T> {
    let over = || PyRuntimeError::new_err("the run of this function's program is over");
    match CODE.is_set() {
        true => CODE.with(|code| if code.run() == run { act(code) } else { Err(over()) }),
        false => Err(over()),
    }
}

impl<'py> Code for Machine<'_, Interpreter<'py, '_>> {
    fn run(&self) -> u64 {
        self.runtime().run
    }

    fn call(&self, body: u16, arguments: Vec<Py<PyAny>>) -> PyResult<Py<PyAny>> {
        let py = self.runtime().py;
        let arguments = arguments.into_iter().map(|argument| argument.into_bound(py)).collect();
        Machine::call(self, body, arguments).map(Bound::unbind).map_err(|stop| told(self, stop))
    }

    fn item(&self, body: u16, locals: Locals, given: Py<PyAny>) -> PyResult<Option<Py<PyAny>>> {
        let py = self.runtime().py;
        let locals = locals.into_iter().map(|local| local.map(|local| local.into_bound(py))).collect();
        let item = Machine::item(self, body, locals, given.into_bound(py));
        item.map(|item| item.map(Bound::unbind)).map_err(|stop| told(self, stop))
    }
}

/// What a stop is to Python. If the run is over, that is noted, and an exception leaves what is going on.
fn told<'py>(machine: &Machine<'_, Interpreter<'py, '_>>, stop: Stop<PyErr>) -> PyErr {
    match stop {
        Stop::Raised(error) => error,
        Stop::RunError(error) => {
            machine.give_up(error);
            PyKeyboardInterrupt::new_err("the run is over")
        }
    }
}

/// How many targets stand before the one with a star, and after it, if there is one.
type Targets = (usize, Option<usize>);

/// What was compiled for the programs so far.
#[derive(Default)]
pub(super) struct Compiled {
    /// What makes a function with a given name and signature.
    functions: RefCell<HashMap<String, Py<PyAny>>>,
    /// What unpacks a value for so many targets.
    unpackers: RefCell<HashMap<Targets, Py<PyAny>>>,
    /// What raises: an error alone, and one with a cause.
    raisers: RefCell<HashMap<bool, Py<PyAny>>>,
}

/// The most functions that are kept: programs of others may have any names.
const MOST: usize = 4096;

impl Compiled {
    /// Makes the function of a body.
    pub(super) fn function<'py>(
        &self,
        py: Python<'py>,
        (run, body): (u64, u16),
        function: &Function,
        owner: Option<&str>,
        defaults: Vec<Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Stop<PyErr>> {
        let names = &function.locals[..function.parameters.len().min(function.locals.len())];
        if !is_identifier(&function.name) || !names.iter().all(|name| is_identifier(name)) {
            return Err(malformed("the name of a function is not an identifier"));
        }
        let key = format!("{}({})", function.name, function.signature(|| "None".to_owned()));
        let source = || {
            // A name of our own must be none of the parameters.
            let mut own = "given".to_owned();
            while names.iter().any(|name| name.starts_with(&own)) {
                own.push('_');
            }
            let (list, unbind) = (
                names.join(", "),
                if names.is_empty() { "pass".to_owned() } else { format!("del {}", names.join(", ")) },
            );
            format!(
                "def make({own}_enter):\n    def {key}:\n        {own} = [{list}]\n        {unbind}\n        return {own}_enter({own})\n    return {}",
                function.name
            )
        };
        let make = compiled(py, &self.functions, key.clone(), source, "make")?;
        let made = make.call1((Bound::new(py, Entry { body, run })?,))?;
        let qualified = owner.map(|owner| format!("{owner}.{}", function.name));
        made.setattr(intern!(py, "__qualname__"), qualified.as_deref().unwrap_or(&function.name))?;
        let mut defaults = defaults.into_iter();
        let (mut positional, by_keyword) = (vec![], PyDict::new(py));
        for (parameter, name) in function.parameters.iter().zip(names).filter(|(parameter, _)| parameter.has_default) {
            let default = defaults.next().ok_or_else(|| malformed("a parameter has no default"))?;
            match parameter.by_keyword {
                true => by_keyword.set_item(&**name, default)?,
                false => positional.push(default),
            }
        }
        made.setattr(intern!(py, "__defaults__"), PyTuple::new(py, positional)?)?;
        made.setattr(intern!(py, "__kwdefaults__"), by_keyword)?;
        Ok(made)
    }

    /// Unpacks a value, as an assignment to several targets does.
    pub(super) fn unpack<'py>(
        &self,
        value: &Bound<'py, PyAny>,
        before: usize,
        after: Option<usize>,
    ) -> Result<Vec<Bound<'py, PyAny>>, Stop<PyErr>> {
        let source = || {
            let mut targets: Vec<String> = (0..before).map(|index| format!("a{index}")).collect();
            targets.extend(after.map(|_| "*b".to_owned()));
            targets.extend((0..after.unwrap_or(0)).map(|index| format!("c{index}")));
            let targets = targets.join(", ");
            let parts = targets.replace('*', "");
            format!("def unpack(value):\n    [{targets}] = value\n    return [{parts}]")
        };
        let unpack = compiled(value.py(), &self.unpackers, (before, after), source, "unpack")?;
        let parts = unpack.call1((value,))?.cast_into::<PyList>().map_err(PyErr::from)?;
        Ok(parts.iter().collect())
    }

    /// The error that `raise error from cause` gives.
    pub(super) fn raise<'py>(&self, error: &Bound<'py, PyAny>, cause: Option<&Bound<'py, PyAny>>) -> Stop<PyErr> {
        let source = || match cause {
            Some(_) => "def throw(error, cause):\n    raise error from cause".to_owned(),
            None => "def throw(error):\n    raise error".to_owned(),
        };
        let raised = compiled(error.py(), &self.raisers, cause.is_some(), source, "throw");
        let raised = raised.and_then(|throw| match cause {
            Some(cause) => Ok(throw.call1((error, cause))?),
            None => Ok(throw.call1((error,))?),
        });
        match raised {
            Ok(_) => malformed("an exception was not raised"),
            Err(Stop::Raised(raised)) => {
                // The frame of what has raised it here holds it, which would keep it for ever.
                raised.set_traceback(error.py(), None);
                Stop::Raised(raised)
            }
            Err(stop) => stop,
        }
    }
}

/// Makes a class.
pub(super) fn class<'py>(
    py: Python<'py>,
    name: &str,
    base: Option<Bound<'py, PyAny>>,
    attributes: Vec<(&str, Bound<'py, PyAny>)>,
) -> PyResult<Bound<'py, PyAny>> {
    let namespace = PyDict::new(py);
    namespace.set_item(intern!(py, "__module__"), intern!(py, "__main__"))?;
    namespace.set_item(intern!(py, "__qualname__"), name)?;
    for (name, value) in attributes {
        // As byte code does it: types look names up that are interned.
        namespace.set_item(PyString::intern(py, name), value)?;
    }
    py.get_type::<PyType>().call1((name, PyTuple::new(py, base)?, namespace))
}

/// Whether a type is a class of a program.
pub(super) fn is_of_program(class: &Bound<'_, PyAny>) -> bool {
    let module = class.getattr(intern!(class.py(), "__module__"));
    module.is_ok_and(|module| module.eq("__main__").unwrap_or(false))
}

/// The function that a source text defines, compiled when it is first needed.
pub(super) fn compiled<'py, Key: Eq + std::hash::Hash>(
    py: Python<'py>,
    known: &RefCell<HashMap<Key, Py<PyAny>>>,
    key: Key,
    source: impl FnOnce() -> String,
    name: &str,
) -> Result<Bound<'py, PyAny>, Stop<PyErr>> {
    if let Some(function) = known.borrow().get(&key) {
        return Ok(function.bind(py).clone());
    }
    let source = CString::new(source()).map_err(|_| malformed("a name is not an identifier"))?;
    let globals = PyDict::new(py);
    py.run(&source, Some(&globals), None)?;
    let function = globals.get_item(name)?.ok_or_else(|| malformed("a name is not an identifier"))?;
    globals.del_item(name)?;
    let mut known = known.borrow_mut();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, function.clone().unbind());
    Ok(function)
}

/// What a function calls with its arguments.
#[pyclass(frozen)]
struct Entry {
    body: u16,
    run: u64,
}

#[pymethods]
impl Entry {
    /// The list holds the only references to the arguments that the call itself has, and is emptied.
    fn __call__(&self, given: &Bound<'_, PyList>) -> PyResult<Py<PyAny>> {
        let arguments: Vec<Py<PyAny>> = given.iter().map(Bound::unbind).collect();
        given.del_slice(0, given.len())?;
        match is_running(self.run) {
            true => with(self.run, |code| code.call(self.body, arguments)),
            // What is collected after the run of its program has nothing to say.
            false => Ok(given.py().None()),
        }
    }
}

/// The local variables that the body of a generator expression reads, and what it iterates over.
struct State {
    locals: Locals,
    iterator: Py<PyAny>,
}

/// What local variables are bound to.
type Locals = Vec<Option<Py<PyAny>>>;

/// The iterator of a generator expression.
#[pyclass(name = "generator", frozen, unsendable)]
pub(super) struct Generator {
    body: u16,
    run: u64,
    /// What it goes through, until it has come to its end.
    state: RefCell<Option<State>>,
    is_running: Cell<bool>,
}

impl Generator {
    /// Gives the type the plain name of Python's own.
    pub(super) fn prepare(py: Python<'_>) -> PyResult<()> {
        py.get_type::<Generator>().setattr("__name__", "generator")
    }

    /// Makes one.
    pub(super) fn make<'py>(
        run: u64,
        body: u16,
        locals: Vec<Option<Bound<'py, PyAny>>>,
        iterator: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = iterator.py();
        let locals = locals.into_iter().map(|local| local.map(Bound::unbind)).collect();
        let state = RefCell::new(Some(State { locals, iterator: iterator.unbind() }));
        Bound::new(py, Generator { body, run, state, is_running: Cell::new(false) }).map(Bound::into_any)
    }

    fn pull(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        loop {
            let state = self.state.borrow().as_ref().map(|State { locals, iterator }| {
                let again = |local: &Option<Py<PyAny>>| local.as_ref().map(|local| local.clone_ref(py));
                (locals.iter().map(again).collect(), iterator.bind(py).clone())
            });
            let Some((locals, iterator)) = state else { return Ok(None) };
            let Some(given) = super::execute::next_item(&iterator)? else { return Ok(None) };
            if let Some(item) = with(self.run, |code| code.item(self.body, locals, given.unbind()))? {
                return Ok(Some(item));
            }
        }
    }
}

#[pymethods]
impl Generator {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    /// What ends it, an error included, ends it for good.
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        if self.is_running.replace(true) {
            return Err(PyValueError::new_err("generator already executing"));
        }
        let item = self.pull(py);
        self.is_running.set(false);
        if !matches!(item, Ok(Some(_))) {
            let over = self.state.borrow_mut().take();
            drop(over);
        }
        item.map_err(|error| match error.is_instance_of::<pyo3::exceptions::PyStopIteration>(py) {
            true => PyRuntimeError::new_err("generator raised StopIteration"),
            false => error,
        })
    }
}

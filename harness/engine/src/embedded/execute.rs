//! What each operation is in the C API.

use super::block::Block;
use super::bodies::{self, Generator};
use super::callables::{Callables, lookup};
use super::frame::{self, FrameLocals};
use super::operators::{in_place, infix, prefix};
use super::source::Scope;
use super::{allocated, constant, moved, observe, output};
use crate::RunError;
use crate::machine::{self, Machine, Performed, Runtime, operand, own_name};
use program::{Function, Operation, Syntax, Trace, Value};
use pyo3::exceptions::{PyAssertionError, PyBaseException, PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PySuper, PyTuple, PyType};
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};

pub(super) type Object<'py> = Bound<'py, PyAny>;
pub(super) type Stop = machine::Stop<PyErr>;

/// The interpreter, while a program runs.
pub(super) struct Interpreter<'py, 'a> {
    pub(super) py: Python<'py>,
    pub(super) callables: &'a Callables,
    /// The number of the run, by which its functions know it.
    pub(super) run: u64,
    /// The names of a program in any Python, if it is one and may run.
    pub(super) scope: Option<&'a Scope<'py>>,
    /// Whether it is counted what the step allocates.
    pub(super) is_counting: Cell<bool>,
}

impl<'py> Runtime for Interpreter<'py, '_> {
    type Object = Object<'py>;
    type Error = PyErr;
    type Block = Block<'py>;
    type Locals = Bound<'py, FrameLocals>;

    fn engine(&self) -> &'static str {
        "embedded"
    }

    fn inside<T>(machine: &Machine<'_, Self>, run: impl FnOnce() -> T) -> T {
        bodies::running(machine, run)
    }

    fn constant(&self, value: &Value) -> Result<Object<'py>, Stop> {
        Ok(constant::make(self.py, self.callables, value)?)
    }

    fn perform(&self, operation: &Operation, operands: &[Object<'py>]) -> Performed<Self> {
        let py = self.py;
        let first = || operand::<_, PyErr>(operands, 0);
        let second = || operand::<_, PyErr>(operands, 1);
        let value = match operation.kind.row().syntax {
            Syntax::Call(_) => call(self.callables.get(py, operation.kind)?, operands, operation)?,
            Syntax::AnyCall => call(&lookup(py, own_name(operation, 0)?)?, &operands[1..], operation)?,
            Syntax::Method(_) if self.callables.binds && operation.keyword_count() > 0 => {
                let method = get_attribute(first()?, self.callables.get(py, operation.kind)?)?;
                call(&method, &operands[1..], operation)?
            }
            Syntax::Method(_) => call_method(self.callables.get(py, operation.kind)?, operands, operation)?,
            Syntax::AnyMethod => {
                let mut arguments = operands.to_vec();
                arguments.remove(1);
                call_method(&name(py, operation)?, &arguments, operation)?
            }
            Syntax::Attribute(_) => get_attribute(first()?, self.callables.get(py, operation.kind)?)?,
            Syntax::AnyAttribute | Syntax::HoldAttribute => get_attribute(first()?, &name(py, operation)?)?,
            Syntax::Lookup => look_up(first()?, &name(py, operation)?)?,
            Syntax::Get | Syntax::Hold => get_item(first()?, second()?)?,
            Syntax::Set => return set_item(first()?, second()?, operand(operands, 2)?).map(|()| None),
            Syntax::Delete => return delete_item(first()?, second()?).map(|()| None),
            Syntax::SetAttribute => {
                return set_attribute(first()?, second()?, Some(operand(operands, 2)?)).map(|()| None);
            }
            Syntax::DeleteAttribute => return set_attribute(first()?, second()?, None).map(|()| None),
            Syntax::Infix(operator) => infix(operator, first()?, second()?)?,
            Syntax::Prefix(operator) => prefix(operator, first()?)?,
            Syntax::InPlace(operator) => in_place(operator, first()?, second()?)?,
            Syntax::Tuple => PyTuple::new(py, operands)?.into_any(),
            Syntax::FString => {
                PyString::new(py, "").call_method1(intern!(py, "join"), (PyList::new(py, operands)?,))?
            }
            Syntax::Field => field(first()?, own_name(operation, 1)?, operand(operands, 2)?)?,
            Syntax::List => PyList::new(py, operands)?.into_any(),
            Syntax::Slice => constant::slice(first()?, second()?, operand(operands, 2)?)?.into_any(),
            Syntax::Member => lookup(py, own_name(operation, 0)?)?,
            Syntax::Import => {
                py.import(own_name::<PyErr>(operation, 0)?)?;
                return Ok(None);
            }
            Syntax::CallObject => call(first()?, &operands[1..], operation)?,
            Syntax::Plain | Syntax::Enter | Syntax::Leave | Syntax::Unbind | Syntax::Control | Syntax::Source => {
                return Ok(None);
            }
        };
        Ok(Some(value))
    }

    fn call(&self, operation: &Operation, operands: &mut SmallVec<[Object<'py>; 4]>) -> Performed<Self> {
        match moved::call(self.callables, operation, operands) {
            Some(value) => value.map(Some),
            None => self.perform(operation, operands),
        }
    }

    fn unbound(&self, name: &str) -> Result<Object<'py>, Stop> {
        self.callables.unbound.read(self.py, name)
    }

    fn unbound_local(&self, name: &str) -> Stop {
        self.callables.unbound.read_local(self.py, name)
    }

    fn unbound_free(&self, name: &str) -> Stop {
        self.callables.unbound.read_free(self.py, name)
    }

    fn has_comprehension_frames(&self) -> bool {
        self.py.version_info() < (3, 12)
    }

    fn locals(&self, bound: SmallVec<[Option<Object<'py>>; 4]>) -> Result<Bound<'py, FrameLocals>, Stop> {
        Ok(FrameLocals::make(self.py, bound)?)
    }

    fn hold(&self, error: &mut PyErr, locals: &Bound<'py, FrameLocals>) {
        // Where there is no memory for it, the exception keeps less than it would.
        let _ = frame::hold(error, locals);
    }

    fn set_context(&self, error: &mut PyErr, handled: &PyErr) {
        let _ = frame::set_context(self.py, error, handled);
    }

    fn truth(&self, object: &Object<'py>) -> Result<bool, Stop> {
        Ok(object.is_truthy()?)
    }

    fn iterator(&self, object: &Object<'py>) -> Result<Object<'py>, Stop> {
        Ok(object.try_iter()?.into_any())
    }

    fn next(&self, iterator: &Object<'py>) -> Result<Option<Object<'py>>, Stop> {
        Ok(next_item(iterator)?)
    }

    fn unpack(&self, object: &Object<'py>, before: usize, after: Option<usize>) -> Result<Vec<Object<'py>>, Stop> {
        self.callables.compiled.unpack(object, before, after)
    }

    fn list(&self, items: Vec<Object<'py>>) -> Result<Object<'py>, Stop> {
        Ok(PyList::new(self.py, items)?.into_any())
    }

    fn function(
        &self,
        body: u16,
        function: &Function,
        owner: Option<&str>,
        defaults: Vec<Object<'py>>,
    ) -> Result<Object<'py>, Stop> {
        self.callables.compiled.function(self.py, (self.run, body), function, owner, defaults)
    }

    fn class(
        &self,
        name: &str,
        base: Option<Object<'py>>,
        attributes: Vec<(&str, Object<'py>)>,
    ) -> Result<Object<'py>, Stop> {
        Ok(bodies::class(self.py, name, base, attributes)?)
    }

    fn super_of(&self, class: &Object<'py>, object: &Object<'py>) -> Result<Object<'py>, Stop> {
        Ok(self.py.get_type::<PySuper>().call1((class, object))?)
    }

    fn generator(
        &self,
        body: u16,
        locals: Vec<Option<Object<'py>>>,
        iterator: Object<'py>,
    ) -> Result<Object<'py>, Stop> {
        Ok(Generator::make(self.run, body, locals, iterator)?)
    }

    fn raise(&self, error: &Object<'py>, cause: Option<&Object<'py>>) -> Stop {
        self.callables.compiled.raise(error, cause)
    }

    fn nothing_to_raise(&self) -> Stop {
        Stop::Raised(PyRuntimeError::new_err("No active exception to reraise"))
    }

    fn assertion(&self, message: Option<Object<'py>>) -> Stop {
        let class = self.py.get_type::<PyAssertionError>();
        let error = match message {
            Some(message) => class.call1((message,)),
            None => class.call0(),
        };
        Stop::Raised(error.map_or_else(|error| error, PyErr::from_value))
    }

    fn exception(&self, error: &PyErr) -> Result<Object<'py>, Stop> {
        Ok(error.value(self.py).clone().into_any())
    }

    fn again(&self, error: &PyErr) -> PyErr {
        error.clone_ref(self.py)
    }

    fn catches(&self, class: &Object<'py>, error: &PyErr) -> Result<bool, Stop> {
        let is_class = |class: &Object<'py>| match class.cast::<PyType>() {
            Ok(class) => class.is_subclass_of::<PyBaseException>(),
            Err(_) => Ok(false),
        };
        // All of them are looked at before one is compared.
        let are_classes = match class.cast::<PyTuple>() {
            Ok(classes) => classes.iter().try_fold(true, |are, class| Ok::<_, PyErr>(are && is_class(&class)?))?,
            Err(_) => is_class(class)?,
        };
        match are_classes {
            true => Ok(error.matches(self.py, class).unwrap_or(false)),
            false => Err(Stop::Raised(PyTypeError::new_err(
                "catching classes that do not inherit from BaseException is not allowed",
            ))),
        }
    }

    fn unbind(&self, name: &str) -> Stop {
        self.callables.unbound.unbind(self.py, name)
    }

    fn enter(&self, manager: Object<'py>) -> Result<(Object<'py>, Block<'py>), Stop> {
        Block::enter(self.callables, manager)
    }

    fn exit(&self, block: Block<'py>, raised: Option<PyErr>) -> Result<(), Stop> {
        block.exit(self.callables, self.py, raised)
    }

    fn print(
        &self,
        operation: &Operation,
        operands: &[Object<'py>],
        out: &RefCell<String>,
    ) -> Result<Object<'py>, Stop> {
        let printed = call(self.callables.get(self.py, operation.kind)?, operands, operation);
        // What was written before an error stays written.
        out.borrow_mut().push_str(&output::take(self.py)?);
        printed
    }

    fn begin_count(&self) -> bool {
        self.is_counting.set(true);
        allocated::begin(self.py);
        true
    }

    fn end_count(&self) -> Option<u64> {
        self.is_counting.set(false);
        allocated::end(self.py)
    }

    fn source(
        &self,
        operation: &Operation,
        texts: &[Box<str>],
        names: &mut [Option<Object<'py>>],
        out: &mut String,
    ) -> Performed<Self> {
        let Some(scope) = self.scope else {
            let what = "any Python: its process is not confined".into();
            return Err(Stop::RunError(Box::new(RunError::Unsupported { engine: "embedded".into(), what })));
        };
        // While the step runs, nothing but the program itself keeps its objects alive.
        names.fill(None);
        // Compiling is no part of what the step does.
        let compiled = || _ = self.is_counting.get() && self.begin_count();
        let ran = scope.run(operation, texts, compiled);
        out.push_str(&output::take(self.py)?);
        for (name, text) in names.iter_mut().zip(texts) {
            *name = scope.get(text)?;
        }
        Ok(ran?)
    }

    fn record(&self, names: &[Option<Object<'py>>], object: &Object<'py>, trace: &mut Trace) -> Result<(), Stop> {
        observe::Observer { py: self.py, callables: self.callables, names }.value(object, trace);
        Ok(())
    }

    fn record_error(&self, error: PyErr, trace: &mut Trace) {
        observe::error(self.py, error, trace);
    }

    fn record_live(&self, names: &[Option<Object<'py>>], trace: &mut Trace) {
        observe::Observer { py: self.py, callables: self.callables, names }.live(trace);
    }
}

impl From<PyErr> for Stop {
    fn from(error: PyErr) -> Stop {
        Stop::Raised(error)
    }
}

/// The name of an attribute that no row has. Names in byte code are interned, and CPython keeps those that it has met.
fn name<'py>(py: Python<'py>, operation: &Operation) -> Result<Object<'py>, Stop> {
    Ok(PyString::intern(py, own_name(operation, 1)?).into_any())
}

/// The next item of an iterator, unless it has come to its end.
pub(super) fn next_item<'py>(iterator: &Object<'py>) -> PyResult<Option<Object<'py>>> {
    let py = iterator.py();
    // SAFETY: the iterator is a live object that `PyObject_GetIter` gave; the result is a new reference, or null, with an
    // error set if it is no end.
    let item = unsafe { Bound::from_owned_ptr_or_opt(py, ffi::PyIter_Next(iterator.as_ptr())) };
    match item {
        Some(item) => Ok(Some(item)),
        None => PyErr::take(py).map_or(Ok(None), Err),
    }
}

fn get_item<'py>(container: &Object<'py>, key: &Object<'py>) -> Result<Object<'py>, Stop> {
    // SAFETY: both are live objects; the result is a new reference or an error is set.
    owned(container.py(), unsafe { ffi::PyObject_GetItem(container.as_ptr(), key.as_ptr()) })
}

fn set_item(container: &Object<'_>, key: &Object<'_>, value: &Object<'_>) -> Result<(), Stop> {
    // SAFETY: all are live objects; the result is 0, or -1 with an error set.
    let done = unsafe { ffi::PyObject_SetItem(container.as_ptr(), key.as_ptr(), value.as_ptr()) };
    status(container.py(), done).map(drop)
}

fn delete_item(container: &Object<'_>, key: &Object<'_>) -> Result<(), Stop> {
    // SAFETY: both are live objects; the result is 0, or -1 with an error set.
    status(container.py(), unsafe { ffi::PyObject_DelItem(container.as_ptr(), key.as_ptr()) }).map(drop)
}

/// The text of a field of an f-string.
fn field<'py>(value: &Object<'py>, conversion: &str, format: &Object<'py>) -> Result<Object<'py>, Stop> {
    let converted = match conversion {
        "r" => value.repr()?.into_any(),
        "s" => value.str()?.into_any(),
        _ => value.clone(),
    };
    // SAFETY: both are live objects, the format is a str; the result is a new reference or an error is set.
    owned(value.py(), unsafe { ffi::PyObject_Format(converted.as_ptr(), format.as_ptr()) })
}

fn get_attribute<'py>(object: &Object<'py>, name: &Object<'py>) -> Result<Object<'py>, Stop> {
    // SAFETY: both are live objects, the name is a str; the result is a new reference or an error is set.
    owned(object.py(), unsafe { ffi::PyObject_GetAttr(object.as_ptr(), name.as_ptr()) })
}

/// Sets an attribute, or deletes it without a value. The name is a str.
fn set_attribute(object: &Object<'_>, name: &Object<'_>, value: Option<&Object<'_>>) -> Result<(), Stop> {
    if object.is_instance_of::<PyType>() && !bodies::is_of_program(object) {
        return Err(Stop::RunError(Box::new(RunError::Unsupported {
            engine: "embedded".into(),
            what: "an attribute of a type that other programs use".into(),
        })));
    }
    let value = value.map_or(std::ptr::null_mut(), Bound::as_ptr);
    // SAFETY: the object and the name are live objects, the value is one or NULL; the result is 0, or -1 with an error set.
    let done = unsafe { ffi::PyObject_SetAttr(object.as_ptr(), name.as_ptr(), value) };
    status(object.py(), done).map(drop)
}

/// Looks up a method whose arguments are to be evaluated yet. Gives the object, of which the call will look it up anew.
fn look_up<'py>(object: &Object<'py>, name: &Object<'py>) -> Result<Object<'py>, Stop> {
    match get_attribute(object, name)?.is_callable() {
        true => Ok(object.clone()),
        // An argument might change it, and then the call would find another value than Python calls.
        false => Err(Stop::RunError(Box::new(RunError::Unsupported {
            engine: "embedded".into(),
            what: "a call of an attribute that is not a method".into(),
        }))),
    }
}

/// Calls a function with the operands of an operation.
fn call<'py>(function: &Object<'py>, operands: &[Object<'py>], operation: &Operation) -> Result<Object<'py>, Stop> {
    let py = function.py();
    let (arguments, keywords) = (pointers(operands), keyword_names(py, operation)?);
    let positional = arguments.len() - operation.keyword_count().min(arguments.len());
    let names = keywords.as_ref().map_or(std::ptr::null_mut(), |names| names.as_ptr());
    // SAFETY: the arguments are live objects, as many as is said, the last of them named by the tuple of names.
    owned(py, unsafe { ffi::PyObject_Vectorcall(function.as_ptr(), arguments.as_ptr(), positional, names) })
}

/// Calls a method of the first operand with the others.
fn call_method<'py>(name: &Object<'py>, operands: &[Object<'py>], operation: &Operation) -> Result<Object<'py>, Stop> {
    let py = name.py();
    let (arguments, keywords) = (pointers(operands), keyword_names(py, operation)?);
    let positional = arguments.len() - operation.keyword_count().min(arguments.len());
    let names = keywords.as_ref().map_or(std::ptr::null_mut(), |names| names.as_ptr());
    // SAFETY: as in `call`; the first argument is the receiver, and there is one.
    owned(py, unsafe { ffi::PyObject_VectorcallMethod(name.as_ptr(), arguments.as_ptr(), positional, names) })
}

fn pointers(operands: &[Object<'_>]) -> SmallVec<[*mut ffi::PyObject; 4]> {
    operands.iter().map(Bound::as_ptr).collect()
}

fn keyword_names<'py>(py: Python<'py>, operation: &Operation) -> PyResult<Option<Bound<'py, PyTuple>>> {
    operation.keywords.as_ref().map(|names| PyTuple::new(py, names.iter().map(|name| &**name))).transpose()
}

/// Takes a new reference, or the error that was set.
pub(super) fn owned<'py>(py: Python<'py>, pointer: *mut ffi::PyObject) -> Result<Object<'py>, Stop> {
    // SAFETY: the callers pass what a C function gave them that returns a new reference or sets an error.
    unsafe { Bound::from_owned_ptr_or_opt(py, pointer) }.ok_or_else(|| Stop::Raised(PyErr::fetch(py)))
}

/// A status of the C API: -1 is an error.
pub(super) fn status(py: Python<'_>, status: i32) -> Result<i32, Stop> {
    if status == -1 { Err(Stop::Raised(PyErr::fetch(py))) } else { Ok(status) }
}

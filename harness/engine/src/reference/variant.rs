//! The objects of the reference as a runtime of the machine, and what may differ from it.

use super::{Outcome, Stop};
use crate::machine::{Locals, Machine, Performed, Runtime};
use program::{Function, Operation, Trace, Value};
use python::calls;
use python::code::Code;
use python::types::exception;
use python::{Object, Python};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::rc::Rc;
use view::Error;

/// The most operations that the bodies of a program may run.
const BUDGET: u32 = 20_000;

/// The Python of the reference, or one that does some operations in another way: what lacks something, or has a fault.
pub trait Variant {
    /// The Python that does the rest.
    fn python(&self) -> &Python;

    /// Makes the object of a constant.
    ///
    /// # Errors
    ///
    /// As of [`Runtime::constant`], and so are those of the others.
    fn constant(&self, value: &Value) -> Outcome {
        Ok(self.python().constant(value)?)
    }

    /// Performs an operation.
    ///
    /// # Errors
    ///
    /// What it raises.
    fn perform(&self, operation: &Operation, operands: &[Object]) -> Performed<Python> {
        Ok(self.python().perform(operation, operands)?)
    }

    /// Begins a `with` block.
    ///
    /// # Errors
    ///
    /// What it raises.
    fn enter(&self, manager: Object) -> Result<(Object, Object), Stop> {
        Ok((self.python().enter(&manager)?, manager))
    }

    /// Ends a `with` block.
    ///
    /// # Errors
    ///
    /// What it raises, or what was raised in the block.
    fn exit(&self, manager: Object, raised: Option<Error>) -> Result<(), Stop> {
        let is_swallowed = self.python().exit(&manager, raised.as_ref())?;
        match raised {
            Some(error) if !is_swallowed => Err(Stop::Raised(error)),
            _ => Ok(()),
        }
    }

    /// Calls a function, a method or a class; `operands` as of [`Runtime::call`].
    ///
    /// # Errors
    ///
    /// What it raises.
    fn call(&self, operation: &Operation, operands: &mut SmallVec<[Object; 4]>) -> Performed<Python> {
        match calls::moved(self.python(), operation, operands) {
            Some(value) => Ok(Some(value?)),
            None => self.perform(operation, operands),
        }
    }

    /// What it gives to read a name that is bound to nothing.
    ///
    /// # Errors
    ///
    /// The NameError, unless it is the name of something that is built in.
    fn unbound(&self, name: &str) -> Outcome {
        Ok(self.python().unbound(name)?)
    }

    /// Makes the local variables of a frame.
    fn locals(&self, bound: SmallVec<[Option<Object>; 4]>) -> exception::Locals {
        Rc::new(exception::Variables(RefCell::new(bound)))
    }

    /// Has an exception keep the variables of a frame that it came through.
    fn hold(&self, error: &mut Error, locals: &exception::Locals) {
        exception::hold(self.python(), error, locals);
    }

    /// Has an exception keep the one that was handled when it was raised.
    fn set_context(&self, error: &mut Error, handled: &Error) {
        exception::set_context(error, handled);
    }

    /// `bool(object)`
    ///
    /// # Errors
    ///
    /// What it raises.
    fn truth(&self, object: &Object) -> Result<bool, Stop> {
        Ok(self.python().truth(object)?)
    }

    /// What a loop goes through.
    ///
    /// # Errors
    ///
    /// What it raises.
    fn iterator(&self, object: &Object) -> Outcome {
        Ok(self.python().iter(object)?)
    }

    /// The next item for a loop.
    ///
    /// # Errors
    ///
    /// What it raises.
    fn next(&self, iterator: &Object) -> Result<Option<Object>, Stop> {
        Ok(iterator.as_type().next().map_err(python::Stop::from)?)
    }

    /// Makes a class.
    ///
    /// # Errors
    ///
    /// What it raises.
    fn class(&self, name: &str, base: Option<Object>, attributes: Vec<(&str, Object)>) -> Outcome {
        Ok(python::types::instance::class(name, base.as_ref(), attributes)?)
    }

    /// Makes a function.
    ///
    /// # Errors
    ///
    /// What it raises.
    fn function(&self, body: u16, function: &Function, owner: Option<&str>, defaults: Vec<Object>) -> Outcome {
        Ok(python::types::function::new(body, function, owner.is_some(), defaults))
    }

    /// Whether `except class` catches an exception.
    ///
    /// # Errors
    ///
    /// The TypeError of what is no class of exceptions.
    fn catches(&self, class: &Object, error: &Error) -> Result<bool, Stop> {
        Ok(exception::catches(class, error)?)
    }
}

impl Variant for Python {
    fn python(&self) -> &Python {
        self
    }
}

impl<V: Variant> Runtime for V {
    type Object = Object;
    type Error = Error;
    /// The manager.
    type Block = Object;
    type Locals = exception::Locals;

    fn budget(&self) -> u32 {
        BUDGET
    }

    fn inside<T>(machine: &Machine<'_, V>, run: impl FnOnce() -> T) -> T {
        python::code::running(machine, run)
    }

    fn constant(&self, value: &Value) -> Outcome {
        Variant::constant(self, value)
    }

    fn perform(&self, operation: &Operation, operands: &[Object]) -> Performed<Self> {
        Variant::perform(self, operation, operands)
    }

    fn call(&self, operation: &Operation, operands: &mut SmallVec<[Object; 4]>) -> Performed<Self> {
        Variant::call(self, operation, operands)
    }

    fn unbound(&self, name: &str) -> Outcome {
        Variant::unbound(self, name)
    }

    fn unbound_local(&self, name: &str) -> Stop {
        Stop::Raised(exception::unbound_local(self.python(), name))
    }

    fn unbound_free(&self, name: &str) -> Stop {
        Stop::Raised(exception::unbound_free(self.python(), name))
    }

    fn has_comprehension_frames(&self) -> bool {
        exception::has_comprehension_frames(self.python())
    }

    fn locals(&self, bound: SmallVec<[Option<Object>; 4]>) -> Result<exception::Locals, Stop> {
        Ok(Variant::locals(self, bound))
    }

    fn hold(&self, error: &mut Error, locals: &exception::Locals) {
        Variant::hold(self, error, locals);
    }

    fn set_context(&self, error: &mut Error, handled: &Error) {
        Variant::set_context(self, error, handled);
    }

    fn unbind(&self, name: &str) -> Stop {
        Stop::Raised(self.python().unbind(name))
    }

    fn enter(&self, manager: Object) -> Result<(Object, Object), Stop> {
        Variant::enter(self, manager)
    }

    fn exit(&self, manager: Object, raised: Option<Error>) -> Result<(), Stop> {
        Variant::exit(self, manager, raised)
    }

    fn print(&self, operation: &Operation, operands: &[Object], out: &RefCell<String>) -> Outcome {
        Ok(self.python().print(operation, operands, out)?)
    }

    fn truth(&self, object: &Object) -> Result<bool, Stop> {
        Variant::truth(self, object)
    }

    fn iterator(&self, object: &Object) -> Outcome {
        Variant::iterator(self, object)
    }

    fn first_iterator(&self, object: &Object) -> Outcome {
        Ok(self.python().first_iter(object)?)
    }

    fn next(&self, iterator: &Object) -> Result<Option<Object>, Stop> {
        Variant::next(self, iterator)
    }

    fn unpack(&self, object: &Object, before: usize, after: Option<usize>) -> Result<Vec<Object>, Stop> {
        Ok(self.python().unpack(object, before, after)?)
    }

    fn list(&self, items: Vec<Object>) -> Outcome {
        Ok(Object::List(items.into()))
    }

    fn class(&self, name: &str, base: Option<Object>, attributes: Vec<(&str, Object)>) -> Outcome {
        Variant::class(self, name, base, attributes)
    }

    fn super_of(&self, class: &Object, object: &Object) -> Outcome {
        Ok(python::types::instance::parent(class, object)?)
    }

    fn function(&self, body: u16, function: &Function, owner: Option<&str>, defaults: Vec<Object>) -> Outcome {
        Variant::function(self, body, function, owner, defaults)
    }

    fn generator(&self, body: u16, locals: Vec<Option<Object>>, iterator: Object) -> Outcome {
        Ok(python::types::function::generator(body, locals, iterator))
    }

    fn raise(&self, error: &Object, cause: Option<&Object>) -> Stop {
        exception::raised(error, cause).into()
    }

    fn nothing_to_raise(&self) -> Stop {
        Stop::Raised(Error::raised(view::Exception::RuntimeError, "No active exception to reraise"))
    }

    fn assertion(&self, message: Option<Object>) -> Stop {
        exception::assertion(message.as_ref()).into()
    }

    fn exception(&self, error: &Error) -> Outcome {
        Ok(exception::of(error))
    }

    fn again(&self, error: &Error) -> Error {
        error.clone()
    }

    fn catches(&self, class: &Object, error: &Error) -> Result<bool, Stop> {
        Variant::catches(self, class, error)
    }

    fn record(&self, names: &[Option<Object>], object: &Object, trace: &mut Trace) -> Result<(), Stop> {
        Ok(self.python().record(names, object, trace)?)
    }

    fn record_error(&self, error: Error, trace: &mut Trace) {
        let exception = error.exception();
        let name = exception.name();
        trace.raised(name.rsplit_once('.').map_or(name, |(_, name)| name), error);
    }

    fn record_live(&self, names: &[Option<Object>], trace: &mut Trace) {
        self.python().record_live(names, trace);
    }
}

impl Locals<Object> for exception::Locals {
    fn get(&self, local: u16) -> Option<Object> {
        self.0.borrow().get(usize::from(local)).cloned().flatten()
    }

    fn set(&self, local: u16, value: Option<Object>) -> Option<Object> {
        let mut locals = self.0.borrow_mut();
        locals.get_mut(usize::from(local)).and_then(|slot| std::mem::replace(slot, value))
    }
}

/// Whatever runs programs on the objects of the reference.
impl<R: Runtime<Object = Object, Error = Error>> Code for Machine<'_, R> {
    fn call(&self, body: u16, arguments: Vec<Object>) -> Result<Object, python::Stop> {
        Machine::call(self, body, arguments).map_err(|stop| told(self, stop))
    }

    fn item(&self, body: u16, locals: Vec<Option<Object>>, given: Object) -> Result<Option<Object>, python::Stop> {
        Machine::item(self, body, locals, given).map_err(|stop| told(self, stop))
    }

    fn apart(&self, act: &mut dyn FnMut()) {
        Machine::apart(self, act);
    }

    fn deaths(&self) -> u64 {
        Machine::deaths(self)
    }

    fn give_up(&self, stop: python::Stop) {
        if let Stop::RunError(error) = stop.into() {
            Machine::give_up(self, error);
        }
    }
}

/// What a stop is to the objects that have called. Why the run is over is noted.
fn told<R: Runtime<Object = Object, Error = Error>>(machine: &Machine<'_, R>, stop: Stop) -> python::Stop {
    match stop {
        Stop::Raised(error) => python::Stop::Raised(error),
        Stop::RunError(error) => {
            machine.give_up(error);
            python::Stop::Unspecified("the run is over")
        }
    }
}

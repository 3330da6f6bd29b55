//! Exceptions as objects: what `except … as` binds, what `raise` takes, and which class catches what.

use crate::changes::Change;
use crate::code;
use crate::context::Python;
use crate::object::{Call, Class, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use program::Trace;
use smallvec::SmallVec;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use view::{Error, Exception as Kind, Passed, Raised};

/// The local variables of a frame.
pub type Locals = Rc<Variables>;

/// What each local variable of a frame is bound to.
pub struct Variables(pub RefCell<SmallVec<[Option<Object>; 4]>>);

impl Drop for Variables {
    fn drop(&mut self) {
        code::die_together(self.0.take());
    }
}

/// What an exception keeps alive.
#[allow(dead_code, reason = "held for its drop")]
enum Kept {
    Frame(Locals),
    Context(Rc<Exception>),
}

impl Drop for Exception {
    fn drop(&mut self) {
        let frames = self.frames.take().into_iter().map(Kept::Frame);
        code::die_together(frames.chain(self.context.take().map(Kept::Context)));
    }
}

/// An exception.
pub struct Exception {
    error: Error,
    /// The arguments that it was made with.
    arguments: Vec<Object>,
    /// What it keeps alive: the frames that it came through, each once.
    frames: RefCell<Vec<Locals>>,
    /// The one that was being handled where it was raised.
    context: RefCell<Option<Rc<Exception>>>,
}

/// Each class with the one above it. `Exception` is above all others.
const CLASSES: &[(&str, &str)] = &[
    ("ArithmeticError", "Exception"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("FloatingPointError", "ArithmeticError"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("LookupError", "Exception"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("OSError", "Exception"),
    ("OverflowError", "ArithmeticError"),
    ("RecursionError", "RuntimeError"),
    ("RuntimeError", "Exception"),
    ("StopIteration", "Exception"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeError", "ValueError"),
    ("ValueError", "Exception"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("struct.error", "Exception"),
    ("io.UnsupportedOperation", "OSError"),
];

/// Returns whether a class is an exception.
pub(crate) fn is_class(name: &str) -> bool {
    name == "Exception" || CLASSES.iter().any(|(class, _)| *class == name)
}

/// Returns whether a class of exceptions is another one, or below it.
pub(crate) fn is_below(mut class: &str, above: &str) -> bool {
    loop {
        if class == above {
            return true;
        }
        match CLASSES.iter().find(|(name, _)| *name == class) {
            Some((_, next)) => class = next,
            None => return false,
        }
    }
}

/// Returns whether `except class` catches an error.
///
/// # Errors
///
/// A TypeError if the class is none; unsupported if the error is of a class that is not known.
pub fn catches(class: &Object, error: &Error) -> Result<bool, Stop> {
    let exception = error.exception();
    match class {
        Object::Class(class) if is_class(&class.0) => match is_class(exception.name()) {
            true => Ok(is_below(exception.name(), &class.0)),
            false => Err(Stop::unsupported(format!("catching {}", exception.name()))),
        },
        Object::Tuple(classes) => {
            // All of them are looked at before one is compared.
            if let Some(other) =
                classes.iter().find(|class| !matches!(class, Object::Class(class) if is_class(&class.0)))
            {
                return Err(no_class(other));
            }
            classes.iter().try_fold(false, |is_caught, class| Ok(is_caught || catches(class, error)?))
        }
        other => Err(no_class(other)),
    }
}

fn no_class(other: &Object) -> Stop {
    match other {
        Object::Instance(_) | Object::Tuple(_) => Stop::unsupported("catching what is no class"),
        _ => type_error("catching classes that do not inherit from BaseException is not allowed").into(),
    }
}

/// Returns the object of an error: the one that was raised, or a new one.
pub fn of(error: &Error) -> Object {
    Object::Instance(known(error).unwrap_or_else(|| Rc::new(Exception::from_error(error))))
}

/// Returns the exception of an error. From now on the error is that exception once more.
fn settled(error: &mut Error) -> Rc<Exception> {
    if let Some(exception) = known(error) {
        return exception;
    }
    let exception = Rc::new(Exception::from_error(error));
    *error = of_object(&exception);
    exception
}

/// The exception that was raised, if it was one before.
fn known(error: &Error) -> Option<Rc<Exception>> {
    match error {
        Error::Raised(raised) => raised.object.0.clone()?.downcast().ok(),
        _ => None,
    }
}

/// Has an exception keep the local variables of a frame that it came through.
pub fn hold(python: &Python, error: &mut Error, locals: &Locals) {
    if error.is_unspecified() {
        return;
    }
    let exception = settled(error);
    let mut frames = exception.frames.borrow_mut();
    if frames.iter().any(|known| Rc::ptr_eq(known, locals)) {
        return;
    }
    frames.push(locals.clone());
    // One of them may be bound to the exception.
    python.may_hold_itself(locals, |locals| drop(locals.0.take()));
}

/// Returns whether a list comprehension has a frame of its own.
pub fn has_comprehension_frames(python: &Python) -> bool {
    !python.has(Change::InlinedComprehensions)
}

/// Has an exception keep the one that was being handled where it was raised. One that has another keeps that.
pub fn set_context(error: &mut Error, handled: &Error) {
    if error.is_unspecified() {
        return;
    }
    let Some(handled) = known(handled) else { return };
    let exception = settled(error);
    let mut next = Some(handled.clone());
    while let Some(other) = next {
        if Rc::ptr_eq(&other, &exception) {
            return;
        }
        next = other.context.borrow().clone();
    }
    exception.context.borrow_mut().get_or_insert(handled);
}

/// What `__exit__` is given for the way that an error came.
struct Traceback;

impl Type for Traceback {
    fn class(&self) -> &str {
        "traceback"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Makes a traceback, of which nothing is modelled.
pub(crate) fn traceback() -> Object {
    Object::instance(Traceback)
}

/// `ValueError(…)` and its like.
pub(crate) fn new(_: &Python, call: &Call<'_>) -> Outcome {
    let Some(arguments) = call.by_position() else { return Err(call.unsupported("with keyword arguments")) };
    make(call.name, arguments).map(Object::instance)
}

fn make(class: &str, arguments: &[Object]) -> Result<Exception, Stop> {
    let text = match (class, arguments) {
        ("UnicodeDecodeError" | "UnicodeEncodeError", _) => {
            return Err(Stop::unsupported(format!("`{class}` as a function")));
        }
        (_, []) => String::new(),
        ("KeyError", [one]) => one.as_type().repr()?,
        (_, [one]) => one.as_type().str()?,
        ("OSError" | "io.UnsupportedOperation" | "AttributeError" | "NameError", _) => {
            return Err(Stop::unsupported(format!("`{class}` with several arguments")));
        }
        (_, several) => Object::Tuple(several.to_vec().into()).as_type().repr()?,
    };
    Ok(Exception::new(Error::raised(Kind::from_name(class), text), arguments.to_vec()))
}

/// Returns the KeyError for a key that is not there.
pub(crate) fn key_error(key: &Object) -> Stop {
    match make("KeyError", std::slice::from_ref(key)) {
        Ok(made) => of_object(&Rc::new(made)).into(),
        Err(stop) => stop,
    }
}

/// Returns the object as an exception, if it is one.
fn as_exception(object: &Object) -> Option<Rc<Exception>> {
    match object {
        Object::Instance(instance) if object.downcast::<Exception>().is_some() => {
            let any: Rc<dyn Any> = instance.clone();
            any.downcast().ok()
        }
        _ => None,
    }
}

/// Returns the error that an exception is when it is raised.
fn of_object(exception: &Rc<Exception>) -> Error {
    let (kind, text) = (exception.error.exception(), exception.error.to_string());
    Error::Raised(Box::new(Raised { exception: kind, text, object: Passed(Some(exception.clone())) }))
}

impl Exception {
    fn new(error: Error, arguments: Vec<Object>) -> Exception {
        Exception { error, arguments, frames: RefCell::default(), context: RefCell::default() }
    }

    /// Returns whether the arguments are known. An error of an encoding has five, of which here is only the text.
    fn has_arguments(&self) -> bool {
        !["UnicodeDecodeError", "UnicodeEncodeError"].contains(&self.error.exception().name())
    }

    fn from_error(error: &Error) -> Exception {
        let arguments = match error.to_string() {
            text if text.is_empty() => vec![],
            text => vec![Object::str(text)],
        };
        Exception::new(error.clone(), arguments)
    }
}

/// Returns what `raise error` raises.
pub fn raised(error: &Object, cause: Option<&Object>) -> Stop {
    let raised = match error {
        Object::Class(Class(name)) if is_class(name) => make(name, &[]).map(|made| of_object(&Rc::new(made))),
        other => match as_exception(other) {
            Some(exception) => Ok(of_object(&exception)),
            None => Err(type_error("exceptions must derive from BaseException").into()),
        },
    };
    let is_cause = |cause: &Object| match cause {
        Object::None => true,
        Object::Class(Class(name)) => is_class(name),
        other => other.downcast::<Exception>().is_some(),
    };
    match raised {
        Ok(_) if !cause.is_none_or(is_cause) => type_error("exception causes must derive from BaseException").into(),
        Ok(error) => error.into(),
        Err(stop) => stop,
    }
}

/// Returns the error of `assert`.
pub fn assertion(message: Option<&Object>) -> Stop {
    let arguments: Vec<Object> = message.into_iter().cloned().collect();
    match make("AssertionError", &arguments) {
        Ok(made) => of_object(&Rc::new(made)).into(),
        Err(stop) => stop,
    }
}

/// Returns the error of reading a local variable that is not bound.
pub fn unbound_local(python: &Python, name: &str) -> Error {
    let text = match python.has(Change::UnboundLocalText) {
        true => format!("cannot access local variable '{name}' where it is not associated with a value"),
        false => format!("local variable '{name}' referenced before assignment"),
    };
    Error::raised(Kind::from_name("UnboundLocalError"), text)
}

/// Returns the error of reading one in a comprehension that is not bound in the function around it.
pub fn unbound_free(python: &Python, name: &str) -> Error {
    let text = match python.has(Change::UnboundLocalText) {
        true => {
            format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope")
        }
        false => format!("free variable '{name}' referenced before assignment in enclosing scope"),
    };
    Error::raised(Kind::from_name("NameError"), text)
}

impl Type for Exception {
    fn class(&self) -> &str {
        // The name is one of the table, or a variant's.
        match &self.error {
            Error::Raised(raised) => raised.exception.name(),
            error => CLASSES
                .iter()
                .map(|(class, _)| *class)
                .find(|class| *class == error.exception().name())
                .unwrap_or("Exception"),
        }
    }

    fn repr(&self) -> Result<String, Stop> {
        let class = self.class();
        if !self.has_arguments() {
            return Err(Stop::unsupported(format!("`repr` of {class}")));
        }
        let class = class.rsplit('.').next().unwrap_or(class);
        match self.arguments.as_slice() {
            [one] => Ok(format!("{class}({})", one.as_type().repr()?)),
            several => Ok(format!("{class}{}", Object::Tuple(several.to_vec().into()).as_type().repr()?)),
        }
    }

    fn str(&self) -> Result<String, Stop> {
        Ok(self.error.to_string())
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "args" if self.has_arguments() => Ok(Object::Tuple(self.arguments.clone().into())),
            name => Err(Stop::unsupported(format!("`{name}` of an exception"))),
        }
    }

    fn method(&self, _: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        Err(Stop::unsupported(format!("`{}` of an exception", call.name)))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.object(self.class());
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_below_exception() {
        for (class, _) in CLASSES {
            assert!(is_below(class, "Exception"), "{class}");
        }
        assert!(is_below("UnicodeDecodeError", "ValueError"));
        assert!(!is_below("ValueError", "UnicodeError"));
    }
}

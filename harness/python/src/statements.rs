//! Operations that involve more than objects: unbound names, members of modules, `with`, and `print`.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Class, Object, Outcome};
use crate::stop::{Stop, type_error};
use crate::types::{exception, hash, instance, mmap};
use program::operation::TYPES;
use program::{Operation, names};
use std::cell::RefCell;
use std::rc::Rc;
use view::{Arguments, Error, Exception};

impl Python {
    /// Returns the result of reading a name that the program has not bound: a NameError.
    pub fn unbound(&self, name: &str) -> Outcome {
        match names::builtin(name) {
            None => Err(self.unbind(name).into()),
            Some(_) if name == "NotImplemented" => Ok(Object::NotImplemented),
            Some(_) if TYPES.contains(&name) => Ok(Object::Class(Class(name.into()))),
            Some(_) => Err(Stop::unsupported(format!("the built-in `{name}` as a value"))),
        }
    }

    /// Returns the error of `del name` for a name that is not bound.
    pub fn unbind(&self, name: &str) -> Error {
        Error::raised(Exception::NameError, format!("name '{name}' is not defined"))
    }

    /// Returns the result of reading a member of a module: a constant, or an AttributeError, if no version has it.
    pub(crate) fn member(&self, path: &str) -> Outcome {
        let number = match path {
            "mmap.ACCESS_DEFAULT" | "io.SEEK_SET" => 0,
            "mmap.ACCESS_READ" | "io.SEEK_CUR" => 1,
            "mmap.ACCESS_WRITE" | "io.SEEK_END" => 2,
            "mmap.ACCESS_COPY" => 3,
            // As on most machines.
            "mmap.PAGESIZE" | "mmap.ALLOCATIONGRANULARITY" => mmap::methods::PAGE as i64,
            "io.DEFAULT_BUFFER_SIZE" if self.has(Change::BufferSize) => 1 << 17,
            "io.DEFAULT_BUFFER_SIZE" => 1 << 13,
            "pickle.DEFAULT_PROTOCOL" if !self.has(Change::PickleProtocol) => 4,
            "pickle.DEFAULT_PROTOCOL" | "pickle.HIGHEST_PROTOCOL" => 5,
            "struct.error" => return Ok(Object::Class(Class(path.into()))),
            _ => return Err(self.no_member(path)),
        };
        Ok(Object::int(number))
    }

    fn no_member(&self, path: &str) -> Stop {
        match path.rsplit_once('.') {
            // Some versions word this error differently.
            Some(("io", _)) => Stop::unsupported(format!("`{path}` as a value")),
            Some((module, name)) if names::nobody_has(module, name) => {
                Error::raised(Exception::AttributeError, format!("module '{module}' has no attribute '{name}'")).into()
            }
            _ => Stop::unsupported(format!("`{path}` as a value")),
        }
    }

    /// Enters a `with` statement. Returns the object that its name is bound to.
    pub fn enter(&self, manager: &Object) -> Outcome {
        match manager.as_type().enter(manager) {
            Some(entered) => entered,
            None => Err(self.no_manager(manager).into()),
        }
    }

    /// Leaves a `with` statement, because of an error or not. Returns whether the error is swallowed.
    ///
    /// # Errors
    ///
    /// What the manager raises.
    pub fn exit(&self, manager: &Object, raised: Option<&Error>) -> Result<bool, Stop> {
        let Some(instance) = instance::as_instance(manager) else {
            manager.as_type().exit()?;
            return Ok(false);
        };
        let arguments = match raised {
            None => [Object::None, Object::None, Object::None],
            Some(error) => {
                let class = Object::Class(Class(error.exception().name().into()));
                [class, exception::of(error), exception::traceback()]
            }
        };
        instance.exit(&arguments, raised.is_some())
    }

    /// Returns the error of a `with` statement whose object is not a context manager.
    fn no_manager(&self, object: &Object) -> Error {
        if !self.has(Change::WithProtocol) {
            return Error::raised(Exception::AttributeError, "__enter__");
        }
        let names_method = self.has(Change::WithMethod);
        let class = match object.class() {
            "ABCMeta" if names_method => "abc.ABCMeta",
            class => class,
        };
        let missed = if names_method { " (missed __exit__ method)" } else { "" };
        type_error(format!("'{class}' object does not support the context manager protocol{missed}"))
    }

    /// `print(…)`; appends the text to `out`, after what is printed meanwhile.
    pub fn print(&self, operation: &Operation, operands: &[Object], out: &RefCell<String>) -> Outcome {
        hash::check(operation, operands)?;
        let names = operation.keywords.as_deref().unwrap_or_default();
        let call = Call { kind: operation.kind, name: "print", arguments: Arguments { values: operands, names } };
        let (values, [separator, end]) = call.split(["sep", "end"])?;
        let text_of = |name: &str, text: Option<&Object>, default: &str| match text {
            None | Some(Object::None) => Ok(Rc::from(default)),
            Some(Object::Str(text)) => Ok(text.clone()),
            Some(other) => Err(type_error(format!("{name} must be None or a string, not {}", other.class()))),
        };
        let (separator, end) = (text_of("sep", separator, " ")?, text_of("end", end, "\n")?);
        for (index, value) in values.iter().enumerate() {
            out.borrow_mut().push_str(if index > 0 { &separator } else { "" });
            let text = value.as_type().str()?;
            out.borrow_mut().push_str(&text);
        }
        out.borrow_mut().push_str(&end);
        Ok(Object::None)
    }
}

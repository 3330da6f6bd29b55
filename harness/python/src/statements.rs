//! What stands for more than an operation on objects: names that the program has not bound, members of modules, `with`, and
//! `print`.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Class, Object, Outcome};
use crate::stop::{Stop, type_error};
use crate::types::hash;
use program::operation::TYPES;
use program::{Operation, names};
use view::{Error, Exception};

impl Python {
    /// What it gives to read a name that the program has bound to nothing.
    pub fn unbound(&self, name: &str) -> Outcome {
        match names::builtin(name) {
            None => Err(self.unbind(name).into()),
            Some(_) if TYPES.contains(&name) => Ok(Object::Class(Class(name.into()))),
            Some(_) => Err(Stop::unsupported(format!("the built-in `{name}` as a value"))),
        }
    }

    /// What it raises to unbind a name that is bound to nothing.
    pub fn unbind(&self, name: &str) -> Error {
        Error::raised(Exception::NameError, format!("name '{name}' is not defined"))
    }

    /// What it gives to read a member of a module: an error, if no version has it.
    pub(crate) fn member(&self, path: &str) -> Stop {
        match path.rsplit_once('.') {
            // For a version or two it says so in words of its own.
            Some(("io", _)) => Stop::unsupported(format!("`{path}` as a value")),
            Some((module, name)) if names::nobody_has(module, name) => {
                Error::raised(Exception::AttributeError, format!("module '{module}' has no attribute '{name}'")).into()
            }
            _ => Stop::unsupported(format!("`{path}` as a value")),
        }
    }

    /// Begins a `with` statement. Gives what its name is bound to.
    pub fn enter(&self, manager: &Object) -> Outcome {
        match manager.as_type().enter(manager) {
            Some(entered) => entered,
            None => Err(self.no_manager(manager).into()),
        }
    }

    /// The error of a `with` statement whose manager is none.
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

    /// `print`, which writes to `out`.
    pub fn print(&self, operation: &Operation, operands: &[Object], out: &mut String) -> Outcome {
        if operation.keyword_count() > 0 {
            return Err(Stop::unsupported("`print` with keyword arguments"));
        }
        hash::check(operation, operands)?;
        for (index, operand) in operands.iter().enumerate() {
            out.push_str(if index > 0 { " " } else { "" });
            out.push_str(&operand.as_type().str()?);
        }
        out.push('\n');
        Ok(Object::None)
    }
}

//! A call: what is called by which name, and its arguments.

use crate::context::Python;
use crate::object::Object;
use crate::stop::{Stop, type_error};
use program::{Kind, Operand, Operation, Syntax, Value};
use view::{Arguments, Error};

/// A call of a function or a method.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The operation. Methods that have a row are told by it, others by their name.
    pub kind: Kind,
    /// The name of the method, or the path of the function.
    pub name: &'a str,
    /// The arguments, without the receiver of a method.
    pub arguments: Arguments<'a, Object>,
}

impl<'a> Call<'a> {
    /// The call that an operation is, and its receiver if it is a method's.
    pub(crate) fn of(operation: &'a Operation, operands: &'a [Object]) -> Result<(Option<&'a Object>, Call<'a>), Stop> {
        let own_name = |index: usize| match operation.operands.get(index) {
            Some(Operand::Value(Value::Str(name))) => Ok(&**name),
            _ => Err(Stop::Malformed("an operation's own name is missing")),
        };
        let receiver = operands.first().ok_or(Stop::Malformed("an operand is missing"));
        let (receiver, name, values) = match operation.kind.row().syntax {
            Syntax::Method(name) => (Some(receiver?), name, operands.get(1..)),
            Syntax::AnyMethod => (Some(receiver?), own_name(1)?, operands.get(2..)),
            Syntax::AnyCall => (None, own_name(0)?, operands.get(1..)),
            _ => (None, operation.kind.row().name, Some(operands)),
        };
        let (values, names) = (values.unwrap_or_default(), operation.keywords.as_deref().unwrap_or_default());
        Ok((receiver, Call { kind: operation.kind, name, arguments: Arguments { values, names } }))
    }

    /// All arguments.
    pub fn values(&self) -> &'a [Object] {
        self.arguments.values
    }

    /// All arguments of a call that has none by name.
    pub fn by_position(&self) -> Option<&'a [Object]> {
        self.arguments.names.is_empty().then_some(self.arguments.values)
    }

    /// What says that this is not modelled.
    pub fn unsupported(&self, reason: impl Into<String>) -> Stop {
        Stop::unsupported(self.kind, reason)
    }

    /// What says that it is not modelled with these arguments.
    pub fn other_arguments(&self) -> Stop {
        self.unsupported(format!("these arguments of {}", self.name))
    }

    /// Why an attribute that is no method can't be called.
    pub fn not_callable(&self, value: &Object) -> Stop {
        type_error(format!("'{}' object is not callable", value.class())).into()
    }

    /// Checks that there is no argument by name. `called` is what the error calls the function.
    pub fn no_keywords(&self, called: &str) -> Result<&'a [Object], Error> {
        self.by_position().ok_or_else(|| type_error(format!("{called}() takes no keyword arguments")))
    }

    /// The only argument of a built-in function that takes exactly one, by position.
    pub fn one(&self) -> Result<&'a Object, Error> {
        view::arguments::one(self.name, self.arguments)
    }

    /// The only argument of a type that takes at most one, by position.
    pub fn at_most_one(&self) -> Result<Option<&'a Object>, Error> {
        match self.no_keywords(self.name)? {
            [] => Ok(None),
            [argument] => Ok(Some(argument)),
            others => Err(type_error(format!("{} expected at most 1 argument, got {}", self.name, others.len()))),
        }
    }

    /// What errors call a method of a class.
    fn method_name(&self, python: &Python, class: &str) -> String {
        let prefix = if python.has(view::Change::MethodPrefix) { format!("{class}.") } else { String::new() };
        format!("{prefix}{}", self.name)
    }

    /// Checks that a method of a class that takes nothing was given nothing.
    pub fn nothing(&self, python: &Python, class: &str) -> Result<(), Error> {
        view::arguments::nothing(class, self.name, self.arguments, python.view_profile())
    }

    /// The only argument of a method of a class that takes exactly one, by position.
    pub fn only(&self, python: &Python, class: &str) -> Result<&'a Object, Error> {
        view::arguments::one(&self.method_name(python, class), self.arguments)
    }

    /// The arguments of a method of a class that takes from `least` to `most` of them, by position.
    pub fn between(&self, python: &Python, class: &str, least: usize, most: usize) -> Result<&'a [Object], Error> {
        let values = self.no_keywords(&self.method_name(python, class))?;
        let (name, given) = (self.name, values.len());
        let (bound, count) = match given {
            _ if (least..=most).contains(&given) => return Ok(values),
            _ if least == most => ("", least),
            _ if given < least => ("at least ", least),
            _ => ("at most ", most),
        };
        let s = if count == 1 { "" } else { "s" };
        Err(type_error(format!("{name} expected {bound}{count} argument{s}, got {given}")))
    }
}

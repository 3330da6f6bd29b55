//! A call: what is called by which name, and its arguments, which are objects of type `T`.

use crate::context::Python;
use crate::stop::{Stop, type_error};
use program::Kind;
use std::fmt::Display;
use view::{Arguments, Error};

/// A call of a function or a method.
pub struct Call<'a, T> {
    /// The operation. Methods that have a row are told by it, others by their name.
    pub kind: Kind,
    /// The name of the method, or the path of the function.
    pub name: &'a str,
    /// The arguments, without the receiver of a method.
    pub arguments: Arguments<'a, T>,
}

impl<'a, T> Call<'a, T> {
    /// All arguments.
    pub fn values(&self) -> &'a [T] {
        self.arguments.values
    }

    /// All arguments of a call that has none by name.
    pub fn by_position(&self) -> Option<&'a [T]> {
        self.arguments.names.is_empty().then_some(self.arguments.values)
    }

    /// The call is not modelled `how` it is made. That continues its name: "with two arguments", "of a str".
    pub fn unsupported(&self, how: impl Display) -> Stop {
        Stop::unsupported(format!("`{}` {how}", self.name))
    }

    /// Checks that there is no argument by name. `called` is what the error calls the function.
    pub fn no_keywords(&self, called: &str) -> Result<&'a [T], Error> {
        self.by_position().ok_or_else(|| type_error(format!("{called}() takes no keyword arguments")))
    }

    /// The only argument of a built-in function that takes exactly one, by position.
    pub fn one(&self) -> Result<&'a T, Error> {
        view::arguments::one(self.name, self.arguments)
    }

    /// The only argument of a type that takes at most one, by position.
    pub fn at_most_one(&self) -> Result<Option<&'a T>, Error> {
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
    pub fn only(&self, python: &Python, class: &str) -> Result<&'a T, Error> {
        view::arguments::one(&self.method_name(python, class), self.arguments)
    }

    /// The arguments of a method of a class that takes from `least` to `most` of them, by position.
    pub fn between(&self, python: &Python, class: &str, least: usize, most: usize) -> Result<&'a [T], Error> {
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

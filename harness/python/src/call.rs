//! A call of a function or method: its name, and its arguments, which are objects of the type `T`.

use crate::context::Python;
use crate::stop::{Stop, type_error};
use program::Kind;
use std::fmt::{self, Display};
use view::{Arguments, Error};

/// A call of a function or a method.
pub struct Call<'a, T> {
    /// The kind of the operation. It identifies methods that have a row; other methods are identified by their name.
    pub kind: Kind,
    /// The name of the method, or the path of the function.
    pub name: &'a str,
    /// The arguments, without the receiver of a method.
    pub arguments: Arguments<'a, T>,
}

impl<'a, T> Call<'a, T> {
    /// Returns the values of all arguments, keywords last.
    pub fn values(&self) -> &'a [T] {
        self.arguments.values
    }

    /// Returns the arguments if all are positional, otherwise `None`.
    pub fn by_position(&self) -> Option<&'a [T]> {
        self.arguments.names.is_empty().then_some(self.arguments.values)
    }

    /// Splits the arguments into those by position and those with these names. Others are not modelled.
    pub fn split<const COUNT: usize>(&self, names: [&str; COUNT]) -> Result<(&'a [T], [Option<&'a T>; COUNT]), Stop> {
        let given = self.arguments.names;
        let (values, keywords) = self.values().split_at(self.values().len().saturating_sub(given.len()));
        if !given.iter().all(|name| names.contains(&&**name)) {
            return Err(self.unsupported("with such keyword arguments"));
        }
        let of = |name: &str| given.iter().position(|known| &**known == name).and_then(|at| keywords.get(at));
        Ok((values, names.map(of)))
    }

    /// Returns the error for a call that is not modelled. `how` continues the name: "with two arguments", "of a str".
    pub fn unsupported(&self, how: impl Display) -> Stop {
        Stop::unsupported(format!("`{}` {how}", self.name))
    }

    /// Returns the arguments, all of which must be positional. `called` is the name of the function in the error text.
    pub fn no_keywords(&self, called: impl Display) -> Result<&'a [T], Error> {
        self.by_position().ok_or_else(|| type_error(format!("{called}() takes no keyword arguments")))
    }

    /// Returns the argument of a built-in function that takes exactly one positional argument (`METH_O`).
    pub fn one(&self) -> Result<&'a T, Error> {
        view::arguments::one(self.name, self.arguments)
    }

    /// Returns the argument of a type that takes at most one positional argument.
    pub fn at_most_one(&self) -> Result<Option<&'a T>, Error> {
        match self.no_keywords(self.name)? {
            [] => Ok(None),
            [argument] => Ok(Some(argument)),
            others => Err(type_error(format!("{} expected at most 1 argument, got {}", self.name, others.len()))),
        }
    }

    /// Returns the name of a method of a class, to be written in error texts.
    fn method_name(&self, python: &Python, class: &str) -> impl Display {
        let (name, has_prefix) = (self.name, python.has(view::Change::MethodPrefix));
        fmt::from_fn(move |f| if has_prefix { write!(f, "{class}.{name}") } else { f.write_str(name) })
    }

    /// Checks that a method that takes no arguments was passed none (`METH_NOARGS`).
    pub fn nothing(&self, python: &Python, class: &str) -> Result<(), Error> {
        view::arguments::nothing(class, self.name, self.arguments, python.view_profile())
    }

    /// Returns the argument of a method that takes exactly one positional argument (`METH_O`).
    pub fn only(&self, python: &Python, class: &str) -> Result<&'a T, Error> {
        view::arguments::one(self.method_name(python, class), self.arguments)
    }

    /// Returns the arguments of a method that takes between `least` and `most` positional arguments.
    pub fn between(&self, python: &Python, class: &str, least: usize, most: usize) -> Result<&'a [T], Error> {
        let values = self.no_keywords(self.method_name(python, class))?;
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

//! The special methods of a view, called by their names.
//!
//! `view.__eq__(x)` is what `view == x` asks the view, without what Python does when the view has no answer: it says
//! `NotImplemented`, where the operator goes on to ask the other side.

use super::attributes::DESCRIPTORS;
use super::object::Object;
use super::{Outcome, Python, Stop, no_attribute, text, type_error};
use program::Operation;
use std::rc::Rc;
use view::{Change, Error, Exception, View};

/// What views of some version have too, most of it from `object`, and is not done here.
const OTHERS: &[&str] = &[
    "__class__",
    "__class_getitem__",
    "__dir__",
    "__doc__",
    "__format__",
    "__getattribute__",
    "__getstate__",
    "__hash__",
    "__init__",
    "__init_subclass__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__sizeof__",
    "__subclasshook__",
];

/// The methods of views of every version.
const METHODS: &[&str] = &["__enter__", "__exit__", "cast", "hex", "release", "tobytes", "tolist", "toreadonly"];

/// How many arguments a method takes.
fn arity(name: &str) -> Option<usize> {
    Some(match name {
        "__len__" | "__iter__" | "__repr__" | "__str__" => 0,
        "__getitem__" | "__delitem__" | "__delattr__" | "__eq__" | "__ne__" | "__lt__" | "__le__" | "__gt__"
        | "__ge__" => 1,
        "__setattr__" | "__setitem__" => 2,
        _ => return None,
    })
}

impl Python {
    /// A special method of a view by its name; `None` where it is not known what it gives.
    pub(super) fn special_method(
        &self,
        view: &Rc<View>,
        name: &str,
        operation: &Operation,
        arguments: &[Object],
    ) -> Option<Outcome> {
        if !name.starts_with("__") || OTHERS.contains(&name) {
            return None;
        }
        let object = Object::View(view.clone());
        let Some(count) = arity(name).filter(|_| self.has_method(name)) else {
            return Some(Err(no_attribute(&object, name).into()));
        };
        if operation.keyword_count() > 0 {
            return Some(Err(type_error(format!("wrapper {name}() takes no keyword arguments")).into()));
        }
        if arguments.len() != count {
            return Some(Err(self.wrong_number(name, count, arguments.len()).into()));
        }
        Some(match (name, arguments) {
            ("__len__", _) => view.len().map(Object::size).map_err(Stop::from),
            ("__iter__", _) => self.iter(&object).map_err(|stop| match stop {
                Stop::Raised(Error::ResultWithError { .. }) => {
                    let callee = "<slot wrapper '__iter__' of 'memoryview' objects>".into();
                    Error::ResultWithError { callee }.into()
                }
                stop => stop,
            }),
            ("__repr__" | "__str__", _) => Ok(Object::str(text::repr(&object))),
            ("__getitem__", [key]) => self.get(&object, key),
            ("__delitem__", [key]) => self.delete(&object, key).map(|()| Object::None),
            ("__setitem__", [key, value]) => self.set(&object, key, value).map(|()| Object::None),
            ("__setattr__" | "__delattr__", [attribute, ..]) => match attribute {
                Object::Str(attribute) => match self.why_fixed(attribute) {
                    Some(text) => Err(Error::raised(Exception::AttributeError, text).into()),
                    None => return None,
                },
                other => {
                    let text = format!("attribute name must be string, not '{}'", other.class());
                    Err(type_error(text).into())
                }
            },
            ("__eq__" | "__ne__", [other]) => match view.equals(other) {
                Ok(Some(equal)) => Ok(Object::Bool(equal == (name == "__eq__"))),
                Ok(None) => Ok(Object::NotImplemented),
                Err(error) => Err(error.into()),
            },
            _ => Ok(Object::NotImplemented),
        })
    }

    /// The error of a special method's wrapper that was given another number of arguments than it takes.
    pub(super) fn wrong_number(&self, name: &str, count: usize, given: usize) -> Error {
        // These are unpacked as the arguments of a function with a name are, and long had none to say.
        let is_named = ["__setitem__", "__setattr__", "__buffer__", "__release_buffer__"].contains(&name);
        let prefix = match is_named {
            true if self.profile.has(Change::ArgumentNames) => format!("{name} "),
            true => " ".to_owned(),
            false => String::new(),
        };
        let plural = if count == 1 { "" } else { "s" };
        type_error(format!("{prefix}expected {count} argument{plural}, got {given}"))
    }

    /// Whether views of this version have a method of the table.
    fn has_method(&self, name: &str) -> bool {
        name != "__iter__" || self.profile.has(Change::OwnIterator)
    }

    /// Why an attribute of a view can be neither set nor deleted, in words; `None` where that is not known here.
    fn why_fixed(&self, name: &str) -> Option<String> {
        Some(if DESCRIPTORS.contains(&name) {
            format!("attribute '{name}' of 'memoryview' objects is not writable")
        } else if METHODS.contains(&name) || arity(name).is_some() && self.has_method(name) {
            format!("'memoryview' object attribute '{name}' is read-only")
        } else if name.starts_with("__") || ["count", "index", "_from_flags"].contains(&name) {
            return None;
        } else {
            let dict = if self.profile.has(Change::AttributeText) {
                " and no __dict__ for setting new attributes"
            } else {
                ""
            };
            format!("'memoryview' object has no attribute '{name}'{dict}")
        })
    }
}

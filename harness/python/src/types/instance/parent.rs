//! `super()`: the methods of a class's bases.

use super::class::{Base, bound};
use super::{Instance, OwnClass, as_class};
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type, no_attribute};
use crate::stop::{Stop, type_error};
use crate::types::function::Function;
use std::any::Any;
use std::rc::Rc;

/// What `super()` gives.
struct Super {
    /// The class whose bases it is about.
    class: Rc<OwnClass>,
    object: Object,
}

/// `super(class, object)`
pub fn new(class: &Object, object: &Object) -> Outcome {
    match (as_class(class), object.downcast::<Instance>()) {
        (Some(class), Some(instance)) if instance.class.is_below(&class) => {
            Ok(Object::instance(Super { class, object: object.clone() }))
        }
        _ => Err(Stop::unsupported("`super()` of an object of another class")),
    }
}

/// Returns whether an object is one that `super()` gave.
pub(super) fn is_parent(object: &Object) -> bool {
    object.downcast::<Super>().is_some()
}

/// The only method of `object` that is modelled.
const INIT: &str = "__init__";

impl Super {
    fn has_none(&self, name: &str) -> Stop {
        // `object` has more attributes than those that it is known not to have.
        match name.starts_with("__") && !["__len__", "__getitem__", "__iter__", "__contains__"].contains(&name) {
            true => Stop::unsupported(format!("`{name}` of `super()`")),
            false => no_attribute(self.class(), name).into(),
        }
    }
}

impl Type for Super {
    fn class(&self) -> &str {
        "super"
    }

    /// case: classes-call-the-methods-of-their-bases
    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        let instance = self.object.downcast::<Instance>().ok_or(Stop::Malformed("`super()` has no object"))?;
        if let Some(value) = self.class.base.find(call.name) {
            return match value.downcast::<Function>() {
                Some(function) => bound(function, &self.object, call.arguments),
                None => Err(Stop::unsupported("a call of an attribute of a class")),
            };
        }
        match (&self.class.base, call.name) {
            (Base::Object | Base::Own(_), _) if instance.payload.is_none() => match call.name {
                INIT if call.values().is_empty() => Ok(Object::None),
                INIT => Err(no_arguments().into()),
                name => Err(self.has_none(name)),
            },
            _ => match instance.builtin_method(python, call) {
                Err(Stop::Raised(error)) if error.exception() == view::Exception::AttributeError => {
                    Err(self.has_none(call.name))
                }
                outcome => outcome,
            },
        }
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match self.class.base.find(name) {
            Some(value) if value.downcast::<Function>().is_none() => Ok(value),
            Some(_) => Err(Stop::unsupported("a method of an object as a value")),
            None => Err(Stop::unsupported(format!("`{name}` of `super()`"))),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The error of `object.__init__` for arguments.
pub(super) fn no_arguments() -> view::Error {
    type_error("object.__init__() takes exactly one argument (the instance to initialize)")
}

//! Classes of the program.

use super::{Attributes, Instance, found};
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::types::function::Function;
use program::Trace;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use view::{Arguments, Error, Exception};

/// The special methods that are modelled.
const METHODS: &[&str] = &[
    "__bool__",
    "__buffer__",
    "__bytes__",
    "__call__",
    "__complex__",
    "__contains__",
    "__delitem__",
    "__enter__",
    "__eq__",
    "__exit__",
    "__float__",
    "__ge__",
    "__getitem__",
    "__gt__",
    "__hash__",
    "__index__",
    "__init__",
    "__int__",
    "__iter__",
    "__le__",
    "__len__",
    "__lt__",
    "__ne__",
    "__next__",
    "__release_buffer__",
    "__repr__",
    "__reversed__",
    "__setitem__",
    "__str__",
];

/// A class of the program, without a base.
pub struct OwnClass {
    pub(super) name: Box<str>,
    pub(super) attributes: RefCell<Attributes>,
}

/// Makes a class.
pub fn class(name: &str, base: Option<&Object>, attributes: Vec<(&str, Object)>) -> Outcome {
    if base.is_some_and(|base| !matches!(base, Object::Class(class) if &*class.0 == "object")) {
        return Err(Stop::unsupported("a class with a base"));
    }
    let special = |name: &str| name.starts_with("__") && name.ends_with("__");
    if let Some((name, _)) = attributes.iter().find(|(name, _)| special(name) && !METHODS.contains(name)) {
        return Err(Stop::unsupported(format!("a class with `{name}`")));
    }
    if let Some((name, _)) =
        attributes.iter().find(|(name, value)| special(name) && value.downcast::<Function>().is_none())
    {
        return Err(Stop::unsupported(format!("a class whose `{name}` is no function")));
    }
    let attributes = attributes.into_iter().map(|(name, value)| (name.into(), value)).collect();
    Ok(Object::instance(OwnClass { name: name.into(), attributes: RefCell::new(attributes) }))
}

impl OwnClass {
    /// Calls the class.
    pub(crate) fn call(this: &Rc<OwnClass>, python: &Python, arguments: Arguments<'_, Object>) -> Outcome {
        let instance = Rc::new_cyclic(|own| Instance {
            class: this.clone(),
            profile: python.profile(),
            attributes: RefCell::default(),
            this: own.clone(),
        });
        // An object may hold itself.
        python.may_hold_itself(&instance, |instance| drop(instance.attributes.take()));
        let object = Object::Instance(instance);
        let initializer = found(&this.attributes, "__init__");
        match initializer.as_ref().and_then(Object::downcast::<Function>) {
            Some(function) => match bound(function, &object, arguments)? {
                Object::None => Ok(object),
                other => Err(type_error(format!("__init__() should return None, not '{}'", other.class())).into()),
            },
            None if arguments.values.is_empty() => Ok(object),
            None => Err(type_error(format!("{}() takes no arguments", this.name)).into()),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes.borrow().iter().any(|(known, _)| **known == *name)
    }
}

/// Calls a function with an object before the arguments.
pub(super) fn bound(function: &Function, this: &Object, arguments: Arguments<'_, Object>) -> Outcome {
    let values: Vec<Object> = std::iter::once(this).chain(arguments.values).cloned().collect();
    function.call(Arguments { values: &values, names: arguments.names })
}

impl Type for OwnClass {
    fn class(&self) -> &str {
        "type"
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match found(&self.attributes, name) {
            Some(value) => Ok(value),
            None if name == "__name__" => Ok(Object::str(&*self.name)),
            None if name.starts_with("__") => Err(Stop::unsupported(format!("`{name}` of a class"))),
            None => {
                let text = format!("type object '{}' has no attribute '{name}'", self.name);
                Err(Error::raised(Exception::AttributeError, text).into())
            }
        }
    }

    fn method(&self, _: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match found(&self.attributes, call.name) {
            Some(value) => match value.downcast::<Function>() {
                Some(function) => function.call(call.arguments),
                None => Err(Stop::unsupported("a call of an attribute that is no function")),
            },
            None => Err(Stop::unsupported(format!("`{}` of a class", call.name))),
        }
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.type_(&self.name);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

//! Classes of the program, their bases, and `super()`.

use super::derived::Builtin;
use super::{Attributes, Instance, as_class, delete, found, set};
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::setattr;
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
    "__del__",
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

/// Those that are not modelled for a class that has a buffer already.
const BUFFERS: &[&str] = &["__buffer__", "__release_buffer__"];

/// A class of the program.
pub struct OwnClass {
    pub(super) name: Box<str>,
    pub(super) base: Base,
    pub(super) attributes: RefCell<Attributes>,
}

/// The base of a class.
pub(super) enum Base {
    /// `object`
    Object,
    /// A class of the program.
    Own(Rc<OwnClass>),
    Builtin(Builtin),
}

impl Base {
    fn of(object: Option<&Object>) -> Result<Base, Stop> {
        let Some(object) = object else { return Ok(Base::Object) };
        if let Some(class) = as_class(object) {
            return Ok(Base::Own(class));
        }
        match object {
            Object::Class(class) if &*class.0 == "object" => Ok(Base::Object),
            Object::Class(class) if &*class.0 == "memoryview" => {
                Err(type_error("type 'memoryview' is not an acceptable base type").into())
            }
            Object::Class(class) => match Builtin::of(&class.0) {
                Some(builtin) => Ok(Base::Builtin(builtin)),
                None => Err(Stop::unsupported(format!("a class with the base `{}`", class.0))),
            },
            other => Err(Stop::unsupported(format!("a class whose base is an object of type {}", other.class()))),
        }
    }

    pub(super) fn builtin(&self) -> Option<Builtin> {
        match self {
            Base::Object => None,
            Base::Own(class) => class.base.builtin(),
            Base::Builtin(builtin) => Some(*builtin),
        }
    }

    /// Looks an attribute up in the classes of the program among the bases.
    pub(super) fn find(&self, name: &str) -> Option<Object> {
        match self {
            Base::Own(class) => class.find(name),
            _ => None,
        }
    }
}

/// Makes a class.
pub fn class(name: &str, base: Option<&Object>, attributes: Vec<(&str, Object)>) -> Outcome {
    let base = Base::of(base)?;
    let special = |name: &str| name.starts_with("__") && name.ends_with("__");
    let is_modelled = |name: &str| METHODS.contains(&name) && !(base.builtin().is_some() && BUFFERS.contains(&name));
    if let Some((name, _)) = attributes.iter().find(|(name, _)| special(name) && !is_modelled(name)) {
        let derived = if base.builtin().is_some() { " and a built-in type as its base" } else { "" };
        return Err(Stop::unsupported(format!("a class with `{name}`{derived}")));
    }
    if let Some((name, _)) =
        attributes.iter().find(|(name, value)| special(name) && value.downcast::<Function>().is_none())
    {
        return Err(Stop::unsupported(format!("a class whose `{name}` is no function")));
    }
    let mut attributes: Attributes = attributes.into_iter().map(|(name, value)| (name.into(), value)).collect();
    let has = |name: &str| attributes.iter().any(|(known, _)| **known == *name);
    // It hides the method of a base (`type_new_set_hash`).
    if has("__eq__") && !has("__hash__") {
        attributes.push(("__hash__".into(), Object::None));
    }
    Ok(Object::instance(OwnClass { name: name.into(), base, attributes: RefCell::new(attributes) }))
}

impl OwnClass {
    /// Calls the class.
    pub(crate) fn call(this: &Rc<OwnClass>, python: &Python, arguments: Arguments<'_, Object>) -> Outcome {
        let initializer = this.find("__init__");
        let builtin = this.base.builtin();
        // No object is made for what nobody takes, so that none dies (`object_new`).
        if initializer.is_none() && builtin.is_none() && !arguments.values.is_empty() {
            return Err(type_error(format!("{}() takes no arguments", this.name)).into());
        }
        let payload = builtin.map(|builtin| builtin.make(python, arguments, initializer.is_some())).transpose();
        let payload = payload.map_err(|stop| match builtin {
            // Bytes and arrays are not there yet, but a bytearray is when it looks at its arguments.
            Some(Builtin::Bytearray) if this.has("__del__") => {
                Stop::unsupported("a bytearray with `__del__` that can't be made")
            }
            _ => stop,
        })?;
        let instance = Rc::new_cyclic(|own| Instance {
            class: this.clone(),
            profile: python.profile(),
            attributes: RefCell::default(),
            payload,
            is_finalized: false,
            this: own.clone(),
        });
        // An object may hold itself.
        python.may_hold_itself(&instance, |instance| drop(instance.attributes.take()));
        let object = Object::Instance(instance);
        match initializer.as_ref().and_then(Object::downcast::<Function>) {
            Some(function) => match bound(function, &object, arguments)? {
                Object::None => Ok(object),
                other => Err(type_error(format!("__init__() should return None, not '{}'", other.class())).into()),
            },
            None => Ok(object),
        }
    }

    /// Looks an attribute up in the class and in its bases.
    pub(super) fn find(&self, name: &str) -> Option<Object> {
        found(&self.attributes, name).or_else(|| self.base.find(name))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether it is a class or one that is derived from it.
    pub(super) fn is_below(&self, class: &OwnClass) -> bool {
        std::ptr::eq(self, class) || matches!(&self.base, Base::Own(base) if base.is_below(class))
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

    fn repr(&self) -> Result<String, Stop> {
        Ok(format!("<class '__main__.{}'>", self.name))
    }

    fn item(&self, python: &Python, _: &Object) -> Outcome {
        match self.base.builtin() {
            // Since 3.12 it is a generic alias (gh-98658).
            Some(Builtin::Array) => Err(Stop::unsupported("subscripts of a class derived from `array.array`")),
            _ if python.has(view::Change::TypeText) => {
                Err(type_error(format!("type '{}' is not subscriptable", self.name)).into())
            }
            _ => Err(type_error("'type' object is not subscriptable").into()),
        }
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match self.find(name) {
            Some(value) => Ok(value),
            None if name == "__name__" => Ok(Object::str(&*self.name)),
            None if name.starts_with("__") => Err(Stop::unsupported(format!("`{name}` of a class"))),
            None => {
                let text = format!("type object '{}' has no attribute '{name}'", self.name);
                Err(Error::raised(Exception::AttributeError, text).into())
            }
        }
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        match self.find(call.name) {
            Some(value) => match value.downcast::<Function>() {
                Some(function) => function.call(call.arguments),
                None => Err(Stop::unsupported("a call of an attribute that is no function")),
            },
            None if ["__setattr__", "__delattr__"].contains(&call.name) => {
                let name = setattr::name_of(python, call)?;
                if name.starts_with("__") {
                    return Err(call.unsupported(format!("of `{name}` of a class")));
                }
                match call.values().get(1) {
                    Some(value) => {
                        // It may be an object of the class.
                        if let Some(class) = as_class(this) {
                            python.may_hold_itself(&class, |class| drop(class.attributes.take()));
                        }
                        set(&self.attributes, name, value.clone());
                    }
                    None if delete(&self.attributes, name).is_some() => {}
                    None => return Err(Stop::unsupported("deleting an attribute that a class does not have")),
                }
                Ok(Object::None)
            }
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

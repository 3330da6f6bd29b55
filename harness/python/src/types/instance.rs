//! Classes of the program, and their objects: what their methods answer is asked of the program.

mod asked;
mod buffer;
mod class;
mod death;
mod derived;
mod parent;

use super::answers::Answer;
use super::function::Function;
use super::hash::Hashed;
use crate::address;
use crate::changes::Profile;
use crate::code;
use crate::context::{LARGEST, Python};
use crate::object::{Call, Complex, Object, Outcome, Type, no_attribute, not_assigned};
use crate::setattr;
use crate::stop::{Stop, type_error};
pub(crate) use asked::{is_converted, is_ordered_as_bytes, is_unknown_of_derived};
use class::bound;
pub use class::{OwnClass, class};
pub(crate) use death::is_finalized;
pub(crate) use derived::{calculated, is_derived, plain};
pub use parent::new as parent;
use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use view::{Arguments, Error, Exception, Exporter, Int};

type Attributes = Vec<(Box<str>, Object)>;

/// An object of such a class.
pub struct Instance {
    class: Rc<OwnClass>,
    profile: Profile,
    attributes: RefCell<Attributes>,
    /// The object that it is as one of the built-in type that its class is derived from.
    payload: Option<Object>,
    /// Whether its `__del__` has been called.
    is_finalized: bool,
    /// The object itself.
    this: Weak<Instance>,
}

fn found(attributes: &RefCell<Attributes>, name: &str) -> Option<Object> {
    attributes.borrow().iter().find(|(known, _)| **known == *name).map(|(_, value)| value.clone())
}

/// Sets an attribute. What it was before dies when it is set, as that may run code of the program.
fn set(attributes: &RefCell<Attributes>, name: &str, value: Object) {
    let before = {
        let mut attributes = attributes.borrow_mut();
        match attributes.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, known)) => Some(std::mem::replace(known, value)),
            None => {
                attributes.push((name.into(), value));
                None
            }
        }
    };
    drop(before);
}

/// Takes an attribute away, if there is one of that name.
fn delete(attributes: &RefCell<Attributes>, name: &str) -> Option<(Box<str>, Object)> {
    let mut attributes = attributes.borrow_mut();
    let at = attributes.iter().position(|(known, _)| **known == *name);
    at.map(|at| attributes.remove(at))
}

/// Returns the object as a class of the program.
pub(crate) fn as_class(object: &Object) -> Option<Rc<OwnClass>> {
    match object {
        Object::Instance(instance) if object.downcast::<OwnClass>().is_some() => {
            let any: Rc<dyn Any> = instance.clone();
            any.downcast().ok()
        }
        _ => None,
    }
}

/// Returns whether an object is one of a class of the program.
pub(crate) fn is_of(object: &Object, class: &OwnClass) -> bool {
    as_instance(object).is_some_and(|instance| instance.class.is_below(class))
}

/// Returns whether the class of an object is derived from that of another one.
pub(crate) fn is_below(object: &Object, other: &Object) -> bool {
    let Some(instance) = as_instance(object) else { return false };
    match (as_instance(other), &instance.payload) {
        (Some(other), _) => !std::ptr::eq(&*instance.class, &*other.class) && instance.class.is_below(&other.class),
        (None, Some(payload)) => payload.class() == other.class(),
        (None, None) => false,
    }
}

/// Returns the object as one of a class of the program.
pub(crate) fn as_instance(object: &Object) -> Option<&Instance> {
    object.downcast()
}

impl Instance {
    /// The class.
    pub(crate) fn own_class(&self) -> Object {
        Object::Instance(self.class.clone())
    }

    /// The attribute of the class that is called as a method, unless the object has one of that name itself.
    pub(crate) fn own_method(&self, name: &str) -> Option<Object> {
        match found(&self.attributes, name) {
            Some(_) => None,
            None => found(&self.class.attributes, name),
        }
    }

    /// Calls a special method; `None` if the class has none.
    fn ask(&self, name: &str, arguments: &[Object]) -> Option<Result<Object, Error>> {
        let function = self.class.find(name)?;
        let this = Object::Instance(self.this.upgrade()?);
        let values: Vec<Object> = std::iter::once(this).chain(arguments.iter().cloned()).collect();
        let function = function.downcast::<Function>()?;
        Some(function.call(Arguments { values: &values, names: &[] }).map_err(code::as_error))
    }

    fn answer<'a>(&'a self, answer: &'a Object) -> Answer<'a> {
        Answer { class: &self.class.name, answer, profile: self.profile }
    }

    /// Calls `__int__`, or else `__index__`; `None` if there is neither.
    pub(crate) fn int(&self) -> Option<Result<Int, Error>> {
        match self.ask("__int__", &[]) {
            Some(answer) => Some(answer.and_then(|answer| self.answer(&answer).int())),
            None => self.index(),
        }
    }

    /// Calls `__complex__`; `None` if there is none.
    pub(crate) fn complex(&self) -> Option<Result<Complex, Error>> {
        Some(self.ask("__complex__", &[])?.and_then(|answer| self.answer(&answer).complex()))
    }

    /// Calls `__bytes__`; `None` if there is none.
    pub(crate) fn bytes(&self) -> Option<Outcome> {
        let answer = self.ask("__bytes__", &[])?;
        Some(answer.and_then(|answer| self.answer(&answer).bytes()).map_err(Stop::from))
    }

    /// What the object itself says to `self operator other`, without the other one; `None` stands for `NotImplemented`.
    ///
    /// `slot_tp_richcompare`, `object_richcompare` in C; case: classes-order-their-objects
    pub(crate) fn compares(&self, operator: &str, other: &Object) -> Result<Option<Object>, Error> {
        let name = match operator {
            "==" => "__eq__",
            "!=" => "__ne__",
            "<" => "__lt__",
            "<=" => "__le__",
            ">" => "__gt__",
            _ => "__ge__",
        };
        match (self.ask(name, std::slice::from_ref(other)), operator) {
            (Some(answer), _) => match answer? {
                Object::NotImplemented => Ok(None),
                answer => Ok(Some(answer)),
            },
            (None, "==" | "!=") if self.payload.is_some() => {
                let equal = self.payload_equals(other).unwrap_or(Ok(None))?;
                Ok(equal.map(|equal| Object::Bool(equal == (operator == "=="))))
            }
            // Without a method of its own it is the opposite of `==`.
            (None, "!=") => match self.compares("==", other)? {
                Some(equal) => Ok(Some(Object::Bool(!equal.as_type().truth()?))),
                None => Ok(None),
            },
            (None, _) => Ok(None),
        }
    }

    /// Whether its class has a method that orders.
    pub(crate) fn has_order(&self) -> bool {
        ["__lt__", "__le__", "__gt__", "__ge__"].iter().any(|name| self.has(name))
    }

    /// Whether its class has a special method.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.class.has(name)
    }

    /// `__exit__`, with what was raised in the block, if something was. Returns whether that is swallowed.
    pub(crate) fn exit(&self, arguments: &[Object], is_raised: bool) -> Result<bool, Stop> {
        match self.ask("__exit__", arguments) {
            Some(answer) => {
                let answer = answer?;
                Ok(is_raised && answer.as_type().truth()?)
            }
            None => Ok(false),
        }
    }
}

impl Type for Instance {
    fn class(&self) -> &str {
        &self.class.name
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn repr(&self) -> Result<String, Stop> {
        match self.ask("__repr__", &[]) {
            Some(answer) => Ok(self.answer(&answer?).text("__repr__")?),
            None if self.payload.is_some() => self.payload_text(),
            None => Ok(format!("<__main__.{} object at {}>", self.class(), address::of_any())),
        }
    }

    fn str(&self) -> Result<String, Stop> {
        match self.ask("__str__", &[]) {
            Some(answer) => Ok(self.answer(&answer?).text("__str__")?),
            // What `__repr__` gives is looked at as if `__str__` had given it (`object_str`).
            None if let Some(answer) = self.ask("__repr__", &[]) => Ok(self.answer(&answer?).text("__str__")?),
            None if matches!(self.payload, Some(Object::Bytes(_) | Object::Bytearray(_))) => self.payload_text(),
            None => self.repr(),
        }
    }

    fn length(&self) -> Result<isize, Error> {
        match self.ask("__len__", &[]) {
            Some(answer) => self.answer(&answer?).length(),
            None => match &self.payload {
                Some(payload) => payload.as_type().length(),
                None => Err(Error::NoLength { type_name: self.class().into() }),
            },
        }
    }

    fn truth(&self) -> Result<bool, Error> {
        match self.ask("__bool__", &[]) {
            Some(answer) => self.answer(&answer?).truth(),
            None if self.class.has("__len__") || self.payload.is_some() => Ok(self.length()? != 0),
            None => Ok(true),
        }
    }

    fn item(&self, python: &Python, key: &Object) -> Outcome {
        match self.ask("__getitem__", std::slice::from_ref(key)) {
            Some(answer) => Ok(answer?),
            None => self
                .payload_item(python, key)
                .unwrap_or_else(|| Err(type_error(format!("'{}' object is not subscriptable", self.class())).into())),
        }
    }

    fn set_item(&self, python: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        let (name, other) = match value {
            Some(_) => ("__setitem__", "__delitem__"),
            None => ("__delitem__", "__setitem__"),
        };
        let arguments: Vec<Object> = [Some(key), value].into_iter().flatten().cloned().collect();
        match self.ask(name, &arguments) {
            Some(answer) => answer.map(drop).map_err(Stop::from),
            // One slot of the type stands for both methods, and looks for the one that is needed (`slot_mp_ass_subscript`).
            None if self.class.has(other) && self.payload.is_none() => {
                Err(Error::raised(Exception::AttributeError, name).into())
            }
            None => self
                .payload_set(python, key, value)
                .unwrap_or_else(|| Err(not_assigned(self.class(), true, key, value).into())),
        }
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        if let Some(value) = found(&self.attributes, call.name) {
            return match value.downcast::<Function>() {
                Some(function) => function.call(call.arguments),
                None => Err(Stop::unsupported("a call of an attribute of an object")),
            };
        }
        match (self.class.find(call.name), call.name) {
            (Some(value), _) => match value.downcast::<Function>() {
                Some(function) => bound(function, this, call.arguments),
                None => Err(Stop::unsupported("a call of an attribute of a class")),
            },
            (None, "__setattr__") => {
                let name = setattr::name_of(python, call)?;
                if matches!(self.payload, Some(Object::Array(_))) && ["itemsize", "typecode"].contains(&name) {
                    return Err(call.unsupported(format!("of the attribute `{name}`")));
                }
                let value = call.values().get(1).cloned().unwrap_or(Object::None);
                set(&self.attributes, name, value);
                Ok(Object::None)
            }
            (None, "__delattr__") => {
                let name = setattr::name_of(python, call)?;
                match delete(&self.attributes, name) {
                    Some(_) => Ok(Object::None),
                    None => Err(Stop::unsupported("deleting an attribute that an object does not have")),
                }
            }
            (None, _) => self.builtin_method(python, call),
        }
    }

    fn attribute(&self, python: &Python, name: &str) -> Outcome {
        match (found(&self.attributes, name), self.class.find(name)) {
            (Some(value), _) => Ok(value),
            (None, Some(value)) if value.downcast::<Function>().is_none() => Ok(value),
            (None, Some(_)) => Err(Stop::unsupported("a method of an object as a value")),
            (None, None) if name == "__class__" => Ok(self.own_class()),
            (None, None) if name.starts_with("__") => Err(self.missing(name)),
            (None, None) if let Some(payload) = &self.payload => match payload.as_type().attribute(python, name) {
                Err(Stop::Raised(_)) => Err(no_attribute(self.class(), name).into()),
                outcome => outcome,
            },
            (None, None) => Err(no_attribute(self.class(), name).into()),
        }
    }

    fn iterator(&self, python: &Python, _: &Object) -> Outcome {
        match self.ask("__iter__", &[]) {
            Some(answer) => match answer? {
                answer if answer.as_type().is_iterator() => Ok(answer),
                other => Err(self.answer(&other).no_iterator().into()),
            },
            None if self.payload.is_none() && self.class.has("__getitem__") => {
                Err(Stop::unsupported("iterating by `__getitem__`"))
            }
            None => self
                .payload_iterator(python)
                .unwrap_or_else(|| Err(type_error(format!("'{}' object is not iterable", self.class())).into())),
        }
    }

    fn reverse_iterator(&self, python: &Python, this: &Object) -> Outcome {
        match self.ask("__reversed__", &[]) {
            Some(answer) => Ok(answer?),
            None if self.class.has("__getitem__") => Err(Stop::unsupported("`reversed` by `__getitem__`")),
            None if self.class.has("__len__") && self.payload.is_some() => {
                Err(Stop::unsupported("`reversed` by `__len__`"))
            }
            None => match &self.payload {
                Some(payload) => payload.as_type().reverse_iterator(python, this),
                None => Err(type_error(format!("'{}' object is not reversible", self.class())).into()),
            },
        }
    }

    /// The length, if there is one. That it is none, a TypeError, does not matter (`PyObject_LengthHint`).
    fn length_hint(&self) -> Result<Option<isize>, Error> {
        match self.length() {
            Ok(length) if length > LARGEST as isize => {
                Err(code::as_error(Stop::unsupported("an object that says that it has more than a million items")))
            }
            Ok(length) => Ok(Some(length)),
            Err(error) if error.exception() == Exception::TypeError => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_iterator(&self) -> bool {
        self.class.has("__next__")
    }

    fn next(&self) -> Result<Option<Object>, Error> {
        match self.ask("__next__", &[]) {
            Some(Err(error)) if error.exception() == Exception::StopIteration => Ok(None),
            Some(answer) => answer.map(Some),
            None => Err(type_error(format!("'{}' object is not an iterator", self.class()))),
        }
    }

    fn at(&self, position: isize) -> Result<Option<Object>, Error> {
        match &self.payload {
            Some(payload) => payload.as_type().at(position),
            None => Ok(None),
        }
    }

    fn contains(&self, python: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        match (self.ask("__contains__", std::slice::from_ref(item)), &self.payload) {
            (Some(answer), _) => Ok(Some(answer?.as_type().truth()?)),
            // The built-in type looks at its own items, whatever the class says of its iterators.
            (None, Some(payload)) => python.compare("in", item, payload).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn enter(&self, _: &Object) -> Option<Outcome> {
        if self.class.has("__enter__") != self.class.has("__exit__") {
            return Some(Err(Stop::unsupported("a context manager with one of its two methods")));
        }
        self.ask("__enter__", &[]).map(|answer| answer.map_err(Stop::from))
    }

    fn has_index(&self) -> bool {
        self.class.has("__index__")
    }

    fn index(&self) -> Option<Result<Int, Error>> {
        Some(self.ask("__index__", &[])?.and_then(|answer| self.answer(&answer).index()))
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        Some(self.ask("__float__", &[])?.and_then(|answer| self.answer(&answer).float()))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, Error> {
        match self.ask("__eq__", std::slice::from_ref(other)) {
            Some(answer) => match answer? {
                Object::NotImplemented => Ok(None),
                answer => view::Object::truth(&answer).map(Some),
            },
            None => self.payload_equals(other).unwrap_or(Ok(None)),
        }
    }

    fn hash(&self, profile: Profile) -> Hashed {
        match self.ask("__hash__", &[]) {
            Some(answer) => self.answer(&answer?).hash(),
            None if self.class.has("__eq__") => Err(Error::Unhashable { type_name: self.class().into() }),
            None => match &self.payload {
                Some(payload) => {
                    payload.as_type().hash(profile).map_err(|_| Error::Unhashable { type_name: self.class().into() })
                }
                None => Ok(None),
            },
        }
    }

    fn exporter(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        match self.payload {
            Some(_) => Some(self),
            None => buffer::exporter(self),
        }
    }

    /// Weak references to such objects are not modelled.
    fn watched(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

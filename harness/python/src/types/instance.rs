//! Classes of the program, and their objects: what their methods answer is asked of the program.

use super::answers::Answer;
use super::function::Function;
use super::hash::Hashed;
use crate::changes::Profile;
use crate::code;
use crate::context::{LARGEST, Python};
use crate::object::{Call, Object, Outcome, Type, no_attribute};
use crate::setattr;
use crate::stop::{Stop, type_error};
use program::{Kind, Operation, Trace};
use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use view::{Arguments, Error, Exception, Int};

/// The special methods that are modelled.
const METHODS: &[&str] = &[
    "__bool__",
    "__call__",
    "__contains__",
    "__enter__",
    "__eq__",
    "__exit__",
    "__float__",
    "__getitem__",
    "__hash__",
    "__index__",
    "__init__",
    "__iter__",
    "__len__",
    "__next__",
    "__setitem__",
];

/// Those by which an object is converted while something else is in the middle of its work.
const CONVERSIONS: &[&str] =
    &["__bool__", "__eq__", "__float__", "__getitem__", "__hash__", "__index__", "__iter__", "__len__", "__next__"];

type Attributes = Vec<(Box<str>, Object)>;

/// A class of the program, without a base.
pub struct OwnClass {
    name: Box<str>,
    attributes: RefCell<Attributes>,
}

/// An object of such a class.
pub struct Instance {
    class: Rc<OwnClass>,
    profile: Profile,
    attributes: RefCell<Attributes>,
    /// The object itself.
    this: Weak<Instance>,
}

fn found(attributes: &RefCell<Attributes>, name: &str) -> Option<Object> {
    attributes.borrow().iter().find(|(known, _)| **known == *name).map(|(_, value)| value.clone())
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

    fn has(&self, name: &str) -> bool {
        self.attributes.borrow().iter().any(|(known, _)| **known == *name)
    }
}

/// Calls a function with an object before the arguments.
fn bound(function: &Function, this: &Object, arguments: Arguments<'_, Object>) -> Outcome {
    let values: Vec<Object> = std::iter::once(this).chain(arguments.values).cloned().collect();
    function.call(Arguments { values: &values, names: arguments.names })
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
    as_instance(object).is_some_and(|instance| std::ptr::eq(&*instance.class, class))
}

/// Returns whether a function is called with such an object, which it may convert in its own order.
pub(crate) fn is_function(operation: &Operation, operands: &[Object]) -> bool {
    operation.kind == Kind::AnyCall && operands.iter().any(is_converted)
}

/// Returns whether an operation is about an object of the program alone, which is asked when everything else is done.
pub(crate) fn is_own_business(operation: &Operation, operands: &[Object]) -> bool {
    let is_own = operands.first().is_some_and(|first| as_instance(first).is_some() || as_class(first).is_some());
    match operation.kind {
        Kind::CallObject => true,
        Kind::AnyMethod | Kind::AnyAttribute | Kind::HoldAttribute | Kind::SetAttribute | Kind::DeleteAttribute => {
            is_own
        }
        Kind::Len | Kind::BoolOf | Kind::Hash | Kind::Iter | Kind::Next | Kind::TypeOf | Kind::IsInstance => is_own,
        Kind::Get | Kind::Hold | Kind::Set | Kind::Delete => is_own,
        Kind::Is | Kind::IsNot => true,
        _ => false,
    }
}

/// Returns the object as one of a class of the program.
pub(crate) fn as_instance(object: &Object) -> Option<&Instance> {
    object.downcast()
}

/// Returns whether an object is one that code of the program converts.
pub(crate) fn is_converted(object: &Object) -> bool {
    as_instance(object).is_some_and(|instance| CONVERSIONS.iter().any(|name| instance.class.has(name)))
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
        let function = found(&self.class.attributes, name)?;
        let this = Object::Instance(self.this.upgrade()?);
        let values: Vec<Object> = std::iter::once(this).chain(arguments.iter().cloned()).collect();
        let function = function.downcast::<Function>()?;
        Some(function.call(Arguments { values: &values, names: &[] }).map_err(code::as_error))
    }

    fn answer<'a>(&'a self, answer: &'a Object) -> Answer<'a> {
        Answer { class: &self.class.name, answer, profile: self.profile }
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

impl Type for Instance {
    fn class(&self) -> &str {
        &self.class.name
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn length(&self) -> Result<isize, Error> {
        match self.ask("__len__", &[]) {
            Some(answer) => self.answer(&answer?).length(),
            None => Err(Error::NoLength { type_name: self.class().into() }),
        }
    }

    fn truth(&self) -> Result<bool, Error> {
        match self.ask("__bool__", &[]) {
            Some(answer) => self.answer(&answer?).truth(),
            None if self.class.has("__len__") => Ok(self.length()? != 0),
            None => Ok(true),
        }
    }

    fn item(&self, _: &Python, key: &Object) -> Outcome {
        match self.ask("__getitem__", std::slice::from_ref(key)) {
            Some(answer) => Ok(answer?),
            None => Err(type_error(format!("'{}' object is not subscriptable", self.class())).into()),
        }
    }

    fn set_item(&self, _: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        let class = self.class();
        match value {
            Some(value) => match self.ask("__setitem__", &[key.clone(), value.clone()]) {
                Some(answer) => answer.map(drop).map_err(Stop::from),
                None => Err(type_error(format!("'{class}' object does not support item assignment")).into()),
            },
            None if self.class.has("__setitem__") => Err(Stop::unsupported("deleting an item of an own object")),
            None => Err(type_error(format!("'{class}' object doesn't support item deletion")).into()),
        }
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        if let Some(value) = found(&self.attributes, call.name) {
            return match value.downcast::<Function>() {
                Some(function) => function.call(call.arguments),
                None => Err(Stop::unsupported("a call of an attribute of an object")),
            };
        }
        match (found(&self.class.attributes, call.name), call.name) {
            (Some(value), _) => match value.downcast::<Function>() {
                Some(function) => bound(function, this, call.arguments),
                None => Err(Stop::unsupported("a call of an attribute of a class")),
            },
            (None, "__setattr__") => {
                let name = setattr::name_of(python, call)?;
                let value = call.values().get(1).cloned().unwrap_or(Object::None);
                let before = {
                    let mut attributes = self.attributes.borrow_mut();
                    match attributes.iter_mut().find(|(known, _)| **known == *name) {
                        Some((_, known)) => Some(std::mem::replace(known, value)),
                        None => {
                            attributes.push((name.into(), value));
                            None
                        }
                    }
                };
                drop(before);
                Ok(Object::None)
            }
            (None, "__delattr__") => {
                let name = setattr::name_of(python, call)?;
                let gone = {
                    let mut attributes = self.attributes.borrow_mut();
                    let at = attributes.iter().position(|(known, _)| **known == *name);
                    at.map(|at| attributes.remove(at))
                };
                match gone {
                    Some(_) => Ok(Object::None),
                    None => Err(Stop::unsupported("deleting an attribute that an object does not have")),
                }
            }
            (None, name) => Err(self.missing(name)),
        }
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match (found(&self.attributes, name), found(&self.class.attributes, name)) {
            (Some(value), _) => Ok(value),
            (None, Some(value)) if value.downcast::<Function>().is_none() => Ok(value),
            (None, Some(_)) => Err(Stop::unsupported("a method of an object as a value")),
            (None, None) if name == "__class__" => Ok(self.own_class()),
            (None, None) if name.starts_with("__") => Err(self.missing(name)),
            (None, None) => Err(no_attribute(self.class(), name).into()),
        }
    }

    fn iterator(&self, _: &Python, _: &Object) -> Outcome {
        match self.ask("__iter__", &[]) {
            Some(answer) => match answer? {
                Object::Instance(iterator)
                    if iterator.as_any().downcast_ref::<Instance>().is_none_or(|own| own.class.has("__next__")) =>
                {
                    Ok(Object::Instance(iterator))
                }
                other => Err(self.answer(&other).iterator().into()),
            },
            None if self.class.has("__getitem__") => Err(Stop::unsupported("iterating by `__getitem__`")),
            None => Err(type_error(format!("'{}' object is not iterable", self.class())).into()),
        }
    }

    fn next(&self) -> Result<Option<Object>, Error> {
        match self.ask("__next__", &[]) {
            Some(Err(error)) if error.exception() == Exception::StopIteration => Ok(None),
            Some(answer) => answer.map(Some),
            None => Err(type_error(format!("'{}' object is not an iterator", self.class()))),
        }
    }

    fn length_hint(&self) -> Result<Option<isize>, Error> {
        if !self.class.has("__len__") {
            return Ok(None);
        }
        match self.length() {
            Ok(hint) if hint > LARGEST as isize => {
                Err(code::as_error(Stop::unsupported("an object that says that it has more than a million items")))
            }
            Ok(hint) => Ok(Some(hint)),
            Err(error) if error.exception() == Exception::TypeError => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn contains(&self, _: &Python, item: &Object) -> Result<Option<bool>, Stop> {
        match self.ask("__contains__", std::slice::from_ref(item)) {
            Some(answer) => Ok(Some(answer?.as_type().truth()?)),
            None => Ok(None),
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
        self.compared(other)?.as_ref().map(view::Object::truth).transpose()
    }

    fn compared(&self, other: &Object) -> Result<Option<Object>, Error> {
        let answer = self.ask("__eq__", std::slice::from_ref(other)).transpose()?;
        Ok(answer.filter(|answer| !matches!(answer, Object::NotImplemented)))
    }

    fn hash(&self, _: Profile) -> Hashed {
        match self.ask("__hash__", &[]) {
            Some(answer) => self.answer(&answer?).hash(),
            None if self.class.has("__eq__") => Err(Error::Unhashable { type_name: self.class().into() }),
            None => Ok(None),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

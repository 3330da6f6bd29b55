//! Objects, and the trait [`Type`] by which the rest of the crate accesses them.
//!
//! Constants, views and the exporters that most programs use are variants, so that the loop over a program's operations
//! never boxes an int. Every other object is an [`Object::Instance`] of a file in `types`.

use crate::address;
use crate::call;
use crate::changes::Profile;
use crate::context::Python;
use crate::exporters::{Array, Bytearray};
use crate::stop::{Stop, type_error};
use crate::types::hash::Hashed;
use num_bigint::BigInt;
use program::{Trace, names};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use view::{Arguments, Buffer, Bytes, Error, Exception, Exporter, Int, View};

/// A reference to an object. Dropping the last one ends the object's life.
#[derive(Clone)]
#[allow(missing_docs, reason = "the names are Python's")]
pub enum Object {
    None,
    Ellipsis,
    NotImplemented,
    Bool(bool),
    Int(Int),
    Float(f64),
    Complex(Complex),
    Str(Rc<str>),
    Bytes(Rc<Bytes>),
    Bytearray(Rc<Bytearray>),
    Array(Rc<Array>),
    View(Rc<View>),
    Tuple(Tuple),
    List(List),
    Slice(Slice),
    /// A type, by its qualified name.
    Class(Class),
    /// Any other object.
    Instance(Rc<dyn Type>),
}

/// A call whose arguments are objects.
pub type Call<'a> = call::Call<'a, Object>;

impl Call<'_> {
    /// Returns the error for a call with arguments that are not modelled.
    pub(crate) fn other_arguments(&self) -> Stop {
        if self.values().is_empty() {
            return self.unsupported("without arguments");
        }
        let Arguments { values, names } = self.arguments;
        let positional = values.len().saturating_sub(names.len());
        let types: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let name = index.checked_sub(positional).and_then(|index| names.get(index));
                name.map_or(String::new(), |name| format!("{name}=")) + value.class()
            })
            .collect();
        self.unsupported(format!("with arguments of the types ({})", types.join(", ")))
    }
}

/// The result of an operation.
pub type Outcome = Result<Object, Stop>;

/// `None`, `Ellipsis` or `NotImplemented`.
pub(crate) struct Singleton {
    pub(crate) class: &'static str,
    pub(crate) repr: &'static str,
}

/// Real and imaginary part of a complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex(pub f64, pub f64);

/// The items of a tuple.
#[derive(Clone)]
pub struct Tuple(pub Rc<[Object]>);

/// A list. What changes it is in `list`.
#[derive(Clone)]
pub struct List(pub(crate) Rc<Items>);

/// The items of a list.
pub(crate) struct Items {
    /// Borrowed only while nothing of the program can run.
    pub(crate) held: RefCell<Vec<Object>>,
    /// Whether the list may contain itself, and is emptied when the run has ended.
    pub(crate) is_emptied: Cell<bool>,
}

/// Start, stop and step of a slice.
#[derive(Clone)]
pub struct Slice(pub Rc<[Object; 3]>);

/// The qualified name of a type.
#[derive(Clone, PartialEq, Eq)]
pub struct Class(pub Rc<str>);

impl Deref for Tuple {
    type Target = [Object];

    fn deref(&self) -> &[Object] {
        &self.0
    }
}

/// The behaviour of a type. Each default is what CPython does for an object that does not support the operation, mostly
/// raising a TypeError.
pub trait Type: Any {
    /// The name of the type in error texts (`tp_name`).
    fn class(&self) -> &str;

    /// The path of the type that has all attributes of these objects, in every version: the type itself, or `object` if
    /// it adds only special names. `None` if that is not known.
    fn type_path(&self) -> Option<&'static str> {
        None
    }

    /// `repr(object)`
    fn repr(&self) -> Result<String, Stop> {
        Ok(format!("<{} object at {}>", self.class(), address::of_any()))
    }

    /// `str(object)`
    fn str(&self) -> Result<String, Stop> {
        self.repr()
    }

    /// `len(object)`. Returns [`Error::NoLength`] if the object has no length.
    fn length(&self) -> Result<isize, Error> {
        Err(Error::NoLength { type_name: self.class().into() })
    }

    /// `bool(object)`
    fn truth(&self) -> Result<bool, Error> {
        match self.length() {
            Ok(length) => Ok(length != 0),
            Err(Error::NoLength { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Whether the type has slots for sequence methods (`tp_as_sequence`), as every heap type does, even one that
    /// leaves them empty.
    fn is_sequence(&self) -> bool {
        false
    }

    /// Whether the type has operators for numbers that are not modelled.
    fn has_operators(&self) -> bool {
        false
    }

    /// `object[key]`
    fn item(&self, _python: &Python, _key: &Object) -> Outcome {
        Err(type_error(format!("'{}' object is not subscriptable", self.class())).into())
    }

    /// `object[key] = value`; `del object[key]` if `value` is `None`.
    fn set_item(&self, _python: &Python, key: &Object, value: Option<&Object>) -> Result<(), Stop> {
        Err(not_assigned(self.class(), self.is_sequence(), key, value).into())
    }

    /// `object.name(arguments)`; `this` is the object itself.
    fn method(&self, _python: &Python, _this: &Object, call: &Call<'_>) -> Outcome {
        Err(self.missing(call.name))
    }

    /// `object.name`
    fn attribute(&self, _python: &Python, name: &str) -> Outcome {
        Err(self.missing(name))
    }

    /// Returns the error for a missing method or attribute: an AttributeError if no version of Python has it, otherwise
    /// unsupported.
    fn missing(&self, name: &str) -> Stop {
        // Other special names may exist on `object` or a metaclass, so their absence is not certain.
        let is_of_managers = |path| ["__enter__", "__exit__"].contains(&name) && names::member(path, name).is_none();
        match self.type_path() {
            Some(path) if is_of_managers(path) || names::nobody_has(path, name) => {
                no_attribute(self.class(), name).into()
            }
            _ => Stop::unsupported(format!("`{}.{name}`", self.class())),
        }
    }

    /// `iter(object)`; `this` is the object itself.
    fn iterator(&self, _python: &Python, _this: &Object) -> Outcome {
        Err(type_error(format!("'{}' object is not iterable", self.class())).into())
    }

    /// `reversed(object)`; `this` is the object itself.
    fn reverse_iterator(&self, _python: &Python, _this: &Object) -> Outcome {
        Err(type_error(format!("'{}' object is not reversible", self.class())).into())
    }

    /// `next(object)`; `None` when the iterator is exhausted.
    fn next(&self) -> Result<Option<Object>, Error> {
        Err(type_error(format!("'{}' object is not an iterator", self.class())))
    }

    /// Whether the type has `__next__`. The method is not called.
    fn is_iterator(&self) -> bool {
        false
    }

    /// `object.__length_hint__()`, for functions that collect items; `None` if the object has no such method.
    fn length_hint(&self) -> Result<Option<isize>, Error> {
        Ok(None)
    }

    /// The item at a position, for an iterator that indexes; `None` at the end.
    fn at(&self, _position: isize) -> Result<Option<Object>, Error> {
        Ok(None)
    }

    /// `item in object`; `None` if it is decided by iterating.
    fn contains(&self, _python: &Python, _item: &Object) -> Result<Option<bool>, Stop> {
        Ok(None)
    }

    /// `object.__enter__()`; `this` is the object itself. `None` if the object is not a context manager.
    fn enter(&self, _this: &Object) -> Option<Outcome> {
        None
    }

    /// `object.__exit__(…)` at the end of a `with` block.
    fn exit(&self) -> Result<(), Stop> {
        Ok(())
    }

    /// Whether the object has `__index__`. The method is not called.
    fn has_index(&self) -> bool {
        false
    }

    /// `object.__index__()`; `None` if the object has no such method. Ints are handled by the caller.
    fn index(&self) -> Option<Result<Int, Error>> {
        None
    }

    /// `object.__float__()`; `None` if the object has no such method. Numbers are handled by the caller.
    fn float(&self) -> Option<Result<f64, Error>> {
        None
    }

    /// `object.__eq__(other)`; `None` stands for `NotImplemented`.
    fn equals(&self, _other: &Object) -> Result<Option<bool>, Error> {
        Ok(None)
    }

    /// `hash(object)`
    fn hash(&self, _profile: Profile) -> Hashed {
        Ok(None)
    }

    /// The object as an exporter; `None` if it does not export a buffer.
    fn exporter(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        None
    }

    /// The exporter to which weak references to this object refer; usually the object itself.
    fn watched(self: Rc<Self>) -> Option<Rc<dyn Exporter>> {
        self.exporter()
    }

    /// Writes the observed state of the object to a trace. `names` holds the object that each name is bound to.
    fn record(&self, _names: &[Option<Object>], trace: &mut Trace) {
        trace.object(self.class());
    }

    /// The memory of a mutable exporter, which is observed after every step.
    fn changing(&self) -> Option<&Rc<Buffer>> {
        None
    }

    /// For downcasts to the concrete type.
    fn as_any(&self) -> &dyn Any;
}

impl Object {
    /// Creates an object of a type that is not a variant of [`Object`].
    pub fn instance(instance: impl Type) -> Object {
        Object::Instance(Rc::new(instance))
    }

    /// Returns the implementation of the object's type.
    pub fn as_type(&self) -> &dyn Type {
        match self {
            Object::None => &Singleton { class: "NoneType", repr: "None" },
            Object::Ellipsis => &Singleton { class: "ellipsis", repr: "Ellipsis" },
            Object::NotImplemented => &Singleton { class: "NotImplementedType", repr: "NotImplemented" },
            Object::Bool(value) => value,
            Object::Int(value) => value,
            Object::Float(value) => value,
            Object::Complex(value) => value,
            Object::Str(text) => text,
            Object::Bytes(bytes) => bytes,
            Object::Bytearray(bytearray) => bytearray,
            Object::Array(array) => array,
            Object::View(view) => view,
            Object::Tuple(items) => items,
            Object::List(items) => items,
            Object::Slice(parts) => parts,
            Object::Class(class) => class,
            Object::Instance(instance) => &**instance,
        }
    }

    /// Returns the instance as a `T`; `None` if the object has another type.
    pub fn downcast<T: Type>(&self) -> Option<&T> {
        match self {
            Object::Instance(instance) => instance.as_any().downcast_ref(),
            _ => None,
        }
    }

    /// Returns the name of the type in error texts (`tp_name`).
    pub fn class(&self) -> &str {
        self.as_type().class()
    }

    /// Returns the name of the type in errors that refuse an argument: like [`Object::class`], but `None` for None
    /// (`_PyArg_BadArgument`).
    pub(crate) fn argument_class(&self) -> &str {
        if let Object::None = self { "None" } else { self.class() }
    }

    /// Returns the object that an exporter belongs to.
    pub fn of_exporter(exporter: &Rc<dyn Exporter>) -> Object {
        let any = || -> Rc<dyn Any> { exporter.clone() };
        if let Ok(bytearray) = any().downcast() {
            return Object::Bytearray(bytearray);
        }
        if let Ok(bytes) = any().downcast() {
            return Object::Bytes(bytes);
        }
        if let Ok(array) = any().downcast() {
            return Object::Array(array);
        }
        if let Ok(view) = any().downcast() {
            return Object::View(view);
        }
        let object = exporter.clone().object().and_then(|object| object.downcast().ok());
        object.map_or(Object::None, |object: Box<Object>| *object)
    }

    /// Returns whether two references are to the same object. The empty bytes object, and those of length 1, are
    /// singletons, as in CPython.
    pub fn is(&self, other: &Object) -> bool {
        match (self, other) {
            (Object::None, Object::None) | (Object::Ellipsis, Object::Ellipsis) => true,
            (Object::NotImplemented, Object::NotImplemented) => true,
            (Object::Bool(a), Object::Bool(b)) => a == b,
            (Object::Int(a), Object::Int(b)) => a == b && a.within(-5, 256).is_some(),
            (Object::Bytes(a), Object::Bytes(b)) => Rc::ptr_eq(a, b) || a.len() <= 1 && a.to_vec() == b.to_vec(),
            (Object::Bytearray(a), Object::Bytearray(b)) => Rc::ptr_eq(a, b),
            (Object::Array(a), Object::Array(b)) => Rc::ptr_eq(a, b),
            (Object::View(a), Object::View(b)) => Rc::ptr_eq(a, b),
            (Object::Str(a), Object::Str(b)) => Rc::ptr_eq(a, b),
            (Object::Tuple(a), Object::Tuple(b)) => a.is_empty() && b.is_empty() || Rc::ptr_eq(&a.0, &b.0),
            (Object::List(a), Object::List(b)) => Rc::ptr_eq(&a.0, &b.0),
            (Object::Slice(a), Object::Slice(b)) => Rc::ptr_eq(&a.0, &b.0),
            (Object::Class(a), Object::Class(b)) => a == b,
            (Object::Instance(a), Object::Instance(b)) => std::ptr::addr_eq(Rc::as_ptr(a), Rc::as_ptr(b)),
            _ => false,
        }
    }

    /// Returns whether this object is the given exporter.
    pub fn is_exporter(&self, exporter: &Rc<dyn Exporter>) -> bool {
        let address = match self {
            Object::Bytes(bytes) => Rc::as_ptr(bytes).cast::<()>(),
            Object::Bytearray(bytearray) => Rc::as_ptr(bytearray).cast(),
            Object::Array(array) => Rc::as_ptr(array).cast(),
            Object::Instance(instance) => Rc::as_ptr(instance).cast(),
            Object::View(view) => Rc::as_ptr(view).cast(),
            _ => return false,
        };
        std::ptr::addr_eq(address, Rc::as_ptr(exporter))
    }

    /// Returns the object as an exporter; `None` for a memoryview and for objects that export no buffer.
    pub fn as_exporter(&self) -> Option<Rc<dyn Exporter>> {
        Some(match self {
            Object::Bytes(bytes) => bytes.clone(),
            Object::Bytearray(bytearray) => bytearray.clone(),
            Object::Array(array) => array.clone(),
            Object::Instance(instance) => return instance.clone().exporter(),
            _ => return None,
        })
    }

    /// Returns the object as an exporter, a memoryview included. A view of it then belongs to that memoryview.
    pub fn with_buffer(&self) -> Option<Rc<dyn Exporter>> {
        match self {
            Object::View(view) => Some(view.clone()),
            _ => self.as_exporter(),
        }
    }

    /// Returns the value of an int or a bool; `None` for other objects.
    pub fn as_int(&self) -> Option<Int> {
        match self {
            Object::Int(value) => Some(value.clone()),
            Object::Bool(value) => Some(Int::Small((*value).into())),
            _ => None,
        }
    }

    /// Returns the value of an int of any size as a `BigInt`.
    pub fn big(int: &Int) -> BigInt {
        match int {
            Int::Small(value) => BigInt::from(*value),
            Int::Big(value) => (**value).clone(),
        }
    }
}

/// Returns the AttributeError for an attribute that objects of a class do not have.
pub(crate) fn no_attribute(class: &str, name: &str) -> Error {
    Error::raised(Exception::AttributeError, format!("'{class}' object has no attribute '{name}'"))
}

/// Returns the error for setting or deleting an item of an object that has no such items.
pub(crate) fn not_assigned(class: &str, is_sequence: bool, key: &Object, value: Option<&Object>) -> Error {
    let has_index = view::Object::has_index(key);
    match (is_sequence && has_index, value) {
        // The sequence slot converts the index before it refuses the assignment.
        (true, _) if let Err(error) = key.as_size() => error,
        (true, None) => type_error(format!("'{class}' object doesn't support item deletion")),
        (false, None) => type_error(format!("'{class}' object does not support item deletion")),
        _ => type_error(format!("'{class}' object does not support item assignment")),
    }
}

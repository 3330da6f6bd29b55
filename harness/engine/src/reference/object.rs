//! The objects of the reference's Python, and what the view asks of them.

use super::type_error;
use crate::describe::EXPORTER;
use num_bigint::BigInt;
use program::Value;
use std::borrow::Cow;
use std::rc::Rc;
use view::{Array, Bytearray, Bytes, Error, Exporter, Int, Item, Nested, View};

use super::hook::{HOOK, Hook};
use super::iterators::Iter;
use super::references::Reference;

/// A reference to an object. Dropping the last one ends the object's life.
#[derive(Clone)]
pub(super) enum Object {
    None,
    Ellipsis,
    NotImplemented,
    Bool(bool),
    Int(Int),
    Float(f64),
    Complex(f64, f64),
    Str(Rc<str>),
    Bytes(Rc<Bytes>),
    Bytearray(Rc<Bytearray>),
    Array(Rc<Array>),
    /// An exporter without behaviour of its own.
    Exporter(Rc<dyn Exporter>, Class),
    View(Rc<View>),
    Tuple(Rc<[Object]>),
    List(Rc<[Object]>),
    Slice(Rc<[Object; 3]>),
    Type(Rc<str>),
    Iter(Rc<Iter>),
    /// `struct.Struct`, by its format, and the name of its type.
    Struct(Rc<str>, &'static str),
    /// `memoryview[item]`, of which only the type matters.
    Alias,
    /// What does something before it answers.
    Hook(Rc<Hook>),
    /// A weak reference.
    Reference(Rc<Reference>),
    /// What holds a view's buffer, the type of which is all that can be seen of it.
    Managed,
    /// An attribute read from the type memoryview, such as `memoryview.format`.
    Descriptor(Rc<str>),
}

/// What an exporter is that has no behaviour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// An `exporter`.
    Described,
    /// A memory map.
    Mmap,
    /// A numpy array.
    Numpy,
}

impl Class {
    /// The name of the type, with its module.
    pub(super) fn name(self) -> &'static str {
        match self {
            Class::Described => EXPORTER,
            Class::Mmap => "mmap.mmap",
            Class::Numpy => "numpy.ndarray",
        }
    }
}

impl Object {
    /// The object of a constant.
    pub(super) fn constant(value: &Value) -> Object {
        let all = |items: &[Value]| items.iter().map(Object::constant).collect();
        match value {
            Value::None => Object::None,
            Value::Bool(value) => Object::Bool(*value),
            Value::Int(value) => Object::Int(Int::Small(*value)),
            Value::Big(value) => Object::Int(Int::from((**value).clone())),
            Value::Float(value) => Object::Float(*value),
            Value::Complex(real, imag) => Object::Complex(*real, *imag),
            Value::Bytes(bytes) => Object::bytes(bytes.to_vec()),
            Value::Bytearray(bytes) => Object::Bytearray(Bytearray::new(bytes.to_vec())),
            Value::Str(text) => Object::Str((**text).into()),
            Value::Tuple(items) => Object::Tuple(all(items)),
            Value::List(items) => Object::List(all(items)),
            Value::Slice(parts) => Object::Slice(Rc::new(parts.each_ref().map(Object::constant))),
            Value::Ellipsis => Object::Ellipsis,
            Value::Type(name) => Object::Type((**name).into()),
            // Only observed, never written in a program.
            Value::Array(..) | Value::View(_) | Value::Hash | Value::Object(_) => Object::None,
        }
    }

    /// New bytes.
    pub(super) fn bytes(content: Vec<u8>) -> Object {
        Object::Bytes(Bytes::new(content))
    }

    /// An int.
    pub(super) fn int(value: impl Into<i128>) -> Object {
        Object::Int(Int::from(value.into()))
    }

    /// An int that counts something in memory.
    pub(super) fn size(value: isize) -> Object {
        Object::Int(Int::Small(value as i64))
    }

    /// A str.
    pub(super) fn str(text: impl Into<Rc<str>>) -> Object {
        Object::Str(text.into())
    }

    /// An item that was read.
    pub(super) fn item(item: Item) -> Object {
        match item {
            Item::Int(value) => Object::Int(Int::Small(value)),
            Item::Uint(value) => Object::Int(Int::from(value)),
            Item::Bool(value) => Object::Bool(value),
            Item::Float(value) => Object::Float(value),
            Item::Byte(byte) => Object::bytes(vec![byte]),
            Item::Complex(real, imag) => Object::Complex(real, imag),
        }
    }

    /// Items in nested lists.
    pub(super) fn nested(nested: Nested) -> Object {
        match nested {
            Nested::Item(item) => Object::item(item),
            Nested::List(items) => Object::List(items.into_iter().map(Object::nested).collect()),
        }
    }

    /// Sizes in a tuple.
    pub(super) fn sizes(sizes: &[isize]) -> Object {
        Object::Tuple(sizes.iter().map(|size| Object::size(*size)).collect())
    }

    /// The name of the type as those errors have it that refuse an argument: None is called by its own name there.
    pub(super) fn argument_class(&self) -> &str {
        if let Object::None = self { "None" } else { self.class() }
    }

    /// The name of the type as error texts have it (`tp_name`).
    pub(super) fn class(&self) -> &str {
        match self {
            Object::None => "NoneType",
            Object::Ellipsis => "ellipsis",
            Object::NotImplemented => "NotImplementedType",
            Object::Bool(_) => "bool",
            Object::Int(_) => "int",
            Object::Float(_) => "float",
            Object::Complex(..) => "complex",
            Object::Str(_) => "str",
            Object::Bytes(_) => "bytes",
            Object::Bytearray(_) => "bytearray",
            Object::Array(_) => "array.array",
            Object::Exporter(_, class) => class.name(),
            Object::View(_) => "memoryview",
            Object::Tuple(_) => "tuple",
            Object::List(_) => "list",
            Object::Slice(_) => "slice",
            Object::Type(name) if is_abstract(name) => "ABCMeta",
            Object::Type(_) => "type",
            Object::Iter(iter) => iter.class(),
            Object::Struct(_, class) => class,
            Object::Alias => "types.GenericAlias",
            Object::Hook(_) => HOOK,
            Object::Reference(reference) => reference.class(),
            Object::Managed => "managedbuffer",
            Object::Descriptor(_) => "getset_descriptor",
        }
    }

    /// Whether two references are to one object. Empty bytes and single ones exist once, as in CPython.
    pub(super) fn is(&self, other: &Object) -> bool {
        match (self, other) {
            (Object::None, Object::None) | (Object::Ellipsis, Object::Ellipsis) => true,
            (Object::Bool(a), Object::Bool(b)) => a == b,
            (Object::Int(a), Object::Int(b)) => a == b && a.within(-5, 256).is_some(),
            (Object::Bytes(a), Object::Bytes(b)) => Rc::ptr_eq(a, b) || a.len() <= 1 && a.to_vec() == b.to_vec(),
            (Object::Bytearray(a), Object::Bytearray(b)) => Rc::ptr_eq(a, b),
            (Object::Array(a), Object::Array(b)) => Rc::ptr_eq(a, b),
            (Object::Exporter(a, _), Object::Exporter(b, _)) => Rc::ptr_eq(a, b),
            (Object::View(a), Object::View(b)) => Rc::ptr_eq(a, b),
            (Object::Str(a), Object::Str(b)) => Rc::ptr_eq(a, b),
            (Object::Tuple(a), Object::Tuple(b)) => a.is_empty() && b.is_empty() || Rc::ptr_eq(a, b),
            (Object::List(a), Object::List(b)) => Rc::ptr_eq(a, b),
            (Object::Slice(a), Object::Slice(b)) => Rc::ptr_eq(a, b),
            (Object::Iter(a), Object::Iter(b)) => Rc::ptr_eq(a, b),
            (Object::Type(a), Object::Type(b)) | (Object::Descriptor(a), Object::Descriptor(b)) => a == b,
            (Object::Struct(a, _), Object::Struct(b, _)) => Rc::ptr_eq(a, b),
            (Object::Hook(a), Object::Hook(b)) => Rc::ptr_eq(a, b),
            (Object::Reference(a), Object::Reference(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Whether this is the object that an exporter is.
    pub(super) fn is_exporter(&self, exporter: &Rc<dyn Exporter>) -> bool {
        let address = match self {
            Object::Bytes(bytes) => Rc::as_ptr(bytes).cast::<()>(),
            Object::Bytearray(bytearray) => Rc::as_ptr(bytearray).cast(),
            Object::Array(array) => Rc::as_ptr(array).cast(),
            Object::Exporter(exporter, _) => Rc::as_ptr(exporter).cast(),
            Object::View(view) => Rc::as_ptr(view).cast(),
            _ => return false,
        };
        std::ptr::addr_eq(address, Rc::as_ptr(exporter))
    }

    /// The object as an exporter, if it is one and no memoryview.
    pub(super) fn as_exporter(&self) -> Option<Rc<dyn Exporter>> {
        Some(match self {
            Object::Bytes(bytes) => bytes.clone(),
            Object::Bytearray(bytearray) => bytearray.clone(),
            Object::Array(array) => array.clone(),
            Object::Exporter(exporter, _) => exporter.clone(),
            _ => return None,
        })
    }

    /// The object as an exporter, a memoryview included, which is then what a view of it belongs to.
    pub(super) fn with_buffer(&self) -> Option<Rc<dyn Exporter>> {
        match self {
            Object::View(view) => Some(view.clone()),
            _ => self.as_exporter(),
        }
    }

    /// An int, a bool included.
    pub(super) fn as_int(&self) -> Option<Int> {
        match self {
            Object::Int(value) => Some(value.clone()),
            Object::Bool(value) => Some(Int::Small((*value).into())),
            _ => None,
        }
    }

    /// An index where Python wants one that fits `Py_ssize_t`, with the error of `__index__` being missing.
    pub(super) fn as_size(&self) -> Result<isize, Error> {
        match self.as_int() {
            Some(Int::Small(value)) => Ok(value as isize),
            Some(Int::Big(_)) => Err(Error::IndexTooLarge { type_name: self.class().into() }),
            None => Err(type_error(format!("'{}' object cannot be interpreted as an integer", self.class()))),
        }
    }

    /// An int of any size as a `BigInt`.
    pub(super) fn big(int: &Int) -> BigInt {
        match int {
            Int::Small(value) => BigInt::from(*value),
            Int::Big(value) => (**value).clone(),
        }
    }
}

/// Whether a type is an abstract base class.
pub(super) fn is_abstract(name: &str) -> bool {
    name.starts_with("collections.abc.")
}

impl view::Object for Object {
    fn type_name(&self) -> Cow<'_, str> {
        self.class().into()
    }

    fn int(&self) -> Option<Int> {
        self.as_int()
    }

    fn has_index(&self) -> bool {
        matches!(self, Object::Int(_) | Object::Bool(_) | Object::Hook(_))
    }

    fn index(&self) -> Option<Result<Int, Error>> {
        match self {
            Object::Hook(hook) => Some(hook.index()),
            _ => self.as_int().map(Ok),
        }
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        match self {
            Object::Float(value) => Some(Ok(*value)),
            Object::Hook(hook) => Some(hook.float()),
            _ => None,
        }
    }

    fn complex(&self) -> Option<Result<(f64, f64), Error>> {
        match self {
            Object::Complex(real, imag) => Some(Ok((*real, *imag))),
            _ => None,
        }
    }

    fn truth(&self) -> Result<bool, Error> {
        Ok(match self {
            Object::None => false,
            Object::Bool(value) => *value,
            Object::Int(value) => *value != Int::Small(0),
            Object::Float(value) => *value != 0.0,
            Object::Complex(real, imag) => *real != 0.0 || *imag != 0.0,
            Object::Str(text) => !text.is_empty(),
            Object::Bytes(bytes) => !bytes.is_empty(),
            Object::Bytearray(bytearray) => !bytearray.is_empty(),
            Object::Array(array) => !array.is_empty(),
            Object::View(view) => view.len()? != 0,
            Object::Hook(hook) => hook.truth()?,
            Object::Tuple(items) | Object::List(items) => !items.is_empty(),
            Object::Exporter(_, Class::Described) => true,
            Object::Exporter(exporter, _) => exporter.buffer().is_none_or(|buffer| !buffer.is_empty()),
            _ => true,
        })
    }

    fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Object::Bytes(bytes) => Some(bytes.to_vec().into()),
            _ => None,
        }
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Object::Str(text) => Some((&**text).into()),
            _ => None,
        }
    }

    fn length(&self) -> Option<Result<usize, Error>> {
        super::functions::length(self).map(|length| length.map(isize::unsigned_abs))
    }

    fn exporter(&self) -> Option<Rc<dyn Exporter>> {
        self.as_exporter()
    }

    fn view(&self) -> Option<&Rc<View>> {
        match self {
            Object::View(view) => Some(view),
            _ => None,
        }
    }

    fn equals(&self, item: &Item) -> Result<bool, Error> {
        match self {
            Object::Hook(hook) => hook.equals(),
            _ => super::compare::equals(&Object::item(*item), self),
        }
    }
}

//! Creates objects from Rust values.

use crate::exporters::Bytearray;
use crate::object::{Class, Complex, Object, Slice};
use program::Value;
use std::rc::Rc;
use view::{Bytes, Int, Item, Nested, Returned, View};

impl Object {
    /// Creates the object of a constant.
    pub fn constant(value: &Value) -> Object {
        let all = |items: &[Value]| items.iter().map(Object::constant).collect::<Vec<_>>();
        match value {
            Value::None => Object::None,
            Value::Bool(value) => Object::Bool(*value),
            Value::Int(value) => Object::Int(Int::Small(*value)),
            Value::Big(value) => Object::Int(Int::from((**value).clone())),
            Value::Float(value) => Object::Float(*value),
            Value::Complex(real, imag) => Object::Complex(Complex(*real, *imag)),
            Value::Bytes(bytes) => Object::bytes(bytes.to_vec()),
            Value::Bytearray(bytes) => Object::Bytearray(Bytearray::new(bytes.to_vec())),
            Value::Str(text) => Object::Str((**text).into()),
            Value::Tuple(items) => Object::Tuple(all(items).into()),
            Value::List(items) => Object::List(all(items).into()),
            Value::Slice(parts) => Object::Slice(Slice(Rc::new(parts.each_ref().map(Object::constant)))),
            Value::Ellipsis => Object::Ellipsis,
            Value::Type(name) => Object::Class(Class((**name).into())),
            // These values are only observed, and are never constants of a program.
            Value::Array(..) | Value::View(_) | Value::Hash | Value::Object(_) => Object::None,
        }
    }

    /// New bytes.
    pub fn bytes(content: Vec<u8>) -> Object {
        Object::Bytes(Bytes::new(content))
    }

    /// An int.
    pub fn int(value: impl Into<i128>) -> Object {
        Object::Int(Int::from(value.into()))
    }

    /// An int that is a size or an index.
    pub fn size(value: isize) -> Object {
        Object::Int(Int::Small(value as i64))
    }

    /// A str.
    pub fn str(text: impl Into<Rc<str>>) -> Object {
        Object::Str(text.into())
    }

    /// The item that a view returns.
    pub fn item(item: Item) -> Object {
        match item {
            Item::Int(value) => Object::Int(Int::Small(value)),
            Item::Uint(value) => Object::Int(Int::from(value)),
            Item::Bool(value) => Object::Bool(value),
            Item::Float(value) => Object::Float(value),
            Item::Byte(byte) => Object::bytes(vec![byte]),
            Item::Complex(real, imag) => Object::Complex(Complex(real, imag)),
        }
    }

    /// A nested list of items.
    pub fn nested(nested: Nested) -> Object {
        match nested {
            Nested::Item(item) => Object::item(item),
            Nested::List(items) => Object::List(items.into_iter().map(Object::nested).collect()),
        }
    }

    /// A tuple of sizes.
    pub fn sizes(sizes: &[isize]) -> Object {
        Object::Tuple(sizes.iter().map(|size| Object::size(*size)).collect())
    }

    /// The result of a method or an attribute of a view.
    pub fn returned(returned: Returned, view: &Rc<View>) -> Object {
        match returned {
            Returned::None => Object::None,
            Returned::Itself => Object::View(view.clone()),
            Returned::Bool(value) => Object::Bool(value),
            Returned::Size(size) => Object::size(size),
            Returned::Sizes(sizes) => Object::sizes(&sizes),
            Returned::Text(text) => Object::str(text),
            Returned::Bytes(content) => Object::bytes(content),
            Returned::Items(items) => Object::nested(items),
            Returned::View(view) => Object::View(view),
            Returned::Exporter(exporter) => Object::of_exporter(&exporter),
        }
    }
}

//! `repr` and `str`.

use super::object::Object;
use program::{bytes_literal, float_repr};
use std::rc::Rc;

/// `str(object)`
pub(super) fn str(object: &Object) -> String {
    match object {
        Object::Str(text) => text.to_string(),
        _ => repr(object),
    }
}

/// `repr(object)`
pub(super) fn repr(object: &Object) -> String {
    match object {
        Object::None => "None".into(),
        Object::Ellipsis => "Ellipsis".into(),
        Object::NotImplemented => "NotImplemented".into(),
        Object::Bool(true) => "True".into(),
        Object::Bool(false) => "False".into(),
        Object::Int(value) => Object::big(value).to_string(),
        Object::Float(value) => float_repr(*value),
        Object::Complex(real, imag) => complex(*real, *imag),
        Object::Str(text) => program::Value::Str((**text).into()).to_string(),
        Object::Bytes(content) => bytes_literal(&content.to_vec()),
        Object::Bytearray(content) => format!("bytearray({})", bytes_literal(&content.to_vec())),
        Object::Array(array) => {
            let typecode = super::exporters::typecode(array);
            match array.items() {
                Ok(items) if items.is_empty() => format!("array('{typecode}')"),
                Ok(items) => format!("array('{typecode}', {})", list('[', items.into_iter().map(Object::item), ']')),
                Err(_) => format!("array('{typecode}')"),
            }
        }
        Object::Exporter(_, class) => format!("<{} object at 0x0>", class.name()),
        Object::View(view) => {
            let kind = if view.is_released() { "released memory" } else { "memory" };
            // The address of the object; reports show it as `0x...`.
            format!("<{kind} at {:p}>", Rc::as_ptr(view))
        }
        Object::Tuple(items) if items.len() == 1 => format!("({},)", repr(&items[0])),
        Object::Tuple(items) => list('(', items.iter().cloned(), ')'),
        Object::List(items) => list('[', items.iter().cloned(), ']'),
        Object::Slice(parts) => {
            let [start, stop, step] = parts.each_ref().map(repr);
            format!("slice({start}, {stop}, {step})")
        }
        Object::Type(name) => format!("<class '{name}'>"),
        Object::Iter(iter) => format!("<{} object at 0x0>", iter.class()),
        Object::Struct(_, class) => format!("<{class} object at 0x0>"),
        Object::Alias => "memoryview[...]".into(),
        Object::Hook(_) => "<hook object at 0x0>".into(),
        Object::Reference(reference) => reference.repr(),
        Object::Managed => "<managedbuffer object at 0x0>".into(),
        Object::Descriptor(name) => format!("<attribute '{name}' of 'memoryview' objects>"),
    }
}

fn list(open: char, items: impl Iterator<Item = Object>, close: char) -> String {
    let items: Vec<String> = items.map(|item| repr(&item)).collect();
    format!("{open}{}{close}", items.join(", "))
}

fn complex(real: f64, imag: f64) -> String {
    let part = |value: f64| float_repr(value).trim_end_matches(".0").to_owned();
    if real == 0.0 && real.is_sign_positive() {
        return format!("{}j", part(imag));
    }
    let sign = if imag.is_sign_negative() { "" } else { "+" };
    format!("({}{sign}{}j)", part(real), part(imag))
}

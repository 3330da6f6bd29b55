//! Opaque objects that a program can print and compare, but not use otherwise: `memoryview[int]`, the attribute
//! descriptors of memoryview, and the managed buffer between a view and its exporter.

use crate::context::Python;
use crate::object::{Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use std::any::Any;

/// An object that has a type and perhaps a `repr`, and no other behaviour.
struct Opaque {
    class: &'static str,
    /// The result of `repr(object)`; `None` if it is not modelled.
    repr: Option<String>,
}

/// `memoryview[item]`: a `types.GenericAlias` (`Py_GenericAlias`).
pub(super) fn new() -> Object {
    Object::instance(Opaque { class: "types.GenericAlias", repr: None })
}

/// `memoryview.name`, where `name` is an attribute of views: a getset descriptor (`PyDescr_NewGetSet`).
pub(super) fn descriptor(name: &str) -> Object {
    let repr = Some(format!("<attribute '{name}' of 'memoryview' objects>"));
    Object::instance(Opaque { class: "getset_descriptor", repr })
}

/// The `_PyManagedBufferObject` of a view, as `gc.get_referents` and `gc.get_referrers` return it.
pub(crate) fn managed() -> Object {
    Object::instance(Opaque { class: "managedbuffer", repr: Some("<managedbuffer object at 0x0>".to_owned()) })
}

impl Type for Opaque {
    fn class(&self) -> &str {
        self.class
    }

    fn repr(&self) -> Result<String, Stop> {
        self.repr.clone().ok_or_else(|| Stop::unsupported(format!("`repr` of {}", self.class)))
    }

    fn equals(&self, other: &Object) -> Result<Option<bool>, view::Error> {
        // A type has one descriptor for each attribute, so descriptors with the same text are identical.
        let is_same = |other: &Opaque| self.class == "getset_descriptor" && other.repr == self.repr;
        Ok(other.downcast::<Opaque>().filter(|other| is_same(other)).map(|_| true))
    }

    fn iterator(&self, _python: &Python, _this: &Object) -> Outcome {
        match self.class {
            "types.GenericAlias" => Err(Stop::unsupported("the items of types.GenericAlias")),
            class => Err(type_error(format!("'{class}' object is not iterable")).into()),
        }
    }

    fn has_operators(&self) -> bool {
        true
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

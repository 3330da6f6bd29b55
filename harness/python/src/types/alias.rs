//! Objects of which only the type can be seen: what comes of subscribing memoryview, of reading its attributes from the
//! type, and what stands between a view and its exporter.

use crate::object::{Object, Type};
use crate::stop::Stop;
use std::any::Any;

/// Such an object.
struct Opaque {
    class: &'static str,
    /// Its text, if that is known.
    repr: Option<String>,
}

/// `memoryview[item]`
pub(super) fn new() -> Object {
    Object::instance(Opaque { class: "types.GenericAlias", repr: None })
}

/// `memoryview.name`, of an attribute of views.
pub(super) fn descriptor(name: &str) -> Object {
    let repr = Some(format!("<attribute '{name}' of 'memoryview' objects>"));
    Object::instance(Opaque { class: "getset_descriptor", repr })
}

/// What holds the buffer of a view, as the garbage collector finds it.
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
        // A descriptor is one object for its type.
        let is_same = |other: &Opaque| self.class == "getset_descriptor" && other.repr == self.repr;
        Ok(other.downcast::<Opaque>().filter(|other| is_same(other)).map(|_| true))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

//! Types as objects: `memoryview`, `bytes`, `collections.abc.Sequence`.

use crate::builtins::ints;
use crate::changes::Profile;
use crate::context::Python;
use crate::exporters::Bytearray;
use crate::object::{Call, Class, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::types::hash::Hashed;
use crate::types::{alias, memoryview, searches};
use program::Trace;
use std::any::Any;
use view::{ATTRIBUTES, Error, Exception, Method};

impl Class {
    /// Returns whether this is an abstract base class.
    pub(crate) fn is_abstract(&self) -> bool {
        self.0.starts_with("collections.abc.")
    }

    fn is_memoryview(&self) -> bool {
        &*self.0 == "memoryview"
    }

    /// Whether a method is one of those that are modelled.
    pub(crate) fn has_method(&self, name: &str) -> bool {
        ["fromhex", "maketrans"].contains(&name) && matches!(&*self.0, "bytes" | "bytearray") || name == "_from_flags"
    }

    /// Returns the AttributeError for an attribute that the type does not have.
    fn no_attribute(&self, name: &str) -> Stop {
        let text = format!("type object '{}' has no attribute '{name}'", self.0);
        Error::raised(Exception::AttributeError, text).into()
    }
}

impl Type for Class {
    fn class(&self) -> &str {
        if self.is_abstract() { "ABCMeta" } else { "type" }
    }

    fn repr(&self) -> Result<String, Stop> {
        Ok(format!("<class '{}'>", self.0))
    }

    fn item(&self, python: &Python, _: &Object) -> Outcome {
        match self.is_memoryview() {
            true if python.has(view::Change::GenericAlias) => Ok(alias::new()),
            true if python.has(view::Change::TypeText) => {
                Err(type_error("type 'memoryview' is not subscriptable").into())
            }
            true => Err(type_error("'type' object is not subscriptable").into()),
            false => Err(Stop::unsupported(format!("subscripts of the type {}", self.0))),
        }
    }

    fn method(&self, python: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match call.name {
            "_from_flags" if self.is_memoryview() && python.has(view::Change::BufferClasses) => {
                memoryview::from_flags(python, call)
            }
            "_from_flags" if self.is_memoryview() => Err(self.no_attribute(call.name)),
            "fromhex" if &*self.0 == "bytes" => Ok(Object::bytes(ints::from_hex(python, call)?)),
            "fromhex" if &*self.0 == "bytearray" => {
                Ok(Object::Bytearray(Bytearray::new(ints::from_hex(python, call)?)))
            }
            "maketrans" if ["bytes", "bytearray"].contains(&&*self.0) => searches::make_table(call),
            name => Err(Stop::unsupported(format!("`{}.{name}`", self.0))),
        }
    }

    fn attribute(&self, python: &Python, name: &str) -> Outcome {
        let is_method = Method::named(name, python.view_profile()).is_some()
            || name == "_from_flags" && python.has(view::Change::BufferClasses);
        if ["__name__", "__qualname__"].contains(&name) && !["exporter", "hook"].contains(&&*self.0) {
            return Ok(Object::str(self.0.rsplit('.').next().unwrap_or_default()));
        }
        match self.is_memoryview() {
            true if ATTRIBUTES.contains(&name) => Ok(alias::descriptor(name)),
            true if !name.starts_with("__") && !is_method && name != "mro" => Err(self.no_attribute(name)),
            _ => Err(Stop::unsupported(format!("`{}.{name}` as a value", self.0))),
        }
    }

    fn hash(&self, _: Profile) -> Hashed {
        Ok(Some(view::hash_bytes(self.0.as_bytes())))
    }

    fn record(&self, _: &[Option<Object>], trace: &mut Trace) {
        trace.type_(&self.0);
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
